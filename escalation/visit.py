"""What a case consists of: stays at stages, the answers received there, and what people have yet to do."""

from __future__ import annotations

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True)


class Received(Frozen):
    """An answer as far as the ladder cares: which, when, and whether it came in time."""

    response_id: str
    entry: int
    received_at: datetime
    in_time: bool
    judged: bool = False
    text: str = ""


class OpenTask(Frozen):
    """Something that a person has yet to do. `n` is the number of the entry that opened it."""

    n: int
    to: str
    what: str
    key: str | None = None


class Asked(Frozen):
    """One person who has the alert of a stage; `entry` called for it."""

    entry: int
    notice: str = "alert"
    role: str
    address: str
    person: str
    cover: str | None = None


class Visit(Frozen):
    """One stay at a stage, from the entry that entered it to the entry that leaves it.

    Notice of a stage is a stay of its own, at that stage, before the one that its alert begins (HLC-15); it keeps the
    time that the stage itself is then given.
    """

    n: int
    stage: str
    notice_period: bool = False
    addressee: tuple[str, ...] | None = None
    entered_at: datetime
    working_days: int | None
    then_working_days: int | None = None
    lapsed_due: date | None = None
    beyond_cap: bool = False
    starts_cap: bool = False
    alerted_at: datetime | None = None
    told: bool = False
    asked: tuple[Asked, ...] = ()
    unreachable: tuple[str, ...] = ()
    away: tuple[str, ...] = ()
    restarts: int = 0
    day_zero: date | None = None
    extensions: tuple[int, ...] = ()
    extension_asked: int | None = None
    may_pass_cap: bool = False
    answers: tuple[Received, ...] = ()
    silence_proven: bool = False
    lapsed: bool = False
    taken_over: bool = False

    @property
    def answered_in_time(self) -> bool:
        return any(answer.in_time for answer in self.answers)
