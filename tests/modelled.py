"""The site as SITE.md promises it, in plain Python: who stands where, which letter is in which state, what readers see.

It shares no code with the site. People and replies are numbered in the order of their coming; a letter's key and the
fraction of a second in which it is due are chance, so they are learned from the site once, and hold from then on.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta

AUTHOR = "canary-author@example.org"
AUTHORS_NAME = "Ada"
WAITS = timedelta(hours=48)  # overdue for so long, a letter lies still
LIVES = {"c": timedelta(days=7), "u": None, "d": timedelta(hours=1), "r": timedelta(days=30)}  # of links, by their path
TRIES = 10
ON_A_PAGE = 20
TRANSITIONS = {  # from, to
    ("queued", "sending"), ("queued", "skipped"), ("sending", "skipped"), ("sending", "sent"), ("sending", "queued"),
    ("sending", "failed"), ("sending", "unknown"), ("failed", "queued"), ("unknown", "queued"), ("skipped", "queued"),
}  # fmt: skip
AFTER_A_RESTORE = {("queued", "unknown")}


def whole(time: datetime | None) -> datetime | None:
    """The time without the fraction of its second."""
    return time and time.replace(microsecond=0)


Key = tuple[str, int]  # topic, number of the person
Answers = Mapping[str, str]  # what the mail server says to an address: 250, 450, 550, lost


@dataclass
class Person:
    """Somebody whose address is known."""

    address: str
    state: str
    made: datetime
    confirmed: datetime | None = None
    bounces: int = 0


@dataclass
class Row:
    """A letter in the ledger; `doubts` counts how often it may have gone without the ledger's knowing."""

    state: str
    due: datetime
    tries: int = 0
    code: str = ""
    worker: str = ""
    name: str = ""  # its key, as soon as it is known
    doubts: int = 0


@dataclass
class Said:
    """A reply."""

    chapter: int
    anchor: str
    parent: int | None
    name: str
    address: str
    text: str
    made: datetime
    state: str = "held"
    by_author: bool = False
    decided: datetime | None = None

    def told(self) -> tuple[object, ...]:
        """To be compared."""
        what = (self.chapter, self.anchor, self.parent, self.name, self.address, self.text, self.state, self.by_author)
        return (*what, whole(self.made), whole(self.decided))


@dataclass
class Chapter:
    """A chapter: when it is out, and which build of it was published."""

    published: datetime | None = None
    copy: int = 0


@dataclass(frozen=True)
class Letter:
    """What somebody gets: a letter of the ledger, to whom, and the kind of link in it."""

    topic: str
    person: int
    kind: str


@dataclass
class Worker:
    """Who delivers."""

    name: str
    batch: int
    stale: bool
    alive: bool = True
    ahead: list[Key] = field(default_factory=list)


@dataclass
class Tables:
    """What the database holds."""

    people: dict[int, Person] = field(default_factory=dict)
    rows: dict[Key, Row] = field(default_factory=dict)
    replies: dict[int, Said] = field(default_factory=dict)
    chapters: dict[int, Chapter] = field(default_factory=dict)


@dataclass
class Backup:
    """What a backup holds: the tables, and which builds of which chapters are copied for readers."""

    tables: Tables
    copies: set[tuple[int, int]]


