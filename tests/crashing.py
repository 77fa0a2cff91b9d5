"""Have a worker end, or fail, at its first step, then at its second, and so on until it gets through.

    python crashing.py end|fail SUBSCRIBERS FILE

A step is a statement, a commit, a call that touches files, or what is said to or heard from a mail server. For each run
a line of JSON: how often each reader holds the letter, and the states in the ledger. FILE is what `sink` has taken, if
letters go to a mail server. All happens in forked children, so that a run costs no start of Python.
"""

import errno
import json
import os
import smtplib
import sys
from collections import Counter
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from neuronwise.site import opening

ENDED = 9
MOST_STEPS = 1_000

Wrap = Callable[[Callable[..., Any], Callable[[], Exception]], Callable[..., Any]]


def main(how: str, subscribers: int, sink: Path) -> None:
    """Run until a run gets through."""
    opening.open_site()
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    connections.close_all()  # else the children would share it

    in_child(partial(begin, subscribers))
    for step in range(1, MOST_STEPS):
        sink.unlink(missing_ok=True)
        ended = in_child(partial(deliver, how, step))
        taken = take(settings.DATA / "outbox" / "new")
        in_child(partial(finish, step, taken, sink, subscribers))
        if ended == 0:
            break


def in_child(work: Callable[[], object]) -> int:
    """Do this in a child of this process; how it ended."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        try:
            work()
            sys.stdout.flush()
        except BaseException:  # noqa: BLE001  (whatever it is, the child ends here)
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def begin(subscribers: int) -> None:
    """A book, and the first letters."""
    opening.open_book()
    reset(subscribers)


def reset(subscribers: int) -> None:
    """So many subscribers, for each a letter that is queued."""
    from django.utils import timezone  # noqa: PLC0415

    from neuronwise.site.ledger import Delivery, queue  # noqa: PLC0415
    from neuronwise.site.models import Chapter, Subscriber  # noqa: PLC0415

    Delivery.objects.all().delete()
    Subscriber.objects.all().delete()
    Chapter.objects.filter(number=1).update(published=timezone.now())
    rows = [Subscriber(address=f"reader-{n}@example.org", state="active") for n in range(subscribers)]
    Subscriber.objects.bulk_create(rows)
    queue("chapter:1", [row.pk for row in rows])


def deliver(how: str, step: int) -> None:
    """Deliver, but end or fail before this step."""
    steps = count(1)

    def wrap(call: Callable[..., Any], error: Callable[[], Exception]) -> Callable[..., Any]:
        def wrapped(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401
            if next(steps) == step:
                if how == "end":
                    os._exit(ENDED)
                raise error()
            return call(*args, **kwargs)

        return wrapped

    plant(wrap)
    drain()
    os._exit(0 if next(steps) <= step else ENDED)  # 0: it got through before the step was reached


def plant(wrap: Wrap) -> None:
    """Put the wrapper around every step."""
    from django.db import OperationalError, connection, connections  # noqa: PLC0415

    from neuronwise.site import delivering  # noqa: PLC0415

    delivering.SECONDS_BETWEEN_NOTES = 0.0

    def locked() -> Exception:
        return OperationalError("database is locked")

    def full() -> Exception:
        return OSError(errno.ENOSPC, "No space left on device")

    connection.execute_wrappers.append(lambda execute, *rest: wrap(execute, locked)(*rest))
    database: Any = connections["default"]
    database._commit = wrap(database._commit, locked)  # noqa: SLF001
    for name in ("open", "fsync", "rename", "unlink", "mkdir"):
        setattr(os, name, wrap(getattr(os, name), full))
    for name in ("connect", "send", "getreply"):
        setattr(smtplib.SMTP, name, wrap(getattr(smtplib.SMTP, name), ConnectionResetError))


def drain() -> None:
    """Deliver what is due; a worker that fails is followed by another."""
    from django.db import DatabaseError, connection  # noqa: PLC0415

    from neuronwise.site.delivering import Worker, postbox  # noqa: PLC0415
    from neuronwise.site.postbox import PostboxError  # noqa: PLC0415

    for _ in range(3):
        try:
            worker = Worker(postbox())
            try:
                worker.take_back()
                while worker.batch():
                    pass
            finally:
                worker.end()
        except (DatabaseError, PostboxError, OSError):
            connection.close()
        else:
            return


def finish(step: int, taken: Counter[str], sink: Path, subscribers: int) -> None:
    """What another worker does, an hour later; what readers then hold; and all anew."""
    from django.conf import settings  # noqa: PLC0415
    from django.utils import timezone  # noqa: PLC0415

    from neuronwise.site.ledger import Delivery  # noqa: PLC0415

    Delivery.objects.filter(state="queued").update(next_try=timezone.now())
    drain()
    taken += take(settings.DATA / "outbox" / "new")
    taken += Counter(line.split()[0] for line in sink.read_text().splitlines()) if sink.exists() else Counter()
    report(step, taken, drafts=len(list((settings.DATA / "outbox").glob("writing/*"))))
    reset(subscribers)


def take(new: Path) -> Counter[str]:
    """Take the letters out of the outbox."""
    found = Counter(f"<{file.stem}@localhost>" for file in new.glob("*.eml"))
    for file in new.glob("*.eml"):
        file.unlink()
    return found


def report(step: int, taken: Counter[str], drafts: int) -> None:
    """One run's line."""
    from neuronwise.site.ledger import Delivery  # noqa: PLC0415

    rows = {f"<{row.key.hex}@localhost>": row.state for row in Delivery.objects.all()}
    held = {key: taken.pop(key, 0) for key in rows}
    line = {"step": step, "held": list(held.values()), "states": list(rows.values()), "foreign": taken.total()}
    print(json.dumps(line | {"drafts": drafts}))  # noqa: T201


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
