"""One neuron: its net input, its activation, and beneath each activation its slope.

    z  net input       a = f(z)  activation       f'(z)  slope
    w  weights         b  bias

Left out on purpose: samples in bulk, other number types, speed. An optimization adds them and must give the same bits.
"""

from collections.abc import Callable, Sequence

from neuronwise.necessary.elementary import Values, cos, erf, exp, log, sin, square, tanh, total

Edges = Sequence[tuple[str, str]]  # of each edge: its source i, and the name p of its weight
SQRT_HALF, DENSITY = 0.7071067811865476, 0.3989422804014327  # √½; 1/√(2π), the height of the normal distribution


def net_input(w: Values, a: Values, b: float, edges: Edges) -> float:
    """What a neuron receives: each arriving activation times the weight of its edge, plus the bias.

    Formula  z = Σ w·a over the edges, + b                               (net-input)
    Errors   KeyError: an edge without a weight or an activation
    Source   chapter 1, "Feed forward", where one edge arrives and b = 0: z = w·x
    Label    necessary: test_without_weights_or_bias_a_task_is_not_learned

    >>> net_input({"v": 0.15, "w": 0.20}, {"i1": 0.05, "i2": 0.10}, 0.35, [("i1", "v"), ("i2", "w")])
    0.3775
    """
    return total(w[p] * a[i] for i, p in edges) + b


def identity(z: float) -> float:
    """The activation that changes nothing.

    Label    convention: test_any_activation_learns_a_line

    >>> identity(0.75)
    0.75
    """
    return z


def identity_slope(z: float) -> float:  # noqa: ARG001 - every slope takes z; this one is the same everywhere
    """Formula  f'(z) = 1.

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return 1


def logistic(z: float) -> float:
    """From 0 to 1, bent like an S.

    Formula  f(z) = 1/(1 + e⁻ᶻ)                                          (logistic)
    Label    convention: test_any_bent_activation_learns_what_no_line_can

    >>> logistic(0.0)
    0.5
    """
    return 1 / (1 + exp(-z))


def logistic_slope(z: float) -> float:
    """Formula  f'(z) = f(z)·(1 − f(z)).

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return logistic(z) * (1 - logistic(z))


def tanh_slope(z: float) -> float:
    """Formula  f'(z) = 1 − tanh(z)².

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return 1 - square(tanh(z))


def relu(z: float) -> float:
    """What is positive passes.

    Formula  f(z) = z if z > 0, 0 otherwise                              (relu)
    Label    convention: test_any_bent_activation_learns_what_no_line_can

    >>> relu(0.5), relu(-0.5)
    (0.5, 0)
    """
    return z if z > 0 else 0  # noqa: FURB136 - by cases, like the slope beneath it


def relu_slope(z: float) -> float:
    """Formula  f'(z) = 1 if z > 0, 0 otherwise; the 0 at 0 is a convention.

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return 1 if z > 0 else 0


def leaky_relu(z: float) -> float:
    """What is positive passes; of what is negative, a hundredth.

    Label    convention: test_any_bent_activation_learns_what_no_line_can

    >>> leaky_relu(0.5), leaky_relu(-0.5)
    (0.5, -0.005)
    """
    return z if z > 0 else 0.01 * z


def leaky_relu_slope(z: float) -> float:
    """Formula  f'(z) = 1 if z > 0, 0.01 otherwise.

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return 1 if z > 0 else 0.01


def elu(z: float) -> float:
    """What is positive passes; what is negative nears −1.

    Formula  f(z) = z if z > 0, eᶻ − 1 otherwise                         (elu)
    Source   Clevert, Unterthiner, Hochreiter 2015, with α = 1
    Label    convention: test_any_bent_activation_learns_what_no_line_can

    >>> elu(0.5), elu(0.0)
    (0.5, 0.0)
    """
    return z if z > 0 else exp(z) - 1


def elu_slope(z: float) -> float:
    """Formula  f'(z) = 1 if z > 0, eᶻ otherwise.

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return 1 if z > 0 else exp(z)


def softplus(z: float) -> float:
    """A smooth relu: ln(1 + eᶻ), written so that no eᶻ is too large for a float.

    Label    convention: test_any_bent_activation_learns_what_no_line_can

    >>> softplus(1000.0)
    1000.0
    """
    return z + log(1 + exp(-z)) if z > 0 else log(1 + exp(z))


