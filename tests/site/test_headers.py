"""Tests of neuronwise.site.headers: what SITE.md promises, on every kind of answer."""

import socket
from collections.abc import Callable
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from serving import ASSETS, PATIENCE, PYODIDE, SLUG, Answer, Site, running, write_book

from neuronwise.site.headers import secured

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
WORKER_POLICY = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; img-src 'self'; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    "object-src 'none'"
)
EXPECTED = {
    "Content-Security-Policy": POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
WORKER = f"/{ASSETS}/worker.mjs"
ANSWERS = [
    ("/", "GET", 200),
    ("/", "HEAD", 200),
    (f"/{SLUG}/", "GET", 200),
    (f"/{SLUG}", "GET", 301),
    (f"/{SLUG}/book.pdf", "GET", 200),
    (f"/{ASSETS}/style.css", "GET", 200),
    (f"/{PYODIDE}/pyodide.asm.wasm", "GET", 200),
    (f"/{SLUG}/without_x.py", "GET", 200),
    (f"/{SLUG}/replies.xml", "GET", 200),
    ("/errata/", "GET", 200),
    ("/picture.png", "GET", 200),
    ("/atom.xml", "GET", 200),
    ("/sitemap.xml", "GET", 200),
    ("/subscribe", "GET", 200),
    ("/subscribe", "POST", 422),
    ("/admin/", "GET", 404),
    ("/metrics", "GET", 404),
    ("/health", "GET", 200),
    ("/robots.txt", "GET", 200),
    ("/nothing/here", "GET", 404),
    (f"/{ASSETS}/nothing.css", "GET", 404),
    ("/a/beef/worker.mjs", "GET", 404),
    ("/worker.mjs", "GET", 404),
    ("/", "POST", 405),
    (f"/{SLUG}/", "OPTIONS", 405),
    (f"/{SLUG}/book.pdf", "PUT", 405),
    (f"/{ASSETS}/style.css", "DELETE", 405),
    (WORKER, "POST", 405),
]


def assert_headers(answer: Answer, expected: dict[str, str]) -> None:
    found = {name: answer.headers.get_all(name) for name in expected}
    assert found == {name: [value] for name, value in expected.items()}
    for absent in ("Set-Cookie", "Access-Control-Allow-Origin", "Server", "Strict-Transport-Security"):
        assert absent not in answer.headers


@pytest.mark.parametrize(("path", "method", "status"), ANSWERS)
def test_every_answer_has_the_headers_and_no_cookie(site: Site, path: str, method: str, status: int) -> None:
    answer = site.ask(path, method)

    assert answer.status == status
    assert_headers(answer, EXPECTED)


@pytest.mark.parametrize("kind", ["c", "u", "d", "r"])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_whose_address_holds_a_token_tells_nobody_and_is_kept_nowhere(
    site: Site, kind: str, method: str
) -> None:
    answer = site.ask(f"/{kind}/no-such-token", method)

    assert answer.status == 404
    assert_headers(answer, EXPECTED | {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store"})


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [
        ("/", "GET", 302),
        ("/admin/", "GET", 302),
        ("/static/site/admin.css", "GET", 200),
        (f"/{ASSETS}/style.css", "GET", 200),
        (f"/{SLUG}/", "GET", 302),
        ("/metrics", "GET", 200),
        ("/health", "GET", 200),
        ("/nothing/here/at/all", "GET", 404),
        ("/admin/login/", "POST", 403),
    ],
)
def test_the_authors_side_has_the_same_headers(site: Site, path: str, method: str, status: int) -> None:
    answer = site.ask_admin(path, method)

    assert answer.status == status
    assert_headers(answer, EXPECTED)


def test_the_worker_alone_may_compile_webassembly(site: Site) -> None:
    whole = site.ask(WORKER)
    again = site.ask(WORKER, If_None_Match=whole.headers["ETag"])

    assert (whole.status, again.status) == (200, 304)
    assert_headers(whole, EXPECTED | {"Content-Security-Policy": WORKER_POLICY})
    assert_headers(again, EXPECTED | {"Content-Security-Policy": WORKER_POLICY})


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nno header\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000000\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"x" * 300_000 + b"\r\n\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: rot13\r\n\r\n", b"400"),
        (b"GET http://[ HTTP/1.1\r\n\r\n", b"400"),
    ],
)
def test_a_request_that_the_server_refuses_is_answered_with_the_headers(
    site: Site, request_text: bytes, status: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as connection:
        connection.sendall(request_text)
        answer = connection.recv(65536)

    assert answer.split()[1] == status
    for name, value in EXPECTED.items():
        assert f"\r\n{name}: {value}\r\n".encode() in answer


def test_a_foreign_host_name_is_refused_with_the_right_one(site: Site) -> None:
    answer = site.ask("/", Host="evil.example")

    assert answer.status == 400
    assert f"http://localhost:{site.port}\n".encode() in answer.body
    assert_headers(answer, EXPECTED)


def test_a_header_that_an_answer_brings_itself_stays() -> None:
    def token_page(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        start_response("200 OK", [("referrer-policy", "no-referrer"), ("Cache-Control", "no-store")])
        return [environ["PATH_INFO"].encode()]

    sent: list[tuple[str, str]] = []

    def start(_status: str, headers: list[tuple[str, str]], _info: object = None, /) -> Callable[[bytes], object]:
        sent.extend(headers)
        return bytes.strip

    body = secured(token_page, https=False)({"PATH_INFO": "/u/1", "REQUEST_METHOD": "GET"}, start)

    assert list(body) == [b"/u/1"]
    assert [value for name, value in sent if name.lower() == "referrer-policy"] == ["no-referrer"]
    assert {name for name, _ in sent} > EXPECTED.keys() - {"Referrer-Policy"}


def test_https_is_kept_to_where_the_public_address_is_https(tmp_path: Path) -> None:
    with running(write_book(tmp_path / "book"), tmp_path / "data", NEURONWISE_URL="https://book.example") as site:
        answers = [site.ask(path, Host="book.example") for path in ("/", "/nothing", f"/{ASSETS}/style.css")]

    assert [answer.status for answer in answers] == [200, 404, 200]
    for answer in answers:
        assert answer.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"
