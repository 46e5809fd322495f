"""Where a procedure contradicts itself: what the schema of its parts alone cannot see, every fault at once."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from escalation.schema import EVERYWHERE, PARTS, Notice, Record, Stage, Task

if TYPE_CHECKING:
    from escalation.procedure import Procedure


class Contradictions(ValueError):
    """A procedure whose parts do not fit together; `faults` are (path, message)."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        self.faults = faults
        super().__init__("; ".join(f"{path}: {message}" for path, message in faults))


def contradictions(procedure: Procedure) -> list[tuple[str, str]]:
    """What the schema alone cannot see, as (path in the file, message)."""
    return [
        *_unknown_roles(procedure),
        *_unknown_stages(procedure),
        *_twice(procedure),
        *_off_the_ladder(procedure),
        *_sent_for_two(procedure),
        *_unknown_paths(procedure),
    ]


def _recipients(procedure: Procedure) -> dict[str, list[str]]:
    """Every list of roles in the file, by its path."""
    named = {
        "raiser": [
            *procedure.raiser.roles,
            *procedure.raiser.may_also_raise,
            procedure.raiser.line_manager,
            *procedure.raiser.cover,
        ],
        "quality_assurance": [procedure.quality_assurance],
    }
    for n, stage in enumerate(procedure.stages):
        named[f"stages.{n}"] = [*stage.addressee, *stage.also_to, *stage.copy_to, *stage.copy_unless]
        named |= _duty_recipients(f"stages.{n}.", stage)
    return named | _duty_recipients("", procedure)


def _duty_recipients(path: str, owner: Stage | Procedure) -> dict[str, list[str]]:
    notices = {
        f"{path}notices.{n}": [*notice.to, *notice.cc, *([notice.sent_for] if notice.sent_for else [])]
        for n, notice in enumerate(owner.notices)
    }
    return notices | {f"{path}tasks.{n}": [task.to] for n, task in enumerate(owner.tasks)}


def _unknown_roles(procedure: Procedure) -> list[tuple[str, str]]:
    known = {*procedure.roles, *EVERYWHERE}
    return [
        (path, f"`{role}` is not one of the roles of this file")
        for path, roles in _recipients(procedure).items()
        for role in roles
        if role not in known and not (role in PARTS and _may_name_parts(path))
    ]


def _may_name_parts(path: str) -> bool:
    """Parts are found when something happens; who raises and who is asked to answer are roles."""
    return "notices." in path or "tasks." in path


def _unknown_stages(procedure: Procedure) -> list[tuple[str, str]]:
    keys = {stage.key for stage in procedure.stages}
    named: dict[str, list[str]] = {
        "entry.start_at": list(procedure.entry.start_at or []),
        "entry.default": [procedure.entry.default] if procedure.entry.default else [],
        "cap.starts": [procedure.cap.starts] if procedure.cap and procedure.cap.starts not in CAP_WORDS else [],
    }
    named |= {f"form.fields.{n}.stages": list(field.stages or []) for n, field in enumerate(procedure.form.fields)}
    for path, duty in _duties(procedure):
        named[f"{path}.when.stages"] = list(duty.when.stages or [])
    return [(path, f"there is no stage `{key}`") for path, found in named.items() for key in found if key not in keys]


def _duties(procedure: Procedure) -> Iterator[tuple[str, Notice | Record | Task]]:
    owners: list[tuple[str, Procedure | Stage]] = [("", procedure)]
    owners += [(f"stages.{n}.", stage) for n, stage in enumerate(procedure.stages)]
    for path, owner in owners:
        yield from ((f"{path}notices.{n}", notice) for n, notice in enumerate(owner.notices))
        yield from ((f"{path}records.{n}", record) for n, record in enumerate(owner.records))
        yield from ((f"{path}tasks.{n}", task) for n, task in enumerate(owner.tasks))


def _off_the_ladder(procedure: Procedure) -> list[tuple[str, str]]:
    """What must stand on every ladder, or the start and the cap of one of them mean nothing."""
    faults, default = [], procedure.entry.default
    tracks: list[str | None] = [*procedure.tracks] or [None]
    for track in tracks:
        ladder = procedure.ladder(track)
        where = f"the ladder of `{track}`" if track else "the ladder"
        if not ladder:
            faults.append(("tracks", f"no stage stands on {where}"))
        elif default and default not in {stage.key for stage in ladder}:
            faults.append(("entry.default", f"there is no stage `{default}` on {where}"))
        elif procedure.cap and procedure.cap.starts == "formal" and not any(stage.formal for stage in ladder):
            faults.append(("cap.starts", f"no stage of {where} is formal, so the total time would never begin"))
    return faults


def _sent_for_two(procedure: Procedure) -> list[tuple[str, str]]:
    """One entry calls for a notice of one name once: two senders of it would be taken for one."""
    senders: dict[str, str | None] = {}
    faults = []
    for path, duty in _duties(procedure):
        if isinstance(duty, Notice) and senders.setdefault(duty.notice, duty.sent_for) != duty.sent_for:
            faults.append(
                (f"{path}.sent_for", f"`{duty.notice}` is sent for somebody else above; name one differently")
            )
    return faults


CAP_WORDS = {"first_alert", "formal"}


def _twice(procedure: Procedure) -> list[tuple[str, str]]:
    faults = [
        (f"stages.{n}.track", f"`{stage.track}` is not one of `tracks`")
        for n, stage in enumerate(procedure.stages)
        if stage.track is not None and stage.track not in procedure.tracks
    ]
    ladders: list[str | None] = [*procedure.tracks] or [None]
    for track in ladders:
        keys = [stage.key for stage in procedure.ladder(track)]
        faults += [
            ("stages", f"`{key}` stands twice on one ladder") for key in sorted({k for k in keys if keys.count(k) > 1})
        ]
    return faults


def _unknown_paths(procedure: Procedure) -> list[tuple[str, str]]:
    """Whatever `inferred` explains must exist: `stages.L1.addressee`, `cap.working_days`."""
    document = procedure.model_dump()
    return [
        ("inferred", f"there is no `{path}`") for path in procedure.inferred if not _exists(document, path.split("."))
    ]


def _exists(value: Any, path: list[str]) -> bool:
    if not path:
        return True
    if isinstance(value, list):
        value = {item["key"]: item for item in value if isinstance(item, dict) and "key" in item}
    return isinstance(value, dict) and path[0] in value and _exists(value[path[0]], path[1:])
