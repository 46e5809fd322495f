"""API tokens and acts under a key: kept as digests, found by prefix, revoked for good, answered once."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from register.store import Register
from register.tokens import NameTaken, UnknownToken, UnusableToken, is_of, mint, prefix_of

NOW = datetime(2026, 11, 2, 10, 30, tzinfo=UTC)


def test_a_token_is_found_by_its_prefix_and_known_by_its_digest(register: Register) -> None:
    written, row = mint("a case system", ["act", "read"], NOW)
    register.tokens.keep(row)
    found = register.tokens.find(str(prefix_of(written)))
    assert found == row
    assert is_of(found, written)
    assert row.scopes == ("read", "act")


def test_nothing_in_the_register_is_enough_to_use_a_token(register: Register, engine: Engine) -> None:
    written, row = mint("a case system", ["read"], NOW)
    register.tokens.keep(row)
    with engine.connect() as connection:
        held = [str(value) for value in connection.execute(text("select * from tokens")).one()]
    secret = written.removeprefix(f"td_{row.prefix}_")
    assert len(secret) == 43
    assert not any(secret in value for value in held)
    assert row.digest not in repr(row)


def test_another_secret_with_the_same_prefix_is_not_the_token(register: Register) -> None:
    written, row = mint("a case system", ["read"], NOW)
    other = written[:-1] + ("A" if written[-1] != "A" else "B")
    assert prefix_of(other) == row.prefix
    assert not is_of(row, other)
    assert not is_of(None, written)


@pytest.mark.parametrize("written", ["", "td_", "td_0123456789ab_short", "Bearer x", "td_0123456789AB_" + "a" * 43])
def test_what_is_not_written_as_ours_is_not_looked_up(written: str) -> None:
    assert prefix_of(written) is None


def test_a_name_is_never_given_twice_not_even_after_its_token_was_revoked(register: Register) -> None:
    register.tokens.keep(mint("a case system", ["read"], NOW)[1])
    register.tokens.revoke("a case system", NOW)
    with pytest.raises(NameTaken, match="choose another"):
        register.tokens.keep(mint("a case system", ["read"], NOW)[1])
    assert len(register.tokens.everyone()) == 1


def test_a_revoked_token_opens_nothing_and_the_first_revocation_stands(register: Register) -> None:
    _, row = mint("a case system", ["read"], NOW)
    register.tokens.keep(row)
    assert row.why_not(NOW) is None
    register.tokens.revoke("a case system", NOW)
    register.tokens.revoke("a case system", NOW + timedelta(days=1))
    (revoked,) = register.tokens.everyone()
    assert revoked.revoked_at == NOW
    assert revoked.why_not(NOW) == "This token was revoked."


def test_a_token_that_nobody_made_cannot_be_revoked(register: Register) -> None:
    with pytest.raises(UnknownToken, match="twentydays token list"):
        register.tokens.revoke("nobody", NOW)


def test_a_token_opens_until_its_last_instant(register: Register) -> None:
    end = NOW + timedelta(days=1)
    register.tokens.keep(mint("a case system", ["read"], NOW, end)[1])
    (row,) = register.tokens.everyone()
    assert row.why_not(end - timedelta(microseconds=1)) is None
    assert row.why_not(end) == "This token has expired."


def test_its_last_use_is_written_at_most_once_a_minute(register: Register) -> None:
    _, row = mint("a case system", ["read"], NOW)
    register.tokens.keep(row)
    seen = []
    for seconds in (0, 59, 60, 61):
        register.tokens.note_used(register.tokens.everyone()[0], NOW + timedelta(seconds=seconds))
        seen.append(register.tokens.everyone()[0].last_used_at)
    assert seen == [NOW, NOW, NOW + timedelta(seconds=60), NOW + timedelta(seconds=60)]


def test_two_processes_that_see_the_same_last_use_write_it_once(register: Register) -> None:
    _, row = mint("a case system", ["read"], NOW)
    register.tokens.keep(row)
    register.tokens.note_used(row, NOW + timedelta(seconds=30))
    register.tokens.note_used(row, NOW + timedelta(seconds=40))
    assert register.tokens.everyone()[0].last_used_at == NOW + timedelta(seconds=30)


def test_every_fault_of_a_token_is_told_at_once() -> None:
    with pytest.raises(UnusableToken) as told:
        mint("a\nname", [], NOW, NOW)
    assert len(str(told.value).splitlines()) == 3
    with pytest.raises(UnusableToken, match="read, act, events"):
        mint("x", ["read", "everything"], NOW)  # type: ignore[list-item]


def test_tokens_are_random() -> None:
    assert len({mint("x", ["read"], NOW)[0] for _ in range(100)}) == 100


def test_an_act_asked_for_again_is_found_as_it_was_first_asked_for(register: Register) -> None:
    first = register.ask("escalation/southwark/SWK-1", "api-x-1", "a digest", NOW)
    again = register.ask("escalation/southwark/SWK-1", "api-x-1", "another", NOW + timedelta(hours=1))
    assert again == first
    assert (first.digest, first.asked_at, first.receipt) == ("a digest", NOW, None)
    elsewhere = register.ask("escalation/southwark/SWK-2", "api-x-1", "another", NOW)
    assert elsewhere.digest == "another"


def test_the_first_receipt_of_an_act_stands(register: Register) -> None:
    register.ask("escalation/southwark/SWK-1", "api-x-1", "a digest", NOW)
    register.keep_receipt("escalation/southwark/SWK-1", "api-x-1", "{1}")
    register.keep_receipt("escalation/southwark/SWK-1", "api-x-1", "{2}")
    assert register.ask("escalation/southwark/SWK-1", "api-x-1", "a digest", NOW).receipt == "{1}"


def test_comparing_takes_the_same_way_whether_or_not_there_is_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[int, int]] = []
    real = hmac.compare_digest

    def noted(one: bytes, other: bytes) -> bool:
        compared.append((len(one), len(other)))
        return bool(real(one, other))

    monkeypatch.setattr("register.tokens.hmac.compare_digest", noted)
    written, row = mint("x", ["read"], NOW)
    is_of(row, written)
    is_of(None, written)
    assert compared == [(64, 64), (64, 64)]
