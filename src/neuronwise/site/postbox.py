"""Where letters are posted: files in the outbox, or a mail server. What became of each is an outcome.

Outbox       a file is durable before the ledger says `sent`, and reaches `new/` only after: exactly once
Relay        a mail server that said 250 has it; killed between that and the ledger's commit: again, or parked
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from neuronwise.site.ledger import State


@dataclass(frozen=True)
class Posting:
    """A letter that is ready to go: its key, to whom, and what."""

    key: UUID
    to: str
    message: bytes


@dataclass(frozen=True)
class Outcome:
    """What became of a posting: SENT; QUEUED, to be tried again; FAILED for good; UNKNOWN, whether it went or not."""

    state: State
    code: str = ""


class PostboxError(Exception):
    """The postbox itself can't be used: no letter is to blame. The message holds the reason and no address."""


Dead = Callable[[str], bool]  # whether a worker is dead
Senders = Callable[[Sequence[UUID]], Mapping[UUID, str]]  # of these keys, those that are sent, and by which worker


class Postbox(Protocol):
    """A place to post letters."""

    batch: int  # how many a worker takes at once
    leaves_doubt: bool  # whether a letter that a dead worker had may have gone

    def open(self) -> None:
        """Be ready to post; done by `post` too.

        Errors   PostboxError: the postbox can't be used
        """
        ...

    def post(self, worker: str, postings: Sequence[Posting]) -> Iterator[tuple[UUID, Outcome]]:
        """Post each; what became of it.

        Errors   PostboxError: the postbox can't be used; what has no outcome by then was not posted
        """
        ...

    def settle(self, worker: str, sent: Iterable[UUID], dropped: Iterable[UUID]) -> None:
        """The ledger says of these that they are sent, of those that nobody wants them any more."""
        ...

    def sweep(self, is_dead: Dead, senders_of: Senders) -> None:
        """Finish or take away what dead workers have left."""
        ...

    def close(self) -> None:
        """Nothing more is posted for now."""
        ...
