"""Where readers can leave a reply: at a section, a formula, a derivation.

Each has an id, and a comment, `<!-- replies-to-formula-a: a = w·x -->`, that tells the site the id and what to call it.
In plain files, without a site, nobody sees it.
"""

import re
from collections import Counter
from collections.abc import Sequence
from html import escape

from neuronwise.book import document as d
from neuronwise.mathematics.printers import plain


class Anchors:
    """The ids of one page: each stands once, and stays the same while the formula does.

    >>> anchors = Anchors()
    >>> anchors.new("formula", "dE/dw"), anchors.new("formula", "dE/dw")
    ('formula-de-dw', 'formula-de-dw-2')
    """

    def __init__(self) -> None:
        self.used: Counter[str] = Counter()

    def new(self, kind: str, name: str) -> str:
        """Return the next free id of that kind and name."""
        words = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        identity = f"{kind}-{words}".strip("-")
        self.used[identity] += 1
        count = self.used[identity]
        return identity if count == 1 else f"{identity}-{count}"


def marker(identity: str, label: str) -> str:
    """Return the comment for the site.

    >>> marker("formula-b", "b > 0")
    '<!-- replies-to-formula-b: b &gt; 0 -->'
    """
    return f"<!-- replies-to-{identity}: {escape(label)} -->"


def worded(parts: Sequence[d.Inline]) -> str:
    """Return a title as plain text.

    >>> worded([d.Text("Until it has "), d.Emphasis([d.Text("learned")])])
    'Until it has learned'
    """
    return "".join(map(_worded, parts))


def _worded(part: d.Inline) -> str:
    match part:
        case d.Text(text) | d.InlineCode(text):
            return text
        case d.Math(node):
            return plain(node)
        case _:
            return worded(part.parts)
