"""The replies as pieces of HTML, for the markers of a chapter's built page, and for pages of their own."""

from functools import lru_cache

from django.template.loader import render_to_string
from django.utils.html import format_html

from neuronwise.site import guard
from neuronwise.site.models import Chapter
from neuronwise.site.replies import threads
from neuronwise.site.replies.forms import ReplyForm

FORM = "reply"
TIME = "\ue002"  # stands for the form's time; in no reply, for `words` lets no such letter in
IN_RAIL = '<li><a href="#replies">Replies</a></li>'


def pieces(chapter: Chapter) -> dict[str, str]:
    """What goes into a chapter's page: at each formula and section how many replies it has, then replies and form."""
    made = _pieces(chapter, threads.version(chapter))
    return made | {"replies": made["replies"].replace(TIME, guard.form_time(FORM))}


@lru_cache(maxsize=32)
def _pieces(chapter: Chapter, _version: object) -> dict[str, str]:
    """The same for all readers until something changes, but for the form's time."""
    counts = threads.counts(chapter)
    values = {"shown": threads.threads(chapter), "count": sum(counts.values()), **of_form(ReplyForm(chapter), TIME)}
    return {
        **{
            f"replies-to-{anchor}": _link(chapter, anchor, label, counts.get(anchor, 0))
            for anchor, label in threads.anchors(chapter).items()
        },
        "replies-in-rail": IN_RAIL,
        "replies": render_to_string("site/replies/section.html", values),
    }


def of_form(form: ReplyForm, time: str = "") -> dict[str, object]:
    """What the form's template shows; its time is the present one, if no other is given."""
    return {
        "chapter": form.chapter,
        "form": form,
        "anchors": threads.anchors(form.chapter).items(),
        "time": time or guard.form_time(FORM),
    }


def _link(chapter: Chapter, anchor: str, label: str, count: int) -> str:
    """The way from a formula or section to its replies, or to the first one."""
    words = "Reply" if count == 0 else "1 reply" if count == 1 else f"{count} replies"
    return format_html(
        '<p class="about{}"><a href="/{}/replies?about={}">{}<span class="unseen"> to {}</span></a></p>',
        "" if count else " none",
        chapter.slug,
        anchor,
        words,
        label,
    )
