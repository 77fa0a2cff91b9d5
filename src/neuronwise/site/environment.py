"""The site's environment variables, read and checked. With none of them set the site works.

NEURONWISE_BOOK     folder of the built book                    build/book
NEURONWISE_DATA     folder of the database and the secret       the user's data folder
NEURONWISE_LISTEN   address and port to listen on               127.0.0.1:8000
NEURONWISE_URL      the site's public address                   http://localhost and the port of NEURONWISE_LISTEN
"""

import ipaddress
import os
import re
import sys
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from urllib.parse import SplitResult, urlsplit

from neuronwise.site.errors import SettingError

BOOK = "NEURONWISE_BOOK"
DATA = "NEURONWISE_DATA"
LISTEN = "NEURONWISE_LISTEN"
URL = "NEURONWISE_URL"
HIGHEST_PORT = 65535
NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")  # of a host: "*" or ".example" would let Django accept others' names


def book(environ: Mapping[str, str]) -> Path:
    """The folder of the built book.

    >>> book({}).parts[-2:]
    ('build', 'book')
    """
    return Path(environ.get(BOOK) or "build/book").absolute()


def data(environ: Mapping[str, str]) -> Path:
    """The folder of the database and the secret; by default where the system keeps a user's data.

    >>> data({"NEURONWISE_DATA": "/srv/book"}).name
    'book'
    """
    return Path(environ.get(DATA) or _user_data(environ)).absolute()


def listen(environ: Mapping[str, str]) -> tuple[str, int]:
    """Address and port to listen on; port 0 means any free one.

    Errors   SettingError: no port, or no number from 0 to 65535

    >>> listen({}), listen({"NEURONWISE_LISTEN": "[::1]:9000"})
    (('127.0.0.1', 8000), ('::1', 9000))
    """
    text = environ.get(LISTEN) or "127.0.0.1:8000"
    host, _, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not host or (":" in host) != bracketed or not is_port(port):
        raise SettingError(LISTEN, expected="an address and a port such as 127.0.0.1:8000 or [::1]:8000", got=text)
    return host.strip("[]"), int(port)


def url(environ: Mapping[str, str]) -> SplitResult:
    """The site's public address. Links and accepted host names come from it, never from a request.

    Errors   SettingError: no http(s) address of one whole host; or http for a host that isn't this machine

    >>> url({}).geturl(), url({"NEURONWISE_URL": "https://book.example"}).hostname
    ('http://localhost:8000', 'book.example')
    """
    text = environ.get(URL) or f"http://localhost:{listen(environ)[1]}"
    parts = _split(text)
    host = parts.hostname
    if not host or parts.scheme not in {"http", "https"} or text.rstrip("/") != f"{parts.scheme}://{parts.netloc}":
        raise SettingError(URL, expected="a scheme and a host such as https://book.example, nothing after it", got=text)
    if not NAME.fullmatch(host) and not _is_ip(host):
        expected = "one host: letters a to z, digits, - and . between them (xn--… for others), or an IP address"
        raise SettingError(URL, expected=expected, got=text)
    if parts.scheme == "http" and not is_loopback(host):
        raise SettingError(URL, expected=f"https, since others can reach it: https://{parts.netloc}", got=text)
    return parts._replace(path="")


def override(environ: MutableMapping[str, str], *, book: Path | None, data: Path | None, port: int | None) -> None:
    """What the command line says goes before what the environment says.

    >>> environ = {"NEURONWISE_LISTEN": "[::1]:9000"}
    >>> override(environ, book=None, data=None, port=8001)
    >>> environ
    {'NEURONWISE_LISTEN': '[::1]:8001'}
    """
    if book is not None:
        environ[BOOK] = str(book)
    if data is not None:
        environ[DATA] = str(data)
    if port is not None:
        environ[LISTEN] = address(listen(environ)[0], port)


def address(host: str, port: int) -> str:
    """Host and port as one text.

    >>> address("127.0.0.1", 8000), address("::1", 8000)
    ('127.0.0.1:8000', '[::1]:8000')
    """
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def is_port(text: str) -> bool:
    """Whether the text is a port's number; 0 counts, and means any free one.

    >>> [is_port(text) for text in ("8000", "0", "65536", "-1", "8e3", "٣")]
    [True, True, False, False, False, False]
    """
    return text.isascii() and text.isdigit() and len(text) <= len(str(HIGHEST_PORT)) and int(text) <= HIGHEST_PORT


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, so that no one else can listen in.

    >>> [is_loopback(host) for host in ("localhost", "127.0.0.1", "::1", "book.example", "0.0.0.0")]
    [True, True, True, False, False]
    """
    return ipaddress.ip_address(host).is_loopback if _is_ip(host) else host == "localhost"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return "%" not in host  # a zone is a name of one machine's own


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        if "@" not in parts.netloc and not parts.netloc.endswith(":") and parts.port != 0:  # reading the port checks it
            return parts
    except ValueError:
        pass
    return SplitResult("", "", "", "", "")


def _user_data(environ: Mapping[str, str]) -> Path:
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support" / "neuronwise"
    if os.name == "nt":
        return Path(environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "neuronwise"
    return Path(environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "neuronwise"
