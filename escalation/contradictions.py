"""Where a procedure contradicts itself: what the schema of its parts alone cannot see, every fault at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel

from escalation.form_layout import misplaced
from escalation.gathering import not_gatherable
from escalation.schema import (
    DIMENSIONS,
    EVENTS,
    EVERYWHERE,
    PARTS,
    SHOWN,
    Cafcass,
    Cap,
    Code,
    Copies,
    Entry,
    Forced,
    Form,
    FormField,
    LegalAdvice,
    Letter,
    Meeting,
    Notice,
    Raiser,
    Record,
    Recording,
    Report,
    SetApart,
    Stage,
    Task,
    ToDo,
    When,
)  # fmt: skip

if TYPE_CHECKING:
    from escalation.procedure import Procedure

FaultAt = tuple[str, str]  # (path in the file, what is wrong there)

ROLES: dict[type[BaseModel], tuple[str, ...]] = {
    Stage: ("addressee", "also_to", "copy_to", "raised_also_by"),
    Copies: ("to",),
    Letter: ("to", "cc", "sent_for"),
    ToDo: ("to",),
    Raiser: ("roles", "may_also_raise", "line_manager", "cover"),
    Cafcass: ("to",),
    Meeting: ("attendees",),
    LegalAdvice: ("decided_by",),
    Recording: ("by",),
    SetApart: ("to",),
    Report: ("audience", "by"),
}
"""Which values of which part are roles."""

MAY_NAME_PARTS = (Letter, ToDo, Recording)
"""Parts are found when something happens; who raises and who is asked to answer are roles."""

STAGES: dict[type[BaseModel], tuple[str, ...]] = {
    When: ("stages",),
    FormField: ("stages",),
    Code: ("stages",),
    Form: ("stages",),
    Entry: ("start_at", "default"),
    Forced: ("start_at",),
    Cap: ("starts",),
    LegalAdvice: ("from_stage",),
    Report: ("open_at", "reached"),
}
CAP_WORDS = {"first_alert", "formal"}


class Contradictions(ValueError):
    """A procedure whose parts do not fit together; `faults` are (path, message)."""

    def __init__(self, faults: list[FaultAt]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{path}: {message}" for path, message in faults))


def contradictions(procedure: Procedure) -> list[FaultAt]:
    """What the schema alone cannot see, as (path in the file, message)."""
    faults = [fault for check in CHECKS for fault in check(procedure)]
    for key in procedure.processes:
        inner = contradictions(procedure.opened(key))
        faults += [(f"processes.{key}.{path}", message) for path, message in inner]
    return faults


def parts(procedure: Procedure) -> Iterator[tuple[str, BaseModel]]:
    """Every part of the procedure by its path; other processes are checked as the procedures that they are."""
    yield "", procedure
    for name in type(procedure).model_fields:
        if name != "processes":
            yield from _inside(name, getattr(procedure, name))


def _inside(path: str, value: Any) -> Iterator[tuple[str, BaseModel]]:
    if isinstance(value, BaseModel):
        yield path, value
        for name in type(value).model_fields:
            yield from _inside(f"{path}.{name}", getattr(value, name))
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _inside(f"{path}.{key}", item)
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from _inside(f"{path}.{n}", item)


def _named(procedure: Procedure, listed: dict[type[BaseModel], tuple[str, ...]]) -> Iterator[tuple[str, Any, str]]:
    """(path of the value, part, name) for whatever stands in the values that are listed for its part."""
    for path, part in parts(procedure):
        for kind, names in listed.items():
            if isinstance(part, kind):
                for value in names:
                    yield from ((f"{path}.{value}", part, each) for each in _listed(getattr(part, value)))


def _listed(value: Any) -> list[Any]:
    return [] if value is None else list(value) if isinstance(value, list) else [value]


def _unknown_roles(procedure: Procedure) -> Iterator[FaultAt]:
    known = {*procedure.roles, *EVERYWHERE}
    for path, part, role in _named(procedure, ROLES):
        if role not in known and not (role in PARTS and isinstance(part, MAY_NAME_PARTS)):
            yield path, f"`{role}` is not one of the roles of this file"
    alone = [("quality_assurance", procedure.quality_assurance), *(("contacts", role) for role in procedure.contacts)]
    yield from ((path, f"`{role}` is not one of the roles of this file") for path, role in alone if role not in known)


def _unknown_stages(procedure: Procedure) -> Iterator[FaultAt]:
    keys = {stage.key for stage in procedure.stages}
    for path, part, key in _named(procedure, STAGES):
        if key not in keys and not (isinstance(part, Cap) and key in CAP_WORDS):
            yield path, f"there is no stage `{key}`"


def _unknown_events(procedure: Procedure) -> Iterator[FaultAt]:
    known = EVENTS | {recording.event for recording in procedure.recordings}
    for path, part in parts(procedure):
        if isinstance(part, Notice | Record | Task):
            yield from ((f"{path}.on", f"there is no event `{on}`") for on in _listed(part.on) if on not in known)


def _unknown_tracks(procedure: Procedure) -> Iterator[FaultAt]:
    for path, part in parts(procedure):
        tracks = part.track or [] if isinstance(part, When) else _listed(part.track) if isinstance(part, Stage) else []
        unknown = (track for track in tracks if track not in procedure.tracks)
        yield from ((f"{path}.track", f"`{track}` is not one of `tracks`") for track in unknown)
    for track in procedure.track_titles.keys() - procedure.tracks:
        yield f"track_titles.{track}", f"`{track}` is not one of `tracks`"


def _unknown_fields(procedure: Procedure) -> Iterator[FaultAt]:
    """What is printed, quoted or read must be something that is asked."""
    asked = {*asked_paths(procedure.asks), *procedure.taxonomies, "other_text"}
    items = {taxonomy.items_in for taxonomy in procedure.taxonomies.values() if taxonomy.items_in}
    for path, part in parts(procedure):
        names: list[str] = []
        if isinstance(part, Stage):
            names = [*part.says, *part.spoken, *_listed(part.spoken_on), *_listed(part.response.asked_in)]
        elif isinstance(part, Form):
            yield from misplaced(path, part)
            names = [n for shown in part.lines.values() for n in _listed(shown) if n not in SHOWN]
        yield from ((path, f"nobody is asked for `{name}`") for name in names if name not in asked | items)


def asked_paths(fields: Iterable[FormField], before: str = "") -> Iterator[str]:
    """`form`, `form.expected_outcome`: every field that is asked, by its path."""
    for field in fields:
        yield before + field.key
        yield from asked_paths(field.fields, f"{before}{field.key}.")


def _unknown_lists(procedure: Procedure) -> Iterator[FaultAt]:
    recordings = {"set_apart", *(recording.do for recording in procedure.recordings)}
    for path, part in parts(procedure):
        if isinstance(part, FormField) and part.taxonomy and part.taxonomy not in procedure.taxonomies:
            yield path, f"there is no taxonomy `{part.taxonomy}`"
        if isinstance(part, Code) and part.not_before and part.not_before not in procedure.clocks:
            yield path, f"there is no clock `{part.not_before}`"
        if isinstance(part, Report):
            known = {*procedure.taxonomies, *DIMENSIONS}
            yield from ((path, f"`{name}` is no taxonomy") for name in part.counts if name not in known)
            yield from ((path, f"there is no recording `{n}`") for n in part.all_recordings if n not in recordings)
            others = [name for name in _listed(part.process) if name not in procedure.processes]
            yield from ((path, f"there is no process `{name}`") for name in others)


def _off_the_ladder(procedure: Procedure) -> Iterator[FaultAt]:
    """What must stand on every ladder, or the start and the cap of one of them mean nothing."""
    default = procedure.entry.default
    for track in (*procedure.tracks,) or (None,):
        ladder = procedure.ladder(track)
        where = f"the ladder of `{track}`" if track else "the ladder"
        if not ladder:
            yield "tracks", f"no stage stands on {where}"
        elif default and default not in {stage.key for stage in ladder}:
            yield "entry.default", f"there is no stage `{default}` on {where}"
        elif procedure.cap and procedure.cap.starts == "formal" and not any(stage.formal for stage in ladder):
            yield "cap.starts", f"no stage of {where} is formal, so the total time would never begin"


def _twice(procedure: Procedure) -> Iterator[FaultAt]:
    for track in (*procedure.tracks,) or (None,):
        keys = [stage.key for stage in procedure.ladder(track)]
        yield from (("stages", f"`{key}` stands twice on one ladder") for key in _repeated(keys))
    acts = [recording.do for recording in procedure.recordings]
    yield from (("recordings", f"`{do}` stands twice") for do in _repeated(acts))


def _repeated(keys: list[str]) -> list[str]:
    return sorted({key for key in keys if keys.count(key) > 1})


def _unknown_paths(procedure: Procedure) -> Iterator[FaultAt]:
    """Whatever `inferred` explains must exist: `stages.L1.addressee`, `cap.working_days`."""
    document = procedure.model_dump()
    for path in procedure.inferred:
        if not _exists(document, path.split(".")):
            yield "inferred", f"there is no `{path}`"


def _exists(value: Any, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(value, list):
        value = {item[key]: item for item in value if isinstance(item, dict) for key in ("key", "do") if key in item}
    return isinstance(value, dict) and path[0] in value and _exists(value[path[0]], path[1:])


CHECKS: tuple[Callable[[Procedure], Iterator[FaultAt]], ...] = (
    _unknown_roles,
    _unknown_stages,
    _unknown_events,
    _unknown_tracks,
    _unknown_fields,
    _unknown_lists,
    _off_the_ladder,
    _twice,
    _unknown_paths,
    not_gatherable,
)
