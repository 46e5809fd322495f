"""What every entry of a history says, whatever else it says."""

from __future__ import annotations

from typing import Any

from pydantic import AwareDatetime

from escalation.procedure import Role, StageKey
from escalation.wire import Message


class Entry(Message):
    """One entry. `n` is its number in the history, from 1; `stage` the stage that it is about."""

    event: str
    n: int = 0
    at: AwareDatetime
    stage: StageKey | None = None
    by: Role | None = None
    on_behalf_of: Role | None = None
    name: str | None = None

    @property
    def details(self) -> dict[str, Any]:
        """What this kind of entry says beside what every entry says."""
        return self.model_dump(mode="json", exclude=set(Entry.model_fields), exclude_none=True)
