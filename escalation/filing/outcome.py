"""What came of an escalation, under the heading that the council's document gives its outcome."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from escalation.case import Case
from escalation.filing.document import Document, Lines, facts
from escalation.filing.filled import answer_said, concluded_on, fields_said, outcome_said
from escalation.filing.standing import NotOnFile, Standing, standings
from escalation.forms import label_of
from escalation.history import Closed, Entry, Withdrawn
from escalation.printed import raiser
from escalation.procedure import Procedure
from escalation.words import at, on, turn


def outcome(procedure: Procedure, entries: Iterable[Entry]) -> Document:
    """Raises NotOnFile while it is open."""
    stood = standings(procedure, entries)[-1]
    case = stood.case
    if case.open:
        raise NotOnFile(f"{case.reference} is open, and has no outcome yet. {turn(case)}")
    title = heading(procedure, case.visit.stage)
    return Document(
        title=title,
        council=procedure.council,
        reference=case.reference,
        above=[procedure.title],
        blocks=[came_of(stood), asked_and_answered(stood)],
        footer=f"{title} · {case.reference}",
    )


def heading(procedure: Procedure, stage: str) -> str:
    """The document's own heading; else that of its form."""
    used = procedure.form_at(stage)
    return procedure.outcome_heading or (f"{used.heading or used.title}: outcome" if used else "Outcome")


def came_of(stood: Standing) -> Lines:
    """How it ended, when, and by whom."""
    case = stood.case
    ended = next((entry for entry in reversed(stood.entries) if isinstance(entry, Closed | Withdrawn)), None)
    day = concluded_on(case)
    return facts(
        ("Outcome", outcome_said(stood)),
        ("Date concluded", on(day) if day else None),
        ("Recorded by", _who(case, ended) if ended else None),
        ("Stage reached", case.stage.title),
        ("Referred to CAFCASS", ("Yes" if case.cafcass_referred else "No") if case.procedure.cafcass else None),
    )


def asked_and_answered(stood: Standing) -> Lines:
    """What was raised, what was asked for, and what each stage answered."""
    case, question = stood.case, stood.case.procedure.question
    asked = next((path for path in question.actions if fields_said(case, path)), None)
    return facts(
        ("Reference", case.reference),
        ("Raised by", raiser(case)),
        ("Raised on", at(case.raised_at) if case.raised_at else None),
        *((_label(case, path), fields_said(case, path)) for path in (question.concern, asked) if path),
        *_answers(stood),
    )


def _label(case: Case, path: str) -> str:
    """As it is asked for; what nobody is asked for by a label, by its name."""
    label = label_of(case.procedure.asks, path)
    return label if label != path else path.replace("_", " ").capitalize()


def _answers(stood: Standing) -> Iterator[tuple[str, list[str]]]:
    case = stood.case
    for visit in case.visits:
        said = [text for answer in stood.answers(visit) for text in answer_said(case, answer)]
        due = case.due_of(visit)
        if not said and visit.lapsed and due:
            said = [f"No answer by {at(due.at)}"]
        yield f"Response, {case.stage_of(visit).title}", said


def _who(case: Case, entry: Entry) -> str:
    return ", ".join(filter(None, [entry.name, case.procedure.role_title(entry.by) if entry.by else None]))
