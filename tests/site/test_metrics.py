"""Tests of neuronwise.site.metrics, over HTTP."""

import re
import sqlite3
from contextlib import closing

from serving import SLUG, Site

ADDRESS = "canary@example.org"


def figures(site: Site) -> dict[str, float]:
    text = site.ask_admin("/metrics").body.decode()
    return {name: float(value) for name, value in re.findall(r"^(neuronwise_\S+) (\S+)$", text, re.MULTILINE)}


def test_each_answer_counts_for_its_route(site: Site) -> None:
    name = 'neuronwise_requests_total{route="<slug:slug>/",method="GET",status="200"}'
    before = figures(site).get(name, 0)

    site.ask(f"/{SLUG}/")
    site.ask(f"/{SLUG}/")

    assert figures(site)[name] == before + 2


def test_what_a_reader_makes_up_makes_no_new_figure(site: Site) -> None:
    site.ask("/nothing", "BREW")
    before = figures(site).keys()

    for n in range(20):
        site.ask(f"/made-up-{n}/x/y/{ADDRESS}", f"METHOD{n}")

    assert figures(site).keys() == before


def test_figures_hold_counts_and_no_addresses(site: Site) -> None:
    with closing(sqlite3.connect(site.data / "site.sqlite3")) as database, database:
        columns = "(id, address, state, made, bounces)"
        database.execute(
            f"INSERT INTO site_subscriber {columns} VALUES ('ca', ?, 'pending', '2026-11-01', 0)",  # noqa: S608 - our own words
            [ADDRESS],
        )
    answer = site.ask_admin("/metrics")
    with closing(sqlite3.connect(site.data / "site.sqlite3")) as database, database:
        database.execute("DELETE FROM site_subscriber WHERE id = 'ca'")

    assert b'neuronwise_subscribers{state="pending"} ' in answer.body
    assert b'neuronwise_chapters{state="out"} 1\n' in answer.body
    assert b'neuronwise_delivering{state="alive"} 1\n' in answer.body
    assert b"canary" not in answer.body
    assert answer.headers["Cache-Control"] == "no-store"


def test_readers_have_no_figures(site: Site) -> None:
    assert site.ask("/metrics").status == 404
