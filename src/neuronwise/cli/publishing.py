"""The commands of publishing: make a chapter public, deliver the letters about it."""

import argparse
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from neuronwise.cli.terminal import DONE, FAULT, begin, command, complain, refuse, say

if TYPE_CHECKING:
    from neuronwise.cli.terminal import Commands
    from neuronwise.site.delivering import Worker

ZONE = os.environ.get("TZ")
MOST_NAMED = 20  # letters that failed, each in a line of its own


def add(commands: "Commands") -> None:
    """Add the commands of this file."""
    _add_publish(commands)
    _add_notify(commands)


# publish


def _publish(options: argparse.Namespace) -> int:
    from neuronwise.site import environment, opening  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    environment.override(os.environ, book=options.book, data=options.data, port=None)
    try:
        opening.open_book()
    except StartError as error:
        return refuse(error)
    _home()
    from neuronwise.site.postbox import PostboxError  # noqa: PLC0415  (its models need the opened site)
    from neuronwise.site.publishing import PublishError  # noqa: PLC0415

    try:
        with opening.in_words():
            return _rehearse(options) if options.preview or options.test else _published(options)
    except (PublishError, PostboxError, StartError) as error:
        return refuse(error)
    except OSError as error:
        return refuse(f"the chapter can't be copied to where readers see it; {error}. Nothing is published.")


def _published(options: argparse.Namespace) -> int:
    from neuronwise.site.publishing import publish  # noqa: PLC0415

    done = publish(options.number, options.at)
    name = f"Chapter {done.chapter.number}, {done.chapter.title},"
    if done.before:
        seen = "Readers see the correction" if done.corrected else "Nothing has changed"
        say(f"{name} is public since {_local(done.when)}. {seen}; nobody is told again.")
        return DONE
    when = f"will be public on {_local(done.when)}" if options.at else "is public"
    say(f"{name} {when}. {_letters(done.letters)} queued.")
    say("They are delivered by `neuronwise book serve`, or by:\n    neuronwise book notify")
    for number in done.unaware:
        say(f"Chapter {number} was published before this one was built, and doesn't lead to it. To renew its page:")
        say(f"    neuronwise book publish {number}        (nobody is told)")
    return DONE


def _rehearse(options: argparse.Namespace) -> int:
    """Show the letter, or send it to the author; nothing is published."""
    from django.conf import settings  # noqa: PLC0415

    from neuronwise.site import rehearsal  # noqa: PLC0415

    if options.preview:
        say(rehearsal.preview(options.number))
    if options.test:
        rehearsal.send(options.number)
        say(f"The letter is on its way to the author, {settings.AUTHOR.addr_spec}.")
    say("Nothing is published. To publish:")
    say(f"    neuronwise book publish {options.number}")
    return DONE


# notify


def _notify(options: argparse.Namespace) -> int:
    from neuronwise.site import environment, opening  # noqa: PLC0415  (a room is loaded when its command runs)
    from neuronwise.site.errors import StartError  # noqa: PLC0415

    environment.override(os.environ, book=None, data=options.data, port=None)
    try:
        opening.open_site()
    except StartError as error:
        return refuse(error)
    _home()
    from neuronwise.site.postbox import PostboxError  # noqa: PLC0415  (its models need the opened site)

    try:
        with opening.in_words():
            return _delivered(options)
    except (PostboxError, StartError) as error:
        return refuse(
            f"{error}\nNothing is lost: what was not sent is queued, for the next\n    neuronwise book notify"
        )


def _delivered(options: argparse.Namespace) -> int:
    from neuronwise.site import delivering, house  # noqa: PLC0415  (their models need the opened site)
    from neuronwise.site.ledger import retry  # noqa: PLC0415

    if options.retry:
        say(f"{_letters(retry(options.retry))} {options.retry} before, queued again.")
    if trouble := house.keep():
        complain(trouble)
    with _stoppable() as stop:
        worker = delivering.Worker(delivering.postbox(), stale=options.force)
        _deliver(worker, stop)
    return _report(worker)


def _deliver(worker: "Worker", stop: Event) -> None:
    from neuronwise.site import delivering  # noqa: PLC0415

    try:
        worker.take_back()
        whole, started = delivering.due(stale=worker.stale).count(), time.monotonic()
        while not stop.is_set() and worker.batch():
            begin(_progress(worker.told.total(), whole, time.monotonic() - started))
    finally:
        worker.end()


