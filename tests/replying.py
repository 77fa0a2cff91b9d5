"""What the tests of replies share: a book that can be replied to, forms that are sent, letters that are read."""

import base64
import hmac
import http.client
import re
import struct
import time
from collections.abc import Callable, Mapping
from email import message_from_bytes, policy
from pathlib import Path
from urllib.parse import urlencode

from serving import FILES, PATIENCE, SLUG, Answer, Site

CHAPTER = (
    b"<!doctype html><title>The smallest network</title><nav><!-- replies-in-rail --></nav>"
    b'<h2 id="slope">1.1 The slope</h2><div id="formula-a"><p>a = w x</p><!-- replies-to-formula-a: a = w x --></div>'
    b'<p>"quoted" &amp; <b>bold</b></p><!-- replies-to-slope: 1.1 The slope &gt; 0 --><!-- sign-up --><!-- replies -->'
)
BOOK = {name: content for name, content in FILES.items() if not name.startswith(f"{SLUG}/index.html")} | {
    f"{SLUG}/index.html": CHAPTER
}
ADDRESS = "canary-4711@example.org"
A = '<math><mi data-kind="value">a</mi></math>'  # what $a$ becomes
GOOD = {"name": "Ann", "email": ADDRESS, "text": "Is $a$ a *number*?", "about": "formula-a"}


def send(site: Site, path: str, fields: Mapping[str, str], **headers: str) -> Answer:
    """A form as a browser sends it from our own page, unless the headers say otherwise."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    sent = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    sent |= {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request("POST", path, urlencode(fields), sent)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer


def reply(site: Site, *, age: float = 10, **fields: str) -> Answer:
    """The form under the chapter, opened some seconds ago, filled in well unless the fields say otherwise."""
    return send(site, f"/{SLUG}/reply", GOOD | {"form": form_time(site.data, age)} | fields)


def form_time(data: Path, age: float, form: str = "reply") -> str:
    """What a form holds that was opened so many seconds ago, sealed as guard and tokens say, but written anew."""
    secret = (data / "secret").read_text().split()[0]
    body = struct.pack(">Q", int(time.time() - age))
    key = hmac.digest(secret.encode(), f"neuronwise: form {form}".encode(), "sha256")
    return base64.urlsafe_b64encode(body + hmac.digest(key, body, "sha256")[:16]).decode()


def until(found: Callable[[], str]) -> str:
    """What is found as soon as it is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if text := found():
            return text
        time.sleep(0.02)
    message = f"nothing came within {PATIENCE} s"
    raise TimeoutError(message)


def link(site: Site, letter: int = 1, kind: str = "r") -> str:
    """The path of the link in the letter of this number and kind, as soon as that is in the outbox."""

    def newest() -> str:
        files = sorted((site.data / "outbox" / "new").glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
        found = [re.search(rf"/{kind}/[\w-]{{48}}", text(file.read_bytes())) for file in files]
        links = [one[0] for one in found if one]
        return links[letter - 1] if len(links) >= letter else ""

    return until(newest)


def text(letter: bytes) -> str:
    """A letter's plain text."""
    body = message_from_bytes(letter, policy=policy.default).get_body(("plain",))
    return str(body.get_content()) if body else ""
