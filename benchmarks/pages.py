"""Every kind of page the site has, as a public site serves it: MDN's Observatory, axe, what Chromium complains of.

The pages that a letter leads to are opened by real tokens, and their buttons are pressed; forms are sent with mistakes.

The Observatory comes from npm into build/.cache, at need; it is no part of the project's own packages.
"""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from benchmarks.measured import Row
from benchmarks.page import AXE, BOOK, CHAPTER, SWITCHES
from benchmarks.secure_line import Secure, secure_line
from neuronwise.book.build import build, stale

PACKAGE = "@mdn/mdn-http-observatory@1.4.8"
HOME = Path("build/.cache/observatory")
SCAN = Path(__file__).with_name("observatory.mjs")
NAME, PASSWORD = "ada", "a long password"  # of an account that lives as long as a measurement
LOGIN = "/admin/login/"
FORGED = tuple(f"/{kind}/no-such-token" for kind in "cudr")
PAGES = ("/", f"/{CHAPTER}", f"/{CHAPTER}replies", "/errata/", "/subscribe", "/d/", "/nothing", *FORGED)
SENT = ("/subscribe/sent", "/d/sent", f"/{CHAPTER}replied")
FILES = ("/atom.xml", "/sitemap.xml", "/robots.txt", f"/{CHAPTER}book.pdf", "/picture.png", "/health")
TABLES = (
    "/admin/",
    *(f"/admin/{one}/" for one in ("site/chapter", "site/subscriber", "site/delivery", "site/reply", "auth/user")),
    "/admin/site/chapter/1/change/",
    "/admin/auth/user/1/change/",
    "/admin/password_change/",
    f"/{CHAPTER}",
)
TOLD = re.compile("status of (404|422) ")
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
WIDTHS = (1280, 380)
FILL = f"""
from neuronwise.site import opening
opening.open_book()
import json
from django.utils import timezone
from neuronwise.site import tokens
from neuronwise.site.authors import account
from neuronwise.site.models import Chapter, Delivery, Reply, Subscriber
account({NAME!r}, {PASSWORD!r})
Chapter.objects.filter(number=1).update(published=timezone.now())
for scheme in {SCHEMES!r}:
    reader = Subscriber.objects.create(address=f"{{scheme}}@example.org", state="active", confirmed=timezone.now())
    Delivery.objects.create(topic="chapter:1", subscriber=reader, state="failed", code="550")
    said = {{"chapter_id": 1, "name": "Ann", "address": reader.address, "anchor": "formula-a"}}
    text = "Does *any* $a = w x$ reach $t$?\\n\\n```\\nw = t / x\\n```\\n$" + "x + " * 60 + "x$"
    thread = Reply.objects.create(**said, text=text, state="approved")
    held = Reply.objects.create(**said, text=text, parent=thread)
    print(json.dumps({{
        "c": f"/c/{{tokens.token(tokens.CONFIRM, reader.pk)}}",
        "u": f"/u/{{tokens.token(tokens.UNSUBSCRIBE, reader.pk)}}",
        "r": f"/r/{{tokens.token(tokens.MODERATE, held.pk)}}",
        "d": f"/d/{{tokens.token(tokens.OWN_DATA, reader.pk)}}",
        "subscriber": f"/admin/site/subscriber/{{reader.pk}}/change/",
        "erase": f"/admin/site/subscriber/{{reader.pk}}/delete/",
        "reply": f"/admin/site/reply/{{held.pk}}/change/",
    }}))
"""  # a reader of its own for each scheme, since one that is erased is gone; a line with the addresses of its pages
TO_READER, TO_AUTHOR = "curd", ("subscriber", "erase", "reply")
Own = dict[str, str]


@dataclass(frozen=True)
class Press:
    """A button, pressed when its page's fields are filled in; `page` is an address, or the kind of a letter's link."""

    page: str
    button: str
    fields: tuple[tuple[str, str], ...] = ()


