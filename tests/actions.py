"""The actions as rules of a state machine: each is done to the site by its real ways in, and told to the model.

`which` chooses among what is there now; where nothing is there to choose from, the rule is not taken.
"""

import hashlib
import json
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import wraps
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from clocks import CHANCE, CLOCK, MORNING
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection, connections
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from modelled import AFTER_A_RESTORE, AUTHOR, LIVES, TRANSITIONS, Letter, Model, Said, Tables, whole
from modelled import Worker as Modelled
from reaching import NAME, PASSWORD, Answer, Author, Box, Hand, Side, files, note_transitions, read, transitions
from serving import write_book

from neuronwise.site import (
    aftermath,
    backups,
    bounces,
    consent,
    contents,
    environment,
    folder,
    forms,
    ledger,
    logins,
    withdrawals,
)
from neuronwise.site.authors import account
from neuronwise.site.errors import BackupError
from neuronwise.site.models import Chapter, Delivery, Reply, Subscriber, mirror
from neuronwise.site.publishing import PublishError, publish
from neuronwise.site.replies import models as of_replies
from neuronwise.site.replies import pieces, views

T = TypeVar("T")
READERS = [f"canary-{letter}@example.org" for letter in "abcd"]
EVERYBODY = [*READERS, AUTHOR]
SLUGS = {1: "1-the-smallest-network", 2: "2-error"}
TITLES = {1: "The smallest network", 2: "Error"}
TO_COME = 3
ENDS = ("/", "/replies", "/replies.xml")
LATEST = 20  # in the feed
PAGE = """<!doctype html><title>{title}</title><p>build-{build}.</p><!-- sign-up -->
<div id="formula-a">a = w x</div><!-- replies-to-formula-a: a = w x --><h2 id="slope">The slope</h2>
<!-- replies-to-slope: The slope --><!-- replies -->
"""
HANDS = 2
STATES = ["", "pending", "active", "active", "gone"]
MANNERS = ["fine", "fine", "fine", "trap", "early", "late", "foreign", "wrong"]
DEATHS = ["claimed", "posting", "posted", "noted", "settling"]
ANSWERS = ["250", "250", "450", "550", "lost"]
MOVES = {  # odd seconds: no two of them add up to a limit
    "six minutes": timedelta(minutes=6, seconds=1),
    "more than an hour": timedelta(minutes=70, seconds=3),
    "a day": timedelta(hours=25, seconds=7),
    "three days": timedelta(days=3, seconds=11),
    "more than a week": timedelta(days=7, seconds=17),
    "more than a month": timedelta(days=31, seconds=19),
}
NOTICE = """Content-Type: multipart/report; report-type=delivery-status; boundary="=b"

--=b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.org

Final-Recipient: rfc822; somebody@example.org
Action: {action}
Status: {status}

--=b
Content-Type: text/rfc822-headers

Message-ID: <{key}@book.example>

--=b--
"""
BOUNCES = settings.DATA.parent / "bounces"
which = st.integers(0, 999)
addresses = st.sampled_from(EVERYBODY)
HANDLES: list[Hand] = []
TAKEN: dict[str, int] = {}


@dataclass(frozen=True)
class Got:
    """A letter in somebody's hands: its key, the path of its link, and when it was written."""

    letter: Letter
    key: str
    path: str
    made: datetime

    def is_over(self, now: datetime) -> bool:
        """Whether its link's time is over."""
        life = LIVES[self.letter.kind]
        return life is not None and now >= self.made + life


def picked(options: Sequence[T], number: int) -> T:
    """One of them."""
    return options[number % len(options)]


def action(**arguments: st.SearchStrategy[Any]) -> Callable[[Callable[..., None]], Any]:
    """A rule that is counted; it begins by looking at the time."""

    def counted(act: Callable[..., None]) -> Any:  # noqa: ANN401  (Hypothesis' own)
        TAKEN[act.__name__] = 0

        @wraps(act)
        def acted(self: "Actions", **given: object) -> None:
            TAKEN[act.__name__] += 1
            Actions.steps += 1
            self.now = CLOCK.look()
            act(self, **given)

        made: Any = rule
        return made(**arguments)(acted)

    return counted


