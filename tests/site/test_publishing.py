"""Tests of neuronwise.site.publishing, rehearsal, and of the commands publish and notify, as their author uses them."""

import re
import resource
import shutil
import signal
import subprocess
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from hashlib import md5, sha1, sha256
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

import pytest
from ledgers import Ledger, Sink, ledger
from letterbox import aged, ask_to_be_told, letters, link, post
from serving import ASSETS, FILES, PATIENCE, SLUG, Answer, Site, command, running, write_book

OPEN = """
from neuronwise.site import opening
opening.open_site()
from django.utils import timezone
from neuronwise.site import consent
from neuronwise.site.ledger import Delivery
from neuronwise.site.models import Chapter, Subscriber
"""


def test_what_is_published_is_said_and_said_again_without_telling_anybody(memory: Path) -> None:
    made = ledger(memory, 2)

    first, second = made.run("publish", "1"), made.run("publish", "1")

    assert first.stdout.startswith("Chapter 1, The smallest network, is public. 2 letters queued.\n")
    assert re.match(
        r"Chapter 1, The smallest network, is public since \d{4}-.* Nothing has changed; nobody", second.stdout
    )
    assert made.states() == {"queued": 2}


@pytest.mark.parametrize(
    ("number", "why"),
    [
        ("2", "chapter 2, Error and learning speed, is not built yet. Write it, then:\n    neuronwise book build"),
        ("7", "expected a chapter of the book, 1 to 2; got 7"),
    ],
)
def test_a_chapter_that_is_not_there_is_refused(memory: Path, number: str, why: str) -> None:
    refused = ledger(memory, 1).run("publish", number)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert why in refused.stderr


QUEUE_THOUSANDS = """
import sqlite3
from django.db import connection, transaction
from neuronwise.site.ledger import queue_for_all
reader = sqlite3.connect(connection.settings_dict["NAME"], timeout=0)
with transaction.atomic():
    queue_for_all("chapter:1", timezone.now())
    print(reader.execute("SELECT count(*) FROM site_delivery").fetchone(), Delivery.objects.count())
"""


def test_readers_are_served_while_thousands_of_letters_are_queued(memory: Path) -> None:
    made = ledger(memory, 10_000)

    assert made.python(OPEN + QUEUE_THOUSANDS) == "(0,) 10000\n"


def test_a_chapter_waits_for_its_time_and_who_signs_up_meanwhile_is_told_too(memory: Path) -> None:
    made = ledger(memory, 1, NEURONWISE_URL="https://book.example")
    when = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec="minutes")

    said = made.run("publish", "1", "--at", when)
    made.python(OPEN + "consent.ask('late@example.org'); consent.give(Subscriber.objects.get(state='pending').pk)")
    before = made.run("notify").stdout
    hidden = made.python(OPEN + "from neuronwise.site.models import public; print(public().count())")
    made.run("publish", "1")
    after = made.run("notify").stdout

    assert "Chapter 1, The smallest network, will be public on 20" in said.stdout
    assert before.startswith("1 sent.")  # "you are on the list"
    assert hidden == "0\n"
    assert after == "2 sent.\n"


def test_after_a_restore_a_chapter_is_told_at_its_own_time(memory: Path) -> None:
    made = ledger(memory, 3, NEURONWISE_URL="https://book.example")
    when = (datetime.now(UTC) + timedelta(hours=5)).isoformat(timespec="minutes")
    file = str(memory / "site.backup")

    for arguments in (("publish", "1", "--at", when), ("backup", file), ("restore", file, "--replace")):
        made.run(*arguments).check_returncode()
    again = made.run("notify", "--retry", "unknown").stdout
    before = made.states()
    made.run("publish", "1")

    assert again.startswith(
        "3 letters unknown before, queued again.\nNothing was due.\n3 letters queued, the next for 20"
    )
    assert before == {"queued": 3}
    assert made.run("notify").stdout == "3 sent.\n"


ASK = "consent.ask_own_data('a@example.org'); "
SIGN_UP = "consent.ask('a@example.org'); consent.give(Subscriber.objects.get().pk); "


def test_who_asks_for_own_data_too_early_gets_them_when_there_are_some(memory: Path) -> None:
    made = ledger(memory, 0)

    made.python(OPEN + ASK)
    before = made.run("notify").stdout
    made.python(OPEN + SIGN_UP + ASK)

    assert before == "1 not wanted any more.\n"
    assert made.run("notify").stdout == "2 sent.\n"


REFUSE = """
from datetime import timedelta
from django.utils import timezone
from neuronwise.site.replies.models import Reply
for days in (29, 31):
    when = timezone.now() - timedelta(days=days)
    Reply.objects.create(chapter_id=1, text=f"{days} days", state="refused", decided=when)
"""


def test_who_delivers_forgets_what_was_refused_a_month_ago(memory: Path) -> None:
    made = ledger(memory, 1, then=REFUSE)

    made.run("notify")

    assert (
        made.python(OPEN + "from neuronwise.site.models import Reply; print(Reply.objects.get().text)") == "29 days\n"
    )


