"""What the README shows is run, and what it names exists."""

import doctest
import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_example_runs() -> None:
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False, encoding="utf-8")

    assert tried > 0
    assert failed == 0


def test_the_map_names_rooms_that_exist() -> None:
    rooms = re.findall(r"^  (\w+(?:\.py|/)) ", README, flags=re.MULTILINE)

    assert len(rooms) >= 9
    assert [room for room in rooms if not (ROOT / "src" / "neuronwise" / room).exists()] == []


def test_every_room_is_on_the_map() -> None:
    rooms = {path.name for path in (ROOT / "src" / "neuronwise").iterdir() if (path / "__init__.py").exists()}

    assert {room for room in rooms if f"  {room}/" not in README} == set()


def test_its_links_lead_somewhere() -> None:
    linked = re.findall(r"\]\((?!http)([^)#]+)\)", README)

    assert [target for target in linked if not (ROOT / target).exists()] == []
