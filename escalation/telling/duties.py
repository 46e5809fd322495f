"""Who hears what when, what is filed where, and who must do what: as tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from escalation.notices import ALWAYS
from escalation.procedure import Filing, FormField, Letter, Notice, Record, Stage, Task, ToDo, When
from escalation.recordings import PLACE
from escalation.telling.conditions import event, label, people, person, titles, when
from escalation.telling.sheet import Sheet
from escalation.telling.vocabulary import FORMS, NOTICES
from escalation.telling.wording import plain, quoted, sentence

BY_NATURE = (
    ("a stage begins", "alert", "whoever must answer; those who hear too, as the stage lists them"),
    ("no answer has come in time", "overdue", "the raiser"),
    (
        "it is put on hold",
        "held",
        "the raiser and their line manager; at the end of the total time also whoever must answer",
    ),
    ("the date comes near", "reminder", "whoever must answer, as under Reminders"),
    ("the raiser has not decided", "decision_reminder", "the raiser, as under Reminders"),
    ("it is settled", "closed", "whoever was asked and did not answer in time"),
    ("it is closed unsettled, or withdrawn", "closed", "everybody asked so far, and those copied in"),
    ("the question is handed on", "reassigned", "whoever is asked now; a copy to the raiser"),
    ("a stand-in was asked, as nobody could be", "post_covered", "quality assurance, operations and the raiser"),
    ("a turn passes to somebody else", "turn_passed", "that person; a copy to the raiser"),
    ("escalations are handed over", "handed_over", "the new raiser"),
    ("somebody who was asked is away", "out_of_office", "the raiser"),
    ("whoever must answer adds a note", "noted", "the raiser"),
    ("somebody replies by email", "reply_received", "the raiser: a reply is no answer until it is noted as one"),
    ("an email cannot be delivered", "delivery_failed", "quality assurance, operations and the raiser"),
    ("no mail server accepts the alert", "alert_not_accepted", "operations and the raiser"),
)
"""What every procedure sends, beside ALWAYS: see escalation/notices.py. (when, notice, to whom)"""


def notices(sheet: Sheet) -> None:
    procedure = sheet.procedure
    sheet.heading("Who hears what, and when")
    if procedure.subject_line:
        sheet.say(f"The subject of every email begins with {quoted(procedure.subject_line)}.", "subject_line")
    if procedure.alert_line:
        sheet.say(f"Every alert says to whoever must answer: {quoted(procedure.alert_line)}", "alert_line")
    for name in procedure.digest:
        sheet.say(
            f"Several of these to one person in a day go out as one email: {quoted(NOTICES.get(name, name))}.", "digest"
        )
    repeated = any(stage.says for stage in procedure.stages)
    sheet.say(
        "No email names a child, or says what the concern is (G-A18)"
        f"{', but for what the alert of a stage repeats, as told there' if repeated else ''}."
    )
    columns = ["When", "Which email", "To", "Copy to", "Only", "Beside it"]
    own = [[*_letter(sheet, at, each, where)] for at, each, where in _with_stages(sheet, "notices")]
    if own:
        sheet.heading("What this procedure sends", below=1)
        sheet.beside_heading("notices")
        sheet.table(columns, own)
    sheet.heading("What every procedure sends", below=1)
    sheet.table(columns[:3], _always(sheet))


def _always(sheet: Sheet) -> Iterator[list[str]]:
    yield from ([sentence(on), plain(NOTICES[notice]), to] for on, notice, to in BY_NATURE)
    for each in ALWAYS:
        if sheet.procedure.extension or "extension" not in each.notice:
            yield [
                sentence(event(sheet.procedure, each.on)),
                plain(NOTICES[each.notice]),
                titles(sheet.procedure, each.to),
            ]


def _with_stages(sheet: Sheet, name: str) -> Iterator[tuple[str, Notice | Record | Task, Stage | None]]:
    """(path, duty, stage) of the procedure's own list and of those of its stages."""
    yield from ((f"{name}.{n}", each, None) for n, each in enumerate(getattr(sheet.procedure, name)))
    for place, stage in enumerate(sheet.procedure.stages):
        yield from ((f"stages.{place}.{name}.{n}", each, stage) for n, each in enumerate(getattr(stage, name)))


def only(sheet: Sheet, condition: When, stage: Stage | None = None, own: Sequence[FormField] = ()) -> str:
    at = f"at {plain(stage.key)}" if stage else ""
    if stage and stage.track:
        at = f"at {plain(stage.key)} ({plain(sheet.procedure.track_title(stage.track))})"
    said = ", ".join(part for part in (at, when(sheet.procedure, condition, own)) if part)
    return sentence(said) if said else ""


