"""The mathematics of neural networks, neuron by neuron.

Formula, derivation, code and numbers are one checked chain. Each room is a package of its own and imports only from
the rooms below it: `necessary` (the reference) and `mathematics` (code to formula) first, then `checks`, `book`,
`site`, `cli`.
"""

from importlib import import_module

__version__ = "0.1.0"
__all__ = ["Network", "__version__"]


def __getattr__(name: str) -> object:
    """Return `Network` when it is first asked for: importing the package, and the page's Python, need no numpy."""
    if name == "Network":
        return import_module("neuronwise.network").Network
    message = f"module 'neuronwise' has no attribute {name!r}"
    raise AttributeError(message)
