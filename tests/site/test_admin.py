"""Tests of the author's side: on its own listener, for who has logged in, invisible from the readers' side."""

import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlencode
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect, sync_playwright
from serving import ASSETS, FILES, SLUG, Site, environment, running, write_book

FORM = "application/x-www-form-urlencoded"
SWITCHES = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
NAME, PASSWORD = "ada", "a long password"  # of an account that lives as long as a test
TABLES = ("chapter", "subscriber", "delivery", "reply")
LISTS = [*(f"/admin/site/{table}/" for table in TABLES), "/admin/auth/user/"]
MAKE_ACCOUNT = (
    "import django; django.setup()\n"
    "from neuronwise.site.authors import account\n"
    f"account({NAME!r}, {PASSWORD!r})\n"
    "from neuronwise.site.models import Delivery, Subscriber\n"
    "from neuronwise.site.replies.models import Reply\n"
    "addresses = [f'{name}@example.org' for name in ('reader', 'other')]\n"
    "one, other = (Subscriber.objects.create(address=address, state='active') for address in addresses)\n"
    "Delivery.objects.create(topic='chapter:1', subscriber=one, state='failed', next_try='2050-01-01T00:00Z')\n"
    "Delivery.objects.create(topic='chapter:2', subscriber=one, state='sent')\n"
    "Reply.objects.create(chapter_id=1, name='Ann', address='ann@example.org', text='<b>Why</b> is that?')"
)


