"""A site that is wrong on purpose: in each of these ways one promise is broken, and `acting` has to find it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import actions
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from neuronwise.site import (
    aftermath,
    bounces,
    consent,
    folder,
    forms,
    guard,
    ledger,
    letters,
    own_data,
    publishing,
    tokens,
    urls,
    withdrawals,
)
from neuronwise.site.delivering import Worker
from neuronwise.site.ledger import Delivery, State
from neuronwise.site.models import Chapter, Reply, Subscriber
from neuronwise.site.outbox import Outbox
from neuronwise.site.replies import threads

FAULTS: dict[str, Callable[[], None]] = {}


def fault(words: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    """What is wrong, in words."""

    def named(plant: Callable[[], None]) -> Callable[[], None]:
        FAULTS[words] = plant
        return plant

    return named


def put(where: object, name: str, what: object) -> None:
    """Put something wrong in the place of something right."""
    assert hasattr(where, name), f"expected something to replace: {where} has no {name}"
    setattr(where, name, what)


WORDS = ("A heading", "A question", "Some words")


def put_view(name: str, view: Callable[..., HttpResponseBase]) -> None:
    """Put a wrong view in the place of one of `forms`: the table of addresses holds it, not its name."""
    (row,) = [row for row in urls.urlpatterns if row.callback is getattr(forms, name)]
    row.callback = view


@fault("who unsubscribes stays")
def _() -> None:
    put_view("unsubscribe", forms._button(tokens.UNSUBSCRIBE, lambda _: None, WORDS, WORDS))  # noqa: SLF001


@fault("take_back sends letters that were sent")
def _() -> None:
    def give_back(name: str, *, doubtful: bool) -> None:  # noqa: ARG001  (what is forgotten)
        Delivery.objects.filter(state__in=[State.SENDING, State.SENT], worker=name).update(
            state=State.QUEUED, worker=""
        )

    put(Worker, "give_back", staticmethod(give_back))


@fault("what is in doubt is sent again, though it was to be parked")
def _() -> None:
    right = Worker.give_back
    put(Worker, "give_back", staticmethod(lambda name, doubtful: right(name, doubtful=doubtful and False)))


@fault("drafts of dead workers are all handed over")
def _() -> None:
    def sweep(self: Outbox, is_dead: Callable[[str], bool], _senders: object) -> None:
        for file in self.writing.glob("*.eml"):
            worker, key, _ = file.name.split(".")
            if is_dead(worker):
                file.rename(self.new / f"{key}.eml")

    put(Outbox, "sweep", sweep)


@fault("retry takes what was skipped, too")
def _() -> None:
    def retry(state: str) -> int:
        return ledger.queue_again(Delivery.objects.filter(state__in=[State(state), State.SKIPPED]))

    put(ledger, "retry", retry)


@fault("who has left gets chapters")
def _() -> None:
    def for_chapter(number: str, subscriber: Subscriber) -> letters.Letter:
        return letters.chapter(Chapter.objects.get(number=number), subscriber.pk)

    letters.WRITERS["chapter"] = for_chapter


@fault("a held reply is shown")
def _() -> None:
    put(threads, "shown", lambda: Reply.objects.exclude(state="refused"))


@fault("an address is shown")
def _() -> None:
    put(Reply, "shown_name", property(lambda self: self.address or self.name))


@fault("erasing forgets the letters that wait in the outbox")
def _() -> None:
    put(Outbox, "erase", lambda _self, _keys: None)


@fault("erasing forgets letters of which a restore has made the ledger forget that they went")
def _() -> None:
    right = Outbox.erase

    def erase(self: Outbox, keys: Any) -> None:  # noqa: ANN401
        right(
            self, Delivery.objects.filter(pk__in=list(keys), state__in=["sending", "sent"]).values_list("pk", flat=True)
        )

    put(Outbox, "erase", erase)


@fault("erasing keeps the row of the address")
def _() -> None:
    def erase(subscriber: Subscriber, *, keep_words: bool) -> None:
        for part in own_data.PARTS:
            part.erase(subscriber.address, keep_words=keep_words)
        consent.withdraw(subscriber.pk)

    put(forms, "erase", erase)


@fault("erasing leaves the name on the words")
def _() -> None:
    from neuronwise.site.replies import own  # noqa: PLC0415  (of one fault alone)

    put(own, "without_name", lambda replies: Reply.objects.filter(pk__in=replies).update(address=""))


@fault("a confirmation works for who has left")
def _() -> None:
    def give(who: UUID) -> None:
        Subscriber.objects.filter(pk=who, state="gone").update(state="pending")
        consent.give(who)

    put_view("confirm", forms._button(tokens.CONFIRM, give, WORDS, WORDS))  # noqa: SLF001


@fault("opening a link confirms")
def _() -> None:
    right = forms.confirm

    def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
        who = tokens.opened(tokens.CONFIRM, token)
        if who:
            consent.give(who)
        return right(request, token)

    put_view("confirm", confirm)


@fault("a filled trap is not noticed")
def _() -> None:
    put(guard, "HONEYPOT", "no such field")


@fault("a correction queues letters")
def _() -> None:
    right = publishing.publish

    def publish(number: int, at: datetime | None = None) -> object:
        told = right(number, at)
        ledger.queue_for_all(told.chapter.topic, told.when)
        return told

    put(actions, "publish", publish)


@fault("after a restore what was queued goes")
def _() -> None:
    right = aftermath.settle

    def settle() -> aftermath.Aftermath:
        queued = list(Delivery.objects.filter(state=State.QUEUED).values_list("pk", flat=True))
        done = right()
        Delivery.objects.filter(pk__in=queued).update(state=State.QUEUED)
        return done

    put(aftermath, "settle", settle)


@fault("a restore brings back who has left")
def _() -> None:
    put(withdrawals, "noted", lambda _data: [])


@fault("who confirmed and left within a second comes back by a restore")
def _() -> None:
    right = withdrawals.noted
    put(withdrawals, "noted", lambda data: [replace(one, when=one.when.replace(microsecond=0)) for one in right(data)])


@fault("older secrets open nothing")
def _() -> None:
    right = folder.secrets_of
    put(folder, "secrets_of", lambda data: right(data)[:1])


@fault("what is unconfirmed goes after a day")
def _() -> None:
    put(consent, "UNCONFIRMED", timedelta(days=1))


@fault("the author's row is cleaned away")
def _() -> None:
    def forget() -> None:
        Subscriber.objects.filter(state="pending", made__lt=timezone.now() - timedelta(days=7)).delete()

    put(consent, "forget_unconfirmed", forget)


@fault("one notice counts again and again")
def _() -> None:
    right = bounces._take  # noqa: SLF001

    def take(found: bounces.Notice) -> None:
        Delivery.objects.filter(key=str(found.key)).update(code="")
        right(found)

    put(bounces, "_take", take)


@fault("a letter is refused once and for all at a 450")
def _() -> None:
    from neuronwise.site import delivering  # noqa: PLC0415  (of one fault alone)

    put(delivering, "MOST_TRIES", 1)
