"""The pages: each chapter's, the landing page, those for a wrong address and a fault, a blank one, contents.json.

A comment such as <!-- sign-up --> marks where the site puts what it alone knows; as plain files the pages do without.
What is built counts as out; the site, where a chapter may be a draft, finds between <!-- out-2 --> and <!-- end -->
what to take away then, and in the comment after it what to show instead.
"""

import hashlib
import json
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from neuronwise.book import assets, card, font, fragments
from neuronwise.book import document as d
from neuronwise.book.anchors import marker, worded
from neuronwise.book.assets import Cache, digest
from neuronwise.book.contents import planned
from neuronwise.book.html import Page
from neuronwise.mathematics.printers import symbol_named
from neuronwise.mathematics.tree import code_name
from neuronwise.network import errata

BOOK = Path(__file__).parent
FORMATS = {
    "pdf": ("PDF", "to print, tagged for screen readers"),
    "epub": ("EPUB", "for e-readers, formulas stay text"),
    "ipynb": ("Notebook", "every cell runs"),
}
CARD = ("Neuron by Neuron", "Neural networks, without hand-waving.", "Formula, derivation, code and numbers: one chain")
Entry = dict[str, Any]  # a chapter in the contents, as the templates see it


class Pages:
    """Writes all pages of one build into a folder in which the downloads lie already."""

    def __init__(
        self, chapters: list[d.Chapter], folder: Path, pyodide: str, weight: dict[str, int], cache: Cache
    ) -> None:
        self.chapters, self.folder, self.pyodide, self.weight, self.cache = chapters, folder, pyodide, weight, cache
        self.parts = parts(chapters, folder)
        self.templates = Environment(
            loader=FileSystemLoader(BOOK / "page"),
            autoescape=select_autoescape(["html", "jinja"]),
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def write(self, sources: str) -> None:
        """Write everything; the assets' folder is named by what is in it, so it comes first."""
        bodies = [body(chapter) for chapter in self.chapters]
        self.assets = self.put_assets("".join(_strings(bodies)))
        for chapter, shown in zip(self.chapters, bodies, strict=True):
            folder = self.folder / chapter.slug
            self.put(
                f"{chapter.slug}/index.html",
                "chapter.html.jinja",
                "../",
                chapter=chapter,
                **self.around(chapter),
                **shown,
            )
            for program in chapter.programs.values():
                (folder / program.code.file).write_text(program.code.source, encoding="utf-8")
            (folder / card.FILE).write_bytes(
                card.png(chapter.title, chapter.question, f"Neuron by Neuron, chapter {chapter.number}")
            )
        self.put("index.html", "landing.html.jinja", "./", chapter=None)
        (self.folder / card.FILE).write_bytes(card.png(*CARD))
        for name in ("404", "500", "blank"):
            self.put(f"{name}.html", f"{name}.html.jinja", "/", chapter=None)
        (self.folder / "errata").mkdir()
        self.put("errata/index.html", "errata.html.jinja", "../", chapter=None, examples=examples())
        (self.folder / "contents.json").write_text(
            json.dumps(self.contents(sources), indent=1) + "\n", encoding="utf-8"
        )

    def put(self, file: str, template: str, home: str, **more: object) -> None:
        """Write a page; `home` is the way from it to the landing page."""
        page = self.templates.get_template(template).render(
            home=home,
            assets=f"{home}a/{self.assets}/",
            pyodide=f"{home}a/pyodide-{self.pyodide}/",
            weight=self.weight,
            parts=self.parts,
            out=[entry for _, inside in self.parts for entry in inside if entry["slug"]],
            **more,
        )
        (self.folder / file).write_text(page, encoding="utf-8")

    def put_assets(self, shown: str) -> str:
        """Write style, modules, font and the page's Python into a folder, and return the folder's name."""
        files = assets.page_files() | {
            "stix-two-math.woff2": self.font(shown),
            "page.zip": assets.page_python(),
            **{f"chapter-{chapter.number}.json": live_data(chapter) for chapter in self.chapters},
        }
        name = digest(*(file.encode() + content for file, content in sorted(files.items())))
        folder = self.folder / "a" / name
        folder.mkdir(parents=True)
        for file, content in files.items():
            (folder / file).write_bytes(content)
        return name

    def font(self, shown: str) -> bytes:
        """Return the font with the glyphs of these texts; made once for each set of them."""
        used = "".join(sorted(set(shown)))
        made_by = Path(font.__file__).read_bytes()
        return self.cache.made("woff2", made_by, font.FILE.read_bytes(), used.encode(), make=lambda: font.small(used))

    def around(self, chapter: d.Chapter) -> dict[str, object]:
        """Return what a chapter's page knows of the rest of the book."""
        entries = {entry["number"]: entry for _, inside in self.parts for entry in inside}
        return {
            "downloads": entries[chapter.number]["downloads"],
            "following": entries.get(chapter.number + 1),
        }

    def contents(self, sources: str) -> dict[str, object]:
        """Return what the site serves: every chapter, those to come without a slug."""
        chapters = [
            {
                **{name: entry[name] for name in ("number", "slug", "title", "question")},
                "digest": self.digest(entry["slug"]) if entry["slug"] else None,
                "downloads": [{name: file[name] for name in ("kind", "file", "bytes")} for file in entry["downloads"]],
                "programs": [{"file": file} for file in entry["programs"]],
            }
            for _, entries in self.parts
            for entry in entries
        ]
        return {"title": "Neuron by Neuron", "digest": self.assets, "sources": sources, "chapters": chapters}

    def digest(self, slug: str) -> str:
        """Return the SHA-256 of a chapter's page."""
        return hashlib.sha256((self.folder / slug / "index.html").read_bytes()).hexdigest()


def parts(chapters: list[d.Chapter], folder: Path) -> list[tuple[str, list[Entry]]]:
    """Return the parts of the book with their chapters; a chapter that is out has its slug and its downloads."""
    out = {chapter.number: chapter for chapter in chapters}
    contents = planned()
    for entry in (entry for part in contents for entry in part["chapters"]):
        chapter = out.get(entry["number"])
        entry["slug"] = chapter.slug if chapter else None
        entry["downloads"] = downloads(chapter.slug, folder) if chapter else []
        entry["programs"] = [program.code.file for program in chapter.programs.values()] if chapter else []
    return [(part["part"], part["chapters"]) for part in contents]


def downloads(slug: str, folder: Path) -> list[Entry]:
    """Return a chapter's formats, with the size of each."""
    files = {kind: folder / slug / f"book.{kind}" for kind in FORMATS}
    return [
        {
            "kind": kind,
            "file": file.name,
            "bytes": file.stat().st_size,
            "size": size(file.stat().st_size),
            "look": FORMATS[kind][0],
            "words": FORMATS[kind][1],
            "name": f"neuron-by-neuron-{slug}.{kind}",
        }
        for kind, file in files.items()
    ]


def body(chapter: d.Chapter) -> dict[str, Any]:
    """Return what a chapter's template shows: its own words and numbers."""
    writer = Page(chapter.program)
    now = dict(fragments.readings(writer.moment))
    return {
        "lede": writer.inlines(chapter.lede),
        "description": "".join(part.text for part in chapter.lede if isinstance(part, d.Text)).replace("\n", " "),
        "hidden": hidden(chapter),
        "sections": [
            {
                "id": section.id,
                "number": section.number,
                "title": writer.inlines(section.title),
                "html": writer.blocks(section.blocks),
                "marker": marker(section.id, f"{section.number} {worded(section.title)}"),
            }
            for section in chapter.sections
        ],
        "symbols": [
            {
                "name": name,
                "look": fragments.symbol_cell(name),
                "meaning": fragments.short_meaning(name),
                "kind": symbol_named(name).kind,
                "now": now[f"now-{name}"],
            }
            for name in chapter.symbols
            if f"now-{name}" in now
        ],
        "pieces": fragments.rows(writer.moment, pieces(chapter)),
    }


def pieces(chapter: d.Chapter) -> list[fragments.Piece]:
    """Return all that can be pointed at in a chapter: pieces of its formulas, and of the lines of its derivations."""
    blocks = [block for section in chapter.sections for block in section.blocks]
    derived = [line.node for block in blocks if isinstance(block, d.Derived) for line in block.derivation.lines]
    return fragments.pieces(chapter.program, derived)


def live_data(chapter: d.Chapter) -> bytes:
    """Return what the page's Python needs to know of a chapter: its programs and its exercises, as their sources."""
    blocks = list(chapter.blocks())
    data = {
        "code": chapter.program.code.file,
        "steps": chapter.program.steps,
        "programs": {name: program.code.source for name, program in chapter.programs.items()},
        "words": next(block.words for block in blocks if isinstance(block, d.Stepper)),
        "exercises": [[block.answer.asked, block.answer.text] for block in blocks if isinstance(block, d.Exercise)],
        "goal": next(code_name(block.derivation.goal) for block in blocks if isinstance(block, d.Derived)),
        "derivations": [block.text for block in blocks if isinstance(block, d.Derived)],
    }
    return json.dumps(data, ensure_ascii=False).encode()


def hidden(chapter: d.Chapter) -> str:
    """Return how many labels the reading of the necessary alone leaves out; nothing where it leaves out none."""
    kinds = [block.kind for block in chapter.blocks() if isinstance(block, d.Claim)]
    counts = [(kinds.count(kind), kind) for kind in ("convention", "optimization") if kind in kinds]
    return " and ".join(f"{n} {kind}{'s' * (n > 1)}" for n, kind in counts) + " hidden" * bool(counts)


def examples() -> list[Entry]:
    """Return the published examples as the page of errata shows them: their numbers, part by part."""
    found = []
    for name in errata.known():
        example, rows = errata.published(name), errata.errata(name)
        parts = groupby(rows, key=lambda row: row.number.where)
        found.append(
            {
                "name": name,
                **{text: getattr(example, text) for text in ("author", "title", "year", "source")},
                "parts": [(where, list(map(errata.cells, inside))) for where, inside in parts],
                "conclusion": errata.conclusion(rows),
            }
        )
    return sorted(found, key=lambda one: name_order(one["name"]))


def name_order(name: str) -> tuple[bool, str]:
    """Return what puts an example into its place: Mazur's, the most read, comes first."""
    return name != "mazur", name


def size(count: int) -> str:
    """Return a file's size for people.

    >>> size(81_234), size(1_912_000)
    ('81 kB', '1.9 MB')
    """
    return f"{count / 10**6:.1f} MB" if count >= 10**6 else f"{max(1, round(count / 1000))} kB"


def _strings(value: object) -> Iterator[str]:
    """Yield every text inside lists and dictionaries: what the font must be able to show."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)
