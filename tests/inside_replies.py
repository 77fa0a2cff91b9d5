"""Questions that only a process can answer in which the site is open: one line of JSON each.

python inside_replies.py queries    queries of a chapter's page with 10, 100, 1,000 replies
python inside_replies.py hostile    hostile texts of which something foreign came into a page, in any field
python inside_replies.py own        what is kept of an address, and what is left after each way to take it back
python inside_replies.py restored   what is left after a restore of what was there before that
python inside_replies.py refused    whether an answer is told in page, number or feed once its thread is refused
python inside_replies.py corrected  whether a corrected chapter shows its formulas' new words
"""

import json
import sys
from collections.abc import Callable, Iterable
from html.parser import HTMLParser
from typing import Any

from neuronwise.site import opening

FIELDS = ("name", "email", "text", "about", "to")
ADDRESS, OTHER = "canary-4711@example.org", "other@example.org"


def queries() -> list[int]:
    """The queries of a chapter's page, as its replies become more."""
    from django.db import connection  # noqa: PLC0415  (only after the site is open)
    from django.test.utils import CaptureQueriesContext  # noqa: PLC0415

    from neuronwise.site.replies.models import Reply  # noqa: PLC0415

    counts = []
    for more in (10, 90, 900):
        threads = [_reply(f"reader {i}", anchor="formula-a" if i % 3 else "") for i in range(more // 2)]
        Reply.objects.bulk_create(threads)
        Reply.objects.bulk_create(_reply("answerer", parent=threads[i % 5]) for i in range(more // 2))
        with CaptureQueriesContext(connection) as captured:
            _get("/")
        counts.append(len(captured))
    return counts


def hostile() -> list[str]:
    """The texts that brought a foreign tag or attribute into a page: sent as every field at once, shown, moderated."""
    from hostile_replies import TEXTS  # noqa: PLC0415

    harmless = f"*a* **b** `c` [d](https://e.example)  \nf\n\n```\ng\n```\n- h\n\n1. $i$ ${'j' * 41}$"
    allowed = _looks([*_shown(["text", harmless]), _asked("text"), _asked(harmless)])
    texts = TEXTS[::2]
    twenties = [texts[start : start + 20] for start in range(0, len(texts), 20)]
    found = [text for text in texts if not _looks([_asked(text)]) <= allowed]
    return found + [text for twenty in twenties if not _looks(_shown(twenty)) <= allowed for text in twenty]


def own() -> dict[str, Any]:
    """What is kept, and the rows that are left: of a thread with a foreign answer, of an answer to a foreign thread."""
    from neuronwise.site.replies.models import Reply  # noqa: PLC0415
    from neuronwise.site.replies.own import Replies  # noqa: PLC0415

    answers: dict[str, Any] = {}
    for how in ("keep", "remove"):
        Reply.objects.all().delete()
        mine = _made("mine, answered", address=ADDRESS)
        _made("other's answer", parent=mine, address=OTHER)
        _made("mine, lonely", address=ADDRESS)
        other = _made("other's thread", address=OTHER)
        _made("mine, an answer", parent=other, address=ADDRESS)
        _made("mine, held", state="held", address=ADDRESS)
        answers["kept"] = [(row["text"], row["address"]) for row in Replies().kept(ADDRESS)]
        Replies().erase(ADDRESS, keep_words=how == "keep")
        answers[how] = list(Reply.objects.order_by("made").values_list("name", "address", "text", "state"))
        assert Replies().kept(ADDRESS) == []
    Replies().erase(OTHER, keep_words=False)
    answers["then the others"] = list(Reply.objects.values_list("text", "state"))
    return answers


def restored() -> list[Any]:
    """The rows after an old backup was put back, from before two readers took their replies away."""
    from neuronwise.site import aftermath  # noqa: PLC0415
    from neuronwise.site.replies.models import Reply  # noqa: PLC0415
    from neuronwise.site.replies.own import Replies  # noqa: PLC0415

    backup = [_made("stays", address=ADDRESS), _made("goes", address="b@example.org"), _made("other", address=OTHER)]
    Replies().erase(ADDRESS, keep_words=True)
    Replies().erase("b@example.org", keep_words=False)
    Reply.objects.all().delete()
    Reply.objects.bulk_create(backup)
    aftermath.settle()
    return list(Reply.objects.order_by("made").values_list("name", "address", "text"))


def refused() -> list[bool]:
    """Whether an approved answer is told anywhere once its thread is refused: its words, its number, in the feed."""
    thread = _made("the thread")
    _made("the answer", parent=thread)
    before = _told("the answer")
    thread.state = "refused"
    thread.save()
    return [*before, *_told("the answer")]


def _told(words: str) -> list[bool]:
    page, feed = _get("/"), _get("/replies.xml")
    return [words in page, 'class="count"' in page, words in feed]


def corrected() -> list[bool]:
    """Whether a formula's new words show: as published, after a later build, and after that was published."""
    from django.conf import settings  # noqa: PLC0415
    from replying import BOOK, CHAPTER  # noqa: PLC0415
    from serving import SLUG, write_book  # noqa: PLC0415

    from neuronwise.site.publishing import publish  # noqa: PLC0415

    publish(1)
    shown = ["to v = w x" in _get("/")]
    page = {f"{SLUG}/index.html": CHAPTER.replace(b"formula-a: a =", b"formula-a: v =")}
    write_book(settings.BOOK, files=BOOK | page)
    opening.open_book()
    shown.append("to v = w x" in _get("/"))
    publish(1)
    return [*shown, "to v = w x" in _get("/")]


def _reply(text: str, **more: Any) -> Any:  # noqa: ANN401  (a row)
    from neuronwise.site.replies.models import Reply  # noqa: PLC0415

    return Reply(**{"chapter_id": 1, "name": "Canary", "text": text, "state": "approved"} | more)


def _made(text: str, **more: Any) -> Any:  # noqa: ANN401  (a row)
    row = _reply(text, **more)
    row.save()
    return row


def _get(end: str) -> str:
    from django.test import RequestFactory  # noqa: PLC0415
    from django.urls import resolve  # noqa: PLC0415

    path = f"/1-the-smallest-network{end}"
    view, arguments, keywords = resolve(path)
    return _body(view(RequestFactory().get(path), *arguments, **keywords))


def _body(answer: Any) -> str:  # noqa: ANN401  (one of Django's answers)
    return str(answer.content.decode())


def _asked(text: str) -> str:
    """What comes when a form is sent with this text in every field."""
    from django.test import RequestFactory  # noqa: PLC0415

    from neuronwise.site.replies import views  # noqa: PLC0415

    post = RequestFactory().post("/", dict.fromkeys(FIELDS, text), headers={"Sec-Fetch-Site": "same-origin"})
    return _body(views.reply(post, "1-the-smallest-network"))


def _shown(texts: list[str]) -> list[str]:
    """A chapter's page and its feed, with replies of these texts, in names like these."""
    from neuronwise.site.replies.models import Reply  # noqa: PLC0415

    Reply.objects.all().delete()
    for text in texts:
        _made(text, name=text[:80], anchor=text[:100].replace("\0", ""))
    return [_get("/"), _get("/replies.xml")]


def _looks(pages: Iterable[str]) -> set[tuple[str, ...]]:
    """Every tag with its attributes' names, and the beginning of each address, in these pages."""
    reader = _Reader()
    for page in pages:
        reader.feed(page)
        reader.reset()
    return reader.looks


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.looks: set[tuple[str, ...]] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = tuple(
            name
            for name, _ in attrs
            if name not in {"aria-invalid", "aria-describedby", "autofocus", "start", "width", "stretchy"}
        )
        self.looks.add(("math",) if tag.startswith("m") and tag not in {"meta", "main"} else (tag, *names))
        self.looks |= {
            (name, (value or "")[:8].partition("/")[0]) for name, value in attrs if name in {"href", "src", "action"}
        }


if __name__ == "__main__":
    opening.open_book()
    asked: Callable[[], object] = {
        "queries": queries,
        "hostile": hostile,
        "own": own,
        "restored": restored,
        "refused": refused,
        "corrected": corrected,
    }[sys.argv[1]]
    print(json.dumps(asked()))  # noqa: T201  (that is the answer)
