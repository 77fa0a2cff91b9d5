"""Tests of neuronwise.site.guard."""

import dataclasses
import time
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.http import HttpRequest, QueryDict

from neuronwise.site.guard import (
    HONEYPOT,
    TIME,
    Limit,
    Limiter,
    Verdict,
    examined,
    form_time,
    is_ours,
    kept_time,
    network,
    time_verdict,
)


def test_a_thousand_forms_from_one_network_are_one_bucket() -> None:
    limiter = Limiter(Limit(network=60, site=3_000))

    taken = [limiter.takes(f"2001:db8:7:{n:x}::1", now=0) for n in range(1_000)]

    assert (sum(taken), len(limiter.counts)) == (60, 1)
    assert limiter.takes("2001:db8:8::1", now=0)
    assert limiter.takes("2001:db8:7::1", now=3_600)


def test_the_site_as_a_whole_has_a_limit_and_no_address_is_kept() -> None:
    limiter = Limiter(Limit(network=60, site=100))

    taken = [limiter.takes(f"192.0.{n}.1", now=0) for n in range(200)]

    assert sum(taken) == 100
    assert not any(b"192" in bucket for bucket in limiter.counts)


@pytest.mark.parametrize("text", ["", "x", "A" * 32, "A" * 33])
def test_a_forged_form_time_counts_as_late(text: str) -> None:
    assert time_verdict("subscribe", text) is Verdict.LATE


def test_the_time_of_another_form_counts_as_late() -> None:
    assert time_verdict("reply", form_time("subscribe", now=0), now=10) is Verdict.LATE


@pytest.mark.parametrize(
    ("headers", "ours"),
    [
        ({"HTTP_SEC_FETCH_SITE": "same-origin"}, True),
        ({"HTTP_SEC_FETCH_SITE": "cross-site", "HTTP_ORIGIN": "http://localhost:8000"}, False),
        ({"HTTP_SEC_FETCH_SITE": "none"}, False),
        ({"HTTP_ORIGIN": "http://localhost:8000"}, True),
        ({"HTTP_ORIGIN": "http://127.0.0.1:8000"}, True),
        ({"HTTP_ORIGIN": "https://localhost:8000"}, False),
        ({"HTTP_ORIGIN": "http://evil.example"}, False),
        ({"HTTP_ORIGIN": "null"}, False),
        ({"HTTP_ORIGIN": "http://["}, False),
        ({}, False),
    ],
)
def test_a_form_comes_from_a_page_of_ours(headers: dict[str, str], ours: bool) -> None:  # noqa: FBT001
    request = HttpRequest()
    request.META.update(headers)

    assert is_ours(request) is ours


@pytest.mark.parametrize(
    ("origin", "ours"),
    [
        ("https://book.example", True),
        ("https://book.example:444", False),
        ("https://localhost", False),
        ("http://book.example", False),
        ("", False),
    ],
)
def test_with_a_public_address_a_form_comes_from_there(
    monkeypatch: pytest.MonkeyPatch,
    origin: str,
    ours: bool,  # noqa: FBT001
) -> None:
    monkeypatch.setattr(settings, "URL", urlsplit("https://book.example"))
    request = HttpRequest()
    request.META["HTTP_ORIGIN"] = origin

    assert is_ours(request) is ours


@pytest.mark.parametrize("url", ["", "http:", "//", "http://"])
def test_who_names_no_host_is_no_page_of_ours_even_if_we_had_none(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setattr(settings, "URL", urlsplit("http://XXXX"))
    request = HttpRequest()
    request.META["HTTP_ORIGIN"] = url

    assert not is_ours(request)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("192.0.2.255", "192.0.2.0/24"),
        ("2001:db8:1:ffff::3", "2001:db8:1::/48"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("a socket", ""),
        ("", ""),
    ],
)
def test_a_network_is_as_large_as_a_household_or_a_company(address: str, expected: str) -> None:
    assert network(address) == expected


AT = 1_800_000_000


