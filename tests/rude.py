"""Mail servers that answer late, long or wrongly, and somebody between us and a good one, each a thread of the test."""

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial

Answers = Mapping[str, str | Callable[[], str]]
PIECE = 1 << 16
ANSWERS = {"": "220 here", "DATA": "354 go on", "QUIT": "221 bye"}  # "": to whoever calls
OTHERWISE = "250 OK"


@dataclass
class Server:
    """A running server: its port, and what it has heard."""

    port: int
    heard: list[bytes] = field(default_factory=list)

    @property
    def verbs(self) -> list[str]:
        """The first word of each line that it has heard, small letters made large."""
        return [line.split(b" ")[0].decode("latin-1").upper() for line in b"".join(self.heard).splitlines()]


@contextmanager
def talking(talk: Callable[[Server, socket.socket], None]) -> Iterator[Server]:
    """A server that does this with each connection, one after the other."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server, lines = Server(listening.getsockname()[1]), [listening]

        def serve() -> None:
            with suppress(OSError):  # the end of the test
                while True:
                    line, _ = listening.accept()
                    lines.append(line)
                    with line, suppress(OSError):
                        talk(server, line)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            for each in lines:
                with suppress(OSError):  # closed already
                    each.shutdown(socket.SHUT_RDWR)
            thread.join()


def silent(_server: Server, line: socket.socket) -> None:
    """Say nothing until the other side hangs up."""
    line.recv(1)


def trickling(_server: Server, line: socket.socket) -> None:
    """Say a greeting that takes four seconds, and never have done with it."""
    for _ in range(80):
        line.sendall(b"2")
        time.sleep(0.05)


def endless(_server: Server, line: socket.socket) -> None:
    """Say a greeting of eight megabytes, and never have done with it."""
    for _ in range(800):
        line.sendall(b"220-welcome\r\n" * 800)


def plain(answers: Answers, server: Server, line: socket.socket) -> None:
    """Speak SMTP without any extension, but answer these commands otherwise ("." is a letter's end); "" hangs up."""
    line.sendall(_answer(answers, ""))
    in_letter = False
    with line.makefile("rb") as file:
        for text in file:
            server.heard.append(text)
            verb = server.verbs[-1]
            if in_letter and verb != ".":
                continue
            answer = _answer(answers, verb)
            in_letter = verb == "DATA" and answer.startswith(b"354")
            line.sendall(answer)
            if answer[:3] in {b"", b"221", b"421"}:
                return


def _answer(answers: Answers, verb: str) -> bytes:
    found = answers.get(verb, ANSWERS.get(verb, OTHERWISE))
    text = found if isinstance(found, str) else found()
    return f"{text}\r\n".encode() if text else b""


def between(port: int, change: Callable[[bytes], bytes], server: Server, line: socket.socket) -> None:
    """Carry to the server at that port; hear what is said to it, and change what it says."""

    def hear(piece: bytes) -> bytes:
        server.heard.append(piece)
        return piece

    with socket.create_connection(("127.0.0.1", port)) as beyond:
        back = threading.Thread(target=partial(carry, beyond, line, change))
        back.start()
        carry(line, beyond, hear)
        back.join()


def carry(source: socket.socket, target: socket.socket, change: Callable[[bytes], bytes]) -> None:
    """Carry what one side says to the other, until it has said all."""
    with suppress(OSError):
        while piece := source.recv(PIECE):
            target.sendall(change(piece))
    with suppress(OSError):
        target.shutdown(socket.SHUT_WR)
