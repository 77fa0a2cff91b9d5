"""Tests of neuronwise.site.relay: what is said to a mail server, and what is believed of it."""

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from certificates import OPENSSL, certificate
from ledgers import sinking
from rude import Server, between, endless, plain, silent, talking, trickling

from neuronwise.site import relay
from neuronwise.site.ledger import State
from neuronwise.site.postbox import Outcome, PostboxError, Posting
from neuronwise.site.relay import NOT_OFFERED, SENT, Relay

ELSEWHERE = "127.1"  # this machine by a name that doesn't say so: another one, for all that the site knows
USER = "book:p%40ss@"


@pytest.fixture
def opened() -> Iterator[Callable[[str], Relay]]:
    """Relays for addresses, hung up in the end."""
    relays: list[Relay] = []

    def open_relay(address: str) -> Relay:
        relays.append(Relay(urlsplit(address), "book@example.org"))
        return relays[-1]

    yield open_relay
    for each in relays:
        each.close()


def posted(box: Relay, *to: str) -> list[Outcome]:
    """Post a letter to each; what became of them."""
    postings = [
        Posting(uuid4(), each, f"Message-ID: <a@b>\r\nTo: {each}\r\n\r\nWords\r\n".encode())
        for each in to or ["fine@example.org"]
    ]
    return [outcome for _, outcome in box.post("worker", postings)]


def refused(box: Relay) -> str:
    """Post a letter that is not to be taken; why."""
    with pytest.raises(PostboxError) as error:
        posted(box)
    return str(error.value)


# STARTTLS

needs_openssl = pytest.mark.skipif(OPENSSL is None, reason="nothing makes a certificate")
Between = Callable[[Callable[[bytes], bytes]], Server]


@pytest.fixture(scope="module")
def encrypted(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, Path]]:
    """The port of a mail server that takes letters by STARTTLS, from a user alone; and its folder with certificates."""
    folder = tmp_path_factory.mktemp("relay")
    with sinking(folder / "taken", "--user", "--starttls", "--pem", certificate(folder, ELSEWHERE)) as sink:
        yield sink.port, folder


@pytest.fixture
def trusted(encrypted: tuple[int, Path], monkeypatch: pytest.MonkeyPatch) -> int:
    """The same server, its certificate trusted."""
    port, folder = encrypted
    monkeypatch.setenv("SSL_CERT_FILE", certificate_of(folder))
    return port


def certificate_of(folder: Path) -> str:
    return str(next(folder.glob("*.pem")))


@needs_openssl
def test_a_letter_goes_to_another_machine_by_starttls_after_a_log_in(
    trusted: int, opened: Callable[[str], Relay]
) -> None:
    with talking(partial(between, trusted, bytes)) as middle:
        box = opened(f"smtp://{USER}{ELSEWHERE}:{middle.port}")

        assert posted(box, "fine@example.org", "no-550@example.org") == [SENT, Outcome(State.FAILED, "550")]
        box.close()

        assert middle.verbs[:2] == ["EHLO", "STARTTLS"]
        assert not any(word in b"".join(middle.heard) for word in (b"AUTH", b"MAIL", b"fine@"))


