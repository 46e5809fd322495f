"""How a change that somebody typed is made: read, put to the register, told."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError

from config.wording import sentence, suggestion
from escalation.directory import Directory, Name
from escalation.directory_changes import AnyChange, Import
from escalation.directory_rules import RefusedChange, backwards
from escalation.directory_told import told
from escalation.errors import Fault, InvalidDocument, TwentydaysError
from starter.directory.slips import slips
from starter.directory.words import known_procedures, titles
from starter.office import Office

DONE, REFUSED = 0, 1
CHANGE: TypeAdapter[AnyChange] = TypeAdapter(AnyChange)
BY: TypeAdapter[str] = TypeAdapter(Name)


class UnknownPerson(TwentydaysError):
    """The directory knows nobody by this key, address or name, or several."""


def make_said(office: Office, said: dict[str, Any], by: str, *, anyway: bool = False) -> int:
    """Make a change as its fields say. Raises InvalidDocument with every fault."""
    return make(office, change_of(said), by, anyway=anyway)


def change_of(said: dict[str, Any]) -> AnyChange:
    """A change as its fields say. Raises InvalidDocument with every fault."""
    try:
        change = CHANGE.validate_python(said)
    except ValidationError as error:
        raise InvalidDocument([Fault(str(found["loc"][-1]), sentence(found)) for found in error.errors()]) from None
    if faults := [Fault(field.rpartition(".")[2], message) for field, message in backwards(change)]:
        raise InvalidDocument(faults)
    return change


def refuse_slips(office: Office, change: AnyChange, before: Directory) -> None:
    """Raises InvalidDocument, with all that has to be said to be meant."""
    found = slips(change, before, known_procedures(office.settings.procedures))
    way_out = "`--anyway` makes the change all the same."
    if faults := [Fault(field.rpartition(".")[2], f"{said} {way_out}") for field, said in found]:
        raise InvalidDocument(faults)


def make(office: Office, change: AnyChange, by: str | None, *, anyway: bool = False) -> int:
    """Make a change, and tell it. Exit code 1 where the directory does not allow it. Raises InvalidDocument."""
    latest, before = office.register.people.latest(), office.people.now()
    if not anyway:
        refuse_slips(office, change, before)
    try:
        made = office.register.people.change(change, _named(by), datetime.now(UTC), office.people.file)
    except RefusedChange as refusal:
        sys.stderr.write(f"{refusal}\n")
        return REFUSED
    if latest is None and not isinstance(change, Import):
        print(f"{office.settings.directory} was imported first.")
    if latest is None:
        print("From now on the register's directory counts; changing the file changes nothing any more.")
    print(f"{told(change, before, titles(known_procedures(office.settings.procedures)))} (change {made.n})")
    return DONE


def _named(by: str | None) -> str:
    try:
        return BY.validate_python(by or "")
    except ValidationError:
        raise InvalidDocument([Fault("--by", "must be the name of who changes it, on one line")]) from None


# Whom somebody means --------------------------------------------------------------------------------------------------


def known_key(directory: Directory, said: str) -> str | None:
    """The key of whoever is meant by a key, an address or a name; None: nobody. Raises UnknownPerson for several."""
    if said in directory.people:
        return said
    wanted, people = said.casefold(), directory.people.items()
    found = [
        key for key, person in people if wanted in {key.casefold(), person.email.casefold(), person.name.casefold()}
    ]
    if found[1:]:
        raise UnknownPerson(f"{said} is the name of several people: give the address.")
    return found[0] if found else None


def key_of(directory: Directory, said: str) -> str:
    """As `known_key`, of somebody who must be there. Raises UnknownPerson."""
    key = known_key(directory, said)
    if key is not None:
        return key
    people = directory.people.items()
    near = suggestion(said, [name for key, person in people for name in (key, person.email, person.name)])
    raise UnknownPerson(
        f"The directory knows nobody as {said}{near if 'mean' in near else '.'} "
        "`twentydays directory person KEY --name NAME --email ADDRESS --by NAME` adds them."
    )
