"""Tests of neuronwise.site.migrations: a database of any earlier state comes up to date, and keeps what is in it."""

import json
from pathlib import Path

from ledgers import Ledger

STATES = {  # each with a row of every table that it has
    "0001_chapters": {
        "chapter": {"number": 1, "slug": "1-one", "title": "One", "question": "?", "digest": "d" * 64},
        "download": {"id": 1, "file": "book.pdf", "name": "one.pdf", "chapter_id": 1},
    },
    "0002_subscribers_and_ledger": {
        "chapter": {"number": 2, "slug": "2-two", "title": "Two", "question": "?", "digest": "", "copy": "2-two-0"},
        "subscriber": {"id": "0b6c" * 8, "address": "reader@example.org", "state": "active", "bounces": 2},
        "delivery": {
            "key": "0c6c" * 8,
            "topic": "chapter:2",
            "subscriber_id": "0b6c" * 8,
            "state": "unknown",
            "tries": 3,
        },
    },
    "0003_replies": {
        "reply": {
            "id": "0d6c" * 8,
            "chapter_id": 7,
            "text": "$x$",
            "name": "R",
            "state": "approved",
            "by_author": True,
        },
    },
}
MIGRATE = """
import json
import sys
from neuronwise.site import environment, folder
import os
folder.prepare(environment.data(os.environ))
os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
import django
django.setup()
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from neuronwise.site import opening

def model(apps, name):
    return apps.get_model("site", name).objects

for state, tables in json.loads(STATES).items():
    call_command("migrate", "site", state, verbosity=0)
    apps = MigrationExecutor(connection).loader.project_state(("site", state)).apps
    for name, row in tables.items():
        model(apps, name).create(**row)
    opening.open_site()
    now = MigrationExecutor(connection).loader.project_state().apps
    kept = {name: model(now, name).values(*row).get() for name, row in tables.items()}
    print(json.dumps([state, kept], default=lambda value: value.hex))
    call_command("makemigrations", "site", "--check", "--dry-run", verbosity=0)
    call_command("migrate", "site", "zero", verbosity=0)
"""


def test_a_database_of_each_earlier_state_keeps_its_rows(tmp_path: Path, database: dict[str, str]) -> None:
    made = Ledger(tmp_path / "no book", tmp_path / "data", database)

    told = made.python(f"STATES = {json.dumps(STATES)!r}\n{MIGRATE}")

    assert dict(map(json.loads, told.splitlines())) == STATES


def test_each_migration_is_among_the_states() -> None:
    written = sorted(file.stem for file in Path("src/neuronwise/site/migrations").glob("0*.py"))

    assert written == list(STATES)
