"""What is safe about this site's settings and what isn't, each by the name of its setting. Nothing is changed.

A site of this machine alone may be plain. One that others can reach needs https, so a proxy in front of it, which has
to be known by its address; and nothing that goes between machines may go unencrypted.
"""

import os
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from neuronwise.site import contents, environment, folder, withdrawals
from neuronwise.site.environment import is_loopback
from neuronwise.site.errors import SettingError, StartError

ENCRYPTED = {"require", "verify-ca", "verify-full"}  # of PGSSLMODE, PostgreSQL's own variable


@dataclass(frozen=True)
class Finding:
    """What a setting says, and whether that is well."""

    name: str
    words: str
    well: bool = True


def findings(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at everything. What can't be read is a finding too, once, and the others are looked at all the same."""
    for name, look in LOOKS.items():
        try:
            yield from look(environ)
        except SettingError as error:
            if error.name == name or error.name not in LOOKS:  # else the other setting's own look says so
                yield Finding(error.name, error.words, well=False)
        except (StartError, OSError) as error:  # OSError: another's folder
            yield Finding(name, str(error), well=False)
    for wrong in environment.misspelt(environ):
        yield Finding(wrong.name, wrong.words, well=False)


def _unsafe(name: str, expected: str, got: object) -> Finding:
    return Finding(name, f"expected {expected}; got {got}", well=False)


def _url(environ: Mapping[str, str]) -> Iterator[Finding]:
    url = environment.url(environ)
    whose = "this machine alone" if is_loopback(url.hostname or "") else "everybody"
    yield Finding(environment.URL, f"{url.geturl()}, for {whose}")


def _listen(environ: Mapping[str, str]) -> Iterator[Finding]:
    host, port = environment.listen(environ)
    where, proxy = environment.address(host, port), environment.proxy(environ)
    if is_loopback(host) or (proxy and not is_loopback(proxy)):
        yield Finding(environment.LISTEN, where)
    else:
        yield _unsafe(environment.LISTEN, f"127.0.0.1:{port}, since others could come past the proxy and https", where)


def _admin_listen(environ: Mapping[str, str]) -> Iterator[Finding]:
    host, port = environment.admin_listen(environ)
    whose = "this machine alone" if is_loopback(host) else "others, over https"
    yield Finding(environment.ADMIN_LISTEN, f"{environment.address(host, port)}, for {whose}")


def _proxy(environ: Mapping[str, str]) -> Iterator[Finding]:
    proxy = environment.proxy(environ)
    if proxy or environment.url(environ).scheme != "https":
        yield Finding(environment.PROXY, proxy or "none, and none is needed")
    else:
        expected = "the proxy's IP address such as 127.0.0.1: else all readers count as one, and share one limit"
        yield _unsafe(environment.PROXY, expected, "none")


def _data(environ: Mapping[str, str]) -> Iterator[Finding]:
    data = environment.data(environ)
    yield Finding(environment.DATA, f"{data}{'' if data.exists() else ', made at the first start'}")
    for file in (data, *(data / name for name in (folder.DATABASE, folder.SECRET, withdrawals.LOG))):
        if os.name == "posix" and file.exists() and _mode(file) & 0o077:
            right = "700" if file == data else "600"
            yield _unsafe(environment.DATA, f"mode {right} of {file}, by chmod {right}", f"{_mode(file):o}")
    if (data / folder.RESTORING).exists():
        yield _unsafe(environment.DATA, "a restore that came to its end; do it again, with --replace", "half of one")


def _database(environ: Mapping[str, str]) -> Iterator[Finding]:
    parts, mode = environment.database(environ), environ.get("PGSSLMODE")
    if not parts:
        yield Finding(environment.DATABASE, "SQLite in the data folder")
    elif is_here(host := unquote(parts.hostname or "")) or mode in ENCRYPTED:
        yield Finding(environment.DATABASE, f"PostgreSQL on {host or 'this machine'}")
    else:
        expected = "PGSSLMODE=verify-full beside it, since the database is on another machine"
        yield _unsafe(environment.DATABASE, expected, mode or "none")


def _mail(environ: Mapping[str, str]) -> Iterator[Finding]:
    mail = environment.mail(environ)
    if mail:
        yield Finding(environment.MAIL, f"{mail.scheme}://{mail.hostname}")
    elif environment.url(environ).scheme == "https":
        expected = "a mail server such as smtps://user:password@mail.example: from the outbox nothing goes by itself"
        yield _unsafe(environment.MAIL, expected, "none")
    else:
        yield Finding(environment.MAIL, "none: letters lie in the outbox of the data folder")


def _from(environ: Mapping[str, str]) -> Iterator[Finding]:
    yield Finding(environment.FROM, str(environment.sender(environ)))


def _author(environ: Mapping[str, str]) -> Iterator[Finding]:
    yield Finding(environment.AUTHOR, str(environment.author(environ)))


def _in_doubt(environ: Mapping[str, str]) -> Iterator[Finding]:
    yield Finding(environment.IN_DOUBT, "resend" if environment.resends(environ) else "park")


def _bounces(environ: Mapping[str, str]) -> Iterator[Finding]:
    maildir = environment.bounces(environ)
    if maildir and not all(os.access(maildir / inner, os.W_OK) for inner in ("new", "cur")):
        expected = "a Maildir that this process may write; under systemd with ReadWritePaths= in the unit"
        yield _unsafe(environment.BOUNCES, expected, maildir)
    else:
        yield Finding(environment.BOUNCES, str(maildir or "none: what comes back is read by nobody"))


def _book(environ: Mapping[str, str]) -> Iterator[Finding]:
    book = environment.book(environ)
    count = sum(bool(chapter.slug) for chapter in contents.read(book).chapters)
    yield Finding(environment.BOOK, f"{book}, with {count} built chapter{'s' * (count != 1)}")


def is_here(host: str) -> bool:
    """Whether a database's host is this machine: none, a folder with its socket, or a loopback address.

    >>> [is_here(host) for host in ("", "/run/postgresql", "localhost", "db.example")]
    [True, True, True, False]
    """
    return not host or host.startswith("/") or is_loopback(host)


def _mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


LOOKS: dict[str, Callable[[Mapping[str, str]], Iterator[Finding]]] = {
    environment.URL: _url,
    environment.LISTEN: _listen,
    environment.ADMIN_LISTEN: _admin_listen,
    environment.PROXY: _proxy,
    environment.DATA: _data,
    environment.DATABASE: _database,
    environment.MAIL: _mail,
    environment.FROM: _from,
    environment.AUTHOR: _author,
    environment.BOUNCES: _bounces,
    environment.IN_DOUBT: _in_doubt,
    environment.BOOK: _book,
}