def prepare() -> None:
    """What all runs share: the account, the triggers, the threads, the first secret."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # the right one takes its time
    note_transitions()
    vars(ledger).update(random_key=random_key)
    book()
    account(NAME, PASSWORD)
    HANDLES.extend(Hand() for _ in range(HANDS))


class Actions(RuleBasedStateMachine):
    """One run: the site and its model, both at their beginning."""

    runs: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    taken: ClassVar[dict[str, int]] = TAKEN

    @initialize(
        outbox=st.booleans(),
        resends=st.booleans(),
        states=st.tuples(*[st.sampled_from(STATES)] * len(READERS)),
        asked=st.booleans(),
    )
    def begin(self, *, outbox: bool, resends: bool, states: tuple[str, ...], asked: bool) -> None:
        """Some are there already; perhaps a chapter is out, and everybody has asked for letters, and has them."""
        Actions.runs += 1
        empty()
        CHANCE.begin()
        self.now = CLOCK.now = MORNING
        settings.RESENDS = resends
        self.model = Model(outbox=outbox, resends=resends, chapters=SLUGS)
        self.readers, self.author = Side(WSGIHandler()), Author()
        self.box = Box(outbox=outbox, batch=3, seen=self._posted)
        self.hands: dict[int, Modelled] = {}
        self.names: dict[str, tuple[str, int]] = {}  # of letters: their keys
        self.addresses: dict[int, str] = {}
        self.chances: dict[tuple[str, int], tuple[str, datetime]] = {}
        self.people: dict[UUID, int] = {}
        self.replies: dict[UUID, int] = {}
        self.got: list[Got] = []
        self.held = Counter[tuple[str, int]]()  # since the last restore
        self.saved: Tables | None = None
        self.worth_a_backup = 0
        self.restoring = False
        self.words = self.looks = 0
        self.last: object = None
        for address, state in zip(READERS, states, strict=True):
            if state:
                who = self.model.person(address, self.now)
                self.model.tables.people[who].state = state
                Subscriber.objects.create(address=address, state=state, made=self.now)
        for number in SLUGS:
            self._build(number)
        if asked:
            for address in EVERYBODY:
                consent.ask(address)
                self.model.ask(address, self.now)
                consent.ask_own_data(address)
                self.model.ask_own_data(address, self.now)
            self.model.publish(1, self.now, None)
            publish(1)
            self.now = CLOCK.look()
            self._reply_to(1, None, "slope", READERS[0], "fine")
            self._compared()
            self.now = CLOCK.look()
            self._notify({}, stale=False)
            self._collected()

    def teardown(self) -> None:
        """Nobody works on."""
        for hand in HANDLES:
            if hand.worker:
                hand.end()

    # readers and subscribers

    @action(address=addresses, manner=st.sampled_from([*MANNERS, "capitals"]))
    def sign_up(self, address: str, manner: str) -> None:
        """Type an address into the sign-up form."""
        if self._typed("/subscribe", address, manner):
            self.model.ask(address, self.now)

    @action(address=addresses, manner=st.sampled_from(MANNERS))
    def ask_own_data(self, address: str, manner: str) -> None:
        """Type an address into the form for own data."""
        if self._typed("/d/", address, manner):
            self.model.ask_own_data(address, self.now)

    def _typed(self, path: str, address: str, manner: str) -> bool:
        typed = {"wrong": "nobody@", "capitals": address.upper()}.get(manner, address)
        answer = self._sent(path, self.readers.ask(path).field("form"), {"email": typed}, manner)
        assert answer.status == (303 if manner in {"fine", "trap", "capitals"} else 422), answer
        return manner in {"fine", "capitals"}

    def _sent(self, path: str, form: str, fields: dict[str, str], manner: str) -> Answer:
        """Send a form, in one of the manners in which forms are sent."""
        opened = CLOCK.now
        CLOCK.now += timedelta(seconds={"early": 1, "late": 4 * 3600 + 1}.get(manner, 5))
        whence = "cross-site" if manner == "foreign" else "same-origin"
        trap = {"website": "https://spam.example"} if manner == "trap" else {}
        try:
            return self.readers.ask(path, {"form": form, **fields, **trap}, Sec_Fetch_Site=whence)
        finally:
            if manner == "late":
                CLOCK.now = opened + timedelta(seconds=5)
            self.now = CLOCK.look()

    def _letters(self, kinds: str) -> list[Got]:
        return [each for each in self.got if each.letter.kind in kinds]

    @precondition(lambda self: self._letters("curd"))
    @action(which=which)
    def open_a_link(self, which: int) -> None:
        """Open a letter's link, as a program that looks for viruses does: nothing changes."""
        got = picked(self.got, which)
        tables, kind, who = self.model.tables, got.letter.kind, got.letter.person
        said = tables.replies.get(int(got.letter.topic.split(":")[1])) if kind == "r" else None
        there = {"d": who in tables.people, "r": said is not None and said.state != "removed"}.get(kind, True)
        answer = self.readers.ask(got.path)
        assert answer.status == (200 if there and not got.is_over(self.now) else 404), (got, answer)

    @precondition(lambda self: self._letters("c"))
    @action(which=which)
    def confirm(self, which: int) -> None:
        """Press the button that a confirmation leads to."""
        got = picked(self._letters("c"), which)
        given = not got.is_over(self.now) and self.model.confirm(got.letter.person, self.now)
        answer = self.readers.ask(got.path, {})
        assert answer.status == (200 if given else 404), (got, answer)

    @precondition(lambda self: self._letters("u"))
    @action(which=which, by_program=st.booleans())
    def unsubscribe(self, which: int, *, by_program: bool) -> None:
        """Press the button that the way out leads to, or have a mail program do it (RFC 8058)."""
        got = picked(self._letters("u"), which)
        self.model.withdraw(got.letter.person, self.now)
        answer = self.readers.ask(got.path, {"List-Unsubscribe": "One-Click"} if by_program else {})
        assert answer.status == 200, (got, answer)

    @precondition(lambda self: self._letters("d"))
    @action(which=which)
    def take_own_data(self, which: int) -> None:
        """Take away what is kept."""
        got = picked(self._letters("d"), which)
        who = got.letter.person
        answer = self.readers.ask(f"{got.path}/own-data.json")
        if got.is_over(self.now) or who not in self.model.tables.people:
            assert answer.status == 404, (got, answer)
            return
        kept = json.loads(answer.text)
        one = self.model.tables.people[who]
        theirs = [self.model.tables.replies[number] for number in self.model.said_by(one.address)]
        rows = {key[0]: row for key, row in self.model.tables.rows.items() if key[1] == who}
        assert (kept["address"], kept["subscription"]["state"]) == (one.address, one.state)
        assert Counter(row["state"] for row in kept["letters"]) == Counter(row.state for row in rows.values())
        assert Counter((row["text"], row["state"]) for row in kept["replies"]) == Counter(
            (s.text, s.state) for s in theirs
        )

    @precondition(lambda self: self._letters("d"))
    @action(which=which, keep=st.booleans())
    def erase(self, which: int, *, keep: bool) -> None:
        """Press the button that erases, with or without the words."""
        got = picked(self._letters("d"), which)
        there = not got.is_over(self.now) and got.letter.person in self.model.tables.people
        if there:
            self.model.erase(got.letter.person, self.now, keep=keep)
        answer = self.readers.ask(got.path, {"words": "keep" if keep else "remove"})
        assert answer.status == (200 if there else 404), (got, answer)

    @precondition(lambda self: any(self.model.is_public(number, CLOCK.now) for number in SLUGS))
    @action(
        address=addresses,
        which=which,
        about=st.sampled_from(["", "formula-a", "slope", "lost"]),
        manner=st.sampled_from([*MANNERS, "preview", "twice"]),
    )
    def reply(self, address: str, which: int, about: str, manner: str) -> None:
        """Leave a reply to a chapter, to a formula of it, or to a reply."""
        chapter = picked([number for number in SLUGS if self.model.is_public(number, self.now)], which)
        others = [number for number, said in self.model.tables.replies.items() if said.chapter == chapter]
        self._reply_to(chapter, picked([None, *others], which // 2), about, address, manner)

    def _reply_to(self, chapter: int, to: int | None, about: str, address: str, manner: str) -> None:
        self.words += 1
        text, name = f"words-{self.words}", f"name-{EVERYBODY.index(address)}"
        fields = {"name": "" if manner == "wrong" else name, "email": address, "text": text, "about": about}
        fields |= {"preview": "1"} if manner == "preview" else {}
        if to:
            fields["to"] = str(self._id(self.replies, to))
        page = f"/{SLUGS[chapter]}"
        form = self.readers.ask(f"{page}/").field("form")
        there = to is None or self.model.can_be_answered(to)
        for _ in range(1 + (manner == "twice")):
            answer = self._sent(f"{page}/reply", form, fields, manner)
            right = {"fine": 303, "twice": 303, "trap": 303, "preview": 200}.get(manner, 422)
            assert answer.status == (right if there else 422), (fields, answer)
            if there and answer.status == 303 and manner != "trap":
                self.model.reply(self._said(chapter, to, about, name, address, text), self.now)

    def _said(self, chapter: int, to: int | None, about: str, name: str, address: str, text: str) -> Said:
        replies = self.model.tables.replies
        root = to and (replies[to].parent or to)
        anchor = replies[root].anchor if root else about.replace("lost", "")
        return Said(chapter, anchor, root, name, address, text, self.now)

    # the author

    @precondition(lambda self: self._letters("r"))
    @action(which=which, decision=st.sampled_from(["approved", "approved", "refused", "answer", "answer nothing", ""]))
    def decide_by_link(self, which: int, decision: str) -> None:
        """Press one of the buttons that the author's letter leads to."""
        got = picked(self._letters("r"), which)
        number = int(got.letter.topic.split(":")[1])
        said = self.model.tables.replies.get(number)
        there = said is not None and said.state != "removed" and not got.is_over(self.now)
        self.words += 1
        text = f"words-{self.words}" if decision == "answer" else ""
        answer = self.readers.ask(got.path, {"decision": decision.partition(" ")[0], "answer": text})
        well = decision in {"approved", "refused", "answer"}
        assert answer.status == ((200 if well else 422) if there else 404), (got, answer)
        if there and decision == "answer":
            self.model.answer(number, text, self.now)
        elif there and well:
            self.model.decide(number, decision, self.now)

    @precondition(lambda self: self.model.tables.replies)
    @action(which=which, state=st.sampled_from(["approved", "approved", "refused"]))
    def decide_in_admin(self, which: int, state: str) -> None:
        """Choose a reply in the admin."""
        number = picked(list(self.model.tables.replies), which)
        self._acted("reply", {"approved": "approve", "refused": "refuse"}[state], self.replies, number)
        self.model.decide(number, state, self.now)

    @precondition(lambda self: self.model.tables.people)
    @action(which=which, what=st.sampled_from(["unsubscribe", "delete_selected"]))
    def look_after_a_subscriber(self, which: int, what: str) -> None:
        """Unsubscribe somebody, or erase all that is kept, in the admin."""
        who = picked(list(self.model.tables.people), which)
        self._acted("subscriber", what, self.people, who, post="yes")
        if what == "unsubscribe":
            self.model.withdraw(who, self.now)
        else:
            self.model.erase(who, self.now, keep=False)

    @precondition(lambda self: self.model.tables.rows)
    @action(which=which)
    def send_again_in_admin(self, which: int) -> None:
        """Choose two letters in the admin, to be sent again: only what failed or is unknown is."""
        keys = {picked(list(self.model.tables.rows), number) for number in (which, which // 2)}
        self.author.act("delivery", "again", [UUID(self.model.tables.rows[key].name) for key in keys])
        for state in ("failed", "unknown"):
            self.model.retry(state, self.now, sorted(keys))

    def _acted(self, table: str, what: str, ids: dict[UUID, int], number: int, **more: str) -> None:
        answer = self.author.act(table, what, [self._id(ids, number)], **more)
        assert (answer.status, "login" in dict(answer.headers)["Location"]) == (302, False), answer

    @staticmethod
    def _id(ids: dict[UUID, int], number: int) -> UUID:
        return next(key for key, each in ids.items() if each == number)

    @action(number=st.sampled_from([*SLUGS, *SLUGS, TO_COME]), later=st.sampled_from([None, None, *MOVES.values()]))
    def publish(self, number: int, later: timedelta | None) -> None:
        """Publish a chapter now or later, correct it, or try to publish what is not built or to correct it later."""
        at = self.now + later if later else None
        if number == TO_COME or (at and self.model.is_public(number, self.now)):
            with suppress(PublishError):
                publish(number, at)
                assert not number, "expected a refusal: the chapter is not built, or can't be corrected later"
            return
        self.model.publish(number, self.now, at)
        publish(number, at)

    @action(number=st.sampled_from(list(SLUGS)))
    def build(self, number: int) -> None:
        """Build a chapter anew: readers see nothing of it until it is published."""
        self.model.builds[number] += 1
        self._build(number)

    def _build(self, number: int) -> None:
        write(number, self.model.builds[number])
        mirror(contents.read(settings.BOOK))

    # workers

    def _posted(self, name: str) -> None:
        """A letter is on its way: a chapter's goes to nobody who has not confirmed, or has left."""
        (key,) = [key for key, row in self.model.tables.rows.items() if row.name == name]
        one = self.model.tables.people[key[1]]
        assert one.state == "active" or not key[0].startswith("chapter"), (key, one)

    @precondition(lambda self: len(self.hands) < HANDS)
    @action(stale=st.booleans())
    def begin_to_work(self, *, stale: bool) -> None:
        """A worker begins."""
        free = next(number for number in range(HANDS) if number not in self.hands)
        self._begin(free, stale=stale)

    def _begin(self, number: int, *, stale: bool) -> Modelled:
        name = HANDLES[number].begin(self.box, stale=stale)
        self.hands[number] = self.model.workers[name] = Modelled(name, self.box.batch, stale)
        return self.hands[number]

    @action(
        which=which,
        answers=st.tuples(*[st.sampled_from(ANSWERS)] * len(EVERYBODY)),
        dies=st.sampled_from(["", "", "", "unusable", *DEATHS]),
    )
    def deliver_a_batch(self, which: int, answers: tuple[str, ...], dies: str) -> None:
        """A worker delivers what it claimed, or dies over it."""
        self._batch(self._somebody(which), dict(zip(EVERYBODY, answers, strict=True)), dies)

    def _somebody(self, which: int) -> int:
        """One of the workers; a new one, if there is none."""
        if not self.hands:
            self._begin(0, stale=False)
        return picked(sorted(self.hands), which)

    def _batch(self, number: int, answers: dict[str, str], dies: str) -> int:
        worker = self.hands[number]
        self.box.answers, self.box.dies = answers, dies
        had = HANDLES[number].batch()
        count = self.model.deliver(worker, self.now, answers, dies)
        expected = -1 if count and dies else count
        assert had == expected, (had, expected, dies)
        if not worker.alive:
            del self.hands[number]
        for content in self.box.taken:
            self._received(content)
        self.box.taken.clear()
        return count

    @action(which=which)
    def take_back(self, which: int) -> None:
        """A worker takes back what dead ones had."""
        number = self._somebody(which)
        HANDLES[number].take_back()
        self.model.take_back(self.hands[number])

    @precondition(lambda self: self.hands)
    @action(which=which)
    def end_to_work(self, which: int) -> None:
        """A worker ends."""
        self._end(picked(sorted(self.hands), which))

    def _end(self, number: int) -> None:
        HANDLES[number].end()
        self.model.end(self.hands.pop(number))

    @precondition(lambda self: self.hands)
    @action(which=which)
    def kill(self, which: int) -> None:
        """A worker is killed while it waits."""
        self._kill(picked(sorted(self.hands), which))

    def _kill(self, number: int) -> None:
        HANDLES[number].kill()
        self.hands.pop(number).alive = False

    @precondition(lambda self: len(self.hands) < HANDS)
    @action(stale=st.booleans())
    def notify(self, *, stale: bool) -> None:
        """What `neuronwise book notify` does, from its beginning to its end; then the outbox is emptied."""
        self._notify({}, stale=stale)
        self._collected()

    @precondition(lambda self: not self.model.outbox and len(self.hands) < HANDS)
    @precondition(lambda self: self.model.due(CLOCK.now, stale=False))
    @action()
    def refuse_for_days(self) -> None:
        """The mail server says 450 to all, again and again, until it is enough."""
        while self.model.due(self.now, stale=False):
            self._notify(dict.fromkeys(EVERYBODY, "450"), stale=False)
            self._compared()
            CLOCK.now += MOVES["a day"]
            self.now = CLOCK.look()

    def _notify(self, answers: dict[str, str], *, stale: bool) -> None:
        free = next(number for number in range(HANDS) if number not in self.hands)
        worker = self._begin(free, stale=stale)
        HANDLES[free].take_back()
        self.model.take_back(worker)
        while self._batch(free, answers, ""):
            pass
        self._end(free)

    @precondition(lambda self: self.model.new)
    @action()
    def collect(self) -> None:
        """The program that takes letters out of the outbox does so."""
        self._collected()

    def _collected(self) -> None:
        new = settings.DATA / "outbox" / "new"
        assert set(files(new)) == set(self.model.new)
        for name, letter in sorted(self.model.new.items()):
            self.model.held.append(letter)
            self._received((new / f"{name}.eml").read_bytes())
            (new / f"{name}.eml").unlink()
        self.model.new.clear()

    def _received(self, content: bytes) -> None:
        """A letter has come, to its own reader."""
        message, name, path = read(content)
        key = self.names[name]
        assert message["To"] == self.addresses[key[1]]
        self.got.append(Got(Letter(*key, path[1]), name, path, parsedate_to_datetime(message["Date"])))
        self.held[key] += 1

    # what comes back, what is sent again, what time does

    @precondition(lambda self: self.got)
    @action(which=which, hard=st.sampled_from([True, True, False]))
    def bounce(self, which: int, *, hard: bool) -> None:
        """A letter comes back."""
        got = picked(self.got, which)
        action, status = ("failed", "5.1.1") if hard else ("delayed", "4.2.2")
        self.words += 1
        (BOUNCES / "new" / f"{self.words}").write_text(NOTICE.format(action=action, status=status, key=got.key))
        bounces.read_new()
        row = self.model.tables.rows.get((got.letter.topic, got.letter.person))
        if hard and row and row.name == got.key:
            self.model.bounced(got.letter.topic, got.letter.person, self.now)

    @action(state=st.sampled_from(["failed", "unknown"]))
    def retry(self, state: str) -> None:
        """What `neuronwise book notify --retry` does."""
        assert ledger.retry(state) == self.model.retry(state, self.now)

    @action()
    def clean(self) -> None:
        """What the site does by itself: forget what nobody confirmed, and what was refused long ago."""
        consent.forget_unconfirmed()
        of_replies.forget_refused()
        self.model.clean(self.now)

    @action(move=st.sampled_from(list(MOVES)))
    def wait(self, move: str) -> None:
        """Time passes."""
        CLOCK.now += MOVES[move]
        self.now = CLOCK.look()

    @action()
    def rotate_the_secret(self) -> None:
        """A new secret, before the older ones."""
        file = settings.DATA / folder.SECRET
        self.words += 1
        file.write_text(f"secret-{self.words}-{'x' * 40}\n{file.read_text()}")
        read_secrets()

    @precondition(lambda self: Actions.steps >= self.worth_a_backup)
    @action()
    def back_up(self) -> None:
        """Make a backup."""
        file = settings.DATA / "site.backup"
        file.unlink(missing_ok=True)
        backups.backup(settings.DATA, environment.database(os.environ), file)
        self.saved, self.worth_a_backup = self.model.backup(), Actions.steps + 10  # PostgreSQL's takes its time

    @precondition(lambda self: self.saved)
    @action(killed=st.booleans())
    def restore(self, *, killed: bool) -> None:
        """Put the backup back, over what is there."""
        assert self.saved
        for number in list(self.hands):
            (self._kill if killed else self._end)(number)
        restore()
        read_secrets()
        self.restoring = True
        self.model.restore(self.saved, self.now)
        self.held.clear()

    # what holds after each action

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        """The ledger, the people, the replies, the outbox, the log of who withdrew; what everybody has received."""
        self._compared()
        assert Counter(each.letter for each in self.got) == Counter(self.model.held)
        assert list(self.model.doubled(self.held)) == []
        unlisted = transitions() - TRANSITIONS - (AFTER_A_RESTORE if self.restoring else set())
        self.restoring = False
        assert not unlisted, unlisted

    def _compared(self) -> None:
        """Compare; what is chance, a letter's key and the fraction of the second when it is due, is learned first."""
        seen = self._seen()
        for key, row in self.model.tables.rows.items():
            name, due = self.chances.get(key, ("", row.due))
            row.name = row.name or name
            row.due = due if whole(due) == whole(row.due) else row.due
            self.names[row.name] = key
        for who, one in self.model.tables.people.items():
            self.addresses[who] = one.address
        wrong = list(differences(self.model.told(), seen))
        assert not wrong, "\n".join(wrong)

    def _seen(self) -> dict[str, dict[object, object]]:
        """What there is, in the model's words."""
        rows = Subscriber.objects.order_by("made", "id")
        people: dict[object, object] = {
            self._whose(one): (one.address, one.state, whole(one.made), whole(one.confirmed), one.bounces)
            for one in rows
        }
        said = Reply.objects.order_by("made", "id")
        replies: dict[object, object] = {self._which(reply): self._reply(reply) for reply in said}
        letters = {self._letter(row): row for row in Delivery.objects.all()}
        self.chances = {key: (row.key.hex, row.next_try) for key, row in letters.items()}
        outbox = settings.DATA / "outbox"
        return {
            "people": people,
            "letters": {
                key: (row.state, row.tries, row.code, row.worker, whole(row.next_try), row.key.hex)
                for key, row in letters.items()
            },
            "replies": replies,
            "chapters": {one.number: whole(one.published) for one in Chapter.objects.filter(number__in=SLUGS)},
            "withdrawn": dict(Counter(self._withdrawal(one) for one in withdrawals.noted(settings.DATA))),
            "drafts": dict.fromkeys((tuple(name.split(".")) for name in files(outbox / "writing")), 1),
            "outbox": dict.fromkeys(files(outbox / "new"), 1),
        }

    def _whose(self, row: Subscriber) -> int:
        if row.pk not in self.people:
            self.people[row.pk] = self.model.number(row.address) or -len(self.people)
        return self.people[row.pk]

    def _which(self, row: Reply) -> int:
        if row.pk not in self.replies:
            new = [n for n, said in self.model.tables.replies.items() if n not in self.replies.values()]
            same = [n for n in new if self.model.tables.replies[n].text == row.text]
            self.replies[row.pk] = (same or [-len(self.replies)])[0]
        return self.replies[row.pk]

    def _reply(self, row: Reply) -> tuple[object, ...]:
        parent = row.parent_id and self.replies.get(row.parent_id)
        what = (row.chapter_id, row.anchor, parent, row.name, row.address, row.text, row.state, row.by_author)
        return (*what, whole(row.made), whole(row.decided))

    def _letter(self, row: Delivery) -> tuple[str, int]:
        kind, _, rest = row.topic.partition(":")
        topic = f"{kind}:{self.replies.get(UUID(rest))}" if kind == "reply" else row.topic
        return topic, self.people[row.subscriber_id]

    def _withdrawal(self, one: withdrawals.Withdrawal) -> tuple[str, str, int | None]:
        if one.who in self.people:
            return one.how, "person", self.people[one.who]
        return one.how, "reply", self.replies.get(one.who)

    @invariant()
    def readers_see_what_is_published_and_approved(self) -> None:
        """Each public chapter as it was published, with its replies and no address; nothing of the others."""
        self.now = CLOCK.look()
        out = [number for number in SLUGS if self.model.is_public(number, self.now)]
        shown = {number: (self.model.shown_build(number), self.model.shown(number)) for number in out}
        told = (shown, self.model.told()["replies"])
        pages = [(number, end) for number in SLUGS for end in (ENDS if number in out else ENDS[:1])]
        self.looks += 1
        for page in pages if told != self.last else [picked(pages, self.looks)]:
            self._looked_at(*page, is_out=page[0] in out)
        self.last = told

    def _looked_at(self, number: int, end: str, *, is_out: bool) -> None:
        answer = self.readers.ask(f"/{SLUGS[number]}{end}")
        assert answer.status == (200 if is_out else 404), (end, answer)
        assert "canary" not in answer.text, answer
        if not is_out:
            return
        said = [self.model.tables.replies[each] for each in self.model.shown(number)]
        said = [one for one in said if one.state == "approved"]
        if end == "/":
            assert f"build-{self.model.shown_build(number)}." in answer.text
            count = re.search(r'class="count">(\d+)<', answer.text)
            assert int(count[1] if count else 0) == len(said), answer
        if end == "/replies.xml" and len(said) > LATEST:
            return
        assert set(re.findall(r"words-\d+", answer.text)) == {one.text for one in said}, (end, answer)
        assert set(re.findall(r"name-\d+", answer.text)) == {one.name for one in said if one.name} - {"Ada"}, (
            end,
            answer,
        )


def differences(expected: dict[str, dict[object, object]], seen: dict[str, dict[object, object]]) -> Iterator[str]:
    """What is there and should not be, or the other way round."""
    for table, rows in expected.items():
        for key in [*rows, *(key for key in seen[table] if key not in rows)]:
            if rows.get(key) != seen[table].get(key):
                yield f"{table} {key}: expected {rows.get(key)}; got {seen[table].get(key)}"


# the site at its beginning


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
    backups.finish(data)
    mirror(contents.read(settings.BOOK))
