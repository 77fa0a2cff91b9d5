"""The site's environment variables, read and checked. With none of them set the site works.

NEURONWISE_BOOK           folder of the built book                    build/book
NEURONWISE_DATA           folder of the database and the secret       the user's data folder
NEURONWISE_LISTEN         address and port to listen on               127.0.0.1:8000
NEURONWISE_ADMIN_LISTEN   the same for the author's side              the next port of 127.0.0.1, so 8001
NEURONWISE_ADMIN_PUBLIC   1: the admin may listen where others can reach it, under an https address
NEURONWISE_URL            the site's public address                   http://localhost and the port of NEURONWISE_LISTEN
NEURONWISE_PROXY          address of the one proxy whose forwarded headers are believed
NEURONWISE_DATABASE       postgresql://user:password@host/name        SQLite in the data folder
NEURONWISE_MAIL           smtp://user:password@host or smtps://…      files in the folder outbox of the data folder
NEURONWISE_FROM           whom letters are from                       Neuron by Neuron <book@localhost>
NEURONWISE_AUTHOR         whom new replies and test letters go to     the address of NEURONWISE_FROM
NEURONWISE_BOUNCES        a Maildir that gets what comes back        none
NEURONWISE_IN_DOUBT       resend or park: what becomes of a letter of which nobody knows whether it went     resend
"""

import ipaddress
import os
import re
import sys
from collections.abc import Iterator, Mapping, MutableMapping
from difflib import get_close_matches
from email.errors import MessageError
from email.headerregistry import Address
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from neuronwise.site.errors import SettingError

BOOK = "NEURONWISE_BOOK"
DATA = "NEURONWISE_DATA"
LISTEN = "NEURONWISE_LISTEN"
URL = "NEURONWISE_URL"
ADMIN_LISTEN = "NEURONWISE_ADMIN_LISTEN"
ADMIN_PUBLIC = "NEURONWISE_ADMIN_PUBLIC"
PROXY = "NEURONWISE_PROXY"
DATABASE = "NEURONWISE_DATABASE"
MAIL = "NEURONWISE_MAIL"
FROM = "NEURONWISE_FROM"
AUTHOR = "NEURONWISE_AUTHOR"
IN_DOUBT = "NEURONWISE_IN_DOUBT"
BOUNCES = "NEURONWISE_BOUNCES"
NAMES = (
    BOOK, DATA, LISTEN, URL, ADMIN_LISTEN, ADMIN_PUBLIC, PROXY, DATABASE, MAIL, FROM, AUTHOR, IN_DOUBT, BOUNCES,
)  # fmt: skip
HIGHEST_PORT = 65535
PERSON = re.compile(r'(?:"?([^"<>]*?)"? *<)?([^"<> ]+@[^"<> ]+?)>?')
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
    return _host_and_port(environ, LISTEN, "127.0.0.1:8000")


def admin_listen(environ: Mapping[str, str]) -> tuple[str, int]:
    """Address and port of the admin: by default the readers' next port, here alone.

    Others can reach it only where NEURONWISE_ADMIN_PUBLIC is 1 and the site has https.

    Errors   SettingError: no address and port; one that others can reach, without both; or NEURONWISE_ADMIN_PUBLIC is
             something else than 1

    >>> admin_listen({})
    ('127.0.0.1', 8001)
    """
    host, port = _host_and_port(environ, ADMIN_LISTEN, f"127.0.0.1:{next_port(listen(environ)[1])}")
    asked = environ.get(ADMIN_PUBLIC)
    if asked not in {None, "", "1"}:
        raise SettingError(ADMIN_PUBLIC, expected="1, or nothing", got=asked)
    public = asked and url(environ).scheme == "https"
    if not is_loopback(host) and not public:
        expected = f"an address of this machine alone, or {ADMIN_PUBLIC}=1 and an https address in {URL}"
        raise SettingError(ADMIN_LISTEN, expected=expected, got=host)
    return host, port


def proxy(environ: Mapping[str, str]) -> str | None:
    """The one proxy that is believed when it says whom it asks for; by default nobody is.

    Errors   SettingError: it isn't one IP address

    >>> proxy({"NEURONWISE_PROXY": "127.0.0.1"})
    '127.0.0.1'
    """
    text = environ.get(PROXY)
    if text and not _is_ip(text):
        raise SettingError(PROXY, expected="the IP address of one proxy such as 127.0.0.1", got=text)
    return text or None


def database(environ: Mapping[str, str]) -> SplitResult | None:
    """The PostgreSQL database; none means SQLite in the data folder.

    Errors   SettingError: no address of a database; the message hides its password

    >>> database({"NEURONWISE_DATABASE": "postgresql://book@localhost/book"}).path
    '/book'
    """
    text = environ.get(DATABASE)
    if not text:
        return None
    parts = _split(text, with_user=True)
    if parts.scheme != "postgresql" or not re.fullmatch(r"/[^/]+", parts.path) or parts.query or parts.fragment:
        expected = "an address such as postgresql://user:password@host:5432/name"
        raise SettingError(DATABASE, expected=expected, got=_without_password(text))
    return parts


def mail(environ: Mapping[str, str]) -> SplitResult | None:
    """The mail server that takes our letters; none means files in the data folder's outbox.

    Errors   SettingError: no address of a mail server; the message hides its password

    >>> mail({"NEURONWISE_MAIL": "smtps://book:secret@mail.example"}).hostname
    'mail.example'
    """
    text = environ.get(MAIL)
    if not text:
        return None
    parts = _split(text, with_user=True)
    bare = parts.path in {"", "/"} and not parts.query and not parts.fragment
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname or not bare:
        expected = "an address such as smtps://user:password@mail.example or smtp://localhost:25"
        raise SettingError(MAIL, expected=expected, got=_without_password(text))
    if not unquote(f"{parts.username}{parts.password}").isascii():  # smtplib has no other
        raise SettingError(MAIL, expected="a user and a password in ASCII", got=_without_password(text))
    return parts


