"""What must be no more than an error, said at once: hostile answers, and descriptions of what is no network."""

from described import wide

from neuronwise.network import storage

NEURONS = 500  # of a description

ANSWERS = {
    "10,000 characters": "1+" * 5000,
    "10,000 digits": "9" * 10000,
    "8,000 digits": "9" * 8000,
    "5,000 brackets": "(" * 5000,
    "2,000 brackets": "(" * 1000 + ")" * 1000,
    "60 brackets": "(" * 60 + "1" + ")" * 60,
    "nested powers": "(" * 59 + "w[h1,o1]" + ")^64" * 59,
    "a tower": "^".join("9" * 100),
    "code": "__import__('os').system('touch hacked')",
    "a lambda": "(lambda: 1)()",
    "a comprehension": "[x for x in range(10**9)]",
    "an attribute": "().__class__.__bases__",
    "unicode": "∫ⅇ^𝑧 𝕕𝑧 \u202e\x00",
    "a large exponent": "1e999999999",
    "a large power": "9^999999999",
    "a large exponent of a base": "1e999999999²",
    "a function of several numbers": "tanh(1, 2) + logistic(1, 2) + softmax(1, 2)",
    "a derivation of many lines": "= dE/dz[h1] by algebra\n" * 300,
    "a derivation with many rules": "= 1 by " + ", ".join(["algebra"] * 500),
    "a derivation with a large exponent": "= 1e999999999*dE/dz[h1] by algebra",
    "a derivation with a large exponent of a base": "= 1e999999999² by algebra",
    "a derivation with a function of several numbers": "= ∂/∂eta[exp(1, eta)] by chain",
    "a derivation of code": "= __import__('os') by algebra",
    "newlines": "\n" * 9000,
    "nothing": "",
}


def descriptions() -> dict[str, tuple[bytes, str]]:
    """Descriptions of what is no network, each with what is said to it: large ones, in which the fault comes last."""
    whole = storage.text(wide(NEURONS)._parts)  # noqa: SLF001 - as `save` does
    last, before = f'"n{NEURONS - 1}"', f'"n{NEURONS - 2}"'
    changes = {
        "a cycle": ('"from": "i0"', f'"from": {last}', "a cycle without a delay"),
        "a name twice": (f'"name": {last}', f'"name": {before}', "expected a name that is free"),
        "an unknown activation": (f'{last}, "activation": "tanh"', f'{last}, "activation": "tan"', "an activation"),
        "an unknown source": ('"from": "i0"', '"from": "nobody"', "got 'nobody', which is none"),
        "an infinite weight": ('"bias": 0.1', '"bias": Infinity', "expected finite numbers; got Infinity"),
        "a weight of code": ('"bias": 0.1', '"bias": "__import__(1)"', "expected a finite number"),
        "a field too many": ('"bias": 0.1', '"bias": 0.1, "code": "1"', "expected no fields but"),
        "an end that is missing": ("  ]\n}", "", "expected JSON"),
    }
    found = {what: (replaced(whole, old, new).encode(), said) for what, (old, new, said) in changes.items()}
    return found | {
        "brackets without end": (b"[" * 100_000, "expected brackets at most 6 deep"),
        "no text": (b"\xff" * 10_000, "expected text in UTF-8"),
        "nothing": (b"", "expected JSON"),
    }


def replaced(whole: str, old: str, new: str) -> str:
    """Return a text with the last piece of a kind replaced."""
    before, _, after = whole.rpartition(old)
    return f"{before}{new}{after}"
