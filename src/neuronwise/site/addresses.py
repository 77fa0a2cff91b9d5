"""What is an e-mail address that we can write to."""

from email_validator import EmailNotValidError, EmailSyntaxError, validate_email


def address(text: str) -> str:
    """The address as it is kept: in small ASCII letters, its domain as xn--… if need be.

    Errors   ValueError: it is none, with a sentence for the reader

    >>> address(" Reader@Bücher.Example ")
    'reader@xn--bcher-kva.example'
    """
    try:
        found = validate_email(text.strip(), check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise ValueError(_why_not(text.strip(), error)) from error
    if found.ascii_email is None:
        message = (
            "Letters outside a to z before the @ can't be written to by every mail server. Please use another address."
        )
        raise ValueError(message)
    return found.ascii_email.lower()


def _why_not(text: str, error: EmailNotValidError) -> str:
    if not text:
        return "Please type your e-mail address."
    why = str(error) if isinstance(error, EmailSyntaxError) and text.isprintable() else ""
    return f"This doesn't look like an e-mail address such as reader@example.org. {why}".rstrip()
