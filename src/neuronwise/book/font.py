"""STIX Two Math: the one font of all formulas. Where it lies, and a copy of it with the glyphs that are used."""

import io
from collections.abc import Iterable
from importlib.metadata import distribution
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FOLDER = Path(str(distribution("ziamath").locate_file("ziamath/fonts")))  # not imported: it draws when it is
FILE = FOLDER / "STIXTwoMath-Regular.ttf"
LICENCE = Path(__file__).parent / "page" / "OFL.txt"
BASIC = "".join(map(chr, range(0x20, 0x7F))) + "−·×∂δησΣ′|()[]{}\u2061←≈=∈…"
ITALIC = "".join(
    map(chr, [*range(0x1D434, 0x1D468), 0x210E, *range(0x1D6FC, 0x1D716)])
)  # what <mi>x</mi> is drawn with


def small(characters: Iterable[str]) -> bytes:
    """Return the font as woff2 with these characters, the basic ones, the italic letters, and their stretched forms."""
    options = subset.Options(flavor="woff2", layout_features=["*"], hinting=False, notdef_outline=True)
    options.name_IDs = ["*"]  # the licence is one of its names
    with TTFont(FILE, recalcTimestamp=False) as whole:
        subsetter = subset.Subsetter(options)
        subsetter.populate(text="".join(sorted({*characters, *BASIC, *ITALIC})))
        subsetter.subset(whole)
        whole.flavor = "woff2"
        out = io.BytesIO()
        whole.save(out)
    return out.getvalue()
