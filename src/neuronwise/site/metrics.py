"""Figures about the site, for the admin's listener alone, in the text form that Prometheus reads: counts, no addresses.

Requests are counted in this process, by route; the rest is counted in the database when it is asked for.
"""

import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from http import HTTPMethod

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.views.decorators.http import require_safe

from neuronwise.site import loop
from neuronwise.site.models import Chapter, Delivery, Reply, Subscriber, public

TYPE = "text/plain; version=0.0.4; charset=utf-8"
METHODS = set(HTTPMethod)
Labels = tuple[tuple[str, str], ...]

_lock = threading.Lock()
_requests: Counter[Labels] = Counter()
_seconds: defaultdict[Labels, float] = defaultdict(float)


def counted(get_response: Callable[[HttpRequest], HttpResponseBase]) -> Callable[[HttpRequest], HttpResponseBase]:
    """A middleware: each answer counts for its route, its method and its status."""

    def answer(request: HttpRequest) -> HttpResponseBase:
        started = time.perf_counter()
        response = get_response(request)
        route = request.resolver_match.route if request.resolver_match else "no route"
        method = request.method if request.method in METHODS else "other"  # a reader could make up any number
        labels = (("route", route), ("method", str(method)), ("status", str(response.status_code)))
        with _lock:
            _requests[labels] += 1
            _seconds[labels[:1]] += time.perf_counter() - started
        return response

    return answer


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  (Django hands it over)
    """All figures."""
    return HttpResponse("".join(_lines()), content_type=TYPE, headers={"Cache-Control": "no-store"})


def _lines() -> Iterator[str]:
    with _lock:
        requests, seconds = dict(_requests), dict(_seconds)
    built = Chapter.objects.filter(slug__isnull=False).count()
    out = public().count()
    chapters: dict[Labels, float] = {(("state", "out"),): out, (("state", "draft"),): built - out}
    yield from _family("requests_total", "counter", "Answers, by route", requests)
    yield from _family("request_seconds_total", "counter", "Time spent on answers, by route", seconds)
    yield from _family("chapters", "gauge", "Built chapters", chapters)
    yield from _family("delivering", "gauge", "Workers of this process, by whether they live", _workers())
    yield from _family("subscribers", "gauge", "Subscribers, by state", _by_state(Subscriber.objects.all()))
    yield from _family("deliveries", "gauge", "Letters, by what became of them", _by_state(Delivery.objects.all()))
    yield from _family("replies", "gauge", "Replies, by state", _by_state(Reply.objects.all()))


def _workers() -> dict[Labels, float]:
    states = Counter("alive" if one.is_alive else "dead" for one in loop.started)
    return {(("state", state),): count for state, count in states.items()}


def _by_state(rows: "QuerySet[Subscriber] | QuerySet[Delivery] | QuerySet[Reply]") -> dict[Labels, float]:
    found = rows.order_by().values_list("state").annotate(count=Count("pk"))
    return {(("state", state),): count for state, count in found}


def _family(name: str, kind: str, words: str, values: Mapping[Labels, float]) -> Iterator[str]:
    """One figure, with all its labels.

    >>> print(*_family("chapters", "gauge", "Built chapters", {(("state", "out"),): 2}), end="", sep="")
    # HELP neuronwise_chapters Built chapters
    # TYPE neuronwise_chapters gauge
    neuronwise_chapters{state="out"} 2
    """
    yield f"# HELP neuronwise_{name} {words}\n# TYPE neuronwise_{name} {kind}\n"
    for labels, value in sorted(values.items()):
        inner = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels)
        yield f"neuronwise_{name}{{{inner}}} {value}\n"


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace('"', r"\"").replace("\n", r"\n")
