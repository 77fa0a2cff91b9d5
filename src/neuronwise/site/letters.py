"""The letters: what the site writes to people, as text and as HTML, and whether they still want it.

A letter has a subject, words, one link, and a way out. It holds no picture and nothing that tells who has read it, and
it repeats nothing that a visitor typed.
"""

import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import compat32
from email.utils import format_datetime, formataddr
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from neuronwise.site import consent, tokens
from neuronwise.site.ledger import Delivery
from neuronwise.site.models import Chapter
from neuronwise.site.own_data import is_known
from neuronwise.site.replies import moderation
from neuronwise.site.replies.models import Reply
from neuronwise.site.replies.models import State as Held
from neuronwise.site.subscribers import State, Subscriber

POLICY = compat32.clone(linesep="\r\n", max_line_length=None)  # three times as quick as the newer ones
BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")  # what ends a line, for whatever program reads it
NOBODY = UUID(int=0)
PLACES = {tokens.CONFIRM: "c", tokens.UNSUBSCRIBE: "u", tokens.OWN_DATA: "d", tokens.MODERATE: "r"}  # as in `urls`
ASKED_TO_BE_TOLD = "Somebody, probably you, asked that we tell you of new chapters of Neuron by Neuron."
UTF8 = Charset("utf-8")
UTF8.body_encoding = QP  # bytes that any server takes


@dataclass(frozen=True)
class Letter:
    """What a letter says. With `way_out`, its reader can end all such letters by one click."""

    subject: str
    words: tuple[str, ...]
    link: str
    label: str
    end: str
    way_out: str = ""


def chapter(chapter: Chapter, who: UUID) -> Letter:
    """A chapter is out."""
    return Letter(
        subject=f"Chapter {chapter.number}: {chapter.title}",
        words=(f"Chapter {chapter.number} of Neuron by Neuron is out: {chapter.title}.", chapter.question),
        link=address(f"/{chapter.slug}/"),
        label=f"Read chapter {chapter.number}",
        end="You get this letter because you asked to be told of new chapters.",
        way_out=link(tokens.UNSUBSCRIBE, who),
    )


def confirmation(who: UUID) -> Letter:
    """Somebody typed the address: was it its owner."""
    return Letter(
        subject="Do you want to be told of new chapters?",
        words=(ASKED_TO_BE_TOLD,),
        link=link(tokens.CONFIRM, who),
        label="Yes, tell me",
        end="If it wasn't you, do nothing: we write no more. The link works for seven days.",
    )


def already(who: UUID) -> Letter:
    """Somebody typed the address, and it is on the list."""
    return Letter(
        subject="You are on the list",
        words=(ASKED_TO_BE_TOLD, "You are on the list already: we write when the next one is there."),
        link=address("/"),
        label="To the contents",
        end="You get this letter because your address was typed on our page.",
        way_out=link(tokens.UNSUBSCRIBE, who),
    )


def own_data(who: UUID) -> Letter:
    """Somebody asked what we keep of the address."""
    return Letter(
        subject="What we keep of you",
        words=("Somebody, probably you, asked what Neuron by Neuron keeps of this address.",),
        link=link(tokens.OWN_DATA, who),
        label="See or erase it",
        end="If it wasn't you, do nothing. The link works for one hour.",
    )


def reply(held: Reply) -> Letter:
    """A reader has replied; the author decides."""
    return Letter(
        subject=f"A reply to chapter {held.chapter_id}",
        words=(
            f"A reader has replied to chapter {held.chapter.number}, {held.chapter.title}.",
            "Nobody sees it until you approve it.",
        ),
        link=link(tokens.MODERATE, held.pk),
        label="Read, approve, refuse or answer it",
        end="You get this letter because you are the author. The link works for 30 days.",
    )


def link(purpose: str, about: UUID) -> str:
    """A link that lets whoever has it do one thing."""
    return address(f"/{PLACES[purpose]}/{tokens.token(purpose, about)}")


def address(path: str) -> str:
    """The public address of a page of ours."""
    return f"{settings.URL.geturl()}{path}"


