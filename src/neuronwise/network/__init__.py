"""The network that users hold: any shape, built neuron by neuron, in layers or from a graph; it learns and is saved."""

from neuronwise.network.errors import DataError, DivergedError, FileError, NetworkError, TableError, UnknownError
from neuronwise.network.face import Network
from neuronwise.network.running import Gradients
from neuronwise.network.training import History

__all__ = [
    "DataError",
    "DivergedError",
    "FileError",
    "Gradients",
    "History",
    "Network",
    "NetworkError",
    "TableError",
    "UnknownError",
]
