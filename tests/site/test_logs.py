"""Tests of neuronwise.site.logs: nothing that somebody has sent gets into a log."""

import json
import logging
from pathlib import Path

import pytest
from django.http import HttpRequest

from neuronwise.site.logs import Lines

CANARY = "canary@example.org"


def line(logger: str, message: str, *values: object, error: Exception | None = None, **more: object) -> str:
    """What a record looks like as a line."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.LogRecord(logger, logging.ERROR, "", 0, message, values, info)
    vars(record).update(more)
    return Lines().format(record)


def quoting(error: type[Exception]) -> None:
    """Raise an error that quotes what somebody has sent."""
    raise error(CANARY)


def raised() -> Exception | None:
    """An error that quotes, and has another behind it that does so too."""
    try:
        try:
            quoting(KeyError)
        except KeyError:
            quoting(ValueError)
    except ValueError as error:
        return error
    return None


def test_an_error_is_told_by_its_kind_and_place_not_by_its_words() -> None:
    told = line("django.db", "failed", error=raised())

    assert CANARY not in told
    assert json.loads(told)["error"] == "ValueError < KeyError"
    frames = [(Path(where.split(":")[0]).name, where.split()[-1]) for where in json.loads(told)["where"]]
    assert frames == [("test_logs.py", "raised"), ("test_logs.py", "quoting")]


def test_of_other_peoples_programs_only_the_fixed_words_are_told() -> None:
    for told in (
        line("waitress", "Exception while %s", f"/u/{CANARY}"),
        line("waitress", f"Exception while /{CANARY}"),
    ):
        assert json.loads(told)["message"] == "Exception while"
    assert json.loads(line("waitress", f"<{CANARY}>"))["message"] == ""
    assert json.loads(line("neuronwise.site.x", "%d letters", 7))["message"] == "7 letters"


def test_a_request_is_told_by_its_route() -> None:
    request = HttpRequest()
    request.method, request.path = "POST", f"/u/{CANARY}"

    told = line("django.request", "%s: %s", "Not Found", request.path, request=request, status_code=404)

    assert CANARY not in told
    assert {"method": "POST", "route": "no route", "status": 404, "message": "Not Found"}.items() <= json.loads(
        told
    ).items()


def test_a_record_is_one_line_whatever_is_in_it() -> None:
    assert len(line("neuronwise.x", "one\ntwo\u2028three %s", "four\n").splitlines()) == 1


def test_on_a_terminal_it_is_told_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)

    told = line("neuronwise.x", "A letter can't be written:\n\x1b[2J%s", "one\u2028two", error=raised())

    first, *places = told.splitlines()
    assert first.endswith(" error neuronwise.x: A letter can't be written:  [2Jone two · error ValueError < KeyError")
    assert [place.split()[-1] for place in places] == ["raised", "quoting"]
    assert CANARY not in told
    assert "{" not in told
