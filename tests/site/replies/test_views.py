"""Tests of neuronwise.site.replies.views, pieces, forms and moderation: readers and the author at a real server."""

import base64
import hashlib
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote
from xml.etree import ElementTree as ET

import pytest
from replying import ADDRESS, BOOK, CHAPTER, GOOD, A, form_time, link, reply, send
from serving import SLUG, Site, running, write_book

PAGE = f"/{SLUG}/"
INSERTED = re.compile(rb"<!-- [a-z0-9-]+(?:: .*?)? -->")


@contextmanager
def started(folder: Path) -> Iterator[Site]:
    book = write_book(folder / "book", files=BOOK)
    with running(book, folder / "data", NEURONWISE_AUTHOR="The author <author@example.org>") as site:
        yield site


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site for one test alone."""
    with started(tmp_path) as running_site:
        yield running_site


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for all tests in which nothing is kept."""
    with started(tmp_path_factory.mktemp("empty")) as running_site:
        yield running_site


def rows(
    site: Site, query: str = "SELECT name, address, text, anchor, state FROM site_reply ORDER BY made"
) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(site.data / "site.sqlite3")) as database:
        return database.execute(query).fetchall()


def shown(site: Site, path: str = PAGE) -> str:
    return site.ask(path).body.decode()


def approved(site: Site, name: str = "Ann") -> str:
    """A reply that the author has approved; its id."""
    reply(site, name=name)
    assert send(site, link(site), {"decision": "approved"}).status == 200
    return ids(site)[0]


def ids(site: Site) -> list[str]:
    """The replies in the chapter's page, from above."""
    return re.findall(r'id="reply-([0-9a-f-]{36})"', shown(site))


def test_a_reply_is_held_until_the_author_approves_it(site: Site) -> None:
    answer = reply(site)

    assert (answer.status, answer.headers["Location"]) == (303, f"/{SLUG}/replied")
    assert rows(site) == [("Ann", ADDRESS, "Is $a$ a *number*?", "formula-a", "held")]
    assert "Ann" not in shown(site)
    assert "Thank you" in shown(site, f"/{SLUG}/replied")

    path = link(site)
    asked = site.ask(path)
    assert f"Is {A} a <em>number</em>?" in asked.body.decode()
    assert (asked.headers["Referrer-Policy"], asked.headers["Cache-Control"]) == ("no-referrer", "no-store")
    assert "Ann" not in shown(site)

    assert send(site, path, {"decision": "approved"}, Sec_Fetch_Site="none").status == 200
    page = shown(site)
    assert "<b>Ann</b>" in page
    assert '>1 reply<span class="unseen"> to a = w x</span>' in page
    assert f'<a href="/{SLUG}/#formula-a">a = w x</a>' in page

    assert send(site, path, {"decision": "refused"}).status == 200
    assert "Ann" not in shown(site)


def test_the_letter_to_the_author_repeats_nothing_of_the_reader(site: Site) -> None:
    reply(site)
    link(site)

    letters = b"".join(file.read_bytes() for file in (site.data / "outbox" / "new").iterdir())

    assert b"To: author@example.org" in letters
    assert not any(word in letters for word in (b"Ann", ADDRESS.encode(), b"number"))