@needs_openssl
def test_a_letter_goes_by_starttls_where_nobody_logs_in(
    tmp_path: Path, opened: Callable[[str], Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, ELSEWHERE)
    monkeypatch.setenv("SSL_CERT_FILE", pem)
    with sinking(tmp_path / "taken", "--starttls", "--pem", pem) as sink:
        assert posted(opened(f"smtp://{ELSEWHERE}:{sink.port}")) == [SENT]


@needs_openssl
def test_a_wrong_password_is_no_letters_fault(trusted: int, opened: Callable[[str], Relay]) -> None:
    why = refused(opened(f"smtp://book:wrong@{ELSEWHERE}:{trusted}"))

    assert "it answers 535 to the user and password of NEURONWISE_MAIL" in why
    assert "wrong" not in why


@needs_openssl
def test_a_letter_goes_by_tls_from_the_start_after_a_log_in(
    tmp_path: Path, opened: Callable[[str], Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    pem = certificate(tmp_path, ELSEWHERE)
    monkeypatch.setenv("SSL_CERT_FILE", pem)
    with sinking(tmp_path / "taken", "--user", "--pem", pem) as sink:
        assert posted(opened(f"smtps://{USER}{ELSEWHERE}:{sink.port}")) == [SENT]
        assert "it answers 535 to the user and" in refused(opened(f"smtps://book:wrong@{ELSEWHERE}:{sink.port}"))
        assert sink.taken == ["fine@example.org"]


@needs_openssl
@pytest.mark.parametrize(
    ("host", "days", "trusts", "why"),
    [
        (ELSEWHERE, 2, False, "self-signed certificate"),
        (ELSEWHERE, -1, True, "certificate has expired"),
        ("mail.example", 2, True, f"Hostname mismatch, certificate is not valid for '{ELSEWHERE}'"),
    ],
)
@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_a_certificate_that_cannot_be_trusted_ends_the_line_before_anything_is_said(  # noqa: PLR0913, PLR0917
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    opened: Callable[[str], Relay],
    host: str,
    days: int,
    trusts: bool,  # noqa: FBT001
    why: str,
    scheme: str,
) -> None:
    pem = certificate(tmp_path, host, days)
    if trusts:
        monkeypatch.setenv("SSL_CERT_FILE", pem)
    how = ["--starttls"] * (scheme == "smtp")
    with sinking(tmp_path / "taken", *how, "--pem", pem) as sink, talking(partial(between, sink.port, bytes)) as middle:
        told = refused(opened(f"{scheme}://{USER}{ELSEWHERE}:{middle.port}"))

    assert (
        f"its certificate can't be trusted: {why}. Name the server in NEURONWISE_MAIL as its certificate does" in told
    )
    assert not any(password in told for password in ("p%40ss", "p@ss"))
    assert middle.verbs[:2] == ["EHLO", "STARTTLS"] if scheme == "smtp" else "EHLO" not in middle.verbs
    assert not any(word in b"".join(middle.heard) for word in (b"AUTH", b"MAIL"))


def test_a_server_elsewhere_that_offers_no_encryption_hears_nothing(opened: Callable[[str], Relay]) -> None:
    with talking(partial(plain, {})) as server:
        why = refused(opened(f"smtp://{USER}{ELSEWHERE}:{server.port}"))

    assert (
        "it offers no STARTTLS, and others could read along. If it has a port with TLS from the start: smtps://" in why
    )
    assert server.verbs == ["EHLO"]


@needs_openssl
@pytest.mark.parametrize(
    ("said", "instead", "why"),
    [
        (b"250-STARTTLS\r\n", b"", "it offers no STARTTLS"),
        (b"250-STARTTLS\r\n", b"250-STARTTLX\r\n", "it offers no STARTTLS"),
        (b"220 Ready", b"454 Ready", "it answers 454 before any letter"),
        (b"220 Ready", b"250 Ready", "it answers 250 before any letter"),
        (b"220 Ready to start TLS\r\n", b"220 Ready\r\n" + b"250 OK\r\n" * 10_000, "it speaks no TLS"),
    ],
)
def test_whoever_strips_the_encryption_hears_nothing(
    trusted: int, opened: Callable[[str], Relay], said: bytes, instead: bytes, why: str
) -> None:
    with talking(partial(between, trusted, lambda piece: piece.replace(said, instead))) as middle:
        told = refused(opened(f"smtp://{USER}{ELSEWHERE}:{middle.port}"))

    assert why in told
    assert set(middle.verbs[:2]) <= {"EHLO", "STARTTLS"}
    assert not any(word in b"".join(middle.heard) for word in (b"AUTH", b"MAIL"))


@needs_openssl
def test_what_is_slipped_in_before_the_encryption_is_no_answer_after_it(
    trusted: int, opened: Callable[[str], Relay]
) -> None:
    """The answers to EHLO, AUTH, MAIL, RCPT and DATA, in the packet that says: let us encrypt."""
    said = b"220 Ready to start TLS\r\n"
    slipped_in = said + b"250 OK\r\n235 OK\r\n" + b"250 OK\r\n" * 2 + b"554 no\r\n"
    with talking(partial(between, trusted, lambda piece: piece.replace(said, slipped_in))) as middle:
        assert posted(opened(f"smtp://{USER}{ELSEWHERE}:{middle.port}")) == [SENT]


# addresses outside ASCII


def test_an_address_outside_ascii_goes_where_it_can_go(tmp_path: Path, opened: Callable[[str], Relay]) -> None:
    with sinking(tmp_path / "taken", "--utf8") as sink:
        box = opened(f"smtp://127.0.0.1:{sink.port}")
        outcomes = posted(box, "müller@example.org", "fine@example.org", "用户@example.org")

    assert outcomes == [SENT] * 3
    assert sink.taken == ["müller@example.org", "fine@example.org", "用户@example.org"]


def test_an_address_outside_ascii_fails_alone_where_it_cannot_go(
    tmp_path: Path, opened: Callable[[str], Relay]
) -> None:
    with sinking(tmp_path / "taken") as sink:
        box = opened(f"smtp://127.0.0.1:{sink.port}")
        outcomes = posted(box, "müller@example.org", "fine@example.org", "用户@example.org")

    assert outcomes == [NOT_OFFERED, SENT, NOT_OFFERED]


# servers that answer late, long, or wrongly


@pytest.mark.parametrize("talk", [silent, trickling])
def test_a_server_that_does_not_come_to_the_point_is_left(
    talk: Callable[..., None], opened: Callable[[str], Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay, "SECONDS_TO_WAIT", 0.3)
    with talking(talk) as server:
        assert "no answer within 0.3 seconds" in refused(opened(f"smtp://127.0.0.1:{server.port}"))


def test_a_greeting_without_end_is_not_listened_to(opened: Callable[[str], Relay]) -> None:
    with talking(endless) as server:
        assert "its answer is longer than 65,536 bytes" in refused(opened(f"smtp://127.0.0.1:{server.port}"))


def test_the_last_word_about_a_letter_has_more_time(
    opened: Callable[[str], Relay], monkeypatch: pytest.MonkeyPatch
) -> None:
    def go_on() -> str:
        monkeypatch.setattr(relay, "SECONDS_TO_WAIT", 0.01)
        return "354 go on"

    def take() -> str:
        time.sleep(0.1)
        return "250 OK"

    with talking(partial(plain, {"DATA": go_on, ".": take})) as server:
        assert posted(opened(f"smtp://127.0.0.1:{server.port}")) == [SENT]


@pytest.mark.parametrize(
    ("verb", "code"), [("", "421"), ("", "554"), ("EHLO", "554"), ("MAIL", "421"), ("MAIL", "450")]
)
def test_what_is_refused_before_a_letters_address_is_no_letters_fault(
    verb: str, code: str, opened: Callable[[str], Relay]
) -> None:
    with talking(partial(plain, {"HELO": f"{code} no", verb: f"{code} no"})) as server:
        assert f"it answers {code} before any letter" in refused(opened(f"smtp://127.0.0.1:{server.port}"))


@pytest.mark.parametrize("verb", ["RCPT", "DATA", "."])
@pytest.mark.parametrize("code", ["421", "450", "554"])
def test_what_is_refused_of_one_letter_leaves_the_next_its_turn(
    verb: str, code: str, opened: Callable[[str], Relay]
) -> None:
    answers = iter([f"{code} no", "354 go on" if verb == "DATA" else "250 OK"])
    with talking(partial(plain, {verb: lambda: next(answers)})) as server:
        outcomes = posted(opened(f"smtp://127.0.0.1:{server.port}"), "one@example.org", "two@example.org")

    assert outcomes == [Outcome(State.FAILED if code == "554" else State.QUEUED, code), SENT]
    assert server.verbs.count("EHLO") == 1 + (code == "421")  # the line that it closes is made anew


@pytest.mark.parametrize(
    ("verb", "outcome"),
    [
        ("MAIL", SENT),  # of the second letter: the line was lost while nobody spoke
        ("RCPT", Outcome(State.QUEUED, "connection lost")),
        ("DATA", Outcome(State.QUEUED, "connection lost")),
        (".", Outcome(State.UNKNOWN, "connection lost")),
    ],
)
def test_a_line_that_is_lost_is_made_anew(verb: str, outcome: Outcome, opened: Callable[[str], Relay]) -> None:
    right = "354 go on" if verb == "DATA" else "250 OK"
    answers = iter([right, "", right, right])
    with talking(partial(plain, {verb: lambda: next(answers)})) as server:
        to = [f"{name}@example.org" for name in ("one", "two", "three")]
        outcomes = posted(opened(f"smtp://127.0.0.1:{server.port}"), *to)

    assert outcomes == [SENT, outcome, SENT]
    assert server.verbs.count("EHLO") == 2


def test_a_server_without_log_in_is_told_apart_from_a_wrong_password(opened: Callable[[str], Relay]) -> None:
    with talking(partial(plain, {})) as server:
        why = refused(opened(f"smtp://{USER}127.0.0.1:{server.port}"))

    assert "nobody can log in there. Leave user and password out of NEURONWISE_MAIL." in why


def test_a_server_that_speaks_no_tls_is_told_how_it_may_be_meant(opened: Callable[[str], Relay]) -> None:
    with talking(partial(plain, {})) as server:
        why = refused(opened(f"smtps://127.0.0.1:{server.port}"))

    assert "it speaks no TLS that we understand (WRONG_VERSION_NUMBER). smtps:// is TLS from the start" in why
