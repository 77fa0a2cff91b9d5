"""The ways into an opened site: requests as its server hands them over, workers in threads of their own, its tables."""

import email
import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from django.test import RequestFactory

from neuronwise.site import admin_side
from neuronwise.site.delivering import Worker
from neuronwise.site.ledger import State
from neuronwise.site.life import FileLife
from neuronwise.site.outbox import FOLDER, Outbox
from neuronwise.site.postbox import Dead, Outcome, PostboxError, Posting, Senders

FORM = "application/x-www-form-urlencoded"
CSRF = "a" * 32  # the cookie and the field have to agree, that is all
NAME, PASSWORD = "ada", "a long password"  # of an account that lives as long as a test
T = TypeVar("T")


@dataclass(frozen=True, repr=False)
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    text: str

    def __repr__(self) -> str:
        """The status, and what a form says that is wrong."""
        mends = re.findall(r'class="mend"[^>]*>([^<]*)<', self.text)
        return f"{self.status} {mends or self.text[-1000:]}"

    def field(self, name: str) -> str:
        """What stands in the hidden field of the page's last form."""
        found = re.findall(rf'name="{name}" value="([^"]*)"', self.text)
        assert found, f"expected a field {name}; got {self}"
        return str(found[-1])


class Side:
    """One of the site's two sides, asked as its server asks it."""

    def __init__(self, handler: WSGIHandler) -> None:
        self.handler, self.factory = handler, RequestFactory(SERVER_NAME="book.example")
        self.asked = 0

    def ask(self, path: str, form: Mapping[str, object] | None = None, **headers: str) -> Answer:
        """One request; a form is sent."""
        self.asked += 1
        network = f"10.{self.asked // 250 % 250}.{self.asked % 250}.1"  # many readers, so no limit of one network
        body = urlencode(form or {}, doseq=True)
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        request = self.factory.generic(
            "GET" if form is None else "POST", path, body, FORM, headers=given, REMOTE_ADDR=network
        )
        status: list[Any] = []
        handler: Any = self.handler
        response = handler(request.environ, lambda *head: status.extend(head))
        text = b"".join(response).decode(errors="replace")
        response.close()
        return Answer(int(status[0].split()[0]), status[1], text)


class Author(Side):
    """The author at the admin, logged in anew for each action, since days may have passed."""

    def __init__(self) -> None:
        super().__init__(admin_side.AdminHandler())

    def act(self, table: str, action: str, keys: Iterable[UUID], **more: str) -> Answer:
        """Choose some rows of a table and do something with them."""
        login = {"username": NAME, "password": PASSWORD, "csrfmiddlewaretoken": CSRF}
        entered = self.ask("/admin/login/", login, Cookie=f"__Host-csrf={CSRF}", Host="localhost")
        cookies = SimpleCookie()
        for name, value in entered.headers:
            if name == "Set-Cookie":
                cookies.load(value)
        session = "; ".join(f"{name}={cookie.value}" for name, cookie in cookies.items())
        form = {"action": action, "_selected_action": list(keys), "csrfmiddlewaretoken": cookies["__Host-csrf"].value}
        return self.ask(f"/admin/site/{table}/", form | more, Cookie=session, Host="localhost")


# workers


class Death(BaseException):
    """A worker is killed."""


