"""Whole epochs: the loops over samples, batches and epochs are compiled around a straight-line text.

Idea         a call from Python takes longer than a step of a tiny network. So one call does many epochs, and weights
             stay in registers from the first sample to the last.
Allowed      always: samples come in the same order, and slopes and errors are added in it.
Costs        about a tenth of a second of compiling for each network, error and choice of what learns; nothing is
             written to disk.
Differs from `necessary`: nothing; a batch whose numbers are no longer finite is not learned from, as in the kernels.
Label        optimization: test_epochs_have_the_bits_of_necessary

With batches of one sample each step waits for the one before; `guesses` shortens that.
"""

import ast
import ctypes
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import llvmlite.binding as llvm
import numpy as np
from llvmlite import ir

from neuronwise.optimizations.guesses import Guesser, guessed
from neuronwise.optimizations.lanes import DOUBLE
from neuronwise.optimizations.registers import KNOWN, Registers
from neuronwise.optimizations.straight import written
from neuronwise.wiring import Numbers, Wiring

MOST = 200  # edges and neurons: beyond, compiling takes seconds, and the loops over edges are as fast
WORTH = 500_000  # edges and neurons times samples: less is done before it is compiled
FEW, DEEP = 8, 3  # neurons, and groups of them, that are guessed: with more, a processor has enough to do without
KEPT = 64  # networks whose code is kept, for when they learn again
LIKELY = 1000, 1  # how much more often a step is right
LONG = ir.IntType(64)
NUMBERS, PLACES = DOUBLE.as_pointer(), LONG.as_pointer()


def possible(wiring: Wiring) -> bool:
    """Whether a network can be written out: few edges, none late."""
    return len(wiring.source) + wiring.neurons <= MOST and not wiring.late


def worth_it(wiring: Wiring, samples: int) -> bool:
    """Whether so many samples, over all epochs, are enough work for code of its own.

    >>> from neuronwise.necessary.graph import Edge, NetInput, Neuron
    >>> from neuronwise.wiring import columns
    >>> h = Neuron("h", (NetInput("h", (Edge("x", "w"),), "h"),))
    >>> network = columns([h], ["x"], ["h"], ["w"], ["h"])
    >>> worth_it(network, 10), worth_it(network, 1_000_000)
    (False, True)
    """
    return possible(wiring) and (len(wiring.source) + wiring.neurons) * samples >= WORTH


class Writing:
    """A function of machine code while it is written."""

    def __init__(self, module: ir.Module, name: str, arguments: Sequence[ir.Type]) -> None:
        self.function = ir.Function(module, ir.FunctionType(LONG, arguments), name)
        for argument in self.function.args:
            if isinstance(argument.type, ir.PointerType):
                argument.add_attribute("noalias")
        self.build = ir.IRBuilder(self.function.append_basic_block())

    def row(self, address: ir.Value, n: ir.Value, length: int) -> tuple[ir.Value, ...]:
        """Return the n-th row behind an address."""
        places = (self.place(address, n, length, i) for i in range(length))
        return tuple(self.build.load(place) for place in places)

    def place(self, address: ir.Value, n: ir.Value, length: int, i: int) -> ir.Value:
        """Return where the i-th number of the n-th row stands."""
        return self.build.gep(address, [self.build.add(self.build.mul(n, LONG(length)), LONG(i))])

    def kept(self, numbers: Iterable[ir.Value]) -> list[ir.Value]:
        """Return places for numbers that change from turn to turn: the compiler makes registers of them."""
        every = list(numbers)
        places = self.places(every)
        self.put(every, places)
        return places

    def places(self, like: Sequence[ir.Value]) -> list[ir.Value]:
        """Return places for numbers of some types."""
        with self.build.goto_entry_block():
            return [self.build.alloca(number.type) for number in like]

    def put(self, numbers: Iterable[ir.Value], places: Iterable[ir.Value]) -> None:
        """Put numbers in their places."""
        for number, place in zip(numbers, places, strict=True):
            self.build.store(number, place)

    def taken(self, places: Iterable[ir.Value]) -> list[ir.Value]:
        """Return the numbers in some places."""
        return [self.build.load(place) for place in places]

    def block(self, name: str) -> ir.Block:
        """Return a new stretch of instructions."""
        return self.function.append_basic_block(name)

    def loop(self, start: ir.Value, end: ir.Value, body: Callable[[ir.Value], None]) -> None:
        """Write a loop over start ≤ n < end."""
        turn, inner, after = (self.block(name) for name in ("turn", "inner", "after"))
        places = self.kept([start])
        self.build.branch(turn)
        self.build.position_at_end(turn)
        (n,) = self.taken(places)
        self.build.cbranch(self.build.icmp_signed("<", n, end), inner, after)
        self.build.position_at_end(inner)
        body(n)
        self.put([self.build.add(n, LONG(1))], places)
        self.build.branch(turn)
        self.build.position_at_end(after)

    def least(self, u: ir.Value, v: ir.Value) -> ir.Value:
        """Return the smaller of two whole numbers."""
        return self.build.select(self.build.icmp_signed("<", u, v), u, v)

    def finite(self, u: ir.Value) -> ir.Value:
        """Return whether a number is finite: then u − u is 0."""
        return self.build.fcmp_ordered("==", self.build.fsub(u, u), DOUBLE(0.0))

    def added_up(self, numbers: Sequence[ir.Value]) -> ir.Value:
        """Return a sum; if it is finite, so is each of its terms."""
        found = list(numbers)
        while len(found) > 1:
            pairs = zip(found[::2], found[1::2], strict=False)
            found = [*(self.build.fadd(u, v) for u, v in pairs), *found[len(found) & ~1 :]]
        return found[0]


