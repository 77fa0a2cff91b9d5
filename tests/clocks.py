"""A clock that stands, but for a millionth of a second a look, until somebody moves it; chance that comes again."""

import time
import uuid
from datetime import UTC, datetime, timedelta
from random import Random

from django.utils import timezone

MORNING = datetime(2027, 1, 10, 8, tzinfo=UTC)


class Clock:
    """The site asks for the time at two places, `timezone.now` and `time.time`; both are this one, after `run`."""

    def __init__(self) -> None:
        self.now = MORNING

    def look(self) -> datetime:
        """The time, which is another one each time, as it is with a real clock."""
        self.now += timedelta(microseconds=1)
        return self.now

    def run(self) -> None:
        """From now on this process has this time; before the tables are loaded, which take the function with them."""
        timezone.now = self.look
        time.time = lambda: self.look().timestamp()


class Chance:
    """The ids and keys of the tables: the same ones in each run, so that what a run has found it finds again."""

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """The first one comes next."""
        self.random = Random(0)  # noqa: S311  (names of rows, no secrets)

    def uuid4(self) -> uuid.UUID:
        """The next one."""
        return uuid.UUID(int=self.random.getrandbits(128), version=4)

    def run(self) -> None:
        """From now on this process has this chance; before the tables are loaded."""
        uuid.uuid4 = self.uuid4


CLOCK, CHANCE = Clock(), Chance()
