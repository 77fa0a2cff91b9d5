"""Markdown as the chapters use it: a tree of nodes, each of which knows its line.

Beyond plain Markdown there are roles ({n}`a`), fences with an instruction ({derive}), containers (::: note) and ids for
headings ({#error}). Raw HTML is off.
"""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.attrs import attrs_block_plugin
from mdit_py_plugins.container import container_plugin
from mdit_py_plugins.front_matter import front_matter_plugin
from mdit_py_plugins.myst_role import myst_role_plugin

CONTAINERS = ("note", "page", "necessary", "convention", "exercise", "hint", "solution")


def parse(text: str) -> SyntaxTreeNode:
    r"""Return a chapter's text as a tree.

    >>> [node.type for node in parse("# One\n\nTwo {n}`a`.\n").children]
    ['heading', 'paragraph']
    """
    markdown = MarkdownIt("commonmark", {"html": False})
    markdown.use(front_matter_plugin).use(myst_role_plugin).use(attrs_block_plugin)
    for name in CONTAINERS:
        markdown.use(container_plugin, name)
    return SyntaxTreeNode(markdown.parse(text))


def line_of(node: SyntaxTreeNode) -> int:
    """Return the line on which a node begins, counted from 1; of an inline, the line of its sentence."""
    start, at = node, 0
    while start.parent is not None and not start.is_root and start.map is None:
        siblings = start.siblings
        at += sum(n.type in ("softbreak", "hardbreak") for n in siblings[: siblings.index(start)])
        start = start.parent
    return (start.map[0] if start.map else 0) + 1 + at


def front_matter(root: SyntaxTreeNode) -> dict[str, str]:
    r"""Return the fields at the head of a chapter: `name: words`, or `name: |` and indented lines below it.

    >>> front_matter(parse("---\ntitle: One\nlede: |\n  Two\n  three\n---\n"))
    {'title': 'One', 'lede': 'Two\nthree'}
    """
    fields: dict[str, str] = {}
    name = ""
    content = root.children[0].content if root.children and root.children[0].type == "front_matter" else ""
    for line in content.splitlines():
        if line.startswith("  "):
            fields[name] = f"{fields[name]}\n{line.strip()}".strip()
        else:
            name, _, value = line.partition(":")
            fields[name] = value.strip().removeprefix("|")
    return fields


def prose(root: SyntaxTreeNode) -> Iterator[SyntaxTreeNode]:
    """Yield every piece of words that a reader will see, without the contents of roles, code and fences."""
    for node in root.walk():
        if node.type == "text":
            yield node
