"""Words and formulas in the Markdown of a notebook: a name is only a name, whatever signs are in it."""

import re

SIGN = re.compile(r"[\\`*_{}\[\]<>#$|~&]")
LIST = re.compile(r"^(\s*)([-+]|\d+(?=[.)]))", re.MULTILINE)
RELATIONS = str.maketrans({"<": r"\lt ", ">": r"\gt "})


def escaped(text: str) -> str:
    r"""Return words as Markdown in which every sign is only a sign.

    >>> print(escaped("1. w_1 costs $5\n- and *more*"))
    1\. w\_1 costs \$5
    \- and \*more\*
    """
    return LIST.sub(_no_list, _signs(text))


def _signs(text: str) -> str:
    return SIGN.sub(r"\\\g<0>", text)


def _no_list(found: re.Match[str]) -> str:
    return f"{found[1]}\\{found[2]}" if found[2] in "-+" else f"{found[1]}{found[2]}\\"


def formula(tex: str) -> str:
    r"""Return a formula on its own; not every program that shows a notebook takes formulas out before it reads HTML.

    >>> formula(r"a_{\mathrm{<b>}} = 0.5")
    '$$a_{\\mathrm{\\lt b\\gt }} = 0.5$$'
    """
    return f"$${tex.translate(RELATIONS)}$$"


def table(rows: tuple[tuple[str, ...], ...]) -> str:
    r"""Return a table; its first row is the head.

    >>> print(table((("neuron", "z"), ("a|b", "0.25"))))
    | neuron | z |
    | --- | --- |
    | a\|b | 0.25 |
    """
    head, *rest = ("| " + " | ".join(map(_signs, row)) + " |" for row in rows)
    return "\n".join([head, "|" + " --- |" * len(rows[0]), *rest])
