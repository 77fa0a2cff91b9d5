"""The relay: a mail server that takes our letters, one by one, so that at most one for each connection can be in doubt.

    250 after the final dot            sent
    4xx, or lost before the dot        queued: again later
    5xx about this letter              failed; only the code is kept, since the server's words may hold the address
    lost after the dot                 unknown whether it went
    refused as a whole                 PostboxError: log-in, certificate, our own address; no letter is to blame

A line to another machine is always encrypted and its certificate checked: smtps:// from the start, smtp:// by STARTTLS.
Addresses outside ASCII go to a server that announces SMTPUTF8 (RFC 6531); for another one such a letter is failed.
An answer has to come within a minute, the last word about a letter within ten: who hangs up earlier sends it twice.
"""

import io
import re
import smtplib
import socket
import ssl
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from threading import Event
from urllib.parse import SplitResult, unquote
from uuid import UUID

from neuronwise.site.environment import MAIL, is_loopback
from neuronwise.site.ledger import State
from neuronwise.site.postbox import Dead, Outcome, PostboxError, Posting, Senders

SECONDS_TO_WAIT = 60  # for an answer of the server
SECONDS_AFTER_DOT = 600  # RFC 5321, 4.5.3.2.6: it may look into the letter first
LONGEST_ANSWER = 1 << 16  # bytes
PORTS = {"smtp": 587, "smtps": 465}
READY, TAKEN, PERMANENT = 354, 250, 500
ACCEPTED = {250, 251}  # an address; 251: it will be forwarded
LOST = (OSError, smtplib.SMTPServerDisconnected)  # smtplib's errors are OSErrors too: those with a code come first
HANGS_UP, ANSWERS = "it hangs up", "it answers {} before any letter"
IN_THE_CLEAR = "it offers no STARTTLS, and others could read along. If it has a port with TLS from the start: smtps://…"
OTHERWISE = "it speaks no TLS that we understand ({}). smtps:// is TLS from the start, smtp:// begins it by STARTTLS"
UNTRUSTED = (
    "its certificate can't be trusted: {}. "
    f"Name the server in {MAIL} as its certificate does; one of your own making is trusted by SSL_CERT_FILE=its.pem"
)
FOREIGN = f"it answers {{}} to the user and password of {MAIL} (an @ in them is written %40)"
NO_LOG_IN = f"nobody can log in there. Leave user and password out of {MAIL}"
SENT = Outcome(State.SENT, str(TAKEN))
NOT_OFFERED = Outcome(State.FAILED, "SMTPUTF8 not offered")
OUTSIDE_ASCII = ("SMTPUTF8", "BODY=8BITMIME")  # what is said of such a letter

UTF8 = Event()  # the mail server announced SMTPUTF8 when this process last called it