@pytest.mark.parametrize(
    ("time_", "why"),
    [
        ("2001-01-01T08:00", "expected a time to come"),
        ("soon", "expected a time such as"),
        ("0001-01-01T00:00+14:00", "expected a time such as"),
    ],
)
def test_a_time_that_is_over_or_none_is_refused(memory: Path, time_: str, why: str) -> None:
    refused = ledger(memory, 1).run("publish", "1", "--at", time_)

    assert refused.returncode == 2
    assert why in refused.stderr


@pytest.mark.parametrize(("typed", "utc"), [("2099-01-10T08:00", "07:00"), ("2099-07-10T08:00", "06:00")])
def test_a_time_is_the_clocks_time_of_that_day_summer_or_winter(memory: Path, typed: str, utc: str) -> None:
    made = ledger(memory, 1, TZ="CET-1CEST,M3.5.0,M10.5.0/3")

    said = made.run("publish", "1", "--at", typed).stdout
    later = made.run("notify").stdout

    assert f"will be public on {typed.replace('T', ' ')}." in said
    assert f"the next for {typed.replace('T', ' ')}." in later
    assert made.python(OPEN + "print(Chapter.objects.get(number=1).published)") == f"{typed[:10]} {utc}:00+00:00\n"


def test_the_letter_is_shown_and_sent_to_the_author_first_and_nothing_is_published(memory: Path, sink: Sink) -> None:
    made = ledger(memory, 3, **sink.settings, NEURONWISE_AUTHOR="The author <author@example.org>")

    shown = made.run("publish", "1", "--preview", "--test")

    assert "To: every subscriber, 3 by now\nSubject: Chapter 1: The smallest network\n" in shown.stdout
    assert f"http://localhost:8000/{SLUG}/" in shown.stdout
    assert "The letter is on its way to the author, author@example.org." in shown.stdout
    assert sink.taken == ["author@example.org"]
    assert made.states() == {}
    assert made.python(OPEN + "print(Chapter.objects.filter(published__isnull=False).count())") == "0\n"


def test_readers_see_a_chapter_as_it_was_published_until_it_is_published_again(memory: Path) -> None:
    newer = {
        f"{SLUG}/index.html": b"<!doctype html><title>Corrected</title>",
        f"{SLUG}/book.pdf": b"%PDF-1.7 corrected",
        "a/4567cdef/style.css": b"p { color: blue }",
    }
    book, page, pdf = memory / "book", f"/{SLUG}/", f"/{SLUG}/book.pdf"
    public = {"NEURONWISE_URL": "https://book.example"}
    made = ledger(memory, 1, **public)
    with running(book, made.data, **public) as site:

        def seen(*paths: str) -> list[bytes | int]:
            answers = [site.ask(path, Host="book.example") for path in paths]
            return [answer.body if answer.status == HTTPStatus.OK else answer.status for answer in answers]

        drafts = seen(page, pdf)
        made.run("publish", "1").check_returncode()
        first = seen(page, pdf)
        shutil.rmtree(book / ASSETS)
        kept = {name: content for name, content in FILES.items() if not name.startswith(ASSETS)}
        write_book(book, title="Corrected", files=kept | newer)
        until = time.monotonic() + PATIENCE
        while seen("/a/4567cdef/style.css") != [newer["a/4567cdef/style.css"]]:
            assert time.monotonic() < until
            time.sleep(0.05)
        same = seen(page, pdf)
        old_style = seen(f"/{ASSETS}/style.css")
        corrected = made.run("publish", "1")
        now = seen(page, pdf)

    assert drafts == [404, 404]
    for answer in (first, same):
        assert b"<p>a</p>" in bytes(answer[0])
        assert answer[1] == FILES[f"{SLUG}/book.pdf"]
    assert old_style == [FILES[f"{ASSETS}/style.css"]]
    assert "Readers see the correction; nobody is told again." in corrected.stdout
    assert b"<title>Corrected</title>" in bytes(now[0])
    assert now[1] == newer[f"{SLUG}/book.pdf"]
    assert sum(made.states().values()) == 1  # queued or sent: there is no second letter


def test_ctrl_c_finishes_the_letters_at_hand_and_the_next_run_goes_on(memory: Path) -> None:
    made = ledger(memory, 3_000)
    made.run("publish", "1")
    program = subprocess.Popen(command("book", "notify"), env=made.environment, stdout=subprocess.PIPE, text=True)
    until = time.monotonic() + PATIENCE
    while not (made.new.exists() and any(made.new.iterdir())):
        assert time.monotonic() < until
        time.sleep(0.001)

    program.send_signal(signal.SIGINT)
    said, _ = program.communicate(timeout=PATIENCE)
    states = made.states()
    rest = made.run("notify").stdout

    sent = states["sent"]
    assert 0 < sent < 3_000
    assert states == {"sent": sent, "queued": 3_000 - sent}
    assert said.startswith(f"{sent:,} sent.\n{3_000 - sent:,} letters queued, the next for ")
    assert rest == f"{3_000 - sent:,} sent.\n"
    assert len(list(made.new.iterdir())) == 3_000


