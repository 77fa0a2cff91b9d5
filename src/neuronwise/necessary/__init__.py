"""The reference: the mathematics of neurons in plain Python, and nothing that is not necessary.

Every faster way to compute a network must give what this room gives. It reads bottom up: `elementary`, then `neuron`
and `error`, then `graph`, then `learning`. Standard library alone: it also runs in the page.
"""
