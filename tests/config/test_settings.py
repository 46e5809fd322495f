"""Does a wrong environment get every fault at once, and does production refuse what is only good for trying?"""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as fuzzing
from hypothesis import strategies as st

from config.keys import KeyRing
from config.settings import Settings, load, variable
from config.settings_table import settings_table
from escalation.errors import InvalidDocument

PRODUCTION_KEYS = KeyRing.generate("2026-11").text


def faults(monkeypatch: pytest.MonkeyPatch, **given: str) -> dict[str, str]:
    """What is wrong with these variables, by the variable named."""
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InvalidDocument) as refusal:
        load()
    return {fault.where: fault.message for fault in refusal.value.faults}


def test_an_empty_environment_is_a_development_system() -> None:
    settings = load()
    assert (settings.environment, settings.smtp_tls, settings.public_url) == (
        "development",
        "off",
        "http://127.0.0.1:8400",
    )
    assert (settings.register_url, settings.mail_folder) == ("sqlite:///var/register.db", Path("var/mail"))


def test_what_is_derived_follows_what_it_derives_from(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWENTYDAYS_VAR", "/srv/twentydays")
    monkeypatch.setenv("TWENTYDAYS_WEB_PORT", "9000")
    settings = load()
    assert settings.register_url == "sqlite:////srv/twentydays/register.db"
    assert (settings.keys_file, settings.public_url) == (Path("/srv/twentydays/keys"), "http://127.0.0.1:9000")


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWENTYDAYS_SMTP_PORT", "")
    assert load().smtp_port == 8425


def test_every_fault_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(
        monkeypatch,
        TWENTYDAYS_ENVIRONMENT="production",
        TWENTYDAYS_VAR="/srv/none",
        TWENTYDAYS_SMTP_PORT="eight",
        TWENTYDAYS_WEB_PROT="80",
        TWENTYDAYS_SMTP_TLS="off",
        TWENTYDAYS_SMTP_USER="relay",
        TWENTYDAYS_MAIL_FROM="nobody",
        TWENTYDAYS_PUBLIC_URL="council.example",
    )
    assert told["TWENTYDAYS_SMTP_PORT"] == "must be a whole number"
    assert "did you mean `TWENTYDAYS_WEB_PORT`?" in told["TWENTYDAYS_WEB_PROT"]
    assert "/srv/none/keys is not there" in told["TWENTYDAYS_KEYS"]
    assert set(told) == {
        f"TWENTYDAYS_{name}"
        for name in (
            *("SMTP_PORT", "WEB_PROT", "SMTP_TLS", "SMTP_PASSWORD"),
            *("MAIL_FROM", "MAIL_DOMAINS", "PUBLIC_URL", "KEYS"),
        )
    }


def test_production_starts_with_keys_of_its_own_and_mail_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWENTYDAYS_ENVIRONMENT", "production")
    monkeypatch.setenv("TWENTYDAYS_KEYS", PRODUCTION_KEYS)
    monkeypatch.setenv("TWENTYDAYS_MAIL_DOMAINS", "council.example")
    assert load().smtp_tls == "required"


def test_production_refuses_development_keys_wherever_they_stand(
    monkeypatch: pytest.MonkeyPatch, clean_environment: Path
) -> None:
    KeyRing.load(load())
    assert (clean_environment / "var" / "keys").exists()
    assert "is a development key" in faults(monkeypatch, TWENTYDAYS_ENVIRONMENT="production")["TWENTYDAYS_KEYS"]
    second = f"{PRODUCTION_KEYS},{KeyRing.generate().text}"
    assert "is a development key" in faults(monkeypatch, TWENTYDAYS_KEYS=second)["TWENTYDAYS_KEYS"]


def test_a_faulty_key_is_never_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    told = faults(monkeypatch, TWENTYDAYS_KEYS="2026-11:c2VjcmV0,hunter2", TWENTYDAYS_SMTP_PASSWORD="hunter2")
    assert "has 6 bytes, not 32" in told["TWENTYDAYS_KEYS"]
    assert "c2VjcmV0" not in str(told) and "hunter2" not in str(told)


def test_a_printed_setting_shows_no_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWENTYDAYS_KEYS", PRODUCTION_KEYS)
    monkeypatch.setenv("TWENTYDAYS_SMTP_USER", "relay")
    monkeypatch.setenv("TWENTYDAYS_SMTP_PASSWORD", "hunter2")
    settings = load()
    assert settings.smtp_password and settings.smtp_password.get_secret_value() == "hunter2"
    assert "hunter2" not in repr(settings) and PRODUCTION_KEYS not in repr(settings)


def test_secrets_come_from_files_too_and_the_environment_goes_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "twentydays_smtp_user").write_text("relay\n", encoding="utf-8")
    (tmp_path / "twentydays_smtp_password").write_text("from-file\n", encoding="utf-8")
    (tmp_path / "of_another_service").write_text("x", encoding="utf-8")
    monkeypatch.setenv("TWENTYDAYS_SECRETS_DIR", str(tmp_path))
    settings = load()
    assert settings.smtp_password and settings.smtp_password.get_secret_value() == "from-file"
    monkeypatch.setenv("TWENTYDAYS_SMTP_USER", "other")
    assert load().smtp_user == "other"


def test_faults_of_the_secrets_folder_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missing = faults(monkeypatch, TWENTYDAYS_SECRETS_DIR=str(tmp_path / "none"))
    assert missing == {"TWENTYDAYS_SECRETS_DIR": "there is no such folder"}
    (tmp_path / "twentydays_smtp_pasword").write_text("x", encoding="utf-8")
    misspelt = faults(monkeypatch, TWENTYDAYS_SECRETS_DIR=str(tmp_path))
    assert "`TWENTYDAYS_SMTP_PASSWORD`" in misspelt["twentydays_smtp_pasword"]
    (tmp_path / "twentydays_smtp_pasword").rename(tmp_path / "twentydays_smtp_password")
    (tmp_path / "twentydays_smtp_password").write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in faults(monkeypatch)["TWENTYDAYS_SECRETS_DIR"]


@pytest.mark.parametrize(
    "sender", ["a\nBcc: b@council.example", "A <a@b@c>", "x", "Twentydays <a@council.example\r\n>"]
)
def test_a_sender_that_could_forge_a_header_is_refused(monkeypatch: pytest.MonkeyPatch, sender: str) -> None:
    assert set(faults(monkeypatch, TWENTYDAYS_MAIL_FROM=sender)) == {"TWENTYDAYS_MAIL_FROM"}


def test_the_table_has_a_described_row_for_every_setting() -> None:
    rows = settings_table().splitlines()[2:]
    for name, field in Settings.model_fields.items():
        assert field.description
        assert any(row.startswith(f"| `{variable(name)}` |") and field.description in row for row in rows)
    assert "| `TWENTYDAYS_DIRECTORY` | `config/directory/sample.yaml` |" in settings_table()


environment_text = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=30)


@fuzzing(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(map(variable, Settings.model_fields))), environment_text, max_size=6))
def test_whatever_is_set_is_taken_or_refused_with_faults(
    monkeypatch: pytest.MonkeyPatch, given: dict[str, str]
) -> None:
    with monkeypatch.context() as patch:
        for name, value in given.items():
            patch.setenv(name, value)
        told = ["TWENTYDAYS_"]
        try:
            load()
        except InvalidDocument as refusal:
            told = [fault.where for fault in refusal.faults]
    assert told and all(where.upper().startswith("TWENTYDAYS_") for where in told)
