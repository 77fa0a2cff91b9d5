"""Tests of neuronwise.site.bounces: 29 ways in which mail servers write that a letter came back, or something else."""

import base64
import subprocess
from pathlib import Path
from uuid import UUID

import pytest
from full_disk import small_disk
from ledgers import ledger, published

from neuronwise.site.bounces import Kind, Notice, notice

KEY = UUID(int=0xABC)
OURS = f"<{KEY.hex}@localhost>"
HEADERS = f"From: book@localhost\nTo: reader@example.org\nSubject: Chapter 2\nMessage-ID: {OURS}\n"
WHOLE = f"{HEADERS}\nChapter 2 is out.\n"


def dsn(fields: str, returned: str = HEADERS, kind: str = "text/rfc822-headers", head: str = "") -> bytes:
    """A notice as RFC 3464 writes it: for people, for machines, and the letter's headers."""
    return f"""From: MAILER-DAEMON@mail.example
To: book@localhost
Subject: Undelivered Mail
{head}MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

It did not go.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example
Arrival-Date: Sun, 10 Jan 2027 08:00:00 +0000

{fields}
--b
Content-Type: {kind}

{returned}
--b--
""".encode()


def recipient(action: str, status: str, more: str = "") -> str:
    return f"Final-Recipient: rfc822; reader@example.org\nAction: {action}\nStatus: {status}\n{more}"


SAMPLES: list[tuple[str, bytes, Kind]] = [
    ("Postfix, no such user", dsn(recipient("failed", "5.1.1", "Diagnostic-Code: smtp; 550 5.1.1\n")), Kind.HARD),
    ("Postfix, no such domain", dsn(recipient("failed", "5.4.4")), Kind.HARD),
    ("Exim, whole letter returned", dsn(recipient("failed", "5.0.0"), WHOLE, "message/rfc822"), Kind.HARD),
    ("Exchange, words after the status", dsn(recipient("failed", "5.1.10 (no such recipient)")), Kind.HARD),
    ("Exchange, another case", dsn(recipient("Failed", "5.1.1")), Kind.HARD),
    ("Gmail, disabled", dsn(recipient("failed", "5.2.1"), WHOLE, "message/rfc822"), Kind.HARD),
    (
        "SES, Original-Recipient too",
        dsn("Original-Recipient: rfc822;a@example.org\n" + recipient("failed", "5.1.1")),
        Kind.HARD,
    ),
    ("Sendmail, tab after the colon", dsn(recipient("failed", "5.1.2").replace(": ", ":\t")), Kind.HARD),
    ("carriage returns", dsn(recipient("failed", "5.1.1")).replace(b"\n", b"\r\n"), Kind.HARD),
    (
        "two recipients, one failed",
        dsn(recipient("delivered", "2.0.0") + "\n" + recipient("failed", "5.1.1")),
        Kind.HARD,
    ),
    ("moved without a new address", dsn(recipient("failed", "5.1.6")), Kind.HARD),
    ("internationalized (RFC 6533)", dsn(recipient("failed", "5.1.1"), HEADERS, "message/global-headers"), Kind.HARD),
    (
        "no returned headers, In-Reply-To",
        dsn(recipient("failed", "5.1.1"), "", head=f"In-Reply-To: {OURS}\n"),
        Kind.HARD,
    ),
    (
        "headers in UTF-8 that are called ASCII",
        dsn(
            recipient("failed", "5.1.1"), f"To: müller@example.org\n{HEADERS}", "text/rfc822-headers; charset=us-ascii"
        ),
        Kind.HARD,
    ),
    (
        "headers in letters that nobody knows",
        dsn(
            recipient("failed", "5.1.1"), f"To: müller@example.org\n{HEADERS}", "text/rfc822-headers; charset=nobody's"
        ),
        Kind.HARD,
    ),
    (
        "headers in base64",
        dsn(
            recipient("failed", "5.1.1"),
            base64.b64encode(HEADERS.encode()).decode(),
            "text/rfc822-headers\nContent-Transfer-Encoding: base64",
        ),
        Kind.HARD,
    ),
    ("a status that nobody writes", dsn(recipient("failed", f"5.1.{'1' * 60}")), Kind.SOFT),
    ("mailbox full", dsn(recipient("failed", "5.2.2")), Kind.SOFT),
    ("mailbox full for now", dsn(recipient("failed", "4.2.2")), Kind.SOFT),
    ("letter too large", dsn(recipient("failed", "5.3.4")), Kind.SOFT),
    ("refused by policy", dsn(recipient("failed", "5.7.1")), Kind.SOFT),
    ("taken for spam", dsn(recipient("failed", "5.7.26")), Kind.SOFT),
    ("delayed", dsn(recipient("delayed", "4.4.1")), Kind.SOFT),
    ("delivered", dsn(recipient("delivered", "2.1.5")), Kind.SOFT),
    ("given up after days of 4xx", dsn(recipient("failed", "4.4.7")), Kind.SOFT),
    ("about somebody else's letter", dsn(recipient("failed", "5.1.1"), HEADERS.replace(OURS, "<a@b>")), Kind.OTHER),
    ("an answer from a person", WHOLE.replace("Message-ID", "In-Reply-To").encode(), Kind.OTHER),
    ("away until Monday", b"From: a@example.org\nAuto-Submitted: auto-replied\nSubject: Away\n\nMonday.\n", Kind.OTHER),
    ("garbage", bytes(range(256)) * 40, Kind.OTHER),
]


