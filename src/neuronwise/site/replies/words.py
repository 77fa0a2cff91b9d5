"""A text as people see it: composed letters, and nothing invisible that would turn it about or break a feed."""

import unicodedata

INVISIBLE = {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"}  # controls, marks of direction, private letters
JOINERS = "\u200c\u200d"  # two that belong to words, and to faces


def visible(text: str, keep: str = "") -> str:
    r"""The text without what nobody sees, but for joiners and what is to be kept; ends of lines become ours.

    >>> visible("Jose\u0301 \u202egnp.exe\x00\r\n", keep="\n")
    'José gnp.exe\n'
    """
    kept = JOINERS + keep
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "".join(one for one in composed if one in kept or unicodedata.category(one) not in INVISIBLE)