PRESSES = (
    Press("/subscribe", "Tell me", (("email", "reader@example"),)),
    Press("/d/", "Send the link", (("email", "reader@example"),)),
    Press(f"/{CHAPTER}replies", "Send", (("email", "reader@example"),)),
    Press(
        f"/{CHAPTER}replies", "Preview", (("name", "Ann"), ("email", "ann@example.org"), ("text", "Is $a$ a *number*?"))
    ),
    Press("c", "Yes, tell me"),
    Press("u", "No more letters"),
    Press("r", "Approve and answer"),
    Press("r", "Approve"),
    Press("d", "Erase everything"),  # the last: then the reader is gone
)


@dataclass(frozen=True)
class Side:
    """One of the site's listeners: its own port, and the ports of http and https in front of it."""

    port: int
    line: Secure


def figures() -> Iterator[Row]:
    """Measure everything."""
    if stale(BOOK):
        build(BOOK, say=lambda _: None)
    observatory = fetched()
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    with served() as (readers, admin, own), sync_playwright() as playwright:
        opened = [own[0][kind] for kind in TO_READER]
        yield from scores(observatory, "a reader's page", readers, (*PAGES, *SENT, *opened, *FILES))
        yield from scores(observatory, "the admin", admin, (LOGIN,))
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield from shown(browser, readers.port, admin.port, own)
        browser.close()


