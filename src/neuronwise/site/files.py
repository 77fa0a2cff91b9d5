"""How a built file is sent.

page       compressed, with what the site puts in; a browser keeps it, and asks each time whether it is still good
download   saved under a name that says what it is; a program opens at once, to be read
asset      kept for ever: its address changes with its bytes

A build takes the old book away before it puts the new one in its place. Who asks between the two is told to ask again.
"""

import gzip
import hashlib
import re
import time
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, wraps
from http import HTTPStatus
from pathlib import Path
from typing import ParamSpec
from wsgiref.types import StartResponse, WSGIEnvironment

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import MissingFileError, StaticFile

from neuronwise.site import copies

TYPES = {
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".ipynb": "application/x-ipynb+json",
    ".py": "text/plain; charset=utf-8",
    ".png": "image/png",
}
SHOWN = {".py", ".png"}
LATER = b"The book is being renewed. Please try again in a second.\n"
LATER_HEADERS = {
    "Content-Type": "text/plain; charset=utf-8",
    "Content-Length": str(len(LATER)),
    "Cache-Control": "no-store",
    "Retry-After": "1",
}
MARKER = re.compile(rb"<!-- ([a-z0-9-]+)(?:: .*?)? -->")
TIME = re.compile(
    rb'(name="form" value=")[^"]*'
)  # of `guard`; a reader's own quotes are escaped, so nobody can write it
HOUR = 60 * 60
OUT = re.compile(rb"<!-- out-(\d+) -->(.*?)<!-- end --><!-- draft-\1(.*?)-->", re.DOTALL)
Asked = ParamSpec("Asked")


@lru_cache(maxsize=32)
def _brotli(page: bytes) -> bytes:
    packed: bytes = brotli.compress(page, quality=5)
    return packed


@lru_cache(maxsize=32)
def _gzip(page: bytes) -> bytes:
    return gzip.compress(page, mtime=0)


COMPRESSIONS = {"br": _brotli, "gzip": _gzip}  # the best first; the latest pages are remembered


def or_later(answer: Callable[Asked, HttpResponseBase]) -> Callable[Asked, HttpResponseBase]:
    """The same answer; without its file, 503: try again in a second."""

    @wraps(answer)
    def patient(*args: Asked.args, **kwargs: Asked.kwargs) -> HttpResponseBase:
        try:
            return answer(*args, **kwargs)
        except (FileNotFoundError, MissingFileError):
            return HttpResponse(LATER, status=HTTPStatus.SERVICE_UNAVAILABLE, headers=LATER_HEADERS)

    return patient


class Assets(WhiteNoise):  # type: ignore[misc]  # it has no types
    """WhiteNoise; for an asset without its file, 503: try again in a second."""

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request."""
        try:
            answer: Iterable[bytes] = super().__call__(environ, start_response)
        except FileNotFoundError:  # before anything was sent
            start_response("503 Service Unavailable", list(LATER_HEADERS.items()))
            return [LATER]
        return answer


@or_later
def filled(
    request: HttpRequest, file: Path, pieces: Mapping[str, str], status: int = HTTPStatus.OK
) -> HttpResponseBase:
    """A page with its markers, `<!-- sign-up -->` or `<!-- name: words -->`, replaced by the site's own pieces of HTML.

    A form's sealed time changes with every second, but for an hour the browser's copy is good all the same.
    """
    from neuronwise.site.models import drafts, known_drafts  # noqa: PLC0415  (models need django.setup)

    hidden = drafts() if status < HTTPStatus.INTERNAL_SERVER_ERROR else known_drafts()  # the database may be the reason
    shown = without_drafts(file.read_bytes(), hidden)
    whole = MARKER.sub(lambda found: pieces.get(found[1].decode(), "").encode(), shown)
    version = hashlib.sha256(TIME.sub(rb"\1", whole) + b"%d" % (time.time() // HOUR)).hexdigest()
    allowed = accepted(request.headers.get("Accept-Encoding", ""))
    encoding = next((name for name in COMPRESSIONS if name in allowed), "")
    response = HttpResponse(COMPRESSIONS[encoding](whole) if encoding else whole, status=status)
    response["Cache-Control"] = "no-cache"
    response["ETag"] = f'"{version}{encoding}"'
    response["Vary"] = "Accept-Encoding"
    if encoding:
        response["Content-Encoding"] = encoding
    return get_conditional_response(request, response["ETag"], None, response) or response


def without_drafts(page: bytes, numbers: set[int]) -> bytes:
    """The page, with what it says of these chapters while they are drafts.

    >>> without_drafts(b"<!-- out-2 --><a>Two</a><!-- end --><!-- draft-2 Two, to come -->", {2})
    b' Two, to come '
    """
    return OUT.sub(lambda found: found[3 if int(found[1]) in numbers else 2], page)


def page(request: HttpRequest, file: Path, status: int = HTTPStatus.OK) -> HttpResponseBase:
    """A page with nothing to be put in."""
    return filled(request, file, {}, status)


@or_later
def download(request: HttpRequest, file: Path, name: str) -> HttpResponseBase:
    """A download: whole, a range of it, or nothing if the reader's browser has it already."""
    manner = "inline" if file.suffix in SHOWN else "attachment"
    headers = {
        "Content-Type": TYPES[file.suffix],
        "Content-Disposition": f'{manner}; filename="{name}"',
        "Cache-Control": "no-cache",
    }
    response: HttpResponseBase = WhiteNoiseMiddleware.serve(StaticFile(str(file), list(headers.items())), request)
    return response


def assets(application: object, book: Path) -> Assets:
    """The application, and before it the assets, built and published: a dictionary from addresses to files."""
    found = Assets(
        application,
        root=book / "a",
        prefix="/a/",
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,  # noqa: ARG005  (an address holds its content's digest or version)
    )
    published = settings.DATA / copies.FOLDER / copies.ASSETS
    if published.is_dir():
        found.add_files(published, prefix="/a/")
    return found


def accepted(header: str) -> set[str]:
    """The encodings that an Accept-Encoding header allows by name.

    >>> sorted(accepted("gzip, br;q=0.9, zstd;q=0, *;q=0.1"))
    ['*', 'br', 'gzip']
    """
    parts = [part.partition(";") for part in header.lower().split(",")]
    return {name.strip() for name, _, weight in parts if weight.replace(" ", "").strip("0.") != "q="} - {""}
