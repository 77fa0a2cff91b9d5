"""Tests of neuronwise.site.incoming, and of the whole server under a flood of requests: the asker's faults are 400s."""

from http import HTTPStatus
from pathlib import Path
from wsgiref.types import StartResponse, WSGIEnvironment

import pytest
from django.urls import Resolver404, resolve
from floods import Flood, fill
from ledgers import ledger
from letterbox import aged, post
from serving import SLUG, Site, running

from neuronwise.site.headers import headers, secured
from neuronwise.site.incoming import believed


def test_of_hundreds_of_requests_by_chance_each_has_an_answer_that_is_no_fault_of_ours(tmp_path: Path) -> None:
    made = ledger(tmp_path, 0, NEURONWISE_URL="https://book.example", NEURONWISE_PROXY="127.0.0.1")
    known = fill(made)
    with running(made.book, made.data, **made.settings) as site:
        found = Flood(site, known, https=True).pour(360)

    assert (found.faults, found.unanswered) == ([], {})
    assert found.asked == 360
    assert {HTTPStatus.OK, HTTPStatus.FOUND, HTTPStatus.NOT_FOUND, HTTPStatus.UNPROCESSABLE_ENTITY} <= set(
        found.statuses
    )


@pytest.mark.parametrize("charset", ["hex", "undefined", "utf-16", "no such"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=b", "x"])
def test_an_encoding_that_the_asker_names_is_not_asked(site: Site, kind: str, charset: str) -> None:
    content = f"{kind}; charset={charset}"

    assert site.ask("/?%41", Content_Type=content).status == HTTPStatus.OK
    assert site.ask("/?" + "a&" * 1500, Content_Type=content).status in {HTTPStatus.OK, HTTPStatus.BAD_REQUEST}


def test_a_form_is_read_as_utf8_whatever_it_says(site: Site) -> None:
    fields = {"email": "adä@", "form": aged(site, "subscribe")}

    shown = post(site, "/subscribe", fields, Content_Type="application/x-www-form-urlencoded; charset=utf-16")

    assert shown.status == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="adä@"' in shown.body.decode()


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_a_proxy_says_wrongly_is_refused_with_the_headers(method: str) -> None:
    told: list[tuple[str, list[tuple[str, str]]]] = []

    def never(environ: WSGIEnvironment, start_response: StartResponse) -> list[bytes]:
        raise AssertionError(environ, start_response)

    def start(status: str, own: list[tuple[str, str]], _: object = None, /) -> None:
        told.append((status, own))

    asked = {"REQUEST_METHOD": method, "PATH_INFO": "/", "REMOTE_ADDR": "192.0.2.1", "HTTP_X_FORWARDED_FOR": '"'}
    list(secured(believed(never, proxy="192.0.2.1"), https=True)(asked, start))  # type: ignore[arg-type]

    ((status, own),) = told
    assert status == "400 Bad Request"
    assert set(headers(https=True)) <= set(own)


@pytest.mark.parametrize("table", ["neuronwise.site.urls", "neuronwise.site.admin_urls"])
def test_a_files_name_has_no_letter_that_postgresql_refuses(table: str) -> None:
    assert resolve(f"/{SLUG}/book.pdf", table)

    with pytest.raises(Resolver404):
        resolve(f"/{SLUG}/book\0.pdf", table)
