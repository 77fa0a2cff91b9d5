"""A reply on its way: held until the author decides, who is told by a letter with a link that asks."""

from collections.abc import Mapping

from django.conf import settings
from django.utils import timezone

from neuronwise.site.database import alone
from neuronwise.site.ledger import queue
from neuronwise.site.models import Chapter
from neuronwise.site.replies.forms import ReplyForm
from neuronwise.site.replies.models import Reply, State, decide, readable
from neuronwise.site.replies.rendering import MOST_CHARACTERS
from neuronwise.site.replies.threads import Thread
from neuronwise.site.replies.words import visible
from neuronwise.site.subscribers import Subscriber

TOPIC = "reply"
DONE = {State.APPROVED: "The reply stands under its chapter", State.REFUSED: "The reply is refused"}
HIDDEN = "The reply is approved, and seen as soon as what it answers is approved, too"


@alone()  # a button pressed twice sends two at once
def hold(chapter: Chapter, *, name: str, email: str, text: str, about: str, to: Thread | None) -> None:
    """Keep a reply until the author decides, and queue the letter to the author. What waits already is kept once."""
    anchor = to.reply.anchor if to else about
    said = {"chapter": chapter, "parent": to and to.reply, "anchor": anchor, "address": email, "text": text}
    if Reply.objects.filter(**said, state=State.HELD).exists():
        return
    reply = Reply.objects.create(**said, name=name)
    author, _ = Subscriber.objects.get_or_create(address=settings.AUTHOR.addr_spec.lower())
    queue(f"{TOPIC}:{reply.pk.hex}", [author.pk])


def decided(reply: Reply, form: Mapping[str, str]) -> str:
    """Do what the author's form says: approve, refuse, or approve and answer. Returns what was done.

    Errors   ValueError: it says nothing of these, or answers without words or with too many; in a sentence
    """
    decision = form.get("decision", "")
    if decision == "answer":
        return answered(reply, visible(form.get("answer", ""), keep="\n\t").strip("\n"))
    if decision not in DONE:
        message = "Please press one of the buttons."
        raise ValueError(message)
    decide([reply.pk], State(decision))
    return (
        HIDDEN if decision == State.APPROVED and not readable().filter(pk=reply.pk).exists() else DONE[State(decision)]
    )


@alone()
def answered(reply: Reply, text: str) -> str:
    """Approve a reply, and put the author's answer under it, once; an answer needs nobody's approval."""
    if not text.strip() or len(text) > MOST_CHARACTERS:
        message = f"Please type an answer of at most {MOST_CHARACTERS:,} characters."
        raise ValueError(message)
    done = decided(reply, {"decision": State.APPROVED})
    Reply.objects.get_or_create(
        parent_id=reply.parent_id or reply.pk,
        text=text,
        by_author=True,
        defaults={
            "chapter_id": reply.chapter_id,
            "anchor": reply.anchor,
            "name": settings.AUTHOR.display_name,
            "state": State.APPROVED,
            "decided": timezone.now(),
        },
    )
    return done


def preview(form: ReplyForm) -> Reply | None:
    """The reply as it will look; nothing while something is wrong with it."""
    if not form.is_valid():
        return None
    said = {name: form.cleaned_data[name] for name in ("name", "text")}
    return Reply(**said, anchor="" if form.thread else form.cleaned_data["about"], made=timezone.now())
