"""Tests of neuronwise.site.machines, over HTTP."""

import re
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from serving import SLUG, Site, running, write_book

PUBLIC = "https://book.example"


def properties(page: bytes) -> dict[str, str]:
    return dict(re.findall(r'<meta property="([^"]+)" content="([^"]*)">', page.decode()))


def test_addresses_are_the_public_ones_whoever_asks(tmp_path: Path) -> None:
    with running(write_book(tmp_path / "book"), tmp_path / "data", NEURONWISE_URL=PUBLIC) as site:
        page = site.ask(f"/{SLUG}/", Host=f"127.0.0.1:{site.port}").body

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
