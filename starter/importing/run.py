"""What becomes of an extract? By default nothing is written: each row is ruled, and every fault told at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from itertools import islice

from pydantic import BaseModel, Field
from temporalio.client import Client

from escalation.errors import Fault
from starter.importing.rows import Extract, Row
from starter.importing.translating import Translated, Translator
from starter.intake import Intake, Result, Verdict

AT_ONCE = 200
"""Rows handed over together; progress is told as each is done."""


class Summary(BaseModel):
    """What became of the rows, or would. `faults` are those of rows that failed; `lacking`, what drafts need."""

    applied: bool
    rows: int = 0
    started: int = 0
    already_started: int = 0
    draft: int = 0
    refused: int = 0
    faults: list[Fault] = []
    lacking: list[Fault] = []
    advice: dict[str, int] = Field({}, description="How many rows got each advice.")
    quarantine: str | None = None
    unfinished: str | None = Field(None, description="Why it stopped before its end; running it again goes on.")


@dataclass
class Done:
    """One row, and what became of it."""

    row: Row
    result: Result
    faults: list[Fault] = field(default_factory=list)
    lacking: list[Fault] = field(default_factory=list)
    advice: list[str] = field(default_factory=list)


class Run:
    """One reading of one extract."""

    def __init__(self, extract: Extract, translator: Translator, intake: Intake) -> None:
        self._extract, self._translator, self._intake = extract, translator, intake
        self._first_lines: dict[str, int] = {}

    def rehearse(self) -> Iterator[Done]:
        """What would become of each row; nothing is written."""
        for row in self._extract.rows:
            translated = self._translated(row)
            yield translated if isinstance(translated, Done) else self._ruled(row, translated)

    async def apply(self, client: Client) -> AsyncIterator[Done]:
        """Start what each row asks for, in order. Raises NoOutcomeYet, RegisterUnavailable."""
        rows = iter(self._extract.rows)
        while together := list(islice(rows, AT_ONCE)):
            failed: list[Done] = []
            good: list[tuple[Row, Translated]] = []
            for row in together:
                translated = self._translated(row)
                foreseen = translated if isinstance(translated, Done) else self._misread(row, translated)
                if foreseen:
                    failed.append(foreseen)
                elif isinstance(translated, Translated):
                    good.append((row, translated))
            for done in failed:
                yield done
            verdicts = self._intake.take_each([translated.event for _, translated in good], client)
            number = 0
            async for verdict in verdicts:
                row, translated = good[number]
                number += 1
                yield self._done(row, translated, verdict)

    def _translated(self, row: Row) -> Translated | Done:
        if row.fault:
            return Done(row, "refused", [Fault("", row.fault, str(self._extract.file), row.line)])
        translated = self._translator.translate(row)
        first = self._first_lines.setdefault(translated.event_id, row.line)
        if first != row.line and not translated.misread:
            twice = f"says the event {translated.event_id} again, which is on line {first}: one row an event"
            return Done(row, "refused", [Fault("", twice, str(self._extract.file), row.line)])
        return translated

    def _misread(self, row: Row, translated: Translated) -> Done | None:
        """A row with a cell that nobody understood is ruled for its other faults, and never started."""
        return self._ruled(row, translated) if translated.misread else None

    def _ruled(self, row: Row, translated: Translated) -> Done:
        return self._done(row, translated, self._intake.rule(translated.event))

    def _done(self, row: Row, translated: Translated, verdict: Verdict) -> Done:
        """A field that could not be read is not also said to be missing, nor what it is a part of."""
        unread = list(translated.misread.values())
        told = [fault for fault in verdict.faults if not translated.explains(fault)]
        others = [self._translator.place(row, fault) for fault in told]
        advice = [warning.code for warning in verdict.warnings]
        if unread or verdict.result == "refused":
            return Done(row, "refused", [*unread, *others], advice=advice)
        return Done(row, verdict.result, lacking=others, advice=advice)


def summed(done: list[Done], *, applied: bool) -> Summary:
    counts = Counter(each.result for each in done)
    return Summary(
        applied=applied,
        rows=len(done),
        faults=[fault for each in done for fault in each.faults],
        lacking=[fault for each in done for fault in each.lacking],
        advice=Counter(code for each in done for code in each.advice),
        **{str(result): number for result, number in counts.items()},
    )
