"""Tokens on the command line: printed once, listed without their secret, revoked; and the one for trying the API."""

from __future__ import annotations

import stat
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.settings import Settings
from register.engine import open_register
from register.store import Register
from register.tokens import SCOPES, is_of, prefix_of
from starter.office import Office
from starter.tokens import ensure_development_token
from tests.empty_register import empty_register


def test_a_token_is_printed_once_and_then_only_its_beginning(run: Callable[..., Any], office: Office) -> None:
    made = run("token", "create", "once", "--scope", "read", "--scope", "act")
    assert made.code == 0
    written = made.out.strip()
    row = office.register.tokens.find(str(prefix_of(written)))
    assert row
    assert is_of(row, written)
    assert (row.name, row.scopes, row.expires_at) == ("once", ("read", "act"), None)
    listed = run("token", "list")
    assert f"td_{row.prefix}" in listed.out
    assert written not in listed.out + run("token", "list", "--json").out
    assert row.digest not in run("token", "list", "--json").out


def test_it_expires_when_its_last_day_in_london_has_passed(run: Callable[..., Any]) -> None:
    year = datetime.now(UTC).year + 1
    made = run("token", "create", "until summer", "--scope", "events", "--expires", f"{year}-07-31", "--json")
    assert made.json["expires_at"] == f"{year}-07-31T23:00:00Z"
    assert made.json["token"].startswith("td_")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("a\nb", "--scope", "read"), "A name is up to 80 letters"),
        (("a", "--scope", "read", "--expires", "2020-01-01"), "It would have expired already"),
    ],
)
def test_a_token_that_cannot_be_made_is_refused_in_words(
    run: Callable[..., Any], arguments: tuple[str, ...], says: str
) -> None:
    ran = run("token", "create", *arguments)
    assert ran.code == 2
    assert says in ran.out + ran.err


def test_a_revoked_token_stays_on_the_list_and_its_name_is_not_given_again(run: Callable[..., Any]) -> None:
    run("token", "create", "gone", "--scope", "read")
    assert run("token", "revoke", "gone").code == 0
    (row,) = [row for row in run("token", "list", "--json").json if row["name"] == "gone"]
    assert row["revoked_at"]
    again = run("token", "create", "gone", "--scope", "read")
    assert (again.code, "choose another" in again.err) == (2, True)
    unknown = run("token", "revoke", "nobody")
    assert (unknown.code, "token list" in unknown.err) == (2, True)


# The one for trying ---------------------------------------------------------------------------------------------------


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    made = Settings(var=tmp_path)
    assert made.register_url == empty_register(tmp_path)
    return made


@pytest.fixture
def register(settings: Settings) -> Iterator[Register]:
    opened = open_register(settings.register_url)
    yield opened
    opened.close()


def test_the_file_holds_a_token_with_every_scope_and_is_its_owners_alone(
    settings: Settings, register: Register
) -> None:
    file = ensure_development_token(settings)
    assert file == settings.var / "token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    (row,) = register.tokens.everyone()
    assert is_of(row, file.read_text(encoding="ascii").strip())
    assert row.scopes == SCOPES


def test_a_token_that_still_opens_is_kept_and_its_file_closed_to_others(settings: Settings, register: Register) -> None:
    file = ensure_development_token(settings)
    written = file.read_text(encoding="ascii")
    file.chmod(0o644)
    assert ensure_development_token(settings).read_text(encoding="ascii") == written
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(register.tokens.everyone()) == 1


@pytest.mark.parametrize("why", ["revoked", "lost", "broken", "not ascii"])
def test_one_that_opens_nothing_is_replaced(settings: Settings, register: Register, why: str) -> None:
    file = settings.var / "token"
    old, row = _kept_before(register)
    file.write_text(old, encoding="ascii")
    match why:
        case "revoked":
            register.tokens.revoke(row, datetime.now(UTC))
        case "lost":
            file.unlink()
        case "broken":
            file.write_text(old[:-1] + "!", encoding="ascii")
        case "not ascii":
            file.write_bytes(b"\xff")
    ensure_development_token(settings)
    new = file.read_text(encoding="ascii").strip()
    assert new != old
    found = register.tokens.find(str(prefix_of(new)))
    assert found
    assert found.why_not(datetime.now(UTC)) is None


def _kept_before(register: Register) -> tuple[str, str]:
    from register.tokens import mint

    text, row = mint("kept before", SCOPES, datetime.now(UTC) - timedelta(days=1))
    register.tokens.keep(row)
    return text, row.name
