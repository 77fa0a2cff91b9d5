"""What a reader does with the site: fills in forms, and opens the letters that come."""

import email
import hashlib
import http.client
import re
import time
import urllib.parse
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

from django.test import override_settings
from serving import PATIENCE, Answer, Site

from neuronwise.site.guard import form_time

FORM = "application/x-www-form-urlencoded"


def post(site: Site, path: str, fields: dict[str, str], **headers: str) -> Answer:
    """Send a form as a browser on a page of ours does; underscores in the headers' names stand for hyphens."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    given = {"Content-Type": FORM, "Sec-Fetch-Site": "same-origin"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", path, urllib.parse.urlencode(fields), given)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer


def aged(site: Site, form: str, seconds: float = 10) -> str:
    """The sealed time of a form that was opened so long ago."""
    secret = (site.data / "secret").read_text().split()[0]
    with override_settings(SECRET_KEY=secret):
        return form_time(form, now=time.time() - seconds)


def ask_to_be_told(site: Site, address: str, **more: str) -> Answer:
    """Fill in the sign-up form, and take the time that people take."""
    return post(site, "/subscribe", {"email": address, "form": aged(site, "subscribe")} | more)


def letters(site: Site, count: int) -> list[EmailMessage]:
    """Take so many letters out of the outbox, waiting for them if need be; the oldest first."""
    new = site.data / "outbox" / "new"
    until = time.monotonic() + PATIENCE
    while len(files := sorted(new.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)) < count:
        assert time.monotonic() < until, f"expected {count} letters; got {len(files)}"
        time.sleep(0.01)
    taken = [read(file) for file in files[:count]]
    for file in files[:count]:
        file.unlink()
    return taken


def read(file: Path) -> EmailMessage:
    """A letter as a mail program reads it."""
    message = email.message_from_bytes(file.read_bytes(), policy=default)
    assert isinstance(message, EmailMessage)
    return message


def link(message: EmailMessage, kind: str) -> str:
    """The path of a letter's link: /c/… to confirm, /u/… to leave, /d/… to own data."""
    body = message.get_body(("plain",))
    assert body
    found = re.search(rf"http://localhost:\d+(/{kind}/[\w-]{{48}})\s", body.get_content())
    assert found, body.get_content()
    return found[1]


def subscribe(site: Site, address: str) -> None:
    """Sign up and confirm."""
    assert ask_to_be_told(site, address).status == 303
    (letter,) = letters(site, 1)
    assert post(site, link(letter, "c"), {}).status == 200


def digest(data: Path) -> str:
    """What the database holds, as one number."""
    return hashlib.sha256((data / "site.sqlite3").read_bytes()).hexdigest()