def softplus_slope(z: float) -> float:
    """Formula  f'(z) = 1/(1 + e⁻ᶻ).

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return logistic(z)


def gelu(z: float) -> float:
    """A number times the chance that a normally distributed number is smaller than z.

    Formula  f(z) = z·½·(1 + erf(z·√½))                                  (gelu)
    Source   Hendrycks, Gimpel 2016, equation 1, without the approximation by tanh
    Label    convention: test_any_bent_activation_learns_what_no_line_can

    >>> gelu(0.0)
    0.0
    """
    return z * (0.5 * (1 + erf(z * SQRT_HALF)))


def gelu_slope(z: float) -> float:
    """Formula  f'(z) = ½·(1 + erf(z·√½)) + z·e^(−z²/2)/√(2π).

    Label    necessary: test_without_the_slope_nothing_before_it_learns
    """
    return 0.5 * (1 + erf(z * SQRT_HALF)) + z * (DENSITY * exp(-0.5 * square(z)))


def step(z: float) -> float:
    """Yes or no. Its slope is 0, so what lies before it learns nothing.

    Label    convention: test_any_activation_learns_a_line

    >>> step(0.5), step(-0.5)
    (1, 0)
    """
    return 1 if z > 0 else 0


def step_slope(z: float) -> float:  # noqa: ARG001 - every slope takes z
    """Formula  f'(z) = 0; at 0, where it jumps, by convention.

    Label    convention: test_what_lies_before_a_step_learns_nothing
    """
    return 0


def softmax(z: Values, together: Sequence[str], j: str) -> float:
    """The share of one neuron in its group: all shares add up to 1.

    Formula  a = e^(z − m) / Σ e^(z − m) over the group, m the largest z (softmax)
    Source   Bridle 1990. Without m the shares are the same, but eᶻ can be too large for a float.
    Label    convention: test_any_shares_of_the_group_learn

    >>> softmax({"o": 1000.0, "p": 1000.0}, ["o", "p"], "o")
    0.5
    """
    m = max(z[k] for k in together)
    return exp(z[j] - m) / total(exp(z[k] - m) for k in together)


def softmax_slope(z: Values, a: Values, together: Sequence[str], j: str, k: str) -> float:  # noqa: ARG001
    """What the share of j gains for each unit that the net input of k gains.

    Formula  ∂a_j/∂z_k = a_j·(1 − a_k) if j = k, a_j·(0 − a_k) otherwise (softmax-slope)
    Label    necessary: test_without_the_slope_nothing_before_it_learns

    >>> softmax_slope({"o": 0.0, "p": 0.0}, {"o": 0.5, "p": 0.5}, ["o", "p"], "o", "p")
    -0.25
    """
    return a[j] * ((1 if j == k else 0) - a[k])


def product(z: Values, together: Sequence[str], j: str) -> float:  # noqa: ARG001 - as in `softmax`
    """The product of two net inputs: what gates and attention need.

    Formula  a = z_u·z_v                                                 (product)
    Label    necessary: test_without_products_a_gate_is_not_learned

    >>> product({"u": 0.5, "v": 3.0}, ["u", "v"], "p")
    1.5
    """
    u, v = together
    return z[u] * z[v]


def product_slope(z: Values, a: Values, together: Sequence[str], j: str, k: str) -> float:  # noqa: ARG001
    """What a product gains for each unit that one of its net inputs gains: the other one.

    Formula  ∂a/∂z_u = z_v, ∂a/∂z_v = z_u                                (product-slope)
    Label    necessary: test_without_the_slope_nothing_before_it_learns

    >>> product_slope({"u": 0.5, "v": 3.0}, {"p": 1.5}, ["u", "v"], "p", "u")
    3.0
    """
    u, v = together
    return z[v] if k == u else z[u]


# name -> f and f', a function of one net input
ACTIVATIONS: dict[str, tuple[Callable[[float], float], Callable[[float], float]]] = {
    "identity": (identity, identity_slope), "logistic": (logistic, logistic_slope), "tanh": (tanh, tanh_slope),
    "relu": (relu, relu_slope), "leaky_relu": (leaky_relu, leaky_relu_slope), "elu": (elu, elu_slope),
    "softplus": (softplus, softplus_slope), "gelu": (gelu, gelu_slope), "sin": (sin, cos), "step": (step, step_slope),
}  # fmt: skip
TOGETHER = {"softmax": (softmax, softmax_slope), "product": (product, product_slope)}  # of several net inputs
