"""Tests of neuronwise.site.errors."""

import re

from neuronwise.site import errors


def test_the_drawing_of_the_family_is_true() -> None:
    drawn = re.findall(r"\w+Error", errors.__doc__ or "")

    family = [name for name, value in vars(errors).items() if isinstance(value, type)]

    assert sorted(drawn) == sorted(family)
    assert all(issubclass(getattr(errors, name), errors.StartError) for name in drawn)


def test_damaged_contents_name_the_file_and_the_mend() -> None:
    message = str(errors.ContentsError("build/book/contents.json", "expected a list; got 3"))

    assert message.startswith("build/book/contents.json: expected a list; got 3\n")
    assert "neuronwise book build" in message
