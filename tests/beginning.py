"""The site on which actions are taken, in this very process: its small book, its secret, its empty tables.

Importing this needs the opened site.
"""

import hashlib
import json
import os
import shutil

from clocks import CHANCE
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, connections
from reaching import NAME, PASSWORD, Hand, note_transitions, transitions
from serving import write_book

from neuronwise.site import aftermath, backups, contents, environment, folder, forms, ledger, logins, withdrawals
from neuronwise.site.authors import account
from neuronwise.site.errors import BackupError
from neuronwise.site.models import Chapter, Delivery, Reply, Subscriber, mirror
from neuronwise.site.replies import pieces, views

SLUGS = {1: "1-the-smallest-network", 2: "2-error"}
TITLES = {1: "The smallest network", 2: "Error"}
TO_COME = 3
PAGE = """<!doctype html><title>{title}</title><p>build-{build}.</p><!-- sign-up -->
<div id="formula-a">a = w x</div><!-- replies-to-formula-a: a = w x --><h2 id="slope">The slope</h2>
<!-- replies-to-slope: The slope --><!-- replies -->
"""
HANDS = 2
BOUNCES = settings.DATA.parent / "bounces"
HANDLES: list[Hand] = []


def prepare() -> None:
    """What all runs share: the account, the triggers, the threads, the first secret."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the right one takes its time
    note_transitions()
    vars(ledger).update(random_key=random_key)
    book()
    account(NAME, PASSWORD)
    HANDLES.extend(Hand() for _ in range(HANDS))


def empty() -> None:
    """Nothing is left of the run before."""
    for table in (Delivery, Reply, Subscriber, Session):
        table.objects.all().delete()
    Chapter.objects.update(published=None, copy="")
    for name in ("outbox", "published", "workers"):
        shutil.rmtree(settings.DATA / name, ignore_errors=True)
    (settings.DATA / withdrawals.LOG).unlink(missing_ok=True)
    (settings.DATA / folder.SECRET).write_text(f"{'s' * 64}\n")
    read_secrets()
    for name in ("new", "cur"):
        shutil.rmtree(BOUNCES / name, ignore_errors=True)
        (BOUNCES / name).mkdir(parents=True)
    for limiter in (forms.LETTERS, logins.TRIES, views.REPLIES):
        limiter.counts.clear()
    pieces._pieces.cache_clear()  # noqa: SLF001  (the same times come again)
    transitions()


def random_key() -> str:
    """As the site's own, but chance that comes again."""
    key = f"MD5('{CHANCE.uuid4()}' || CAST(id AS text))"
    return f"CAST({key} AS uuid)" if connection.vendor == "postgresql" else key


def read_secrets() -> None:
    """What a start of the site does."""
    settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = folder.secrets_of(settings.DATA)


def write(number: int, build: int) -> None:
    """Write a chapter as the builder does."""
    page = PAGE.format(title=TITLES[number], build=build).encode()
    (settings.BOOK / SLUGS[number] / "index.html").write_bytes(page)
    file = settings.BOOK / "contents.json"
    whole_book = json.loads(file.read_text())
    whole_book["chapters"][number - 1]["digest"] = hashlib.sha256(page).hexdigest()
    file.write_text(json.dumps(whole_book))


def book() -> None:
    """A book of two chapters, and a third that is to come."""
    write_book(settings.BOOK)
    file = settings.BOOK / "contents.json"
    whole_book = json.loads(file.read_text())
    first, to_come = whole_book["chapters"]
    second = first | {"number": 2, "slug": SLUGS[2], "title": TITLES[2]}
    shutil.copytree(settings.BOOK / SLUGS[1], settings.BOOK / SLUGS[2])
    file.write_text(json.dumps(whole_book | {"chapters": [first, second, to_come | {"number": TO_COME}]}))


def restore() -> None:
    """What `neuronwise book restore --replace` does, while nobody is there."""
    for hand in HANDLES:
        hand.close()
    connections.close_all()
    data, file = settings.DATA, settings.DATA / "site.backup"
    while True:
        try:
            backups.restore(data, environment.database(os.environ), file, replace=True)
            break
        except BackupError as error:  # PostgreSQL ends a connection in its own time
            if "at work" not in str(error):
                raise
    aftermath.settle()
    backups.finish(data, environment.database(os.environ))
    mirror(contents.read(settings.BOOK))
