"""A worker that delivers what is due: claim, write, post, note. Several may work on one ledger, and any may be killed.

    queued  -> sending    claimed: the UPDATE changed the row, so no other worker has it
    sending -> skipped    not wanted any more
    sending -> sent, failed, unknown      as the postbox says
    sending -> queued     to be tried again, 5 minutes to 24 hours later; after ten tries: failed
    sending -> queued     its worker is dead; where it may have gone and NEURONWISE_IN_DOUBT is park: unknown

What is overdue by 48 hours lies still until the author says so: the ledger may be an old copy, put back by hand.
"""

import logging
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, models, transaction
from django.utils import timezone

from neuronwise.site import letters
from neuronwise.site.ledger import Delivery, State, claim
from neuronwise.site.life import life
from neuronwise.site.outbox import FOLDER, Outbox
from neuronwise.site.postbox import Outcome, Postbox, PostboxError, Posting
from neuronwise.site.relay import Relay

MOST_TRIES = 10
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=5), timedelta(hours=24)
STALE = timedelta(hours=48)
NOTE_TRIES, SECONDS_BETWEEN_NOTES = 10, 1.0
KEYS_AT_ONCE = 500  # in one question to the database
SECONDS_TO_TRUST = 1.0  # what was read of the chapters: a letter to a mail server takes some milliseconds
SKIPPED = Outcome(State.SKIPPED)
NOT_YET = Outcome(State.QUEUED, "not yet")
UNWRITABLE = Outcome(State.FAILED, "unwritable")

log = logging.getLogger(__name__)


def postbox() -> Postbox:
    """Where the settings say that letters are posted."""
    return Relay(settings.MAIL, settings.FROM.addr_spec) if settings.MAIL else Outbox(settings.DATA / FOLDER)


def due(*, stale: bool = False) -> models.QuerySet[Delivery]:
    """The rows whose time has come; with `stale`, those of long ago too."""
    return Delivery.objects.filter(state=State.QUEUED, next_try__gt=oldest(stale=stale), next_try__lte=timezone.now())


def oldest(*, stale: bool) -> datetime:
    """What was due before is of long ago, and waits for the author; with `stale`, nothing does."""
    return datetime.min.replace(tzinfo=UTC) if stale else timezone.now() - STALE


def overdue() -> int:
    """How many rows have waited so long that only the author can say whether they are to go."""
    return Delivery.objects.filter(state=State.QUEUED, next_try__lte=oldest(stale=False)).count()


