"""Tests of neuronwise.site.settings."""

import subprocess
import sys
from pathlib import Path

from serving import environment


def django(*arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "django", *arguments],
        env=environment(DJANGO_SETTINGS_MODULE="neuronwise.site.settings", **settings),
        capture_output=True,
        text=True,
        check=False,
    )


def test_djangos_own_check_for_public_sites_finds_nothing(tmp_path: Path) -> None:
    public = {"NEURONWISE_DATA": str(tmp_path), "NEURONWISE_URL": "https://book.example"}

    checked = django("check", "--deploy", "--fail-level", "DEBUG", **public)

    assert (checked.returncode, checked.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_migrations_make_the_tables_that_the_models_describe() -> None:
    made = django("makemigrations", "--check", "--dry-run")

    assert (made.returncode, made.stdout) == (0, "No changes detected\n")
