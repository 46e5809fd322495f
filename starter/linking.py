"""The command `follow`: a linked escalation, begun from one in which a promise was not kept."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

from cyclopts import Parameter

from config.settings import load
from escalation.errors import InvalidDocument
from starter import escalations
from starter.following import Beginning, Followed, Wanted
from starter.office import Office
from starter.typed import fields_in

DONE, REFUSED = 0, 1


SAID = "What the form says anew, as field=value; a part of a group as group.part=value."
BY = "The raiser's role, or that of whoever covers for them."
PROMISE = "The promise, by its number as `show` gives it; not needed where there is one."
STAGE = "Where it starts; where the procedure begins, if not given."
ADDRESSEE = "Who must answer, where the procedure lets the raiser name them."
DAYS = "The raiser's own timescale for that stage."
OVERRIDE = "Why it is begun although the issue goes another way."


def follow(
    reference: Annotated[str, Parameter(help="The escalation in which it was promised.")],
    *said: Annotated[str, Parameter(help=SAID)],
    by: Annotated[str, Parameter(help=BY)],
    promise: Annotated[int | None, Parameter(help=PROMISE)] = None,
    stage: Annotated[str | None, Parameter(help=STAGE)] = None,
    name: Annotated[str | None, Parameter(help="Who begins it.")] = None,
    addressee: Annotated[str | None, Parameter(help=ADDRESSEE)] = None,
    working_days: Annotated[int | None, Parameter(help=DAYS)] = None,
    override_reason: Annotated[str | None, Parameter(help=OVERRIDE)] = None,
    json: Annotated[bool, Parameter(name="--json", negative="", help="Print what came of it as JSON.")] = False,
) -> int:
    """Begin a linked escalation because a promise was not kept, at a stage of your choice.

    Its form is that of the escalation in which it was promised, with the broken promise as its ground. Where nobody has
    said yet that the promise was not kept, this says so. Asked for twice, it begins once.

    For example: twentydays follow SWK-2026-0001 --by iro --stage L3
    """
    office = Office(load())
    case = office.case(reference)
    fields, faults = fields_in(case.procedure.asks, said)
    if faults:
        raise InvalidDocument(faults)
    own = {"by": by, "name": name, "promise": promise, "stage": stage, "addressee": addressee}
    more = {"working_days": working_days, "override_reason": override_reason, "fields": fields}
    followed = asyncio.run(_follow(office, reference, Wanted.model_validate(own | more)))
    return _tell(followed, json=json)


async def _follow(office: Office, reference: str, wanted: Wanted) -> Followed:
    client, case = await office.temporal(), office.case(reference)
    act, begin = partial(escalations.act, client), partial(escalations.start, client)
    beginning = Beginning(office.register, office.calendars, act, begin)
    return await beginning.follow(case, office.procedure(case.procedure.key), wanted, datetime.now(UTC))


def _tell(followed: Followed, *, json: bool) -> int:
    if json:
        print(followed.model_dump_json(indent=1))
    else:
        print("\n".join(_lines(followed)))
    return REFUSED if followed.result == "refused" else DONE


def _lines(followed: Followed) -> list[str]:
    advice = [f"Advice: {warning.message}" for warning in followed.warnings]
    because = f"it follows {followed.follows}, because of promise {followed.promise}"
    if followed.result == "begun":
        return [*advice, f"Started {followed.reference}: {followed.escalation}; {because}."]
    if followed.result == "already_begun":
        return [f"{followed.reference} was begun before; {because}. Nothing new was begun."]
    places = (f" ({rejection.field})" if rejection.field else "" for rejection in followed.rejections)
    return [f"Refused{at}: {each.message}" for at, each in zip(places, followed.rejections, strict=True)]
