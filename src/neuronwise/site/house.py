"""Keeping house: what came back is read, and what is over is forgotten. Whoever delivers letters does it first."""

from neuronwise.site import bounces, consent
from neuronwise.site.replies.models import forget_refused

UNREAD = "What came back can't be read in NEURONWISE_BOUNCES: {}. Letters go all the same."


def keep() -> str:
    """Do what is due; in words, what hindered the reading, since that need not keep letters from going."""
    consent.forget_unconfirmed()
    forget_refused()
    try:
        bounces.read_new()
    except OSError as error:
        return UNREAD.format(error.strerror or type(error).__name__)
    return ""
