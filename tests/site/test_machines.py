"""Tests of neuronwise.site.machines, over HTTP."""

import json
import re
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from xml.etree import ElementTree as ET

import pytest
from serving import FILES, SLUG, Site, running, write_book

PUBLIC = "https://book.example"
DRAFT = "2-a-draft"
LANDING = (
    f"<!-- out-1 --><a href='{SLUG}/'>One</a><!-- end --><!-- draft-1One, to come-->"
    f"<!-- out-2 --><a href='{DRAFT}/'>Two</a><!-- end --><!-- draft-2Two, to come-->"
).encode()


def properties(page: bytes) -> dict[str, str]:
    return dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page.decode()))


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site that others can reach: chapter 1 is published, chapter 2 is a draft."""
    folder = tmp_path_factory.mktemp("public")
    book = write_book(folder / "book", files=FILES | {"index.html": LANDING})
    told = json.loads((book / "contents.json").read_text())
    told["chapters"][1] |= told["chapters"][0] | {"number": 2, "slug": DRAFT, "title": "A draft"}
    shutil.copytree(book / SLUG, book / DRAFT)
    (book / "contents.json").write_text(json.dumps(told))
    with running(book, folder / "data", NEURONWISE_URL=PUBLIC) as site:
        with closing(sqlite3.connect(site.data / "site.sqlite3")) as database, database:
            database.execute("UPDATE site_chapter SET published = '2026-11-01 10:00:00' WHERE number = 1")
        yield site


def test_addresses_are_the_public_ones_whoever_asks(public: Site) -> None:
    page = public.ask(f"/{SLUG}/", Host=f"127.0.0.1:{public.port}").body

    assert f'<link rel="canonical" href="{PUBLIC}/{SLUG}/">'.encode() in page
    assert properties(page) == {
        "og:url": f"{PUBLIC}/{SLUG}/",
        "og:image": f"{PUBLIC}/{SLUG}/picture.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "The smallest network",
    }


@pytest.mark.parametrize("path", ["/", f"/{SLUG}/"])
def test_the_picture_of_a_page_is_there(site: Site, path: str) -> None:
    picture = properties(site.ask(path).body)["og:image"].removeprefix(f"http://localhost:{site.port}")

    answer = site.ask(picture)

    assert (answer.status, answer.headers["Content-Type"]) == (200, "image/png")
    assert answer.body.startswith(b"\x89PNG")


def test_no_marker_is_left_in_what_is_served(site: Site) -> None:
    for path in ("/", "/errata/", f"/{SLUG}/", "/nothing"):
        assert b"<!--" not in site.ask(path).body


def test_robots_name_the_sitemap(site: Site) -> None:
    answer = site.ask("/robots.txt")

    text = f"User-agent: *\nDisallow:\n\nSitemap: http://localhost:{site.port}/sitemap.xml\n"
    assert (answer.status, answer.body.decode()) == (200, text)


def test_the_sitemap_lists_every_page_that_is_out_and_each_of_them_answers(site: Site) -> None:
    tree = ET.fromstring(site.ask("/sitemap.xml").body)  # noqa: S314 - our own

    pages = [element.text or "" for element in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    base = f"http://localhost:{site.port}"
    assert pages == [f"{base}/", f"{base}/errata/", f"{base}/{SLUG}/"]
    assert [site.ask(page.removeprefix(base)).status for page in pages] == [200] * 3


def test_a_draft_is_nowhere_to_be_found(public: Site) -> None:
    statuses = [public.ask(f"/{DRAFT}{rest}").status for rest in ("", "/", "/book.pdf", "/picture.png")]
    pages = [public.ask(path).body for path in ("/", "/sitemap.xml", "/atom.xml", "/nothing")]

    assert statuses == [404] * 4
    assert not [page for page in pages if DRAFT.encode() in page]
    assert public.ask("/").body == f"<a href='{SLUG}/'>One</a>Two, to come".encode()


def test_the_feed_has_each_published_chapter_once_with_its_time_and_address(public: Site) -> None:
    answer = public.ask("/atom.xml")

    feed = ET.fromstring(answer.body)  # noqa: S314 - our own
    atom = "{http://www.w3.org/2005/Atom}"
    (entry,) = feed.findall(f"{atom}entry")
    found = {name: entry.findtext(atom + name) for name in ("title", "id", "summary", "published", "updated")}
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert found == {
        "title": "1 The smallest network",
        "id": f"{PUBLIC}/{SLUG}/",
        "summary": "Can one number learn?",
        "published": "2026-11-01T10:00:00+00:00",
        "updated": "2026-11-01T10:00:00+00:00",
    }
    assert feed.findtext(f"{atom}updated") == "2026-11-01T10:00:00+00:00"
