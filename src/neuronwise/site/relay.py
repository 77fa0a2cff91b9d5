"""The relay: a mail server that takes our letters, one by one, so that at most one for each connection can be in doubt.

    250 after the final dot            sent
    4xx, or lost before the dot        queued: again later
    5xx about this letter              failed; only the code is kept, since the server's words may hold the address
    lost after the dot                 unknown whether it went
    refused as a whole                 PostboxError: log-in, certificate, our own address; no letter is to blame

A line to another machine is always encrypted and its certificate checked: smtps:// from the start, smtp:// by STARTTLS.
"""

import re
import smtplib
import socket
import ssl
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from urllib.parse import SplitResult, unquote
from uuid import UUID

from neuronwise.site.environment import is_loopback
from neuronwise.site.ledger import State
from neuronwise.site.postbox import Dead, Outcome, PostboxError, Posting, Senders

SECONDS_TO_WAIT = 60  # for an answer of the server
PORTS = {"smtp": 587, "smtps": 465}
READY, TAKEN, CLOSING, PERMANENT = 354, 250, 421, 500
ACCEPTED = {250, 251}  # an address; 251: it will be forwarded
LOST = (OSError, smtplib.SMTPServerDisconnected)  # smtplib's errors are OSErrors too: those with a code come first
HANGS_UP, ANSWERS = "it hangs up", "it answers {} before any letter"
SENT = Outcome(State.SENT, str(TAKEN))


class Relay:
    """A mail server; connected when there is something to post."""

    batch = 1
    leaves_doubt = True

    def __init__(self, address: SplitResult, sender: str) -> None:
        self.address, self.sender = address, sender
        self.host, self.port = address.hostname or "", address.port or PORTS[address.scheme]
        self.line: smtplib.SMTP | None = None

    def post(self, worker: str, postings: Sequence[Posting]) -> Iterator[tuple[UUID, Outcome]]:  # noqa: ARG002
        """Post one after the other."""
        for posting in postings:
            yield posting.key, self._posted(posting)

    def settle(self, worker: str, sent: Iterable[UUID], dropped: Iterable[UUID]) -> None:
        """What went, went."""

    def sweep(self, is_dead: Dead, senders_of: Senders) -> None:
        """Dead workers leave nothing here."""

    def close(self) -> None:
        """Hang up."""
        if self.line:
            with suppress(*LOST):
                self.line.quit()
            self._drop()

    def _posted(self, posting: Posting) -> Outcome:
        line = self._ready_line()
        try:
            code, _ = line.rcpt(posting.to)
            if code not in ACCEPTED:
                return self._refused(code)
            code, _ = line.docmd("DATA")
            if code != READY:
                return self._refused(code)
            line.send(_dotted(posting.message))
        except LOST:
            self._drop()
            return Outcome(State.QUEUED, "connection lost")
        return self._finished(line)

    def _ready_line(self) -> smtplib.SMTP:
        """A connection on which the server has taken our own address: a kept one, or a new one if that has ended."""
        if self.line:
            with suppress(*LOST):
                if self.line.mail(self.sender)[0] == TAKEN:
                    return self.line
            self._drop()
        self.line = self._connected()
        try:
            code, _ = self.line.mail(self.sender)
        except LOST as error:
            raise self._unusable(HANGS_UP) from error
        if code != TAKEN:
            raise self._unusable(ANSWERS.format(code))
        return self.line

    def _finished(self, line: smtplib.SMTP) -> Outcome:
        """The final dot: from here on the letter may have gone."""
        try:
            line.send(b".\r\n")
            code, _ = line.getreply()
        except LOST:
            self._drop()
            return Outcome(State.UNKNOWN, "connection lost")
        return SENT if code == TAKEN else self._refused(code)

    def _refused(self, code: int) -> Outcome:
        if code == CLOSING or self.line is None:
            self._drop()
        else:
            with suppress(*LOST):
                self.line.rset()
        return Outcome(State.FAILED if code >= PERMANENT else State.QUEUED, str(code))

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        try:
            if self.address.scheme == "smtps":
                line: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=SECONDS_TO_WAIT, context=context)
            else:
                line = smtplib.SMTP(self.host, self.port, timeout=SECONDS_TO_WAIT)
            line.ehlo_or_helo_if_needed()
            if line.sock:  # without this the dot waits for the letter's receipt
                line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.address.scheme == "smtp" and not is_loopback(self.host):
                line.starttls(context=context)
            if self.address.username:
                line.login(unquote(self.address.username), unquote(self.address.password or ""))
        except smtplib.SMTPResponseException as error:
            raise self._unusable(ANSWERS.format(error.smtp_code)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise self._unusable(str(error) or type(error).__name__) from error
        return line

    def _unusable(self, why: str) -> PostboxError:
        self._drop()
        return PostboxError(f"The mail server {self.host}:{self.port} can't be used: {why}.")

    def _drop(self) -> None:
        if self.line:
            self.line.close()
            self.line = None


def _dotted(message: bytes) -> bytes:
    r"""The message as SMTP wants it: a line that begins with a dot gets a second one.

    >>> _dotted(b"a\r\n.b\r\n")
    b'a\r\n..b\r\n'
    """
    return re.sub(rb"(?m)^\.", b"..", message)
