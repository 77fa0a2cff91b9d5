"""Tests of neuronwise.site.addresses."""

from threading import Event
from urllib.parse import urlsplit

import pytest
from django.test import override_settings

from neuronwise.site import relay
from neuronwise.site.addresses import address


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("reader@example.org", "reader@example.org"),
        ("  Reader+Book@Example.ORG\t", "reader+book@example.org"),
        ("a@bücher.example", "a@xn--bcher-kva.example"),
        ("a@xn--bcher-kva.example", "a@xn--bcher-kva.example"),
    ],
)
def test_an_address_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert address(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "reader",
        "reader@localhost",
        "reader@example",
        "a@b@example.org",
        "a b@example.org",
        "a@example.org\nBcc: all@example.org",
        "a@example.org\r\n\r\nBody",
        "<a@example.org>",
        '"a b"@example.org',
        "a@[192.0.2.1]",
        "a" * 65 + "@example.org",
        "a@" + "b" * 300 + ".example",
        "a@exa\u202emple.org",
        "a\u202eb@example.org",
    ],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^This doesn't look like an e-mail address such as reader@example\.org\."):
        address(typed)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("MÜller@Example.ORG", "mÜller@example.org"),  # whether Ü and ü are one mailbox, its server knows alone
        ("mu\u0308ller@example.org", "m\u00fcller@example.org"),
        ("Straße@example.org", "straße@example.org"),
        ("İ@bücher.example", "İ@xn--bcher-kva.example"),
        ("用户@example.org", "用户@example.org"),
    ],
)
def test_letters_outside_ascii_are_kept_as_they_are_but_composed(typed: str, kept: str) -> None:
    assert address(typed) == address(kept) == kept


def test_letters_outside_ascii_are_taken_where_the_mail_server_has_said_so(monkeypatch: pytest.MonkeyPatch) -> None:
    with override_settings(MAIL=urlsplit("smtp://mail.example")):
        monkeypatch.setattr(relay, "UTF8", Event())
        with pytest.raises(ValueError, match=r"^Letters outside a to z before the @"):
            address("müller@example.org")
        relay.UTF8.set()
        assert address("müller@example.org") == "müller@example.org"


def test_nothing_is_asked_for() -> None:
    with pytest.raises(ValueError, match=r"^Please type your e-mail address\.$"):
        address(" ")
