"""Conventions: better steps. Each changes the numbers, so none is an optimization; a network learns without them too.

Each stands in plain Python beside its formula; the engines compile these very functions.
"""
