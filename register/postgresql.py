"""How does PostgreSQL's driver write text that PostgreSQL would refuse?"""

from __future__ import annotations

from psycopg.abc import Buffer
from psycopg.types.string import StrDumperUnknown


class TextWithoutNul(StrDumperUnknown):
    """Text as psycopg writes it, less every NUL: one in a name would keep a whole history from being kept."""

    def dump(self, obj: str) -> Buffer | None:
        return super().dump(obj.replace("\x00", ""))
