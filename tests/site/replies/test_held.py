"""Tests of what becomes of a reply, step by step in this process: words, moderation, models."""

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from replying import BOOK
from serving import write_book

from neuronwise.site import contents, models
from neuronwise.site.ledger import Delivery
from neuronwise.site.models import Chapter, Reply
from neuronwise.site.replies import models as of_replies
from neuronwise.site.replies import moderation, threads
from neuronwise.site.replies.models import State, _remembered, forget_refused
from neuronwise.site.replies.words import visible


@pytest.fixture
def chapter(data: Path) -> Chapter:
    models.mirror(contents.read(write_book(data / "book", files=BOOK)))
    return Chapter.objects.get(number=1)


def hold(chapter: Chapter, text: str = "Why?", about: str = "", to: Reply | None = None) -> Reply:
    thread = threads.thread(chapter, to.pk) if to else None
    moderation.hold(chapter, name="Ann", email="ann@example.org", text=text, about=about, to=thread)
    return Reply.objects.get(text=text, anchor=about, parent=to)


def decide(reply: Reply, decision: str, **more: str) -> str:
    return moderation.decided(reply, {"decision": decision, **more})


def test_a_text_full_of_marks_takes_no_time_and_keeps_those_that_are_read() -> None:
    started = time.process_time()
    told = visible("a" + "\u0301" * 15_000 + "\u0323" * 15_000 + "b")
    seconds = time.process_time() - started

    assert (len(told), told[-1], seconds < 0.1) == (31, "b", True)
    assert visible("e\u0323\u0302") == "\u1ec7"


@pytest.mark.parametrize("one", ["\ufffe", "\uffff", "\U0001ffff"])
def test_what_is_no_character_is_left_out_and_what_may_be_one_some_day_is_kept(one: str) -> None:
    assert visible(f"a{one}b\U0001fae9") == "ab\U0001fae9"


@pytest.mark.usefixtures("data")
def test_a_preview_is_remembered_by_nobody() -> None:
    before = _remembered.cache_info().currsize

    assert "<em>b</em>" in Reply(text="a *b* of nobody").html
    assert _remembered.cache_info().currsize == before


def test_what_waits_is_kept_once_and_the_same_words_about_something_else_are_another_reply(chapter: Chapter) -> None:
    first = hold(chapter, about="slope")
    hold(chapter, about="slope")
    hold(chapter, about="formula-a")
    assert Reply.objects.count() == Delivery.objects.count() == 2

    decide(first, "refused")
    moderation.hold(chapter, name="Ann", email="ann@example.org", text="Why?", about="slope", to=None)

    assert Reply.objects.filter(anchor="slope", state=State.HELD).count() == 1


def test_a_thread_that_is_refused_keeps_the_answers_of_others_and_loses_its_words_in_time(
    chapter: Chapter, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = hold(chapter)
    decide(root, "approved")
    answer = hold(chapter, "Because.", to=root)
    decide(root, "refused")

    said = decide(answer, "approved")
    later = timezone.now() + timedelta(days=31)
    monkeypatch.setattr(timezone, "now", lambda: later)
    forgotten = [forget_refused(), forget_refused()]
    root.refresh_from_db()
    answer.refresh_from_db()
    of_replies.decide([root.pk], State.APPROVED)

    assert said == "The reply is approved, and seen as soon as what it answers is approved, too"
    assert (forgotten, root.name, root.address, root.text) == ([1, 0], "", "", "")
    assert (answer.text, answer.state) == ("Because.", State.APPROVED)
    assert Reply.objects.get(pk=root.pk).state == State.REFUSED


def test_the_place_of_a_reply_that_was_taken_back_can_be_answered(chapter: Chapter) -> None:
    root = hold(chapter)
    Reply.objects.filter(pk=root.pk).update(state=State.REMOVED, text="", name="", address="")

    assert hold(chapter, "All the same.", to=root).parent == root


def test_an_answer_of_the_author_is_kept_once_and_has_to_be_short_as_it_is_kept(chapter: Chapter) -> None:
    root = hold(chapter)
    values: dict[str, Any] = {"answer": "Because.\r\n"}

    for _ in range(2):
        decide(root, "answer", **values)
    with pytest.raises(ValueError, match="at most 10,000 characters"):
        decide(root, "answer", answer="\u0958" * 6_000)  # composed, each is two

    assert [answer.text for answer in Reply.objects.filter(parent=root)] == ["Because."]
