"""Can mail go to a stranger by a setting that was forgotten? Domains, redirection and pace, and what each refuses."""

from __future__ import annotations

import pytest

from config.keys import KeyRing
from config.settings import Settings, load
from escalation.errors import InvalidDocument

ELSEWHERE = {"TWENTYDAYS_SMTP_HOST": "smtp.council.example"}
PRODUCTION = {
    "TWENTYDAYS_ENVIRONMENT": "production",
    "TWENTYDAYS_KEYS": KeyRing.generate("2026-11").text,
    "TWENTYDAYS_MAIL_DOMAINS": "council.example",
}


def loaded(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> Settings:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    return load()


def faults(monkeypatch: pytest.MonkeyPatch, given: dict[str, str]) -> dict[str, str]:
    with pytest.raises(InvalidDocument) as refusal:
        loaded(monkeypatch, given)
    return {fault.where: fault.message for fault in refusal.value.faults}


def test_domains_are_a_list_in_small_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {"TWENTYDAYS_MAIL_DOMAINS": " Council.gov.uk, *.NHS.uk ,,police.uk"}
    assert loaded(monkeypatch, given).mail_domains == ("council.gov.uk", "*.nhs.uk", "police.uk")


@pytest.mark.parametrize(
    "text",
    ["*", "*.uk", "@council.gov.uk", "a@council.gov.uk", "council", "*council.gov.uk", "a.*.uk", "a..uk", "a b.uk"],
)
def test_what_is_no_domain_or_would_be_everybody_is_refused(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    told = faults(monkeypatch, {"TWENTYDAYS_MAIL_DOMAINS": f"council.gov.uk,{text}"})
    assert set(told) == {"TWENTYDAYS_MAIL_DOMAINS"}
    assert repr(text) in told["TWENTYDAYS_MAIL_DOMAINS"]


def test_production_needs_domains_and_refuses_a_redirection(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, PRODUCTION | ELSEWHERE).mail_redirect is None
    given = {"TWENTYDAYS_MAIL_DOMAINS": "", "TWENTYDAYS_MAIL_REDIRECT": "me@council.example"}
    told = faults(monkeypatch, PRODUCTION | given)
    assert set(told) == {"TWENTYDAYS_MAIL_DOMAINS", "TWENTYDAYS_MAIL_REDIRECT"}


def test_outside_production_a_mail_server_elsewhere_needs_a_redirection(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, ELSEWHERE)
    assert set(told) == {"TWENTYDAYS_MAIL_REDIRECT"}
    assert "name the one address that gets every email" in told["TWENTYDAYS_MAIL_REDIRECT"]
    given = ELSEWHERE | {"TWENTYDAYS_MAIL_REDIRECT": "me@council.example"}
    assert loaded(monkeypatch, given).mail_redirect == "me@council.example"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.53", "::1", "localhost", "LOCALHOST"])
def test_a_mail_server_on_this_machine_needs_none(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert loaded(monkeypatch, {"TWENTYDAYS_SMTP_HOST": host}).mail_redirect is None


@pytest.mark.parametrize("host", ["0.0.0.0", "10.0.0.1", "localhost.council.example", "mail"])
def test_only_this_machine_counts_as_such(monkeypatch: pytest.MonkeyPatch, host: str) -> None:
    assert set(faults(monkeypatch, {"TWENTYDAYS_SMTP_HOST": host})) == {"TWENTYDAYS_MAIL_REDIRECT"}


def test_a_folder_needs_none_either(monkeypatch: pytest.MonkeyPatch) -> None:
    assert loaded(monkeypatch, ELSEWHERE | {"TWENTYDAYS_MAIL_TRANSPORT": "folder"}).mail_redirect is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_REDIRECT", "nobody"),
        ("MAIL_REDIRECT", "a@b.uk,c@d.uk"),
        ("MAIL_PER_MINUTE", "0"),
        ("MAIL_PER_MINUTE", "x"),
    ],
)
def test_a_value_that_cannot_be_used_is_told(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert set(faults(monkeypatch, {f"TWENTYDAYS_{name}": value})) == {f"TWENTYDAYS_{name}"}
