"""What a proxy in front of a public site does: https with a certificate, and http that leads to https."""

import asyncio
import ssl
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

PIECE = 64 * 1024


@dataclass(frozen=True)
class Secure:
    """The ports of both, and the certificate, for whoever is to trust it."""

    http: int
    https: int
    certificate: Path


@contextmanager
def secure_line(folder: Path, port: int, https: int = 0) -> Iterator[Secure]:
    """Carry https to a port of this machine; the certificate is made in the folder, under the port's name."""
    certificate, key = folder / f"{port}-certificate.pem", folder / f"{port}-key.pem"
    _make(certificate, key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    found: Queue[tuple[Secure, Callable[[], object]]] = Queue()

    async def carry() -> None:
        loop, done = asyncio.get_running_loop(), asyncio.Event()
        secure = await asyncio.start_server(lambda r, w: _carry(r, w, port), "127.0.0.1", https, ssl=context)
        taken: int = secure.sockets[0].getsockname()[1]
        plain = await asyncio.start_server(lambda r, w: _redirect(r, w, taken), "127.0.0.1", 0)
        ports = Secure(plain.sockets[0].getsockname()[1], taken, certificate)
        found.put((ports, lambda: loop.call_soon_threadsafe(done.set)))
        await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(carry()), daemon=True)
    thread.start()
    ports, stop = found.get()
    try:
        yield ports
    finally:
        stop()
        thread.join()


def _make(certificate: Path, key: Path) -> None:
    names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"]
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", *names]
    subprocess.run([*command, "-out", certificate, "-keyout", key], stderr=subprocess.DEVNULL, check=True)  # noqa: S603 - our own


async def _carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    with suppress(asyncio.CancelledError):  # the measuring is over
        await asyncio.gather(_pass_on(reader, far_writer), _pass_on(far_reader, writer), return_exceptions=True)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError, ssl.SSLError):
        while piece := await source.read(PIECE):
            target.write(piece)
            await target.drain()
    target.close()


async def _redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, port: int) -> None:
    path = (await reader.readline()).split()[1].decode()
    writer.write(
        f"HTTP/1.1 301 Moved\r\nLocation: https://localhost:{port}{path}\r\nContent-Length: 0\r\n\r\n".encode()
    )
    await writer.drain()
    writer.close()
