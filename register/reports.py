"""What do the disputes of a report come to? From their rows, alike ones at once; whole months are counted once."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from escalation.figures import Figures, Line, PeriodBefore, Standing
from escalation.outstanding import whose_turn
from escalation.periods import a_period_before, the_period_before
from escalation.procedure import Procedure, Report
from escalation.reporting import Counted, how_they_went, just_lists, report_of, told
from register.cases import Cases
from register.count import Count
from register.disputes import WRITTEN_AS, Disputes
from register.statements import Transaction, insert_or
from register.tables import changed_months, period_figures

KEPT_AS = 2
"""To be raised whenever what is kept of a whole month says more: what was kept before is then counted again."""


class Reports:
    """Counts disputes for reports."""

    def __init__(self, read: Transaction, write: Transaction) -> None:
        self._read, self._write = read, write
        self._cases, self._disputes = Cases(read), Disputes(read, write)

    def figures(
        self,
        procedure: Procedure,
        key: str,
        first: date | None = None,
        last: date | None = None,
        on: date | None = None,
        report: Report | None = None,
    ) -> Figures:
        """As `escalation.reporting.figures` makes them of all histories, and the period before beside them.

        `report`: what is counted in place of the procedure's own report of that key. Raises UnknownReport.
        """
        asked = report or report_of(procedure, key)
        self._disputes.catch_up()
        counted = self.counted(procedure, asked, first, last, on)
        counted = counted._replace(standing=self._with_turns(asked, counted.standing, on or last))
        # A meeting looks back at what was decided, and a log carries what was begun at any time.
        since = None if asked.meeting or asked.log else first or a_period_before(asked, on)
        made = self._cases.recorded(procedure.key, since, on or last) if asked.all_recordings else []
        before = self._before(procedure, asked, first, last)
        return told(procedure, key, asked, counted, made, first, last, on, before)

    def _before(
        self, procedure: Procedure, report: Report, first: date | None, last: date | None
    ) -> PeriodBefore | None:
        """Where the period is one of whole months, that before it."""
        dates = the_period_before(first, last)
        if dates is None or just_lists(report, first, last):
            return None
        counted = self.counted(procedure, report, *dates)
        ends = {"first": dates[0], "last": dates[1], "open": len(counted.standing)}
        return PeriodBefore.model_validate(how_they_went(procedure, counted.tally) | ends)

    def _with_turns(self, report: Report, standing: Mapping[str, Standing], day: date | None) -> Mapping[str, Standing]:
        """Those that the report lists say whose turn it was."""
        listed = [key for key, one in standing.items() if one.stage in (report.open_at or [])]
        if not listed:
            return standing
        turns = {
            key: whose_turn(procedure, entries, standing[key], day)
            for key, procedure, entries in self._cases.histories(listed, day)
        }
        return {**standing, **turns}

    def counted(
        self,
        procedure: Procedure,
        report: Report,
        first: date | None = None,
        last: date | None = None,
        on: date | None = None,
    ) -> Counted:
        """As `escalation.reporting.count` counts them one by one from all histories. Rows must be up to date.

        What the disputes of whole months came to is kept, and is right until something of these months, or of one
        before, is written down late.
        """
        whole = the_period_before(first, last) is not None and on is None
        key = _digest(procedure, report, first, last)
        with self._read() as connection:
            _as_of_one_instant(connection)
            changes = _changes(connection, procedure.key, last)
            if whole and (kept := _kept(connection, key, changes)):
                return kept
            counted = Count(connection, procedure, report, first, last, on).made()
        if whole:
            self._keep(procedure.key, key, changes, counted)
        return counted

    def _keep(self, procedure: str, key: str, changes: int, counted: Counted) -> None:
        said = {"report": key, "procedure": procedure, "changes": changes, "body": _as_text(counted)}
        with self._write() as connection:
            statement = insert_or(connection.dialect.name, period_figures)
            new = {name: statement.excluded[name] for name in ("changes", "body")}
            connection.execute(statement.on_conflict_do_update(index_elements=["report"], set_=new), said)


def _as_of_one_instant(connection: Connection) -> None:
    """All statements of a report see the same register; SQLite does so anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("set transaction isolation level repeatable read")


def _digest(procedure: Procedure, report: Report, first: date | None, last: date | None) -> str:
    said = [WRITTEN_AS, KEPT_AS, procedure.version, report.model_dump_json(), str(first), str(last)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()


def _changes(connection: Connection, procedure: str, last: date | None) -> int:
    """How often anything that a report until this date tells of was written down."""
    query = select(func.coalesce(func.sum(changed_months.c.changes), 0)).where(changed_months.c.procedure == procedure)
    return int(connection.scalar(query if last is None else query.where(changed_months.c.month <= last)) or 0)


def _kept(connection: Connection, key: str, changes: int) -> Counted | None:
    query = select(period_figures.c.body).where(period_figures.c.report == key, period_figures.c.changes == changes)
    body = connection.scalar(query)
    return _read_back(json.loads(body)) if body else None


def _as_text(counted: Counted) -> str:
    said = {
        "tally": [[list(key), n] for key, n in sorted(counted.tally.items()) if n],
        "standing": [one.model_dump(mode="json", exclude_defaults=True) for one in counted.standing.values()],
        "lines": [one.model_dump(mode="json") for one in counted.lines],
        "left_out": counted.left_out,
    }
    return json.dumps(said, separators=(",", ":"))


def _read_back(said: dict[str, Any]) -> Counted:
    standing = [Standing.model_validate(one) for one in said["standing"]]
    return Counted(
        Counter({tuple(key): n for key, n in said["tally"]}),
        {one.reference: one for one in standing},
        [Line.model_validate(one) for one in said["lines"]],
        said["left_out"],
    )
