"""Tests of the commands of who runs the site; backup and restore on SQLite and PostgreSQL: nobody is told twice."""

import json
import os
import sqlite3
import stat
import subprocess
import sys
import zipfile
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import postgres
import pytest
from serving import command, environment, running, write_book

FILL = """
from datetime import timedelta
from django.utils import timezone
from neuronwise.site.models import Chapter, Delivery, Subscriber
from neuronwise.site.replies.models import Reply
now = timezone.now()
old = {"state": "active", "confirmed": now - timedelta(days=1)}
people = [Subscriber(address=f"reader{n}@example.org", **old) for n in range(9)]
Subscriber.objects.bulk_create(people)
states = ["queued", "sending", "sent", "failed", "skipped", "unknown"]
rows = [Delivery(topic="chapter:1", subscriber=one, state=state) for one, state in zip(people, states)]
Delivery.objects.bulk_create(rows)
Chapter.objects.create(number=1, title="One", question="?", slug="1-one")
for name, text in (("reader5", "theirs"), ("reader7", "gone"), ("reader8", "kept")):
    reply = {"name": name, "address": f"{name}@example.org", "text": text, "state": "approved"}
    Reply.objects.create(chapter_id=1, **reply)
"""
TELL = """
import json
from neuronwise.site.models import Delivery, Subscriber
from neuronwise.site.replies.models import Reply
print(json.dumps({
    "people": dict(Subscriber.objects.values_list("address", "state")),
    "replies": {text: row for text, *row in Reply.objects.values_list("text", "name", "address")},
    "letters": dict(Delivery.objects.values_list("subscriber__address", "state")),
}))
"""
WITHDRAW = """
from neuronwise.site import consent, own_data
from neuronwise.site.models import Subscriber
from neuronwise.site.replies.own import Replies
consent.withdraw(Subscriber.objects.get(address="reader6@example.org").pk)
own_data.erase(Subscriber.objects.get(address="reader7@example.org"), keep_words=False)
consent.withdraw(Subscriber.objects.get(address="reader8@example.org").pk)
Replies().erase("reader8@example.org", keep_words=True)
"""
COMES_BACK = """
from neuronwise.site import consent
from neuronwise.site.models import Subscriber
consent.ask("reader8@example.org")
consent.give(Subscriber.objects.get(address="reader8@example.org").pk)
"""


