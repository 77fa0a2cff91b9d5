"""A text as people see it: composed letters, and nothing invisible that would turn it about or break a feed."""

import unicodedata
from collections.abc import Iterator

INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # controls, marks of direction, private letters
JOINERS = "\u200c\u200d"  # two that belong to words, and to faces
MOST_MARKS = 30  # over one letter, as in streams of text (Unicode Standard Annex 15): composing many takes their square


def visible(text: str, keep: str = "") -> str:
    r"""The text without what nobody sees, but for joiners and what is to be kept; ends of lines become ours.

    >>> visible("Jose\u0301 \u202egnp.exe\x00\r\n", keep="\n")
    'José gnp.exe\n'
    """
    kept = JOINERS + keep
    composed = unicodedata.normalize("NFC", "".join(_with_few_marks(text))).replace("\r\n", "\n")
    return "".join(one for one in composed if one in kept or _is_visible(one))


def _with_few_marks(text: str) -> Iterator[str]:
    marks = 0
    for one in text:
        marks = marks + 1 if unicodedata.combining(one) else 0
        if marks <= MOST_MARKS:
            yield one


def _is_visible(one: str) -> bool:
    is_no_character = ord(one) & 0xFFFE == 0xFFFE  # noqa: PLR2004  (the last two of each plane: XML takes none)
    return not is_no_character and unicodedata.category(one) not in INVISIBLE
