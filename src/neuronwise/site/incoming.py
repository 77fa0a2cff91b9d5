"""What of a request is believed before Django sees it.

Content-Type         a form is URL-encoded, in UTF-8, as those of our own pages are. Anything else is no form, and no
                     body is read by an encoding, a boundary or a file's name that its sender made up
X-Forwarded-For, …   what the one proxy says; from anybody else it is dropped
"""

from collections.abc import Iterable
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from waitress.parser import HTTPRequestParser, ParsingError, TransferEncodingNotImplemented
from waitress.proxy_headers import proxy_headers_middleware

FORM = "application/x-www-form-urlencoded"


def believed(application: WSGIApplication, *, proxy: str | None) -> WSGIApplication:
    """The same application, asked with what is believed."""

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        kind = environ.get("CONTENT_TYPE", "").partition(";")[0].strip().lower()
        environ["CONTENT_TYPE"] = FORM if kind == FORM else ""
        return application(environ, start_response)

    trusted = {"x-forwarded-for", "x-forwarded-proto"} if proxy else set()
    through: WSGIApplication = proxy_headers_middleware(answer, trusted_proxy=proxy, trusted_proxy_headers=trusted)
    return through


class Parser(HTTPRequestParser):
    """The server's reader of requests. What it can't read is the asker's fault: 400, no lost connection and no 501."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the lines before the body."""
        try:
            super().parse_header(header_plus)
        except (ValueError, TransferEncodingNotImplemented) as error:  # urllib's, for `http://[`
            message = "The address or the transfer encoding can't be read"
            raise ParsingError(message) from error
