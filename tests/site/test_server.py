"""Tests of neuronwise.site.server: the process itself, from its start to its end."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, nullcontext
from pathlib import Path

import pytest
from serving import ASSETS, FILES, PATIENCE, SLUG, Site, command, contents, environment, running, write_book

from neuronwise.site import opening, server
from neuronwise.site.errors import PortError, SettingError
from neuronwise.site.headers import POLICY

SECONDS_BETWEEN_LOOKS = 1.0


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Site]:
    """A server that the test may stop or break."""
    with running(write_book(tmp_path / "book"), tmp_path / "data") as site:
        yield site


def start(folder: Path, port: str = "0", /, **settings: str) -> subprocess.CompletedProcess[str]:
    """A start that will be refused."""
    folders = ["--book", str(folder / "book"), "--data", str(folder / "data")]
    arguments = command("book", "serve", "--no-build", "--port", port, *folders)
    return subprocess.run(
        arguments, capture_output=True, text=True, timeout=PATIENCE, check=False, env=environment(**settings)
    )


def assert_refused(refused: subprocess.CompletedProcess[str], *parts: str) -> None:
    """Exit code 2, nothing served, and a message with each of the parts instead of a traceback."""
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr
    for part in parts:
        assert part in refused.stderr


def test_the_start_is_said_in_one_line(site: Site) -> None:
    author = f"the author's side is on http://127.0.0.1:{site.admin_port}"
    assert site.first_line == f"Neuron by Neuron is on http://127.0.0.1:{site.port}  (Ctrl-C stops; {author})\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_it_cleanly_though_a_reader_is_connected(own: Site, number: signal.Signals) -> None:
    with socket.create_connection(("127.0.0.1", own.port), PATIENCE):
        own.process.send_signal(number)
        output, _ = own.process.communicate(timeout=PATIENCE)

    assert (own.process.returncode, output) == (0, "\nStopped.\n")


def test_a_taken_port_is_refused_with_the_way_out(site: Site, tmp_path: Path) -> None:
    write_book(tmp_path / "book")

    refused = start(tmp_path, str(site.port))

    assert_refused(
        refused,
        f"port {site.port} of 127.0.0.1 is taken, perhaps by another `neuronwise book serve`",
        f"neuronwise book serve --port {site.port + 1}",
        f"make book PORT={site.port + 1}",
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("named", [True, False])
def test_where_the_readers_next_port_is_taken_the_author_gets_any_unless_one_is_named(
    monkeypatch: pytest.MonkeyPatch, *, named: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("NEURONWISE_LISTEN", f"127.0.0.1:{port - 1}")
        monkeypatch.setenv("NEURONWISE_ADMIN_LISTEN", f"127.0.0.1:{port}" if named else "")

        if named:
            with pytest.raises(PortError, match=f"NEURONWISE_ADMIN_LISTEN=127.0.0.1:{port + 1} "), server.listeners():
                pass
        else:
            with server.listeners() as listening:
                assert listening.admin.getsockname()[1] not in {port - 1, port}


@pytest.mark.parametrize(
    ("name", "value", "part"),
    [
        ("NEURONWISE_LISTEN", "192.0.2.1:0", "expected an address of this machine; got 192.0.2.1"),
        ("NEURONWISE_LISTEN", "everywhere", "NEURONWISE_LISTEN: expected an address and a port"),
        ("NEURONWISE_URL", "http://book.example", "expected https"),
    ],
)
def test_a_bad_setting_is_refused(tmp_path: Path, name: str, value: str, part: str) -> None:
    write_book(tmp_path / "book")

    refused = start(tmp_path, **{name: value})

    assert_refused(refused, part)


def test_a_missing_book_is_refused_with_the_mend(tmp_path: Path) -> None:
    assert_refused(start(tmp_path), str(tmp_path / "book" / "contents.json"), "neuronwise book build")


def test_a_damaged_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    write_book(tmp_path / "book")
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "site.sqlite3"
    database.write_bytes(b"no database" * 1000)
    database.chmod(0o600)

    assert_refused(start(tmp_path), str(database), "Move it away")
    assert database.read_bytes() == b"no database" * 1000


def test_a_database_that_another_program_holds_in_another_journal_mode_is_refused(tmp_path: Path) -> None:
    write_book(tmp_path / "book")
    (tmp_path / "data").mkdir()
    database = tmp_path / "data" / "site.sqlite3"
    with closing(sqlite3.connect(database)) as other:
        other.execute("PRAGMA journal_mode=WAL")
        other.execute("CREATE TABLE other (n)")
        database.chmod(0o600)

        refused = start(tmp_path)

    assert_refused(refused, str(database), "database is locked. Stop other programs that have it open")


def test_a_journal_mode_that_reads_back_differently_is_refused() -> None:
    program = (
        "import django; from django.conf import settings; django.setup()\n"
        "settings.DATABASES['default']['NAME'] = ':memory:'  # where SQLite takes no other mode\n"
        "from neuronwise.site import opening; opening.check_journal(settings.DATA)"
    )

    refused = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        check=False,
        env=environment(DJANGO_SETTINGS_MODULE="neuronwise.site.settings"),
    )

    assert "site.sqlite3: expected the journal mode truncate; got memory." in refused.stderr


@pytest.mark.parametrize(("version", "is_old"), [("3.34.1", True), ("3.9.0", True), ("3.35.0", False), ("4.0", False)])
def test_an_old_sqlite_is_refused_by_name(version: str, is_old: bool) -> None:  # noqa: FBT001
    refused = pytest.raises(SettingError, match=f"NEURONWISE_DATABASE: expected SQLite 3.35 or newer.*{version}")

    with refused if is_old else nullcontext():
        opening.check_version(version)


def test_a_broken_database_is_told_without_addresses_and_reading_the_rest_goes_on(own: Site) -> None:
    (own.data / "site.sqlite3").write_bytes(b"broken" * 10_000)

    answers = {path: own.ask(path) for path in ("/", f"/{ASSETS}/style.css", "/health", f"/{SLUG}/")}

    *reading, of_chapter = [answer.status for answer in answers.values()]
    assert (reading, of_chapter in {500, 503}) == ([200, 200, 503], True), of_chapter  # as SQLite calls it
    assert answers[f"/{SLUG}/"].body == FILES["500.html"]
    for answer in answers.values():
        assert "Content-Security-Policy" in answer.headers
    own.process.send_signal(signal.SIGINT)
    log, _ = own.process.communicate(timeout=PATIENCE)
    (line,) = [json.loads(line) for line in log.splitlines() if line.startswith("{") and "<slug:slug>/" in line]
    told = {name: line[name] for name in ("level", "message", "method", "route", "status")}
    assert told == {
        "level": "error",
        "message": "Internal Server Error",
        "method": "GET",
        "route": "<slug:slug>/",
        "status": 500,
    }
    assert line["error"].startswith("DatabaseError < ")
    assert SLUG not in log


def test_a_new_build_is_served_without_a_new_start(own: Site) -> None:
    files = FILES | {"index.html": b"new contents", "a/4567cdef/style.css": b"p { color: blue }"}
    write_book(own.book, title="A new title", files=files)

    wait_for_output(own, "The book was built anew; reload the page.\n")

    assert own.ask("/").body == b"new contents"
    assert own.ask("/a/4567cdef/style.css").body == b"p { color: blue }"


def test_a_damaged_new_build_is_not_served(own: Site) -> None:
    faulty = contents() | {"title": 7}
    (own.book / "contents.json").write_text(json.dumps(faulty))

    wait_for_output(own, "The new build is not served yet.")

    assert own.ask(f"/{SLUG}/book.pdf").status == 200


def test_what_hinders_a_new_build_is_told_once_and_may_pass(own: Site) -> None:
    (own.book / "404.html").rename(own.book / "away.html")
    (own.book / "contents.json").write_text(json.dumps(contents("A new title")))
    for line in ("The new build is not served yet. ", "The mend:", "    neuronwise book build"):
        wait_for_output(own, line)
    time.sleep(2.5 * SECONDS_BETWEEN_LOOKS)  # that nothing more is told is no event: two looks have to pass

    (own.book / "away.html").rename(own.book / "404.html")

    wait_for_output(own, "The book was built anew; reload the page.\n")


def test_who_asks_between_two_builds_is_told_to_ask_again(own: Site) -> None:
    paths = ["/", f"/{SLUG}/", f"/{SLUG}/book.pdf", f"/{ASSETS}/style.css", f"/{ASSETS}/worker.mjs", "/nothing"]
    own.book.rename(own.book.with_name("away"))
    between = [own.ask(path) for path in paths]
    own.book.with_name("away").rename(own.book)

    for answer in between:
        assert (answer.status, answer.headers["Retry-After"], answer.headers["Cache-Control"]) == (503, "1", "no-store")
        assert answer.headers["Content-Security-Policy"] == POLICY
        assert b"try again in a second" in answer.body
    assert [own.ask(path).status for path in paths] == [200] * 5 + [404]
    own.process.send_signal(signal.SIGINT)
    log, _ = own.process.communicate(timeout=PATIENCE)
    assert "Traceback" not in log


def wait_for_output(site: Site, beginning: str) -> None:
    assert site.process.stdout is not None
    giving_up = threading.Timer(PATIENCE, site.process.kill)
    giving_up.start()
    line = site.process.stdout.readline()
    giving_up.cancel()
    assert line.startswith(beginning)
