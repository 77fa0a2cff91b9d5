"""The delivery worker inside `book serve`: it looks for what is due every few seconds, and at once after a form."""

import threading
from collections.abc import Callable
from contextlib import suppress

from django.db import DatabaseError, connection

from neuronwise.site import house
from neuronwise.site.delivering import Worker, overdue, postbox
from neuronwise.site.ledger import NEWS, State
from neuronwise.site.postbox import PostboxError

SECONDS_BETWEEN_LOOKS = 2.0
SECONDS_AFTER_TROUBLE = 60.0

TROUBLE = "{} while delivering letters; they are tried again in a minute."


started: list["Loop"] = []  # of this process


class Loop:
    """One worker in a thread of its own. What hinders it is told once, and may pass."""

    def __init__(self, say: Callable[[str], None]) -> None:
        self.say, self.told = say, set[str]()
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="delivery", daemon=True)

    def start(self) -> None:
        """Begin to deliver."""
        started.append(self)
        self.thread.start()

    def stop(self, seconds: float) -> None:
        """Finish the batch at hand and stop; what isn't finished in time goes back when the process ends."""
        self.stopping.set()
        NEWS.set()
        self.thread.join(seconds)

    @property
    def is_alive(self) -> bool:
        """Whether letters are being delivered."""
        return self.thread.is_alive()

    def _run(self) -> None:
        while not self.stopping.is_set():
            try:
                self._work()
            except (PostboxError, DatabaseError, OSError) as error:
                self._tell(str(error) if isinstance(error, PostboxError) else TROUBLE.format(type(error).__name__))
                self.stopping.wait(SECONDS_AFTER_TROUBLE)
            finally:
                connection.close()

    def _work(self) -> None:
        worker = Worker(postbox())
        try:
            self._keep_house()  # first: it needs no mail server
            worker.postbox.open()
            while not self.stopping.is_set():
                NEWS.clear()
                worker.take_back()
                while not self.stopping.is_set() and worker.batch():
                    self.told.clear()
                self._tell_failed(worker)
                self._keep_house()
                self._tell_overdue()
                NEWS.wait(SECONDS_BETWEEN_LOOKS)
        finally:
            with suppress(DatabaseError):
                worker.end()

    def _keep_house(self) -> None:
        if trouble := house.keep():
            self._tell(trouble)

    def _tell_overdue(self) -> None:
        if waiting := overdue():
            self._tell(
                f"{waiting:,} letters have waited for more than two days and lie still. Is this an old copy?\n"
                "If they are to go:\n    neuronwise book notify --force"
            )

    def _tell_failed(self, worker: Worker) -> None:
        if count := worker.told.pop(State.FAILED, 0):
            self._tell(
                f"{count:,} letters were refused for good. Which, and how to try again:\n    neuronwise book notify"
            )

    def _tell(self, words: str) -> None:
        if words not in self.told:
            with suppress(OSError):  # nobody listens any more
                self.say(words)
        self.told.add(words)
