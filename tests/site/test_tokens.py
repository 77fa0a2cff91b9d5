"""Tests of neuronwise.site.tokens."""

from uuid import UUID, uuid4

import pytest
from forged import accepted

from neuronwise.site.tokens import CONFIRM, LIVES, MODERATE, OWN_DATA, UNSUBSCRIBE, opened, token

NOW = 1_800_000_000.0
WEEK, HOUR = 7 * 24 * 3600, 3600


def test_of_ten_thousand_forged_tokens_none_opens_anything() -> None:
    assert list(accepted(10_000)) == []


def test_a_token_opens_for_its_own_purpose_alone() -> None:
    for made in LIVES:
        for asked in LIVES:
            who = uuid4()
            assert opened(asked, token(made, who)) == (who if made == asked else None)


@pytest.mark.parametrize(("purpose", "life"), [(CONFIRM, WEEK), (OWN_DATA, HOUR), (MODERATE, 30 * 24 * HOUR)])
def test_a_token_expires_to_the_second(purpose: str, life: int) -> None:
    one = token(purpose, UUID(int=1), now=NOW)

    assert opened(purpose, one, now=NOW + life - 1) == UUID(int=1)
    assert opened(purpose, one, now=NOW + life) is None


MAILED = {  # by the secret "a secret", at NOW
    CONFIRM: "AAAAAAAAAAAAAAAAAAAAAWtTDICCgaroQX0UjRapajSQiqtv",
    UNSUBSCRIBE: "AAAAAAAAAAAAAAAAAAAAAQAAAAC0YIDFj1sToIHsStdN_a6Q",
    OWN_DATA: "AAAAAAAAAAAAAAAAAAAAAWtJ4BBgE6ZwrMoFlfMmc08nh4s6",
    MODERATE: "AAAAAAAAAAAAAAAAAAAAAWtxXwDE0hfmhzow5WfJMLXoejjW",
}


@pytest.mark.parametrize("purpose", LIVES)
def test_what_was_mailed_once_opens_in_each_later_version(purpose: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings  # noqa: PLC0415

    monkeypatch.setattr(settings, "SECRET_KEY", "a secret")

    assert token(purpose, UUID(int=1), now=NOW) == MAILED[purpose]
    assert opened(purpose, MAILED[purpose], now=NOW) == UUID(int=1)


def test_the_way_out_works_for_ever() -> None:
    assert opened(UNSUBSCRIBE, token(UNSUBSCRIBE, UUID(int=1), now=NOW), now=NOW + 1e9) == UUID(int=1)


def test_links_in_old_mail_outlive_a_new_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    old, foreign = token(UNSUBSCRIBE, UUID(int=1)), UUID(int=2)
    from django.conf import settings  # noqa: PLC0415

    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [settings.SECRET_KEY])
    monkeypatch.setattr(settings, "SECRET_KEY", "a newer one")
    assert opened(UNSUBSCRIBE, old) == UUID(int=1)

    monkeypatch.setattr(settings, "SECRET_KEY_FALLBACKS", [])
    assert opened(UNSUBSCRIBE, old) is None
    assert opened(UNSUBSCRIBE, token(UNSUBSCRIBE, foreign)) == foreign


@pytest.mark.parametrize("text", ["", "A" * 48, "A" * 47, "é" * 48, "+" * 48, "=" * 48, " " * 48, "A" * 10_000])
def test_what_is_no_token_opens_nothing(text: str) -> None:
    assert [opened(purpose, text) for purpose in LIVES] == [None] * len(LIVES)


def test_each_token_has_one_spelling() -> None:
    spelt = next(one for one in iter(lambda: token(UNSUBSCRIBE, uuid4()), None) if {"-", "_"} <= set(one))

    assert opened(UNSUBSCRIBE, spelt.replace("-", "+").replace("_", "/")) is None
