"""Tests of neuronwise.site.forms, consent, own_data: over HTTP, with letters from the real outbox."""

import json
import re
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import postgres
import pytest
from letterbox import aged, ask_to_be_told, digest, letters, link, post, subscribe
from replying import reply
from serving import FILES, PATIENCE, SLUG, Answer, Site, command, environment, running, write_book

SUBSCRIBER = "reader@example.org"


@pytest.fixture
def own(memory: Path) -> Iterator[Site]:
    """A server that the test has alone, its book with the places for forms, and with one that depends on a chapter."""
    landing = FILES["index.html"] + b"<!-- sign-up -->"
    fault = FILES["500.html"] + b"<!-- out-1 -->1<!-- end --><!-- draft-1 0-->"
    pages = {"index.html": landing, "500.html": fault}
    with running(write_book(memory / "book", files=FILES | pages), memory / "data") as site:
        yield site


def rows(site: Site, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(site.data / "site.sqlite3")) as database:
        return database.execute(query).fetchall()


def run(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    folders = {"NEURONWISE_BOOK": str(site.book), "NEURONWISE_DATA": str(site.data)}
    return subprocess.run(
        command("book", *arguments), env=environment(**folders), capture_output=True, text=True, check=True
    )


def test_from_the_form_to_the_letter_about_a_chapter_and_out_again(own: Site) -> None:
    assert b'action="/subscribe"' in own.ask("/").body

    asked = ask_to_be_told(own, " Reader@Example.org ")
    (question,) = letters(own, 1)
    button = own.ask(link(question, "c"))
    confirmed = post(own, link(question, "c"), {})
    run(own, "publish", "1")
    (told,) = letters(own, 1)
    way_out = link(told, "u")
    left = post(own, way_out, {"List-Unsubscribe": "One-Click"}, Sec_Fetch_Site="cross-site")

    assert (asked.status, asked.headers["Location"]) == (303, "/subscribe/sent")
    assert b"Look into your mailbox" in own.ask("/subscribe/sent").body
    assert question["To"] == told["To"] == SUBSCRIBER
    assert (button.status, button.body.count(b"<button")) == (200, 1)
    assert (confirmed.status, left.status) == (200, 200)
    assert told["Subject"] == "Chapter 1: The smallest network"
    assert told["List-Unsubscribe"] == f"<http://localhost:{own.port}{way_out}>"
    assert rows(own, "SELECT state FROM site_subscriber") == [("gone",)]


def test_the_same_address_gets_one_letter_a_day(own: Site) -> None:
    answers = [ask_to_be_told(own, SUBSCRIBER) for _ in range(5)]
    letters(own, 1)

    assert [answer.status for answer in answers] == [303] * 5
    assert rows(own, "SELECT count(*) FROM site_delivery") == [(1,)]


def test_who_is_subscribed_gets_the_same_answer_and_a_letter_that_says_so(own: Site) -> None:
    first = ask_to_be_told(own, SUBSCRIBER)
    (question,) = letters(own, 1)
    post(own, link(question, "c"), {})
    with closing(sqlite3.connect(own.data / "site.sqlite3")) as database:  # as if it were another day
        database.execute("DELETE FROM site_delivery")
        database.commit()

    again = ask_to_be_told(own, SUBSCRIBER)
    (answer,) = letters(own, 1)

    del first.headers["Date"], again.headers["Date"]
    assert (again.status, again.body, again.headers.items()) == (first.status, first.body, first.headers.items())
    assert answer["Subject"] == "You are on the list"
    assert rows(own, "SELECT state FROM site_subscriber") == [("active",)]


@pytest.mark.parametrize(
    ("fields", "status", "words"),
    [
        ({"email": ""}, 422, "Please type your e-mail address."),
        (
            {"email": 'reader@"><script>'},
            422,
            "This doesn&#x27;t look like an e-mail address such as reader@example.org.",
        ),
        ({"email": SUBSCRIBER, "form": ""}, 422, "This page was open for more than four hours."),
        ({"email": SUBSCRIBER, "form": "early"}, 422, "That was very quick."),
    ],
)
def test_a_mistake_stands_beside_its_field_and_what_was_typed_stays(
    site: Site, fields: dict[str, str], status: int, words: str
) -> None:
    if fields.get("form") == "early":
        fields = fields | {"form": aged(site, "subscribe", 1)}

    answer = ask_to_be_told(site, fields.pop("email"), **fields)

    page = answer.body.decode()
    assert answer.status == status
    field = re.search(r"<input[^>]*name=.email.[^>]*>", page)
    assert field
    wrong = "form" not in fields  # the address itself; else the button alone is to be pressed again
    told = 'aria-describedby="sign-up-mend" autofocus>'
    assert (f'aria-invalid="true" {told}' in field[0]) == wrong
    assert (f'<button type="submit" class="first" {told}Tell me' in page) != wrong
    assert re.search(rf'<p class="mend" id="sign-up-mend">{re.escape(words)}', page)
    assert "<script>" not in page
    if not words.startswith("Please"):
        assert 'value="reader@' in field[0]
    assert rows(site, "SELECT count(*) FROM site_subscriber") == [(0,)]


def test_a_form_from_elsewhere_or_with_its_trap_filled_in_keeps_nothing(site: Site) -> None:
    fields = {"email": SUBSCRIBER, "form": aged(site, "subscribe")}

    foreign = post(site, "/subscribe", fields, Sec_Fetch_Site="cross-site")
    trapped = post(site, "/subscribe", fields | {"website": "https://spam.example"})

    assert foreign.status == 422
    assert b"This form came from another page than ours." in foreign.body
    assert (trapped.status, trapped.headers["Location"]) == (303, "/subscribe/sent")
    assert rows(site, "SELECT count(*) FROM site_subscriber") == [(0,)]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", ""])
def test_a_form_of_another_type_keeps_nothing(site: Site, kind: str) -> None:
    fields = {"email": SUBSCRIBER, "form": aged(site, "subscribe")}

    answer = post(site, "/subscribe", fields, Content_Type=kind)

    assert answer.status == 422
    assert rows(site, "SELECT count(*) FROM site_subscriber") == [(0,)]


def test_more_than_sixty_an_hour_from_one_network_are_told_to_wait(own: Site) -> None:
    answers = [ask_to_be_told(own, f"reader-{n}@example.org") for n in range(61)]

    assert [answer.status for answer in answers] == [303] * 60 + [429]
    assert b"try again in an hour" in answers[-1].body


TOKENS = ("c", "u", "d")


@pytest.mark.parametrize(
    "path", [f"/{kind}/{token}" for kind in TOKENS for token in ("x", "A" * 48, "%00", "é".encode().hex())]
)
def test_a_token_that_opens_nothing_gets_the_one_page(site: Site, path: str) -> None:
    for answer in (site.ask(path), post(site, path, {})):
        assert answer.status == 404
        assert b"<h1>This link does not work</h1>" in answer.body
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Cache-Control"] == "no-store"


def test_a_token_for_something_else_gets_the_one_page(own: Site) -> None:
    ask_to_be_told(own, SUBSCRIBER)
    (question,) = letters(own, 1)
    token = link(question, "c").rpartition("/")[2]

    for kind in ("u", "d"):
        assert post(own, f"/{kind}/{token}", {}).status == 404
    assert rows(own, "SELECT state FROM site_subscriber") == [("pending",)]


def test_nothing_but_a_post_changes_the_database(own: Site) -> None:
    subscribe(own, SUBSCRIBER)
    run(own, "publish", "1")
    (told,) = letters(own, 1)
    asked = post(own, "/d/", {"email": SUBSCRIBER, "form": aged(own, "d")})
    (data,) = letters(own, 1)
    ask_to_be_told(own, "other@example.org")
    (question,) = letters(own, 1)
    paths = [link(told, "u"), link(data, "d"), link(data, "d") + "/own-data.json", link(question, "c")]
    paths += ["/subscribe", "/subscribe/sent", "/d/", "/d/sent", "/", f"/{SLUG}/"]
    before = digest(own.data)

    answers = [own.ask(path, method) for path in paths for method in ("GET", "HEAD", "OPTIONS")]

    assert asked.status == 303
    assert {answer.status for answer in answers} == {200, 405}
    assert digest(own.data) == before


def test_a_hundred_one_click_posts_have_one_effect(own: Site) -> None:
    subscribe(own, SUBSCRIBER)
    run(own, "publish", "1")
    (told,) = letters(own, 1)

    def leave(_: int) -> Answer:
        return post(own, link(told, "u"), {"List-Unsubscribe": "One-Click"})

    first = leave(0)
    before = digest(own.data)
    with ThreadPoolExecutor(4) as pool:
        others = list(pool.map(leave, range(99)))

    assert {answer.status for answer in (first, *others)} == {200}
    assert digest(own.data) == before
    assert len((own.data / "withdrawn.log").read_text().splitlines()) == 1


def test_who_leaves_before_a_letter_goes_gets_none(own: Site) -> None:
    subscribe(own, SUBSCRIBER)
    run(own, "publish", "1")
    (told,) = letters(own, 1)
    post(own, link(told, "u"), {})
    with closing(sqlite3.connect(own.data / "site.sqlite3")) as database:
        database.execute("UPDATE site_delivery SET state = 'queued' WHERE topic = 'chapter:1'")
        database.commit()

    run(own, "notify")

    assert rows(own, "SELECT state FROM site_delivery WHERE topic = 'chapter:1'") == [("skipped",)]


def test_own_data_is_shown_taken_away_and_erased_to_the_last_byte(own: Site) -> None:
    subscribe(own, SUBSCRIBER)
    run(own, "publish", "1")
    post(own, "/d/", {"email": SUBSCRIBER, "form": aged(own, "d")})
    (letter,) = [each for each in letters(own, 2) if each["Subject"] == "What we keep of you"]  # of one batch, perhaps
    path = link(letter, "d")

    page, file = own.ask(path), own.ask(f"{path}/own-data.json")
    kept = json.loads(file.body)
    erased = post(own, path, {})

    assert SUBSCRIBER.encode() in page.body
    assert file.headers["Content-Disposition"] == 'attachment; filename="own-data.json"'
    assert kept["address"] == SUBSCRIBER
    assert kept["subscription"]["state"] == "active"
    assert [letter["topic"].partition(":")[0] for letter in kept["letters"]] == ["confirm", "chapter", "data"]
    assert (erased.status, own.ask(path).status) == (200, 404)
    own.process.send_signal(signal.SIGINT)
    own.process.wait(PATIENCE)
    for file_left in own.data.rglob("*"):
        if file_left.is_file():
            assert b"reader" not in file_left.read_bytes().lower(), file_left
    assert " erased " in (own.data / "withdrawn.log").read_text()


def test_an_address_of_which_nothing_is_kept_gets_the_same_answer_and_no_letter(own: Site) -> None:
    subscribe(own, SUBSCRIBER)

    answers = [
        post(own, "/d/", {"email": address, "form": aged(own, "d")}) for address in ("nobody@example.org", SUBSCRIBER)
    ]
    (data,) = letters(own, 1)

    assert {(answer.status, answer.headers["Location"], answer.body) for answer in answers} == {(303, "/d/sent", b"")}
    assert data["To"] == SUBSCRIBER
    states = "SELECT state FROM site_delivery WHERE topic LIKE 'data:%' ORDER BY state"
    assert rows(own, states) == [("sent",), ("skipped",)]


def test_a_locked_database_turns_writers_away_and_readers_are_served(own: Site) -> None:
    with closing(sqlite3.connect(own.data / "site.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(2) as pool:
            writer = pool.submit(ask_to_be_told, own, SUBSCRIBER)
            readers = [own.ask(path).status for path in ("/", f"/{SLUG}/", f"/{SLUG}/book.pdf", "/health")]
            refused = writer.result()
        other.execute("ROLLBACK")

    assert readers == [200] * 4
    assert refused.status == 503
    assert f'value="{SUBSCRIBER}"'.encode() in refused.body
    assert b"We can&#x27;t write this down just now." in refused.body
    assert ask_to_be_told(own, SUBSCRIBER).status == 303


def test_where_nobody_can_read_either_all_are_told_to_come_again(own: Site) -> None:
    with (
        closing(sqlite3.connect(own.data / "site.sqlite3", isolation_level=None)) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        other.execute("BEGIN EXCLUSIVE")
        writer = pool.submit(reply, own)
        answers = [own.ask(f"/{SLUG}/"), writer.result()]
        other.execute("ROLLBACK")

    for answer in answers:
        assert (answer.status, answer.headers["Retry-After"], answer.body) == (503, "60", FILES["500.html"] + b"1")
    assert own.ask(f"/{SLUG}/").status == 200
    own.process.send_signal(signal.SIGINT)
    log, _ = own.process.communicate(timeout=PATIENCE)
    told = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    assert sorted((line["route"], line["status"], line["error"].split()[0]) for line in told) == [
        ("<slug:slug>/", 503, "OperationalError"),
        ("<slug:slug>/reply", 503, "OperationalError"),
    ]


def test_what_was_chosen_for_ones_words_is_still_chosen_where_erasing_has_to_wait(own: Site) -> None:
    reply(own, email=SUBSCRIBER)
    post(own, "/d/", {"email": SUBSCRIBER, "form": aged(own, "d")})
    path = link(letters(own, 2)[1], "d")  # the first told the author

    with (
        closing(sqlite3.connect(own.data / "site.sqlite3", isolation_level=None)) as other,
        ThreadPoolExecutor(2) as pool,
    ):
        other.execute("BEGIN IMMEDIATE")
        keep, remove = pool.map(lambda words: post(own, path, {"words": words}), ("keep", "remove"))
        other.execute("ROLLBACK")

    for answer, words in ((keep, "keep"), (remove, "remove")):
        assert answer.status == 503
        assert re.findall(r'value="(\w+)" checked', answer.body.decode()) == [words]
        assert b"Please press the button once more in a minute." in answer.body
    assert rows(own, "SELECT count(*) FROM site_reply") == [(1,)]


def test_what_nobody_confirms_is_forgotten_after_seven_days(own: Site) -> None:
    ask_to_be_told(own, SUBSCRIBER)
    (question,) = letters(own, 1)
    with closing(sqlite3.connect(own.data / "site.sqlite3")) as database:
        database.execute("UPDATE site_subscriber SET made = datetime('now', '-7 days', '-1 minute')")
        database.commit()

    run(own, "notify")

    assert rows(own, "SELECT count(*) FROM site_subscriber") == [(0,)]
    late = post(own, link(question, "c"), {})
    assert (late.status, b"<h1>This link does not work</h1>" in late.body) == (404, True)


def test_on_postgresql_the_whole_way_is_the_same(memory: Path, postgres_host: str) -> None:
    database = postgres.database(postgres_host, "forms")
    with running(write_book(memory / "book"), memory / "data", NEURONWISE_DATABASE=database) as site:
        subscribe(site, SUBSCRIBER)
        folders = {
            "NEURONWISE_BOOK": str(site.book),
            "NEURONWISE_DATA": str(site.data),
            "NEURONWISE_DATABASE": database,
        }
        subprocess.run(command("book", "publish", "1"), env=environment(**folders), check=True, capture_output=True)
        (told,) = letters(site, 1)
        left = post(site, link(told, "u"), {"List-Unsubscribe": "One-Click"})
        post(site, "/d/", {"email": SUBSCRIBER, "form": aged(site, "d")})
        (data,) = letters(site, 1)
        kept = json.loads(site.ask(f"{link(data, 'd')}/own-data.json").body)
        erased = post(site, link(data, "d"), {})

    assert (told["To"], left.status, erased.status) == (SUBSCRIBER, 200, 200)
    assert kept["subscription"]["state"] == "gone"
    assert not (memory / "data" / "site.sqlite3").exists() or (memory / "data" / "site.sqlite3").stat().st_size == 0


def test_a_postgresql_that_cannot_be_reached_is_refused_without_its_password(memory: Path) -> None:
    book, data = write_book(memory / "book"), memory / "data"
    settings = {"NEURONWISE_DATABASE": "postgresql://book:secret@127.0.0.1:1/book"}
    folders = ["--book", str(book), "--data", str(data)]

    refused = subprocess.run(
        command("book", "publish", "1", *folders),
        env=environment(**settings),
        capture_output=True,
        text=True,
        check=False,
    )

    assert refused.returncode == 2
    assert "NEURONWISE_DATABASE: expected a database of PostgreSQL that can be reached; got" in refused.stderr
    assert "secret" not in refused.stderr
    assert "Traceback" not in refused.stderr