class Lesson(NamedTuple):
    """What a function of machine code learns from: addresses and numbers."""

    X: ir.Value
    Y: ir.Value
    order: ir.Value
    samples: ir.Value
    size: ir.Value
    eta: ir.Value


class Counts(NamedTuple):
    """How many of each a network has."""

    inputs: int
    weights: int
    biases: int
    outputs: int


class Program:
    """Writes the loops around a text."""

    def __init__(self, text: str, counts: Counts, *, single: bool) -> None:
        self.functions = {each.name: each for each in ast.parse(text).body if isinstance(each, ast.FunctionDef)}
        self.counts, self.single, self.module = counts, single, ir.Module()
        groups = list(guessed(self.functions["backpropagate"])) if single else []
        self.guesses = 0 < len(groups) <= DEEP and sum(groups) <= FEW
        self.guessed = len(groups) if self.guesses else 0

    def run(self, registers: Registers, name: str, *rows: Any) -> Any:
        """Write what a function of the text does, at this place."""
        tree = self.functions[name]
        names = [argument.arg for argument in tree.args.args]
        return registers.body(tree.body, dict(zip(names, rows, strict=True)), KNOWN)

    def split(self, numbers: Sequence[ir.Value]) -> tuple[tuple[ir.Value, ...], tuple[ir.Value, ...]]:
        """Return weights and biases."""
        return tuple(numbers[: self.counts.weights]), tuple(numbers[self.counts.weights :])

    def predict(self) -> None:
        """(theta, X, samples, Y): each sample forward."""
        code = Writing(self.module, "predict", [NUMBERS, NUMBERS, LONG, NUMBERS])
        theta, X, samples, Y = code.function.args
        numbers, outputs = code.row(theta, LONG(0), self.counts.weights + self.counts.biases), self.counts.outputs

        def sample(n: ir.Value) -> None:
            x = code.row(X, n, self.counts.inputs)
            found = self.run(Registers(code.build), "feed_forward", *self.split(numbers), x)
            code.put(found, (code.place(Y, n, outputs, o) for o in range(outputs)))

        code.loop(LONG(0), samples, sample)
        code.build.ret(LONG(0))

    def learn(self) -> None:
        """(theta, X, Y, order, samples, size, eta, first, end, epochs, errors): returns how many batches.

        errors: (epochs) in: the first epoch's sum of errors so far; out: the sum of each epoch
        """
        code = Writing(self.module, "learn", [*[NUMBERS] * 3, PLACES, LONG, LONG, DOUBLE, *[LONG] * 3, NUMBERS])
        theta, X, Y, order, samples, size, eta, first, end, epochs, errors = code.function.args
        lesson, parameters = Lesson(X, Y, order, samples, size, eta), self.counts.weights + self.counts.biases
        places = code.kept(code.row(theta, LONG(0), parameters))
        at, stop = code.kept([LONG(0), first, LONG(0)]), code.block("stop")  # epoch, batch, how many are done

        def batch(_: ir.Value) -> None:
            epoch, n, done = code.taken(at)
            self.batch(code, lesson, n, [*places, code.place(errors, epoch, 1, 0)], stop)
            following = code.build.add(n, LONG(1))
            last = code.build.icmp_signed("==", following, end)
            epoch = code.build.add(epoch, code.build.zext(last, LONG))
            code.put([epoch, code.build.select(last, first, following), code.build.add(done, LONG(1))], at)

        code.loop(LONG(0), code.build.mul(epochs, code.build.sub(end, first)), batch)
        code.build.branch(stop)
        code.build.position_at_end(stop)
        code.put(code.taken(places), (code.place(theta, LONG(0), 1, p) for p in range(parameters)))
        code.build.ret(code.taken(at)[-1])

    def batch(self, code: Writing, lesson: Lesson, n: ir.Value, places: Sequence[ir.Value], stop: ir.Block) -> None:
        """Learn from the n-th batch. There are as many versions of it as groups that are guessed, and one more.

        The first version guesses all of them. Where a group turns out wrong, it and those before it are known by then:
        the batch is done again in the version that guesses only what comes behind them.
        """
        before, going = code.taken(places), code.block("going")
        versions = [code.block("version") for _ in range(self.guessed + 1)]
        known: list[list[list[ir.Value]]] = []  # group, neuron, result: places
        code.build.branch(versions[0])
        for first, version in enumerate(versions):
            code.build.position_at_end(version)
            guesser = Guesser(code.build, [list(map(code.taken, group)) for group in known[:first]], guess=self.guesses)
            after, new = self.step(code, lesson, n, before, guesser)
            checked = guesser.checked()
            known = known or [[code.places(results) for results in group.results] for group in checked]
            well, odd = code.block("well"), code.block("odd")
            sound = reduce(code.build.and_, (group.right for group in checked), code.finite(code.added_up(new)))
            code.build.cbranch(sound, well, odd).set_weights(LIKELY)
            code.build.position_at_end(odd)
            for last in range(first, self.guessed):
                wrong, right = code.block("wrong"), code.block("right")
                code.build.cbranch(checked[last - first].right, right, wrong)
                code.build.position_at_end(wrong)
                for results, group in zip(known[first : last + 1], checked, strict=False):
                    for numbers, neuron in zip(group.results, results, strict=True):
                        code.put(numbers, neuron)
                code.build.branch(versions[last + 1])
                code.build.position_at_end(right)
            code.build.cbranch(reduce(code.build.and_, map(code.finite, new)), well, stop)
            code.build.position_at_end(well)
            code.put(after, places)
            code.build.branch(going)
        code.build.position_at_end(going)

    def step(
        self, code: Writing, lesson: Lesson, n: ir.Value, before: Sequence[ir.Value], registers: Registers
    ) -> tuple[list[ir.Value], list[ir.Value]]:
        """Return the parameters and the sum of errors after one step; and what must be finite."""
        *numbers, total = before
        begin = code.build.mul(n, lesson.size)
        if self.single:
            E, *slopes = self.sample(code, lesson, begin, numbers, registers)
            total, fault = code.build.fadd(total, E), E
        else:
            count = code.least(lesson.size, code.build.sub(lesson.samples, begin))
            sums = code.kept([total, DOUBLE(0.0), *[DOUBLE(-0.0)] * len(numbers)])

            def sample(s: ir.Value) -> None:
                E, *slopes = self.sample(code, lesson, s, numbers, registers)
                terms = (E, code.build.fsub(E, E), *slopes)
                code.put([code.build.fadd(*pair) for pair in zip(code.taken(sums), terms, strict=True)], sums)

            code.loop(begin, code.build.add(begin, count), sample)
            total, fault, *slopes = code.taken(sums)
            slopes = [code.build.fdiv(slope, code.build.sitofp(count, DOUBLE)) for slope in slopes]
        w, b = self.run(registers, "update", lesson.eta, *self.split(numbers), *self.split(slopes))
        changed = [new for new, old in zip((*w, *b), numbers, strict=True) if new is not old]
        return [*w, *b, total], [fault, *changed]

    def sample(
        self, code: Writing, lesson: Lesson, s: ir.Value, numbers: Sequence[ir.Value], registers: Registers
    ) -> list[ir.Value]:
        """Return the error and the slopes of the s-th sample of the order."""
        (place,) = code.row(lesson.order, s, 1)
        x, t = code.row(lesson.X, place, self.counts.inputs), code.row(lesson.Y, place, self.counts.outputs)
        E, dE_dw, dE_db = self.run(registers, "backpropagate", *self.split(numbers), x, t)
        return [registers.number(number) for number in (E, *dE_dw, *dE_db)]


