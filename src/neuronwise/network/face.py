"""`Network`: the face of the house. Each call is handed to the file that does it.

X  samples (samples, inputs), with delayed edges (samples, steps, inputs)
Y  targets (samples, outputs), with delayed edges (samples, steps, outputs) or, for the last step alone, (samples,
   outputs)
"""

import math
import os
from collections.abc import Callable, Hashable, Iterable, Mapping, Sized
from copy import deepcopy
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from neuronwise.necessary.graph import Neuron
from neuronwise.network import building, growing, making, running, storage, training
from neuronwise.network.checkpoints import Checkpoint, told
from neuronwise.network.columns import BOOK, Columns
from neuronwise.network.data import Array, one_sample, samples, targets
from neuronwise.network.engine import Compiled, check_dtype, check_engine, chosen
from neuronwise.network.errors import NetworkError
from neuronwise.network.memory import check_room
from neuronwise.network.parameters import Biases, Weights
from neuronwise.network.parts import PRODUCT, Kind, Parts, check_activation, own_group, own_net_inputs
from neuronwise.network.places import Key
from neuronwise.network.plans import Plan, checked_step

if TYPE_CHECKING:
    from neuronwise.checks.verification import Report
    from neuronwise.conventions.rules import Rule, Step
    from neuronwise.network.explain import Explanation
    from neuronwise.network.found import Found
    from neuronwise.network.ladder import Ladder
    from neuronwise.network.svg import Picture

LARGE = 50_000  # edges of a network that is made in columns


