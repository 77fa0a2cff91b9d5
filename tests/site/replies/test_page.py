"""Tests of the replies in a real Chromium: without JavaScript, and with nothing that the policy refuses."""

import os
import re
import shutil
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode

import pytest
from playwright.sync_api import Browser, Page, Route, expect, sync_playwright
from replying import BOOK, GOOD, form_time, link, reply, send
from serving import SLUG, Site, running, write_book

SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests."""
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=SWITCHES)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with a reply that holds what could go wrong in a page."""
    folder = tmp_path_factory.mktemp("replies")
    with running(write_book(folder / "book", files=BOOK), folder / "data") as running_site:
        text = "<script>alert(1)</script> `<img src=x onerror=alert(1)>` $" + "x+" * 100 + r"\text{<b>}$"
        reply(running_site, name="<b>Ann</b>", text=text)
        send(running_site, link(running_site), {"decision": "approved"})
        yield running_site


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """The chapter's page without JavaScript. The form that it sends was opened ten seconds ago."""
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def ten_seconds_later(route: Route) -> None:
        fields = parse_qs(route.request.post_data or "") | {"form": [form_time(site.data, 10)]}
        route.continue_(post_data=urlencode(fields, doseq=True))

    page.route("**/reply", ten_seconds_later)
    page.goto(f"http://localhost:{site.port}/{SLUG}/")
    yield page
    context.close()


def fill(page: Page, **fields: str) -> None:
    for name, value in ({"name": GOOD["name"], "email": GOOD["email"], "text": GOOD["text"]} | fields).items():
        page.locator(f".reply-form [name={name}]").fill(value)


def test_without_javascript_a_reader_previews_and_sends(page: Page) -> None:
    fill(page)
    page.get_by_label("About").select_option("a = w x")
    page.get_by_role("button", name="Preview").click()
    expect(page.locator(".preview math")).to_have_text("a")
    expect(page.locator(".preview header")).to_contain_text("on a = w x")
    expect(page.get_by_label("About")).to_have_value("formula-a")

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_a_mistake_is_told_to_who_cannot_see_it(page: Page) -> None:
    fill(page, email="ann@b")

    page.get_by_role("button", name="Send").click()

    email = page.get_by_label("E-mail").and_(page.locator(".reply-form input"))
    expect(email).to_be_focused()
    expect(email).to_have_value("ann@b")
    expect(email).to_have_attribute("aria-invalid", "true")
    expect(email).to_have_accessible_description(re.compile("This doesn't look like an e-mail address"))
    expect(page.get_by_label("Reply", exact=False).and_(page.locator("textarea"))).to_have_value(GOOD["text"])


def test_what_was_sent_too_quickly_needs_the_button_alone(page: Page) -> None:
    page.unroute("**/reply")
    fill(page)

    page.get_by_role("button", name="Send").click()

    button = page.get_by_role("button", name="Send")
    expect(button).to_be_focused()
    expect(button).to_have_accessible_description(re.compile("press the button once more"))
    expect(page.locator("[aria-invalid]")).to_have_count(0)


def test_a_preview_is_what_one_sees_first(page: Page) -> None:
    page.set_viewport_size({"width": 380, "height": 300})
    fill(page)

    page.get_by_role("button", name="Preview").click()

    expect(page.locator(".preview")).to_be_in_viewport()


def test_an_answer_is_left_in_its_thread(page: Page) -> None:
    page.get_by_role("link", name="Answer").click()
    expect(page.get_by_role("heading", name="Answer <b>Ann</b>")).to_be_visible()
    fill(page, text="An answer.")

    page.get_by_role("button", name="Send").click()

    expect(page.get_by_role("heading", level=1)).to_have_text("Thank you")


def test_a_formula_leads_to_its_replies_and_they_lead_back(page: Page) -> None:
    page.get_by_role("link", name="1 reply to a = w x").click()
    expect(page.locator(".reply")).to_have_count(1)
    expect(page.get_by_label("About")).to_have_value("formula-a")

    page.get_by_role("link", name="a = w x").first.click()

    assert page.url.endswith(f"/{SLUG}/#formula-a")


def test_a_hostile_reply_is_words_and_the_policy_has_nothing_to_refuse(browser: Browser, site: Site) -> None:
    context = browser.new_context()
    page = context.new_page()
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.on("dialog", lambda dialog: heard.append(dialog.message))

    page.goto(f"http://localhost:{site.port}/{SLUG}/")

    expect(page.locator(".words")).to_contain_text("<script>alert(1)</script>")
    expect(page.locator(".reply b")).to_have_text("<b>Ann</b>")
    assert page.locator(".words script, .words img, .words b").count() == 0
    assert [words for words in heard if not words.startswith("Failed to load resource")] == []
    context.close()