def fetched() -> Path:
    """The Observatory, fetched once; the lists that its set-up would fetch are about other names than localhost."""
    package = HOME / "node_modules" / PACKAGE.rpartition("@")[0]
    if not package.exists():
        HOME.mkdir(parents=True, exist_ok=True)
        options = ["--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(HOME)]
        subprocess.run(["npm", "install", *options, PACKAGE], check=True)  # noqa: S603, S607 - our own
        (package / "conf" / "hsts-preload.json").write_text("{}")
    return package.resolve()


@contextmanager
def served() -> Iterator[tuple[Side, Side, list[Own]]]:
    """The site's own server as if it were public, both sides behind https; and for each scheme a reader's own pages."""
    with tempfile.TemporaryDirectory() as temporary:
        folder, (port, admin_port, https) = Path(temporary), free_ports(3)
        settings = os.environ | {
            "NEURONWISE_DATA": str(folder / "data"),
            "NEURONWISE_BOOK": str(BOOK.resolve()),
            "NEURONWISE_LISTEN": f"127.0.0.1:{port}",
            "NEURONWISE_ADMIN_LISTEN": f"127.0.0.1:{admin_port}",
            "NEURONWISE_URL": f"https://localhost:{https}",
        }
        filled = subprocess.run([sys.executable, "-c", FILL], env=settings, stdout=subprocess.PIPE, check=True)  # noqa: S603 - our own
        own = [json.loads(line) for line in filled.stdout.splitlines()]
        serve = [sys.executable, "-m", "neuronwise.cli", "book", "serve", "--no-build"]
        with subprocess.Popen(serve, env=settings, stdout=subprocess.PIPE) as site:  # noqa: S603 - our own
            try:
                site.stdout.readline() if site.stdout else None  # it is there
                with secure_line(folder, port, https) as one, secure_line(folder, admin_port) as other:
                    yield Side(port, one), Side(admin_port, other), own
            finally:
                site.terminate()
                site.communicate()


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on."""
    with ExitStack() as stack:
        taken = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [one.getsockname()[1] for one in taken]


# the Observatory


def scores(observatory: Path, what: str, side: Side, paths: Sequence[str]) -> Iterator[Row]:
    """The lowest score of the paths, as points that are missing to 130, and how many tests were not passed."""
    command = ["node", str(SCAN), str(observatory), str(side.line.http), str(side.line.https), *paths]
    trusting = os.environ | {"NODE_EXTRA_CA_CERTS": str(side.line.certificate)}
    told = subprocess.run(command, env=trusting, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603 - our own
    found = [json.loads(line) for line in told.splitlines()]
    for one in found:
        score = f"Observatory {one['grade']:2} {one['score']}"
        print(f"        {score}  {one['status']} {one['path']} {' '.join(one['failed'])}")
    yield f"points to 130 of the Observatory, {what}", max(130 - one["score"] for one in found), 0, ""
    yield f"tests of the Observatory that failed, {what}", sum(len(one["failed"]) for one in found), 0, ""
    yield f"addresses of {what} not scored", len(paths) - len(found), 0, ""


# Chromium


def shown(browser: Browser, port: int, admin_port: int, own: Sequence[Own]) -> Iterator[Row]:
    """What axe and the console say of every page, light and dark, wide and narrow."""
    heard: list[str] = []
    broken: list[str] = []
    for scheme, pages in zip(SCHEMES, own, strict=True):
        context = browser.new_context(color_scheme=scheme)
        listen(context, heard, (port, admin_port))
        page = context.new_page()
        readers, admin = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{admin_port}"
        opened = [pages[kind] for kind in TO_READER]
        broken += [rule for path in (*PAGES, *SENT, *opened) for rule in looked_at(page, readers + path)]
        log_in(page, admin_port)
        tables = (*TABLES, *(pages[kind] for kind in TO_AUTHOR))
        broken += [rule for path in tables for rule in looked_at(page, admin + path)]
        broken += [rule for press in PRESSES for rule in pressed(page, press, readers, pages)]
        context.close()
    for line in dict.fromkeys(broken + heard):
        print(f"        {line}")
    yield "serious rules of axe broken, light and dark, 1280 and 380 pixels", len(broken), 0, ""
    yield "complaints of the policy, errors, requests to other hosts", len(heard), 0, ""


def listen(context: BrowserContext, heard: list[str], own: Sequence[int]) -> None:
    """Collect what must not happen. The statuses of pages that say what is wrong are told on the console, too."""
    ours = tuple(f"http://127.0.0.1:{port}/" for port in own)
    context.on("console", lambda said: None if TOLD.search(said.text) else heard.append(f"{said.text} {said.location}"))
    context.on("weberror", lambda error: heard.append(str(error.error)))
    context.on("request", lambda asked: None if asked.url.startswith(ours) else heard.append(asked.url))


def looked_at(page: Page, address: str) -> list[str]:
    """The serious rules that a page breaks."""
    page.goto(address)
    return rules(page)


def pressed(page: Page, press: Press, site: str, own: Own) -> list[str]:
    """The serious rules that the answer to a form breaks. What the browser itself would stop goes through."""
    page.goto(site + own.get(press.page, press.page))
    page.evaluate("() => document.querySelectorAll('form').forEach(form => { form.noValidate = true; })")
    for name, value in press.fields:
        page.locator(f"main [name={name}]").fill(value)
    before = page.locator("h1").inner_text()
    with page.expect_navigation():
        page.get_by_role("button", name=press.button, exact=True).click()
    found = rules(page)
    mended = page.locator(".mend, .preview").count()
    if page.locator("h1").inner_text() == before and not mended:
        found.append(f"{press}: expected an answer; got the same page")
    return found


def rules(page: Page) -> list[str]:
    """The serious rules that what is shown breaks; axe comes in by the debugger, past the policy, which stays."""
    found = []
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.evaluate(AXE.read_text(encoding="utf-8"))
        violations = page.evaluate(
            "async () => (await axe.run({ preload: false })).violations"
        )  # else a style of its own
        serious = [one for one in violations if one["impact"] in {"serious", "critical"}]
        found += [f"{page.url} {width} {one['id']}: {one['nodes'][0]['html'][:120]}" for one in serious]
    return found


def log_in(page: Page, port: int) -> None:
    """Log in on the author's side."""
    page.goto(f"http://127.0.0.1:{port}{LOGIN}")
    page.get_by_label("Username").fill(NAME)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_text("The author's side").wait_for()
