"""A clock for the site that stands, but for a millionth of a second at each look, until somebody moves it."""

import time
from datetime import UTC, datetime, timedelta

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


CLOCK = Clock()