@pytest.mark.parametrize(
    ("age", "verdict"),
    [(0, "EARLY"), (2.9, "EARLY"), (3, "FINE"), (4 * 3600, "FINE"), (4 * 3600 + 0.1, "LATE"), (-1, "EARLY")],
)
def test_a_form_is_old_enough_and_not_too_old(monkeypatch: pytest.MonkeyPatch, age: float, verdict: str) -> None:
    monkeypatch.setattr(time, "time", lambda: AT + 0.0)
    sealed = form_time("subscribe")

    assert sealed == form_time("subscribe", now=AT)
    assert time_verdict("subscribe", sealed, now=AT + age) is Verdict[verdict]
    monkeypatch.setattr(time, "time", lambda: AT + age)
    assert time_verdict("subscribe", sealed) is Verdict[verdict]


def test_a_form_that_was_open_during_an_update_is_taken_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "SECRET_KEY", "a secret")

    assert form_time("subscribe", now=AT) == "AAAAAGtJ0gBmnXIc1ZOFvcj90Gkuspsr"


def test_the_limits_hold_for_an_hour_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    limiter, taken = Limiter(Limit(network=1, site=2)), []
    for second in (0, 1, 3599, 3600, 3600 * 400_000 + 3599, 3600 * 400_000 - 1):
        monkeypatch.setattr(time, "time", lambda second=second: second)
        taken.append(limiter.takes("192.0.2.7"))

    assert taken == [True, False, False, True, True, True]
    assert len(limiter.key) == 32
    assert Limiter(limiter.limit).key != limiter.key


def test_a_limit_stays_as_it_is() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        Limit(1, 2).site = 3  # type: ignore[misc]


WORDS = {
    Verdict.FINE: "",
    Verdict.TRAP: "Thank you.",
    Verdict.EARLY: "That was very quick. Please press the button once more.",
    Verdict.LATE: "This page was open for more than four hours. Please press the button once more.",
    Verdict.FOREIGN: "This form came from another page than ours. Please press the button once more.",
    Verdict.MANY: "There were very many of these in the last hour. Please try again in an hour.",
}


def test_each_verdict_has_its_words_and_status() -> None:
    assert {verdict: str(verdict) for verdict in Verdict} == WORDS
    assert {verdict.name: verdict.status for verdict in Verdict} == dict.fromkeys(Verdict.__members__, 422) | {
        "MANY": 429
    }


def sent(**fields: str | None) -> HttpRequest:
    """A form that a browser sends from a page of ours."""
    request = HttpRequest()
    request.method = "POST"
    typed = {"form": form_time("subscribe", now=time.time() - 10)} | fields
    request.POST = QueryDict(urlencode({name: value for name, value in typed.items() if value is not None}))
    request.META.update({"HTTP_SEC_FETCH_SITE": "same-origin", "REMOTE_ADDR": "192.0.2.7"})
    return request


def test_a_form_is_examined_in_the_order_that_costs_a_person_least() -> None:
    limiter = Limiter(Limit(network=1, site=2))
    foreign, nobody = sent(), sent()
    foreign.META["HTTP_SEC_FETCH_SITE"] = "cross-site"
    del nobody.META["REMOTE_ADDR"]
    untimed = sent(form=None)
    trap = sent(website="https://spam.example")
    trap.META["HTTP_SEC_FETCH_SITE"] = "cross-site"

    first = [examined(each, "subscribe", limiter).name for each in (trap, foreign, untimed, sent(form="x"))]
    early = examined(sent(form=form_time("subscribe")), "subscribe", limiter)
    other = examined(sent(), "reply", limiter)
    counted = limiter.counts.total()
    taken = [examined(each, "subscribe", limiter).name for each in (sent(website=""), sent(), nobody, nobody)]

    assert (HONEYPOT, TIME) == ("website", "form")
    assert first == ["TRAP", "FOREIGN", "LATE", "LATE"]
    assert (early, other, counted) == (Verdict.EARLY, Verdict.LATE, 0)
    assert taken == ["FINE", "MANY", "FINE", "MANY"]


@pytest.mark.parametrize(("age", "verdict"), [(1, "EARLY"), (10, "FINE"), (5 * 3600, "FINE"), (None, "FINE")])
def test_a_form_that_is_shown_again_does_not_make_anybody_wait_anew(age: float | None, verdict: str) -> None:
    text = "forged" if age is None else form_time("subscribe", time.time() - age)

    again = kept_time("subscribe", text)

    assert (again == text) == (age in {1, 10})
    assert time_verdict("subscribe", again).name == verdict
    assert time_verdict("subscribe", again, now=time.time() + 2) is Verdict.FINE
