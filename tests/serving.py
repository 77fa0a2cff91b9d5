"""A small built book, and a real server that serves it: a process of its own, on a free port, asked over HTTP."""

import hashlib
import http.client
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

SLUG = "1-the-smallest-network"
ASSETS = "a/0123abcd"
PYODIDE = "a/pyodide-314.0.7"
PATIENCE = 10

FILES = {
    "index.html": b"<!doctype html><title>Neuron by Neuron</title><!-- address -->" + b"<p>One neuron.</p>" * 100,
    "404.html": b"<!doctype html><title>Not here</title><a href='/'>Contents</a>",
    "500.html": b"<!doctype html><title>A fault</title><a href='/'>Contents</a>",
    "picture.png": b"\x89PNG of the book",
    "blank.html": b"<!doctype html><title><!-- title --> &#183; Neuron by Neuron</title><main><!-- main --></main>",
    "errata/index.html": b"<!doctype html><title>Errata</title>" + b"<p>0.291027924</p>" * 100,
    f"{SLUG}/index.html": b"<!doctype html><title>The smallest network</title><!-- address -->" + b"<p>a</p>" * 100,
    f"{SLUG}/picture.png": b"\x89PNG of chapter 1",
    f"{SLUG}/book.pdf": b"%PDF-1.7 " + bytes(range(256)) * 8,
    f"{SLUG}/book.epub": b"PK epub",
    f"{SLUG}/book.ipynb": b'{"cells": []}',
    f"{SLUG}/without_x.py": b"print('0.9375')",
    f"{SLUG}/draft.txt": b"not announced",
    f"{ASSETS}/style.css": b"p { color: red }" * 50,
    f"{ASSETS}/style.css.br": b"brotli of the style",
    f"{ASSETS}/worker.mjs": b"self.onmessage = () => {};",
    f"{ASSETS}/page.mjs": b"export {};",
    f"{ASSETS}/stix-two-math.woff2": b"wOF2",
    f"{PYODIDE}/pyodide.asm.wasm": b"\0asm" * 100,
    f"{PYODIDE}/pyodide.asm.wasm.br": b"brotli of wasm",
}


@dataclass(frozen=True)
class Answer:
    """What came back: the status, the headers, the body's bytes."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Site:
    """A running server."""

    process: subprocess.Popen[str]
    first_line: str
    port: int
    admin_port: int
    book: Path
    data: Path

    def ask(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request; underscores in the headers' names stand for hyphens."""
        return self._ask(self.port, path, method, headers)

    def ask_admin(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """One request to the admin's listener."""
        return self._ask(self.admin_port, path, method, headers)

    @staticmethod
    def _ask(port: int, path: str, method: str, headers: Mapping[str, str]) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer


def write_book(folder: Path, *, title: str = "The smallest network", files: Mapping[str, bytes] = FILES) -> Path:
    """A built book as the builder leaves it: the files, then contents.json."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
    (folder / "contents.json").write_text(json.dumps(contents(title, files)))
    return folder


def contents(title: str = "The smallest network", files: Mapping[str, bytes] = FILES) -> dict[str, object]:
    """What contents.json says of the small book."""
    kinds = ("pdf", "epub", "ipynb")
    downloads = [{"kind": k, "file": f"book.{k}", "bytes": len(FILES[f"{SLUG}/book.{k}"])} for k in kinds]
    first = {
        "number": 1,
        "slug": SLUG,
        "title": title,
        "question": "Can one number learn?",
        "digest": hashlib.sha256(files[f"{SLUG}/index.html"]).hexdigest(),
        "downloads": downloads,
        "programs": [{"file": "without_x.py"}],
    }
    second = {"number": 2, "slug": None, "title": "Error and learning speed", "question": "How far should a step go?"}
    return {"title": "Neuron by Neuron", "digest": "0123abcd", "chapters": [first, second]}


def command(*arguments: str) -> list[str]:
    """The command line `neuronwise …` of this very Python."""
    return [sys.executable, "-m", "neuronwise.cli", *arguments]


def environment(**more: str) -> dict[str, str]:
    """The environment without the settings of whoever runs the tests."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEURONWISE_")}
    return kept | {"PYTHONUNBUFFERED": "1"} | more


@contextmanager
def running(book: Path, data: Path, **more: str) -> Iterator[Site]:
    """A server on a free port, stopped by Ctrl-C in the end."""
    arguments = ["book", "serve", "--no-build", "--port", "0", "--book", str(book), "--data", str(data)]
    with subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(**more)
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        found = re.findall(r"http://\S+:(\d+)", line)
        try:
            assert found, line + process.stdout.read()
            yield Site(process, line, int(found[0]), int(found[1]), book, data)
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()
