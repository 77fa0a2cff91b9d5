"""How long a password is, and that a change of one is told in the log; the rest are Django's own validators."""

import logging
import re

from django.core.exceptions import ValidationError

SHORTEST, LONGEST = 12, 128  # characters; several blanks in a row count as one

log = logging.getLogger(__name__)


class Length:
    """A password of 12 to 128 characters of any kind."""

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002  (as Django calls it)
        """Refuse another length."""
        count = len(re.sub(" +", " ", password))
        if count < SHORTEST or len(password) > LONGEST:
            message = f"Expected a password of {SHORTEST} to {LONGEST} characters; got {count}."
            raise ValidationError(message, code="length")

    def get_help_text(self) -> str:
        """What the form says about it."""
        return f"Your password has {SHORTEST} to {LONGEST} characters, of any kind."

    def password_changed(self, password: str, user: object = None) -> None:  # noqa: ARG002  (as Django calls it)
        """Tell it, once it is kept."""
        log.warning("The password of the author's side is a new one")
