"""The answers to forms and mailed links: sign-up, confirmation, way out, own data.

A GET changes nothing: programs that look for viruses open links. It shows one button, and that button's POST acts.
"""

import json
from collections.abc import Callable, Mapping
from http import HTTPStatus
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.views.decorators.http import require_http_methods, require_safe

from neuronwise.site import consent, guard, tokens
from neuronwise.site.addresses import address
from neuronwise.site.guard import Limit, Limiter, Verdict
from neuronwise.site.own_data import erase, export, has_words
from neuronwise.site.pages import SIGN_UP, made, no_such_link, sign_up, with_token
from neuronwise.site.subscribers import Subscriber
from neuronwise.site.writing import BUSY, BusyError, writing

HEADING = "Be told of the next chapter"
OWN_DATA = "d"
LETTERS = Limiter(Limit(network=60, site=3_000))  # asked for within an hour
ONCE_MORE = ("Once more, please", BUSY, "Once more")
View = Callable[..., HttpResponseBase]
Typed = Mapping[str, str]  # what stands in a form that is shown again, as `sign_up` lists it
Words = tuple[str, str, str]  # of a page: heading, question, and the button's or the last words
reading_or_form = require_http_methods(["GET", "HEAD", "POST"])


# a form with an address, to which a letter goes


def _asking(form: str, ask: Callable[[str], None], page: View) -> View:
    """The form by itself; what it sends, a mistake shown beside its field."""

    @reading_or_form
    def asking(request: HttpRequest) -> HttpResponseBase:
        email = request.POST.get("email", "")[:500]
        if request.method != "POST":
            return page(request)
        typed = {"email": email, "time": guard.kept_time(form, request.POST.get(guard.TIME, ""))}
        try:
            asked = address(email)
        except ValueError as error:
            return page(request, {**typed, "mend": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
        verdict = guard.examined(request, form, LETTERS)
        if verdict not in {Verdict.FINE, Verdict.TRAP}:
            return page(request, {**typed, "once_more": verdict}, verdict.status)
        try:
            with writing():
                if verdict is Verdict.FINE:
                    ask(asked)
        except BusyError as error:
            return page(request, {**typed, "once_more": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)
        return HttpResponseRedirect(f"/{form}/sent", status=HTTPStatus.SEE_OTHER)

    return asking


def _asked(words: str) -> View:
    """What to do next; the same for every address."""

    @require_safe
    def asked(request: HttpRequest) -> HttpResponseBase:
        return made(request, "look_into_your_mailbox.html", "Look into your mailbox", {"words": words})

    return asked


def _sign_up_page(request: HttpRequest, typed: Typed | None = None, status: int = HTTPStatus.OK) -> HttpResponseBase:
    form = sign_up(HEADING, 2, typed)
    return made(request, "subscribe.html", HEADING, {"form": form}, status)


def _own_data_page(request: HttpRequest, typed: Typed | None = None, status: int = HTTPStatus.OK) -> HttpResponseBase:
    values = {"time": guard.form_time(OWN_DATA), **(typed or {})}
    return made(request, "own_data.html", "What we keep of you", values, status)


subscribe = _asking(SIGN_UP, consent.ask, _sign_up_page)
subscribed = _asked("It asks whether you want to be told of new chapters. Nothing more comes unless you say yes there.")
own_data = _asking(OWN_DATA, consent.ask_own_data, _own_data_page)
own_data_asked = _asked(
    "It leads to what we keep of your address, for one hour. Where we keep nothing, we send nothing."
)


# a mailed link


def _button(purpose: str, act: Callable[[UUID], object], question: Words, done: Words) -> View:
    """A question with one button; pressed, or sent by a mail program (RFC 8058), it acts at once."""

    @reading_or_form
    def button(request: HttpRequest, token: str) -> HttpResponseBase:
        who = tokens.opened(purpose, token)
        if who is None:
            return no_such_link(request)
        if request.method != "POST":
            return _page(request, "button.html", question)
        try:
            with writing():
                act(who)
        except Subscriber.DoesNotExist:
            return no_such_link(request)
        except BusyError:
            response = _page(request, "button.html", ONCE_MORE, HTTPStatus.SERVICE_UNAVAILABLE)
            response["Retry-After"] = "60"
            return response
        return _page(request, "done.html", done)

    return button


def _page(request: HttpRequest, template: str, words: Words, status: int = HTTPStatus.OK) -> HttpResponseBase:
    values = dict(zip(("heading", "question", "words"), words, strict=True))
    return with_token(made(request, template, words[0], values, status))


confirm = _button(
    tokens.CONFIRM,
    consent.give,
    (
        "Do you want to be told of new chapters?",
        "One letter for each new chapter, and every letter has a way out.",
        "Yes, tell me",
    ),
    ("You are on the list", "We write when the next chapter is there.", "You can close this page, or go on reading."),
)
unsubscribe = _button(
    tokens.UNSUBSCRIBE,
    consent.withdraw,
    ("No more letters?", "You then get no more letters about new chapters.", "No more letters"),
    (
        "You get no more letters",
        "Thank you for having read along.",
        "If this was a mistake, sign up once more on the page of contents.",
    ),
)
ERASED = ("It is erased", "We keep nothing of your address any more.", "Letters that you got are yours.")


@reading_or_form
def own_data_of(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is kept, to see and to take away; a POST erases it."""
    subscriber = _owner(token)
    if subscriber is None:
        return no_such_link(request)
    if request.method != "POST":
        return _own_data_shown(request, subscriber)
    try:
        with writing():
            erase(subscriber, keep_words=request.POST.get("words") == "keep")
    except BusyError as error:
        return _own_data_shown(request, subscriber, str(error), HTTPStatus.SERVICE_UNAVAILABLE)
    return _page(request, "done.html", ERASED)


def _own_data_shown(
    request: HttpRequest, subscriber: Subscriber, once_more: str = "", status: int = HTTPStatus.OK
) -> HttpResponseBase:
    """All of it; what was chosen for the replies stays chosen, since words that are removed don't come back."""
    values = {
        "kept": json.dumps(export(subscriber), cls=DjangoJSONEncoder, indent=2, ensure_ascii=False),
        "link": f"{request.path}/own-data.json",
        "has_words": has_words(subscriber),
        "keep": request.POST.get("words", "keep") == "keep",
        "once_more": once_more,
    }
    return with_token(made(request, "own_data_of.html", "What we keep of you", values, status))


@require_safe
def own_data_file(request: HttpRequest, token: str) -> HttpResponseBase:
    """What is kept, as a file."""
    subscriber = _owner(token)
    if subscriber is None:
        return no_such_link(request)
    response = JsonResponse(export(subscriber), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = 'attachment; filename="own-data.json"'
    response["Cache-Control"] = "no-store"
    return with_token(response)


def _owner(token: str) -> Subscriber | None:
    who = tokens.opened(tokens.OWN_DATA, token)
    return Subscriber.objects.filter(pk=who).first() if who else None