class Network:
    """A network of any shape.

    >>> net = Network()
    >>> net.add_input("x")
    >>> net.add_neuron("h", {"x": 0.5}, bias=0.25)
    >>> net.add_neuron("o", {"h": 2.0, "x": -1.0}, output=True)  # a skip connection
    >>> net.predict([[1.0], [2.0]])
    array([[0.5],
           [0.5]])
    >>> net
    Network: 1 input, 2 neurons, 3 edges, 1 output
    """

    def __init__(self, *, dtype: str = "float64") -> None:
        check_dtype(dtype)
        self._form: Parts | Columns = Parts()
        self._dtype = dtype
        self._reference: running.Reference | None = None  # what was made ready for the last call
        self._compiled: Compiled | None = None

    @classmethod
    def _of(cls, parts: Parts | Columns, dtype: str = "float64") -> "Network":
        network = cls(dtype=dtype)
        network._form = parts
        if isinstance(parts, Columns):
            parts.theta = parts.in_type(parts.theta, dtype)
        return network

    # Making one as a whole

    @classmethod
    def layered(  # noqa: PLR0913 - a network has all these
        cls,
        sizes: Iterable[int],
        activation: str = "tanh",
        output_activation: str = "identity",
        *,
        inputs: Iterable[str] | None = None,
        outputs: Iterable[str] | None = None,
        seed: int = 0,
        dtype: str = "float64",
    ) -> "Network":
        """Make a network in layers, inputs first, each neuron fed by the whole layer before.

        The names are i1 …, h1 … (with several hidden layers h1_1 …, h2_1 …) and o1 …, if `inputs` and `outputs` say
        no others. Weights are drawn as `making`
        says: after Glorot and Bengio 2010, for relu and its kin after He and others 2015.

        >>> Network.layered([2, 3, 1], output_activation="logistic")
        Network: 2 inputs, 4 neurons, 9 edges, 1 output
        """
        check_dtype(dtype)
        counts = making.layer_sizes(sizes, (activation, output_activation))
        edges = sum(m * n for m, n in pairwise(counts))
        check_room(edges, sum(counts))
        many = edges > LARGE
        make: Any = _large().layered if many else making.layered
        return cls._of(make(counts, (activation, output_activation), (inputs, outputs), seed), dtype)

    @classmethod
    def from_edges(  # noqa: PLR0913 - one of each thing that an edge list leaves open
        cls,
        sources: object,
        targets: object,
        *,
        inputs: Iterable[Hashable] | None = None,
        outputs: Iterable[Hashable] | None = None,
        weights: object = None,
        delays: object = 0,
        activation: str | Mapping[Any, str] = "tanh",
        seed: int = 0,
        dtype: str = "float64",
    ) -> "Network":
        """Make a network of edges sources[n] -> targets[n], given as lists or arrays of names or numbers.

        Inputs are, where not named, the nodes at which no edge arrives; outputs those from which none leaves.
        `activation` is one for all, or node -> activation; `delays` one for all, or one for each edge. Weights that are
        not given are drawn as in `layered`, whatever the shape.

        >>> net = Network.from_edges(["x", "x", "h"], ["h", "o", "o"], weights=[0.5, 1.0, 2.0])
        >>> net.inputs, net.outputs, net.weights["h", "o"]
        (['x'], ['o'], 2.0)
        """
        check_dtype(dtype)
        edges = count_of(sources)
        check_room(edges, 0)
        make: Any = _large().from_edges if edges > LARGE else making.from_edges
        return cls._of(make((sources, targets, delays), inputs, outputs, weights, activation, seed), dtype)

    @classmethod
    def from_networkx(
        cls,
        graph: Any,  # noqa: ANN401 - networkx is not needed to read one
        *,
        activation: str = "tanh",
        seed: int = 0,
        dtype: str = "float64",
    ) -> "Network":
        """Make a network of a directed networkx graph.

        A node may say activation, bias, group (of a softmax), input and output; an edge may say weight and delay. What
        is not said: `activation`, bias 0, no delay, a weight drawn as in `layered`, and inputs and outputs as in
        `from_edges`.
        """
        check_dtype(dtype)
        making.check_graph(graph)
        make: Any = _large().from_networkx if graph.number_of_edges() > LARGE else making.from_networkx
        return cls._of(make(graph, activation, seed), dtype)

    @classmethod
    def from_neurons(  # noqa: PLR0913 - what a network consists of
        cls,
        neurons: Iterable[Neuron],
        w: Mapping[str, float],
        b: Mapping[str, float],
        inputs: Iterable[str],
        outputs: Iterable[str],
        *,
        frozen: Iterable[str] = (),
        dtype: str = "float64",
    ) -> "Network":
        """Make a network of the reference's neurons; `frozen`: names in w and b.

        >>> net = Network.layered([2, 2, 1])
        >>> again = Network.from_neurons(net.neurons(), net.w, net.b, net.inputs, net.outputs)
        >>> again.weights == net.weights
        True
        """
        check_dtype(dtype)
        return cls._of(building.assembled(neurons, w, b, inputs, outputs, frozen), dtype)

    @classmethod
    def load(cls, path: str | os.PathLike[str], *, dtype: str = "float64") -> "Network":
        """Read a network that was saved; what is wrong with a file is told with its place."""
        check_dtype(dtype)
        return cls._of(storage.load(path, dtype), dtype)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the network as JSON that people can read; a file of that name is replaced in one go."""
        storage.write(self._form, path)

    def copy(self) -> "Network":
        """Make another network like this one."""
        return Network._of(deepcopy(self._form), self._dtype)

    # Building

    def add_input(self, name: str) -> None:
        """Add an input."""
        self._changes.add_input(self._form, name)

    def add_neuron(
        self,
        name: str,
        weights: Mapping[str, float],
        bias: float = 0.0,
        activation: str = "identity",
        *,
        output: bool = False,
        group: str | None = None,
    ) -> None:
        """Add a neuron fed by {source: weight}; `group` tells several softmaxes apart."""
        check_activation(activation)
        kind = Kind(activation, own_net_inputs(name, activation), own_group(activation, group))
        self._changes.add_neuron(self._form, name, kind, [weights], [bias], output=output)

    def add_product(
        self, name: str, first: Mapping[str, float], second: Mapping[str, float], *, output: bool = False
    ) -> None:
        """Add a neuron whose activation is the product of two weighted sums: what gates and attention need.

        Its factors are called name.1 and name.2; each has a bias, which is 0 and frozen.

        >>> net = Network()
        >>> net.add_input("x")
        >>> net.add_product("square", {"x": 1.0}, {"x": 1.0}, output=True)
        >>> net.predict([[3.0]])
        array([[9.]])
        """
        kind = Kind(PRODUCT, own_net_inputs(name, PRODUCT))
        self._changes.add_neuron(self._form, name, kind, [first, second], [0.0, 0.0], output=output)
        self.freeze(name)

    def add_edge(self, source: str, target: str, weight: float, delay: int = 0) -> None:
        """Add an edge; with delay=1 it brings the activation of the step before, and may close a cycle."""
        self._changes.add_edge(self._form, source, target, weight, delay)

    def remove_edge(self, source: str, target: str, delay: int | None = None) -> None:
        """Take out an edge."""
        self._changes.remove_edge(self._form, (source, target) if delay is None else (source, target, delay))

    def remove_neuron(self, name: str) -> None:
        """Take out a neuron with all its edges."""
        self._changes.remove_neuron(self._form, name)

    def share(self, edges: Iterable[Key | str]) -> None:
        """Make several edges have one weight, or several neurons one bias: the first one's, for good.

        >>> net = Network.layered([2, 1])
        >>> net.share([("i1", "o1"), ("i2", "o1")])
        >>> net.weights["i1", "o1"] = 0.5
        >>> net.weights["i2", "o1"]
        0.5
        """
        self._changes.share(self._form, edges)

    def freeze(self, *what: Key | str) -> None:
        """Keep training from changing the weight of an edge, ("i1", "h1"), or the bias of a neuron, "h1"."""
        self._changes.freeze(self._form, what, frozen=True)

    def unfreeze(self, *what: Key | str) -> None:
        """Let training change a weight or a bias again."""
        self._changes.freeze(self._form, what, frozen=False)

    # Looking

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs: the columns of X."""
        return list(self._form.inputs)

    @property
    def outputs(self) -> list[str]:
        """The names of the outputs: the columns of Y."""
        return list(self._form.outputs)

    @property
    def weights(self) -> Weights:
        """Edge -> weight, to read and to write."""
        return Weights(self._form)

    @weights.setter
    def weights(self, new: Mapping[Key, float]) -> None:
        self._write(new, {})

    @property
    def biases(self) -> Biases:
        """Neuron -> bias, to read and to write."""
        return Biases(self._form)

    @biases.setter
    def biases(self, new: Mapping[str, float]) -> None:
        self._write({}, new)

    @property
    def w(self) -> dict[str, float]:
        """Weights by the reference's names, "i,j": a copy."""
        return dict(self._form.w)

    @property
    def b(self) -> dict[str, float]:
        """Biases by the reference's names: a copy."""
        return dict(self._form.b)

    @property
    def frozen(self) -> set[str]:
        """The names of the weights and biases that do not learn: a copy."""
        return set(self._form.frozen)

    @property
    def delayed(self) -> bool:
        """Whether an edge brings an earlier step, so that samples have steps."""
        return self._form.delayed

    def neurons(self) -> list[Neuron]:
        """Return the network as the book says it: a list of the reference's neurons."""
        return self._form.neurons()

    def __repr__(self) -> str:
        """Count what there is."""
        counts = zip(self._form.counts, ("input", "neuron", "edge", "output"), strict=True)
        late = ", with delays" if self.delayed else ""
        return "Network: " + ", ".join(f"{n} {what}{'' if n == 1 else 's'}" for n, what in counts) + late

    # Working

    def predict(self, X: object, *, engine: str = "auto") -> Array:
        """Return the activations of the outputs: (samples, outputs), with delayed edges (samples, steps, outputs)."""
        check_engine(engine, self._dtype)
        given = samples(X, self.inputs, self._dtype, delayed=self.delayed)
        return self._runner(engine, given).predict(given)

    def activations(self, x: object, *, engine: str = "auto") -> dict[str, Any]:
        """Return name -> activation of every input and neuron for one sample; with delayed edges an array, one a step.

        >>> Network.layered([2, 1]).activations([0.0, 0.5])["i2"]
        0.5
        """
        check_engine(engine, self._dtype)
        given = one_sample(x, self.inputs, delayed=self.delayed)
        (passed,) = running.passes(self._parts, self._made_ready(given).network, given)
        if not self.delayed:
            return {name: float(a) for name, a in passed.a.items()}
        return running.by_step(passed.a, [*self.inputs, *self._form.neuron_names], given.shape[1])

    def gradients(
        self, X: object, Y: object, error: str = "half_squared", *, engine: str = "auto"
    ) -> running.Gradients:
        """Return the slope of the error for each weight and bias: .weights, .biases, and the .error itself.

        All are means over the samples, added in their order. An error is `absolute`, `squared`, `half_squared`,
        `mean_squared` or `cross_entropy`.
        """
        given, wanted, name = self._checked(X, Y, error, engine)
        return self._runner(engine, given).gradients(given, wanted, name)

    def fit(  # noqa: PLR0913 - how to train
        self,
        X: object,
        Y: object,
        error: str = "half_squared",
        *,
        learning_rate: float = 0.5,
        epochs: int = 1,
        batch_size: int = 1,
        shuffle: bool = False,
        seed: int = 0,
        step: "Step | Rule | str" = "plain",
        engine: str = "auto",
        progress: bool | None = None,
        checkpoint: str | os.PathLike[str] | None = None,
    ) -> training.History:
        """Train: each batch moves each weight and bias that is not frozen by −learning_rate times its mean slope.

        Returns the error of each epoch. Work of more than a second tells on a terminal how far it is; `progress` says
        always or never. A `step` other than the plain one is a name, such as "adam", a rule with its numbers,
        `Momentum(0.8)`, or a `Step` with decay, clipping and a schedule (neuronwise.conventions.rules). Ctrl-C ends
        training with the weights so far. A `checkpoint` is a file that keeps them and what else is needed: the same
        call takes the training up where it was left, to the same bits.

        Errors   DivergedError: a number became infinite or none; the network keeps the weights before it

        >>> net = Network.layered([1, 1])
        >>> net.fit([[1.0]], [[0.5]], epochs=20)
        History: 20 epochs, error 0.240202 -> 0
        """
        plan = Plan(error, learning_rate, epochs, batch_size, shuffle, seed, checked_step(step))
        given, wanted, name = self._checked(X, Y, error, engine)
        runner = self._runner(engine, given, epochs)
        if isinstance(self._form, Columns) and isinstance(runner, running.Reference):
            message = f'expected engine="kernels" or "numpy" to train {self!r}; got "{engine}", which is for small ones'
            raise NetworkError(message)
        plan = replace(plan, error=name)
        kept = Checkpoint(checkpoint, told(self._form, given, wanted, plan) if checkpoint is not None else {})
        return training.fit(runner, given, wanted, plan, progress=progress, checkpoint=kept)

    # What other files do

    def explain(self, x: object, y: object, **options: Any) -> "Explanation":  # noqa: ANN401 - as `explain` has them
        """Return the worked example of one sample: every formula, the numbers in it, the result.

        The options are those of network.explain.explain: of="h1", unrolled="dE_dw[i1,h1]", error, learning_rate, …
        """
        from neuronwise.network.explain import explain  # noqa: PLC0415 - loaded when it is asked for

        return explain(self, x, y, **options)

    def verify(self, X: object, Y: object, error: str = "half_squared") -> "Report":
        """Return a report: three roads lead to the same gradients, exactly and in floats, and so does each engine.

        >>> Network.layered([2, 1]).verify([[0.0, 0.5]], [[1.0]]).verdict
        'All agree.'
        """
        from neuronwise.checks.verification import verify  # noqa: PLC0415 - loaded when it is asked for
        from neuronwise.network.agreeing import engines_of  # noqa: PLC0415

        given, wanted, name = self._checked(X, Y, error, "auto")
        made = self._made_ready(given)
        network, engines = made.network, engines_of(made.parts, self._dtype, (given, wanted), name)
        inputs = [dict(zip(network.inputs, row, strict=True)) for row in given.reshape(len(given), -1).tolist()]
        samples_of = list(zip(inputs, running.named_targets(network, wanted), strict=True))
        return verify(network.graph, (self.w, self.b), samples_of, name, engines=engines)

    def plan(self) -> "Found":
        """Return what the engine found: levels, layers, neurons on their own, memory, expected and measured speed."""
        from neuronwise.network.found import found  # noqa: PLC0415 - loaded when it is asked for

        return found(self._form, self._dtype)

    def ladder(
        self, X: object, Y: object, error: str = "half_squared", told: Callable[[str], None] = print
    ) -> "Ladder":
        """Return a table: from plain Python to all optimizations, what each idea brings on this machine."""
        from neuronwise.network.ladder import ladder  # noqa: PLC0415 - loaded when it is asked for

        given, wanted, name = self._checked(X, Y, error, "auto")
        return ladder(self._form, (given, wanted, name), told)

    def draw(self) -> "Picture":
        """Return a picture: SVG that shows itself in a notebook, and is saved by .save("net.svg")."""
        from neuronwise.network.picture import draw  # noqa: PLC0415 - loaded when it is asked for

        return draw(self._parts)

    def _repr_svg_(self) -> str:
        return self.draw().svg

    # Checking

    def _checked(self, X: object, Y: object, error: str, engine: str) -> tuple[Array, Array, str]:
        check_engine(engine, self._dtype)
        given = samples(X, self.inputs, self._dtype, delayed=self.delayed)
        wanted = targets(Y, self.outputs, given, self._dtype)
        return given, wanted, running.error_named(self._form, error, wanted)

    @property
    def _changes(self) -> Any:  # noqa: ANN401 - two modules with the same functions
        """What changes the network: `building` does it to dictionaries, `growing` to columns."""
        return growing if isinstance(self._form, Columns) else building

    @property
    def _parts(self) -> Parts:
        """The network in dictionaries, as people read it; a large one is too large for that."""
        form = self._form
        if isinstance(form, Parts):
            return form
        if form.counts[2] > BOOK:
            message = f"expected a network of at most {BOOK:,} edges, to be read by people; got {form.counts[2]:,}"
            raise NetworkError(message)
        return building.assembled(form.neurons(), form.w, form.b, form.inputs, form.outputs, form.frozen)

    def _runner(self, engine: str, X: Array, times: int = 1) -> "running.Reference | Compiled":
        """Return what runs samples so many times."""
        large = isinstance(self._form, Columns)
        name = chosen(
            engine, self._dtype, math.inf if large else self._form.counts[2] * math.prod(X.shape[:-1]) * times
        )
        if name == "necessary":
            return self._made_ready(X)
        made = self._compiled
        if made is None or (made.version, made.name) != (self._form.version, name):
            made = self._compiled = Compiled(self._form, name, self._dtype)
        return made

    def _made_ready(self, X: Array) -> running.Reference:
        steps = X.shape[1] if self.delayed else None
        made = self._reference
        if made is None or (made.version, made.steps) != (self._form.version, steps):
            made = self._reference = running.Reference(self._parts, steps)
        return made

    def _write(self, weights: Mapping[Key, float], biases: Mapping[str, float]) -> None:
        """Write several numbers: all, or none."""
        before = deepcopy(self._form.numbers)
        try:
            self.weights.update(weights)
            self.biases.update(biases)
        except BaseException:
            self._form.numbers = before
            raise


def count_of(edges: object) -> int:
    """Return how many edges there are, as far as that can be told before they are read."""
    if isinstance(edges, range):  # its length may be more than `len` can say
        return max(0, -(-(edges.stop - edges.start) // edges.step))
    return len(edges) if isinstance(edges, Sized) else 0


def _large() -> Any:  # noqa: ANN401 - a module
    from neuronwise.network import large  # noqa: PLC0415 - it loads Numba, which small networks do without

    return large
