"""The table of contents: parts and chapters, those to come among them. Titles are written in contents.json alone."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

CONTENTS = Path(__file__).with_name("contents.json")


@dataclass(frozen=True, slots=True)
class Place:
    """What the table of contents says of one chapter."""

    number: int
    part: str
    title: str
    question: str

    @property
    def slug(self) -> str:
        """The chapter's address: its number and its title, in letters that every address may have.

        >>> Place(16, "", "What’s next? (π)", "").slug
        '16-whats-next'
        """
        words = re.sub("['’]", "", f"{self.number} {self.title}".lower())
        return re.sub(r"[^a-z0-9]+", "-", words).strip("-")


def planned() -> list[dict[str, Any]]:
    """Return the parts, each with its chapters, as contents.json lists them."""
    parts: list[dict[str, Any]] = json.loads(CONTENTS.read_text(encoding="utf-8"))
    return parts


def place(folder: str) -> Place:
    """Return the place of a chapter whose folder is called 01-smallest.

    Errors   ValueError: the folder's name does not begin with the number of a chapter

    >>> place("01-smallest").title
    'The smallest network'
    """
    places = {entry["number"]: Place(part=part["part"], **entry) for part in planned() for entry in part["chapters"]}
    number = re.match(r"(\d+)-", folder)
    if not number or int(number[1]) not in places:
        message = (
            f"expected a folder that begins with a chapter's number, {min(places)} to {max(places)}, such as "
            f"01-smallest; got {folder}. Rename it, or give it a title and a question in {CONTENTS.name}."
        )
        raise ValueError(message)
    return places[int(number[1])]
