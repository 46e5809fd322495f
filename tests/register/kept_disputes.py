"""Disputes as a register keeps them, and the figures of a report that is made from their rows."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from escalation.figures import Figures
from escalation.history import Closed, HistoryEntry, Raised, Withdrawn
from escalation.procedure import Procedure
from escalation.summary import Summary
from escalation.wire import Subject
from register.store import Register
from tests.escalation.driver import a_procedure

START = datetime(2026, 1, 5, 10, tzinfo=UTC)
MARCH = date(2026, 3, 1), date(2026, 3, 31)


def day(n: float) -> datetime:
    return START + timedelta(days=n)


def procedure(key: str = "ours") -> Procedure:
    lists = {
        "theme": {"title": "T", "items_in": "issue", "codes": [{"code": n, "title": str(n)} for n in (1, 2)]},
        "area": {"title": "A", "codes": [{"code": "Strategic issues", "title": "S"}]},
        "ground": {
            "title": "G",
            "codes": [{"code": 1, "title": "A", "stages": ["S1"]}, {"code": 1, "title": "B", "stages": ["S2"]}],
        },
    }
    lists["theme"]["codes"][0]["items"] = ["Late", "Poor"]  # type: ignore[index]
    reports = {
        "closed": {"title": "C", "period": "quarter", "patterns_from": 2},
        "raised": {
            "title": "R",
            "period": "year",
            "belongs": "raised",
            "counts": ["raised_by", "team", "carer", "started_at", "subject", "theme"],
        },
        "listed": {"title": "L", "period": "month", "open_at": ["S2"], "counts": ["ground"]},
        "flagged": {"title": "F", "period": "year", "belongs": "raised", "flag": "partner_agency"},
        "reached": {"title": "S", "period": "year", "reached": ["S2"], "outcomes": ["resolved", "withdrawn"]},
    }
    cafcass = {"to": "watcher", "subjects": ["lac"]}
    more = {"taxonomies": lists, "reports": reports, "cap": {"working_days": 20}, "cafcass": cafcass, "key": key}
    return a_procedure({}, {}, {}, **more)


def a_history(*rest: HistoryEntry, **fields: Any) -> list[HistoryEntry]:
    raised = Raised(at=day(0), stage="S1", by="iro", reference="XXX", subject=Subject(kind="lac"), fields=fields)
    return [raised, *rest]


def keep(register: Register, of: Procedure, n: int, history: Sequence[HistoryEntry], upto: int | None = None) -> None:
    """The history as far as `upto`, under a reference of its own."""
    reference = f"{of.key.upper()}-{n:03}"
    renamed = [e.model_copy(update={"reference": reference}) if isinstance(e, Raised) else e for e in history]
    entries = [entry.model_copy(update={"n": n}) for n, entry in enumerate(renamed, 1)][:upto]
    ended = next((entry for entry in entries if isinstance(entry, Closed | Withdrawn)), None)
    summary = Summary(
        reference=reference,
        procedure=of.key,
        procedure_version=of.version,
        subject_kind="lac",
        raised_at=entries[0].at,
        stage="S1",
        status="closed" if ended else "awaiting_response",
        closed_at=ended.at if ended else None,
        n=len(entries),
    )
    register.record(f"escalation/{of.key}/{reference}", entries, summary)


def from_rows(
    register: Register, of: Procedure, key: str, first: date | None, last: date | None, on: date | None
) -> Figures:
    return register.reports.figures(of, key, first, last, on).model_copy(update={"before": None})
