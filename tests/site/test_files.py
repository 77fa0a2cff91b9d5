"""Tests of neuronwise.site.files: compression, conditional requests, ranges, types and caches, over HTTP."""

import gzip

import brotli
import pytest
from serving import ASSETS, FILES, PYODIDE, SLUG, Site

PAGE, PDF, STYLE = f"/{SLUG}/", f"/{SLUG}/book.pdf", f"/{ASSETS}/style.css"


UNPACKED = {None: bytes, "gzip": gzip.decompress, "br": brotli.decompress}


@pytest.mark.parametrize(
    ("accepts", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"),
        ("br;q=0.5", "br"),
        ("gzip, br;q=0", "gzip"),
        ("GZIP", "gzip"),
        ("gzip;q=0.0", None),
        ("brotli", None),
        ("", None),
    ],
)
def test_a_page_comes_compressed_as_the_browser_takes_it(site: Site, accepts: str, encoding: str | None) -> None:
    plain, answer = site.ask(PAGE), site.ask(PAGE, Accept_Encoding=accepts)

    assert answer.headers["Content-Encoding"] == encoding
    assert UNPACKED[encoding](answer.body) == plain.body
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert (len(answer.body) < len(plain.body) / 2) == bool(encoding)


@pytest.mark.parametrize(
    ("path", "asked", "told"),
    [
        *((path, "If-None-Match", "ETag") for path in ("/", PAGE, PDF, STYLE)),
        *((path, "If-Modified-Since", "Last-Modified") for path in (PDF, STYLE)),
    ],
)
@pytest.mark.parametrize("accepts", ["", "br, gzip"])
def test_what_the_reader_has_is_not_sent_again(site: Site, path: str, accepts: str, asked: str, told: str) -> None:
    first = site.ask(path, Accept_Encoding=accepts)

    again = site.ask(path, **{"Accept_Encoding": accepts, asked: first.headers[told]})

    assert (again.status, again.body) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_another_version_is_sent_whole(site: Site) -> None:
    answers = [site.ask(path, If_None_Match='"another"') for path in ("/", PAGE, PDF, STYLE)]

    assert [answer.status for answer in answers] == [200] * 4


def test_each_encoding_of_a_page_has_its_own_tag(site: Site) -> None:
    tags = {site.ask(PAGE, Accept_Encoding=encoding).headers["ETag"] for encoding in ("", "gzip", "br")}

    assert len(tags) == 3


def test_pages_and_downloads_are_asked_for_anew_and_assets_kept_for_ever(site: Site) -> None:
    caches = [site.ask(path).headers["Cache-Control"] for path in ("/", PAGE, PDF, STYLE, f"/{ASSETS}/worker.mjs")]

    assert caches == ["no-cache"] * 3 + ["max-age=315360000, public, immutable"] * 2


@pytest.mark.parametrize(
    ("path", "content_type"),
    [
        (f"/{ASSETS}/style.css", "text/css"),
        (f"/{ASSETS}/page.mjs", "text/javascript"),
        (f"/{ASSETS}/worker.mjs", "text/javascript"),
        (f"/{ASSETS}/stix-two-math.woff2", "font/woff2"),
        (f"/{PYODIDE}/pyodide.asm.wasm", "application/wasm"),
    ],
)
def test_an_asset_has_its_type(site: Site, path: str, content_type: str) -> None:
    answer = site.ask(path)

    assert (answer.status, answer.body) == (200, FILES[path[1:]])
    assert answer.headers.get_content_type() == content_type


@pytest.mark.parametrize("path", [f"/{ASSETS}/style.css", f"/{PYODIDE}/pyodide.asm.wasm"])
def test_a_compressed_asset_is_sent_where_it_is_understood(site: Site, path: str) -> None:
    compressed, plain = site.ask(path, Accept_Encoding="gzip, br"), site.ask(path)

    assert (compressed.headers["Content-Encoding"], compressed.body) == ("br", FILES[path[1:] + ".br"])
    assert (plain.headers["Content-Encoding"], plain.body) == (None, FILES[path[1:]])
    assert compressed.headers.get_content_type() == plain.headers.get_content_type()


def test_a_download_that_broke_off_goes_on(site: Site) -> None:
    answer = site.ask(PDF, Range="bytes=100-199")

    whole = FILES[PDF[1:]]
    assert (answer.status, answer.body) == (206, whole[100:200])
    assert answer.headers["Content-Range"] == f"bytes 100-199/{len(whole)}"
