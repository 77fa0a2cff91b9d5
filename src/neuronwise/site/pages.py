"""Pages that the site makes itself, in the book's look, and the pieces that it puts into built pages."""

from collections.abc import Mapping
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.template.loader import render_to_string
from django.utils.html import escape

from neuronwise.site import files, guard
from neuronwise.site.models import Chapter, public

SIGN_UP = "subscribe"


def made(
    request: HttpRequest,
    template: str,
    title: str,
    values: Mapping[str, object] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponseBase:
    """A page of the site's own; nobody keeps a copy of it, and its address is told to nobody."""
    main = render_to_string(f"site/{template}", dict(values or {}))
    pieces = {"title": escape(title), "main": main}
    response = files.filled(request, settings.BOOK / "blank.html", pieces, status)
    response["Cache-Control"] = "no-store"
    response["X-Robots-Tag"] = "noindex"
    return response


def with_token(response: HttpResponseBase) -> HttpResponseBase:
    """The same answer, for an address that holds a token: no page that it leads to hears of it."""
    response["Referrer-Policy"] = "no-referrer"
    return response


def no_such_link(request: HttpRequest) -> HttpResponseBase:
    """The one page for tokens that are forged, expired, or made for something else."""
    return with_token(made(request, "no_such_link.html", "This link does not work", status=HTTPStatus.NOT_FOUND))


def sign_up(heading: str, level: int = 3, typed: Mapping[str, str] | None = None) -> str:
    """The sign-up form, under a heading of that level; after a mistake, with what `typed` says of it (site/email.html).

    email       what was typed
    mend        what is wrong with it
    once_more   why the button is to be pressed again, though nothing is wrong with it
    """
    values = {"heading": heading, "level": level, "time": guard.form_time(SIGN_UP), **(typed or {})}
    return render_to_string("site/sign_up.html", values)


def sign_up_after(chapter: Chapter) -> str:
    """The sign-up form under a chapter, which asks the next one's question while that is to come."""
    out = public().values("number")
    following = Chapter.objects.filter(number__gt=chapter.number).exclude(number__in=out).first()
    question = following.question if following else ""
    asks = f"The next chapter asks: {question[:1].lower()}{question[1:]}"
    return sign_up(asks if question else "Be told of the next chapter")
