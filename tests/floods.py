"""A flood: requests by chance, whole and broken, from several connections at once, and what is wrong with the answers.

The paths are those of the site's own tables of addresses, so that a new page is in the flood as soon as it is there.
"""

import http.client
import json
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from urllib.parse import quote, quote_plus, urlencode
from uuid import UUID, uuid4

from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from hostile_replies import TEXTS
from ledgers import Ledger
from serving import ASSETS, PATIENCE, SLUG, Site

from neuronwise.site import tokens
from neuronwise.site.guard import form_time
from neuronwise.site.headers import WORKER_POLICY, headers

CSRF = "c" * 32
CONNECTIONS = 4  # to the readers' listener; two more to the admin's
FILL = """
from neuronwise.site import opening
opening.open_book()
import json
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from neuronwise.site import authors
from neuronwise.site.models import Chapter, Reply, Subscriber
authors.account("ada", "a very long password")
ada = get_user_model().objects.get()
session = SessionStore()
session.update({
    SESSION_KEY: str(ada.pk),
    BACKEND_SESSION_KEY: "django.contrib.auth.backends.ModelBackend",
    HASH_SESSION_KEY: ada.get_session_auth_hash(),
})
session.save()
Chapter.objects.filter(number=1).update(published=timezone.now())
people = [Subscriber(address=f"reader-{n}@example.org", state="active") for n in range(40)]
Subscriber.objects.bulk_create(people)
replies = [Reply(chapter_id=1, name="R", text="$x^2$", state=s) for s in ("approved", "held", "refused") * 10]
Reply.objects.bulk_create(replies)
print(json.dumps({
    "session": session.session_key, "people": [str(p.pk) for p in people], "replies": [str(r.pk) for r in replies]
}))
"""
METHODS = [*["GET"] * 12, *["POST"] * 8, *["HEAD"] * 3, "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW", "get"]
SLUGS = [*[SLUG] * 6, "2-error", "0", "-", "1", "a" * 300, "admin", "static", "..", "%2e%2e"]
FILES = [
    "index.html",
    "book.pdf",
    "book.epub",
    "without_x.py",
    "picture.png",
    "draft.txt",
    "..%2fsecret",
    "\x00",
    "%00",
]
MORE_PATHS = [
    "/a/",
    f"/{ASSETS}/style.css",
    f"/{ASSETS}/worker.mjs",
    f"/{ASSETS}/..%2f..%2fsecret",
    "/static/admin/css/base.css",
]
NAMES = [
    "email", "form", "website", "name", "text", "about", "to", "page", "preview", "words", "decision", "answer", "post",
    "action", "_selected_action", "username", "password", "next", "q", "o", "p", "all", "e", "_popup", "_to_field",
    "state__exact", "state", "made__gte", "chapter__id__exact", "subscriber", "_changelist_filters", "index",
]  # fmt: skip
WORDS = [
    "", "0", "1", "-1", "1e999", "9" * 400, "held", "approve", "answer", "keep", "delete_selected",
    "reader-1@example.org", "a@b", "x" * 300, "x" * 11_000, "\x00", "\ud800", "\U0010ffff", "%00", "%", "$x^2$",
    r"$\frac{1}{2}$", "'", '"', "2027-01-10", "٣", "\u202e", "a\nb", "[", "1.5.2", "-1.-2", "approved,held",
]  # fmt: skip
CHARSETS = [
    "utf-8",
    "UTF-16",
    "latin-1",
    "hex",
    "undefined",
    "idna",
    "zlib",
    "punycode",
    "unicode_escape",
    "no such",
    "\xff",
    "",
]
TYPES = [
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "text/plain",
    "application/json",
    "/",
    "",
    "x" * 500,
]
HEADERS = {
    "Host": ["evil.example", "", "\xff", "book.example:99999", "[::1", "a..b", "book.example, book.example", "a/b"],
    "Range": ["bytes=0-", "bytes=5-2", "bytes=-1", "bytes=0-1,3-4", "bytes=a-b", "bytes=9999999999999-", "pages=1"],
    "If-None-Match": ["*", '"x"', 'W/"x"', "x", '"', '"a", "b", ' * 100],
    "If-Match": ["*", '"x"', "x"],
    "If-Modified-Since": ["Sat, 01 Jan 2000 00:00:00 GMT", "Sat, 32 Jan 2000 00:00:00 GMT", "yesterday"],
    "If-Unmodified-Since": ["Sat, 01 Jan 2000 00:00:00 GMT", "x"],
    "Accept-Encoding": ["br", "gzip", "gzip;q=0, br;q=0.5", "*", "identity", ";;,,;q", "gzip;q=x", "\xff"],
    "Accept-Language": ["de", "x" * 2000, "en;q=9"],
    "X-Forwarded-For": ["192.0.2.1", "::1", "unknown", "1.2.3.4, 5.6.7.8", '"', "\xff", ",", "[::1]:80", "300.1.1.1"],
    "X-Forwarded-Proto": ["https", "http", "gopher", "https, http", ""],
    "X-Forwarded-Host": ["evil.example", ""],
    "X-Forwarded-Port": ["0", "x"],
    "Forwarded": ["for=1.2.3.4", "for", '"'],
    "Origin": ["https://book.example", "null", "http://[", "http://localhost:99999", "\xff"],
    "Referer": ["https://book.example/", "http://[", ""],
    "Sec-Fetch-Site": ["same-origin", "cross-site", "\xff"],
    "Cookie": ["__Host-session=x", "a=b; c", "\xff", '__Host-session="', ";" * 100, "__Host-csrf=\x7f"],
    "Authorization": ["Basic", "Basic x", "Basic Og=="],
    "Expect": ["100-continue", "x"],
    "Connection": ["close", "keep-alive", "upgrade"],
    "Upgrade": ["websocket", "h2c"],
    "Transfer-Encoding": ["chunked", "gzip", "chunked, chunked", "identity"],
    "Content-Length": ["-1", "x", "1, 1", "99999999999999999999"],
    "Content-Encoding": ["gzip"],
    "X-Requested-With": ["XMLHttpRequest"],
    "User-Agent": ["", "x" * 5000],
}  # fmt: skip
BROKEN = [
    b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET /\r\n\r\n", b" / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\0\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost\r\n\r\n", b"GET / HTTP/1.1\r\n: x\r\n\r\n", b"GET / HTTP/1.1\r\nA: b\n c\r\n\r\n",
    b"GET / HTTP/1.1\r\nA B: c\r\n\r\n", b"GET http://[ HTTP/1.1\r\n\r\n", b"GET //[ HTTP/1.1\r\n\r\n",
    b"GET * HTTP/1.1\r\n\r\n", b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
    b"GET / HTTP/1.1\r\nA: " + b"x" * 300_000 + b"\r\n\r\n", b"GET /" + b"x" * 300_000 + b" HTTP/1.1\r\n\r\n",
]  # fmt: skip


