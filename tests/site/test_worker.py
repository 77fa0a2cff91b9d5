"""Tests of neuronwise.site.delivering, step by step in this process: what a worker takes, notes and gives back."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.conf import settings
from django.db import DatabaseError, OperationalError

from neuronwise.site import delivering, letters
from neuronwise.site.consent import CONFIRM
from neuronwise.site.delivering import STALE, Worker, batched, due, overdue, postbox
from neuronwise.site.ledger import Delivery, State
from neuronwise.site.life import FileLife
from neuronwise.site.models import Chapter
from neuronwise.site.outbox import Outbox
from neuronwise.site.postbox import Dead, Outcome, PostboxError, Posting, Senders
from neuronwise.site.relay import Relay
from neuronwise.site.subscribers import Subscriber

SENT = Outcome(State.SENT, "250")
MOMENT = timedelta(microseconds=1)


class Box:
    """A postbox that answers what it is told, and keeps what it is asked."""

    def __init__(self, answer: Outcome | Exception = SENT, *, batch: int = 2, leaves_doubt: bool = False) -> None:
        self.answer, self.batch, self.leaves_doubt = answer, batch, leaves_doubt
        self.posted: list[Posting] = []
        self.settled: list[tuple[str, set[UUID], set[UUID]]] = []
        self.closed = 0
        self.meanwhile: Callable[[], object] = lambda: None
        self.swept: Callable[[Dead, Senders], object] = lambda _dead, _senders: None

    def post(self, worker: str, postings: Sequence[Posting]) -> Iterator[tuple[UUID, Outcome]]:
        """Take all of them."""
        assert {row.worker for row in Delivery.objects.filter(key__in=[each.key for each in postings])} <= {worker}
        self.posted += postings
        self.meanwhile()
        for each in postings:
            if isinstance(self.answer, Exception):
                raise self.answer
            yield each.key, self.answer

    def settle(self, worker: str, sent: Iterable[UUID], dropped: Iterable[UUID]) -> None:
        """Keep it."""
        self.settled.append((worker, set(sent), set(dropped)))

    def sweep(self, is_dead: Dead, senders_of: Senders) -> None:
        """Do as told."""
        self.swept(is_dead, senders_of)

    def close(self) -> None:
        """Count it."""
        self.closed += 1


def rows(count: int, state: str = "queued", **values: object) -> list[Delivery]:
    """Rows of a topic that everybody gets, in the order in which they are due."""
    made = []
    for _ in range(count):
        who = Subscriber.objects.create(address=f"reader-{Subscriber.objects.count()}@example.org", state="active")
        made.append(Delivery.objects.create(topic=f"{CONFIRM}:2027-01-10", subscriber=who, state=state, **values))
    return sorted(made, key=lambda row: (row.next_try, row.key))


def states() -> dict[str, int]:
    found = list(Delivery.objects.values_list("state", flat=True))
    return {state: found.count(state) for state in found}


def again(row: Delivery) -> Delivery:
    return Delivery.objects.get(pk=row.pk)


@pytest.fixture
def worker(data: Path) -> Iterator[Callable[[Any], Worker]]:  # noqa: ARG001
    """Makes workers, and ends them."""
    made: list[Worker] = []

    def make(box: Any, **more: bool) -> Worker:  # noqa: ANN401
        made.append(Worker(box, **more))
        return made[-1]

    yield make
    for each in made:
        each.life.end()


Make = Callable[..., Worker]


def test_letters_go_to_the_outbox_or_to_the_mail_server_as_the_settings_say(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = postbox()
    monkeypatch.setattr(settings, "MAIL", urlsplit("smtp://127.0.0.1:2525"))
    there = postbox()

    assert isinstance(here, Outbox)
    assert here.new == data / "outbox" / "new"
    assert isinstance(there, Relay)


@pytest.mark.usefixtures("data")
def test_due_is_what_waits_since_now_and_not_longer_than_two_days(now: datetime) -> None:
    at = {age: rows(1, next_try=now - age)[0].pk for age in (-MOMENT, MOMENT * 0, STALE - MOMENT, STALE, STALE * 2)}
    for state in State.values[1:]:
        rows(1, state, next_try=now)
        rows(1, state, next_try=now - STALE)

    assert timedelta(hours=48) == STALE
    assert {row.pk for row in due()} == {at[MOMENT * 0], at[STALE - MOMENT]}
    assert {row.pk for row in due(stale=True)} == {*at.values()} - {at[-MOMENT]}
    assert overdue() == 2


def test_batch_by_batch_all_are_sent_in_their_order(worker: Make, now: datetime) -> None:
    made = [row for hours in (3, 2, 1) for row in rows(2, next_try=now - timedelta(hours=hours))][:5]
    made[4].subscriber.address = "changed@example.org"
    made[4].subscriber.save()
    Delivery.objects.exclude(pk__in=[row.pk for row in made]).delete()
    box = Box()
    one = worker(box)

    first = one.batch()
    ahead = [again(row).worker for row in made], box.closed
    rest = [one.batch() for _ in range(4)]

    assert (first, rest) == (2, [2, 1, 0, 0])
    assert ahead == ([one.life.name] * 4 + [""], 0)  # two sent, two claimed
    assert box.closed == 2
    assert [posting.key for posting in box.posted] == [row.key for row in made]
    assert [posting.to for posting in box.posted] == [again(row).subscriber.address for row in made]
    assert all(b"\r\nTo: " + posting.to.encode() in posting.message for posting in box.posted)
    assert box.settled == [(one.life.name, {row.key for row in made[n : n + 2]}, set()) for n in (0, 2, 4)]
    assert one.told == {State.SENT: 5}
    for row in map(again, made):
        assert (row.state, row.code, row.tries, row.worker) == ("sent", "250", 1, one.life.name)
        assert row.next_try == now


@pytest.mark.usefixtures("now")
def test_what_is_not_due_yet_or_long_overdue_is_not_taken(worker: Make, now: datetime) -> None:
    rows(1, next_try=now + MOMENT)
    rows(1, next_try=now - STALE)

    assert worker(Box()).batch() == 0
    assert worker(Box(), stale=True).batch() == 1
    assert worker(Box(), stale=True).batch() == 0


def test_what_nobody_wants_is_skipped_and_not_posted(worker: Make) -> None:
    wanted, gone = rows(2)
    gone.subscriber.state = "gone"
    gone.subscriber.save()
    box = Box()
    one = worker(box)

    one.batch()

    assert [posting.key for posting in box.posted] == [wanted.key]
    assert (again(gone).state, again(gone).worker, again(gone).code) == ("skipped", "", "")
    assert one.told == {State.SENT: 1, State.SKIPPED: 1}


def test_a_letter_that_cannot_be_written_fails_alone_and_is_told(
    worker: Make, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    bad, good = rows(2)
    right = letters.letter

    def letter(row: Delivery) -> letters.Letter | None:
        if row == bad:
            raise ValueError
        return right(row)

    monkeypatch.setattr(letters, "letter", letter)

    worker(Box()).batch()

    assert (again(bad).state, again(bad).code, again(good).state) == ("failed", "unwritable", "sent")
    assert [record.getMessage() for record in caplog.records] == [f"A letter can't be written: {bad.topic} sending"]


def test_a_database_that_cannot_be_read_is_no_letters_fault(worker: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(1)

    def letter(_: Delivery) -> None:
        raise OperationalError

    monkeypatch.setattr(letters, "letter", letter)

    with pytest.raises(DatabaseError):
        worker(Box()).batch()
    assert states() == {"sending": 1}


def test_what_is_known_of_chapters_is_read_anew_after_a_second(worker: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    rows(8)
    looked: list[float] = []
    seconds = [0.0]
    monkeypatch.setattr(letters, "look_again", lambda: looked.append(seconds[0]))
    monkeypatch.setattr(time, "monotonic", lambda: seconds[0])
    one = worker(Box())

    for seconds[0] in (5.0, 5.99, 6.0, 6.99):
        one.batch()

    assert looked == [5.0, 6.0]


def test_a_postbox_that_cannot_be_used_costs_no_letter_a_try(worker: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "RESENDS", False)
    made = rows(2)

    with pytest.raises(PostboxError, match="no disk"):
        worker(Box(PostboxError("no disk"), leaves_doubt=True)).batch()

    assert [(row.state, row.tries, row.worker) for row in map(again, made)] == [("queued", 0, "")] * 2


def test_a_chapter_that_a_clock_set_back_has_made_one_to_come_is_told_later(worker: Make, now: datetime) -> None:
    (row,) = rows(1, next_try=now)
    Delivery.objects.update(topic="chapter:1")
    Chapter.objects.create(number=1, slug="1-one", published=now + timedelta(seconds=1))
    letters.look_again()

    worker(Box()).batch()

    row = again(row)
    assert (row.state, row.tries, row.code, row.next_try) == ("queued", 1, "not yet", now + timedelta(minutes=5))


PAUSES = [5, 10, 20, 40, 80, 160, 320, 640, 1280]


@pytest.mark.parametrize("resends", [True, False])
@pytest.mark.parametrize(
    ("outcome", "tries"),
    [*((state, 0) for state in ("sent", "failed", "skipped")), *(("queued", n) for n in range(11)), ("unknown", 3)],
)
def test_after_a_try_a_row_is_as_the_outcome_says_or_waits_longer_and_longer(
    worker: Make, now: datetime, monkeypatch: pytest.MonkeyPatch, outcome: str, tries: int, *, resends: bool
) -> None:
    monkeypatch.setattr(settings, "RESENDS", resends)
    (row,) = rows(1, next_try=now, tries=tries)
    box = Box(Outcome(State(outcome), "450"))
    one = worker(box)

    one.batch()

    row = again(row)
    waits = outcome == "queued" or (outcome == "unknown" and resends)
    expected = ("queued" if tries < 9 else "failed") if waits else outcome
    pause = PAUSES[tries] if waits and tries < 9 else 0
    assert (row.state, row.code, row.tries) == (expected, "450", tries + 1)
    assert row.next_try == now + timedelta(minutes=pause)
    assert row.worker == (one.life.name if outcome == "sent" else "")
    assert box.settled == [(one.life.name, {row.key} if outcome == "sent" else set(), set())]


def test_no_pause_is_longer_than_a_day(worker: Make, now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivering, "MOST_TRIES", 20)
    (row,) = rows(1, next_try=now, tries=9)

    worker(Box(Outcome(State.QUEUED))).batch()

    assert again(row).next_try == now + timedelta(days=1)


def test_who_was_erased_while_the_letter_went_gets_it_not_handed_over(worker: Make) -> None:
    stays, erased = rows(2)
    box = Box()
    box.meanwhile = erased.subscriber.delete
    one = worker(box)

    count = one.batch()

    assert (count, states(), one.told) == (2, {"sent": 1}, {State.SENT: 1})
    assert box.settled == [(one.life.name, {stays.key}, {erased.key})]


def test_when_all_that_was_claimed_ahead_is_erased_the_next_are_taken(worker: Make) -> None:
    made = rows(6)
    one = worker(Box())
    one.batch()
    for row in made[2:4]:
        row.subscriber.delete()

    count = one.batch()

    assert count == 2
    assert [again(row).state for row in made[4:]] == ["sent"] * 2


@pytest.mark.parametrize("change", [{"worker": "other"}, {"state": "skipped"}])
def test_a_row_that_another_changed_meanwhile_stays_as_it_is(worker: Make, change: dict[str, str]) -> None:
    first, second = rows(2)
    box = Box()
    box.meanwhile = lambda: Delivery.objects.filter(pk=first.pk).update(**change)
    one = worker(box)

    one.batch()

    expected = {"state": "sending", "worker": one.life.name} | change
    assert (again(first).state, again(first).worker) == (expected["state"], expected["worker"])
    assert box.settled == [(one.life.name, {second.key}, {first.key})]


@pytest.mark.parametrize("failures", [0, 1, 9, 10])
def test_a_locked_database_is_asked_ten_times_a_second_apart(
    worker: Make, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    rows(1)
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    box = Box()
    one = worker(box)
    note, begun = one._note, list[str]()  # noqa: SLF001

    def locked(*what: Any) -> None:  # noqa: ANN401
        if len(pauses) < failures and len(begun) < failures:
            message = "database is locked"
            raise OperationalError(message)
        note(*what)

    monkeypatch.setattr(one, "_note", locked)
    monkeypatch.setattr(one.life, "begin", lambda: begun.append("begun"))
    if failures == 10:
        with pytest.raises(OperationalError):
            one.batch()
        assert (states(), box.settled) == ({"sending": 1}, [])
    else:
        assert one.batch() == 1
        assert states() == {"sent": 1}
    assert pauses == [1.0] * min(failures, 9)
    assert len(begun) == min(failures, 9)


# the dead


def dead(one: Worker, name: str) -> str:
    """Somebody who was killed: the file is there, and nobody holds it."""
    assert isinstance(one.life, FileLife)
    (one.life.folder / name).touch()
    return name


@pytest.mark.parametrize(
    ("leaves_doubt", "resends", "state"),
    [(False, True, "queued"), (False, False, "queued"), (True, True, "queued"), (True, False, "unknown")],
)
def test_what_the_dead_had_goes_back_or_is_parked_and_what_the_living_have_stays(
    worker: Make, monkeypatch: pytest.MonkeyPatch, *, leaves_doubt: bool, resends: bool, state: str
) -> None:
    monkeypatch.setattr(settings, "RESENDS", resends)
    one, other = worker(Box(leaves_doubt=leaves_doubt)), worker(Box())
    lost = rows(2, "sending", worker=dead(one, "killed"), tries=1) + rows(1, "sending", worker="gone", tries=1)
    sent = rows(1, "sent", worker="killed")
    kept = [rows(1, "sending", worker=each.life.name)[0] for each in (one, other)]

    one.take_back()

    assert [(row.state, row.worker, row.tries) for row in map(again, lost)] == [(state, "", 1)] * 3
    assert again(sent[0]).worker == "killed"
    assert [again(row).worker for row in kept] == [one.life.name, other.life.name]
    assert [again(row).state for row in kept] == ["sending"] * 2


def test_a_worker_is_not_dead_to_itself_even_where_it_could_take_its_own_lock(
    worker: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Box()
    one = worker(box)
    (mine,) = rows(1, "sending", worker=one.life.name)
    told: list[bool] = []
    box.swept = lambda is_dead, _: told.append(is_dead(one.life.name))
    monkeypatch.setattr(one.life, "dead", lambda _: nullcontext(True))  # noqa: FBT003  (PostgreSQL's locks are so)

    one.take_back()

    assert (again(mine).state, told) == ("sending", [False])


def test_the_postbox_is_told_who_is_dead_and_what_was_sent(worker: Make) -> None:
    box = Box()
    one, other = worker(box), worker(Box())
    (sent,), (waits,) = rows(1, "sent", worker="w"), rows(1)
    told: list[object] = []
    names = [one.life.name, other.life.name, dead(one, "killed"), "gone"]
    box.swept = lambda is_dead, senders: told.extend(
        [[is_dead(name) for name in names], senders([sent.key, waits.key])]
    )

    one.take_back()

    assert told == [[False, False, True, True], {sent.key: "w"}]


def test_at_the_end_what_was_claimed_ahead_goes_back_and_the_worker_is_dead(worker: Make) -> None:
    rows(5)
    box = Box()
    one, other = worker(box), worker(Box())
    one.batch()

    one.end()

    assert states() == {"sent": 2, "queued": 3}
    assert set(Delivery.objects.filter(state="queued").values_list("worker", flat=True)) == {""}
    assert box.closed == 1
    with other.life.dead(one.life.name) as is_dead:
        assert is_dead


def test_a_worker_that_cannot_give_back_is_dead_all_the_same(worker: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    one, other = worker(Box()), worker(Box())

    def locked(_: object) -> None:
        raise OperationalError

    monkeypatch.setattr(one, "_mine", locked)
    with pytest.raises(OperationalError):
        one.end()

    with other.life.dead(one.life.name) as is_dead:
        assert is_dead


@pytest.mark.usefixtures("data")
def test_many_keys_are_asked_for_some_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    made = rows(3, "sent", worker="w") + rows(2)
    monkeypatch.setattr(delivering, "KEYS_AT_ONCE", 2)

    assert delivering._senders(row.key for row in made[1:]) == {row.key: "w" for row in made[1:3]}  # noqa: SLF001
    assert [len(some) for some in batched([row.key for row in made], 2)] == [2, 2, 1]
