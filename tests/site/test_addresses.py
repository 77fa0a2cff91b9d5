"""Tests of neuronwise.site.addresses."""

import pytest

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
def test_an_address_is_kept_in_small_ascii_letters(typed: str, kept: str) -> None:
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
    ],
)
def test_what_is_no_address_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(ValueError, match=r"^This doesn't look like an e-mail address such as reader@example\.org\."):
        address(typed)


def test_letters_that_not_every_server_takes_are_refused_with_the_reason() -> None:
    with pytest.raises(ValueError, match=r"^Letters outside a to z before the @"):
        address("müller@example.org")


def test_nothing_is_asked_for() -> None:
    with pytest.raises(ValueError, match=r"^Please type your e-mail address\.$"):
        address(" ")
