"""The mathematics of neural networks, neuron by neuron.

Formula, derivation, code and numbers are one checked chain. Each room is a package of its own and imports only from
the rooms below it: `necessary` (the reference) and `mathematics` (code to formula) first, then `checks`, `book`,
`site`, `cli`.
"""

__version__ = "0.1.0"
