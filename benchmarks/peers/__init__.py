"""Peers, side by side: first equal, then timed. `python -m benchmarks.peers` runs all rows, or those that are named."""