class Machine(NamedTuple):
    """Machine code: two functions, and what keeps them alive."""

    predict: Any
    learn: Any
    engine: Any


@lru_cache(KEPT)
def assembled(text: str, counts: Counts, *, single: bool) -> Machine:
    """Return machine code for this very machine; the same text is compiled once."""
    program = Program(text, counts, single=single)
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    program.predict()
    program.learn()
    machine = llvm.Target.from_default_triple().create_target_machine(
        cpu=llvm.get_host_cpu_name(), features=llvm.get_host_cpu_features().flatten(), opt=3
    )
    program.module.triple, program.module.data_layout = machine.triple, str(machine.target_data)
    module = llvm.parse_assembly(str(program.module))
    module.verify()
    options = llvm.create_pipeline_tuning_options(speed_level=3)
    options.slp_vectorization = not program.guessed  # formulas alike go into lanes; that lengthens a chain
    passes = llvm.create_pass_builder(machine, options)
    passes.getModulePassManager().run(module, passes)
    engine = llvm.create_mcjit_compiler(module, machine)
    engine.finalize_object()
    place, number, whole = ctypes.c_void_p, ctypes.c_double, ctypes.c_int64
    predict = ctypes.CFUNCTYPE(whole, place, place, whole, place)(engine.get_function_address("predict"))
    learn = ctypes.CFUNCTYPE(whole, *[place] * 4, whole, whole, number, *[whole] * 3, place)(
        engine.get_function_address("learn")
    )
    return Machine(predict, learn, engine)


