"""Tests of neuronwise.site.ledger: who gets which letter, and that nobody gets one twice."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from django.core.management import call_command
from django.db import transaction

from neuronwise.site.ledger import NEWS, Delivery, State, claim, day, queue, queue_for_all, retry
from neuronwise.site.subscribers import Subscriber

pytestmark = pytest.mark.usefixtures("data")


def subscriber(name: str, state: str = "active") -> Subscriber:
    return Subscriber.objects.create(address=f"{name}@example.org", state=state)


def test_the_tables_are_as_their_migrations_make_them() -> None:
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_the_states_are_called_as_other_programs_read_them() -> None:
    assert State.values == ["queued", "sending", "sent", "failed", "skipped", "unknown"]


def test_a_letter_tells_its_topic_and_state_and_no_address() -> None:
    assert str(Delivery(topic="chapter:3", subscriber=Subscriber(address="a@example.org"))) == "chapter:3 queued"


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=3)])
def test_a_letter_is_queued_once_for_each_of_those_who_are_named(now: datetime, later: timedelta) -> None:
    one, two, other = (subscriber(name).pk for name in ("one", "two", "other"))

    queue("chapter:3", [one], now + later if later else None)
    queue("chapter:3", [one, two], now + timedelta(days=1))
    queue("chapter:4", [other], now)

    rows = Delivery.objects.filter(topic="chapter:3").values_list("subscriber", "next_try", "state", "tries", "worker")
    assert sorted(rows, key=lambda row: row[1]) == [
        (one, now + later, "queued", 0, ""),
        (two, now + timedelta(days=1), "queued", 0, ""),
    ]


@pytest.mark.parametrize("again", ["by name", "for all"])
def test_a_letter_that_was_not_wanted_may_be_wanted_once_more(now: datetime, again: str) -> None:
    one, later = subscriber("one"), now + timedelta(hours=1)
    queue("chapter:3", [one.pk], now)
    Delivery.objects.update(state="skipped", tries=1)

    queue("chapter:3", [one.pk], later) if again == "by name" else queue_for_all("chapter:3", later)

    row = Delivery.objects.get()
    assert (row.state, row.tries, row.next_try) == ("queued", 0, later)


@pytest.mark.parametrize(("tries", "due", "when"), [(0, 5, 5), (1, 5, 0), (0, -50, 0)])  # hours
def test_what_is_unknown_keeps_the_time_that_it_was_to_go_if_that_is_to_come(
    now: datetime, tries: int, due: int, when: int
) -> None:
    queue("chapter:3", [subscriber("one").pk], now + timedelta(hours=due))
    Delivery.objects.update(state="unknown", tries=tries)

    assert retry("unknown") == 1
    assert Delivery.objects.get().next_try == now + timedelta(hours=when)


def test_a_letter_to_nobody_is_none() -> None:
    queue("chapter:3", [])

    assert not Delivery.objects.exists()


def test_for_all_are_those_who_are_subscribed_and_have_no_letter_of_this_topic_yet(now: datetime) -> None:
    one, two = subscriber("one"), subscriber("two")
    subscriber("pending", "pending")
    subscriber("gone", "gone")
    queue("chapter:3", [one.pk], now)
    Delivery.objects.update(state="sent")

    queue_for_all("chapter:3", now + timedelta(hours=1))
    queue_for_all("chapter:3", now + timedelta(hours=2))

    assert Delivery.objects.count() == 2
    assert Delivery.objects.get(subscriber=one).state == "sent"
    row = Delivery.objects.get(subscriber=two)
    assert (row.topic, row.state, row.tries, row.worker, row.code) == ("chapter:3", "queued", 0, "", "")
    assert row.next_try == now + timedelta(hours=1)
    assert isinstance(row.key, UUID)


@pytest.mark.parametrize("how", ["queue", "queue_for_all"])
def test_a_worker_hears_of_letters_when_they_are_committed_and_no_sooner(now: datetime, how: str) -> None:
    who = subscriber("one")
    NEWS.clear()

    with transaction.atomic():
        if how == "queue":
            queue("chapter:3", [who.pk])
        else:
            queue_for_all("chapter:3", now)
        before = NEWS.is_set()

    assert (before, NEWS.is_set()) == (False, True)


def test_what_failed_is_queued_again_as_if_it_had_never_been_tried(now: datetime) -> None:
    tried = {"tries": 10, "worker": "dead", "code": "550", "next_try": now - timedelta(days=9)}
    for name, state in (("one", "failed"), ("two", "failed"), ("other", "unknown")):
        Delivery.objects.create(topic="chapter:3", subscriber=subscriber(name), state=state, **tried)

    count = retry("failed")

    again = Delivery.objects.filter(state="queued")
    assert (count, again.count(), Delivery.objects.get(state="unknown").tries) == (2, 2, 10)
    for row in again:
        assert (row.tries, row.worker, row.code, row.next_try) == (0, "", "", now)


def test_a_state_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="'lost' is not a valid State"):
        retry("lost")


@pytest.mark.usefixtures("now")
def test_the_topic_of_a_day_has_its_kind_and_date() -> None:
    assert day("confirm") == "confirm:2027-01-10"


def test_the_first_that_are_due_are_claimed_and_no_more_than_asked_for(now: datetime) -> None:
    hour, moment = timedelta(hours=1), timedelta(microseconds=1)
    who = subscriber("one").pk
    ages = (hour, hour - moment, timedelta(minutes=2), timedelta(minutes=1), timedelta(0), -moment)
    rows = [Delivery(topic=f"chapter:{age}", subscriber_id=who, next_try=now - age) for age in ages]
    failed = Delivery(topic="chapter:2", subscriber_id=who, next_try=now, state="failed")
    long_ago, *due, future = [row.pk for row in rows]
    Delivery.objects.bulk_create([failed, *rows])

    assert sorted(claim("one", 3, now - hour)) == sorted(due[:3])
    assert claim("two", 3, now - hour) == due[3:]
    assert claim("one", 3, now - hour) == []
    taken = {row.pk: (row.state, row.worker) for row in Delivery.objects.all()}
    waiting = {failed.pk: ("failed", ""), long_ago: ("queued", ""), future: ("queued", "")}
    assert taken == waiting | dict.fromkeys(due[:3], ("sending", "one")) | {due[3]: ("sending", "two")}
