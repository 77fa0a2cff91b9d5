"""What the site writes about itself: a line of JSON for each error, without anything that a reader has sent.

time, level, logger    when, how bad, who says so
message                fixed words; of other people's programs only those, never what they put in
method, route, status  of a request: the route, `u/<str:token>`, where a path could hold somebody's token
error, where           which exceptions led to one another, and the lines of code; not their words, which may quote

Where it is written to a terminal, the same in words.
"""

import json
import logging
import re
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from http import HTTPStatus
from traceback import extract_tb
from typing import Any

OURS = "neuronwise."
FIXED = re.compile(r"[A-Za-z ,.]*")  # the words with which a message begins


class Lines(logging.Formatter):
    """Records as lines of JSON, or in words."""

    def format(self, record: logging.LogRecord) -> str:
        """One record as one line; on a terminal, what was raised has a line for each place."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _message(record),
            **_asked(record),
            **_raised(record),
        }
        if sys.stderr.isatty():
            return _words(**line)
        return json.dumps(line)  # in ASCII: no line separator of another script


def _words(  # what `Lines` writes, by its names
    time: str, level: str, logger: str, message: str, where: Sequence[str] = (), **more: object
) -> str:
    about = "".join(f" · {name} {value}" for name, value in more.items())
    lines = [f"{time} {level} {logger}: {message}{about}", *(f"    {place}" for place in where)]
    return "\n".join("".join(sign if sign.isprintable() else " " for sign in line) for line in lines)


def _message(record: logging.LogRecord) -> str:
    if hasattr(record, "status_code"):  # Django's, about a request
        return HTTPStatus(record.status_code).phrase
    if record.name.startswith(OURS):
        return record.getMessage()
    fixed = FIXED.match(str(record.msg))  # waitress puts paths and addresses of readers into its own
    return fixed[0].strip() if fixed else ""


def _asked(record: logging.LogRecord) -> dict[str, object]:
    request = getattr(record, "request", None)
    if request is None:
        return {}
    match = getattr(request, "resolver_match", None)
    route = match.route if match else "no route"
    return {"method": request.method, "route": route, "status": getattr(record, "status_code", None)}


def _raised(record: logging.LogRecord) -> dict[str, object]:
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return {}
    frames = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)]
    return {"error": " < ".join(type(one).__name__ for one in _causes(error)), "where": frames}


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__
