"""The figures of chapter 1's page, in a real Chromium: how soon it stands, how soon it answers, how large it is.

Two readers come: one on this machine, one through a line of 10 Mbit/s on which an answer takes 60 ms.
"""

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, Response, sync_playwright

from benchmarks.line import slow_line
from benchmarks.measured import Row
from neuronwise.book.build import build, stale

BOOK = Path("build/book")
CHAPTER = "1-the-smallest-network/"
AXE = Path("node_modules/axe-core/axe.min.js")
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
PATIENCE = 60_000  # milliseconds
TIMES = 60  # how often a quick thing is done


def figures() -> Iterator[Row]:
    """Measure everything."""
    if stale(BOOK):
        build(BOOK, say=lambda _: None)
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        yield from local(browser, address)
        with slow_line(address) as far_away:
            yield from remote(browser, far_away)
        browser.close()


@contextmanager
def served() -> Iterator[str]:
    """The site's own server, on a free port."""
    with tempfile.TemporaryDirectory() as data:
        options = ["--no-build", "--port", "0", "--book", str(BOOK), "--data", data]
        command = [sys.executable, "-m", "neuronwise.cli", "book", "serve", *options]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as site:  # noqa: S603 - our own command
            said = site.stdout.readline() if site.stdout else ""
            try:
                yield re.findall(r"http://\S+", said)[0] + "/"
            finally:
                site.terminate()
                site.communicate()


# a reader on this machine


def local(browser: Browser, address: str) -> Iterator[Row]:
    """Measure one visit from the first byte to the last control."""
    context = browser.new_context()
    heard: list[str] = []
    responses: list[Response] = []
    context.on("console", lambda message: heard.append(message.text))
    context.on("weberror", lambda error: heard.append(str(error.error)))
    context.on("response", lambda response: responses.append(response))  # noqa: PLW0108 - Playwright takes no built-in
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(address + CHAPTER)
    page.wait_for_load_state("networkidle")
    yield from sizes(responses)
    seen = page.evaluate("() => window.seen")
    yield "largest paint, local", seen["paint"] / 1000, 1, "s"
    yield "layout shift while loading", seen["shift"], 0.02, ""

    yield "Python ready after the first touch, local", python_ready(page), 2.5, "s"
    yield "longest task on the page's thread until then", page.evaluate("() => window.seen.task"), 50, "ms"
    yield from answers(page)
    yield "highlight among 300 formulas, 95 % within", page.evaluate(HIGHLIGHT, TIMES), 16, "ms"
    yield "requests to other hosts", sum(not r.url.startswith(address) for r in responses), 0, ""
    yield "words on the console", len(heard), 0, ""
    context.close()
    yield "rules of axe broken, light and dark, 1440 and 320 pixels", broken_rules(browser, address), 0, ""


def sizes(responses: list[Response]) -> Iterator[Row]:
    """Add up what was sent before Python is asked for."""
    bytes_sent = {response.url: response.request.sizes()["responseBodySize"] for response in responses}
    fonts = sum(size for url, size in bytes_sent.items() if url.endswith(".woff2"))
    yield "HTML, style and modules, compressed", (sum(bytes_sent.values()) - fonts) / 1000, 150, "kB"
    yield "font", fonts / 1000, 100, "kB"
    yield "the whole page before Python is asked for", sum(bytes_sent.values()) / 1000, 250, "kB"


def python_ready(page: Page) -> float:
    """Return how many seconds pass from the first press of "Step" to its answer on the page."""
    page.locator("#stepper [data-do=rewind]").hover()
    return float(page.evaluate(READY)) / 1000


def answers(page: Page) -> Iterator[Row]:
    """Measure how soon the page answers, from the event to the new numbers in the document."""
    for what, script, most in (
        ("a step, one upon the other from Python's start on, 95 % within", STEP.replace("200", "0"), 16),
        ("a step, five a second, 95 % within", STEP, 16),
        ("a typed number to new numbers, 95 % within", TYPE, 50),
        ("Pause, from the press to the last change of the page", PAUSE, 50),
    ):
        yield what, page.evaluate(script, TIMES), most, "ms"


def broken_rules(browser: Browser, address: str) -> int:
    """Count what axe finds."""
    count = 0
    for scheme in ("light", "dark"):
        context = browser.new_context(color_scheme=scheme, bypass_csp=True)
        page = context.new_page()
        page.goto(address + CHAPTER)
        page.add_script_tag(path=AXE)
        for width in (1440, 320):
            page.set_viewport_size({"width": width, "height": 800})
            count += page.evaluate("async () => (await axe.run()).violations.length")
        context.close()
    return count


