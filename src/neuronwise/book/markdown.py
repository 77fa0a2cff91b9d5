"""Markdown as the chapters use it: a tree of nodes, each of which knows its line.

Beyond plain Markdown there are roles ({n}`a`), fences with an instruction ({derive}), containers (::: note) and ids for
headings ({#error}). Raw HTML and links by reference are off.
"""

import re
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

from neuronwise.book.errors import BuildError

CONTAINERS = ("note", "page", "necessary", "convention", "exercise", "hint", "solution")
NAMED = re.compile(r"(?P<name>\w+):(?P<text>.*)")


def parse(text: str, lines_above: int = 0) -> SyntaxTreeNode:
    r"""Return a chapter's text, or a piece of it with so many lines above, as a tree.

    >>> [node.type for node in parse("# One\n\nTwo {n}`a`.\n").children]
    ['heading', 'paragraph']
    >>> line_of(parse("Three.\n", lines_above=2).children[0])
    3
    """
    markdown = MarkdownIt("commonmark", {"html": False}).disable("reference")
    markdown.use(front_matter_plugin).use(myst_role_plugin).use(attrs_block_plugin)
    for name in CONTAINERS:
        markdown.use(container_plugin, name)
    return SyntaxTreeNode(markdown.parse("\n" * lines_above + text))


def line_of(node: SyntaxTreeNode) -> int:
    """Return the line on which a node begins, counted from 1; of an inline, the line of its sentence."""
    start, at = node, 0
    while start.parent is not None and not start.is_root and start.map is None:
        siblings = start.siblings
        at += sum(n.type in ("softbreak", "hardbreak") for n in siblings[: siblings.index(start)])
        start = start.parent
    return (start.map[0] if start.map else 0) + 1 + at


@dataclass(frozen=True, slots=True)
class Field:
    """What the head of a chapter says under one name, and on which line it begins, counted from 1."""

    text: str
    line: int


def front_matter(root: SyntaxTreeNode, file: str) -> dict[str, Field]:
    r"""Return the fields at the head of a chapter: `name: words`, or `name: |` and indented lines below it.

    Errors   BuildError: a line that belongs to no field; a field that stands twice

    >>> front_matter(parse("---\ncode: one.py\nlede: |\n  Two\n  three\n---\n"), "chapter.md")
    {'code': Field(text='one.py', line=2), 'lede': Field(text='\nTwo\nthree', line=3)}
    """
    fields: dict[str, Field] = {}
    name = ""
    content = root.children[0].content if root.children and root.children[0].type == "front_matter" else ""
    for number, line in enumerate(content.splitlines(), 2):
        if name and (line.startswith("  ") or not line.strip()):
            fields[name] = Field(f"{fields[name].text}\n{line.strip()}", fields[name].line)
            continue
        named = NAMED.fullmatch(line)
        if not named or named["name"] in fields:
            message = f"expected a new name: words, or below name: | a line that begins with two spaces; got {line!r}"
            raise BuildError(file, number, message)
        name = named["name"]
        fields[name] = Field(named["text"].strip().removeprefix("|"), number)
    return fields
