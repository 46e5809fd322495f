"""What do the disputes of a report come to, counted from their rows, alike ones at once, as they were on its date?"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, Result, RowMapping, Select, or_, select

from escalation.alike import SOME_DAY, replaced
from escalation.figures import Line
from escalation.past import Past
from escalation.procedure import Procedure, Report
from escalation.reporting import MOST, Counted, belongs, concerns, ended_so, just_lists, line, standing_of, stands
from escalation.tally import Column, Part, Tally, number, parts, tally
from register.cases import as_it_was, end_of_day
from register.tables import alike, disputes

D = disputes.c
OWN: tuple[Column, ...] = ("team", "raised_by", "subject")
COMMON = ("course", "form")
PAGE, BLOCK = 500, 10_000


class Count:
    """One count, within one transaction."""

    def __init__(
        self,
        connection: Connection,
        procedure: Procedure,
        report: Report,
        first: date | None,
        last: date | None,
        on: date | None,
    ) -> None:
        self._connection, self._procedure, self._report = connection, procedure, report
        self._first, self._last, self._day = first, last, on or last
        self._parts = parts(procedure, report)
        self._bodies: dict[int | None, dict[str, Any]] = {}
        self._courses: dict[int | None, Past] = {}
        self._met: dict[Column, set[Any]] = {}
        """Of the columns by which the report chooses, what stands in those that it counts."""

    def made(self) -> Counted:
        still_open = [case for case in self._open() if case.was_open(self._day)]
        if just_lists(self._report, self._first, self._last):
            return self._of([case for case in still_open if case.stage in (self._report.open_at or [])], still_open)
        was = self._touched(self._belongs())
        of_then = [case for case in was if belongs(self._report, case, self._first, self._last)]
        counted = tally(self._parts, of_then)
        counted.update(self._alike())
        ours = sorted((self._line(case) for case in of_then), key=lambda one: one.reference)
        lines = list(islice(merge(ours, self._lines(), key=lambda one: one.reference), MOST))
        return Counted(counted, standing_of(still_open), lines, number(counted, "disputes") - len(lines))

    def _of(self, listed: list[Past], still_open: list[Past]) -> Counted:
        lines = [self._line(case) for case in sorted(listed, key=lambda case: case.reference)]
        return Counted(tally(self._parts, listed), standing_of(still_open), lines[:MOST], len(lines[MOST:]))

    def _line(self, case: Past) -> Line:
        return line(self._procedure, self._report, case, self._last)

    # Which rows -------------------------------------------------------------------------------------------------------

    def _ours(self) -> list[ColumnElement[bool]]:
        process = self._report.process
        return [D.procedure == self._procedure.key, D.process.is_(None) if process is None else D.process == process]

    def _belongs(self) -> list[ColumnElement[bool]]:
        day = D.raised_on if self._report.belongs == "raised" else D.closed_on
        return [
            *self._ours(),
            day.is_not(None),
            *([day >= self._first] if self._first else []),
            *([day <= self._last] if self._last else []),
        ]

    def _since(self) -> ColumnElement[bool] | None:
        """Of which something was told after the date: their rows say more than there was to say then."""
        return D.told_at >= end_of_day(self._day) if self._day else None

    # One by one -------------------------------------------------------------------------------------------------------

    def _open(self) -> list[Past]:
        if self._day is None:
            query = [*self._ours(), D.closed_on.is_(None)]
        else:
            query = [*self._ours(), D.raised_on <= self._day, or_(D.closed_on.is_(None), D.closed_on > self._day)]
        since = self._since()
        now = [self._past(row) for row in self._rows(select(disputes), query, None if since is None else ~since)]
        return [*(case for case in now if concerns(self._report, case)), *self._touched(query)]

    def _touched(self, which: list[ColumnElement[bool]]) -> list[Past]:
        """Those that have gone on since, as their histories told of them then."""
        since = self._since()
        if since is None:
            return []
        found = self._rows(select(D.escalation, D.process), which, since)
        was = as_it_was(self._connection, {row["escalation"]: row["process"] for row in found}, self._day)
        return [case for case in (stands(self._procedure, past) for past in was) if concerns(self._report, case)]

    def _lines(self) -> Iterator[Line]:
        """In the order of references, a page at a time: the first of many are found without sorting all of them."""
        after: str | None = None
        while page := self._page_of_lines(after):
            self._read_bodies({row[name] for row in page for name in COMMON})
            for row in page:
                case = stands(self._procedure, self._common(row["course"], row["form"]))
                if concerns(self._report, case) and ended_so(self._report, case):
                    own = {name: row[name] for name in ("reference", "raised_on", "closed_on")}
                    yield self._line(replaced(case, own))
            after = page[-1]["reference"]

    def _page_of_lines(self, after: str | None) -> Sequence[RowMapping]:
        postgresql = self._connection.dialect.name == "postgresql"
        by = D.reference.collate("C") if postgresql else D.reference  # by the characters' numbers, as Python sorts
        query = select(D.reference, D.raised_on, D.closed_on, D.course, D.form).where(*self._belongs())
        since = self._since()
        query = query if since is None else query.where(~since)
        query = query if after is None else query.where(by > after)
        for name, met in self._met.items():
            query = query.where(D[name].in_(sorted(met))) if len(met) <= BLOCK else query
        return self._connection.execute(query.order_by(by).limit(MOST)).mappings().all()

    def _rows(self, query: Select[Any], which: Sequence[Any], more: ColumnElement[bool] | None) -> Iterator[RowMapping]:
        query = query.where(*which) if more is None else query.where(*which, more)
        return self._paged(self._connection.execute(query, execution_options={"yield_per": PAGE}))

    def _past(self, row: RowMapping) -> Past:
        own = {name: row[name] for name in ("reference", "team", "raised_by", "subject", "raised_on", "closed_on")}
        case = replaced(self._common(row["course"], row["form"]), own)
        return stands(self._procedure, _of_carer(case, row["carer"]))

    # Alike ones at once -----------------------------------------------------------------------------------------------

    def _alike(self) -> Tally:
        """Those that have not gone on since. Each part asks for its columns; those that need the same, together.

        The rows are read once, whatever is counted by: they are what takes long.
        """
        together: dict[tuple[Column, ...], list[Part]] = {}
        for part in self._parts:
            together.setdefault(tuple(sorted(part.needs | self._filtered_by())), []).append(part)
        counted: Tally = Counter()
        self._met = {name: set() for name in self._filtered_by()}
        for needs, groups in self._groups(list(together)).items():
            self._read_in_common(groups, needs)
            for values, n in groups.items():
                said = dict(zip(needs, values, strict=True))
                case = self._like(said)
                if concerns(self._report, case) and ended_so(self._report, case):
                    for name, met in self._met.items():
                        met.add(said[name])
                    for part in together[needs]:
                        for key in part.keys(case):
                            counted[key] += n
        return counted

    def _filtered_by(self) -> frozenset[Column]:
        """What tells whether the report counts a dispute at all."""
        report = self._report
        course: set[Column] = {"course"} if report.reached is not None or report.outcomes is not None else set()
        return frozenset(course | ({"form"} if report.flag else set()))

    def _groups(self, wanted: Sequence[tuple[Column, ...]]) -> dict[tuple[Column, ...], Counter[tuple[Any, ...]]]:
        """How many rows have the same values, for each set of columns."""
        names = sorted({name for needs in wanted for name in needs})
        query, since = select(*(D[name] for name in names)).where(*self._belongs()), self._since()
        query = query if since is None else query.where(~since)
        found: dict[tuple[Column, ...], Counter[tuple[Any, ...]]] = {needs: Counter() for needs in wanted}
        rows = self._connection.execute(query, execution_options={"yield_per": BLOCK})
        for block in rows.partitions(BLOCK):
            columns = dict(zip(names, zip(*block, strict=True), strict=True))
            for needs, counted in found.items():
                counted.update(zip(*(columns[name] for name in needs), strict=True))
        return found

    def _like(self, said: Mapping[Column, Any]) -> Past:
        """An example of those that have these values."""
        own: dict[str, Any] = {name: said[name] for name in OWN if name in said}
        if said.get("days") is not None:
            own |= {"raised_on": SOME_DAY, "closed_on": SOME_DAY + timedelta(days=said["days"])}
        case = self._common(said.get("course"), said.get("form"))
        if own:
            case = replaced(case, own)
        return stands(self._procedure, _of_carer(case, said.get("carer")))

    def _common(self, course: int | None, form: int | None) -> Past:
        """What many have in common, as if it were one of them."""
        case = self._courses.get(course)
        if case is None:
            said = self._bodies.get(course, {})
            case = self._courses[course] = Past.model_validate(
                {"reference": "", "process": self._report.process, **said}
            )
        return replaced(case, self._bodies[form]) if form in self._bodies else case

    def _paged(self, rows: Result[Any]) -> Iterator[RowMapping]:
        """The rows, each once what it has in common with others is at hand."""
        for page in rows.mappings().partitions(PAGE):
            self._read_bodies({row[name] for row in page for name in COMMON if name in row})
            yield from page

    def _read_in_common(self, groups: Iterable[tuple[Any, ...]], needs: Sequence[Column]) -> None:
        places = [n for n, name in enumerate(needs) if name in COMMON]
        self._read_bodies({values[place] for values in groups for place in places})

    def _read_bodies(self, wanted: set[int]) -> None:
        missing = sorted(wanted - self._bodies.keys())
        for some in (missing[n : n + PAGE] for n in range(0, len(missing), PAGE)):
            found = self._connection.execute(select(alike).where(alike.c.digest.in_(some)))
            self._bodies.update({each.digest: json.loads(each.body) for each in found})


def _of_carer(case: Past, carer: str | None) -> Past:
    return replaced(case, {"fields": case.fields | {"carer": carer}}) if carer else case
