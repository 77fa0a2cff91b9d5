"""A real mail server of our own that keeps nothing but keys and addresses: `python sink.py FILE …` prints its port.

    --pem PEM     with this certificate and key it speaks TLS from the start
    --starttls    … from STARTTLS on, and takes nothing before
    --utf8        it announces SMTPUTF8, and takes addresses outside ASCII
    --user        it takes letters from user book, password p@ss, alone

What it answers stands in the address: busy-450@…, no-550@…, closing-421@…; before-dot@… and after-dot@… lose the
connection. Each letter taken is a line of FILE, `key address`, written before the 250.
"""

import argparse
import asyncio
import re
import ssl
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
        content = bytes(envelope.original_content or b"")
        key, address = message_from_bytes(content)["Message-ID"], envelope.rcpt_tos[0]
        assert content.split(b"\r\n\r\n")[0].isascii() or envelope.smtp_utf8, "a header outside ASCII was not announced"
        with self.file.open("a", encoding="utf-8") as file:
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


def context(pem: str) -> ssl.SSLContext:
    """TLS with this certificate."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    made.load_cert_chain(pem)
    return made


async def main(options: argparse.Namespace) -> None:
    """Serve until killed."""
    more: dict[str, Any] = {"enable_SMTPUTF8": options.utf8}
    if options.user:
        more |= {"authenticator": allowed, "auth_required": True, "auth_require_tls": options.starttls}
    if options.starttls:
        more |= {"tls_context": context(options.pem), "require_starttls": True}
    server = await asyncio.get_running_loop().create_server(
        lambda: Hasty(Handler(options.file), hostname="sink.example", **more),
        "127.0.0.1",
        0,
        ssl=context(options.pem) if options.pem and not options.starttls else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)  # noqa: T201
    await server.serve_forever()


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("file", type=Path)
    asked.add_argument("--pem")
    asked.add_argument("--starttls", action="store_true")
    asked.add_argument("--utf8", action="store_true")
    asked.add_argument("--user", action="store_true")
    asyncio.run(main(asked.parse_args()))
