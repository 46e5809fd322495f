"""The command `diff`: what changes between two versions of a procedure, and what is open under which."""

from __future__ import annotations

import json as jsonlib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from config import documents
from config.settings import load
from escalation.circumstances import counted
from escalation.differences import differences, told
from escalation.errors import TwentydaysError
from escalation.procedure import Procedure
from register.errors import RegisterError
from register.rows import EscalationRow
from register.store import Register
from starter.office import Office

PAGE = 500
SHOWN = 20
"""References that a line shows; `--json` has them all."""


class UnknownVersion(TwentydaysError):
    """Neither the register nor this installation has this version; says where versions are found."""


@dataclass(frozen=True)
class Version:
    """One side of the comparison, by the name under which the register keeps it or would."""

    name: str
    procedure: Procedure

    def has(self, process: Procedure | None) -> bool:
        """Whether this is one of its other processes: an escalation under a process has that process's version."""
        opened = process.process if process else None
        return opened in self.procedure.processes and process == self.procedure.opened(str(opened))


def diff(
    before: str,
    after: str,
    *,
    json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Say in words what changes between two versions of a procedure, and which open escalations began under which.

    Parameters
    ----------
    before: str
        A key, for the version that this installation has; a file; or key@version, for one that the register keeps
        because an escalation began under it.
    after: str
        The same, for the version that it is compared with.
    json: bool
        Print the sentences, the values that differ and the references as JSON.
    """
    office = Office(load())
    old, new = _version(office, before), _version(office, after)
    found = differences(old.procedure, new.procedure)
    under, unread = _open_under(office, old, new)
    if json:
        document = {
            "before": old.name,
            "after": new.name,
            "sentences": told(found),
            "paths": [each.path for each in found],
            "open": [{"version": version, "references": references} for version, references in under.items()],
            "open_not_read": unread,
        }
        print(jsonlib.dumps(document, indent=1, ensure_ascii=False))
    else:
        print("\n".join([*_changes(old, new, told(found)), "", *([unread] if unread else _kept(old, new, under))]))


def _version(office: Office, named: str) -> Version:
    """A draft is read as it stands: it need be neither named for its key nor proved yet."""
    if named.endswith((".yaml", ".yml")):
        return _current(documents.load(Path(named), Procedure))
    key, at, version = named.partition("@")
    if not at:
        return _current(office.procedure(key))
    kept = office.register.procedure(key, version)
    if kept is None:
        raise UnknownVersion(
            f"The register keeps no version {version} of {key}. "
            "`twentydays list --json` shows under which version each escalation began."
        )
    return Version(named, kept)


def _current(procedure: Procedure) -> Version:
    return Version(f"{procedure.key}@{procedure.version}", procedure)


def _open_under(office: Office, old: Version, new: Version) -> tuple[dict[str, list[str]], str | None]:
    """Beside the references, why they could not be read: two files are compared where there is no register too."""
    try:
        return _by_version(office.register, old, new), None
    except RegisterError as problem:
        return {}, f"Which open escalations began under which was not read. {problem}"


def _by_version(register: Register, old: Version, new: Version) -> dict[str, list[str]]:
    """The references of open escalations by the version under which each began; both sides always stand there."""
    found: dict[str, list[str]] = defaultdict(list, {old.name: [], new.name: []})
    sides: dict[str, str] = {old.name: old.name, new.name: new.name}
    for row in _open(register, [old.procedure.key, new.procedure.key]):
        began = f"{row.procedure}@{row.procedure_version}"
        if began not in sides:
            kept = register.procedure(row.procedure, row.procedure_version)
            sides[began] = next((side.name for side in (old, new) if side.has(kept)), began)
        found[sides[began]].append(row.reference)
    return found


def _open(register: Register, keys: Iterable[str]) -> Iterator[EscalationRow]:
    for key in dict.fromkeys(keys):
        page = register.escalations(open_only=True, procedure=key, limit=PAGE)
        while page:
            yield from page
            page = register.escalations(open_only=True, procedure=key, limit=PAGE, after=page[-1].reference)


# In words -------------------------------------------------------------------------------------------------------------


def _changes(old: Version, new: Version, sentences: list[str]) -> Iterator[str]:
    yield f"From {old.name} to {new.name}: {counted(len(sentences), 'change') if sentences else 'nothing changes'}"
    yield from (f"- {sentence}" for sentence in sentences)


def _kept(old: Version, new: Version, under: dict[str, list[str]]) -> Iterator[str]:
    yield "Open escalations keep the version under which they began:"
    for version, references in under.items():
        yield f"  {_side(version, old, new)}: {_listed(references)}"


def _side(version: str, old: Version, new: Version) -> str:
    side = {old.name: " (before)", new.name: " (after)"} if old.name != new.name else {}
    return f"{version}{side.get(version, '')}"


def _listed(references: list[str]) -> str:
    if not references:
        return "none"
    more = f" and {len(references) - SHOWN} more" if len(references) > SHOWN else ""
    return f"{len(references):,}: {', '.join(references[:SHOWN])}{more}"
