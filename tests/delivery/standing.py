"""Where an escalation stood right after an entry, as far as it decides who hears: our own reading of its history."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Doc = dict[str, Any]
"""A procedure's file as YAML reads it; of another process of it, with that process' own parts."""

ENTERS = {"raised", "taken_over", "advanced", "bypassed", "notice_ended"}


@dataclass
class Stay:
    """One stay at a stage. `asked` has its alert: role, address, and the role of whoever is cover."""

    n: int
    stage: str
    addressees: list[str]
    notice_period: bool
    entered_at: datetime
    answers: int = 0
    in_time: bool = False
    lapsed: bool = False
    alerted: bool = False
    asked: list[tuple[str, str, str | None]] = field(default_factory=list)
    no_mail: list[str] = field(default_factory=list)
    away: list[str] = field(default_factory=list)


@dataclass
class Standing:
    """The facts that notices depend on."""

    doc: Doc
    stays: list[Stay] = field(default_factory=list)
    fields: dict[str, Any] = field(default_factory=dict)
    subject: Any = None
    track: str | None = None
    team: str | None = None
    agency: str | None = None
    contacts: dict[str, Any] = field(default_factory=dict)
    raised_by: str = ""
    raised_by_name: str | None = None
    raised_before: list[tuple[str, str | None]] = field(default_factory=list)
    through: str | None = None
    through_name: str | None = None
    covered: dict[str, str] = field(default_factory=dict)
    passed_to: str | None = None
    refused_of: dict[int, list[str]] = field(default_factory=dict)
    """By the entry that called for an alert: the addresses at which it was refused."""
    on_its_way: bool = False
    """Whether an alert of this stay is still being sent, as whoever follows the calls knows it."""

    @property
    def stay(self) -> Stay:
        return self.stays[-1]

    @property
    def raiser(self) -> str:
        """Whoever covers for who raised it hears in their stead."""
        return self.covered.get(self.raised_by, self.raised_by)

    def ladder(self) -> list[Doc]:
        return [stage for stage in self.doc["stages"] if stage.get("track") in {None, self.track}]

    def stage(self, key: str | None) -> Doc:
        return next(stage for stage in self.ladder() if stage["key"] == (key or self.stay.stage))

    def after(self, key: str) -> list[Doc]:
        keys = [stage["key"] for stage in self.ladder()]
        return self.ladder()[keys.index(key) + 1 :]

    def stay_of(self, entry: int) -> Stay:
        """During which an entry was written."""
        return [stay for stay in self.stays if stay.n <= entry][-1]

    def says(self, fact: str) -> Any:
        """A fact of the subject, or what the form says there."""
        found: Any = getattr(self.subject, fact, None)
        return found if isinstance(found, bool) and found else self.fields.get(fact)

    def has_alert(self, role: str) -> dict[str, str | None]:
        """Who was last asked in a role, and as cover of which: what follows goes to them (G-A10)."""
        stays = [{address: cover for asked, address, cover in stay.asked if asked == role} for stay in self.stays]
        return next((asked for asked in reversed(stays) if asked), {})

    def silent(self) -> list[str]:
        """Who had a stage lapse in silence."""
        return [address for stay in self.stays if stay.lapsed and not stay.answers for _, address, _ in stay.asked]


def standings(doc: Doc, entries: list[Any]) -> Iterator[tuple[Any, Standing]]:
    """Each entry with where things stood right after it."""
    now = Standing(doc)
    for entry in entries:
        _read(now, entry)
        yield entry, copy.copy(now)


def _read(now: Standing, entry: Any) -> None:
    now.stays = copy.deepcopy(now.stays)
    now.fields = copy.deepcopy(now.fields)
    now.covered = dict(now.covered)
    if entry.event in ENTERS:
        _enter(now, entry)
    elif entry.event in BY_EVENT:
        BY_EVENT[entry.event](now, entry)


def _enter(now: Standing, entry: Any) -> None:
    if entry.event == "raised":
        now.subject, now.track, now.team, now.agency = entry.subject, entry.track, entry.team, entry.agency
        now.contacts = {role: known.email for role, known in entry.contacts.items()}
        instead = entry.on_behalf_of
        now.raised_by, now.raised_by_name = instead or entry.by, None if instead else entry.name
        now.through, now.through_name = (entry.by, entry.name) if instead else (None, None)
    _merge(now.fields, entry.fields)
    asked = entry.addressee or now.stage(entry.stage)["addressee"]
    notice = entry.notice_working_days is not None
    now.stays.append(Stay(entry.n, entry.stage, list(asked), notice, entry.at))
    now.passed_to = None


def _merge(said: dict[str, Any], more: dict[str, Any]) -> None:
    for key, value in more.items():
        if isinstance(value, dict) and isinstance(said.get(key), dict):
            _merge(said[key], value)
        else:
            said[key] = value


def _sent(now: Standing, entry: Any) -> None:
    """Who is asked by the alert, or because it was handed on to them, has it from then on."""
    stay = now.stay_of(entry.entry)
    if entry.part == "addressee" or entry.notice == "reassigned":
        asked = [one for one in entry.delivered if one.role in stay.addressees]
        stay.asked += [(one.role, one.address, one.cover) for one in asked]
    if entry.starts_clock:
        now.stay.alerted = True


def _failed(now: Standing, entry: Any) -> None:
    """Where no alert arrives nobody is asked again at that stage; what bounced was not received."""
    gone = [failure.address for failure in entry.failed if failure.address and entry.part == "addressee"]
    now.stay_of(entry.entry).no_mail += gone
    now.refused_of = now.refused_of | {entry.entry: [*now.refused_of.get(entry.entry, []), *gone]}
    gone = [failure.address for failure in entry.failed if entry.bounced and entry.part == "addressee"]
    now.stay.asked = [one for one in now.stay.asked if one[1] not in gone]
    if entry.stops_clock:
        now.stay.alerted = False


def _told(now: Standing, entry: Any) -> None:
    now.stay.alerted = True


def _answered(now: Standing, entry: Any) -> None:
    stay = next(stay for stay in now.stays if stay.n == entry.visit)
    stay.answers += 1
    stay.in_time = stay.in_time or entry.event == "responded"


def _lapsed(now: Standing, entry: Any) -> None:
    now.stay.lapsed = True


def _reassigned(now: Standing, entry: Any) -> None:
    now.stay.addressees = [entry.to, *(role for role in now.stay.addressees if role != entry.to)]


def _covered(now: Standing, entry: Any) -> None:
    before = now.raiser
    now.covered[entry.absent] = entry.cover
    now.passed_to = now.passed_to if now.raiser == before else None


def _passed(now: Standing, entry: Any) -> None:
    now.passed_to = entry.to


def _handed_over(now: Standing, entry: Any) -> None:
    now.raised_before = [*now.raised_before, (now.raised_by, now.raised_by_name)]
    now.raised_by, now.raised_by_name, now.covered, now.passed_to = entry.to, entry.to_name, {}, None


def _form(now: Standing, entry: Any) -> None:
    _merge(now.fields, entry.fields)


def _more_time(now: Standing, entry: Any) -> None:
    now.passed_to = None


def _referred(now: Standing, entry: Any) -> None:
    now.passed_to = None if entry.leaves_ladder else now.passed_to


def _away(now: Standing, entry: Any) -> None:
    if entry.asked_here:
        now.stay.away.append(entry.address)


BY_EVENT = {
    "email_sent": _sent, "email_failed": _failed, "alert_told": _told, "responded": _answered,
    "late_response": _answered, "lapsed": _lapsed, "reassigned": _reassigned, "covered": _covered,
    "turn_passed": _passed, "handed_over": _handed_over, "form_completed": _form, "extension_granted": _more_time,
    "cafcass_referred": _referred, "out_of_office": _away,
}  # fmt: skip


def day_of(instant: datetime) -> date:
    """Its London date."""
    return instant.astimezone(ZoneInfo("Europe/London")).date()
