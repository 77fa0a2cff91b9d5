"""How a built file is sent.

page       compressed; the reader's browser keeps it, and asks each time whether it is still good
download   saved under a name that says what it is; a program opens at once, to be read
asset      kept for ever: its address changes with its bytes
"""

import gzip
import hashlib
from http import HTTPStatus
from pathlib import Path

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.http import http_date
from whitenoise import WhiteNoise
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.responders import StaticFile

ENCODINGS = {"br": ".br", "gzip": ".gz"}
TYPES = {
    ".pdf": "application/pdf",
    ".epub": "application/epub+zip",
    ".ipynb": "application/x-ipynb+json",
    ".py": "text/plain; charset=utf-8",
}


def page(request: HttpRequest, file: Path, status: int = HTTPStatus.OK) -> HttpResponseBase:
    """A page: compressed if the reader's browser takes that, and not sent again if it has this version already."""
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


def assets(application: object, book: Path) -> WhiteNoise:
    """The application, and before it the built assets: a dictionary from addresses to files, each kept for ever."""
    return WhiteNoise(
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