class Straight:
    """A network in code of its own, for one error, one choice of what learns, and batches of one sample or of more."""

    def __init__(self, wiring: Wiring, error: str, learning: Sequence[bool] = (), *, single: bool = True) -> None:
        self.text, self.outputs = written(wiring, error, learning), len(wiring.outputs)
        counts = Counts(wiring.inputs, wiring.weights, wiring.biases, self.outputs)
        self.machine = assembled(self.text, counts, single=single)

    def predict(self, theta: Numbers, X: Numbers) -> Numbers:
        """(samples, …, inputs) -> (samples, …, outputs)."""
        Y = np.empty((*X.shape[:-1], self.outputs))
        given = np.ascontiguousarray(X, np.float64)
        self.machine.predict(address(theta), address(given), len(X), address(Y))
        return Y

    def learner(self, theta: Numbers, samples: tuple[Numbers, Numbers, Any], size: int, rate: float) -> "Learner":
        """Return what changes a vector of parameters batch by batch.

        samples  X and Y (samples, …), and the order in which they come, which may change between epochs
        """
        return Learner(self.machine, theta, samples, size, rate)


class Learner:
    """Learns with compiled loops, in slices of batches or whole epochs; no call holds Python's lock."""

    threads = 1

    def __init__(
        self, machine: Machine, theta: Numbers, samples: tuple[Numbers, Numbers, Any], size: int, rate: float
    ) -> None:
        X, Y, order = samples
        self.machine, self.theta, self.order = machine, theta, order
        self.held = np.ascontiguousarray(X, np.float64), np.ascontiguousarray(Y, np.float64)
        self.batches, self.sum, self.count = -(-len(order) // size), np.full(1, -0.0), 0
        self.size, self.given = size, (*map(address, (theta, *self.held, order)), len(order), size, rate)

    @property
    def error(self) -> float:
        """The mean error of the samples since `begin`."""
        return float(self.sum[0] / self.count)

    def begin(self) -> None:
        """Begin an epoch."""
        self.sum[0], self.count = -0.0, 0

    def state(self) -> dict[str, Any]:
        """Return what training needs to go on, besides the parameters."""
        return {"error": np.array([self.sum[0], self.count])}

    def take_up(self, state: dict[str, Any]) -> None:
        """Go on from a state."""
        self.sum[0], self.count = state["error"][0] if state["error"][1] else -0.0, int(state["error"][1])

    def learn(self, first: int, end: int) -> int:
        """Learn from batches `first` … `end` − 1. Returns how many were learned from: a broken one changes nothing."""
        done = int(self.machine.learn(*self.given, first, end, 1, address(self.sum)))
        self.count += min(done * self.size, len(self.order) - first * self.size)
        return done

    def epochs(self, count: int) -> tuple[list[float], int]:
        """Learn from all batches so many times: the mean error of each whole epoch, and how many batches."""
        sums = np.full(count, -0.0)
        done = int(self.machine.learn(*self.given, 0, self.batches, count, address(sums)))
        whole = done // self.batches
        return (sums[:whole] / len(self.order)).tolist(), done


def address(numbers: Any) -> int:
    """Return where the numbers of an array stand."""
    return int(numbers.ctypes.data)