# a reader far away


def remote(browser: Browser, address: str) -> Iterator[Row]:
    """Measure first visits through the slow line; the middle one of three counts."""
    paints, shifts, starts = [], [], []
    for _ in range(3):
        context = browser.new_context()
        context.add_init_script(WATCH)
        page = context.new_page()
        page.goto(address + CHAPTER)
        page.wait_for_load_state("networkidle")
        seen = page.evaluate("() => window.seen")
        paints.append(seen["paint"] / 1000)
        shifts.append(seen["shift"])
        starts.append(python_ready(page))
        context.close()
    yield "largest paint at 10 Mbit/s and 60 ms", statistics.median(paints), 1, "s"
    yield "layout shift at 10 Mbit/s and 60 ms", max(shifts), 0.02, ""
    yield "Python ready at 10 Mbit/s and 60 ms", statistics.median(starts), 8, "s"


# in the page

WATCH = """
window.seen = { paint: 0, shift: 0, task: 0 };
const watch = (type, take) =>
    new PerformanceObserver((list) => list.getEntries().forEach(take)).observe({ type, buffered: true });
watch('largest-contentful-paint', (entry) => { seen.paint = entry.startTime; });
watch('layout-shift', (entry) => { if (!entry.hadRecentInput) seen.shift += entry.value; });
watch('longtask', (entry) => { seen.task = Math.max(seen.task, entry.duration); });
"""
TIMED = """
const nextPatch = () => new Promise((done) => document.addEventListener('patched', done, { once: true }));
const timed = async (deed) => {
    const before = performance.now();
    const patched = nextPatch();
    deed();
    await patched;
    return performance.now() - before;
};
const within = (times) => times.sort((a, b) => a - b)[Math.floor(times.length * 0.95)];
"""
READY = f"""() => {{ {TIMED}
    return timed(() => document.querySelector('#stepper [data-do=rewind]').click());
}}"""
STEP = f"""async (times) => {{ {TIMED}
    const step = document.querySelector('#stepper [data-by="1"]');
    const all = [];
    for (let i = 0; i < times; i++) {{
        all.push(await timed(() => step.click()));
        await new Promise((go) => setTimeout(go, 200)); // as fast as a reader presses
    }}
    return within(all);
}}"""
TYPE = f"""async (times) => {{ {TIMED}
    const field = document.getElementById('field-w');
    const all = [];
    for (let i = 0; i < times; i++) {{
        all.push(await timed(() => {{
            field.value = String(i / 8);
            field.dispatchEvent(new Event('input', {{ bubbles: true }}));
        }}));
        await new Promise(requestAnimationFrame);
    }}
    return within(all);
}}"""
PAUSE = f"""async () => {{ {TIMED}
    const field = document.getElementById('field-w'), train = document.querySelector('[data-do=train]');
    document.getElementById('training-speed').value = 5;
    await timed(() => {{ field.value = '1000'; field.dispatchEvent(new Event('input', {{ bubbles: true }})); }});
    const all = [];
    for (let i = 0; i < 5; i++) {{
        train.click();
        for (let frames = 0; frames < 10; frames++) await nextPatch();
        const pressed = performance.now();
        let last = pressed;
        const later = () => {{ last = performance.now(); }};
        document.addEventListener('patched', later);
        train.click();
        await new Promise((done) => setTimeout(done, 200));
        document.removeEventListener('patched', later);
        all.push(last - pressed);
    }}
    return Math.max(...all);
}}"""
HIGHLIGHT = f"""async (times) => {{ {TIMED}
    const formulas = () => document.querySelectorAll('math').length;
    const text = document.querySelector('.text');
    for (const section of [...text.children]) if (formulas() < 300) text.append(section.cloneNode(true));
    document.dispatchEvent(new CustomEvent('patched', {{ detail: [text] }}));
    const pieces = ['w', 'E', 'a', 'dE_dw'].map((name) => document.querySelector(`.equation [data-sym="${{name}}"]`));
    const all = [];
    for (let i = 0; i < times; i++) {{
        const before = performance.now();
        pieces[i % 4].dispatchEvent(new PointerEvent('pointermove', {{ bubbles: true, clientX: i, clientY: 100 }}));
        document.body.offsetHeight;
        all.push(performance.now() - before);
        await new Promise(requestAnimationFrame);
    }}
    return within(all);
}}"""