@dataclass(frozen=True)
class Known:
    """What a request has to know to come far: tokens, ids, a login."""

    tokens: list[str]
    ids: list[str]
    times: list[str]
    session: str


@dataclass
class Found:
    """What the answers were, and what was wrong with some."""

    statuses: Counter[int] = field(default_factory=Counter)
    unanswered: Counter[bytes] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    @property
    def asked(self) -> int:
        """How many requests there were."""
        return self.statuses.total() + self.unanswered.total()


def fill(made: Ledger) -> Known:
    """Readers, replies, an author who has logged in; and tokens of each purpose about them."""
    told = json.loads(made.python(FILL))
    secret = (made.data / "secret").read_text().split()[0]
    about = [*told["people"][:8], *told["replies"][:8], str(uuid4())]
    with override_settings(SECRET_KEY=secret):
        good = [tokens.token(purpose, UUID(one)) for purpose in tokens.LIVES for one in about]
        now = [form_time(form) for form in ("subscribe", "d", "reply")]
    return Known([*good, good[0][:-1], "A" * 48, "."], [*about, "1", "x"], now, told["session"])


class Flood:
    """A site, and all requests to it."""

    def __init__(self, site: Site, known: Known, *, https: bool) -> None:
        self.site, self.known, self.https = site, known, https
        self.paths = {port: routes(table) for port, table in (
            (site.port, "neuronwise.site.urls"), (site.admin_port, "neuronwise.site.admin_urls")
        )}  # fmt: skip
        self.round = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        """Take what the site says: a pipe that nobody empties would stop it."""
        for _ in self.site.process.stdout or []:
            pass

    def pour(self, requests: int) -> Found:
        """Ask so many requests more, over all connections at once."""
        ports = [self.site.port] * CONNECTIONS + [self.site.admin_port] * (CONNECTIONS // 2)
        self.round += 1
        chances = [Random(f"{self.round} {n}") for n in range(len(ports))]  # noqa: S311  (requests, no secrets)
        found = Found()
        with ThreadPoolExecutor(len(ports)) as pool:
            for each in pool.map(self._ask, ports, chances, [requests // len(ports)] * len(ports)):
                found.statuses += each.statuses
                found.unanswered += each.unanswered
                found.faults += each.faults
        return found

    def _ask(self, port: int, chance: Random, count: int) -> Found:
        found, line = Found(), None
        for method, request in islice(self._requests(port, chance), count):
            line = line or socket.create_connection(("127.0.0.1", port), PATIENCE)
            answer = answered(line, method, request)
            if answer is None:
                found.unanswered[b"%d bytes: %b" % (len(request), request[:300])] += 1
            else:
                found.statuses[answer.status] += 1
                found.faults += [f"{fault}: {request[:300]!r}" for fault in self._faults(port, answer)]
            if answer is None or answer.will_close:
                line.close()
                line = None
        if line:
            line.close()
        return found

    def _faults(self, port: int, answer: http.client.HTTPResponse) -> Iterator[str]:
        if answer.status >= http.HTTPStatus.INTERNAL_SERVER_ERROR:
            yield f"status {answer.status}"
        for name, value in headers(https=self.https):
            came = answer.headers.get_all(name, [])
            own = name == "Content-Security-Policy" and came == [WORKER_POLICY]
            own |= name == "Referrer-Policy" and came == ["no-referrer"]
            if came != [value] and not own:
                yield f"status {answer.status} has {name}: {came}"
        if port == self.site.port and "Set-Cookie" in answer.headers:
            yield "a reader gets a cookie"

    def _requests(self, port: int, chance: Random) -> Iterator[tuple[str, bytes]]:
        while True:
            if chance.random() < 0.02:
                yield "GET", chance.choice(BROKEN)
                continue
            method = chance.choice(METHODS)
            given = self._headers(port, chance)
            body = self._body(chance, given) if method in {"POST", "PUT", "PATCH"} or chance.random() < 0.02 else b""
            if "chunked" in given.get("Transfer-Encoding", ""):
                body = chance.choice(
                    [b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body) if body else b"0\r\n\r\n", b"zz\r\n"]
                )
            elif body:
                given["Content-Length"] = str(len(body))
            else:
                given.pop("Expect", None)  # waitress would wait for the body
            head = "".join(f"{name}: {value}\r\n" for name, value in given.items())
            version = "1.0" if chance.random() < 0.05 else "1.1"
            line = f"{method} {self._path(port, chance)} HTTP/{version}\r\n{head}\r\n"
            yield method, line.encode("latin-1", "replace") + body

    def _headers(self, port: int, chance: Random) -> dict[str, str]:
        """Often those of a browser, so that many requests come far."""
        given = {"Host": "book.example" if self.https else "localhost", "Sec-Fetch-Site": "same-origin"}
        if port == self.site.admin_port and chance.random() < 0.8:
            given |= {"Cookie": f"__Host-session={self.known.session}; __Host-csrf={CSRF}", "X-CSRFToken": CSRF}
        for name in chance.sample(sorted(HEADERS), chance.choice([0, 0, 0, 1, 2, 5])):
            given[name] = chance.choice(HEADERS[name])
        return given

    def _path(self, port: int, chance: Random) -> str:
        if chance.random() < 0.05:
            return "/" + "".join(
                chance.choices(["%", "%00", "%ff", "/", "..", "é", "a", ";", "?", "%c3%28", "\\"], k=9)
            )
        path = chance.choice([*self.paths[port], *MORE_PATHS])
        filled = re.sub("<(.*?)>", lambda found: self._part(found[1], chance), path)
        return filled + chance.choice(
            ["", "", "?" + quote(self._form(chance), safe="&=%+"), "?" + "a&" * 1500, "?%", "/"]
        )

    def _part(self, kind: str, chance: Random) -> str:
        if "slug" in kind:
            return chance.choice(SLUGS)
        if "file" in kind:
            return chance.choice(FILES)
        return quote(chance.choice([*self.known.tokens, *self.known.ids, *["auth", "site", "chapter", "%00", "x/y"]]))

    def _form(self, chance: Random) -> str:
        fields = {name: self._word(name, chance) for name in chance.sample(NAMES, chance.choice([0, 1, 2, 4, 8, 16]))}
        whole = chance.choice([
            {},
            {"email": f"{chance.getrandbits(40):x}@example.org", "form": chance.choice(self.known.times)},
            {"name": "R", "email": "reader-1@example.org", "text": chance.choice(TEXTS), "form": self.known.times[2]},
            {"csrfmiddlewaretoken": CSRF, "_selected_action": chance.choice(self.known.ids)},
        ])  # fmt: skip
        return urlencode({**fields, **whole}, errors="surrogatepass")

    def _word(self, name: str, chance: Random) -> str:
        if name == "form":
            return chance.choice([*self.known.times, "x"])
        if name in {"to", "subscriber", "_selected_action"}:
            return chance.choice(self.known.ids)
        return chance.choice([*WORDS, chance.choice(TEXTS), "".join(map(chr, chance.choices(range(0x3000), k=20)))])

    def _body(self, chance: Random, given: dict[str, str]) -> bytes:
        given["Content-Type"] = chance.choice([*[TYPES[0]] * 12, *TYPES])
        if chance.random() < 0.2:
            given["Content-Type"] += f"; charset={chance.choice(CHARSETS)}"
        if "multipart" in given["Content-Type"]:
            given["Content-Type"] += chance.choice(
                ["; boundary=b", "; boundary=b", "; boundary=", "; boundary=\xff", ""]
            )
            name = quote_plus(chance.choice(NAMES))
            parts = [f'--b\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\nx\r\n' for more in
                     ("", '; filename="x"', "; filename*=utf-8''%ff", "; filename*=hex''%41", '"')]  # fmt: skip
            return ("".join(chance.choices(parts, k=3)) + chance.choice(["--b--\r\n", ""])).encode()
        return chance.choice([
            *[self._form(chance).encode()] * 8, b"", b"%", b"&" * 2000, b"a=1&" * 1500, b"\xff" * 50, b"{",
            b"x" * 300_000, chance.randbytes(200),
        ])  # fmt: skip


def answered(line: socket.socket, method: str, request: bytes) -> http.client.HTTPResponse | None:
    """Ask, and read the whole answer; nothing, if the other side hangs up without one."""
    response = http.client.HTTPResponse(line, method=method)
    with suppress(ConnectionError):  # it hangs up on what is too long before all is said, and its answer is there
        line.sendall(request)
    try:
        response.begin()
        response.read()
    except (ConnectionError, http.client.HTTPException, TimeoutError):
        return None
    finally:
        response.close()
    return response


def routes(table: str) -> list[str]:
    """Every path of a table of addresses, `<…>` where it takes a part."""
    return [re.sub(r"\(\?P(<.*?>).*?\)", r"\1", path).strip("^$") for path in _paths(get_resolver(table).url_patterns)]


def _paths(patterns: Sequence[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    for one in patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from _paths(one.url_patterns, path)
        elif "logout" not in path:  # what is asked after that would not come far
            yield path


def memory(process: int) -> float:
    """The megabytes that a process has at this moment."""
    (kilobytes,) = re.findall(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text())
    return int(kilobytes) / 1000
