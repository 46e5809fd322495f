"""What can be wrong with what we are given, in a sentence for the person who gave it."""

from __future__ import annotations

from dataclasses import dataclass


class TwentydaysError(Exception):
    """Base of every error of ours; its text is meant for a person."""


class NoAnswer(TwentydaysError):
    """Something that we need does not answer just now. Trying again later may help."""


class BeyondCalendar(TwentydaysError):
    """A date was asked for that the pinned calendar does not cover."""


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a document: where it stands, and what to do about it."""

    where: str
    message: str
    file: str = ""
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part not in ("", None))
        return ": ".join(part for part in (place, self.where, self.message) if part)


class InvalidDocument(TwentydaysError):
    """A document was refused; it holds every fault at once."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))