@pytest.mark.parametrize(("name", "content", "kind"), SAMPLES, ids=[name for name, _, _ in SAMPLES])
def test_what_comes_back_is_told_apart(name: str, content: bytes, kind: Kind) -> None:  # noqa: ARG001
    found = notice(content)

    assert found.kind is kind
    assert found.key == (None if kind is Kind.OTHER else KEY)


def test_a_notice_names_the_status() -> None:
    assert notice(SAMPLES[3][1]) == Notice(Kind.HARD, KEY, "5.1.10")


READ = """
import sys
from pathlib import Path
from neuronwise.site import opening
opening.open_site()
from neuronwise.site import bounces
from neuronwise.site.ledger import Delivery, queue
from neuronwise.site.subscribers import Subscriber
who, maildir = Subscriber.objects.get(), Path({maildir!r})
for number in (1, 2, 3):
    queue(f"chapter:{{number}}", [who.pk])
keys = [row.key.hex for row in Delivery.objects.all()]
for number, key in enumerate([keys[0], keys[0], keys[0], keys[1], keys[2]]):
    (maildir / "new" / str(number)).write_bytes({notice!r}.replace({key!r}, key.encode()))
    bounces.read_new()
    who.refresh_from_db()
    print(who.bounces, who.state)
"""


def test_three_letters_that_come_back_end_the_mail_and_one_that_comes_back_thrice_does_not(memory: Path) -> None:
    maildir = memory / "bounces"
    for inner in ("new", "cur", "tmp"):
        (maildir / inner).mkdir(parents=True)
    made = ledger(memory, 1, NEURONWISE_BOUNCES=str(maildir))

    told = made.python(READ.format(maildir=str(maildir), notice=SAMPLES[0][1], key=KEY.hex.encode())).splitlines()

    assert told == ["1 active", "1 active", "1 active", "2 active", "3 gone"]
    assert len(list((maildir / "cur").iterdir())) == 5
    assert not list((maildir / "new").iterdir())
    assert " gone " in (made.data / "withdrawn.log").read_text()


def test_whatever_comes_back_and_whatever_becomes_of_it_letters_go(memory: Path) -> None:
    maildir = memory / "bounces"
    for inner in ("new", "cur"):
        (maildir / inner).mkdir(parents=True)
    made = published(memory, 2, NEURONWISE_BOUNCES=str(maildir))
    (maildir / "new" / "1").write_bytes(b"Content-Type: message/rfc822\n\n" * 3000)  # deeper than the reader can go
    (maildir / "new" / "2").write_bytes(SAMPLES[0][1])
    (maildir / "cur" / "2:2,S").mkdir()  # in its way

    done = made.run("notify")

    assert (done.returncode, done.stdout) == (0, "2 sent.\n"), done.stderr
    assert "What came back can't be read in NEURONWISE_BOUNCES" in done.stderr
    assert (maildir / "cur" / "1:2,S").is_file()


def test_a_maildir_that_cannot_be_written_is_refused_by_name(memory: Path) -> None:
    with small_disk(1) as disk:
        if disk is None:
            pytest.skip("a disk can be mounted by root alone")
        for inner in ("new", "cur"):
            (disk / inner).mkdir()
        made = ledger(memory, 0, NEURONWISE_BOUNCES=str(disk))
        before = made.run("check").stdout
        subprocess.run(["/bin/mount", "-o", "remount,ro", disk], check=True)
        after = made.run("check")

    assert f"ok      NEURONWISE_BOUNCES: {disk}\n" in before
    assert "UNSAFE  NEURONWISE_BOUNCES: expected a Maildir that this process may write" in after.stdout
    assert after.returncode == 1
