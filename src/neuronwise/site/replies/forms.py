"""What a reader types to leave a reply, and what may be wrong with it, each mend to stand beside its field."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import QueryDict

from neuronwise.site.addresses import address
from neuronwise.site.models import Chapter
from neuronwise.site.replies import threads
from neuronwise.site.replies.models import NAME_LENGTH
from neuronwise.site.replies.rendering import MOST_CHARACTERS
from neuronwise.site.replies.threads import Thread
from neuronwise.site.replies.words import visible

GONE = "What you answer isn't there any more. Sent once more, your reply begins a thread of its own."


class Words(forms.CharField):
    """A text as people see it."""

    def __init__(self, *, keep: str = "", **more: Any) -> None:  # noqa: ANN401  (Django's own arguments)
        self.keep = keep
        super().__init__(**more)

    def to_python(self, value: object) -> str:
        """The text without what nobody sees."""
        return super().to_python(visible(str(value or ""), self.keep)) or ""


def at_most(characters: int) -> MaxLengthValidator:
    """A limit, and the sentence for who goes beyond it."""
    message = f"Please use at most {characters:,} characters; these are %(show_value)d."
    return MaxLengthValidator(characters, message)


class ReplyForm(forms.Form):
    """Name, e-mail and text are required; `about` names a formula or section, `to` a reply that is answered."""

    name = Words(
        error_messages={"required": "Please type the name to stand over your reply."}, validators=[at_most(NAME_LENGTH)]
    )
    email = Words(error_messages={"required": "Please type your e-mail address. It is never shown."})
    text = Words(
        keep="\n\t",
        strip=False,
        error_messages={"required": "Please type your reply."},
        validators=[at_most(MOST_CHARACTERS)],
    )
    about = forms.CharField(required=False)
    to = forms.UUIDField(required=False)

    def __init__(self, chapter: Chapter, data: QueryDict | None = None, **initial: object) -> None:
        super().__init__(data, initial=initial)
        self.chapter = chapter

    @property
    def first_wrong(self) -> str:
        """The first field with a mistake, if any: the cursor goes there."""
        return next(iter(self.errors), "")

    @property
    def thread(self) -> Thread | None:
        """The thread that is answered, as far as the form says one that is there."""
        try:
            to = self.fields["to"].clean(self["to"].value())
        except ValidationError:
            return None
        return threads.thread(self.chapter, to) if to else None

    def clean_email(self) -> str:
        """The address as it is kept."""
        try:
            return address(self.cleaned_data["email"])
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def clean_text(self) -> str:
        """More than blanks."""
        text: str = self.cleaned_data["text"].strip("\n")
        if not text.strip():
            raise ValidationError(self.fields["text"].error_messages["required"])
        return text

    def clean_about(self) -> str:
        """What can be replied to; else the whole chapter, for a formula may have gone since the page was opened."""
        about: str = self.cleaned_data["about"]
        return about if about in threads.anchors(self.chapter) else ""

    def clean_to(self) -> Thread | None:
        """The thread that is answered."""
        if self.cleaned_data["to"] and not self.thread:
            raise ValidationError(GONE)
        return self.thread
