"""The process that serves the book: a listener for readers, one for the author, and an eye on the built folder."""

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast
from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask
from whitenoise import WhiteNoise

from neuronwise.site import contents, environment, files, life, opening
from neuronwise.site.errors import ContentsError, PortError
from neuronwise.site.headers import headers, secured
from neuronwise.site.incoming import Parser, believed

if TYPE_CHECKING:
    from neuronwise.site.loop import Loop

THREADS = 8
LARGEST_REQUEST = 256 * 1024
SECONDS_BETWEEN_LOOKS = 1.0
SECONDS_TO_FINISH = 5.0  # the letters at hand, when all is to end

Say = Callable[[str], None]
Stamp = tuple[int, int, int]


class Listening(NamedTuple):
    """The sockets of both sides."""

    readers: socket.socket
    admin: socket.socket


@contextmanager
def listeners() -> Iterator[Listening]:
    """Sockets that listen on NEURONWISE_LISTEN and NEURONWISE_ADMIN_LISTEN, which tell their true ports from then on.

    Errors   PortError: a port is taken, not allowed, or the address isn't this machine's
             SettingError: an address is none, or others could reach the admin
    """
    readers, admin = (
        environment.listen(os.environ),
        environment.admin_listen(os.environ),
    )  # before a port 0 gets its own
    with _listener(environment.LISTEN, *readers) as first, _admin_listener(*admin) as second:
        yield Listening(first, second)


def _admin_listener(host: str, port: int) -> socket.socket:
    """The admin's: where nobody has said which port, and the readers' next one is taken, any free one is as good."""
    try:
        return _listener(environment.ADMIN_LISTEN, host, port)
    except PortError:
        if os.environ.get(environment.ADMIN_LISTEN):
            raise
        return _listener(environment.ADMIN_LISTEN, host, 0)


def _listener(name: str, host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortError(_why_not(error, name, host, port)) from error
    os.environ[name] = environment.address(host, taken.getsockname()[1])
    return taken


def serve(listening: Listening, say: Say, *, notify: bool = True) -> None:
    """Serve the built book, and deliver letters, until Ctrl-C or a request of the system to end.

    Errors   StartError: a setting, the data folder, or the built book can't be used
    """
    book = environment.book(os.environ)
    https, proxy = environment.url(os.environ).scheme == "https", environment.proxy(os.environ)
    seen = _stamp(book)  # before reading, so that no later build goes unnoticed
    built = opening.open_book()
    present = life.life()  # whoever wants to put a backup in the place of all this sees that somebody is here
    present.begin()
    sides = files.assets(get_wsgi_application(), book), files.assets(_admin(), book)
    readers, admin = (
        _server(secured(believed(side, proxy=proxy), https=https), socket, https=https)
        for side, socket in zip(sides, listening, strict=True)
    )
    threading.Thread(target=_follow, args=(book, seen, sides, say), daemon=True).start()
    threading.Thread(target=admin.run, daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts background programs deaf to the first
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # from the line on that says so, Ctrl-C is the ordinary end
        delivery = _delivery(say) if notify else None
        here, author = os.environ[environment.LISTEN], os.environ[environment.ADMIN_LISTEN]
        say(f"{built.title} is on http://{here}  (Ctrl-C stops; the author's side is on http://{author})")
        readers.run()
    if delivery:
        delivery.stop(SECONDS_TO_FINISH)
    with suppress(DatabaseError):  # with its connection the lock is gone, too
        present.end()
    say("\nStopped.")


def _admin() -> WhiteNoise:
    from neuronwise.site import admin_side  # noqa: PLC0415  (its parts can be loaded only after django.setup)

    return admin_side.application()


def _delivery(say: Say) -> "Loop":
    from neuronwise.site.loop import Loop  # noqa: PLC0415  (models can be loaded only after django.setup)

    delivery = Loop(say)
    delivery.start()
    return delivery


def _server(application: WSGIApplication, listening: socket.socket, *, https: bool) -> BaseWSGIServer:
    class Refusal(ErrorTask):
        """What the server itself answers to a request that it can't read."""

        def execute(self) -> None:
            self.response_headers = [*self.response_headers, *headers(https=https)]
            super().execute()

    class Channel(HTTPChannel):
        error_task_class = Refusal
        parser_class = Parser

    server = create_server(
        application,
        sockets=[listening],
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=False,  # `believed` does it, so that a refusal has the headers too
        max_request_body_size=LARGEST_REQUEST,
    )
    server = cast("BaseWSGIServer", server)
    server.channel_class = Channel
    return server


def _follow(book: Path, seen: Stamp | None, sides: Sequence[WhiteNoise], say: Say) -> None:
    """When the builder has written another contents.json than the one seen, serve the new build.

    What hinders that is told once, and may pass: it is tried again at every look.
    """
    told: Stamp | None = None
    while True:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        now = _stamp(book)
        if now in {seen, None}:
            continue
        try:
            _renew(book, sides)
        except (ContentsError, DatabaseError, OSError) as error:
            if now != told:
                say(f"The new build is not served yet. {error}")
            told = now
        else:
            say("The book was built anew; reload the page.")
            seen = now


def _renew(book: Path, sides: Sequence[WhiteNoise]) -> None:
    built = contents.read(book)
    for side in sides:
        side.files = files.assets(None, book).files  # first: the new pages need the new assets
    opening.mirror(built)


def _stamp(book: Path) -> Stamp | None:
    try:
        state = (book / contents.FILE).stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino, state.st_size


def _why_not(error: OSError, name: str, host: str, port: int) -> str:
    other = environment.next_port(port)
    if error.errno == errno.EADDRINUSE and name == environment.ADMIN_LISTEN:
        return (
            f"expected a free port for the author's side; port {port} of {host} is taken.\n"
            "Stop the program that holds it, or take another port:\n"
            f"    {name}={environment.address(host, other)} neuronwise book serve"
        )
    if error.errno == errno.EADDRINUSE:
        return (
            f"expected a free port; port {port} of {host} is taken, perhaps by another `neuronwise book serve`:\n"
            f"    http://{environment.address(host, port)}\n"
            "Stop the program that holds it, or take another port:\n"
            f"    neuronwise book serve --port {other}\n"
            f"    make book PORT={other}"
        )
    if error.errno == errno.EACCES:
        return f"expected a port that you may use; port {port} of {host} is kept for the system. Take one above 1023."
    return f"expected an address of this machine; got {host}: {error.strerror or error}"
