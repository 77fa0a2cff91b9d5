"""The actions as rules of a state machine: each is done to the site by its real ways in, and told to the model.

`which` chooses among what is there now; where nothing is there to choose from, the rule is not taken.
"""

import json
import os
from collections import Counter
from collections.abc import Callable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar
from uuid import UUID

import pytest
from beginning import BOUNCES, HANDLES, HANDS, SLUGS, TO_COME, empty, read_secrets, restore, write
from clocks import CHANCE, CLOCK, MORNING
from comparing import Compared, Got, picked
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from hypothesis import strategies as st
from hypothesis.stateful import initialize, rule
from modelled import AUTHOR, Backup, Letter, Model, Said
from modelled import Worker as Modelled
from reaching import Answer, Author, Box, Side, files, read

from neuronwise.site import backups, bounces, consent, contents, environment, folder, ledger
from neuronwise.site.models import Subscriber, mirror
from neuronwise.site.publishing import PublishError, publish
from neuronwise.site.replies import models as of_replies

READERS = [f"canary-{letter}@example.org" for letter in "abcd"]
EVERYBODY = [*READERS, AUTHOR]
STATES = ["", "pending", "active", "active", "gone"]
MANNERS = ["fine", "fine", "fine", "trap", "early", "late", "foreign", "wrong"]
ENDED = {"failed", "unknown", "skipped"}  # without a letter, as far as is known
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
which = st.integers(0, 999)
addresses = st.sampled_from(EVERYBODY)


@dataclass(frozen=True)
class Kind:
    """A kind of action: when it can be taken, how often against others, what it is given, and what it does."""

    can_be_taken: Callable[["Actions"], object]
    often: int
    given: st.SearchStrategy[dict[str, Any]]
    act: Callable[..., None]


KINDS: dict[str, Kind] = {}
TAKEN: dict[str, int] = {}  # how often each was


def always(_: "Actions") -> bool:
    """An action that can be taken at any time."""
    return True