@dataclass
class Place:
    """A data folder and a database."""

    data: Path
    settings: dict[str, str] = field(default_factory=dict)

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run `neuronwise book …` to its end."""
        own = environment(NEURONWISE_DATA=str(self.data), **self.settings)
        return subprocess.run(
            command("book", *map(str, arguments)), env=own, capture_output=True, text=True, check=False
        )

    def do(self, program: str) -> str:
        """Run a program on the opened site; what it prints."""
        own = environment(NEURONWISE_DATA=str(self.data), **self.settings)
        whole = f"from neuronwise.site import opening; opening.open_site()\n{program}"
        return subprocess.run(
            [sys.executable, "-c", whole], env=own, stdout=subprocess.PIPE, text=True, check=True
        ).stdout

    def told(self) -> dict[str, dict[str, Any]]:
        """Who is subscribed how, and what became of whose letter."""
        told: dict[str, dict[str, Any]] = json.loads(self.do(TELL))
        return told

    def secret(self) -> list[str]:
        """The secrets."""
        return (self.data / "secret").read_text().split()


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def places(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[Place, Place]:
    """A filled place, and an empty one."""
    found = []
    for name in ("here", "there"):
        settings = {}
        if request.param == "PostgreSQL":
            host = request.getfixturevalue("postgres_host")
            settings = {"NEURONWISE_DATABASE": postgres.database(host, f"{name}_{tmp_path.name}".lower())}
        found.append(Place(tmp_path / name, settings))
    here, there = found
    here.do(FILL)
    return here, there


def test_everything_comes_back_in_an_empty_place_and_unfinished_letters_are_unknown(
    places: tuple[Place, Place], tmp_path: Path
) -> None:
    here, there = places
    file = tmp_path / "site.backup"

    made, restored = here.run("backup", file), there.run("restore", file)

    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    before, after = here.told(), there.told()
    assert after["people"] == before["people"]
    unfinished = {"queued": "unknown", "sending": "unknown"}
    assert after["letters"] == {who: unfinished.get(state, state) for who, state in before["letters"].items()}
    assert there.secret() == here.secret()
    assert "2 letters were not finished" in restored.stdout
    assert stat.S_IMODE((there.data / "secret").stat().st_mode) == 0o600
    assert not (there.data / "restoring").exists()


def test_an_old_backup_brings_nobody_back_and_sends_nothing(places: tuple[Place, Place], tmp_path: Path) -> None:
    here, _ = places
    file = tmp_path / "site.backup"
    here.run("backup", file)
    here.do(WITHDRAW)

    restored = here.run("restore", file, "--replace")
    notified = here.run("notify")

    people = here.told()["people"]
    assert "2 unsubscribed, 1 erased, 2 replies taken back" in restored.stdout
    assert (people["reader6@example.org"], people["reader8@example.org"]) == ("gone", "gone")
    assert "reader7@example.org" not in people
    assert notified.stdout.startswith("Nothing was due.")
    assert here.told()["replies"] == {"kept": ["", ""], "theirs": ["reader5", "reader5@example.org"]}


def test_who_has_confirmed_after_withdrawing_stays(places: tuple[Place, Place], tmp_path: Path) -> None:
    here, there = places
    here.do(WITHDRAW)
    here.do(COMES_BACK)
    here.run("backup", tmp_path / "site.backup")

    there.run("restore", tmp_path / "site.backup")

    people = there.told()["people"]
    assert (people["reader6@example.org"], people["reader8@example.org"]) == ("gone", "active")


def test_a_place_that_is_not_empty_is_left_alone(places: tuple[Place, Place], tmp_path: Path) -> None:
    here, there = places
    here.run("backup", tmp_path / "site.backup")
    there.do("")
    secret = there.secret()

    refused = there.run("restore", tmp_path / "site.backup")

    assert refused.returncode == 2
    assert "expected an empty place" in refused.stderr
    assert "add --replace" in refused.stderr
    assert there.told()["people"] == {}
    assert there.secret() == secret


def test_replacing_keeps_the_secrets_of_links_mailed_since(places: tuple[Place, Place], tmp_path: Path) -> None:
    here, there = places
    here.run("backup", tmp_path / "site.backup")
    there.do("")

    there_before = there.secret()
    there.run("restore", tmp_path / "site.backup", "--replace")

    assert there.secret() == here.secret() + there_before


# the file


@pytest.fixture
def filled(tmp_path: Path) -> Place:
    here = Place(tmp_path / "here")
    here.do(FILL)
    return here


def test_a_backup_replaces_no_file(filled: Place, tmp_path: Path) -> None:
    (tmp_path / "diary").write_text("mine")

    refused = filled.run("backup", tmp_path / "diary")

    assert refused.returncode == 2
    assert "expected a new file" in refused.stderr
    assert (tmp_path / "diary").read_text() == "mine"


def test_a_backup_that_cannot_be_written_leaves_nothing(filled: Place, tmp_path: Path) -> None:
    refused = filled.run("backup", tmp_path / "nowhere" / "site.backup")

    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["here"]


@pytest.mark.parametrize("part", ["database", "secret", "withdrawn.log"])
def test_a_damaged_backup_changes_nothing(filled: Place, tmp_path: Path, part: str) -> None:
    filled.run("backup", tmp_path / "site.backup")
    damaged = tmp_path / "damaged.backup"
    with zipfile.ZipFile(tmp_path / "site.backup") as whole, zipfile.ZipFile(damaged, "w") as other:
        for name in whole.namelist():
            other.writestr(name, whole.read(name) + b"x" * (name == part))
    before = {path: path.read_bytes() for path in filled.data.iterdir() if path.is_file()}

    refused = filled.run("restore", damaged, "--replace")

    assert refused.returncode == 2
    assert f"{part} has another digest" in refused.stderr
    assert {path: path.read_bytes() for path in filled.data.iterdir() if path.is_file()} == before


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x05\x06" + bytes(18)])
def test_what_is_no_backup_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "file").write_bytes(content)

    refused = Place(tmp_path / "there").run("restore", tmp_path / "file")

    assert (refused.returncode, "Traceback" in refused.stderr) == (2, False)
    assert "expected a backup made by `neuronwise book backup`" in refused.stderr


def test_nothing_starts_while_a_restore_has_not_come_to_its_end(filled: Place) -> None:
    (filled.data / "restoring").touch()

    refused = filled.run("notify")

    assert refused.returncode == 2
    assert "neuronwise book restore FILE --replace" in refused.stderr


def test_a_site_at_work_is_not_replaced(filled: Place, tmp_path: Path) -> None:
    filled.run("backup", tmp_path / "site.backup")

    with running(write_book(tmp_path / "book"), filled.data):
        refused = filled.run("restore", tmp_path / "site.backup", "--replace")

    assert refused.returncode == 2
    assert "expected a site that is stopped" in refused.stderr


def test_a_backup_made_while_others_write_is_whole(filled: Place, tmp_path: Path) -> None:
    write = (
        "from neuronwise.site.models import Subscriber\n"
        "from uuid import uuid4\n"
        "print('writing', flush=True)\n"
        "while True:\n"
        "    Subscriber.objects.create(address=f'{uuid4()}@example.org')\n"
    )
    own = environment(NEURONWISE_DATA=str(filled.data))
    whole = f"from neuronwise.site import opening; opening.open_site()\n{write}"
    with subprocess.Popen([sys.executable, "-c", whole], env=own, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        writer.stdout.readline()
        made = [filled.run("backup", tmp_path / f"{n}.backup").returncode for n in range(3)]
        writer.kill()

    assert made == [0, 0, 0]
    for n in range(3):
        with zipfile.ZipFile(tmp_path / f"{n}.backup") as backup:
            backup.extract("database", tmp_path / str(n))
        with closing(sqlite3.connect(tmp_path / str(n) / "database")) as database:
            assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX systems")
def test_the_check_names_every_unsafe_setting_and_changes_nothing(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book")
    (tmp_path / "data").mkdir(mode=0o755)
    place = Place(
        tmp_path / "data",
        {
            "NEURONWISE_BOOK": str(book),
            "NEURONWISE_URL": "https://book.example",
            "NEURONWISE_LISTEN": "0.0.0.0:8000",
            "NEURONWISE_ADMIN_LISTEN": "0.0.0.0:8001",
            "NEURONWISE_DATABASE": "postgresql://book:pass@db.example/book",
            "NEURONWISE_IN_DOUBT": "perhaps",
        },
    )

    checked = place.run("check")

    unsafe = [line.split()[1].rstrip(":") for line in checked.stdout.splitlines() if line.startswith("UNSAFE")]
    names = ["LISTEN", "ADMIN_LISTEN", "PROXY", "DATA", "DATABASE", "MAIL", "IN_DOUBT"]
    assert unsafe == [f"NEURONWISE_{name}" for name in names]
    assert checked.returncode == 1
    assert "pass@" not in checked.stdout
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("name", ["LISTEN", "PROXY", "MAIL", "FROM", "BOUNCES", "DATABASE"])
def test_one_wrong_setting_is_one_finding(tmp_path: Path, name: str) -> None:
    settings = {"NEURONWISE_BOOK": str(write_book(tmp_path / "book")), f"NEURONWISE_{name}": "nonsense"}

    checked = Place(tmp_path / "data", settings).run("check").stdout.splitlines()

    assert [line.split()[1] for line in checked if line.startswith("UNSAFE")] == [f"NEURONWISE_{name}:"]
    assert checked[-1] == "1 to mend."


def test_the_check_finds_the_defaults_safe(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book")

    checked = Place(tmp_path / "data", {"NEURONWISE_BOOK": str(book)}).run("check")

    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "All is well.")


def test_the_check_finds_the_settings_of_the_deployment_page_safe(tmp_path: Path) -> None:
    lines = Path("docs/deployment/neuronwise.env").read_text().splitlines()
    settings = dict(line.replace('"', "").split("=", 1) for line in lines if line.startswith("NEURONWISE_"))
    settings["NEURONWISE_BOOK"] = str(write_book(tmp_path / "book"))
    del settings["NEURONWISE_DATA"]

    checked = Place(tmp_path / "data", settings).run("check")

    assert (checked.returncode, checked.stdout.splitlines()[-1]) == (0, "All is well."), checked.stdout
    assert "PASSWORD" not in checked.stdout


def test_an_account_needs_a_password_that_nobody_guesses(tmp_path: Path) -> None:
    own = environment(NEURONWISE_DATA=str(tmp_path / "data"))
    passwords = ["password\n", "123456789012\n", "a long password\n", "another long password\n"]

    made = [
        subprocess.run(
            command("book", "author", "ada"), env=own, input=one, capture_output=True, text=True, check=False
        )
        for one in passwords
    ]

    assert [one.returncode for one in made] == [2, 2, 0, 0]
    assert "too short" in made[0].stderr
    assert "ada can log in now" in made[2].stdout
    assert "ada has a new password" in made[3].stdout
