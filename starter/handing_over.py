"""The command `hand-over`: everything that one raiser has goes to another, in one act that is written down first."""

from __future__ import annotations

import asyncio
import sys
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from cyclopts import Parameter
from pydantic import ValidationError
from rich.console import Console
from rich.progress import Progress

from config.settings import load
from config.wording import sentence
from escalation.errors import Fault, InvalidDocument
from register.hand_overs import Asked, HandOverRow
from starter import escalations
from starter.caseload import foresee
from starter.hand_overs import Handed, HandOverReport, carry_out
from starter.office import Office

ONLY = "References, with commas between them: these alone. Also for one whose raiser nobody knows."
BY = "The role in which it is handed over: the raiser's, their line manager's, quality assurance, operations."
AGAIN = "The id of a hand-over that did not reach everything: do what is left of it. Nothing else need be given."
DONE, REFUSED, NO_ANSWER = 0, 1, 3
SHOWN = 20
"""References of escalations whose raiser nobody knows; `--json` gives them all."""
OPTIONS = {"from_name": "--from", "to_name": "--to"}


def hand_over(
    *,
    from_: Annotated[str | None, Parameter(name="--from", help="Who has them, by name.")] = None,
    to: Annotated[str | None, Parameter(help="Who has them from now on, as the directory names them.")] = None,
    role: Annotated[str | None, Parameter(help="The new one's role; the same as before where not given.")] = None,
    only: Annotated[str, Parameter(help=ONLY)] = "",
    by: Annotated[str | None, Parameter(help=BY)] = None,
    name: Annotated[str | None, Parameter(help="Who hands over.")] = None,
    reason: Annotated[str | None, Parameter(help="Why.")] = None,
    again: Annotated[str | None, Parameter(help=AGAIN)] = None,
    dry_run: Annotated[bool, Parameter(negative="", help="Say what would be handed over, and do nothing.")] = False,
    json: Annotated[bool, Parameter(name="--json", negative="", help="Print what came of it as JSON.")] = False,
) -> int:
    """Hand over all open escalations and waiting drafts of one raiser, with their tasks, to another. No deadline moves.

    For example: twentydays hand-over --from "Amara Ndiaye" --to "Sam Okafor" --by qau_manager --name "Ruth Adeyemi"
    """
    office, now = Office(load()), datetime.now(UTC)
    if again:
        row = _written_down(office, again)
        return _tell(_of(row, asyncio.run(_carry_out(office, row))), json=json)
    asked = _asked(from_name=from_, to_name=to, role=role, only=_listed(only), by=by, name=name, reason=reason)
    caseload = foresee(office, asked, now)
    if dry_run or not caseload.parts:
        return _tell(caseload.report(), json=json)
    if not json:
        print("\n".join(_preview(caseload.report())))
    row, handed = asyncio.run(_begin(office, caseload.row(new_id(), now)))
    return _tell(caseload.report(handed, row.hand_over), json=json)


def new_id() -> str:
    return f"HO-{uuid.uuid4().hex[:12].upper()}"


async def _begin(office: Office, row: HandOverRow) -> tuple[HandOverRow, list[Handed]]:
    """Written down only once Temporal answers, and before anything is done."""
    await office.temporal()
    kept = await asyncio.to_thread(office.register.hand_overs.keep, row)
    sys.stderr.write(f"Written down as {kept.hand_over}; should this end early: hand-over --again {kept.hand_over}\n")
    return kept, await _carry_out(office, kept)


async def _carry_out(office: Office, row: HandOverRow) -> list[Handed]:
    client = await office.temporal()
    with Progress(console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("Escalations", total=len(row.escalations))
        act = partial(escalations.act, client)
        return await carry_out(office.register, row, act, lambda done, of: bar.update(task, completed=done, total=of))


def _written_down(office: Office, hand_over: str) -> HandOverRow:
    row = office.register.hand_overs.find(hand_over.strip().upper())
    if row is None:
        latest = ", ".join(each.hand_over for each in office.register.hand_overs.listed(3)) or "none"
        raise InvalidDocument([Fault("--again", f"there is no hand-over {hand_over}; the latest are: {latest}")])
    return row


def _of(row: HandOverRow, handed: list[Handed]) -> HandOverReport:
    names = {"from_name": row.from_name, "to_name": row.to_name}
    return HandOverReport.model_validate({"hand_over": row.hand_over, "handed": handed} | names)


def _listed(only: str) -> list[str]:
    return [reference.strip().upper() for reference in only.split(",") if reference.strip()]


def _asked(**said: object) -> Asked:
    """Raises InvalidDocument, with every fault."""
    try:
        return Asked.model_validate(said)
    except ValidationError as problem:
        faults = [_fault(str(error["loc"][0]), error["input"], sentence(error)) for error in problem.errors()]
        raise InvalidDocument(faults) from None


def _fault(name: str, given: object, message: str) -> Fault:
    said = "is needed" if given is None else message
    return Fault(OPTIONS.get(name, f"--{name}"), said)


# Told on a terminal ---------------------------------------------------------------------------------------------------


def _tell(report: HandOverReport, *, json: bool) -> int:
    print(report.model_dump_json(indent=1) if json else "\n".join(_lines(report)))
    if report.of("not_reached"):
        return NO_ANSWER
    return REFUSED if report.of("refused") else DONE


def _preview(report: HandOverReport) -> Iterator[str]:
    would = report.of("would_be_done")
    yield f"From {report.from_name} to {report.to_name}: {', '.join(each.reference for each in would)}"
    yield from (f"Advice: {warning}" for warning in report.warnings)


def _lines(report: HandOverReport) -> Iterator[str]:
    if would := report.of("would_be_done"):
        yield from _preview(report)
        yield f"Nothing is done yet: this would hand over {counted(would)}."
    if done := report.of("done"):
        yield f"Handed over from {report.from_name} to {report.to_name} ({report.hand_over}): {counted(done)}."
    for handed in report.of("refused", "not_reached"):
        result = "not handed over" if handed.result == "refused" else "not reached"
        yield f"  {handed.reference}: {result}. {handed.why}"
    if report.of("not_reached"):
        yield f"`twentydays hand-over --again {report.hand_over}` does what is left, and nothing twice."
    if report.unknown:
        more = f" and {len(report.unknown) - SHOWN} more" if len(report.unknown) > SHOWN else ""
        yield f"Not handed over, since nobody knows whose they are: {', '.join(report.unknown[:SHOWN])}{more}."
        yield "Where they are theirs too: `--only` with these references."


def counted(handed: list[Handed]) -> str:
    """2 escalations and 1 draft"""
    numbers = {kind: sum(each.kind == kind for each in handed) for kind in ("escalation", "draft")}
    return " and ".join(f"{n} {kind}{'' if n == 1 else 's'}" for kind, n in numbers.items() if n)
