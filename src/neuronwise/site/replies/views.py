"""The replies' own pages: the list, what the form sends, the link by which the author decides, the feed.

A GET changes nothing. What is wrong with a form is said beside the field, and what was typed is kept.
"""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_http_methods, require_safe

from neuronwise.site import guard, tokens
from neuronwise.site.guard import Limit, Limiter, Verdict
from neuronwise.site.models import Chapter, public
from neuronwise.site.pages import made, no_such_link, with_token
from neuronwise.site.replies import moderation, threads
from neuronwise.site.replies.feed import feed
from neuronwise.site.replies.forms import ReplyForm
from neuronwise.site.replies.models import Reply
from neuronwise.site.replies.pieces import FORM, of_form
from neuronwise.site.replies.threads import Threads
from neuronwise.site.writing import BUSY, BusyError, writing

REPLIES = Limiter(Limit(network=30, site=300))
PAGE_DIGITS = 6
reading_or_form = require_http_methods(["GET", "HEAD", "POST"])


@require_safe
def replies(request: HttpRequest, slug: str) -> HttpResponseBase:
    """The replies to a chapter, page by page; with ?about=, those to a formula or section; with ?to=, one thread."""
    chapter = _chapter(slug)
    about, to, page = _asked(request, chapter)
    shown = _one(chapter, to) if to else threads.threads(chapter, about=about, page=page)
    if page > 1 and not shown.threads:
        raise Http404
    label = threads.anchors(chapter).get(about, "")
    values = {"shown": shown, "about": about, "label": label, "page": page, "newer": page - 1, "older": page + 1}
    title = f"Replies to {label or chapter.title}"
    form = ReplyForm(chapter, about=about, to=to)
    return made(request, "replies/list.html", title, {**values, "one": to, **of_form(form)})


@reading_or_form
def reply(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What the form sends: for a preview, or to be held until the author decides."""
    chapter = _chapter(slug)
    if request.method != "POST":
        return HttpResponseRedirect(f"/{slug}/replies")
    form = ReplyForm(chapter, request.POST)
    if not form.is_valid():
        return _again(request, form, "", HTTPStatus.UNPROCESSABLE_ENTITY)
    if "preview" in request.POST and guard.is_ours(request):
        return _again(request, form)
    verdict = guard.examined(request, FORM, REPLIES)
    if verdict not in {Verdict.FINE, Verdict.TRAP}:
        return _again(request, form, verdict, verdict.status)
    try:
        with writing():
            if verdict is Verdict.FINE:
                moderation.hold(chapter, **form.cleaned_data)
    except BusyError:
        return _again(request, form, BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponseRedirect(f"/{slug}/replied", status=HTTPStatus.SEE_OTHER)


@require_safe
def replied(request: HttpRequest, slug: str) -> HttpResponseBase:
    """What becomes of a reply that was sent; the same for every sender."""
    return made(request, "replies/replied.html", "Thank you", {"chapter": _chapter(slug)})


@require_safe
def latest(request: HttpRequest, slug: str) -> HttpResponseBase:  # noqa: ARG001  (Django hands it over)
    """The latest replies to a chapter, for feed readers."""
    return HttpResponse(feed(_chapter(slug)), content_type="application/atom+xml; charset=utf-8")


@reading_or_form
def moderate(request: HttpRequest, token: str) -> HttpResponseBase:
    """The link in the author's letter: the reply, and buttons; one of them pressed, the decision."""
    rows = Reply.objects.exclude(text="").select_related("parent", "chapter")
    which = tokens.opened(tokens.MODERATE, token)
    found = rows.filter(pk=which).first() if which else None
    if found is None:
        return no_such_link(request)
    if request.method != "POST":
        return _deciding(request, found)
    try:
        with writing():
            done = moderation.decided(found, request.POST)
    except BusyError:
        return _deciding(request, found, HTTPStatus.SERVICE_UNAVAILABLE, once_more=BUSY)
    except ValueError as error:
        return _deciding(request, found, HTTPStatus.UNPROCESSABLE_ENTITY, mend=str(error))
    return with_token(made(request, "replies/decided.html", done, {"heading": done, "reply": found}))


def _chapter(slug: str) -> Chapter:
    return get_object_or_404(public(), slug=slug)


def _asked(request: HttpRequest, chapter: Chapter) -> tuple[str, UUID | None, int]:
    """What the address asks for: a formula or section, a reply, the number of a page. Any other is nowhere.

    Errors   Http404
    """
    about, to, page = (request.GET.get(name, "") for name in ("about", "to", "page"))
    try:
        reply, number = (UUID(to) if to else None), (int(page[:PAGE_DIGITS]) if page else 1)
    except ValueError as error:
        raise Http404 from error
    if number < 1 or (about and about not in threads.anchors(chapter)):
        raise Http404
    return about, reply, number


def _one(chapter: Chapter, to: UUID) -> Threads:
    found = threads.thread(chapter, to)
    if found is None:
        raise Http404
    return Threads([found])


def _again(request: HttpRequest, form: ReplyForm, mend: str = "", status: int = HTTPStatus.OK) -> HttpResponseBase:
    """The form once more, with all that was typed: beside each field its mend, or above it how the reply will look."""
    preview = moderation.preview(form)
    label = threads.anchors(form.chapter).get(preview.anchor, "") if preview else ""
    time = guard.kept_time(FORM, request.POST.get(guard.TIME, ""))
    values = {"mend": mend, "preview": preview, "label": label, **of_form(form, time)}
    return made(request, "replies/again.html", "Your reply", values, status)


def _deciding(request: HttpRequest, reply: Reply, status: int = HTTPStatus.OK, **said: str) -> HttpResponseBase:
    """The reply and the buttons; `mend` says what is wrong with the answer, `once_more` why nothing was done."""
    label = threads.anchors(reply.chapter).get(reply.anchor, "")
    values = {"reply": reply, "label": label, "answer": request.POST.get("answer", ""), **said}
    return with_token(made(request, "replies/moderate.html", "A reply to decide on", values, status))
