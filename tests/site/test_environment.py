"""Tests of neuronwise.site.environment."""

import os
from pathlib import Path

import pytest

from neuronwise.site import environment
from neuronwise.site.errors import SettingError


@pytest.mark.skipif(os.name == "nt", reason="another folder there")
def test_the_data_folder_is_the_users(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")

    assert environment.data({"XDG_DATA_HOME": str(tmp_path)}) == tmp_path / "neuronwise"
    assert environment.data({}) == Path.home() / ".local/share/neuronwise"


@pytest.mark.parametrize(
    "text", ["8000", ":8000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "::1:80", "[::1:80", "a:-1"]
)
def test_a_bad_address_to_listen_on_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingError, match="NEURONWISE_LISTEN: expected an address and a port"):
        environment.listen({"NEURONWISE_LISTEN": text})


@pytest.mark.parametrize(
    "text",
    [
        "book.example",
        "ftp://book.example",
        "https://",
        "https://book.example/path",
        "https://book.example?q",
        "https://user@book.example",
        "https://book.example:99999",
        "https://book.example:",
        "https://[::1",
    ],
)
def test_a_bad_public_address_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingError, match="NEURONWISE_URL: expected a scheme and a host"):
        environment.url({"NEURONWISE_URL": text})


@pytest.mark.parametrize(
    "host", ["*", ".a.b", "a.b.", "a..b", "*.a.b", "a_b.c", "a,b", "a%2eb", "bücher.example", "[fe80::1%25*]"]
)
def test_a_public_address_that_names_no_single_host_is_refused(host: str) -> None:
    with pytest.raises(SettingError, match="NEURONWISE_URL: expected one host: letters"):
        environment.url({"NEURONWISE_URL": f"https://{host}"})


@pytest.mark.parametrize("host", ["a.b", "book.example", "xn--bcher-kva.example:8443", "192.0.2.1", "[2001:db8::1]:80"])
def test_a_public_address_is_a_name_or_an_ip_address(host: str) -> None:
    assert environment.url({"NEURONWISE_URL": f"https://{host}"}).netloc == host


def test_a_public_address_without_https_is_refused_with_the_mend() -> None:
    with pytest.raises(SettingError, match=r"expected https, .*: https://book\.example:8080; got"):
        environment.url({"NEURONWISE_URL": "http://book.example:8080"})


def test_the_public_address_follows_the_port_and_loses_its_slash() -> None:
    assert environment.url({"NEURONWISE_LISTEN": "127.0.0.1:9000"}).geturl() == "http://localhost:9000"
    assert environment.url({"NEURONWISE_URL": "https://book.example/"}).geturl() == "https://book.example"


@pytest.mark.parametrize("text", ["smtp://b%C3%BCcher:p@mail.example", "smtps://book:p%C3%A4ss@mail.example"])
def test_a_user_or_password_that_cannot_be_said_to_a_mail_server_is_refused_unshown(text: str) -> None:
    with pytest.raises(SettingError, match="NEURONWISE_MAIL: expected a user and a password in ASCII") as error:
        environment.mail({"NEURONWISE_MAIL": text})
    assert "C3%A4" not in str(error.value)


@pytest.mark.parametrize("text", ["book@bücher.example", "bücher@book.example", "The author <a@bücher.example>"])
def test_a_sender_that_not_every_mail_server_takes_is_refused(text: str) -> None:
    with pytest.raises(SettingError, match="NEURONWISE_FROM: expected a name and an ASCII address"):
        environment.sender({"NEURONWISE_FROM": text})


@pytest.mark.parametrize("value", ["yes", "true", "0", " 1"])
def test_whether_the_admin_is_public_is_1_or_nothing(value: str) -> None:
    with pytest.raises(SettingError, match="NEURONWISE_ADMIN_PUBLIC: expected 1, or nothing; got"):
        environment.check({"NEURONWISE_ADMIN_PUBLIC": value})


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("MIAL", "MAIL"),
        ("PROXIES", "PROXY"),
        ("DATABASE_URL", "DATABASE"),
        ("BOUNCE", "BOUNCES"),
        ("DOUBT", "IN_DOUBT"),
    ],
)
def test_a_misspelt_setting_is_refused_with_the_one_that_is_meant_and_without_its_value(name: str, meant: str) -> None:
    with pytest.raises(SettingError, match=f"NEURONWISE_{name}: .* is NEURONWISE_{meant} meant") as error:
        environment.check({f"NEURONWISE_{name}": "secret"})
    assert "secret" not in str(error.value)


def test_settings_of_other_rooms_are_none_of_the_sites() -> None:
    environment.check(dict.fromkeys(["NEURONWISE_CACHE", "NEURONWISE_CHROMIUM", "MAIL", "XNEURONWISE_MIAL"], "x"))


@pytest.mark.parametrize("name", ["DATABASE_PORT", "MAIL_SERVICE_PORT", "ADMIN_SERVICE_HOST"])
def test_what_kubernetes_tells_of_its_services_is_no_misspelling(name: str) -> None:
    environment.check({f"NEURONWISE_{name}": "tcp://10.0.0.1:5432"})