@pytest.mark.parametrize(
    ("fields", "mend"),
    [
        ({"name": ""}, "Please type the name"),
        ({"name": " \u202e\x00 "}, "Please type the name"),
        ({"name": "n" * 81}, "at most 80 characters; these are 81"),
        ({"email": ""}, "Please type your e-mail address. It is never shown."),
        ({"email": "ann@"}, "look like an e-mail address"),
        ({"email": "a@localhost"}, "look like an e-mail address"),
        ({"email": "a@example.org\r\nBcc: b@example.org"}, "look like an e-mail address"),
        ({"text": " \n "}, "Please type your reply."),
        ({"text": "t" * 10_001}, "at most 10,000 characters; these are 10001"),
        ({"to": "00000000-0000-0000-0000-000000000000"}, "begins a thread of its own"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(empty: Site, fields: dict[str, str], mend: str) -> None:
    answer = send(empty, f"/{SLUG}/reply", GOOD | fields)

    page = answer.body.decode()
    assert answer.status == 422
    assert mend in page.replace("&#x27;", "'")
    assert page.count('class="mend"') == 1
    for name, value in (GOOD | fields).items():
        if name in {"name", "email"} and value.isprintable():
            assert f'name="{name}"' in page
            assert f'value="{value}"' in page
    assert 'value="formula-a" selected' in page
    assert ("to" in fields) or ((fields.get("text") or GOOD["text"])[:100] in page)
    assert rows(empty) == []


def test_ten_thousand_characters_are_taken_whatever_ends_their_lines(site: Site) -> None:
    answer = reply(site, text="a\r\n" * 4_000 + "a" * 2_000)

    assert answer.status == 303
    assert rows(site, "SELECT length(text) FROM site_reply") == [(10_000,)]


def test_a_preview_shows_the_reply_and_keeps_nothing(empty: Site) -> None:
    answer = reply(empty, preview="1", age=0)

    page = answer.body.decode()
    assert answer.status == 200
    assert f"Is {A} a <em>number</em>?" in page
    assert "Is $a$ a *number*?</textarea>" in page
    assert rows(empty) == []


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({}, {"Sec_Fetch_Site": "cross-site"}, 422),
        ({"preview": "1"}, {"Sec_Fetch_Site": "cross-site"}, 422),
        ({"form": ""}, {}, 422),
        ({"form": "A" * 32}, {}, 422),
        ({"website": "https://spam.example"}, {}, 303),
    ],
)
def test_what_no_reader_would_send_is_not_kept(
    empty: Site, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    answer = send(empty, f"/{SLUG}/reply", GOOD | fields, **headers)

    assert answer.status == status
    assert rows(empty) == []


@pytest.mark.parametrize(
    ("age", "words"), [(0, "That was very quick"), (4 * 3600 + 5, "open for more than four hours")]
)
def test_a_form_sent_too_early_or_too_late_keeps_what_was_typed(empty: Site, age: float, words: str) -> None:
    answer = reply(empty, age=age)

    assert answer.status == 422
    assert words in answer.body.decode()
    assert GOOD["text"] in answer.body.decode()
    assert rows(empty) == []


def test_what_is_sent_twice_is_kept_once(site: Site) -> None:
    statuses = [reply(site).status for _ in range(3)]

    assert statuses == [303] * 3
    assert len(rows(site)) == 1
    assert rows(site, "SELECT count(*) FROM site_delivery") == [(1,)]


def test_one_network_sends_at_most_thirty_an_hour(site: Site) -> None:
    statuses = [reply(site, text=f"number {i}").status for i in range(32)]

    assert statuses == [303] * 30 + [429] * 2
    assert len(rows(site)) == 30


def test_an_answer_to_an_answer_stands_in_the_same_thread(site: Site) -> None:
    first = approved(site)
    reply(site, to=first, text="second level")
    send(site, link(site, 2), {"decision": "approved"})
    second = ids(site)[1]

    reply(site, to=second, text="third becomes second")
    send(site, link(site, 3), {"decision": "approved"})

    assert rows(site, "SELECT count(*) FROM site_reply WHERE parent_id IS NULL") == [(1,)]
    assert rows(site, "SELECT count(DISTINCT parent_id) FROM site_reply") == [(1,)]
    thread = shown(site, f"/{SLUG}/replies?to={second}")
    assert thread.index("number") < thread.index("second level") < thread.index("third becomes second")
    assert f'name="to" value="{first}"' in thread


def test_a_held_reply_can_be_neither_seen_nor_answered(site: Site) -> None:
    reply(site)
    ((identity,),) = rows(site, "SELECT id FROM site_reply")

    assert site.ask(f"/{SLUG}/replies?to={identity}").status == 404
    assert reply(site, to=str(identity), text="to it").status == 422


def test_the_authors_answer_appears_at_once_and_is_marked(site: Site) -> None:
    reply(site)

    answer = send(site, link(site), {"decision": "answer", "answer": "Yes, $a$ is."})

    page = shown(site)
    assert answer.status == 200
    assert '<b>The author</b> <span class="mark-author">Author</span>' in page
    assert f"Yes, {A} is." in page
    assert page.index("<b>Ann</b>") < page.index("<b>The author</b>")


@pytest.mark.parametrize("form", [{}, {"decision": "removed"}, {"decision": "answer", "answer": " \r\n"}])
def test_a_decision_that_is_none_changes_nothing(site: Site, form: dict[str, str]) -> None:
    reply(site)

    answer = send(site, link(site), form)

    assert answer.status == 422
    assert [row[4] for row in rows(site)] == ["held"]


def test_foreign_and_altered_links_get_the_polite_page(site: Site) -> None:
    reply(site)
    path = link(site)

    for wrong in (path[:-1] + ("A" if path[-1] != "A" else "B"), path.replace("/r/", "/u/"), "/r/" + "A" * 48, "/r/x"):
        answers = site.ask(wrong), send(site, wrong, {"decision": "approved"})
        assert [answer.status for answer in answers] == [404, 404]
        assert all(b"This link does not work" in answer.body for answer in answers)
    assert [row[4] for row in rows(site)] == ["held"]


def test_reading_changes_no_byte_of_the_database(site: Site) -> None:
    identity = approved(site)
    reply(site, text="another")
    path = link(site, 2)
    before = (site.data / "site.sqlite3").read_bytes()

    for one in (
        PAGE,
        *(f"{PAGE}{end}" for end in ("replies", "reply", "replied", "replies.xml", f"replies?to={identity}")),
        path,
    ):
        for method in ("GET", "HEAD", "OPTIONS"):
            site.ask(one, method)

    assert (site.data / "site.sqlite3").read_bytes() == before


def test_the_page_has_the_builders_bytes_apart_from_what_is_put_in(site: Site) -> None:
    approved(site)

    page = site.ask(PAGE).body

    pattern = b"(?s)" + b".*?".join(re.escape(piece) for piece in INSERTED.split(CHAPTER))
    assert re.fullmatch(pattern, page)
    assert b'<a href="#replies">Replies</a>' in page


def test_addresses_of_no_page_are_not_found(empty: Site) -> None:
    ends = ["?page=0", "?page=2", "?page=x", "?page=9999999999", "?about=nothing", "?to=x", f"?to={'0' * 32}"]

    assert [empty.ask(f"/{SLUG}/replies{end}").status for end in ends] == [404] * len(ends)
    assert empty.ask("/2-to-come/replies").status == 404


def test_the_feed_has_the_latest_replies(site: Site) -> None:
    identity = approved(site, name="Ann & <b>")

    answer = site.ask(f"/{SLUG}/replies.xml")

    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = ET.fromstring(answer.body).findall(f"{atom}entry")  # noqa: S314  (our own)
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert entry.findtext(f"{atom}author/{atom}name") == "Ann & <b>"
    assert entry.findtext(f"{atom}summary") == f"<p>Is {A} a <em>number</em>?</p>"
    assert entry.findtext(f"{atom}id") == f"urn:uuid:{identity}"


def test_no_answer_has_a_cookie_and_each_has_the_policy(site: Site) -> None:
    answers = [reply(site), reply(site, name=""), reply(site, preview="1"), site.ask(PAGE), site.ask(link(site))]

    assert all(answer.headers["Set-Cookie"] is None for answer in answers)
    assert {answer.headers["Content-Security-Policy"].split(";")[0] for answer in answers} == {"default-src 'none'"}


def disguises(address: str) -> list[str]:
    """An address as it could slip out: plain, encoded, hashed, cut."""
    name, _, domain = address.partition("@")
    hashes = [hashlib.new(kind, address.encode()).hexdigest() for kind in ("md5", "sha1", "sha256")]
    encoded = [
        quote(address),
        base64.b64encode(address.encode()).decode(),
        address.encode().hex(),
        f"{name} at {domain}",
    ]
    return [address, address.upper(), name, *hashes, *encoded]


def test_no_function_of_an_address_is_published(site: Site) -> None:
    identity = approved(site)
    paths = [
        PAGE,
        *(f"{PAGE}{end}" for end in ("replies", f"replies?to={identity}", "replies.xml", "replied")),
        link(site),
    ]
    published = "".join(shown(site, path) for path in paths)
    letters = "".join(file.read_text() for file in (site.data / "outbox" / "new").iterdir())

    assert "Ann" in published
    assert [one for one in disguises(ADDRESS) if one in published + letters] == []


@pytest.mark.parametrize("words", ["keep", "remove"])
def test_after_erasing_no_byte_of_the_reader_is_in_the_data(site: Site, words: str) -> None:
    approved(site, name="Annabella")
    reply(site, name="Annabella", text="another one, held")
    link(site, 2)
    send(site, "/d/", {"email": ADDRESS, "form": form_time(site.data, 10, "d")})
    path = link(site, kind="d")
    assert {"Annabella", ADDRESS, GOOD["text"]} <= set(re.findall(r"&quot;: &quot;(.*?)&quot;", shown(site, path)))

    answer = send(site, path, {"words": words})

    assert answer.status == 200
    everything = b"".join(file.read_bytes() for file in site.data.rglob("*") if file.is_file())
    assert [one for one in ("Annabella", *disguises(ADDRESS)) if one.encode() in everything] == []
    assert (GOOD["text"].encode() in everything) == (words == "keep")
    assert ("Is <math>" in shown(site)) == (words == "keep")
