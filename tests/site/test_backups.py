"""Tests of the commands of who runs the site; backup and restore on SQLite and PostgreSQL: nobody is told twice."""

import hashlib
import json
import os
import pty
import stat
import subprocess
import sys
import zipfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult

import postgres
import pytest
from ledgers import Ledger
from numbered import faults, writing
from serving import FILES, SLUG, command, environment, running, write_book

from neuronwise.site import backups, copies
from neuronwise.site import environment as environ
from neuronwise.site.errors import BackupError

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


NEWER = "from django.db import connection; connection.cursor().execute('CREATE TABLE site_newer (id integer)')"


def test_a_backup_of_an_older_version_leaves_no_table_of_a_newer_one(
    places: tuple[Place, Place], tmp_path: Path
) -> None:
    here, _ = places
    here.run("backup", tmp_path / "site.backup")
    here.do(NEWER)

    restored = [here.run("restore", tmp_path / "site.backup", "--replace") for _ in range(2)]
    here.do(NEWER)

    assert [done.returncode for done in restored] == [0, 0], restored[0].stderr


def test_no_other_machine_sends_anything_until_a_restore_has_come_to_its_end(
    postgres_host: str, tmp_path: Path
) -> None:
    settings = {"NEURONWISE_DATABASE": postgres.database(postgres_host, "two_machines")}
    here, other = (Place(tmp_path / name, settings) for name in ("here", "other"))
    here.do(FILL)
    here.run("backup", tmp_path / "site.backup")
    backups.restore(here.data, environ.database(settings), tmp_path / "site.backup", replace=True)  # and there it ends

    refused = other.run("notify")
    here.run("restore", tmp_path / "site.backup", "--replace").check_returncode()
    sent = other.run("notify")

    assert (refused.returncode, "did not come to its end" in refused.stderr) == (2, True)
    assert (sent.returncode, sent.stdout.splitlines()[0]) == (0, "Nothing was due.")


def test_what_a_killed_restore_has_left_is_removed_by_the_next(filled: Place, tmp_path: Path) -> None:
    filled.run("backup", tmp_path / "site.backup")
    (filled.data / ".restoring-killed").mkdir()
    (filled.data / ".restoring-killed" / "database").write_bytes(b"reader@example.org")

    filled.run("restore", tmp_path / "site.backup", "--replace").check_returncode()

    assert not list(filled.data.glob(".restoring-*"))


def test_what_a_killed_backup_has_left_is_removed_by_the_next_and_nothing_else(filled: Place, tmp_path: Path) -> None:
    ours, mine = tmp_path / ".site.backup.neuronwise-killed", tmp_path / ".site.backup-notes"
    for each in (ours, mine):
        each.mkdir()

    filled.run("backup", tmp_path / "site.backup").check_returncode()

    assert (ours.exists(), mine.exists()) == (False, True)


@pytest.mark.parametrize("damage", ["flags", "data"])
def test_a_backup_that_is_encrypted_or_damaged_inside_is_refused_in_a_sentence(
    filled: Place, tmp_path: Path, damage: str
) -> None:
    file = tmp_path / "site.backup"
    filled.run("backup", file)
    content = bytearray(file.read_bytes())
    central = content.index(b"PK\x01\x02")
    if damage == "flags":
        content[central + 8] |= 1  # as `zip -e` says that it has encrypted
        content[6] |= 1
    else:
        content[60] ^= 0xFF
    file.write_bytes(content)

    refused = filled.run("restore", file, "--replace")

    assert (refused.returncode, refused.stderr.count("Traceback")) == (2, 0), refused.stderr
    assert "expected a backup made by `neuronwise book backup`" in refused.stderr


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