def written(letter: Letter, to: str, key: UUID) -> bytes:
    """The letter as a message, ready to go.

    Errors   ValueError: a header would hold a line break
    """
    message = MIMEMultipart("alternative", boundary=f"={key.hex}", policy=POLICY)
    for name, value in headers(letter, to, key).items():
        if BREAKS.search(value):
            error = f"{name}: expected one printable line; got {value!r}"
            raise ValueError(error)
        message[name] = _raw(value) if name == "To" or value.isascii() else Header(value, "utf-8").encode(maxlinelen=0)
    message.attach(_part(text(letter), "plain"))
    message.attach(_part(render_to_string("letters/letter.html", {"letter": letter}), "html"))
    return message.as_bytes()


def headers(letter: Letter, to: str, key: UUID) -> dict[str, str]:
    """The headers of a letter, each one line (RFC 8058 wants that of the last two)."""
    sender = settings.FROM
    common = {
        "From": formataddr((sender.display_name, sender.addr_spec)),
        "To": to,
        "Subject": letter.subject,
        "Date": format_datetime(timezone.now()),
        "Message-ID": f"<{key.hex}@{sender.domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if not letter.way_out:
        return common
    return common | {
        "List-Unsubscribe": f"<{letter.way_out}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _raw(text: str) -> str:
    """A header's text that is written as UTF-8 (RFC 6532), as Python's generator wants it: an address has no other."""
    return text.encode().decode("ascii", "surrogateescape")


def _part(content: str, kind: str) -> MIMEText:
    charset: str | Charset = "us-ascii" if content.isascii() else UTF8
    return MIMEText(content, kind, charset, policy=POLICY)  # type: ignore[arg-type]  # it takes a Charset too


def text(letter: Letter) -> str:
    """The letter as plain text."""
    way_out = f"\nNo more letters: {letter.way_out}" if letter.way_out else ""
    parts = (*letter.words, f"{letter.label}:\n{letter.link}", f"-- \n{letter.end}{way_out}")
    return "\n\n".join(parts) + "\n"


# what each topic's letter is; nothing: it is not wanted (any more)


class NotYetError(Exception):
    """The letter is wanted, but not now."""


Writer = Callable[[str, Subscriber], Letter | None]


def for_chapter(number: str, subscriber: Subscriber) -> Letter | None:
    """A chapter's letter, for who is subscribed now, if the chapter is published.

    Errors   NotYetError: it is to come out later
    """
    if subscriber.state != State.ACTIVE:
        return None
    with suppress(Chapter.DoesNotExist):
        return chapter(_public(int(number)), subscriber.pk)
    if Chapter.objects.filter(number=int(number), published__gt=timezone.now()).exists():  # a clock was set back
        raise NotYetError
    return None


@lru_cache
def _public(number: int) -> Chapter:
    """A chapter that is out. That it isn't is not kept: it may come out before the next letter."""
    return Chapter.objects.get(number=number, slug__isnull=False, published__lte=timezone.now())


def look_again() -> None:
    """What was read of the chapters is old now: read it anew."""
    _public.cache_clear()


def for_confirmation(_day: str, subscriber: Subscriber) -> Letter | None:
    """The question, or the answer for who has said yes already."""
    if subscriber.state == State.GONE:
        return None
    return already(subscriber.pk) if subscriber.state == State.ACTIVE else confirmation(subscriber.pk)


def for_own_data(_day: str, subscriber: Subscriber) -> Letter | None:
    """The way to one's own data; none to an address of which nothing is kept."""
    return own_data(subscriber.pk) if is_known(subscriber) else None


def for_reply(which: str, _author: Subscriber) -> Letter | None:
    """A reply to decide on, for the author; none if that is done."""
    found = Reply.objects.filter(pk=UUID(which), state=Held.HELD).select_related("chapter").first()
    return reply(found) if found else None


WRITERS: dict[str, Writer] = {
    "chapter": for_chapter,
    consent.CONFIRM: for_confirmation,
    consent.OWN_DATA: for_own_data,
    moderation.TOPIC: for_reply,
}


def letter(delivery: Delivery) -> Letter | None:
    """The letter of a row; nothing if it is not wanted (any more)."""
    kind, _, rest = delivery.topic.partition(":")
    return WRITERS[kind](rest, delivery.subscriber)
