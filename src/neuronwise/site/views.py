"""The answers. A request names a row of the table or nothing; the row says which file is sent."""

import re
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus

from django.conf import settings
from django.db import DatabaseError, OperationalError
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.shortcuts import get_object_or_404
from django.utils.log import log_response
from django.views.decorators.http import require_safe

from neuronwise.site import contents, files, loop, machines, pages
from neuronwise.site.files import page
from neuronwise.site.models import PICTURE, Chapter, Download, downloads, public
from neuronwise.site.replies.pieces import pieces as of_replies

TEXT = "text/plain; charset=utf-8"
CHAPTER = re.compile(
    r"/(\d{1,4})(?:-[^/]*)?(/.*)?", re.DOTALL
)  # its number, whatever it is called, and what is asked of it


@require_safe
def landing(request: HttpRequest) -> HttpResponseBase:
    """The book's idea and contents."""
    pieces = {
        "address": machines.address("/", "Neuron by Neuron"),
        "sign-up": pages.sign_up("Be told of the next chapter"),
        "feed": machines.FEED,
    }
    return files.filled(request, settings.BOOK / "index.html", pieces)


@require_safe
def errata(request: HttpRequest) -> HttpResponseBase:
    """Published examples, recomputed."""
    pieces = {"address": machines.address("/errata/", "Neuron by Neuron", f"/{PICTURE}")}
    return files.filled(request, settings.BOOK / "errata" / "index.html", pieces)


@require_safe
def chapter(request: HttpRequest, slug: str) -> HttpResponseBase:
    """A chapter; under it the sign-up and the replies."""
    row = get_object_or_404(public(), slug=slug)
    address, form = machines.address(f"/{slug}/", row.title), pages.sign_up_after(row)
    pieces = {"address": address, "sign-up": form, **of_replies(row)}
    return files.filled(request, row.folder / "index.html", pieces)


@require_safe
def picture(request: HttpRequest) -> HttpResponseBase:
    """The picture of the landing page; a chapter's is one of its downloads."""
    return files.download(request, settings.BOOK / PICTURE, PICTURE)


@require_safe
def with_slash(request: HttpRequest, slug: str) -> HttpResponseBase:  # noqa: ARG001  (Django hands it over)
    """A chapter's address without its slash leads to the one with it."""
    return HttpResponsePermanentRedirect(f"/{get_object_or_404(public(), slug=slug).slug}/")


@require_safe
def download(request: HttpRequest, slug: str, file: str) -> HttpResponseBase:
    """A chapter to take away, or one of its programs."""
    row = get_object_or_404(
        Download.objects.select_related("chapter"), chapter__in=public(), chapter__slug=slug, file=file
    )
    return files.download(request, row.chapter.folder / row.file, row.name)


@require_safe
def health(request: HttpRequest) -> HttpResponseBase:  # noqa: ARG001
    """Whether the site can do its work: the database answers, and letters are delivered."""
    status, text = HTTPStatus.OK, "well\n"
    try:
        Chapter.objects.exists()
    except DatabaseError:
        status, text = HTTPStatus.SERVICE_UNAVAILABLE, "the database does not answer\n"
    if not all(one.is_alive for one in loop.started):
        status, text = HTTPStatus.SERVICE_UNAVAILABLE, "letters are not delivered\n"
    return HttpResponse(text, status=status, content_type=TEXT, headers={"Cache-Control": "no-store"})


@require_safe
def draft(request: HttpRequest, slug: str) -> HttpResponseBase:
    """On the admin's listener: a built chapter, published or not, as the builder has it now."""
    _downloads(slug)
    return page(request, settings.BOOK / slug / "index.html")


@require_safe
def draft_download(request: HttpRequest, slug: str, file: str) -> HttpResponseBase:
    """On the admin's listener: what a built chapter gives to take away."""
    names = _downloads(slug)
    if file not in names:
        raise Http404
    return files.download(request, settings.BOOK / slug / file, names[file])


def _downloads(slug: str) -> dict[str, str]:
    """What the builder has of a chapter now: the tables may say what was published.

    Errors   Http404: there is no such chapter
    """
    book = contents.read(settings.BOOK)
    for entry in book.chapters:
        if entry.slug == slug:
            return downloads(book.title, entry)
    raise Http404


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """400: most often another host name than the site's own."""
    text = f"This request can't be answered. The site's own address is {settings.URL.geturl()}\n"
    return HttpResponse(text, status=HTTPStatus.BAD_REQUEST, content_type=TEXT)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponseBase:  # noqa: ARG001
    """404: the builder's page that leads on. A chapter that got another name is found by its number."""
    there = _moved(request.path) if request.method in {"GET", "HEAD"} else ""
    if there not in {"", request.path}:
        return HttpResponseRedirect(there)
    return page(request, settings.BOOK / "404.html", HTTPStatus.NOT_FOUND)


def _moved(path: str) -> str:
    asked = CHAPTER.fullmatch(path)
    with suppress(DatabaseError):  # the page itself needs none
        row = public().filter(number=asked[1]).first() if asked else None
        return f"/{row.slug}{asked[2] or '/'}" if asked and row else ""
    return ""


def server_error(request: HttpRequest, status: int = HTTPStatus.INTERNAL_SERVER_ERROR) -> HttpResponseBase:
    """500: the builder's page, or, since its file may be the reason, a line."""
    try:
        return page(request, settings.BOOK / "500.html", status)
    except OSError:
        text = "Something went wrong on our side. Nothing of yours is lost. Please try again in a minute.\n"
        return HttpResponse(text, status=status, content_type=TEXT)


class Later:
    """A middleware. 503 with the same page, where the database is locked or away: that passes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """What the view answers."""
        return self.get_response(request)

    @staticmethod
    def process_exception(request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        """Answer instead of a view that raised."""
        if not isinstance(exception, OperationalError):
            return None
        answer = server_error(request, HTTPStatus.SERVICE_UNAVAILABLE)
        answer["Retry-After"] = "60"
        log_response("", response=answer, request=request, exception=exception)  # type: ignore[arg-type]  # any answer
        return answer
