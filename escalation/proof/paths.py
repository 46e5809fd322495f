"""Every path that an escalation can take up its ladder, and when each ends, in working days after its first day 0.

Working days make one table serve every start date: N days after M days after a date are N + M days after it, whatever
holidays lie between. A path is what happens at each stage and on which working day: silence, the raiser going on, an
answer on which nobody decides, more time, notice of a stage. What is done on a day that does not count is as done on
the working day before it. The rules are those of escalation/rules; tests play both against each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from escalation.procedure import Procedure, Stage

End = Literal["held_last", "held_cap", "held", "asked", "undecided", "no_clock"]
ENDS: dict[End, str] = {
    "held_last": "it is held at the last stage",
    "held_cap": "it is held at the end of the total time",
    "held": "it is held there",
    "asked": "the raiser is asked whether it goes on",
    "undecided": "it is answered, and the raiser decides",
    "no_clock": "it stays there: the stage has no time of its own",
}
"""Where a path ends until the raiser, who is reminded of it, does something."""
MOST_AT_ONCE = 60
"""The longest time that a person can name in one act, working days (escalation/commands.py)."""


@dataclass(frozen=True)
class Entered:
    """A stay at a stage: entered on this working day, with the total time ending on `cap` if it runs."""

    place: int
    zero: int
    cap: int | None
    notice: int = 0


@dataclass(frozen=True)
class Step:
    """One stay of a path: the time given, the working day on which that falls due, and how and when the stay ended."""

    entered: Entered
    stage: str
    given: int | None
    due: int | None
    left: str
    on: int


@dataclass(frozen=True)
class Found:
    """What lies ahead of a stay: how many paths there are, and the longest with its end."""

    paths: int
    end: End
    steps: tuple[Step, ...]

    @property
    def days(self) -> int:
        """The working day on which the longest ends."""
        return self.steps[-1].on


class Paths:
    """The paths of one ladder of a procedure, from any stage at which it can start."""

    def __init__(self, procedure: Procedure, track: str | None = None) -> None:
        self.procedure = procedure
        self.ladder = procedure.ladder(track)
        self.found: dict[Entered, Found] = {}

    def start_places(self) -> list[int]:
        """Where on the ladder an escalation may start."""
        allowed = self.procedure.entry.start_at
        return [n for n, stage in enumerate(self.ladder) if allowed is None or stage.key in allowed]

    def all(self) -> Found:
        """Every path from every start; the longest of them."""
        return _together([self._ahead(entered) for place in self.start_places() for entered in self._entries(place)])

    def silence(self) -> Found:
        """The one path on which nobody ever does anything, from where the procedure begins."""
        entered = self.entered(self._begins(), 0, None)
        steps: list[Step] = []
        while True:
            step, then = self.in_silence(entered, self.due(entered))
            steps.append(step)
            if not isinstance(then, Entered):
                return Found(1, then, tuple(steps))
            entered = then

    def stays(self) -> list[Step]:
        """Every stay of every path, silent to each deadline that it can have."""
        self.all()
        return [self.in_silence(entered, due)[0] for entered in self.found for due in self._deadlines(entered)]

    def _begins(self) -> int:
        default = self.procedure.entry.default
        return next((n for n, stage in enumerate(self.ladder) if stage.key == default), self.start_places()[0])

    # Ways in ---------------------------------------------------------------------------------------------------------

    def _entries(self, place: int, zero: int = 0, cap: int | None = None) -> Iterator[Entered]:
        """Into a stage by an act: at once, or after notice."""
        yield self.entered(place, zero, cap)
        period = self.ladder[place].notice_period
        for days in range(1, period.most_working_days + 1 if period else 1):
            yield self.entered(place, zero, cap, days)

    def entered(self, place: int, zero: int, cap: int | None, notice: int = 0) -> Entered:
        rule = self.procedure.cap
        if cap is None and rule and self._starts_cap(self.ladder[place]):
            cap = zero + rule.working_days
        return Entered(place, zero, cap, notice)

    def _starts_cap(self, stage: Stage) -> bool:
        starts = self.procedure.cap.starts if self.procedure.cap else None
        if starts in {None, "first_alert"}:
            return True
        if starts == "formal":
            return stage.formal
        keys = [other.key for other in self.ladder]
        return starts in keys and keys.index(stage.key) >= keys.index(starts)

    # What can happen there -------------------------------------------------------------------------------------------

    def _ahead(self, entered: Entered) -> Found:
        if entered not in self.found:
            self.found[entered] = _together([*self._by_silence(entered), *self._by_acts(entered)])
        return self.found[entered]

    def _by_silence(self, entered: Entered) -> Iterator[Found]:
        """Nobody answers: at once, or after each length of time that people can give."""
        dues: list[int | None] = [*self._deadlines(entered)] or [None]
        for due in dues:
            step, then = self.in_silence(entered, due)
            yield self._ahead_of(step, then) if isinstance(then, Entered) else Found(1, then, (step,))

    def _by_acts(self, entered: Entered) -> Iterator[Found]:
        """The raiser goes on, whether answered or not, on any working day; or has an answer and never decides."""
        deadlines = self._deadlines(entered)
        latest = max(deadlines, default=entered.zero) if entered.cap is None else entered.cap
        for on in range(entered.zero, latest + 1):
            step = self._step(entered, self.due(entered), "the raiser goes on", on)
            for place in self._upwards(entered):
                yield from (self._ahead_of(step, into) for into in self._entries(place, on, entered.cap))
        if self.ladder[entered.place].response.stops_on == "response":
            step = self._step(entered, self.due(entered), "answered, and nobody decides", latest)
            yield Found(1, "undecided" if entered.cap is None else "held_cap", (step,))
        if self._is_last(entered) and not entered.notice:
            step = self._step(entered, self.due(entered), "answered; the raiser is not satisfied", latest)
            yield Found(1, "held_last", (step,))

    def _step(self, entered: Entered, due: int | None, left: str, on: int) -> Step:
        own = entered.notice or self.ladder[entered.place].response.working_days
        given = own if due is None or due == self.due(entered) else due - entered.zero
        return Step(entered, self.ladder[entered.place].key, given, due, left, on)

    def in_silence(self, entered: Entered, due: int | None) -> tuple[Step, End | Entered]:
        """What time alone brings: the stay, and how the path ends there or where it goes on."""
        stage, cap = self.ladder[entered.place], entered.cap
        step = self._step(entered, due, "nobody answers", entered.zero if due is None else due)
        if due is None:
            return replace(step, on=entered.zero if cap is None else cap), "no_clock" if cap is None else "held_cap"
        if cap is not None and due >= cap:
            return step, "held_last" if self._is_last(entered) and not entered.notice else "held_cap"
        if entered.notice:
            return step, Entered(entered.place, due, cap)
        if self._is_last(entered):
            return step, "held_last"
        if stage.on_lapse == "advance":
            return step, self.entered(entered.place + 1, due, cap)
        if stage.on_lapse == "hold":
            return step, "held"
        return replace(step, on=due if cap is None else cap), "asked" if cap is None else "held_cap"

    def _ahead_of(self, step: Step, entered: Entered) -> Found:
        ahead = self._ahead(entered)
        return replace(ahead, steps=(step, *ahead.steps))

    def _upwards(self, entered: Entered) -> list[int]:
        """The stages to which the raiser may go on."""
        last = len(self.ladder) if self.procedure.entry.may_bypass else entered.place + 2
        return list(range(entered.place + 1, min(last, len(self.ladder))))

    def _is_last(self, entered: Entered) -> bool:
        return entered.place == len(self.ladder) - 1

    # Its deadlines ---------------------------------------------------------------------------------------------------

    def due(self, entered: Entered) -> int | None:
        """The working day of its deadline, where nobody names another time."""
        own = entered.notice or self.ladder[entered.place].response.working_days
        return None if own is None else self._clipped(entered, own)

    def _deadlines(self, entered: Entered) -> list[int]:
        """Every deadline that it can have: its own, as the raiser sets it, and with more time within the total."""
        lengths = {entered.notice} if entered.notice else _lengths(self.ladder[entered.place])
        dues = {self._clipped(entered, days) for days in lengths}
        rule = self.procedure.extension
        if dues and rule and not entered.notice:
            longest = max(dues) + (rule.most_working_days or MOST_AT_ONCE) if entered.cap is None else entered.cap
            dues |= set(range(min(dues), longest + 1))
        own = self.due(entered)
        return sorted(dues, key=lambda due: (due != own, due))

    def _clipped(self, entered: Entered, days: int) -> int:
        own = entered.zero + days
        return own if entered.cap is None else min(own, entered.cap)


def _lengths(stage: Stage) -> set[int]:
    """How many working days the addressee can be given when the stage begins."""
    own, may = stage.response.working_days, stage.response.raiser_may
    if may == "set":
        return set(range(1, MOST_AT_ONCE + 1))
    if own is None:
        return set()
    return set(range(1, own + 1)) if may == "shorten" else {own}


def _together(found: list[Found]) -> Found:
    """Several ways on; the first of the longest is kept, and silence comes first."""
    longest = max(found, key=lambda each: each.days)
    return replace(longest, paths=sum(each.paths for each in found))
