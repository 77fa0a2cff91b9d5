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


def log_in(site: Site, password: str) -> tuple[int, str]:
    """Try to log in as a browser does; status and page."""
    cookie = site.ask_admin("/admin/login/").headers["Set-Cookie"].partition(";")[0]
    fields = {"username": NAME, "password": password, "csrfmiddlewaretoken": cookie.partition("=")[2]}
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection = http.client.HTTPConnection("127.0.0.1", site.admin_port, timeout=10)
    connection.request("POST", "/admin/login/", urlencode(fields), headers)
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer.status, page


def told(site: Site) -> list[dict[str, str]]:
    """What the site said of itself until its end."""
    site.process.terminate()
    assert site.process.stdout
    return [json.loads(line) for line in site.process.stdout.read().splitlines() if line.startswith("{")]


def test_after_ten_tries_an_hour_the_right_password_is_not_looked_at(site: Site) -> None:
    wrong = [log_in(site, "a wrong password")[0] for _ in range(TRIES.limit.network)]
    status, page = log_in(site, PASSWORD)

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
