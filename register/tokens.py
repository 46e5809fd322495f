"""Who may use the API, for what and until when? A token is shown once; its digest is what is kept."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import or_, select, update

from register.errors import RegisterError
from register.rows import TokenRow
from register.statements import Transaction, insert_new
from register.tables import tokens

Scope = Literal["read", "act", "events", "directory"]
SCOPES: tuple[Scope, ...] = get_args(Scope)

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._-]{0,79}")
WRITTEN = re.compile(r"td_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")
"""`td_`, the prefix by which it is found, and 256 random bits: found by scanners that look for secrets in code."""
A_MINUTE = timedelta(minutes=1)


class NameTaken(RegisterError):
    """A token of this name was made before; names stand in histories and are never given twice."""


class UnknownToken(RegisterError):
    """There is no token of this name."""


class UnusableToken(RegisterError):
    """A token cannot be made as it was asked for."""


def mint(name: str, scopes: Sequence[Scope], at: datetime, expires_at: datetime | None = None) -> tuple[str, TokenRow]:
    """A new token, and the row to keep of it. Raises UnusableToken with every fault."""
    faults = []
    if not NAME.fullmatch(name):
        faults.append("A name is up to 80 letters, digits, spaces, dots, hyphens and underscores.")
    if not scopes or set(scopes) - set(SCOPES):
        faults.append(f"Give at least one scope of {', '.join(SCOPES)}, and no other.")
    if expires_at is not None and expires_at <= at:
        faults.append("It would have expired already: give a date that is still to come.")
    if faults:
        raise UnusableToken("\n".join(faults))
    prefix = secrets.token_hex(6)
    text = f"td_{prefix}_{secrets.token_urlsafe(32)}"
    held = tuple(scope for scope in SCOPES if scope in scopes)
    row = TokenRow(
        prefix=prefix, name=name, digest=digest_of(text), scopes=held, created_at=at, expires_at=expires_at
    )  # fmt: skip
    return text, row


def digest_of(text: str) -> str:
    """What is kept of a token. It is random enough that no slow hash is needed."""
    return hashlib.sha256(text.encode()).hexdigest()


def prefix_of(text: str) -> str | None:
    """By what to look a token up; None where it is not written as ours are."""
    written = WRITTEN.fullmatch(text)
    return written[1] if written else None


def is_of(row: TokenRow | None, text: str) -> bool:
    """Whether the row is this token's. As slow for a token that nobody made as for one with another secret."""
    return hmac.compare_digest(row.digest if row else "0" * 64, digest_of(text)) and row is not None


class Tokens:
    """The register's tokens, by prefix and by name."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write

    def keep(self, row: TokenRow) -> None:
        """Raises NameTaken."""
        with self._write() as connection:
            if not insert_new(connection, tokens, row.model_dump() | {"scopes": " ".join(row.scopes)}):
                raise NameTaken(
                    f"There is, or was, a token named {row.name}. Names stand in histories, so each is given once: "
                    "choose another."
                )

    def find(self, prefix: str) -> TokenRow | None:
        with self._read() as connection:
            row = connection.execute(select(tokens).where(tokens.c.prefix == prefix)).mappings().first()
        return TokenRow.model_validate(dict(row)) if row else None

    def everyone(self) -> list[TokenRow]:
        """All that were ever made, by name."""
        with self._read() as connection:
            found = connection.execute(select(tokens).order_by(tokens.c.name))
            return [TokenRow.model_validate(dict(row)) for row in found.mappings()]

    def revoke(self, name: str, at: datetime) -> None:
        """From now on it opens nothing; it stays on the list. The first revocation stands. Raises UnknownToken."""
        live = (tokens.c.name == name, tokens.c.revoked_at.is_(None))
        with self._write() as connection:
            revoked = connection.execute(update(tokens).where(*live).values(revoked_at=at))
            if not revoked.rowcount and connection.scalar(select(tokens.c.prefix).where(tokens.c.name == name)) is None:
                raise UnknownToken(f"There is no token named {name}. `twentydays token list` shows those there are.")

    def note_used(self, row: TokenRow, at: datetime) -> None:
        """Written at most once a minute, whoever asks."""
        if row.last_used_at is not None and at - row.last_used_at < A_MINUTE:
            return
        stale = or_(tokens.c.last_used_at.is_(None), tokens.c.last_used_at <= at - A_MINUTE)
        with self._write() as connection:
            connection.execute(update(tokens).where(tokens.c.prefix == row.prefix, stale).values(last_used_at=at))
