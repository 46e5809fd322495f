"""Whom the procedure is about, who has which part in it, and what happens when somebody is away."""

from __future__ import annotations

from escalation.procedure import SUBJECTS, Contact, Raiser
from escalation.telling.conditions import person
from escalation.telling.sheet import Sheet
from escalation.telling.wording import both, either, plain, sentence


def document(sheet: Sheet) -> None:
    """Which document this is, and whom it is about."""
    procedure, source = sheet.procedure, sheet.procedure.source
    sheet.heading("The document")
    sheet.say(f"Council: {plain(procedure.council)}.", "council")
    sheet.say(f"Document: {plain(source.title)}.", "source", "source.title")
    sheet.say(f"Last amended: {plain(source.amended)}.", "source.amended")
    sheet.say(f"Its number or name in the document: {plain(source.reference)}.", "source.reference")
    sheet.say(f"Twentydays calls it `{procedure.key}`. This page tells its version `{procedure.version}`.", "key")
    sheet.say(sentence(f"It is about {both(SUBJECTS[kind] for kind in procedure.subjects)}"), "subjects")


def roles(sheet: Sheet) -> None:
    """Every role of the document by its title."""
    procedure = sheet.procedure
    sheet.heading("The people")
    sheet.text("These are the roles that the document names, by its own titles.", "roles", "contacts")
    rows = [[plain(title), _address(procedure.contacts.get(role)), _note(sheet, role)] for role, title in _roles(sheet)]
    sheet.table(["Role", "Address in the document", "Beside it"], rows)


def _roles(sheet: Sheet) -> list[tuple[str, str]]:
    return list(sheet.procedure.roles.items())


def _note(sheet: Sheet, role: str) -> str:
    return sheet.note(f"roles.{role}", f"contacts.{role}")


def _address(contact: Contact | None) -> str:
    if contact is None:
        return ""
    parts = [contact.name, contact.email, contact.post, contact.telephone]
    check = " Check it before use: the document may be old." if contact.check_before_use else ""
    return f"{', '.join(plain(part) for part in parts if part)}.{check}"


def raising(sheet: Sheet) -> None:
    """Who raises, decides and closes."""
    procedure = sheet.procedure
    sheet.heading("Who raises a concern, decides and closes")
    who_raises(sheet, procedure.raiser)
    sheet.say(
        "Only the raiser decides whether an answer is good enough, and only the raiser closes. Nothing closes by "
        "itself. What is closed unsettled, or withdrawn, needs a reason."
    )
    sheet.say(
        "Satisfied with an answer, the raiser closes it as resolved. Not satisfied, the raiser goes on to the next "
        "stage; after the last one it is on hold (G-A6, G-A7)."
    )
    sheet.say(
        "A late answer is noted as late, and the raiser is told. The higher stage goes on until the raiser decides "
        "(G-A10)."
    )
    sheet.say(
        f"Told when an email is refused or nobody serves in a post: {person(procedure, procedure.quality_assurance)}.",
        "quality_assurance",
    )


def who_raises(sheet: Sheet, raiser: Raiser) -> None:
    procedure = sheet.procedure
    also = (
        f", and also {either(person(procedure, role) for role in raiser.may_also_raise)}"
        if raiser.may_also_raise
        else ""
    )
    sheet.say(
        f"A concern is raised by {either(person(procedure, role) for role in raiser.roles)}{also}. "
        "Who has raised it is called the raiser here.",
        "raiser",
        "raiser.roles",
        "raiser.may_also_raise",
    )
    sheet.say(f"The raiser's line manager is {person(procedure, raiser.line_manager)}.", "raiser.line_manager")


def absence(sheet: Sheet) -> None:
    """Who acts for the raiser, and who answers where nobody can."""
    procedure = sheet.procedure
    raiser, passes = procedure.raiser, procedure.reminders.pass_turn_after
    sheet.heading("When somebody is away")
    cover = either(person(procedure, role) for role in raiser.cover or [raiser.line_manager])
    rule = "" if raiser.cover else " (G-A16)"
    sheet.say(
        f"While the raiser is away, {cover} may act for them{rule}. The concern stays the raiser's.", "raiser.cover"
    )
    if passes:
        sheet.say("While the raiser is on leave, their line manager may take the raiser's turn at once (G-A6).")
    sheet.say(
        "Deputies of whoever must answer are asked while that person is away. Where nobody serves in a role that "
        "must answer, whoever answers at the next stage is asked as cover. Nobody is asked to answer their own "
        "concern (G-A16)."
    )
