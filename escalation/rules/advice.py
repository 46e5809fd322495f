"""What is allowed, with advice: grounds and codes that do not fit, a start beyond the first stage (G-A21)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from escalation import clocks, forms
from escalation.case import Case
from escalation.messages import Start
from escalation.procedure import Code, Stage, Taxonomy
from escalation.rules.page import Page
from escalation.wire import Fields, Subject
from escalation.working_days import london_date


def on_start(page: Page, command: Start, stage: Stage, track: str | None) -> None:
    for code, message in _about_codes(page.case, command.fields, stage, command.subject, london_date(page.at)):
        page.warn(code, message)
    _about_first_stage(page, command, stage, track)


def on_entering(page: Page, given: Fields, stage: Stage) -> None:
    """The same for what an act says when it goes on to a stage."""
    for code, message in _about_codes(page.case, given, stage, page.case.subject, london_date(page.at)):
        page.warn(code, message)


def _about_first_stage(page: Page, command: Start, stage: Stage, track: str | None) -> None:
    procedure, entry = page.case.procedure, page.case.procedure.entry
    ladder = procedure.ladder(track)
    keys, reasons = [other.key for other in ladder], entry.reasons_past_default
    default = entry.default or keys[0]
    given = command.fields | {"bypass_reason": command.bypass_reason}
    past = keys.index(stage.key) > keys.index(default)
    if past and reasons and not any(given.get(reason) for reason in reasons):
        page.warn(
            "started_past_first_stage",
            f"The procedure begins with {ladder[keys.index(default)].title}; "
            f"say why it starts at {stage.title} instead ({' or '.join(reasons)}).",
        )


Advice = tuple[str, str]
"""(code, what the person is told)"""


def _about_codes(case: Case, given: Fields, stage: Stage, subject: Subject, on: date) -> Iterator[Advice]:
    for key, taxonomy in case.procedure.taxonomies.items():
        for code in forms.codes_of(taxonomy, given.get(key), stage.key):
            if code:
                yield from _about_stage(taxonomy, code, stage)
                yield from _about_clock(case, given, code, on)
                yield from _about_subject(given, code, subject, on)


def _about_stage(taxonomy: Taxonomy, code: Code, stage: Stage) -> Iterator[Advice]:
    listed = [each for other in taxonomy.codes if other.code == code.code for each in other.stages or [stage.key]]
    if stage.key not in listed:
        where = ", ".join(dict.fromkeys(listed))
        yield "ground_for_another_stage", f"The document lists “{code.title}” for {where}, not for {stage.key}."


def _about_clock(case: Case, given: Fields, code: Code, on: date) -> Iterator[Advice]:
    """A ground that counts only once a time has run out (HLC-16)."""
    if not code.not_before:
        return
    clock = case.procedure.clocks[code.not_before]
    last = clocks.days(case.procedure, given, case.calendar).get(code.not_before)
    if last is None:
        yield "date_not_given", f"“{code.title}” counts from a date that is not given ({clock.counts_from})."
    elif on <= last:
        yield "too_early", f"“{code.title}” is a ground from the day after {last:%A} {last.day} {last:%B %Y}."


def _about_subject(given: Fields, code: Code, subject: Subject, on: date) -> Iterator[Advice]:
    """A ground that is about some children only (HLC-17). What nobody has said is not doubted."""
    flag, over = code.fits.flag, code.fits.over_age
    if flag and (given.get(flag) is False or getattr(subject, flag, None) is False):
        yield "does_not_fit", f"“{code.title}” does not fit: {flag.replace('_', ' ')} is answered no."
    born = forms.date_in(given.get("date_of_birth"))
    if over and born and not _is_over(born, over, on):
        yield "does_not_fit", f"“{code.title}” does not fit: the child is not over {over}."


def _is_over(born: date, age: int, on: date) -> bool:
    """Over 14: the fourteenth birthday has passed."""
    years = on.year - born.year - ((on.month, on.day) < (born.month, born.day))
    return years >= age and (on.month, on.day, on.year) != (born.month, born.day, born.year + age)
