"""One line that tells how far training is, where people can see it."""

import sys
import time

QUIET, BETWEEN = 1.0, 0.1  # seconds before the line first shows, and between two looks of it


class Progress:
    """A line on the terminal that changes; `wanted` None: on a terminal, for work of more than a second."""

    def __init__(self, epochs: int, *, wanted: bool | None) -> None:
        self.epochs = epochs
        self.started = time.monotonic()
        self.next = self.started + (0 if wanted else QUIET)
        self.on = sys.stderr.isatty() if wanted is None else wanted
        self.shown = False

    def look(self, done: float, error: float) -> None:
        """Show how many epochs are done, the last error, and the time that is left at this pace, if it is time to."""
        if not self.on or time.monotonic() < self.next:
            return
        now = time.monotonic()
        left = (now - self.started) / done * (self.epochs - done)
        line = f"epoch {int(done)} of {self.epochs}, error {error:.6g}, {duration(left)} left"
        sys.stderr.write(f"\r{line}\033[K")
        sys.stderr.flush()
        self.next, self.shown = now + BETWEEN, True

    def end(self) -> None:
        """Erase the line."""
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def duration(seconds: float) -> str:
    """Seconds as people say them.

    >>> duration(7.4), duration(125), duration(7320)
    ('7 s', '2 min 5 s', '2 h 2 min')
    """
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes_left = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes_left} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