KILLED = """
import os
from itertools import count
from neuronwise.site import opening
opening.open_site()
from django.db import connection, connections
connections.close_all()
def child(work):
    number = os.fork()
    if number == 0:
        work()
        os._exit(0)
    return os.waitpid(number, 0)[1]
def publish(step):
    from neuronwise.site.publishing import publish
    steps = count(1)
    def wrapped(execute, *rest):
        return os._exit(9) if next(steps) == step else execute(*rest)
    connection.execute_wrappers.append(wrapped)
    commit = connection._commit
    connection._commit = lambda: os._exit(9) if next(steps) == step else commit()
    publish(1)
def look():
    from neuronwise.site.models import Chapter, Delivery
    print(bool(Chapter.objects.get(number=1).published), Delivery.objects.count(), flush=True)
for step in count(1):
    ended = child(lambda: publish(step))
    child(look)
    if ended == 0:
        break
"""


def test_killed_at_any_step_a_chapter_and_its_letters_are_published_together_or_not_at_all(
    memory: Path, database: dict[str, str]
) -> None:
    made = ledger(memory, 3, **database)

    told = made.python(KILLED).splitlines()

    assert len(told) > 6
    assert set(told) == {"False 0", "True 3"}
    assert told[-1] == "True 3"


@pytest.mark.skipif(not hasattr(resource, "prlimit"), reason="only Linux sets another process's limits")
def test_a_full_disk_turns_writers_away_readers_are_served_and_nothing_accepted_is_lost(memory: Path) -> None:
    book, accepted = write_book(memory / "book"), []
    with running(book, memory / "data", NEURONWISE_PROXY="127.0.0.1") as site:
        room = (site.data / "site.sqlite3").stat().st_size + 60_000  # beyond it no file may grow
        resource.prlimit(site.process.pid, resource.RLIMIT_FSIZE, (room, room))
        for number in range(2_000):
            address = f"{'reader-' * 8}{number}@example.org"
            answer = ask_from(site, address, f"192.0.{number % 250}.1")
            if answer.status != HTTPStatus.SEE_OTHER:
                break
            accepted.append(address)
        readers = [site.ask(path).status for path in ("/", f"/{SLUG}/", f"/{SLUG}/book.pdf", "/health")]

    assert answer.status == HTTPStatus.SERVICE_UNAVAILABLE
    assert b"We can&#x27;t write this down just now." in answer.body
    assert readers == [200] * 4
    kept = Ledger(book, memory / "data").python(OPEN + "print(*Subscriber.objects.values_list('address', flat=True))")
    assert set(kept.split()) == set(accepted)


def ask_from(site: Site, address: str, network: str) -> Answer:
    """Sign up from another network, as the proxy says."""
    fields = {"email": address, "form": aged(site, "subscribe")}
    return post(site, "/subscribe", fields, X_Forwarded_For=network)


def test_who_is_not_the_proxy_cannot_say_from_where_a_form_comes(memory: Path) -> None:
    with running(write_book(memory / "book"), memory / "data") as site:
        answers = [ask_from(site, f"reader-{n}@example.org", f"192.0.{n}.1").status for n in range(61)]

    assert answers == [303] * 60 + [429]


IN_CHAPTER = ("", "book.pdf", "book.epub", "book.ipynb", "without_x.py", "replies", "replies.xml")
WHERE = ["/", "/health", "/subscribe", "/subscribe/sent", "/d/", "/nothing", "/atom.xml", "/sitemap.xml",
         *(f"/{SLUG}/{name}" for name in IN_CHAPTER)]  # fmt: skip


def test_no_address_shows_in_what_the_site_says_of_itself(memory: Path) -> None:
    canary, encoded = "canary-7c1e@example.org", b"canary-7c1e@example.org"
    with running(write_book(memory / "book"), memory / "data") as site:
        ask_to_be_told(site, canary)
        (letter,) = letters(site, 1)
        shown = [site.ask(path).body for path in WHERE]
        shown += [site.ask_admin(path).body for path in ("/health", "/metrics")]
        shown += [post(site, link(letter, "c"), {}).body]
        ask_to_be_told(site, "other@example.org")
        shown += [each.as_bytes() for each in letters(site, 1)]
        (site.data / "site.sqlite3").write_bytes(b"broken" * 10_000)
        shown += [
            ask_to_be_told(site, canary).body.replace(f'value="{canary}"'.encode(), b"")
        ]  # their own, kept for them
        site.process.send_signal(signal.SIGINT)
        log, _ = site.process.communicate(timeout=PATIENCE)

    assert len(shown) == len(WHERE) + 5
    hashes = [algorithm(encoded).hexdigest() for algorithm in (md5, sha1, sha256)]
    for hidden in (canary, quote(canary), b64encode(encoded).decode(), encoded.hex(), *hashes):
        assert hidden.encode() not in b"".join(shown)
        assert hidden not in log
    assert "/c/" not in log
