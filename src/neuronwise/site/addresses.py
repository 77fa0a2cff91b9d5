"""What is an e-mail address that we can write to."""

from django.conf import settings
from email_validator import EmailNotValidError, EmailSyntaxError, validate_email

from neuronwise.site import relay

FOREIGN_LETTERS = (
    "Letters outside a to z before the @ can't be written to by our mail server. Please use another address."
)


def address(text: str) -> str:
    """The address as it is kept: in composed letters (NFC), A to Z as a to z, its domain as xn--… if need be.

    Other capitals stay before the @: nobody but its server knows whether Ü and ü are one mailbox.

    Errors   ValueError: it is none, or can't be written to, with a sentence for the reader

    >>> address(" Reader@Bücher.Example ")
    'reader@xn--bcher-kva.example'
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError(_why_not(text.strip(), error)) from error
    if not (found.local_part.isascii() or _takes_all_letters()):
        raise ValueError(FOREIGN_LETTERS)
    return f"{found.local_part}@{found.ascii_domain}".encode().lower().decode()  # of bytes, lower changes A to Z alone


def _takes_all_letters() -> bool:
    """Whether our letters can go to addresses outside ASCII: as files, or by a mail server that has said so."""
    return not settings.MAIL or relay.UTF8.is_set()


def _why_not(text: str, error: EmailNotValidError) -> str:
    if not text:
        return "Please type your e-mail address."
    why = str(error) if isinstance(error, EmailSyntaxError) and text.isprintable() else ""
    return f"This doesn't look like an e-mail address such as reader@example.org. {why}".rstrip()