class Model:
    """Everything, and what each action makes of it; `now` is the time of the action."""

    def __init__(self, *, outbox: bool, resends: bool, chapters: Iterable[int]) -> None:
        self.outbox, self.resends = outbox, resends
        self.tables = Tables(chapters={number: Chapter() for number in chapters})
        self.people_so_far = self.replies_so_far = 0
        self.log: list[tuple[str, str, int, datetime]] = []  # who has withdrawn: how, a person or a reply, which, when
        self.builds = dict.fromkeys(self.tables.chapters, 1)
        self.copies: set[tuple[int, int]] = set()
        self.drafts: dict[tuple[str, str], Letter] = {}  # worker, key
        self.new: dict[str, Letter] = {}  # key
        self.held: list[Letter] = []  # by people
        self.workers: dict[str, Worker] = {}

    # people

    def number(self, address: str) -> int | None:
        """Whose address it is."""
        return next((who for who, one in self.tables.people.items() if one.address == address), None)

    def person(self, address: str, now: datetime) -> int:
        """Whose address it is; if need be somebody new, who has confirmed nothing."""
        known = self.number(address)
        if known is None:
            self.people_so_far += 1
            known = self.people_so_far
            self.tables.people[known] = Person(address, "pending", now)
        return known

    def queue(self, topic: str, who: int, due: datetime) -> None:
        """A letter, if there was none of that topic, or it was not wanted."""
        row = self.tables.rows.setdefault((topic, who), Row("queued", due))
        if row.state == "skipped":
            row.state, row.tries, row.due = "queued", 0, due

    def ask(self, address: str, now: datetime) -> None:
        """Somebody has typed the address into the sign-up form."""
        who = self.person(address, now)
        one = self.tables.people[who]
        if one.state != "active":
            one.state, one.made = "pending", now
        self.queue(f"confirm:{now:%Y-%m-%d}", who, now)

    def ask_own_data(self, address: str, now: datetime) -> None:
        """Somebody has typed the address into the form for own data."""
        self.queue(f"data:{now:%Y-%m-%d}", self.person(address, now), now)

    def confirm(self, who: int, now: datetime) -> bool:
        """The button in a confirmation."""
        one = self.tables.people.get(who)
        if one is None or one.state == "gone":
            return False
        if one.state == "pending":
            one.state, one.confirmed, one.bounces = "active", now, 0
            for number, chapter in self.tables.chapters.items():
                if chapter.published and chapter.published > now:
                    self.queue(f"chapter:{number}", who, chapter.published)
        return True

    def withdraw(self, who: int, now: datetime) -> None:
        """The way out."""
        one = self.tables.people.get(who)
        noted = any((what, which) == ("person", who) for _, what, which, _ in self.log)
        if one.state != "gone" if one else not noted:
            self.log.append(("gone", "person", who, now))
        if one:
            one.state = "gone"

    def erase(self, who: int, now: datetime, *, keep: bool) -> None:
        """Nothing is left of the address."""
        one = self.tables.people[who]
        self.log.append(("erased", "person", who, now))
        names = {row.name for (_, whose), row in self.tables.rows.items() if whose == who}
        self.new = {name: letter for name, letter in self.new.items() if name not in names}
        self.drafts = {draft: letter for draft, letter in self.drafts.items() if draft[1] not in names}
        theirs = self.said_by(one.address)[::-1]  # the newest first
        for number in theirs:
            self.log.append(("nameless" if keep else "erased", "reply", number, now))
        if keep:
            self.without_name(theirs)
        else:
            self.remove(theirs)
        self.forget(who)

    def forget(self, who: int) -> None:
        """The person and the letters."""
        del self.tables.people[who]
        self.tables.rows = {key: row for key, row in self.tables.rows.items() if key[1] != who}

    def is_known(self, who: int) -> bool:
        """Whether anything is kept besides that somebody asked what is kept."""
        one = self.tables.people[who]
        asked = any(whose == who and not topic.startswith("data:") for topic, whose in self.tables.rows)
        return one.state != "pending" or asked or bool(self.said_by(one.address))

    def said_by(self, address: str) -> list[int]:
        """The replies of an address."""
        return [number for number, said in self.tables.replies.items() if said.address == address]

    def bounced(self, topic: str, who: int, now: datetime) -> None:
        """A letter comes back: the address is refused for good. The third ends the letters."""
        row = self.tables.rows.get((topic, who))
        if row is None or row.code.startswith("bounced"):
            return
        row.code = "bounced 5.1.1"
        one = self.tables.people[who]
        one.bounces += 1
        if one.bounces >= 3:
            self.withdraw(who, now)

    # replies

    def reply(self, said: Said, now: datetime) -> None:
        """Somebody says something: it waits for the author, who gets a letter."""
        same = (said.chapter, said.anchor, said.parent, said.address, said.text)
        held = [one for one in self.tables.replies.values() if one.state == "held"]
        if same in {(one.chapter, one.anchor, one.parent, one.address, one.text) for one in held}:
            return
        number = self._new_reply(said)
        self.queue(f"reply:{number}", self.person(AUTHOR, now), now)

    def _new_reply(self, said: Said) -> int:
        self.replies_so_far += 1
        self.tables.replies[self.replies_so_far] = said
        return self.replies_so_far

    def decide(self, number: int, state: str, now: datetime) -> bool:
        """The author approves or refuses; what has no words any more stays as it is."""
        one = self.tables.replies.get(number)
        if one is None or not one.text:
            return False
        one.state, one.decided = state, now
        return True

    def answer(self, number: int, text: str, now: datetime) -> None:
        """The author answers, and approves what is answered."""
        self.decide(number, "approved", now)
        one = self.tables.replies[number]
        mine = Said(
            one.chapter, one.anchor, one.parent or number, AUTHORS_NAME, "", text, now, "approved", by_author=True
        )
        mine.decided = now
        self._new_reply(mine)

    def answers(self, number: int) -> list[int]:
        """The replies that answer this one."""
        return [each for each, said in self.tables.replies.items() if said.parent == number]

    def without_name(self, numbers: Iterable[int]) -> None:
        """The words stay."""
        for number in numbers:
            self.tables.replies[number].name = self.tables.replies[number].address = ""

    def remove(self, numbers: Iterable[int]) -> None:
        """The words go; a place stays where it holds up the answers of others."""
        replies, theirs = self.tables.replies, set(numbers)
        others = {said.parent for number, said in replies.items() if number not in theirs}
        for number in theirs - others:
            del replies[number]
        for number in theirs & others:
            said = replies[number]
            said.name = said.address = said.text = ""
            if said.state == "approved":
                said.state = "removed"
        for number in [each for each, said in replies.items() if said.state == "removed" and not self.answers(each)]:
            del replies[number]

    def is_shown(self, number: int | None) -> bool:
        """Whether readers see the reply, or its place."""
        said = self.tables.replies.get(number or 0)
        return (
            said is not None
            and said.state in {"approved", "removed"}
            and (not said.parent or self.is_shown(said.parent))
        )

    def can_be_answered(self, number: int) -> bool:
        """Whether it, or its place, is there for readers."""
        return self.is_shown(number)

    def shown(self, chapter: int) -> list[int]:
        """The replies on a chapter's first page."""
        here = {n: said for n, said in self.tables.replies.items() if said.chapter == chapter and self.is_shown(n)}
        roots = sorted((n for n, said in here.items() if not said.parent), key=lambda n: here[n].made, reverse=True)
        page = set(roots[:ON_A_PAGE])
        return [n for n, said in here.items() if n in page or said.parent in page]

    # chapters

    def is_public(self, number: int, now: datetime) -> bool:
        """Whether readers see the chapter."""
        published = self.tables.chapters[number].published
        return published is not None and published <= now

    def shown_build(self, number: int) -> int:
        """Which build of the chapter readers see: the published copy; where that is lost, the newest."""
        copy = self.tables.chapters[number].copy
        return copy if (number, copy) in self.copies else self.builds[number]

    def publish(self, number: int, now: datetime, at: datetime | None) -> None:
        """The chapter is out, now or then, and each subscriber is told; once more, it is corrected and nobody is."""
        chapter, before = self.tables.chapters[number], self.is_public(number, now)
        old = chapter.copy
        chapter.copy = self.builds[number]
        self.copies.add((number, chapter.copy))
        if old != chapter.copy:
            self.copies.discard((number, old))
        if before:
            return
        topic, chapter.published = f"chapter:{number}", at or now
        for (each, _), row in self.tables.rows.items():
            if each == topic and row.state in {"queued", "unknown"}:
                row.due = chapter.published
        for who, one in self.tables.people.items():
            if one.state == "active":
                self.queue(topic, who, chapter.published)

    # delivering

    def due(self, now: datetime, *, stale: bool) -> list[Key]:
        """The letters whose time has come, in their order."""
        found = [(row.due, row.name, key) for key, row in self.tables.rows.items() if row.state == "queued"]
        return [key for due, _, key in sorted(found) if due <= now and (stale or due > now - WAITS)]

    def claim(self, worker: Worker, now: datetime) -> list[Key]:
        """The next batch is this worker's."""
        keys = self.due(now, stale=worker.stale)[: worker.batch]
        for key in keys:
            self.tables.rows[key].state, self.tables.rows[key].worker = "sending", worker.name
        return keys

    def taken(self, worker: Worker, now: datetime) -> list[Key]:
        """What a worker works on now: what it claimed ahead, as far as that is still there, or the next batch."""
        keys = [key for key in worker.ahead if self.is_with(key, worker.name)]
        worker.ahead = []
        return keys or self.claim(worker, now)

    def is_with(self, key: Key, name: str) -> bool:
        """Whether a worker has this letter."""
        row = self.tables.rows.get(key)
        return row is not None and (row.state, row.worker) == ("sending", name)

    def letter(self, key: Key, now: datetime) -> Letter | None:
        """The letter that is wanted now; nothing, if none is."""
        (kind, _, rest), who = key[0].partition(":"), key[1]
        state = self.tables.people[who].state
        if kind == "chapter":
            return Letter(*key, "u") if state == "active" and self.is_public(int(rest), now) else None
        if kind == "confirm":
            return None if state == "gone" else Letter(*key, "u" if state == "active" else "c")
        if kind == "data":
            return Letter(*key, "d") if self.is_known(who) else None
        said = self.tables.replies.get(int(rest))
        return Letter(*key, "r") if said and said.state == "held" else None

    def deliver(self, worker: Worker, now: datetime, answers: Answers, dies: str) -> int:
        """A worker's batch, and where in it the worker dies; how many letters it had."""
        keys = self.taken(worker, now)
        letters = {key: letter for key in keys if (letter := self.letter(key, now))}
        if keys and dies == "unusable":
            self._give_back(worker.name, parked=False)
        elif keys:
            self._post(worker, letters, answers, dies)
            if dies not in {"claimed", "posting", "posted"}:
                self._note(worker, keys, letters, answers, now)
                self._settle(worker.name, dies)
        worker.alive = worker.alive and not (keys and dies not in {"", "unusable"})
        return len(keys)

    def _post(self, worker: Worker, letters: Mapping[Key, Letter], answers: Answers, dies: str) -> None:
        some = {"claimed": 0, "posting": 1}.get(dies, len(letters))
        for key, letter in list(letters.items())[:some]:
            row, answer = self.tables.rows[key], self._answer(key, answers)
            if self.outbox:
                self.drafts[worker.name, row.name] = letter
            elif answer in {"250", "lost"}:
                self.held.append(letter)
                row.doubts += answer == "lost" or dies in {"posting", "posted"}

    def _answer(self, key: Key, answers: Answers) -> str:
        return "" if self.outbox else answers.get(self.tables.people[key[1]].address, "250")

    def _note(
        self, worker: Worker, keys: list[Key], letters: Mapping[Key, Letter], answers: Answers, now: datetime
    ) -> None:
        for key in keys:
            row, code = self.tables.rows[key], self._answer(key, answers)
            row.tries, row.due, row.worker = row.tries + 1, now, ""
            again = code == "450" or (code == "lost" and self.resends)
            if key not in letters:
                row.state, row.code = "skipped", ""
                continue
            row.code = code
            if again and row.tries < TRIES:
                row.state = "queued"
                row.due += min(timedelta(minutes=5) * 2 ** (row.tries - 1), timedelta(hours=24))
            elif again or code == "550":
                row.state = "failed"
            elif code == "lost":
                row.state = "unknown"
            else:
                row.state, row.worker = "sent", worker.name
        worker.ahead = self.claim(worker, now)

    def _settle(self, name: str, dies: str) -> None:
        mine = sorted(key for worker, key in self.drafts if worker == name)
        for key in mine[: {"noted": 0, "settling": len(mine) // 2}.get(dies)]:
            self.new[key] = self.drafts.pop((name, key))

    def take_back(self, worker: Worker) -> None:
        """What dead workers had goes back, or is parked; their drafts are finished or deleted."""
        for each in self.dead():
            self._give_back(each, parked=not self.outbox and not self.resends)
            for name, key in [draft for draft in self.drafts if draft[0] == each]:
                letter = self.drafts.pop((name, key))
                row = self.tables.rows.get((letter.topic, letter.person))
                if row and (row.state, row.worker) == ("sent", name):
                    self.new[key] = letter
        assert worker.alive

    def dead(self) -> list[str]:
        """The names of dead workers."""
        return [name for name, worker in self.workers.items() if not worker.alive]

    def _give_back(self, name: str, *, parked: bool) -> None:
        for key, row in self.tables.rows.items():
            if self.is_with(key, name):
                row.state, row.worker = "unknown" if parked else "queued", ""

    def end(self, worker: Worker) -> None:
        """A worker stops: what it claimed ahead goes back."""
        for key in worker.ahead:
            if self.is_with(key, worker.name):
                self.tables.rows[key].state, self.tables.rows[key].worker = "queued", ""
        worker.alive, worker.ahead = False, []

    def retry(self, state: str, now: datetime, keys: Iterable[Key] | None = None) -> int:
        """The author has what failed, or what nobody knows of, sent once more."""
        rows = [self.tables.rows[key] for key in (self.tables.rows if keys is None else keys)]
        again = [row for row in rows if row.state == state]
        for row in again:
            row.due = row.due if row.tries == 0 and row.due > now else now
            row.state, row.tries, row.code, row.worker = "queued", 0, "", ""
            row.doubts += state == "unknown"
        return len(again)

    # time and trouble

    def clean(self, now: datetime) -> None:
        """What nobody confirmed in 7 days goes, and what was refused 30 days ago."""
        old = now - timedelta(days=7)
        for who, one in list(self.tables.people.items()):
            if one.state == "pending" and one.made < old and one.address != AUTHOR:
                self.forget(who)
        answered = {said.parent for said in self.tables.replies.values()}
        for number, said in list(self.tables.replies.items()):
            if said.state == "refused" and said.decided and said.decided < now - timedelta(days=30):
                if number in answered:
                    said.name = said.address = said.text = ""
                else:
                    del self.tables.replies[number]

    def backup(self) -> Backup:
        """Everything but the log, the builds, and what has gone."""
        return deepcopy(Backup(self.tables, self.copies))

    def restore(self, saved: Backup, now: datetime) -> None:
        """An old state comes back, but nobody who has left since, and no letter goes that may have gone."""
        self.tables = deepcopy(saved.tables)
        self.copies |= saved.copies
        for row in self.tables.rows.values():
            row.doubts = 0
            if row.state in {"queued", "sending"}:
                row.state, row.worker = "unknown", ""
        for how, what, which, when in list(self.log):
            if what == "reply" and which in self.tables.replies:
                (self.without_name if how == "nameless" else self.remove)([which])
            one = self.tables.people.get(which) if what == "person" and how == "gone" else None
            if one and one.state != "gone" and (one.confirmed is None or one.confirmed <= when):
                one.state = "gone"
        for how, what, which, _ in list(self.log):
            if (how, what) == ("erased", "person") and which in self.tables.people:
                self.erase(which, now, keep=False)

    # what is looked at

    def told(self) -> dict[str, dict[object, object]]:
        """Everything in the tables and the outbox, to be compared; times in whole seconds."""
        tables = self.tables
        return {
            "people": {
                number: (one.address, one.state, whole(one.made), whole(one.confirmed), one.bounces)
                for number, one in tables.people.items()
            },
            "letters": {
                key: (row.state, row.tries, row.code, row.worker, whole(row.due), row.name)
                for key, row in tables.rows.items()
            },
            "replies": {number: said.told() for number, said in tables.replies.items()},
            "chapters": {n: whole(c.published) for n, c in tables.chapters.items()},
            "withdrawn": dict(Counter(entry[:3] for entry in self.log)),
            "drafts": dict.fromkeys(self.drafts, 1),
            "outbox": dict.fromkeys(self.new, 1),
        }

    # what is promised whatever happens

    def doubled(self, held: Counter[Key]) -> Iterator[str]:
        """The letters that somebody has more often than the trouble they met allows."""
        for key, count in held.items():
            row = self.tables.rows.get(key)
            if row and count > 1 + row.doubts:
                yield f"{key} is held {count} times"
