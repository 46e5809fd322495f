"""Commands for the API's tokens: make one, list them, revoke one. A token is shown once, when it is made."""

from __future__ import annotations

import json as jsonlib
import os
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console
from rich.table import Table

from config.settings import Settings, load
from escalation.words import at
from escalation.working_days import LONDON
from register import tokens as kept
from register.engine import open_register
from register.rows import TokenRow
from register.store import Register
from register.tokens import SCOPES, Scope
from starter.office import Office

token = App(name="token", help="Tokens with which programs use the API.")
AsJson = Annotated[bool, Parameter(name="--json", negative="")]
TOKEN_FILE = "token"  # noqa: S105 - the name of a file
OPENS_TO = 0o600


@token.command
def create(
    name: str,
    *,
    scope: Annotated[tuple[Scope, ...], Parameter(negative="", consume_multiple=False)],
    expires: date | None = None,
    json: AsJson = False,
) -> None:
    """Make a token and print it: it cannot be shown again. Its name stands in the history of what is done with it.

    Parameters
    ----------
    name: str
        What uses it, such as "case system". A name is never given twice.
    scope: tuple[Scope, ...]
        read (escalations, the directory), act (do every act), events (hand in case events), directory (change it).
        Give the option once for each.
    expires: date | None
        The last day on which it opens anything, such as 2027-03-31.
    json: bool
        Print it as JSON, with its name and scopes.
    """
    text, row = kept.mint(name, scope, datetime.now(UTC), _end_of(expires) if expires else None)
    Office(load()).register.tokens.keep(row)
    print(jsonlib.dumps({"token": text, **_shown(row)}, indent=1) if json else text)


@token.command(name="list")
def list_(*, json: AsJson = False) -> None:
    """Every token that was ever made: its scopes, its end, and when it was last used.

    Parameters
    ----------
    json: bool
        Print them as JSON.
    """
    rows = Office(load()).register.tokens.everyone()
    if json:
        print(jsonlib.dumps([_shown(row) for row in rows], indent=1))
    elif rows:
        Console().print(_table(rows, datetime.now(UTC)))
    else:
        print("No tokens. `twentydays token create NAME --scope read` makes one.")


@token.command
def revoke(name: str) -> None:
    """From now on this token opens nothing. It stays on the list, and its name is not given again."""
    Office(load()).register.tokens.revoke(name, datetime.now(UTC))
    print(f"The token {name} opens nothing any more.")


def ensure_development_token(settings: Settings) -> Path:
    """The file of a token with every scope, for trying the API on this machine; made anew where it opens nothing.

    For the embedded stack alone: the file is readable by its owner only. The register must be prepared.
    """
    file, now = settings.var / TOKEN_FILE, datetime.now(UTC)
    register = open_register(settings.register_url)
    try:
        if not _opens(register, file, now):
            _make(register, file, now)
    finally:
        register.close()
    return file


def _opens(register: Register, file: Path, now: datetime) -> bool:
    """Whether the file holds a live token of this register with every scope, and is nobody else's to read."""
    try:
        text = file.read_text(encoding="ascii").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        return False
    prefix = kept.prefix_of(text)
    row = register.tokens.find(prefix) if prefix else None
    file.chmod(OPENS_TO)
    return row is not None and kept.is_of(row, text) and row.why_not(now) is None and set(SCOPES) <= set(row.scopes)


def _make(register: Register, file: Path, now: datetime) -> None:
    """A name for each, since names stand in histories; the file appears whole or not at all."""
    text, row = kept.mint(f"development {now.astimezone(LONDON):%Y-%m-%d %H.%M.%S}", SCOPES, now)
    register.tokens.keep(row)
    draft = file.with_suffix(".draft")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OPENS_TO), "w", encoding="ascii") as stream:
        stream.write(f"{text}\n")
    draft.replace(file)


def _end_of(day: date) -> datetime:
    """The instant at which a London date has passed."""
    return datetime.combine(day + timedelta(days=1), time(0), LONDON).astimezone(UTC)


def _shown(row: TokenRow) -> dict[str, object]:
    return row.model_dump(mode="json", exclude={"digest"})


def _table(rows: list[TokenRow], now: datetime) -> Table:
    table = Table("Name", "Begins with", "Scopes", "Last used", "State", box=None)
    for row in rows:
        used = at(row.last_used_at) if row.last_used_at else "never"
        table.add_row(row.name, f"td_{row.prefix}", " ".join(row.scopes), used, _state(row, now))
    return table


def _state(row: TokenRow, now: datetime) -> str:
    if row.revoked_at:
        return f"revoked {at(row.revoked_at)}"
    if row.expires_at:
        return "expired" if row.why_not(now) else f"until {at(row.expires_at)}"
    return "live"
