"""What holds after each action: the site is as its model says, and readers see what they should."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from beginning import SLUGS
from clocks import CLOCK
from django.conf import settings
from hypothesis.stateful import RuleBasedStateMachine, invariant
from modelled import AFTER_A_RESTORE, LIVES, TRANSITIONS, Letter, Model, whole
from reaching import Side, files, transitions

from neuronwise.site import withdrawals
from neuronwise.site.models import Chapter, Delivery, Reply, Subscriber

T = TypeVar("T")
ENDS = ("/", "/replies", "/replies.xml")
LATEST = 20  # in the feed


def picked(options: Sequence[T], number: int) -> T:
    """One of them."""
    return options[number % len(options)]


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


class Compared(RuleBasedStateMachine):
    """A site and its model, compared. What is chance, as a letter's key, the model learns from the site."""

    model: Model
    now: datetime
    readers: Side
    got: list[Got]  # by everybody, so far
    held: Counter[tuple[str, int]]  # since the last restore
    restoring: bool  # just now

    def begin_to_compare(self) -> None:
        """Nothing is learned yet."""
        self.names: dict[str, tuple[str, int]] = {}  # of letters: their keys
        self.addresses: dict[int, str] = {}
        self.chances: dict[tuple[str, int], tuple[str, datetime]] = {}
        self.people: dict[UUID, int] = {}
        self.replies: dict[UUID, int] = {}
        self.looks = 0
        self.last: object = None

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