@pytest.fixture(scope="module")
def draft(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A public site whose only chapter is a draft; with an author and a subscriber."""
    folder = tmp_path_factory.mktemp("admin")
    with running(write_book(folder / "book"), folder / "data", NEURONWISE_URL="https://book.example") as site:
        settings = {"NEURONWISE_DATA": str(site.data), "DJANGO_SETTINGS_MODULE": "neuronwise.site.settings"}
        subprocess.run([sys.executable, "-c", MAKE_ACCOUNT], env=environment(**settings), check=True)
        yield site


@pytest.fixture(scope="module")
def author(draft: Site) -> Iterator[Page]:
    """A browser in which the author has logged in. At the end: no complaint of policy or script."""
    path = os.environ.get("NEURONWISE_CHROMIUM") or shutil.which("chromium")
    heard: list[str] = []
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=path, args=SWITCHES).new_page()
        page.on("console", lambda message: heard.append(message.text))
        page.goto(f"http://127.0.0.1:{draft.admin_port}/")
        page.get_by_label("Username").fill(NAME)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        expect(page.get_by_text("The author's side")).to_be_visible()
        yield page
    assert [words for words in heard if not words.startswith("Failed to load resource")] == []


@pytest.mark.parametrize("path", ["/admin/", "/admin", "/admin/login/", *LISTS, "/static/site/admin.css", "/metrics"])
def test_the_readers_side_has_no_admin_whatever_it_is_asked(draft: Site, path: str) -> None:
    plain = draft.ask(path)
    forwarded = draft.ask(path, Host=f"127.0.0.1:{draft.admin_port}", X_Forwarded_Port=str(draft.admin_port))

    assert [plain.status, forwarded.status] == [404, 404]
    assert "Set-Cookie" not in plain.headers


def test_a_cookie_of_the_admin_means_nothing_to_the_readers_side(draft: Site) -> None:
    answer = draft.ask("/", Cookie="__Host-session=; __Host-session=abc")

    assert answer.status == 200
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("path", ["/", "/admin/", f"/{SLUG}/", f"/{SLUG}/book.pdf", *LISTS])
def test_who_has_not_logged_in_is_asked_to(draft: Site, path: str) -> None:
    answer = draft.ask_admin(path)

    assert answer.status == 302
    assert answer.headers["Location"].startswith("/admin/")


def test_the_admins_cookies_are_kept_for_this_host_and_from_scripts_and_foreign_pages(
    author: Page, draft: Site
) -> None:
    asked = draft.ask_admin("/admin/login/").headers.get_all("Set-Cookie", [])
    kept = author.context.cookies()

    assert [cookie.partition("=")[0] for cookie in asked] == ["__Host-csrf"]
    assert sorted(cookie["name"] for cookie in kept) == ["__Host-csrf", "__Host-session"]
    for cookie in kept:
        assert (cookie["httpOnly"], cookie["secure"], cookie["sameSite"], cookie["path"]) == (True, True, "Strict", "/")


def test_looking_changes_no_byte_of_the_database(author: Page, draft: Site) -> None:
    database = draft.data / "site.sqlite3"
    before = database.read_bytes()

    for path in ("/admin/", "/admin/login/", "/metrics", "/health", f"/{SLUG}/", *LISTS):
        for method in ("GET", "HEAD", "OPTIONS"):
            draft.ask_admin(path, method)
        author.goto(f"http://127.0.0.1:{draft.admin_port}{path}")

    assert database.read_bytes() == before


def test_a_form_that_does_not_come_from_the_admin_is_refused(draft: Site) -> None:
    answer = draft.ask_admin("/admin/login/", "POST", Content_Length="0")

    assert answer.status == 403
    assert b"Nothing was changed." in answer.body
    assert b"<style" not in answer.body


@pytest.mark.parametrize("path", LISTS)
def test_the_author_finds_every_table(author: Page, draft: Site, path: str) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}{path}")

    expect(author.locator("#changelist")).to_be_visible()


def test_the_author_sees_a_draft_as_it_will_look_and_its_downloads(author: Page, draft: Site) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/chapter/1/change/")
    author.get_by_role("link", name="View on site").click()

    expect(author).to_have_title("The smallest network")
    assert draft.ask(f"/{SLUG}/", Host="book.example").status == 404
    assert draft.ask_admin(f"/{ASSETS}/style.css").body == FILES[f"{ASSETS}/style.css"]


def test_subscribers_are_found_and_nobody_can_be_added_by_hand(author: Page, draft: Site) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/subscriber/?q=reader")

    expect(author.locator("#result_list tbody tr")).to_have_count(1)
    answer = author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/subscriber/add/")
    assert answer
    assert answer.status == 403


@pytest.mark.parametrize(("field", "status"), [("", 200), ("id", 200), ("address", 400), ("nothing", 400)])
def test_a_row_is_found_by_its_key_whatever_field_the_address_names(
    author: Page, draft: Site, field: str, status: int
) -> None:
    ((key,),) = rows(draft, "SELECT id FROM site_subscriber LIMIT 1")

    answer = author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/subscriber/{key}/change/?_to_field={field}")

    assert answer
    assert answer.status == status


def act(author: Page, draft: Site, table: str, words: str, action: str) -> None:
    """Choose the rows with these words, and do something with them."""
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/{table}/")
    author.locator("tr", has_text=words).get_by_role("checkbox").check()
    author.locator("select[name=action]").select_option(label=action)
    author.get_by_role("button", name="Go").click()


def rows(site: Site, query: str) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(site.data / "site.sqlite3")) as database:
        return database.execute(query).fetchall()


def test_a_letter_that_failed_is_queued_again_and_one_that_went_is_not(author: Page, draft: Site) -> None:
    for topic, count in (("chapter:1", 1), ("chapter:2", 0)):
        act(author, draft, "delivery", topic, "Send once more what failed or is unknown")
        expect(author.get_by_text(f"Queued again: {count}.")).to_be_visible()

    (state,) = rows(draft, "SELECT state FROM site_delivery WHERE topic = 'chapter:2'")
    assert state == ("sent",)


def test_to_unsubscribe_and_to_erase_is_noted_and_leaves_no_trace(author: Page, draft: Site) -> None:
    act(author, draft, "subscriber", "other@example.org", "Unsubscribe")
    expect(author.get_by_text("Unsubscribed: 1.")).to_be_visible()
    assert rows(draft, "SELECT state FROM site_subscriber WHERE address LIKE 'other%'") == [("gone",)]

    act(author, draft, "subscriber", "other@example.org", "Delete selected subscribers")
    author.get_by_role("button", name="Yes, I’m sure").click()
    expect(author.get_by_text("Successfully deleted 1 subscriber.")).to_be_visible()

    noted = [line.split()[1] for line in (draft.data / "withdrawn.log").read_text().splitlines()]
    assert noted == ["gone", "erased"]
    assert not [file for file in draft.data.rglob("*") if file.is_file() and b"other@example.org" in file.read_bytes()]


def test_more_than_a_thousand_rows_can_be_chosen_at_once(author: Page, draft: Site) -> None:
    address = f"http://127.0.0.1:{draft.admin_port}/admin/site/subscriber/"
    author.goto(address)
    token = author.locator("#changelist-form input[name=csrfmiddlewaretoken]").get_attribute("value")
    form = [("csrfmiddlewaretoken", token), ("action", "delete_selected")]
    form += [("_selected_action", str(UUID(int=number))) for number in range(4_500)]

    answer = author.request.post(
        address, data=urlencode(form), headers={"Content-Type": FORM, "Referer": address}, max_redirects=0
    )

    assert answer.status == 200
    assert "Are you sure" in answer.text()


@pytest.mark.parametrize(("action", "state"), [("Refuse", "refused"), ("Approve", "approved")])
def test_the_author_decides_on_replies(author: Page, draft: Site, action: str, state: str) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/reply/")
    expect(author.locator("#result_list tbody tr")).to_contain_text("<b>Why</b> is that?")
    author.locator("#result_list tbody input").check()
    option = author.locator("select[name=action] option").filter(has_text=action)
    author.locator("select[name=action]").select_option(option.get_attribute("value"))
    author.locator("button[name=index]").click()

    expect(author.locator(".messagelist")).to_contain_text(f"1 {state}")
    with closing(sqlite3.connect(draft.data / "site.sqlite3")) as database:
        assert database.execute("SELECT state FROM site_reply").fetchall() == [(state,)]
    assert re.search(r"/r/[\w-]{48}$", author.get_by_role("link", name="Read and answer").get_attribute("href") or "")


def test_a_program_that_keeps_passwords_learns_whose_a_new_one_is(author: Page, draft: Site) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/")
    author.get_by_role("link", name="Change password").click()

    name = author.locator("form:has([autocomplete=new-password]) [type=text][autocomplete=username]")
    expect(name).to_have_value(NAME)
    wrong = {"Old password": "a wrong password", "New password": "short", "New password confirmation": "shirt"}
    for label, password in wrong.items():
        author.get_by_label(f"{label}:", exact=True).fill(password)
    author.get_by_role("button", name="Change my password").click()
    expect(author.get_by_label("Old password")).to_have_accessible_description(re.compile("incorrectly"))


def test_a_password_is_kept_as_a_slow_hash(draft: Site) -> None:
    with closing(sqlite3.connect(draft.data / "site.sqlite3")) as database:
        ((password,),) = database.execute("SELECT password FROM auth_user")

    assert re.fullmatch(r"pbkdf2_sha256\$\d{6,}\$.*", password)


def test_accounts_are_made_by_the_command_alone(author: Page, draft: Site) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/auth/user/")
    expect(author.get_by_role("link", name=NAME)).to_be_visible()
    expect(author.get_by_role("link", name="Add user")).to_have_count(0)

    author.get_by_role("link", name=NAME).click()

    expect(author.locator("#content input:not([type=hidden])")).to_have_count(0)
    expect(author.locator("#content")).not_to_contain_text("Password")


def test_a_reply_s_own_page_leads_to_where_it_is_decided(author: Page, draft: Site) -> None:
    author.goto(f"http://127.0.0.1:{draft.admin_port}/admin/site/reply/")
    link = author.get_by_role("link", name="Read and answer")
    expect(link).to_be_in_viewport(ratio=1)

    author.locator("#result_list th a[href*=change]").first.click()

    expect(link).to_have_attribute("href", re.compile(r"^https://book\.example/r/[\w-]{48}$"))