class _Answers(io.RawIOBase):
    """What a server says: of each answer so many bytes at most, within so many seconds, however it trickles in."""

    def __init__(self, line: socket.socket) -> None:
        self.line, self.until, self.left = line, 0.0, 0

    def expect(self, seconds: float) -> None:
        """The next answer begins."""
        self.seconds, self.until, self.left = seconds, time.monotonic() + seconds, LONGEST_ANSWER

    def readable(self) -> bool:
        """It can be read."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]  # typeshed's own kind of buffer
        """Some more of it."""
        rest = self.until - time.monotonic()
        if not self.left > 0:
            message = f"its answer is longer than {LONGEST_ANSWER:,} bytes"
            raise OSError(message)
        before = self.line.gettimeout()
        self.line.settimeout(max(rest, 1e-3))
        try:
            count = self.line.recv_into(buffer)
        except TimeoutError as error:
            message = f"no answer within {self.seconds:g} seconds"
            raise TimeoutError(message) from error
        finally:
            self.line.settimeout(before)
        self.left -= count
        return count


class _Line(smtplib.SMTP):
    """A connection whose answers have an end: smtplib alone would listen for ever."""

    def getreply(self) -> tuple[int, bytes]:
        """An answer."""
        return self.answer(SECONDS_TO_WAIT)

    def answer(self, seconds: float) -> tuple[int, bytes]:
        """An answer within so many seconds."""
        if self.file is None and self.sock:  # new, or encrypted since: what was heard in the clear is forgotten
            self.answers = _Answers(self.sock)
            self.file = io.BufferedReader(self.answers)
        self.answers.expect(seconds)
        return super().getreply()


class _SecureLine(_Line, smtplib.SMTP_SSL):
    """The same, encrypted from the start."""


class Relay:
    """A mail server; connected when there is something to post."""

    batch = 1
    leaves_doubt = True

    def __init__(self, address: SplitResult, sender: str) -> None:
        self.address, self.sender = address, sender
        self.host, self.port = address.hostname or "", address.port or PORTS[address.scheme]
        self.line: _Line | None = None

    def open(self) -> None:
        """Call the server, which then says what it can do."""
        if not self.line:
            self._connected()

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
        options = () if posting.to.isascii() else OUTSIDE_ASCII
        if options:
            self.open()
            if not UTF8.is_set():
                return NOT_OFFERED
        line = self._ready_line(options)
        try:
            code, _ = line.rcpt(posting.to)
            if code not in ACCEPTED:
                return self._refused(line, code)
            code, _ = line.docmd("DATA")
            if code != READY:
                return self._refused(line, code)
            line.send(_dotted(posting.message))
        except LOST:
            self._drop()
            return Outcome(State.QUEUED, "connection lost")
        return self._finished(line)

    def _ready_line(self, options: Sequence[str]) -> _Line:
        """A connection on which the server has taken our own address: a kept one, or a new one if that has ended."""
        if self.line:
            with suppress(*LOST):
                if self.line.mail(self.sender, options)[0] == TAKEN:
                    return self.line
            self._drop()
        line = self._connected()
        try:
            code, _ = line.mail(self.sender, options)
        except LOST as error:
            raise self._unusable(HANGS_UP) from error
        if code != TAKEN:
            raise self._unusable(ANSWERS.format(code))
        return line

    def _finished(self, line: _Line) -> Outcome:
        """The final dot: from here on the letter may have gone."""
        try:
            line.send(b".\r\n")
            code, _ = line.answer(SECONDS_AFTER_DOT)
        except LOST:
            self._drop()
            return Outcome(State.UNKNOWN, "connection lost")
        return SENT if code == TAKEN else self._refused(line, code)

    @staticmethod
    def _refused(line: _Line, code: int) -> Outcome:
        with suppress(*LOST):  # a lost line is noticed by the next letter
            line.rset()
        return Outcome(State.FAILED if code >= PERMANENT else State.QUEUED, str(code))

    def _connected(self) -> _Line:
        """A new line: encrypted, unless it stays on this machine, and logged in, where we have a user."""
        context = ssl.create_default_context()
        try:
            if self.address.scheme == "smtps":
                line: _Line = _SecureLine(self.host, self.port, timeout=SECONDS_TO_WAIT, context=context)
            else:
                line = _Line(self.host, self.port, timeout=SECONDS_TO_WAIT)
            self.line = line
            line.ehlo_or_helo_if_needed()
            if line.sock:  # without this the dot waits for the letter's receipt
                line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.address.scheme == "smtp" and not is_loopback(self.host):
                self._encrypt(line, context)
            if self.address.username:
                line.login(unquote(self.address.username), unquote(self.address.password or ""))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:  # UnicodeError: half a host's name
            raise self._unusable(_why(error)) from error
        if line.has_extn("smtputf8"):
            UTF8.set()
        else:
            UTF8.clear()
        return line

    def _encrypt(self, line: _Line, context: ssl.SSLContext) -> None:
        """Encrypt a line that began in the clear; or use it no further."""
        if not line.has_extn("starttls"):
            raise self._unusable(IN_THE_CLEAR)
        line.starttls(context=context)
        line.ehlo_or_helo_if_needed()  # what was said in the clear counts no more

    def _unusable(self, why: str) -> PostboxError:
        self._drop()
        return PostboxError(f"The mail server {self.host}:{self.port} can't be used: {why}.")

    def _drop(self) -> None:
        if self.line:
            self.line.close()
            self.line = None


def _why(error: Exception) -> str:
    """What hinders, and the mend where we know it."""
    match error:
        case ssl.SSLCertVerificationError():
            return UNTRUSTED.format(error.verify_message.rstrip("."))
        case ssl.SSLError():
            return OTHERWISE.format(error.reason)
        case smtplib.SMTPAuthenticationError():
            return FOREIGN.format(error.smtp_code)
        case smtplib.SMTPResponseException():
            return ANSWERS.format(error.smtp_code)
        case smtplib.SMTPNotSupportedError():
            return NO_LOG_IN
        case _:
            return str(error) or type(error).__name__


def _dotted(message: bytes) -> bytes:
    r"""The message as SMTP wants it: a line that begins with a dot gets a second one.

    >>> _dotted(b"a\r\n.b\r\n")
    b'a\r\n..b\r\n'
    """
    return re.sub(rb"(?m)^\.", b"..", message)
