"""The process that serves the book: one listener, its threads, and an eye on the built folder."""

import errno
import os
import signal
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import cast
from wsgiref.types import WSGIApplication

import django
from django.core.management import call_command
from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, OperationalError, connection
from waitress.channel import HTTPChannel
from waitress.server import BaseWSGIServer, create_server
from waitress.task import ErrorTask
from whitenoise import WhiteNoise

from neuronwise.site import contents, environment, files, folder
from neuronwise.site.errors import ContentsError, FolderError, PortError
from neuronwise.site.headers import headers, secured

THREADS = 8
LARGEST_REQUEST = 256 * 1024
SECONDS_BETWEEN_LOOKS = 1.0

Say = Callable[[str], None]
Stamp = tuple[int, int, int]


def listener() -> socket.socket:
    """A socket that listens on NEURONWISE_LISTEN; from then on the variable tells its true port.

    Errors   PortError: the port is taken, not allowed, or the address isn't this machine's
    """
    host, port = environment.listen(os.environ)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        taken = socket.create_server((host, port), family=family)
    except OSError as error:
        raise PortError(_why_not(error, host, port)) from error
    os.environ[environment.LISTEN] = environment.address(host, taken.getsockname()[1])
    return taken


def serve(listening: socket.socket, say: Say) -> None:
    """Serve the built book until Ctrl-C or a request of the system to end.

    Errors   StartError: a setting, the data folder, or the built book can't be used
    """
    book, data = environment.book(os.environ), environment.data(os.environ)
    https = environment.url(os.environ).scheme == "https"
    seen = _stamp(book)  # before reading, so that no later build goes unnoticed
    built = contents.read(book)
    folder.prepare(data)
    _open_database(data, built)
    assets = files.assets(get_wsgi_application(), book)
    server = _server(secured(assets, https=https), listening, https=https)
    threading.Thread(target=_follow, args=(book, seen, assets, say), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell starts background programs deaf to the first
        signal.signal(number, signal.default_int_handler)
    with suppress(KeyboardInterrupt):  # from the line on that says so, Ctrl-C is the ordinary end
        say(f"{built.title} is on http://{os.environ[environment.LISTEN]}  (Ctrl-C stops)")
        server.run()
    say("\nStopped.")


def _open_database(data: Path, built: contents.Contents) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "neuronwise.site.settings"
    django.setup()
    try:
        _check_journal(data)
        call_command("migrate", verbosity=0, interactive=False)
        _mirror(built)
    except OperationalError as error:
        why = f"{error}. Stop other programs that have it open, and see that its disk has room."
        raise FolderError(data / folder.DATABASE, why) from error
    except DatabaseError as error:
        why = f"{error}. Move it away, and the next start makes a new one."
        raise FolderError(data / folder.DATABASE, why) from error


def _check_journal(data: Path) -> None:
    """What survives a power cut rests on the database's journal: it has to be the one that was asked for."""
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "truncate":
        why = f"expected the journal mode truncate; got {mode}. Stop other programs that have it open."
        raise FolderError(data / folder.DATABASE, why)


def _mirror(built: contents.Contents) -> None:
    from neuronwise.site.models import mirror  # noqa: PLC0415  (models can be loaded only after django.setup)

    mirror(built)


def _server(application: WSGIApplication, listening: socket.socket, *, https: bool) -> BaseWSGIServer:
    class Refusal(ErrorTask):
        """What the server itself answers to a request that it can't read."""

        def execute(self) -> None:
            self.response_headers = [*self.response_headers, *headers(https=https)]
            super().execute()

    class Channel(HTTPChannel):
        error_task_class = Refusal

    server = create_server(
        application,
        sockets=[listening],
        threads=THREADS,
        ident=None,
        clear_untrusted_proxy_headers=True,
        max_request_body_size=LARGEST_REQUEST,
    )
    server = cast("BaseWSGIServer", server)
    server.channel_class = Channel
    return server


def _follow(book: Path, seen: Stamp | None, assets: WhiteNoise, say: Say) -> None:
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
            _renew(book, assets)
        except (ContentsError, DatabaseError, OSError) as error:
            if now != told:
                say(f"The new build is not served yet. {error}")
            told = now
        else:
            say("The book was built anew; reload the page.")
            seen = now


def _renew(book: Path, assets: WhiteNoise) -> None:
    built = contents.read(book)
    assets.files = files.assets(None, book).files  # first: the new pages need the new assets
    _mirror(built)


def _stamp(book: Path) -> Stamp | None:
    try:
        state = (book / contents.FILE).stat()
    except OSError:
        return None
    return state.st_mtime_ns, state.st_ino, state.st_size


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        other = port + 1 if port < environment.HIGHEST_PORT else port - 1
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