class Worker:
    """Delivers what is due, batch by batch. Ends its life in the end; killed, the next worker goes on."""

    def __init__(self, postbox: Postbox, *, stale: bool = False) -> None:
        self.postbox, self.stale = postbox, stale
        self.life = life()
        self.life.begin()
        self.ahead: Sequence[UUID] = ()  # claimed for the next batch, together with the last one's outcomes
        self.told: Counter[State] = Counter()  # what became of the rows so far
        self.looked = -SECONDS_TO_TRUST  # when chapters were read anew

    def batch(self) -> int:
        """Deliver one batch; how many rows it had. If it ends half-way, another worker takes its rows back.

        Errors   PostboxError: the postbox can't be used; the batch waits
        """
        rows = self._taken()
        if not rows:
            self.postbox.close()
            return 0
        self._look_again()
        outcomes, postings = _written(rows)
        try:
            outcomes.update(self.postbox.post(self.life.name, postings))
        except PostboxError:
            self.give_back(self.life.name, doubtful=False)
            raise
        self._note_patiently(rows, outcomes)
        return len(rows)

    def take_back(self) -> None:
        """What dead workers had: their rows go back, their drafts are finished or deleted."""
        names = Delivery.objects.filter(state=State.SENDING).exclude(worker=self.life.name).order_by()
        for name in names.values_list("worker", flat=True).distinct():
            with self.life.dead(name) as dead:
                if dead:
                    self.give_back(name, doubtful=self.postbox.leaves_doubt)
        self.postbox.sweep(self._is_dead, _senders)

    @staticmethod
    def give_back(name: str, *, doubtful: bool) -> None:
        """The rows that a worker has not finished, to be tried again; or parked, if they may have gone."""
        parked = doubtful and not settings.RESENDS
        rows = Delivery.objects.filter(state=State.SENDING, worker=name)
        rows.update(state=State.UNKNOWN if parked else State.QUEUED, worker="")

    def end(self) -> None:
        """Stop working; what was claimed ahead goes back."""
        try:
            self._mine(self.ahead).update(state=State.QUEUED, worker="")
            self.postbox.close()
        finally:
            self.life.end()

    def _look_again(self) -> None:
        if time.monotonic() - self.looked >= SECONDS_TO_TRUST:
            letters.look_again()
            self.looked = time.monotonic()

    def _taken(self) -> Sequence[Delivery]:
        """The rows of the next batch, with their subscribers as they are now."""
        while keys := self.ahead or self._claimed():
            self.ahead = ()
            if rows := list(self._mine(keys).select_related("subscriber")):  # none, if all were erased meanwhile
                return rows
        return ()

    def _claimed(self) -> Sequence[UUID]:
        if not due(stale=self.stale).exists():  # a look alone locks nothing
            return ()
        with transaction.atomic():
            return self._claim()

    def _claim(self) -> Sequence[UUID]:
        return claim(self.life.name, self.postbox.batch, oldest(stale=self.stale))

    def _mine(self, keys: Iterable[UUID]) -> models.QuerySet[Delivery]:
        return Delivery.objects.filter(key__in=list(keys), state=State.SENDING, worker=self.life.name)

    def _note_patiently(self, rows: Sequence[Delivery], outcomes: Mapping[UUID, Outcome]) -> None:
        """Letters that went must not go again because the database was locked just now."""
        for _ in range(NOTE_TRIES - 1):
            try:
                return self._note(rows, outcomes)
            except DatabaseError:
                time.sleep(SECONDS_BETWEEN_NOTES)
                with suppress(DatabaseError):
                    self.life.begin()  # again, if the lock was lost with the connection
        return self._note(rows, outcomes)

    def _note(self, rows: Sequence[Delivery], outcomes: Mapping[UUID, Outcome]) -> None:
        """Write into the ledger what became of the rows, and claim the next; hand over what is sent."""
        fates: dict[Fate, list[UUID]] = defaultdict(list)
        for row in rows:
            fates[_fate(row, outcomes[row.key])].append(row.key)
        with transaction.atomic():
            counts = {fate: self._write_down(fate, keys) for fate, keys in fates.items()}
            ahead = self._claim()
        self.ahead = ahead
        for fate, count in counts.items():
            self.told[fate.state] += count
        sent = {key for fate, keys in fates.items() if fate.state == State.SENT for key in keys}
        kept = sent if sum(counts.values()) == len(rows) else sent & _senders(sent).keys()
        self.postbox.settle(self.life.name, kept, sent - kept)

    def _write_down(self, fate: "Fate", keys: Sequence[UUID]) -> int:
        """Give the rows their fate; those that somebody has erased meanwhile are not there any more."""
        now = timezone.now()
        return self._mine(keys).update(
            state=fate.state,
            code=fate.code,
            tries=fate.tries,
            next_try=now + fate.pause,
            worker=self.life.name if fate.state == State.SENT else "",
        )

    def _is_dead(self, name: str) -> bool:
        if name == self.life.name:
            return False
        with self.life.dead(name) as dead:
            return dead


@dataclass(frozen=True)
class Fate:
    """What the ledger says of a row after a try."""

    state: State
    code: str
    tries: int
    pause: timedelta


def _fate(row: Delivery, outcome: Outcome) -> Fate:
    """What becomes of a row: again later, if the outcome or the settings say so and it was not tried too often."""
    tries = row.tries + 1
    again = outcome.state == State.QUEUED or (outcome.state == State.UNKNOWN and settings.RESENDS)
    if not again:
        return Fate(outcome.state, outcome.code, tries, timedelta())
    if tries >= MOST_TRIES:
        return Fate(State.FAILED, outcome.code, tries, timedelta())
    return Fate(State.QUEUED, outcome.code, tries, min(FIRST_PAUSE * 2**row.tries, LONGEST_PAUSE))


def _written(rows: Sequence[Delivery]) -> tuple[dict[UUID, Outcome], list[Posting]]:
    """The letters of the rows; those that nobody wants, or that can't be written, have their outcome at once."""
    outcomes, postings = {}, []
    for row in rows:
        to = row.subscriber.address
        try:
            letter = letters.letter(row)
            if letter:
                postings.append(Posting(row.key, to, letters.written(letter, to, row.key)))
            else:
                outcomes[row.key] = SKIPPED
        except DatabaseError:
            raise
        except letters.NotYetError:
            outcomes[row.key] = NOT_YET
        except Exception:  # one letter's fault must not keep back the others
            log.exception("A letter can't be written: %s", row)
            outcomes[row.key] = UNWRITABLE
    return outcomes, postings


def _senders(keys: Iterable[UUID]) -> dict[UUID, str]:
    """Of these keys, those that are sent, and by which worker."""
    found: dict[UUID, str] = {}
    for some in batched(keys, KEYS_AT_ONCE):
        found.update(Delivery.objects.filter(key__in=some, state=State.SENT).values_list("key", "worker"))
    return found


def batched(keys: Iterable[UUID], size: int) -> Iterator[list[UUID]]:
    """The keys in lists of at most that size (itertools.batched, from Python 3.12 on)."""
    waiting = iter(keys)
    while some := list(islice(waiting, size)):
        yield some
