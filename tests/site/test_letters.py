"""Tests of neuronwise.site.letters: what is sent, read back by Python's strict mail policy."""

import email
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from neuronwise.site import letters
from neuronwise.site.ledger import Delivery
from neuronwise.site.letters import Letter, NotYetError, written
from neuronwise.site.models import Chapter
from neuronwise.site.subscribers import Subscriber

STRICT = SMTP.clone(raise_on_defect=True)
TITLES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200)
KEY, WHO = uuid4(), uuid4()


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=STRICT)
    assert isinstance(message, EmailMessage)
    return message


def text(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    assert body
    return str(body.get_content())


def every() -> list[Letter]:
    chapter = Chapter(number=2, slug="2-error", title="Error − η", question="How far?")
    return [letters.chapter(chapter, WHO), letters.confirmation(WHO), letters.already(WHO), letters.own_data(WHO)]


@pytest.mark.parametrize("letter", every(), ids=lambda letter: letter.subject)
def test_a_letter_says_the_same_as_text_and_as_html(letter: Letter) -> None:
    message = read(written(letter, "reader@example.org", KEY))

    assert message["To"].addresses[0].addr_spec == "reader@example.org"
    assert (message["Subject"], message["Message-ID"]) == (letter.subject, f"<{KEY.hex}@localhost>")
    for kind in ("plain", "html"):
        for words in (*letter.words, letter.link):
            assert words in text(message, kind)


@pytest.mark.parametrize("letter", every(), ids=lambda letter: letter.subject)
def test_a_letter_has_no_picture_and_every_byte_of_it_passes_any_server(letter: Letter) -> None:
    content = written(letter, "reader@example.org", KEY)

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 998
    assert b"<img" not in content
    assert content.count(b"src=") == content.count(b"url(") == 0


def test_an_address_outside_ascii_is_the_one_thing_that_stands_in_a_letter_as_it_is() -> None:
    plain = written(every()[0], "reader@example.org", KEY)

    content = written(every()[0], "müller@example.org", KEY)

    assert content.count("\r\nTo: müller@example.org\r\n".encode()) == 1
    assert content.replace("müller".encode(), b"reader").replace(date(content), b"") == plain.replace(date(plain), b"")


def date(content: bytes) -> bytes:
    (found,) = (line for line in content.splitlines() if line.startswith(b"Date: "))
    return found


def test_a_chapters_letter_has_a_way_out_by_one_click() -> None:
    content = written(every()[0], "reader@example.org", KEY)

    lines = content.split(b"\r\n\r\n")[0].split(b"\r\n")
    (way_out,) = [line for line in lines if line.startswith(b"List-Unsubscribe: ")]
    assert way_out.startswith(b"List-Unsubscribe: <http://localhost:8000/u/")
    assert way_out.endswith(b">")
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in lines


@cache
def usual_headers() -> list[str]:
    return sorted(read(written(every()[0], "reader@example.org", KEY)).keys())


@settings(max_examples=1_000)
@given(TITLES)
def test_no_title_injects_a_header(title: str) -> None:
    chapter = Chapter(number=2, slug="2-error", title=title, question=title)
    try:
        content = written(letters.chapter(chapter, WHO), "reader@example.org", KEY)
    except ValueError:
        assert {"\u2028", "\u2029"} & set(title)
        return
    message = read(content)

    assert sorted(message.keys()) == usual_headers()
    assert "".join(message["Subject"].split()) == "".join(f"Chapter 2: {title}".split())


@pytest.mark.parametrize("fault", ["\r\nBcc: all@example.org", "\n", "\r", "\x00", "\u2028"])
def test_a_line_break_in_a_header_is_refused(fault: str) -> None:
    letter = Letter(f"Subject{fault}", ("Words",), "http://localhost:8000/", "Read", "End")

    with pytest.raises(ValueError, match="Subject: expected one printable line"):
        written(letter, "reader@example.org", KEY)
    with pytest.raises(ValueError, match="To: expected one printable line"):
        written(every()[1], f"reader@example.org{fault}", KEY)


@pytest.mark.usefixtures("data")
def test_that_a_chapter_is_out_is_remembered_and_that_it_is_not_is_not(now: datetime) -> None:
    made = Chapter.objects.create(number=2, slug="2-error", title="Error", published=now + timedelta(minutes=1))
    row = Delivery(topic="chapter:2", subscriber=Subscriber(address="reader@example.org", state="active"))
    letters.look_again()

    with pytest.raises(NotYetError):
        letters.letter(row)
    told = []
    for published in (now, made.published):
        Chapter.objects.update(published=published)
        told.append(letters.letter(row) is not None)
    letters.look_again()

    assert told == [True, True]
    with pytest.raises(NotYetError):
        letters.letter(row)
    Chapter.objects.update(published=None)
    assert letters.letter(row) is None
