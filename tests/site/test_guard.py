"""Tests of neuronwise.site.guard."""

import pytest
from django.http import HttpRequest

from neuronwise.site.guard import Limit, Limiter, Verdict, form_time, is_ours, time_verdict


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
