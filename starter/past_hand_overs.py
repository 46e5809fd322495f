"""The command `hand-overs`: who handed what over to whom, when and why."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Iterable
from typing import Annotated

from cyclopts import Parameter

from config.settings import load
from escalation.words import at
from register.hand_overs import HandOverRow, Part
from starter.office import Office

AsJson = Annotated[bool, Parameter(name="--json", negative="")]
NONE = "Nothing was ever handed over."


def hand_overs(*, limit: int = 20, json: AsJson = False) -> None:
    """Past hand-overs, newest first: who handed what over to whom, when and why.

    Parameters
    ----------
    limit: int
        How many at most.
    json: bool
        Print them as JSON.
    """
    found = Office(load()).register.hand_overs.listed(limit)
    if json:
        documents = [row.model_dump(mode="json") for row in found]
        print(jsonlib.dumps(documents, indent=1, ensure_ascii=False))
    else:
        print("\n".join(_told(row) for row in found) or NONE)


def _told(row: HandOverRow) -> str:
    """HO-1  Monday 2 November 2026 at 10:30am, Ruth Adeyemi (qau_manager): from … to …, why, and what"""
    why = f" ({row.reason})" if row.reason else ""
    what = [*_listed("escalations", row.escalations), *_listed("drafts", row.drafts)]
    who = f"{at(row.at)}, {row.name} ({row.by}): from {row.from_name} to {row.to_name}{why}"
    return "\n".join([f"{row.hand_over}  {who}", *(f"  {line}" for line in what)])


def _listed(kind: str, parts: Iterable[Part]) -> list[str]:
    references = ", ".join(part.reference for part in parts)
    return [f"{kind}: {references}"] if references else []
