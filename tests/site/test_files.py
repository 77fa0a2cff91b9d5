"""Tests of neuronwise.site.files: compression, conditional requests, ranges, types and caches, over HTTP."""

import gzip

import pytest
from serving import ASSETS, FILES, PYODIDE, SLUG, Site

PAGE, PDF, STYLE = f"/{SLUG}/", f"/{SLUG}/book.pdf", f"/{ASSETS}/style.css"


@pytest.mark.parametrize(
    ("accepts", "encoding", "file"),
    [
        ("gzip, deflate, br, zstd", "br", f"{SLUG}/index.html.br"),
        ("br;q=0.5", "br", f"{SLUG}/index.html.br"),
        ("gzip, br;q=0", "gzip", f"{SLUG}/index.html.gz"),
        ("GZIP", "gzip", f"{SLUG}/index.html.gz"),
        ("gzip;q=0.0", None, f"{SLUG}/index.html"),
        ("brotli", None, f"{SLUG}/index.html"),
        ("", None, f"{SLUG}/index.html"),
    ],
)
def test_a_page_comes_as_the_builder_compressed_it(site: Site, accepts: str, encoding: str | None, file: str) -> None:
    answer = site.ask(PAGE, Accept_Encoding=accepts)

    assert (answer.headers["Content-Encoding"], answer.body) == (encoding, FILES[file])
    assert answer.headers["Vary"] == "Accept-Encoding"


def test_a_page_that_the_builder_left_plain_is_compressed(site: Site) -> None:
    answer = site.ask("/", Accept_Encoding="br, gzip")

    assert answer.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(answer.body) == FILES["index.html"]
    assert int(answer.headers["Content-Length"]) == len(answer.body) < len(FILES["index.html"]) / 2


@pytest.mark.parametrize("path", ["/", PAGE, PDF, STYLE])
@pytest.mark.parametrize("accepts", ["", "br, gzip"])
@pytest.mark.parametrize(("asked", "told"), [("If-None-Match", "ETag"), ("If-Modified-Since", "Last-Modified")])
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