def action(
    can_be_taken: Callable[["Actions"], object] = always, *, often: int = 1, **given: st.SearchStrategy[Any]
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a method a kind of action."""

    def named(act: Callable[..., None]) -> Callable[..., None]:
        TAKEN[act.__name__] = 0
        KINDS[act.__name__] = Kind(can_be_taken, often, st.fixed_dictionaries(given), act)
        return act

    return named


class Actions(Compared):
    """One run: the site and its model, both at their beginning."""

    runs: ClassVar[int] = 0
    steps: ClassVar[int] = 0
    taken: ClassVar[dict[str, int]] = TAKEN

    @initialize(
        outbox=st.booleans(),
        resends=st.booleans(),
        states=st.tuples(*[st.sampled_from(STATES)] * len(READERS)),
        so_far=st.sampled_from(["", "asked", "saved", "delivered"]),
        left_out=st.deferred(lambda: st.sets(st.sampled_from(sorted(KINDS)), max_size=10)),
    )
    def begin(
        self,
        *,
        outbox: bool,
        resends: bool,
        states: tuple[str, ...],
        so_far: str,
        left_out: AbstractSet[str],
    ) -> None:
        """Some are there already; perhaps a chapter is out, and everybody has asked for letters, or even has them."""
        Actions.runs += 1
        self.left_out = left_out
        empty()
        CHANCE.begin()
        self.now = self.cleaned = CLOCK.now = MORNING
        settings.RESENDS = resends
        self.model = Model(outbox=outbox, resends=resends, chapters=SLUGS)
        self.readers, self.author = Side(WSGIHandler()), Author()
        self.box = Box(outbox=outbox, batch=3, seen=self._posted)
        self.hands: dict[int, Modelled] = {}
        self.begin_to_compare()
        self.got: list[Got] = []
        self.held = Counter[tuple[str, int]]()  # since the last restore
        self.saved: Backup | None = None
        self.worth_a_backup = 0
        self.restoring = False
        self.words = self.got_with_older = 0
        for address, state in zip(READERS, states, strict=True):
            if state:
                who = self.model.person(address, self.now)
                self.model.tables.people[who].state = state
                Subscriber.objects.create(address=address, state=state, made=self.now)
        for number in SLUGS:
            self._build(number)
        if so_far:
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
        if so_far == "saved":
            self._backed_up()
        if so_far == "delivered":
            self._notify({}, stale=False)
            self._collected()

    def teardown(self) -> None:
        """Nobody works on."""
        for hand in HANDLES:
            if hand.worker:
                hand.end()

    @rule(data=st.data())
    def act(self, data: st.DataObject) -> None:
        """Take one of the actions that can be taken now; a run leaves some out, so that others come more often."""
        kinds = sorted(KINDS.items(), key=lambda kind: -kind[1].often)  # Hypothesis draws the first one most often
        names = [name for name, kind in kinds if kind.can_be_taken(self) for _ in range(kind.often)]
        name = data.draw(st.sampled_from([name for name in names if name not in self.left_out] or names))
        given = data.draw(KINDS[name].given)
        TAKEN[name] += 1
        Actions.steps += 1
        self.now = CLOCK.look()
        KINDS[name].act(self, **given)

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

    @action(lambda self: self._letters("curd"), which=which)
    def open_a_link(self, which: int) -> None:
        """Open a letter's link, as a program that looks for viruses does: nothing changes."""
        got = picked(self.got, which)
        tables, kind, who = self.model.tables, got.letter.kind, got.letter.person
        said = tables.replies.get(int(got.letter.topic.split(":")[1])) if kind == "r" else None
        there = {"d": who in tables.people, "r": said is not None and bool(said.text)}.get(kind, True)
        answer = self.readers.ask(got.path)
        assert answer.status == (200 if there and not got.is_over(self.now) else 404), (got, answer)

    @action(lambda self: self._letters("c"), which=which, regrets=st.booleans())
    def confirm(self, which: int, *, regrets: bool) -> None:
        """Press the button that a confirmation leads to; perhaps regret it in the same second, after a backup."""
        got = picked(self._letters("c"), which)
        given = not got.is_over(self.now) and self.model.confirm(got.letter.person, self.now)
        answer = self.readers.ask(got.path, {})
        assert answer.status == (200 if given else 404), (got, answer)
        if given and regrets:
            self._backed_up()
            self._looked_after(got.letter.person, "unsubscribe")

    @action(lambda self: self._letters("u"), which=which, by_program=st.booleans())
    def unsubscribe(self, which: int, *, by_program: bool) -> None:
        """Press the button that the way out leads to, or have a mail program do it (RFC 8058)."""
        got = picked(self._letters("u"), which)
        self.model.withdraw(got.letter.person, self.now)
        answer = self.readers.ask(got.path, {"List-Unsubscribe": "One-Click"} if by_program else {})
        assert answer.status == 200, (got, answer)

    @action(lambda self: self._letters("d"), which=which)
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

    @action(lambda self: self._letters("d"), which=which, keep=st.booleans())
    def erase(self, which: int, *, keep: bool) -> None:
        """Press the button that erases, with or without the words."""
        got = picked(self._letters("d"), which)
        there = not got.is_over(self.now) and got.letter.person in self.model.tables.people
        if there:
            self.model.erase(got.letter.person, self.now, keep=keep)
        answer = self.readers.ask(got.path, {"words": "keep" if keep else "remove"})
        assert answer.status == (200 if there else 404), (got, answer)

    @action(
        lambda self: any(self.model.is_public(number, CLOCK.now) for number in SLUGS),
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

    @action(
        lambda self: self._letters("r"),
        which=which,
        decision=st.sampled_from(["approved", "approved", "refused", "answer", "answer nothing", ""]),
    )
    def decide_by_link(self, which: int, decision: str) -> None:
        """Press one of the buttons that the author's letter leads to."""
        got = picked(self._letters("r"), which)
        number = int(got.letter.topic.split(":")[1])
        said = self.model.tables.replies.get(number)
        there = said is not None and bool(said.text) and not got.is_over(self.now)
        self.words += 1
        text = f"words-{self.words}" if decision == "answer" else ""
        answer = self.readers.ask(got.path, {"decision": decision.partition(" ")[0], "answer": text})
        well = decision in {"approved", "refused", "answer"}
        assert answer.status == ((200 if well else 422) if there else 404), (got, answer)
        if there and decision == "answer":
            self.model.answer(number, text, self.now)
        elif there and well:
            self.model.decide(number, decision, self.now)

    @action(
        lambda self: self.model.tables.replies, which=which, state=st.sampled_from(["approved", "approved", "refused"])
    )
    def decide_in_admin(self, which: int, state: str) -> None:
        """Choose a reply in the admin."""
        number = picked(list(self.model.tables.replies), which)
        self._acted("reply", {"approved": "approve", "refused": "refuse"}[state], self.replies, number)
        self.model.decide(number, state, self.now)

    @action(
        lambda self: self.model.tables.people, which=which, what=st.sampled_from(["unsubscribe", "delete_selected"])
    )
    def look_after_a_subscriber(self, which: int, what: str) -> None:
        """Unsubscribe somebody, or erase all that is kept, in the admin."""
        self._looked_after(picked(list(self.model.tables.people), which), what)

    def _looked_after(self, who: int, what: str) -> None:
        self._acted("subscriber", what, self.people, who, post="yes")
        self.now = CLOCK.look()
        if what == "unsubscribe":
            self.model.withdraw(who, self.now)
        else:
            self.model.erase(who, self.now, keep=False)

    @action(lambda self: self.model.tables.rows, which=which)
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

    @action(
        number=st.sampled_from([*SLUGS, *SLUGS, TO_COME]),
        later=st.sampled_from([None] * len(MOVES) + [*MOVES.values()]),
    )
    def publish(self, number: int, later: timedelta | None) -> None:
        """Publish a chapter now or later, correct it, or try to publish what is not built or to correct it later."""
        at = self.now + later if later else None
        if number == TO_COME or (at and self.model.is_public(number, self.now)):
            with pytest.raises(PublishError):
                publish(number, at)
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

    def _has_room(self) -> bool:
        return len(self.hands) < HANDS

    def _posted(self, name: str) -> None:
        """A letter is on its way: a chapter's goes to nobody who has not confirmed, or has left."""
        (key,) = [key for key, row in self.model.tables.rows.items() if row.name == name]
        one = self.model.tables.people[key[1]]
        assert one.state == "active" or not key[0].startswith("chapter"), (key, one)

    @action(lambda self: self._has_room(), stale=st.booleans())
    def begin_to_work(self, *, stale: bool) -> None:
        """A worker begins."""
        free = next(number for number in range(HANDS) if number not in self.hands)
        self._begin(free, stale=stale)

    def _begin(self, number: int, *, stale: bool) -> Modelled:
        name = HANDLES[number].begin(self.box, stale=stale)
        self.hands[number] = self.model.workers[name] = Modelled(name, self.box.batch, stale)
        return self.hands[number]

    def _has_work(self) -> bool:
        """Whether there is anything that a worker might touch, rightly or not."""
        return any(row.state in {"queued", "sending"} for row in self.model.tables.rows.values())

    @action(
        _has_work,
        often=8,
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

    @action(lambda self: self.model.dead(), which=which)
    def take_back(self, which: int) -> None:
        """A worker takes back what dead ones had."""
        number = self._somebody(which)
        HANDLES[number].take_back()
        self.model.take_back(self.hands[number])

    @action(lambda self: self.hands, which=which)
    def end_to_work(self, which: int) -> None:
        """A worker ends."""
        self._end(picked(sorted(self.hands), which))

    def _end(self, number: int) -> None:
        HANDLES[number].end()
        self.model.end(self.hands.pop(number))

    @action(lambda self: self.hands, which=which)
    def kill(self, which: int) -> None:
        """A worker is killed while it waits."""
        self._kill(picked(sorted(self.hands), which))

    def _kill(self, number: int) -> None:
        HANDLES[number].kill()
        self.hands.pop(number).alive = False

    @action(lambda self: self._has_room() and self._has_work(), stale=st.booleans(), collects=st.booleans())
    def notify(self, *, stale: bool, collects: bool) -> None:
        """What `neuronwise book notify` does, from its beginning to its end; then the outbox may be emptied."""
        self._notify({}, stale=stale)
        if collects:
            self._collected()

    @action(lambda self: not self.model.outbox and self._has_room() and self.model.due(CLOCK.now, stale=False))
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

    @action(lambda self: self.model.new)
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

    @action(lambda self: self.got, which=which, hard=st.sampled_from([True, True, False]))
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

    @action(
        lambda self: any(row.state in ENDED for row in self.model.tables.rows.values()),
        state=st.sampled_from(["failed", "unknown"]),
    )
    def retry(self, state: str) -> None:
        """What `neuronwise book notify --retry` does."""
        assert ledger.retry(state) == self.model.retry(state, self.now)

    @action(lambda self: CLOCK.now > self.cleaned + MOVES["six minutes"])
    def clean(self) -> None:
        """What the site does by itself: forget what nobody confirmed, and what was refused long ago."""
        consent.forget_unconfirmed()
        of_replies.forget_refused()
        self.model.clean(self.now)
        self.cleaned = self.now

    @action(move=st.sampled_from(list(MOVES)))
    def wait(self, move: str) -> None:
        """Time passes."""
        CLOCK.now += MOVES[move]
        self.now = CLOCK.look()

    @action(lambda self: len(self.got) > self.got_with_older)
    def rotate_the_secret(self) -> None:
        """A new secret, before the older ones."""
        self.got_with_older = len(self.got)
        file = settings.DATA / folder.SECRET
        self.words += 1
        file.write_text(f"secret-{self.words}-{'x' * 40}\n{file.read_text()}")
        read_secrets()

    @action(lambda self: Actions.steps >= self.worth_a_backup)
    def back_up(self) -> None:
        """Make a backup."""
        self._backed_up()

    def _backed_up(self) -> None:
        file = settings.DATA / "site.backup"
        file.unlink(missing_ok=True)
        backups.backup(settings.DATA, environment.database(os.environ), file)
        self.saved, self.worth_a_backup = self.model.backup(), Actions.steps + 10  # PostgreSQL's takes its time

    @action(lambda self: self.saved, often=2, killed=st.booleans())
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
