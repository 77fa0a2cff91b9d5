"""Engines: each runs networks with some optimizations, and gives what `necessary` gives.

An engine is handed columns of numbers (`wiring`) and one vector of parameters.
"""