class Box:
    """The outbox, or a mail server's place; it says which letter comes by, and kills its worker where it is told to."""

    ANSWERS = {"250": State.SENT, "450": State.QUEUED, "550": State.FAILED, "lost": State.UNKNOWN}  # noqa: RUF012

    def __init__(self, *, outbox: bool, batch: int, seen: Callable[[str], None]) -> None:
        self.outbox = Outbox(settings.DATA / FOLDER) if outbox else None
        self.batch, self.leaves_doubt, self.seen = batch, not outbox, seen
        self.answers: Mapping[str, str] = {}
        self.dies = ""
        self.taken: list[bytes] = []  # by the mail server, and so by the readers

    def open(self) -> None:
        """It is ready."""

    def post(self, worker: str, postings: Sequence[Posting]) -> Iterator[tuple[UUID, Outcome]]:
        """Post each, or as many as the worker lives to post."""
        if self.dies == "unusable":
            message = "The postbox is not there."
            raise PostboxError(message)
        some = postings[: {"claimed": 0, "posting": 1}.get(self.dies)]
        for posting in some:
            self.seen(posting.key.hex)
        done = list(self.outbox.post(worker, some)) if self.outbox else [self._served(each) for each in some]
        if self.dies in {"claimed", "posting", "posted"}:
            raise Death
        return iter(done)

    def _served(self, posting: Posting) -> tuple[UUID, Outcome]:
        answer = self.answers.get(posting.to, "250")
        if answer in {"250", "lost"}:
            self.taken.append(posting.message)
        return posting.key, Outcome(self.ANSWERS[answer], answer)

    def settle(self, worker: str, sent: Iterable[UUID], dropped: Iterable[UUID]) -> None:
        """The ledger says so."""
        if self.outbox:
            keys = sorted(sent)
            self.outbox.settle(worker, keys[: {"noted": 0, "settling": len(keys) // 2}.get(self.dies)], dropped)
        if self.dies in {"noted", "settling"}:
            raise Death

    def sweep(self, is_dead: Dead, senders_of: Senders) -> None:
        """Finish what dead workers have left."""
        if self.outbox:
            self.outbox.sweep(is_dead, senders_of)

    def close(self) -> None:
        """Nothing is open."""


class Hand:
    """A thread with a connection of its own, in which one worker after the other lives."""

    def __init__(self) -> None:
        self.thread = ThreadPoolExecutor(1)
        self.worker: Worker | None = None

    def do(self, work: Callable[[], T]) -> T:
        """Have it done in the thread."""
        return self.thread.submit(work).result()

    def begin(self, box: Box, *, stale: bool) -> str:
        """A new worker; its name."""
        self.worker = self.do(lambda: Worker(box, stale=stale))
        return self.worker.life.name

    def batch(self) -> int:
        """A batch; how many letters it had, or -1 if the worker died, or could not post."""
        assert self.worker
        try:
            return self.do(self.worker.batch)
        except Death:
            self.kill()
        except PostboxError:
            pass
        return -1

    def take_back(self) -> None:
        """Take back what dead workers had."""
        assert self.worker
        self.do(self.worker.take_back)

    def end(self) -> None:
        """The worker stops."""
        assert self.worker
        self.do(self.worker.end)
        self.worker = None

    def kill(self) -> None:
        """What the system does when a process ends: its lock is opened, or its connection lost."""
        assert self.worker
        life, self.worker = self.worker.life, None
        if isinstance(life, FileLife):
            assert life.number is not None
            os.close(life.number)
        else:
            number = self.do(_backend)
            self.do(lambda: connection.close())  # noqa: PLW0108  (each thread has its own)
            while _is_there(number):  # the server ends it in its own time
                time.sleep(0.001)

    def close(self) -> None:
        """Let go of the database."""
        self.do(connections.close_all)


def _backend() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def _is_there(number: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pid = %s", [number])
        return cursor.fetchone() is not None


# letters


def read(content: bytes) -> tuple[EmailMessage, str, str]:
    """A letter, its key, and the path of the link in it that holds a token."""
    message = email.message_from_bytes(content, policy=default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body
    (path,) = re.findall(r"https://book\.example(/[curd]/[\w-]{48})\s", body.get_content())
    return message, message["Message-ID"][1:33], path


# the transitions of letters, noted by the database itself

TOLD = "CREATE TABLE told (old text NOT NULL, new text NOT NULL, UNIQUE (old, new))"
NOTE = "INSERT INTO told VALUES (OLD.state, NEW.state) ON CONFLICT DO NOTHING"
SQLITE = f"CREATE TRIGGER tell AFTER UPDATE OF state ON site_delivery WHEN OLD.state <> NEW.state BEGIN {NOTE}; END"
POSTGRES = f"""
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {NOTE}; RETURN NULL; END $$;
CREATE TRIGGER tell AFTER UPDATE ON site_delivery FOR EACH ROW WHEN (OLD.state <> NEW.state) EXECUTE FUNCTION tell()"""


def note_transitions() -> None:
    """From now on the database notes from which state to which a letter goes."""
    with connection.cursor() as cursor:
        cursor.execute(TOLD)
        cursor.execute(POSTGRES if connection.vendor == "postgresql" else SQLITE)


def transitions() -> set[tuple[str, str]]:
    """Those since the last time."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT old, new FROM told")
        found = {(old, new) for old, new in cursor.fetchall()}
        if found:
            cursor.execute("DELETE FROM told")
    return found


def files(folder: Path) -> Counter[str]:
    """The letters in a folder."""
    return Counter(file.stem for file in folder.glob("*.eml"))
