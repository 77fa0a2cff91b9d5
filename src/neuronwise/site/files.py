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

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import MissingFileError, StaticFile

ENCODINGS = {"br": ".br", "gzip": ".gz"}
TYPES = {
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".ipynb": "application/x-ipynb+json",
    ".py": "text/plain; charset=utf-8",
}
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
Asked = ParamSpec("Asked")


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
    A page without markers is sent as it was built.
    """
    built = file.read_bytes()
    if not MARKER.search(built):
        return page(request, file, status)
    body = MARKER.sub(lambda found: pieces.get(found[1].decode(), "").encode(), built)
    version = TIME.sub(rb"\1", body) + b"%d" % (time.time() // HOUR)
    packed = "gzip" in accepted(request.headers.get("Accept-Encoding", ""))
    response = HttpResponse(_gzipped(body) if packed else body, status=status)
    response["Cache-Control"] = "no-cache"
    response["ETag"] = f'"{hashlib.sha256(version).hexdigest()}{"-gzip" * packed}"'
    response["Vary"] = "Accept-Encoding"
    if packed:
        response["Content-Encoding"] = "gzip"
    return get_conditional_response(request, response["ETag"], None, response) or response


@lru_cache(maxsize=16)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=6, mtime=0)


@or_later
def page(request: HttpRequest, file: Path, status: int = HTTPStatus.OK) -> HttpResponseBase:
    """A page as it was built: compressed if the browser takes that, not sent again if it has this version already."""
    body, encoding = _body(file, accepted(request.headers.get("Accept-Encoding", "")))
    modified = int(file.stat().st_mtime)
    response = HttpResponse(body, status=status)
    response["Cache-Control"] = "no-cache"
    response["ETag"] = f'"{hashlib.sha256(body).hexdigest()}"'
    response["Last-Modified"] = http_date(modified)
    response["Vary"] = "Accept-Encoding"
    if encoding:
        response["Content-Encoding"] = encoding
    return get_conditional_response(request, response["ETag"], modified, response) or response


@or_later
def download(request: HttpRequest, file: Path, name: str) -> HttpResponseBase:
    """A download: whole, a range of it, or nothing if the reader's browser has it already."""
    manner = "inline" if file.suffix == ".py" else "attachment"
    headers = {
        "Content-Type": TYPES[file.suffix],
        "Content-Disposition": f'{manner}; filename="{name}"',
        "Cache-Control": "no-cache",
    }
    response: HttpResponseBase = WhiteNoiseMiddleware.serve(StaticFile(str(file), list(headers.items())), request)
    return response


def assets(application: object, book: Path) -> Assets:
    """The application, and before it the built assets: a dictionary from addresses to files, each kept for ever."""
    return Assets(
        application,
        root=book / "a",
        prefix="/a/",
        allow_all_origins=False,
        immutable_file_test=lambda path, url: True,  # noqa: ARG005  (an address holds its content's digest or version)
    )


def accepted(header: str) -> set[str]:
    """The encodings that an Accept-Encoding header allows by name.

    >>> sorted(accepted("gzip, br;q=0.9, zstd;q=0, *;q=0.1"))
    ['*', 'br', 'gzip']
    """
    parts = [part.partition(";") for part in header.lower().split(",")]
    return {name.strip() for name, _, weight in parts if weight.replace(" ", "").strip("0.") != "q="} - {""}


def _body(file: Path, allowed: set[str]) -> tuple[bytes, str]:
    """The page's bytes in the best encoding allowed: as the builder has compressed them, else made with gzip."""
    for encoding, suffix in ENCODINGS.items():
        variant = file.with_name(file.name + suffix)
        if encoding in allowed and variant.is_file():
            return variant.read_bytes(), encoding
    body = file.read_bytes()
    return (gzip.compress(body, mtime=0), "gzip") if "gzip" in allowed else (body, "")
