"""A reply as its reader typed it -> HTML that can do no harm.

    Markdown   paragraphs, code, fences, lists, emphasis, links to http(s) addresses; nothing else is switched on
    nh3        reads that HTML again, and lets nothing pass but the tags of those
    formulas   stand between dollar signs; put in after nh3, written by `mathml` alone

A formula that `tex` doesn't know stays as code, as it was typed. So do more formulas than can be read in a moment, and
a whole text that is mostly marks, or so deep in lists that Markdown would drop the words.

>>> print(render("The *slope* is $x$. <b>See</b> [this](javascript:alert)"))
<p>The <em>slope</em> is <math><mi data-kind="value">x</mi></math>. &lt;b&gt;See&lt;/b&gt; [this](javascript:alert)</p>
"""

import re
from collections.abc import Sequence
from html import escape

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from neuronwise.site.replies.hues import coloured
from neuronwise.site.replies.mathml import markup
from neuronwise.site.replies.tex import TexError, formula

MOST_CHARACTERS = 10_000
MOST_NESTING = 20
MOST_MATHS = 4_000  # characters of formulas in one reply
MARK = re.compile(r"[][*_`$<\\\n]")
MOST_MARKS = 800  # ten pages of ordinary text have 300; so many items of lists take 15 ms
RULES = ["fence", "list", "backticks", "emphasis", "link", "autolink", "escape", "newline"]
TAGS = {"p", "code", "pre", "ul", "ol", "li", "em", "strong", "a", "br"}
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}
REL = "nofollow ugc"
WEB = re.compile(r"https?://", re.IGNORECASE)
MATHS = re.compile(r"\$(?![\s$])((?:\\.|[^\\$])*)(?<!\s)\$(?![0-9$])", re.DOTALL)  # $5 and $6 are no formula
WIDE = 40  # characters of a formula that may be wider than the page: it scrolls, and can be reached by keys
SCROLL = 'class="scroll" tabindex="0" role="group" aria-label="A wide formula"'
OPEN, CLOSE = "\ue000", "\ue001"  # around a formula's number, until nh3 is through
PLACE = re.compile(f"{OPEN}([0-9]+){CLOSE}")
RESERVED = str.maketrans({OPEN: "\ufffd", CLOSE: "\ufffd"})


def render(text: str) -> str:
    """The reply as HTML.

    Errors   ValueError: longer than 10,000 characters
    """
    if len(text) > MOST_CHARACTERS:
        message = f"expected at most {MOST_CHARACTERS} characters; got {len(text)}"
        raise ValueError(message)
    if len(MARK.findall(text)) > MOST_MARKS:
        return _all_as_typed(text)
    formulas: list[str] = []
    env = {"formulas": formulas, "maths": 0}
    tokens = MARKDOWN.parse(text.translate(RESERVED), env)
    if any(token.nesting > 0 and token.level == MOST_NESTING - 1 for token in tokens):
        return _all_as_typed(text)
    html = MARKDOWN.renderer.render(tokens, MARKDOWN.options, env)
    clean = nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES, attribute_filter=_leading_out, link_rel=REL)
    return PLACE.sub(lambda place: formulas[int(place[1])], clean).rstrip()


def _leading_out(_tag: str, name: str, value: str) -> str | None:
    """A link leads to another site; where it leads nowhere, or into ours, its words alone stay."""
    return value if name != "href" or WEB.match(value) else None


def _maths(state: StateInline, silent: bool) -> bool:  # noqa: FBT001  (markdown-it hands it over so)
    """Take a formula between dollar signs."""
    found = MATHS.match(state.src, state.pos, state.posMax) if state.src[state.pos] == "$" else None
    if found is None:
        return False
    if not silent:
        state.push("maths", "", 0).content = found[1]
    state.pos = found.end()
    return True


def _place(
    renderer: RendererHTML,  # noqa: ARG001  (markdown-it calls it as a method)
    tokens: Sequence[Token],
    index: int,
    options: OptionsDict,  # noqa: ARG001
    env: EnvType,
) -> str:
    """Write a formula's place; the formula itself is kept until the HTML around it is clean."""
    text = tokens[index].content
    env["maths"] += len(text)
    try:
        written = _formula(text, alone=len(tokens) == 1) if env["maths"] <= MOST_MATHS else _as_typed(text)
    except TexError:
        written = _as_typed(text)
    env["formulas"].append(written)
    return f"{OPEN}{len(env['formulas']) - 1}{CLOSE}"


def _formula(text: str, *, alone: bool) -> str:
    written = markup(coloured(formula(text, alone=alone)))
    return f"<span {SCROLL}>{written}</span>" if len(text) > WIDE else written


def _all_as_typed(text: str) -> str:
    return f"<pre><code>{escape(text)}</code></pre>"


def _as_typed(text: str) -> str:
    return f"<code>${escape(text)}$</code>"


def _markdown() -> MarkdownIt:
    markdown = MarkdownIt("zero", {"maxNesting": MOST_NESTING}).enable(RULES)
    markdown.validateLink = lambda url: WEB.match(url) is not None  # type: ignore[method-assign]
    markdown.inline.ruler.before("escape", "maths", _maths)
    markdown.add_render_rule("maths", _place)
    return markdown


MARKDOWN = _markdown()
