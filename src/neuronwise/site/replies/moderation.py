"""A reply on its way: held until the author decides, who is told by a letter with a link that asks."""

from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from neuronwise.site.ledger import queue
from neuronwise.site.models import Chapter
from neuronwise.site.replies.forms import ReplyForm
from neuronwise.site.replies.models import Reply, State, decide
from neuronwise.site.replies.rendering import MOST_CHARACTERS
from neuronwise.site.replies.threads import Thread
from neuronwise.site.subscribers import Subscriber

TOPIC = "reply"
DONE = {State.APPROVED: "The reply stands under its chapter", State.REFUSED: "The reply is refused"}


@transaction.atomic
def hold(chapter: Chapter, *, name: str, email: str, text: str, about: str, to: Thread | None) -> None:
    """Keep a reply until the author decides, and queue the letter to the author. What was sent twice is kept once."""
    said = {"chapter": chapter, "parent": to and to.reply, "address": email, "text": text}
    if Reply.objects.filter(**said).exists():
        return
    reply = Reply.objects.create(**said, name=name, anchor=to.reply.anchor if to else about)
    author, _ = Subscriber.objects.get_or_create(address=settings.AUTHOR.addr_spec.lower())
    queue(f"{TOPIC}:{reply.pk.hex}", [author.pk])


def decided(reply: Reply, form: Mapping[str, str]) -> str:
    """Do what the author's form says: approve, refuse, or approve and answer. Returns what was done.

    Errors   ValueError: it says nothing of these, or answers without words or with too many; in a sentence
    """
    decision = form.get("decision", "")
    if decision == "answer":
        return answered(reply, form.get("answer", "").replace("\r\n", "\n").strip("\n"))
    if decision not in DONE:
        message = "Please press one of the buttons."
        raise ValueError(message)
    decide([reply.pk], State(decision))
    return DONE[State(decision)]


@transaction.atomic
def answered(reply: Reply, text: str) -> str:
    """Approve a reply, and put the author's answer under it; an answer needs nobody's approval."""
    if not text.strip() or len(text) > MOST_CHARACTERS:
        message = f"Please type an answer of at most {MOST_CHARACTERS:,} characters."
        raise ValueError(message)
    decide([reply.pk], State.APPROVED)
    Reply.objects.create(
        chapter_id=reply.chapter_id,
        anchor=reply.anchor,
        parent_id=reply.parent_id or reply.pk,
        name=settings.AUTHOR.display_name,
        text=text,
        state=State.APPROVED,
        by_author=True,
        decided=timezone.now(),
    )
    return DONE[State.APPROVED]


def preview(form: ReplyForm) -> Reply | None:
    """The reply as it will look; nothing while something is wrong with it."""
    if not form.is_valid():
        return None
    said = {name: form.cleaned_data[name] for name in ("name", "text")}
    return Reply(**said, anchor="" if form.thread else form.cleaned_data["about"], made=timezone.now())