def _progress(done: int, whole: int, seconds: float) -> str:
    """How far it is, as one line.

    >>> _progress(500, 2_000, 1.0)
    '500 of 2,000 letters, 500 a second, 3 s left'
    """
    pace = done / max(seconds, 1e-3)
    left = max(whole - done, 0) / pace if pace else 0
    return f"{done:,} of {max(whole, done):,} letters, {pace:,.0f} a second, {left:,.0f} s left"


def _report(worker: "Worker") -> int:
    """Say what became of the letters, and what can be done about those that didn't go."""
    from neuronwise.site import delivering  # noqa: PLC0415
    from neuronwise.site.ledger import Delivery, State  # noqa: PLC0415

    told = ", ".join(f"{count:,} {WORDS[state]}" for state, count in sorted(worker.told.items()))
    say(f"{told or 'Nothing was due'}.")
    troubled = Delivery.objects.filter(state__in=[State.FAILED, State.UNKNOWN]).select_related("subscriber")
    for row in troubled.order_by("state", "topic")[:MOST_NAMED]:
        say(f"  {row.state:8} {row.topic:20} {row.subscriber.address}  {row.code}")
    count = troubled.count()
    if count:
        say(f"{_letters(count)} failed, or unknown whether they went. To try again:")
        say("    neuronwise book notify --retry failed        (or: unknown)")
    _say_waiting(delivering.overdue())
    return FAULT if worker.told[State.FAILED] or worker.told[State.UNKNOWN] else DONE


def _say_waiting(overdue: int) -> None:
    from neuronwise.site import delivering  # noqa: PLC0415
    from neuronwise.site.ledger import Delivery, State  # noqa: PLC0415

    waiting = Delivery.objects.filter(state=State.QUEUED, next_try__gt=delivering.oldest(stale=False))
    if first := waiting.order_by("next_try").first():
        when = _local(max(first.next_try, datetime.now().astimezone()))
        say(f"{_letters(waiting.count())} queued, the next for {when}.")
    if overdue:
        say(f"{_letters(overdue)} waited for more than two days and lie still: is this an old copy of the site?")
        say("If they are to go:\n    neuronwise book notify --force")


WORDS = {
    "sent": "sent",
    "queued": "to be tried again",
    "failed": "failed",
    "skipped": "not wanted any more",
    "unknown": "unknown",
}


@contextmanager
def _stoppable() -> Iterator[Event]:
    """Ctrl-C, or the system's request to end, lets the letters at hand be finished; a second one ends at once."""
    stop = Event()

    def ask(number: int, _frame: object) -> None:
        begin("Finishing the letters at hand; Ctrl-C once more ends at once")
        signal.signal(number, signal.default_int_handler)
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _letters(count: int) -> str:
    """Count letters in words.

    >>> _letters(1), _letters(2000)
    ('1 letter', '2,000 letters')
    """
    return f"{count:,} letter{'s' * (count != 1)}"


def _local(when: datetime) -> str:
    return f"{when.astimezone():%Y-%m-%d %H:%M}"


def _home() -> None:
    """Go back to this machine's time zone, summer time and all: Django, once opened, takes the process to another."""
    if hasattr(time, "tzset"):
        os.environ.pop("TZ", None)
        os.environ |= {"TZ": ZONE} if ZONE else {}
        time.tzset()


# declarations


def _add_publish(commands: "Commands") -> None:
    publish = command(
        commands,
        "publish",
        "make a chapter public, and queue a letter to everybody who is subscribed",
        "book publish 1",
    )
    publish.add_argument("number", type=int, metavar="N", help="the chapter's number")
    publish.add_argument(
        "--at", type=_time, metavar="TIME", help="when, as 2027-01-10T08:00 (this machine's time zone, or with +01:00)"
    )
    publish.add_argument("--preview", action="store_true", help="show the letter; publish nothing")
    publish.add_argument("--test", action="store_true", help="send the letter to the author alone; publish nothing")
    publish.add_argument("--book", type=Path, metavar="DIR", help="the folder of the built book (default: build/book)")
    _add_data(publish)
    publish.set_defaults(run=_publish)


def _add_notify(commands: "Commands") -> None:
    notify = command(commands, "notify", "deliver the letters that are due", "book notify")
    notify.add_argument("--retry", choices=["failed", "unknown"], help="try these once more")
    notify.add_argument("--force", action="store_true", help="deliver what has waited for more than two days, too")
    _add_data(notify)
    notify.set_defaults(run=_notify)


def _add_data(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--data", type=Path, metavar="DIR", help="the folder of the database (default: the user's data folder)"
    )


def _time(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).astimezone()
    except (ValueError, OverflowError) as error:
        message = f"expected a time such as 2027-01-10T08:00; got {text!r}"
        raise argparse.ArgumentTypeError(message) from error