def test_a_backup_made_while_others_write_holds_what_was_there_at_one_moment(
    places: tuple[Place, Place], tmp_path: Path
) -> None:
    here, there = (Ledger(tmp_path / "book", place.data, place.settings) for place in places)

    with writing(here, tmp_path) as writers:
        before = [writer.committed() for writer in writers]
        made, restored = here.run("backup", str(tmp_path / "1")), there.run("restore", str(tmp_path / "1"))
        found = list(faults(there, writers, before))

    assert (made.returncode, restored.returncode) == (0, 0), made.stderr + restored.stderr
    assert found == []


# published copies


def published(place: Place) -> dict[str, bytes]:
    """All files of the copies of published chapters, by their names."""
    files = sorted(file for file in (place.data / "published").rglob("*") if file.is_file())
    return {file.relative_to(place.data).as_posix(): file.read_bytes() for file in files}


def with_file(backup: Path, name: str, digest: str | None = None) -> Path:
    """The same backup with one file more, and its digest."""
    changed = backup.with_name("changed.backup")
    with zipfile.ZipFile(backup) as whole, zipfile.ZipFile(changed, "w") as other:
        about = json.loads(whole.read("digests.json"))
        about["sha256"][name] = digest or hashlib.sha256(b"x").hexdigest()
        other.writestr("digests.json", json.dumps(about))
        for each in whole.namelist()[1:]:
            other.writestr(each, whole.read(each))
        other.writestr(name, b"x")
    return changed


def test_readers_see_after_a_restore_what_they_saw_before(places: tuple[Place, Place], tmp_path: Path) -> None:
    here, there = places
    book = write_book(tmp_path / "book")
    here.settings["NEURONWISE_BOOK"] = there.settings["NEURONWISE_BOOK"] = str(book)
    here.run("publish", "1").check_returncode()
    here.run("backup", tmp_path / "site.backup").check_returncode()
    write_book(book, title="Corrected", files=FILES | {f"{SLUG}/index.html": b"corrected, and not published"})

    there.run("restore", tmp_path / "site.backup").check_returncode()
    there.settings["NEURONWISE_URL"] = "https://book.example"
    with running(book, there.data, **there.settings) as site:
        seen = [site.ask(path, Host="book.example").body for path in (f"/{SLUG}/", f"/{SLUG}/book.pdf")]

    assert published(there) == published(here)
    assert len(published(here)) == sum(name.startswith((SLUG, "a/")) for name in FILES)
    assert b"<p>a</p>" in seen[0]
    assert seen[1] == FILES[f"{SLUG}/book.pdf"]


@pytest.mark.parametrize(
    "name",
    [
        "published/../secret", "published/1-one/../../secret", "/published/1-one/x", "published/1-one",
        "published/.1-one/x", "published/1-one/.x", "published\\1-one\\x", "published/1-one/x:y", "published//x/y",
        "site.sqlite3", "workers/x/y",
    ],
)  # fmt: skip
def test_a_backup_has_no_way_to_any_other_file(filled: Place, tmp_path: Path, name: str) -> None:
    filled.run("backup", tmp_path / "site.backup")
    changed, there = with_file(tmp_path / "site.backup", name), tmp_path / "there"

    with pytest.raises(BackupError, match="no file of it is named"):
        backups.restore(there, None, changed, replace=False)

    assert list(there.iterdir()) == []


