"""The answers to forms and mailed links: sign-up, confirmation, way out, own data.

A GET changes nothing: programs that look for viruses open links. It shows one button, and that button's POST acts.
"""

import json
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus

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
Typed = Mapping[str, str]  # what stands in a form that is shown again, as `sign_up` lists it
Again = Callable[[Typed, HTTPStatus], HttpResponseBase]
reading_or_form = require_http_methods(["GET", "HEAD", "POST"])


@reading_or_form
def subscribe(request: HttpRequest) -> HttpResponseBase:
    """The sign-up form by itself; what it sends, a mistake shown beside its field."""
    if request.method != "POST":
        return _sign_up_page(request)
    return _letter_asked(request, SIGN_UP, consent.ask, partial(_sign_up_page, request))


def _sign_up_page(request: HttpRequest, typed: Typed | None = None, status: int = HTTPStatus.OK) -> HttpResponseBase:
    form = sign_up(HEADING, 2, typed)
    return made(request, "subscribe.html", "Be told of the next chapter", {"form": form}, status)


@require_safe
def subscribed(request: HttpRequest) -> HttpResponseBase:
    """What to do next; the same for every address."""
    words = "It asks whether you want to be told of new chapters. Nothing more comes unless you say yes there."
    return made(request, "look_into_your_mailbox.html", "Look into your mailbox", {"words": words})


@reading_or_form
def confirm(request: HttpRequest, token: str) -> HttpResponseBase:
    """A confirmation letter's link: a button; pressed, the subscription."""
    who = tokens.opened(tokens.CONFIRM, token)
    if who is None:
        return no_such_link(request)
    if request.method != "POST":
        question = "One letter for each new chapter, and every letter has a way out."
        return _button(request, "Do you want to be told of new chapters?", question, "Yes, tell me")
    try:
        with writing():
            given = consent.give(who)
    except BusyError:
        return _busy(request)
    if not given:
        return no_such_link(request)
    words = "You can close this page, or go on reading."
    return _done(request, "You are on the list", "We write when the next chapter is there.", words)


@reading_or_form
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """A letter's way out: a button; pressed, or sent by a mail program (RFC 8058), the end of letters at once."""
    who = tokens.opened(tokens.UNSUBSCRIBE, token)
    if who is None:
        return no_such_link(request)
    if request.method != "POST":
        question = "You then get no more letters about new chapters."
        return _button(request, "No more letters?", question, "No more letters")
    try:
        with writing():
            consent.withdraw(who)
    except BusyError:
        return _busy(request)
    words = "If this was a mistake, sign up once more on the page of contents."
    return _done(request, "You get no more letters", "Thank you for having read along.", words)


# own data


@reading_or_form
def own_data(request: HttpRequest) -> HttpResponseBase:
    """Where an address is typed, to get a letter that leads to what is kept of it."""
    if request.method != "POST":
        return _own_data_page(request)
    return _letter_asked(request, OWN_DATA, consent.ask_own_data, partial(_own_data_page, request))


def _own_data_page(request: HttpRequest, typed: Typed | None = None, status: int = HTTPStatus.OK) -> HttpResponseBase:
    values = {"time": guard.form_time(OWN_DATA), **(typed or {})}
    return made(request, "own_data.html", "What we keep of you", values, status)


@require_safe
def own_data_asked(request: HttpRequest) -> HttpResponseBase:
    """What to do next; the same for every address."""
    words = "It leads to what we keep of your address, for one hour. Where we keep nothing, we send nothing."
    return made(request, "look_into_your_mailbox.html", "Look into your mailbox", {"words": words})


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
    return _done(
        request, "It is erased", "We keep nothing of your address any more.", "Letters that you got are yours."
    )


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


# what they have in common


def _letter_asked(request: HttpRequest, form: str, ask: Callable[[str], None], again: Again) -> HttpResponseBase:
    """Have a letter sent to the typed address; or show the form again, with the mistake beside its field."""
    email = request.POST.get("email", "")[:500]
    try:
        asked = address(email)
    except ValueError as error:
        return again({"email": email, "mend": str(error)}, HTTPStatus.UNPROCESSABLE_ENTITY)
    verdict = guard.examined(request, form, LETTERS)
    if verdict not in {Verdict.FINE, Verdict.TRAP}:
        return again({"email": email, "once_more": verdict}, verdict.status)
    try:
        with writing():
            if verdict is Verdict.FINE:
                ask(asked)
    except BusyError as error:
        return again({"email": email, "once_more": str(error)}, HTTPStatus.SERVICE_UNAVAILABLE)
    return HttpResponseRedirect(f"/{form}/sent", status=HTTPStatus.SEE_OTHER)


def _button(request: HttpRequest, heading: str, question: str, button: str) -> HttpResponseBase:
    values = {"heading": heading, "question": question, "button": button}
    return with_token(made(request, "button.html", heading, values))


def _done(request: HttpRequest, heading: str, question: str, words: str) -> HttpResponseBase:
    return with_token(made(request, "done.html", heading, {"heading": heading, "question": question, "words": words}))


def _busy(request: HttpRequest) -> HttpResponseBase:
    response = made(request, "button.html", "Once more, please", _BUSY, HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = "60"
    return with_token(response)


_BUSY = {"heading": "Once more, please", "question": BUSY, "button": "Once more"}
