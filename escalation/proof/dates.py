"""Does what was found in working days hold for every start date, and how many calendar days does it take?"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from escalation.deadlines import due
from escalation.messages import StageClock
from escalation.proof.paths import Paths, Step
from escalation.working_days import Calendar


@dataclass(frozen=True)
class Span:
    """From the day 0 of a path to the London date on which it ends."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """Calendar days."""
        return (self.end - self.start).days

    @property
    def sees_christmas(self) -> bool:
        return any(self.start <= date(year, 12, 25) <= self.end for year in {self.start.year, self.end.year})


@dataclass(frozen=True)
class Years:
    """One path begun on every date of some years: the longest, with and without a Christmas in it, and the usual."""

    longest: Span
    at_christmas: Span | None
    otherwise: Span | None
    usual: int
    faults: tuple[str, ...] = ()


class Dates:
    """Every start date from `first` to `last`, counted by one calendar, which must reach beyond them."""

    def __init__(self, calendar: Calendar, first: date, last: date) -> None:
        self.calendar = calendar
        self.starts = [first + timedelta(days=n) for n in range((last - first).days + 1)]
        span = (calendar.first + timedelta(days=n) for n in range((calendar.last - calendar.first).days + 1))
        self._asked = 0
        self._working = [day for day in span if calendar.is_working(day)]

    def on(self, start: date, working_day: int) -> date:
        """The date of a working day of a path, by its place in the list of all working days."""
        if working_day == 0:
            return start
        return self._working[bisect_right(self._working, start) + working_day - 1]

    def holds(self, furthest: int) -> list[str]:
        """Whether N days after M days are N + M days, as paths take for granted: the calendar is asked for each.

        Every date is a start, so every date on which a later stage can begin is asked too. What was asked before is
        not asked again.
        """
        wrong = []
        for days in range(self._asked, furthest + 1):
            counted = ((start, self.calendar.after(start, days)) for start in self.starts)
            wrong += [f"{days} working days after {at} are {day}" for at, day in counted if day != self.on(at, days)]
        self._asked = max(self._asked, furthest + 1)
        return wrong

    def disagreeing(self, paths: Paths, cap: int | None) -> list[str]:
        """Every stay of every path by the rule that an open case uses: on one start date, `holds` gives the others."""
        return [wrong for step in paths.stays() for wrong in self._wrong_deadlines(self.starts[0], [step], cap)]

    def walk(self, steps: Sequence[Step], cap: int | None) -> Years:
        """One path, begun on every date, with its deadlines by the rule that an open case uses."""
        spans = [Span(start, self.on(start, steps[-1].on)) for start in self.starts]
        christmas = [span for span in spans if span.sees_christmas]
        others = [span for span in spans if not span.sees_christmas]
        return Years(
            longest=_longest(spans),
            at_christmas=_longest(christmas) if christmas else None,
            otherwise=_longest(others) if others else None,
            usual=Counter(span.days for span in spans).most_common(1)[0][0],
            faults=tuple(wrong for start in self.starts for wrong in self._wrong_deadlines(start, steps, cap)),
        )

    def _wrong_deadlines(self, start: date, steps: Sequence[Step], cap: int | None) -> Iterator[str]:
        for step in steps:
            if step.due is None:
                continue
            begun = None if cap is None or step.entered.cap is None else self.on(start, step.entered.cap - cap)
            clock = StageClock(working_days=step.given, cap_working_days=cap, cap_day_zero=begun)
            falls = due(clock, self.on(start, step.entered.zero), self.calendar)
            if falls is None or falls.day != self.on(start, step.due) or (falls.cap and falls.at > falls.cap):
                yield f"begun on {start}, {step.stage} does not fall due on working day {step.due} of the whole"


def _longest(spans: Sequence[Span]) -> Span:
    return max(spans, key=lambda span: span.days)
