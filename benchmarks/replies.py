"""The figures of the replies: hostile texts in a real Chromium, the time that a text takes, the time that a page takes.

Chromium meets the texts without the site's Content-Security-Policy: what is measured is the renderer alone.
"""

import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from random import Random

from playwright.sync_api import Browser, Dialog, Page, sync_playwright

from benchmarks.measured import Row
from benchmarks.page import AXE, BOOK, CHAPTER, SWITCHES
from neuronwise.book.build import build, stale
from neuronwise.site.replies import commands
from neuronwise.site.replies.mathml import markup
from neuronwise.site.replies.rendering import MARK, MOST_CHARACTERS, MOST_MARKS, render
from neuronwise.site.replies.tex import TexError, formula

sys.path.append("tests")
from hostile_replies import TEXTS
from listed_tags import foreign

HOSTILE = [TEXTS[i * len(TEXTS) // 500] for i in range(500)]
FIELDS = ("name", "email", "text")
GENERATED = 200_000
WHOLE = [r"\frac{a}{b}", r"\sqrt{x}", r"\left(", r"\right)", r"\text{<script>}", r"\begin{matrix}a&b\end{matrix}"]
MARKS = [*"[]()*_`$<>\\!&#-\n\n\"' ab1{}^", "```", "**", "](", "https://a.example", r"\text{", "- ", "1. "]
REPLIES, SECONDS, A_SECOND = 10_000, 30, 50
PLANTED = "<img src=x onerror=hit()>"
SLOW = [  # what costs the most for each letter, up to the limits
    "- a\n", "[", "[a](", "](", "*a ", "**", "_a_ ", "`",
    "`a` ", "$a$ ", "&&", "<", "\\*", "a\n", "1) a\n", "- [*\n", "a  \n",
    "[a](https://b.example) ", f"${'x+' * 249}$ ", f"${'x^2' * 166}$ ", f"${'{' * 19}x{'}' * 19}$ ",
    rf"$\begin{{matrix}}{'&' * 460}\end{{matrix}}$ ",
]  # fmt: skip


def figures() -> Iterator[Row]:
    """Measure everything."""
    if stale(BOOK):
        build(BOOK, say=lambda _: None)
    yield f"slowest of {len(TEXTS) + len(SLOW)} texts to show", max(map(shown_in, [*TEXTS, *grown()])), 20, "ms"
    yield f"of {GENERATED:,} generated replies, with a tag that isn't listed", foreign_replies(), 0, ""
    yield f"of {GENERATED // 2:,} generated formulas, the same", foreign_formulas(), 0, ""
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    with served("hostile") as port, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield from executed(browser, f"http://localhost:{port}/{CHAPTER}")
        yield "rules of axe broken by replies, light and dark", broken_rules(browser, port), 0, ""
        browser.close()
    with served("many") as port:
        times = asked(port)
    what = f"chapter's page with {REPLIES:,} replies, {A_SECOND} a second"
    yield f"{what}, 99 % within", times[len(times) * 99 // 100], 50, "ms"
    yield f"{what}, half within", times[len(times) // 2], 50, "ms"


# a text


def shown_in(text: str) -> float:
    """Return the processor's milliseconds for a text to become HTML; the best of three."""
    times = []
    for _ in range(3):
        before = time.process_time()
        render(text)
        times.append(time.process_time() - before)
    return min(times) * 1000


def foreign_replies() -> int:
    """Count the replies, strung together by chance from marks and hostile pieces, that show more than is listed."""
    pieces = [*MARKS, *HOSTILE[:90]]
    chance = Random(1)  # noqa: S311  (texts, no secrets)
    texts = ("".join(chance.choices(pieces, k=chance.randrange(40))) for _ in range(GENERATED))
    return sum(bool(foreign(render(text))) for text in texts)


def foreign_formulas() -> int:
    """Count the formulas of which more becomes than is listed; most are none, and refused."""
    pieces = [*commands.SIGNS, *commands.FUNCTIONS, *commands.ACCENTS, *WHOLE, *"{}{}{}{}[]^_'&xy12 <>\""]
    chance = Random(2)  # noqa: S311
    count = 0
    for _ in range(GENERATED // 2):
        with suppress(TexError):
            count += bool(foreign(markup(formula("".join(chance.choices(pieces, k=chance.randrange(20)))))))
    return count


def grown() -> Iterator[str]:
    """Yield the slow pieces, each as often as the limits allow."""
    for piece in SLOW:
        marks = max(1, len(MARK.findall(piece)))
        yield (piece * min(MOST_CHARACTERS // len(piece), MOST_MARKS // marks))[:MOST_CHARACTERS]


# in Chromium


def executed(browser: Browser, chapter: str) -> Iterator[Row]:
    """Count the scripts that run: in previews with a text in every field, and in pages of replies."""
    context = browser.new_context(bypass_csp=True)
    ran: list[str] = []
    context.expose_function("hit", lambda: ran.append("hit"))
    page = context.new_page()

    def told(dialog: Dialog) -> None:
        ran.append("dialog")
        dialog.dismiss()

    page.on("dialog", told)
    page.set_content(PLANTED)
    page.wait_for_timeout(200)
    yield "planted scripts that stay unnoticed", 1 - len(ran), 0, ""
    ran.clear()
    for text in HOSTILE:
        preview(page, chapter, text)
    yield f"scripts run by {len(HOSTILE)} texts in every field of the form", len(ran), 0, ""
    for number in range(1, len(HOSTILE) // 20 + 1):
        page.goto(f"{chapter}replies?page={number}")
        page.wait_for_load_state("networkidle")
    yield f"scripts run by {len(HOSTILE)} texts as names and replies", len(ran), 0, ""
    context.close()


def preview(page: Page, chapter: str, text: str) -> None:
    """Send a form with this text in every field, and look at what comes."""
    page.goto(f"{chapter}replied")
    with page.expect_navigation():
        page.evaluate(SEND, [f"{chapter}reply", dict.fromkeys(FIELDS, text) | {"preview": "1"}])
    page.wait_for_load_state("load")


SEND = """([action, fields]) => {
    const form = document.createElement("form");
    Object.assign(form, { action, method: "post" });
    for (const [name, value] of Object.entries(fields)) {
        const field = document.createElement("textarea");
        Object.assign(field, { name, value });
        form.append(field);
    }
    document.body.append(form);
    form.submit();
}"""


def broken_rules(browser: Browser, port: int) -> int:
    """Count what axe finds in a chapter's page with replies, in their list, and in a form with mistakes."""
    count = 0
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        for end in ("", "replies", "replies?about=formula-e"):
            page.goto(f"http://localhost:{port}/{CHAPTER}{end}")
            count += violations(page)
        preview(page, f"http://localhost:{port}/{CHAPTER}", "")
        count += violations(page)
        context.close()
    return count


def violations(page: Page) -> int:
    """Count what axe finds in this page."""
    page.add_script_tag(path=AXE)
    return int(page.evaluate("async () => (await axe.run()).violations.length"))


# fifty a second


def asked(port: int) -> list[float]:
    """Ask for the chapter's page, so often a second, whether answered or not; the milliseconds of each, in order."""
    begin = time.perf_counter() + 1
    line = threading.local()

    def ask(number: int) -> float:
        due = begin + number / A_SECOND
        time.sleep(max(0, due - time.perf_counter()))
        if not hasattr(line, "connection"):
            line.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        line.connection.request("GET", f"/{CHAPTER}", headers={"Accept-Encoding": "gzip"})
        answer = line.connection.getresponse()
        body = answer.read()
        if answer.status != 200 or len(body) < 10_000:  # noqa: PLR2004
            message = f"expected the chapter's page; got {answer.status} and {len(body)} bytes"
            raise RuntimeError(message)
        return (time.perf_counter() - due) * 1000

    with ThreadPoolExecutor(8) as readers:
        return sorted(readers.map(ask, range(SECONDS * A_SECOND)))


# the site


@contextmanager
def served(replies: str) -> Iterator[int]:
    """The site's own server with these replies; its port."""
    with tempfile.TemporaryDirectory() as data:
        folders = {"NEURONWISE_BOOK": str(BOOK.absolute()), "NEURONWISE_DATA": data}
        environment = os.environ | folders
        fill = [sys.executable, "-c", FILL, replies]
        subprocess.run(fill, env=environment, check=True, input=json.dumps(HOSTILE), text=True)  # noqa: S603  (our own program)
        options = ["--no-build", "--no-notify", "--port", "0"]
        command = [sys.executable, "-m", "neuronwise.cli", "book", "serve", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as site:  # noqa: S603
            said = site.stdout.readline() if site.stdout else ""
            try:
                yield int(re.findall(r"http://\S+:(\d+)", said)[0])
            finally:
                site.terminate()
                site.communicate()


FILL = f"""
import json, sys
from datetime import timedelta
from neuronwise.site import opening
opening.open_book()
from django.db import transaction
from django.utils import timezone
from neuronwise.site.replies.models import Reply
now, texts = timezone.now(), json.load(sys.stdin)

def reply(i, text, name="A reader", **more):
    return Reply(chapter_id=1, name=name[:80], text=text, state="approved", made=now - timedelta(minutes=i), **more)

many = ["Why the bars? Without them $E = t - a$ is a formula too.", "Thank you, *very* clear.\\n\\n- one\\n- two",
        r"In one line: $\\frac{{dE}}{{dw}} = \\frac{{dE}}{{da}} \\cdot \\frac{{da}}{{dw}}$, as in `smallest.py`."]
anchors = ["", "", "formula-a", "formula-e", "formula-de-dw", "slope", "update"]
if sys.argv[1] == "hostile":
    rows = [reply(i, text, text.replace("\\0", ""), anchor=anchors[i % 7]) for i, text in enumerate(texts)]
else:
    threads = [reply(i, f"{{i}}: {{many[i % 3]}}", anchor=anchors[i % 7]) for i in range({REPLIES} // 2)]
    rows = threads + [reply(i, many[i % 3], parent=one, anchor=one.anchor) for i, one in enumerate(threads)]
with transaction.atomic():
    Reply.objects.bulk_create(rows, batch_size=2_000)
"""