def _letter(sheet: Sheet, at: str, duty: Notice | Record | Task, stage: Stage | None) -> Iterator[str]:
    if isinstance(duty, Notice):
        yield sentence(event(sheet.procedure, duty.on))
        yield plain(NOTICES.get(duty.notice, duty.notice))
        yield titles(sheet.procedure, duty.to)
        yield titles(sheet.procedure, duty.cc)
        sent_for = f"Sent for {person(sheet.procedure, duty.sent_for)}." if duty.sent_for else ""
        yield " ".join(part for part in (only(sheet, duty.when, stage), sent_for) if part)
        yield sheet.note(f"stages.{at.split('.')[1]}.notices" if stage else "", at)


def filing(sheet: Sheet) -> None:
    sheet.heading("What is filed, and where")
    sheet.beside_heading("records")
    duties = [(at, each, stage) for at, each, stage in _with_stages(sheet, "records") if isinstance(each, Record)]
    if not duties:
        sheet.text("Nothing is filed by itself.")
    sheet.table(
        ["Where", "Under which heading", "How", "When", "Only", "Beside it"],
        (
            [
                plain(duty.where),
                plain(duty.heading),
                sentence(FORMS[duty.form]),
                sentence(event(sheet.procedure, duty.on)),
                only(sheet, duty.when, stage),
                sheet.note(at, f"{at}.where", f"{at}.when", f"{at.rpartition('.')[0]}" if stage else ""),
            ]
            for at, duty, stage in duties
        ),
    )


def tasks(sheet: Sheet) -> None:
    """What people must do; the turns that every procedure has are told with the stages."""
    sheet.heading("What people must do")
    duties = [(at, each, stage) for at, each, stage in _with_stages(sheet, "tasks") if isinstance(each, Task)]
    also = " So is each of these, until somebody notes that it is done." if duties else ""
    sheet.text(f"Whose turn it is to answer or to decide is a task.{also}", "tasks")
    sheet.table(
        ["When", "Who", "What", "Only", "Beside it"],
        (
            [
                sentence(event(sheet.procedure, duty.on)),
                titles(sheet.procedure, [duty.to]),
                sentence(plain(duty.what)),
                only(sheet, duty.when, stage),
                sheet.note(at),
            ]
            for at, duty, stage in duties
        ),
    )


# Of a recording, which says by itself when they happen ----------------------------------------------------------------


def letters_of(sheet: Sheet, letters: Sequence[Letter], at: str, own: Sequence[FormField]) -> None:
    for n, letter in enumerate(letters):
        copies = f", with a copy to {people(sheet.procedure, letter.cc)}" if letter.cc else ""
        sent_for = f", for {person(sheet.procedure, letter.sent_for)}" if letter.sent_for else ""
        name = quoted(NOTICES.get(letter.notice, letter.notice))
        said = (
            f"Told: {people(sheet.procedure, letter.to)}{copies}, by {name}{sent_for}{_where(sheet, letter.when, own)}."
        )
        sheet.say(said, at, f"{at}.{n}")


def filings_of(sheet: Sheet, filings: Sequence[Filing], at: str, own: Sequence[FormField]) -> None:
    for n, each in enumerate(filings):
        place = f"{plain(each.where)}, under {_heading(sheet, each.heading, own)}"
        said = f"Filed: {place}, {FORMS[each.form]}{_where(sheet, each.when, own)}."
        sheet.say(said, at, f"{at}.{n}", f"{at}.{n}.where")


def _heading(sheet: Sheet, heading: str, own: Sequence[FormField]) -> str:
    """`{text}` stands for what is said there."""
    if PLACE.fullmatch(heading):
        return f"what {label(sheet.procedure, heading[1:-1], own)} says"
    return quoted(heading)


def tasks_of(sheet: Sheet, to_do: Sequence[ToDo], at: str, own: Sequence[FormField]) -> None:
    for n, each in enumerate(to_do):
        who = person(sheet.procedure, each.to)
        sheet.say(f"Then {who} must do this: {quoted(each.what)}{_where(sheet, each.when, own)}.", at, f"{at}.{n}")


def _where(sheet: Sheet, condition: When, own: Sequence[FormField]) -> str:
    said = when(sheet.procedure, condition, own)
    return f", {said}" if said else ""