def test_a_copy_that_is_damaged_or_too_large_is_refused(
    filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.run("backup", tmp_path / "site.backup")
    damaged = with_file(tmp_path / "site.backup", "published/1-one/x", digest="0" * 64)
    with pytest.raises(BackupError, match="published/1-one/x has another digest"):
        backups.restore(tmp_path / "there", None, damaged, replace=False)

    large = with_file(tmp_path / "site.backup", "published/1-one/x")
    monkeypatch.setattr(backups, "LARGEST_COPIES", 0)
    with pytest.raises(BackupError, match="its copies are too large"):
        backups.restore(tmp_path / "there", None, large, replace=False)

    assert list((tmp_path / "there").iterdir()) == []


def test_a_copy_that_is_dropped_while_the_backup_is_made_is_not_half_in_it(
    filled: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def put(name: str) -> None:
        file = filled.data / "published" / name / "index.html"
        file.parent.mkdir(parents=True)
        file.write_text(name)

    def dump(data: Path, database: SplitResult | None, out: Path) -> None:
        if "1-one-old" in copies.names(filled.data):  # a correction is published just now
            put("1-one-new")
            copies.drop(filled.data, "1-one-old")
        dumped.append(copies.names(filled.data))
        true_dump(data, database, out)

    true_dump, dumped = backups._dump, list[set[str]]()  # noqa: SLF001  (the moment in which it happens)
    monkeypatch.setattr(backups, "_dump", dump)
    put("1-one-old")

    backups.backup(filled.data, None, tmp_path / "site.backup")

    assert len(dumped) == 2
    with zipfile.ZipFile(tmp_path / "site.backup") as whole:
        assert [name for name in whole.namelist() if name.startswith("published")] == ["published/1-one-new/index.html"]


def test_with_a_misspelt_setting_nothing_is_backed_up_or_restored(filled: Place, tmp_path: Path) -> None:
    file = tmp_path / "site.backup"
    filled.run("backup", file)
    wrong = Place(filled.data, {"NEURONWISE_DATABSE": "postgresql://book@localhost/book"})
    before = filled.told()

    backed, restored = wrong.run("backup", tmp_path / "other.backup"), wrong.run("restore", file, "--replace")

    for refused in (backed, restored):
        assert (refused.returncode, "is NEURONWISE_DATABASE meant?" in refused.stderr) == (2, True), refused.stderr
    assert not (tmp_path / "other.backup").exists()
    assert filled.told() == before


# settings and accounts


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
            "NEURONWISE_AUTOR": "Ada <ada@book.example>",
        },
    )

    checked = place.run("check")

    unsafe = [line.split()[1].rstrip(":") for line in checked.stdout.splitlines() if line.startswith("UNSAFE")]
    names = ["LISTEN", "ADMIN_LISTEN", "PROXY", "DATA", "DATABASE", "MAIL", "IN_DOUBT", "AUTOR"]
    assert unsafe == [f"NEURONWISE_{name}" for name in names]
    assert checked.returncode == 1
    assert "pass@" not in checked.stdout
    assert list((tmp_path / "data").iterdir()) == []


@pytest.mark.parametrize("name", ["LISTEN", "PROXY", "MAIL", "FROM", "BOUNCES", "DATABASE", "ADMIN_PUBLIC"])
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
    assert "a password of 12 to 128 characters; got 8" in made[0].stderr
    assert "ada can log in now" in made[2].stdout
    assert "ada has a new password" in made[3].stdout


@pytest.mark.parametrize(
    ("answers", "code", "last"),
    [
        ([b"a long password\n", b"a long password\n"], 0, "ada can log in now, on the author's side of the site."),
        ([b"a long password\n", b"another one\n"], 2, "The two differ."),
        ([b"\x04"], 130, "Stopped."),  # Ctrl-D: nothing more is typed
    ],
)
def test_a_password_is_typed_twice_and_never_shown(tmp_path: Path, answers: list[bytes], code: int, last: str) -> None:
    own = environment(NEURONWISE_DATA=str(tmp_path / "data"))
    ours, terminal = pty.openpty()
    shown = b""

    ends: dict[str, Any] = {"stdin": terminal, "stdout": terminal, "stderr": terminal}
    with subprocess.Popen(command("book", "author", "ada"), env=own, start_new_session=True, **ends) as process:
        os.close(terminal)
        for question, answer in zip((b"Password: ", b"Once more: "), answers, strict=False):
            while not shown.endswith(question):
                shown += os.read(ours, 1000)
            os.write(ours, answer)
        with suppress(OSError):  # the other end is closed
            while more := os.read(ours, 1000):
                shown += more
    os.close(ours)

    told = shown.decode().strip()
    assert (process.returncode, told.endswith(last)) == (code, True), told
    assert ("long password" in told, "another one" in told) == (False, False)
    assert "{" not in told
