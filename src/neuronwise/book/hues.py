"""The page's colours, for formats that must be told each of them: read from the page's own style sheet."""

import re
from collections.abc import Mapping
from pathlib import Path

TOKEN = re.compile(r"--(?P<name>\w+):\s*light-dark\((?P<light>#[0-9a-f]{6}),\s*(?P<dark>#[0-9a-f]{6})\)")
SHEET = Path(__file__).parent / "page" / "style.css"
NAME = re.compile(r"\$(\w+)")
KINDS = ("value", "weight", "target", "error", "slope")
PICTURES = """\
svg { font-family: $serif; color: $ink }
text { fill: currentColor; text-anchor: middle }
.m { font-family: $maths }
.num { font-size: 21px }
.large { font-size: 30px }
.tag, .inside, .tick { font-size: 16px }
.tick { fill: $muted }
.end { text-anchor: end }
.begin { text-anchor: start }
.node { fill: $paper; stroke: currentColor; stroke-width: 2 }
.edge { fill: none; stroke: currentColor; stroke-width: 4 }
.thin { fill: none; stroke: currentColor; stroke-width: 1.5 }
.head, .solid { fill: currentColor }
.back { fill: none; stroke: currentColor; stroke-width: 2; stroke-dasharray: 7 5 }
.plate { fill: $paper; stroke: currentColor; stroke-width: 2 }
.chip { fill: $paper; stroke: currentColor; stroke-width: 1.5; stroke-dasharray: 5 4 }
.gap { fill: $paper }
.change { fill: none; stroke: currentColor; stroke-width: 1.5 }
.axis { fill: none; stroke: $edge }
.guide { fill: none; stroke: $edge; stroke-dasharray: 1 5; stroke-linecap: round }
.measure { fill: none; stroke: currentColor; stroke-width: 2.5 }
.curve { fill: none; stroke: currentColor; stroke-width: 2.5; stroke-linejoin: round }
.dots { fill: none; stroke: currentColor; stroke-width: 7; stroke-linecap: round }
.hollow { fill: $paper; stroke: currentColor; stroke-width: 2.5 }
"""  # a picture's classes, as the page's sheet has them


def tokens(sheet: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return name -> colour by day, and by night.

    >>> tokens("--ink: light-dark(#1e1b17, #ece7dd);")
    ({'ink': '#1e1b17'}, {'ink': '#ece7dd'})
    """
    found = list(TOKEN.finditer(sheet))
    return {f["name"]: f["light"] for f in found}, {f["name"]: f["dark"] for f in found}


LIGHT, DARK = tokens(SHEET.read_text(encoding="utf-8"))


def put(css: str, side: Mapping[str, str]) -> str:
    """Return rules with the colours of one side in the place of their names.

    >>> put("a { color: $ink }", {"ink": "#1e1b17"})
    'a { color: #1e1b17 }'
    """
    return NAME.sub(lambda found: side[found[1]], css)


def pictures(side: Mapping[str, str], serif: str, maths: str) -> str:
    """Return the rules of a picture, and those that colour every symbol, wherever it stands."""
    kinds = "".join(f'[data-kind="{kind}"] {{ color: ${kind} }}\n' for kind in KINDS)
    return put(PICTURES + kinds, {**side, "serif": serif, "maths": maths})
