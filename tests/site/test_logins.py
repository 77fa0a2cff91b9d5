"""Tests of neuronwise.site.logins and passwords: tries are counted and told, passwords have a length."""

import http.client
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from serving import Site, environment, running, write_book

from neuronwise.site.logins import TRIES

NAME, PASSWORD = "ada", "a long password"
MAKE_ACCOUNT = (
    f"import django; django.setup()\nfrom neuronwise.site.authors import account\naccount({NAME!r}, {PASSWORD!r})"
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A site of this test alone: its counts begin at nothing."""
    with running(write_book(tmp_path / "book"), tmp_path / "data") as site:
        settings = {"NEURONWISE_DATA": str(site.data), "DJANGO_SETTINGS_MODULE": "neuronwise.site.settings"}
        subprocess.run([sys.executable, "-c", MAKE_ACCOUNT], env=environment(**settings), check=True)
        yield site


def post(site: Site, path: str, session: str = "", **fields: str) -> tuple[int, str, str]:
    """Send a form of the admin as a browser does; status, page, and the session that comes back."""
    cookie = site.ask_admin("/admin/login/").headers["Set-Cookie"].partition(";")[0]
    form = urlencode(fields | {"csrfmiddlewaretoken": cookie.partition("=")[2]})
    headers = {"Cookie": f"{cookie}; {session}", "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", site.admin_port, timeout=30)
    connection.request("POST", path, form, headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    cookies = [one.partition(";")[0] for one in answer.headers.get_all("Set-Cookie", [])]
    return answer.status, page, next((one for one in cookies if one.startswith("__Host-session=")), "")


def log_in(site: Site, password: str, session: str = "") -> tuple[int, str, str]:
    """Try to log in."""
    return post(site, "/admin/login/", session, username=NAME, password=password)


def is_in(site: Site, session: str) -> bool:
    """Whether a session opens the admin."""
    return site.ask_admin("/admin/", Cookie=session).status == 200


def told(site: Site) -> list[dict[str, str]]:
    """What the site said of itself until its end."""
    site.process.terminate()
    assert site.process.stdout
    return [json.loads(line) for line in site.process.stdout.read().splitlines() if line.startswith("{")]


def test_after_ten_tries_an_hour_the_right_password_is_not_looked_at(site: Site) -> None:
    wrong = [log_in(site, "a wrong password")[0] for _ in range(TRIES.limit.network)]
    status, page, _ = log_in(site, PASSWORD)

    assert set(wrong) == {200}
    assert status == 429
    assert "Please try again in an hour." in page
    said = [line["message"] for line in told(site)]
    assert said.count("A log-in failed") == len(wrong)
    assert said.count("A log-in was not tried: too many in the last hour") == 1


def test_a_log_in_is_told_without_a_word_of_who_or_from_where(site: Site) -> None:
    assert log_in(site, PASSWORD)[0] == 302
    lines = told(site)

    assert [(line["message"], line["level"]) for line in lines] == [("The author has logged in", "info")]
    assert not any(word in json.dumps(lines) for word in (NAME, PASSWORD, "127.0.0.1"))


def test_logging_out_and_a_new_password_end_a_session(site: Site) -> None:
    first, second = (log_in(site, PASSWORD)[2] for _ in range(2))
    renewed = log_in(site, PASSWORD, second)[2]

    assert len({first, second, renewed}) == 3
    assert min(len(each.partition("=")[2]) for each in (first, second, renewed)) >= 32
    assert [is_in(site, each) for each in (first, second, renewed)] == [True, False, True]
    post(site, "/admin/logout/", first)
    assert [is_in(site, each) for each in (first, renewed)] == [False, True]
    settings = {"NEURONWISE_DATA": str(site.data), "DJANGO_SETTINGS_MODULE": "neuronwise.site.settings"}
    other = MAKE_ACCOUNT.replace(PASSWORD, "another long password")
    subprocess.run([sys.executable, "-c", other], env=environment(**settings), check=True)
    assert not is_in(site, renewed)


def test_a_new_password_needs_the_old_one(site: Site) -> None:
    session, new = log_in(site, PASSWORD)[2], "another long password"
    fields = {"new_password1": new, "new_password2": new}
    wrong_one = fields | {"old_password": "a wrong password"}

    wrong = post(site, "/admin/password_change/", session, **wrong_one)
    assert (wrong[0], "incorrectly" in wrong[1], log_in(site, new)[0]) == (200, True, 200)
    right = post(site, "/admin/password_change/", session, old_password=PASSWORD, **fields)
    assert (right[0], log_in(site, new)[0]) == (302, 302)


@pytest.mark.parametrize(
    "password",
    ["q" * 64 + "w" * 64, "correct horse battery", "🐴🔋📎🐴🔋📎🐴🔋📎🐴🔋📎", "only letters here", "пароль на память"],
)
def test_a_long_password_of_any_signs_is_taken(password: str) -> None:
    validate_password(password, User(username=NAME))


@pytest.mark.parametrize(
    "password", ["eleven char", "eleven         char"[:14], "x" * 129, "password1234", "1234567890123", "adaadaadaada"]
)
def test_a_password_that_is_short_long_common_or_a_number_is_refused(password: str) -> None:
    with pytest.raises(ValidationError):
        validate_password(password, User(username="adaadaadaada"))


def test_a_new_password_is_told(tmp_path: Path) -> None:
    settings = {"NEURONWISE_DATA": str(tmp_path), "DJANGO_SETTINGS_MODULE": "neuronwise.site.settings"}
    with running(write_book(tmp_path / "book"), tmp_path):
        done = subprocess.run(
            [sys.executable, "-c", MAKE_ACCOUNT],
            env=environment(**settings),
            capture_output=True,
            text=True,
            check=True,
        )

    assert [json.loads(line)["message"] for line in done.stderr.splitlines()] == [
        "The password of the author's side is a new one"
    ]
    assert not any(word in done.stderr for word in (NAME, PASSWORD))
