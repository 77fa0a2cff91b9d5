"""A slow line: a proxy on this machine that lets through so many bits a second, and lets each answer take its time.

Everything that goes through shares its width, as on a real line; the page's worker goes through it like the page.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import Queue
from urllib.parse import SplitResult, urlsplit

BYTES_A_SECOND = 10_000_000 / 8
ROUND_TRIP = 0.06  # seconds
PIECE = 16 * 1024


class _Line:
    """The line's width: whoever sends waits until its turn has come."""

    def __init__(self) -> None:
        self.free_at = 0.0

    async def carry(self, size: int) -> None:
        now = asyncio.get_running_loop().time()
        self.free_at = max(self.free_at, now) + size / BYTES_A_SECOND
        await asyncio.sleep(self.free_at - now)


async def _pass_on(source: asyncio.StreamReader, target: asyncio.StreamWriter, line: _Line | None) -> None:
    """Hand on what arrives, half a round trip later; through the line's width where one is given."""
    loop = asyncio.get_running_loop()
    on_the_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def deliver() -> None:
        while True:
            due, piece = await on_the_way.get()
            await asyncio.sleep(max(0.0, due - loop.time()))
            target.write(piece)
            if not piece:
                break
            await target.drain()
        target.close()

    delivering = asyncio.create_task(deliver())
    piece = b"first"
    while piece:
        try:
            piece = await source.read(PIECE)
        except ConnectionError:
            piece = b""
        if line:
            await line.carry(len(piece))
        on_the_way.put_nowait((loop.time() + ROUND_TRIP / 2, piece))
    await delivering


@contextmanager
def slow_line(address: str) -> Iterator[str]:
    """Yield an address that leads to the same server through the line."""
    found: Queue[tuple[int, Callable[[], object]]] = Queue()
    thread = threading.Thread(target=lambda: asyncio.run(_listen(urlsplit(address), found)), daemon=True)
    thread.start()
    port, stop = found.get()
    try:
        yield f"http://127.0.0.1:{port}/"
    finally:
        stop()
        thread.join()


async def _listen(server: SplitResult, found: Queue[tuple[int, Callable[[], object]]]) -> None:
    """Carry until told to stop; tell the port, and the way to stop."""
    line, done, loop = _Line(), asyncio.Event(), asyncio.get_running_loop()

    async def connect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(ROUND_TRIP)  # the handshake
        far_reader, far_writer = await asyncio.open_connection(server.hostname, server.port)
        there, back = _pass_on(reader, far_writer, None), _pass_on(far_reader, writer, line)
        with suppress(asyncio.CancelledError):  # the measuring is over
            await asyncio.gather(there, back, return_exceptions=True)

    listening = await asyncio.start_server(connect, "127.0.0.1", 0)
    found.put((listening.sockets[0].getsockname()[1], lambda: loop.call_soon_threadsafe(done.set)))
    await done.wait()
    listening.close()