def sender(environ: Mapping[str, str]) -> Address:
    """Whom letters are from.

    Errors   SettingError: no name and address; or none given although letters go to a mail server

    >>> str(sender({})), sender({"NEURONWISE_FROM": "The author <a@book.example>"}).addr_spec
    ('Neuron by Neuron <book@localhost>', 'a@book.example')
    """
    if mail(environ) and not environ.get(FROM):
        raise SettingError(FROM, expected=f"whom letters are from, since {MAIL} sends them", got="")
    return _person(environ, FROM, "Neuron by Neuron <book@localhost>")


def author(environ: Mapping[str, str]) -> Address:
    """Whom new replies are told, and test letters sent.

    Errors   SettingError: no name and address

    >>> author({"NEURONWISE_FROM": "a@book.example"}).addr_spec
    'a@book.example'
    """
    return _person(environ, AUTHOR, str(sender(environ)))


def resends(environ: Mapping[str, str]) -> bool:
    """Whether a letter of which nobody knows whether it went is sent again.

    Errors   SettingError: neither resend nor park

    >>> resends({}), resends({"NEURONWISE_IN_DOUBT": "park"})
    (True, False)
    """
    text = environ.get(IN_DOUBT) or "resend"
    if text not in {"resend", "park"}:
        raise SettingError(IN_DOUBT, expected="resend or park", got=text)
    return text == "resend"


def url(environ: Mapping[str, str]) -> SplitResult:
    """The site's public address. Links and accepted host names come from it, never from a request.

    Errors   SettingError: no http(s) address of one whole host; or http for a host that isn't this machine

    >>> url({}).geturl(), url({"NEURONWISE_URL": "https://Book.example:443"}).geturl()
    ('http://localhost:8000', 'https://book.example')
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
    usual = {"https": ":443", "http": ":80"}[parts.scheme]
    return parts._replace(path="", netloc=parts.netloc.lower().removesuffix(usual))  # as browsers write it


def bounces(environ: Mapping[str, str]) -> Path | None:
    """The Maildir of delivery status notices; none means that nobody reads them.

    Errors   SettingError: it isn't one

    >>> bounces({})
    """
    text = environ.get(BOUNCES)
    if not text:
        return None
    folder = Path(text).absolute()
    if not all((folder / inner).is_dir() for inner in ("new", "cur")):
        raise SettingError(BOUNCES, expected="a Maildir: a folder with the folders new and cur", got=text)
    return folder


def misspelt(environ: Mapping[str, str]) -> Iterator[SettingError]:
    """What reads like a setting and is none: it would say nothing, and a default would hold. Values may be secret.

    Names that end like Kubernetes' own, which tell of its services, are nobody's misspelling.

    >>> [str(error) for error in misspelt({"NEURONWISE_MIAL": "smtps://book:secret@mail.example"})]
    ['NEURONWISE_MIAL: expected the name of a setting; is NEURONWISE_MAIL meant?']
    """
    for name in sorted(environ.keys() - NAMES):
        head, _, rest = name.partition("_")
        if head == "NEURONWISE" and not rest.endswith(("_HOST", "_PORT")):
            for near in get_close_matches(rest, [known.removeprefix("NEURONWISE_") for known in NAMES], 1):
                yield SettingError(name, expected=f"the name of a setting; is NEURONWISE_{near} meant?")


def check(environ: Mapping[str, str]) -> None:
    """Read everything once, so that whatever can't be used is refused before anything is done.

    Errors   SettingError
    """
    for error in misspelt(environ):
        raise error
    for read in (listen, admin_listen, url, proxy, database, mail, author, resends, bounces):
        read(environ)


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


def next_port(port: int) -> int:
    """The port after this one; after the highest the one before; after 0, any free one, 0.

    >>> next_port(8000), next_port(65535), next_port(0)
    (8001, 65534, 0)
    """
    return port and (port + 1 if port < HIGHEST_PORT else port - 1)


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


def _host_and_port(environ: Mapping[str, str], name: str, default: str) -> tuple[str, int]:
    text = environ.get(name) or default
    host, _, port = text.rpartition(":")
    bracketed = host.startswith("[") and host.endswith("]")
    if not host or (":" in host) != bracketed or not is_port(port):
        raise SettingError(name, expected=f"an address and a port such as {default} or [::1]:8000", got=text)
    return host.strip("[]"), int(port)


def _person(environ: Mapping[str, str], name: str, default: str) -> Address:
    text = environ.get(name) or default
    found = PERSON.fullmatch(text)
    try:
        if found and text.isprintable() and found[2].isascii():
            return Address(found[1] or "", addr_spec=found[2])
    except (ValueError, MessageError, IndexError):  # IndexError: Python's own, for half an address
        pass
    raise SettingError(name, expected="a name and an ASCII address such as The author <author@book.example>", got=text)


def _without_password(text: str) -> str:
    return re.sub(r"(//[^/@:]*):[^/]*@", r"\1:…@", text)


def _split(text: str, *, with_user: bool = False) -> SplitResult:
    try:
        parts = urlsplit(text)
        if (
            (with_user or "@" not in parts.netloc) and not parts.netloc.endswith(":") and parts.port != 0
        ):  # reading the port checks it
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
