"""Tests of neuronwise.site.delivering, ledger, outbox, relay, life: each letter once, whatever is killed or fails."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import crashing
import pytest
from claiming import claimed
from ledgers import Ledger, Sink, SinkTaker, Taker, deliver_killing, ledger, published

SET = """
from neuronwise.site import opening
opening.open_site()
from datetime import timedelta
from django.utils import timezone
from neuronwise.site.ledger import Delivery
"""


def runs(ledger: Ledger, how: str, subscribers: int, taken: Path) -> list[dict[str, Any]]:
    program = [sys.executable, crashing.__file__, how, str(subscribers), str(taken)]
    done = subprocess.run(program, env=ledger.environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("how", ["end", "fail"])
def test_wherever_a_worker_ends_or_fails_each_letter_is_in_the_outbox_once(
    memory: Path, database: dict[str, str], how: str
) -> None:
    steps = runs(ledger(memory, 0, **database), how, 5, memory / "none")

    assert len(steps) > 30
    for step in steps:
        assert (step["held"], step["states"]) == ([1] * 5, ["sent"] * 5), step
        assert (step["drafts"], step["foreign"]) == (0, 0), step


@pytest.mark.parametrize("how", ["end", "fail"])
def test_wherever_a_worker_ends_or_fails_the_mail_server_gets_one_letter_twice_at_most(
    memory: Path, sink: Sink, how: str
) -> None:
    steps = runs(ledger(memory, 0, **sink.settings), how, 1, sink.file)

    assert len(steps) > 25
    for step in steps:
        assert (step["held"] in ([1], [2]), step["states"]) == (True, ["sent"]), step
    assert any(step["held"] == [2] for step in steps)  # exactly once over SMTP doesn't exist


def test_with_park_the_mail_server_gets_no_letter_twice_and_the_doubtful_are_listed(memory: Path, sink: Sink) -> None:
    steps = runs(ledger(memory, 0, NEURONWISE_IN_DOUBT="park", **sink.settings), "end", 1, sink.file)

    for step in steps:
        assert max(step["held"]) <= 1, step
        for held, state in zip(step["held"], step["states"], strict=True):
            assert held or state == "unknown", step


def test_ten_kills_among_two_thousand_letters_lose_none_and_double_none(memory: Path, database: dict[str, str]) -> None:
    made = published(memory, 2_000, **database)

    taker = Taker(made.new)
    deliver_killing(made, 2_000, taker, kills=10, count=2)

    assert (len(taker.taken), taker.twice) == (2_000, 0)
    assert made.states() == {"sent": 2_000}


def test_four_workers_claim_no_letter_twice(memory: Path, database: dict[str, str]) -> None:
    made = published(memory, 300, **database)

    counts = claimed(made, batch=7)

    assert (len(counts), set(counts.values())) == (300, {1})
    assert made.states() == {"sent": 300}


def test_with_park_kills_double_no_letter_and_the_doubtful_are_listed_until_the_author_has_them_sent(
    memory: Path, sink: Sink
) -> None:
    made = published(memory, 60, NEURONWISE_IN_DOUBT="park", **sink.settings)

    taker = SinkTaker(sink)
    said = deliver_killing(made, 60, taker, kills=3, count=1)
    states, once = made.states(), taker.twice == 0
    again = made.run("notify", "--retry", "unknown").stdout
    taker.take()

    assert once
    assert states == {"sent": 60 - states["unknown"], "unknown": states["unknown"]}
    assert 1 <= states["unknown"] <= 3
    assert said.count("  unknown  chapter:1") == states["unknown"]
    assert f"{states['unknown']} sent." in again
    assert (made.states(), len(taker.taken)) == ({"sent": 60}, 60)


AT_ONCE = """
import os
from neuronwise.site import opening
opening.open_site()
from django.db import connections
connections.close_all()
def publish():
    from neuronwise.site.publishing import publish
    print(publish(1).before, flush=True)
    os._exit(0)
children = [os.fork() or publish() for _ in range(20)]
assert [os.waitpid(child, 0)[1] for child in children] == [0] * 20
"""


def test_twenty_publishes_at_once_tell_everybody_once(memory: Path, database: dict[str, str]) -> None:
    made = ledger(memory, 100, **database)

    before = made.python(AT_ONCE).split()

    assert sorted(before) == ["False"] + ["True"] * 19
    assert made.states() == {"queued": 100}


MEANWHILE = """
import threading
from datetime import timedelta
from neuronwise.site import opening
opening.open_book()
from django.db import connections
from django.utils import timezone
from neuronwise.site import consent, publishing
from neuronwise.site.models import Delivery, Subscriber
consent.ask("late@example.org")
late = Subscriber.objects.get().pk
def confirm():
    consent.give(late)
    connections.close_all()
