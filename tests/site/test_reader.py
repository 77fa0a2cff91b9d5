"""A reader in a real browser without JavaScript: signs up, confirms, leaves, and erases what was kept."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from letterbox import aged, letters, link
from playwright.sync_api import Page, expect, sync_playwright
from serving import FILES, Site, running, write_book

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
READER = "müller@example.org"  # no browser takes it by itself


@pytest.fixture
def site(memory: Path) -> Iterator[Site]:
    landing = FILES["index.html"].replace(b"<p>", b"<link rel=icon href=data:,><!-- sign-up --><p>", 1)
    with running(write_book(memory / "book", files=FILES | {"index.html": landing}), memory / "data") as running_site:
        yield running_site


@pytest.fixture
def page() -> Iterator[Page]:
    """A page without JavaScript; at the end it has no cookie."""
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=SWITCHES)
        context = browser.new_context(java_script_enabled=False)
        yield context.new_page()
        assert context.cookies() == []
        browser.close()


def take_time(site: Site, page: Page, form: str) -> None:
    """The form as if it had been opened ten seconds ago."""
    page.locator("input[name=form]").evaluate("(field, time) => { field.value = time }", aged(site, form))


def test_everything_works_without_javascript(site: Site, page: Page) -> None:
    address = f"http://localhost:{site.port}"
    page.goto(address)
    page.get_by_label("E-mail").fill("reader@example")
    page.get_by_role("button", name="Tell me").click()
    assert "This doesn't look like an e-mail address" in page.locator(".mend").inner_text()
    assert page.get_by_label("E-mail").input_value() == "reader@example"
    expect(page.get_by_label("E-mail")).to_be_focused()

    page.get_by_label("E-mail").fill(READER)
    take_time(site, page, "subscribe")
    page.get_by_role("button", name="Tell me").click()
    assert page.url == f"{address}/subscribe/sent"

    (question,) = letters(site, 1)
    page.goto(address + link(question, "c"))
    page.get_by_role("button", name="Yes, tell me").click()
    assert page.locator("h1").inner_text() == "You are on the list"

    page.goto(f"{address}/d/")
    page.get_by_label("E-mail").fill(READER)
    take_time(site, page, "d")
    page.get_by_role("button", name="Send the link").click()
    (data,) = letters(site, 1)
    page.goto(address + link(data, "d"))
    assert READER in page.locator("pre").inner_text()
    page.get_by_role("button", name="Erase everything").click()
    assert page.locator("h1").inner_text() == "It is erased"
