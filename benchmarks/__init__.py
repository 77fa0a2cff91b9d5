"""Figures that the book and its engines promise, measured; what a test needs as well stands once, under tests/."""

import sys
from pathlib import Path

TESTS = Path(__file__).parent.parent / "tests"
sys.path += [str(TESTS), str(TESTS / "necessary")]  # as pytest has them