confirming, queue_for_all = threading.Thread(target=confirm), publishing.queue_for_all
def queue(*given):
    queue_for_all(*given)
    confirming.start()
    confirming.join(0.5)  # it has to wait for the end of the transaction that it is in the middle of
publishing.queue_for_all = queue
publishing.publish(1, timezone.now() + timedelta(hours=1))
confirming.join()
print(Delivery.objects.filter(topic="chapter:1").count())
"""


def test_who_confirms_while_a_chapter_is_scheduled_is_told_of_it(memory: Path, database: dict[str, str]) -> None:
    assert ledger(memory, 0, **database).python(MEANWHILE) == "1\n"


def test_an_old_copy_sends_nothing_until_the_author_says_so(memory: Path) -> None:
    made = published(memory, 3)
    made.python(SET + "Delivery.objects.update(next_try=timezone.now() - timedelta(hours=49))")

    without = made.run("notify")
    states = made.states()
    forced = made.run("notify", "--force")

    assert "3 letters waited for more than two days and lie still: is this an old copy" in without.stdout
    assert states == {"queued": 3}
    assert (forced.returncode, made.states()) == (0, {"sent": 3})


ANSWERS = {  # what the mail server does with the letter to this address: the state, the code, whether it has the letter
    "fine@example.org": ("sent", "250", 1),
    "busy-450@example.org": ("queued", "450", 0),
    "closing-421@example.org": ("queued", "421", 0),
    "no-550@example.org": ("failed", "550", 0),
    "before-dot@example.org": ("queued", "connection lost", 0),
    "after-dot@example.org": ("queued", "connection lost", 1),
}


def subscribed(memory: Path, sink: Sink, **settings: str) -> Ledger:
    return published(memory, ANSWERS, **sink.settings, **settings)


def rows(made: Ledger, *columns: str) -> dict[str, tuple[object, ...]]:
    values = made.python(
        SET + f"import json; print(json.dumps(list(Delivery.objects.values_list('subscriber__address', *{columns}))))"
    )
    return {address: tuple(rest) for address, *rest in json.loads(values)}


def test_each_answer_of_the_mail_server_has_its_state(memory: Path, sink: Sink) -> None:
    made = subscribed(memory, sink)

    done = made.run("notify")

    assert rows(made, "state", "code") == {address: (state, code) for address, (state, code, _) in ANSWERS.items()}
    assert sorted(sink.taken) == ["after-dot@example.org", "fine@example.org"]
    assert done.returncode == 1
    assert "1 failed, 4 to be tried again, 1 sent." in done.stdout
    assert "no-550@example.org  550" in done.stdout


def test_with_park_a_letter_lost_after_its_dot_is_unknown_until_the_author_decides(memory: Path, sink: Sink) -> None:
    made = subscribed(memory, sink, NEURONWISE_IN_DOUBT="park")

    made.run("notify")

    assert rows(made, "state")["after-dot@example.org"] == ("unknown",)
    assert "1 letter unknown before, queued again." in made.run("notify", "--retry", "unknown").stdout
    assert sink.taken.count("after-dot@example.org") == 2


def test_what_is_refused_for_a_while_fails_after_ten_tries_with_longer_and_longer_pauses(
    memory: Path, sink: Sink
) -> None:
    made = published(memory, ["busy-450@example.org"], **sink.settings)
    program = (
        SET
        + """
from neuronwise.site.delivering import Worker, postbox
worker = Worker(postbox())
for _ in range(10):
    Delivery.objects.update(next_try=timezone.now())
    assert worker.batch() == 1
    row = Delivery.objects.get()
    print(row.state, row.tries, round((row.next_try - timezone.now()).total_seconds() / 60))
assert worker.batch() == 0
"""
    )

    told = made.python(program).splitlines()

    pauses = [5, 10, 20, 40, 80, 160, 320, 640, 1280]
    assert told == [*(f"queued {n} {pause}" for n, pause in enumerate(pauses, 1)), "failed 10 0"]


def test_a_mail_server_that_cannot_be_used_costs_no_letter_a_try(memory: Path) -> None:
    made = published(memory, 2, NEURONWISE_MAIL="smtp://127.0.0.1:1", NEURONWISE_FROM="book@localhost")

    refused = made.run("notify")

    assert refused.returncode == 2
    assert "The mail server 127.0.0.1:1 can't be used: " in refused.stderr
    assert "Nothing is lost" in refused.stderr
    assert set(rows(made, "state", "tries").values()) == {("queued", 0)}
