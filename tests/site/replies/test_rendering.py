"""Tests of neuronwise.site.replies.rendering: only what is listed comes out, whatever goes in."""

import pytest
from hostile_replies import TEXTS
from hypothesis import given, settings
from hypothesis import strategies as st
from listed_tags import Listed, foreign

from neuronwise.site.replies import rendering
from neuronwise.site.replies.rendering import render

MARKS = st.sampled_from(
    [
        *"[]()*_`$<>\\!&#-\n\n\"' ab1{}^",
        "```",
        "$$",
        "**",
        "](",
        "https://a.example",
        "javascript:",
        "\\text{",
        "- ",
        "1. ",
    ]
)
NO = 'rel="nofollow ugc"'
GENERATED = st.lists(MARKS | st.sampled_from(TEXTS[:60]), max_size=40).map("".join) | st.text(max_size=300)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one\n\ntwo", "<p>one</p>\n<p>two</p>"),
        ("*a* **b** `c`", "<p><em>a</em> <strong>b</strong> <code>c</code></p>"),
        ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"),
        ("3. a", '<ol start="3">\n<li>a</li>\n</ol>'),
        ("```python\nx < y\n```", "<pre><code>x &lt; y\n</code></pre>"),
        ("[a](https://b.example)", '<p><a href="https://b.example" rel="nofollow ugc">a</a></p>'),
        ("<https://b.example>", '<p><a href="https://b.example" rel="nofollow ugc">https://b.example</a></p>'),
        (
            "[$c$](https://b.example)",
            '<p><a href="https://b.example" rel="nofollow ugc"><math><mi>c</mi></math></a></p>',
        ),
        ("[a]()", '<p><a rel="nofollow ugc">a</a></p>'),
        ("[a](/d/)", "<p>[a](/d/)</p>"),
        ("[a](ftp://b.example)", "<p>[a](ftp://b.example)</p>"),
        ("![a](https://b.example/c.png)", '<p>!<a href="https://b.example/c.png" rel="nofollow ugc">a</a></p>'),
        ("# a\n\n> b\n\n---\n\n<b>c</b>", "<p># a</p>\n<p>&gt; b</p>\n<p>---</p>\n<p>&lt;b&gt;c&lt;/b&gt;</p>"),
        ("$c$!", "<p><math><mi>c</mi></math>!</p>"),
        ("$a$!", '<p><math><mi data-kind="value">a</mi></math>!</p>'),
        ("$c$", '<p><math displaystyle="true"><mi>c</mi></math></p>'),
        (
            f"${'c' * 41}$",
            f'<p><span {rendering.SCROLL}><math displaystyle="true">{"<mi>c</mi>" * 41}</math></span></p>',
        ),
        ("$5 and $6", "<p>$5 and $6</p>"),
        (r"\$a\$", "<p>$a$</p>"),
        ("`$c$`", "<p><code>$c$</code></p>"),
        ("$$c$$", "<p>$$c$$</p>"),
        (r"$\foo<b>$", r"<p><code>$\foo&lt;b&gt;$</code></p>"),
        ("\ue0000\ue001 $c$", "<p>\ufffd0\ufffd <math><mi>c</mi></math></p>"),
        ("", ""),
        ("a  \nb\\\nc", "<p>a<br>\nb<br>\nc</p>"),
        ("<HTTP://B.EXAMPLE>", '<p><a href="HTTP://B.EXAMPLE" rel="nofollow ugc">HTTP://B.EXAMPLE</a></p>'),
        ("$u\nv$!", "<p><math><mi>u</mi><mi>v</mi></math>!</p>"),
        (r"$\$$!", "<p><math><mo>$</mo></math>!</p>"),
        ("$a $ $ b$", "<p>$a $ $ b$</p>"),
        ("$a$1", "<p>$a$1</p>"),
        (f"${'u' * 40}$!", f"<p><math>{'<mi>u</mi>' * 40}</math>!</p>"),
        ("*$u$*  $v$", "<p><em><math><mi>u</mi></math></em>  <math><mi>v</mi></math></p>"),
        ("[a](https://b.example/$x$)", '<p><a href="https://b.example/$x$" rel="nofollow ugc">a</a></p>'),
        ("- " * 9 + "a", "<ul>\n<li>\n" * 8 + "<ul>\n<li>a</li>\n</ul>" + "\n</li>\n</ul>" * 8),
        ("- " * 10 + "<a", f"<pre><code>{'- ' * 10}&lt;a</code></pre>"),
    ],
)
def test_a_text_is_shown_as_markdown_says(text: str, expected: str) -> None:
    assert render(text) == expected


def test_there_are_500_hostile_texts() -> None:
    assert len(set(TEXTS)) >= 500


def test_of_hostile_texts_only_listed_tags_come_out() -> None:
    assert [text for text in TEXTS if foreign(render(text))] == []


@settings(max_examples=5000)
@given(GENERATED)
def test_of_any_text_only_listed_tags_come_out(text: str) -> None:
    assert foreign(render(text)) == []


@pytest.mark.parametrize(
    "piece",
    ["- ", "*a **b ", "[", "[a](", "`", "$", "{", "<b>", "> ", "1. ", "_", "![", "$\\frac{", "\\", "&", "- a\n  "],
)
def test_five_thousand_levels_are_shown_or_shown_as_typed(piece: str) -> None:
    html = render((piece * 5000)[: rendering.MOST_CHARACTERS])

    assert foreign(html) == []
    assert Listed(html).deepest <= 3 * rendering.MOST_NESTING


def test_what_would_take_long_is_shown_as_it_was_typed() -> None:
    formulas, marks = render(f"${'a' * 499}$ " * 9), "*" * (rendering.MOST_MARKS + 1)

    assert (formulas.count("<math>"), formulas.count("<code>$aaa")) == (8, 1)
    assert render(marks) == f"<pre><code>{marks}</code></pre>"
    assert render(marks[1:]) == f"<p>{marks[1:]}</p>"


def test_formulas_of_4000_characters_are_read_and_none_beyond() -> None:
    most = render("$a$ " + f"${'a' * 499}$ " * 8 + f"${'b' * 7}$ $c$")

    assert most.count("<math>") == 10
    assert most.endswith("<code>$c$</code></p>")


def test_nh3_alone_lets_nothing_pass_but_what_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    listed = "".join(f"<{tag}>a</{tag}>" for tag in sorted(rendering.TAGS - {"br", "a"}))
    unlisted = (
        "<script>hit()</script><b>b</b><img src=x onerror=hit()><h1 id=c>c</h1><p class=d style=e>d</p>"
        "<ol start=3></ol>"
        "<a href='javascript:hit()'>e</a><a href='/d/'>f</a><a href=https://g.example title=g>g</a><li start=3></li>"
    )
    clean = f'bc<p>d</p><ol start="3"></ol><a {NO}>e</a><a {NO}>f</a><a href="https://g.example" {NO}>g</a><li></li>'
    monkeypatch.setattr(rendering.MARKDOWN.renderer, "render", lambda *_: listed + unlisted)

    assert render("") == listed + clean


def test_a_text_of_more_than_10_000_characters_is_refused() -> None:
    assert render("a" * 10_000) == f"<p>{'a' * 10_000}</p>"
    with pytest.raises(ValueError, match=r"^expected at most 10000 characters; got 10001$"):
        render("a" * 10_001)
