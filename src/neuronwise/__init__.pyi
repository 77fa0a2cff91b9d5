from neuronwise.network import Network as Network

__version__: str
