"""A real mail server of our own that keeps nothing but keys and addresses: `python sink.py FILE [PEM]` prints its port.

With a certificate and its key it speaks TLS from the start, and takes letters from user book, password p@ss, alone.

What it answers stands in the address: busy-450@…, no-550@…, closing-421@…; before-dot@… and after-dot@… lose the
connection. Each letter taken is a line of FILE, `key address`, written before the 250.
"""

import asyncio
import re
import ssl
import sys
from email import message_from_bytes
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


class Handler:
    """Takes letters, or doesn't."""

    def __init__(self, file: Path) -> None:
        self.file = file

    async def handle_RCPT(  # noqa: N802  (aiosmtpd calls it so)
        self,
        server: SMTP,  # noqa: ARG002
        session: Session,  # noqa: ARG002
        envelope: Envelope,
        address: str,
        rcpt_options: list[str],  # noqa: ARG002
    ) -> str:
        """Take the address, or answer with the code that stands in it."""
        envelope.rcpt_tos.append(address)
        code = re.match(r"(?:busy|closing|no)-(\d{3})@", address)
        return f"{code[1]} as you like it" if code else "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802
        """Take the letter, or take it and hang up."""
        key = message_from_bytes(bytes(envelope.original_content or b""))["Message-ID"]
        address = envelope.rcpt_tos[0]
        with self.file.open("a") as file:
            file.write(f"{key} {address}\n")
        if "after-dot" in address:
            abort(server)
        return "250 OK"


def abort(server: SMTP) -> None:
    """Hang up without a word."""
    assert isinstance(server.transport, asyncio.Transport)
    server.transport.abort()


class Hasty(SMTP):
    """Hangs up before it takes a letter to before-dot@…."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """Begin to take a letter."""
        if self.envelope and any("before-dot" in address for address in self.envelope.rcpt_tos):
            abort(self)
            return
        await super().smtp_DATA(arg)


def allowed(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: LoginPassword) -> AuthResult:  # noqa: ARG001
    """Whether this is the user that may send."""
    return AuthResult(success=(data.login, data.password) == (b"book", b"p@ss"), handled=False)


async def main(file: Path, pem: str | None = None) -> None:
    """Serve until killed."""
    loop = asyncio.get_running_loop()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH) if pem else None
    if context and pem:
        context.load_cert_chain(pem)
    more: dict[str, Any] = {"authenticator": allowed, "auth_required": True, "auth_require_tls": False} if pem else {}
    server = await loop.create_server(
        lambda: Hasty(Handler(file), hostname="sink.example", **more), "127.0.0.1", 0, ssl=context
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), *sys.argv[2:]))
