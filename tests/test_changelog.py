"""The newest version of CHANGELOG.md is the package's, and what users type is told there and in the README."""

import re
from pathlib import Path

from neuronwise import __version__
from neuronwise.cli import parser

ROOT = Path(__file__).parents[1]
CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_newest_version_is_the_packages() -> None:
    assert re.findall(r"^## (\S+)", CHANGELOG, flags=re.MULTILINE)[0] == __version__


def test_every_command_is_told() -> None:
    commands = re.findall(r"^    (\w+)(?: {2,}|$)", parser().format_help(), flags=re.MULTILINE)

    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {"book", "explain", "exercises"} <= set(commands)
    assert [command for command in commands if command not in readme or command not in CHANGELOG] == []
