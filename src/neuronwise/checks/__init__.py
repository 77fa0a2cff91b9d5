"""What "equal" means: formula = code, derivation = meaning, three roads to a gradient, labels with their proof.

Each check compares two things that share as little as possible, and fails with numbers that show the difference. Faults
planted on purpose (`faults`) show that it can fail. Standard library alone: it also runs in the page.
"""
