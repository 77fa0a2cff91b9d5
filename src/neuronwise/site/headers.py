"""The headers of every answer, whoever gives it: a page, an asset, an error, the server itself.

    Content-Security-Policy   a constant: no nonce, so no inline script, <style> or style= anywhere
    'wasm-unsafe-eval'        in the answer for worker.mjs alone: a worker obeys its own header, and Pyodide needs it
    Strict-Transport-Security where the site's public address is https

A header that an answer brings itself stays as it is. No reader gets a cookie, so pages may be cached.
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from types import TracebackType
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)
WORKER_POLICY = POLICY.replace("script-src 'self'", "script-src 'self' 'wasm-unsafe-eval'")
WORKER = re.compile(r"/a/[0-9a-z]+/worker\.mjs")
STRICT_TRANSPORT = ("Strict-Transport-Security", "max-age=63072000; includeSubDomains")
ALWAYS = (
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Content-Type-Options", "nosniff"),
    ("X-Frame-Options", "DENY"),
    ("Referrer-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
)

ExcInfo = tuple[type[BaseException], BaseException, TracebackType] | tuple[None, None, None]
Write = Callable[[bytes], object]


def headers(*, https: bool, worker: bool = False) -> list[tuple[str, str]]:
    """The headers of an answer.

    >>> dict(headers(https=True, worker=True))["Content-Security-Policy"].split("; ")[1]
    "script-src 'self' 'wasm-unsafe-eval'"
    """
    policy = ("Content-Security-Policy", WORKER_POLICY if worker else POLICY)
    return [policy, *ALWAYS, *[STRICT_TRANSPORT] * https]


def secured(application: WSGIApplication, *, https: bool) -> WSGIApplication:
    """The same application, its every answer with the headers, and HEAD answered without a body."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path, head = environ["PATH_INFO"], environ["REQUEST_METHOD"] == "HEAD"

        def start(status: str, own: list[tuple[str, str]], exc_info: ExcInfo | None = None, /) -> Write:
            worker = bool(WORKER.fullmatch(path)) and int(status[:3]) < HTTPStatus.BAD_REQUEST
            names = {name.lower() for name, _ in own}
            added = [(name, value) for name, value in headers(https=https, worker=worker) if name.lower() not in names]
            return start_response(status, own + added, exc_info)

        if head:
            environ.pop("HTTP_RANGE", None)  # a range is GET's alone (RFC 9110, 14.2)
        body = application(environ, start)
        return _nothing_of(body) if head else body

    return answer


def _nothing_of(body: Iterable[bytes]) -> Iterable[bytes]:
    next(iter(body), None)  # an application may call `start` no earlier
    close = getattr(body, "close", None)
    if close:
        close()
    return []
