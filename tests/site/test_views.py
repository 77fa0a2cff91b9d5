"""Tests of neuronwise.site.views and urls, over HTTP."""

import re
import socket
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from serving import ASSETS, FILES, PATIENCE, SLUG, Site

from neuronwise.site import loop, views

PIECE = re.compile(rb"<!-- address -->|<link rel=.canonical.*?/atom.xml\">", re.DOTALL)
PAGES = {"/": "index.html", "/errata/": "errata/index.html", f"/{SLUG}/": f"{SLUG}/index.html"}


def without_pieces(page: bytes) -> bytes:
    """What is the builder's alone."""
    return PIECE.sub(b"", page)


@pytest.mark.parametrize(("path", "file"), PAGES.items())
def test_a_page_has_the_builders_bytes(site: Site, path: str, file: str) -> None:
    answer = site.ask(path)

    assert (answer.status, without_pieces(answer.body)) == (200, without_pieces(FILES[file]))
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("file", "content_type"),
    [
        ("book.pdf", "application/pdf"),
        ("book.epub", "application/epub+zip"),
        ("book.ipynb", "application/x-ipynb+json"),
    ],
)
def test_a_download_is_an_attachment_with_a_name_that_says_what_it_is(site: Site, file: str, content_type: str) -> None:
    answer = site.ask(f"/{SLUG}/{file}")

    name = f"neuron-by-neuron-1-the-smallest-network.{file.partition('.')[2]}"
    assert (answer.status, answer.body) == (200, FILES[f"{SLUG}/{file}"])
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    assert answer.headers["Content-Type"] == content_type


def test_a_program_opens_as_text(site: Site) -> None:
    answer = site.ask(f"/{SLUG}/without_x.py")

    assert (answer.status, answer.body) == (200, FILES[f"{SLUG}/without_x.py"])
    assert answer.headers["Content-Disposition"] == 'inline; filename="without_x.py"'
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_an_address_without_its_slash_leads_to_the_chapter(site: Site) -> None:
    answer = site.ask(f"/{SLUG}")

    assert (answer.status, answer.headers["Location"]) == (301, f"/{SLUG}/")


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/2-error-and-learning-speed/",
        "/index.html",
        "/contents.json",
        f"/{SLUG}/index.html",
        f"/{SLUG}/draft.txt",
        f"/{SLUG}/index.html.br",
        f"/{ASSETS}/style.css.br",
        "/admin/",
        "/../site.sqlite3",
        "/..%2f..%2fdata/secret",
        "/%2e%2e/data/secret",
        "/a/../contents.json",
        "/a/..%2fcontents.json",
        "/a/%2e%2e%2f%2e%2e%2fdata%2fsecret",
        "/a/..%5c..%5cdata%5csecret",
        "/a/%252e%252e/contents.json",
        "/a//etc/passwd",
        "//etc/passwd",
        f"/{SLUG}/..%2f..%2f..%2fdata%2fsecret",
        f"/{SLUG}/book.pdf%00.txt",
        "/%ff%fe",
        "/%00",
        "/" + "a" * 5000,
    ],
)
def test_what_is_not_in_the_table_gets_the_page_that_leads_on(site: Site, path: str) -> None:
    answer = site.ask(path)

    assert (answer.status, answer.body) == (404, FILES["404.html"])


@pytest.mark.parametrize(
    ("path", "there"),
    [
        ("/1", f"/{SLUG}/"),
        ("/1-an-older-name/", f"/{SLUG}/"),
        ("/1-AN-OLDER-NAME/replies.xml", f"/{SLUG}/replies.xml"),
        ("/1-x//evil.example/", f"/{SLUG}//evil.example/"),
    ],
)
def test_a_chapter_is_found_by_its_number_whatever_it_was_called(site: Site, path: str, there: str) -> None:
    answers = [site.ask(path, method) for method in ("GET", "HEAD", "POST")]

    assert [answer.status for answer in answers[:2]] == [302, 302]
    assert answers[2].status in {404, 405}
    assert answers[0].headers["Location"] == there


@pytest.mark.parametrize("path", [*PAGES, f"/{SLUG}", f"/{SLUG}/book.pdf", "/health", "/robots.txt"])
def test_other_methods_are_refused(site: Site, path: str) -> None:
    for method in ("POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
        answer = site.ask(path, method)

        assert (answer.status, answer.headers["Allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize("encoding", ["", "br", "gzip"])
@pytest.mark.parametrize(
    "path", [*PAGES, f"/{SLUG}", f"/{SLUG}/book.pdf", f"/{ASSETS}/style.css", "/health", "/robots.txt", "/nothing"]
)
def test_head_is_get_without_the_body(site: Site, path: str, encoding: str) -> None:
    get, head = (site.ask(path, method, Accept_Encoding=encoding, Range="bytes=0-") for method in ("GET", "HEAD"))
    if get.status == 206:  # a range is GET's alone
        get = site.ask(path, Accept_Encoding=encoding)

    assert (head.status, head.body) == (get.status, b"")
    for answer in (get, head):
        del answer.headers["Date"]
    assert head.headers.items() == get.headers.items()


@pytest.mark.parametrize("path", ["/", f"/{SLUG}/book.pdf", f"/{ASSETS}/style.css", "/health", "/nothing"])
def test_head_sends_no_byte_after_the_headers(site: Site, path: str) -> None:
    request = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nRange: bytes=9-3\r\n\r\n"
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as connection:
        connection.sendall(request.encode())
        answer = b"".join(iter(lambda: connection.recv(65536), b""))

    assert b"\r\nContent-Length: " in answer
    assert answer.find(b"\r\n\r\n") == len(answer) - 4


def test_health(site: Site) -> None:
    health = site.ask("/health")

    assert (health.status, health.body, health.headers["Cache-Control"]) == (200, b"well\n", "no-store")


def test_health_says_when_letters_are_not_delivered(monkeypatch: pytest.MonkeyPatch) -> None:
    answering = SimpleNamespace(objects=SimpleNamespace(exists=lambda: True))
    monkeypatch.setattr(views, "Chapter", answering)
    monkeypatch.setattr(loop, "started", [SimpleNamespace(is_alive=True), SimpleNamespace(is_alive=False)])

    answer = views.health(RequestFactory().get("/health"))

    assert isinstance(answer, HttpResponse)
    assert (answer.status_code, answer.content) == (503, b"letters are not delivered\n")
