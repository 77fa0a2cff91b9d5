"""Optimizations: one file an optimization, each the same function as `necessary`, faster.

Of `necessary` they take `elementary` alone, and compile those very functions. None imports another.
"""
