"""A linked escalation is begun because a promise was not kept: once, at whichever stage, and both name each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from functools import partial
from typing import Any

import pytest
from temporalio.client import WorkflowFailureError

from config import procedures
from escalation import linked
from escalation.case import Case
from escalation.fold import fold
from escalation.history import Followed as FollowedEntry
from escalation.history import Raised
from escalation.messages import AnswerPromise, Cover, RecordPromise
from escalation.messages import Follow as FollowCommand
from escalation.opening import Opening
from escalation.procedure import Procedure
from register.rows import DraftRow
from starter import escalations
from starter.following import Beginning, Followed, Wanted
from tests.harness import ACase, a_case
from workflows import workflow_id

GROUND = "What the Operational Manager promised for Friday 20 June 2025 was not done (CASE-1): The meeting"


@pytest.fixture
async def case() -> AsyncIterator[ACase]:
    """Closed on Wednesday 4 June 2025, with a promise for Friday 20 June of which nobody has yet been asked."""
    async with a_case("southwark", at="2025-06-04 10:00") as begun:
        await begun.start(name="Amara Ndiaye", concern="No plan", team="Care 1")
        await begun.respond(text="The meeting", done_by=date(2025, 6, 20))
        await begun.decide("satisfied")
        for notice in ("alert", "please_read_record", "response_received"):
            await begun.expect_all(notice)
        yield begun
        for notice in ("alert", "please_read_record"):
            await begun.expect_all(notice)


async def follow(
    case: ACase,
    *,
    procedure: Procedure | None = None,
    stage: str | None = "L3",
    old: Case | None = None,
    **said: Any,
) -> Followed:
    world, old = case.world, old or the_old_one(case)
    act, begin = partial(escalations.act, world.client), partial(escalations.start, world.client)
    beginning = Beginning(world.register, world.calendars, act, begin)
    wanted = Wanted.model_validate({"by": "iro", "name": "Amara Ndiaye", "stage": stage} | said)
    followed = await beginning.follow(old, procedure or case.procedure, wanted, await world.now())
    await world.settle()
    for reference in {followed.reference, *(row.reference for row in world.register.escalations() if row.n)} - {None}:
        name = workflow_id("southwark", str(reference))
        world.others += [name] if name != case.id and name not in world.others else []
    await world.settle()
    case.expected |= {n for n, (notice, _) in enumerate(await case.sent()) if notice == "not in the history"}
    return followed


def the_old_one(case: ACase, reference: str = "CASE-1") -> Case:
    return fold(case.procedure, case.world.register.history(reference))


def raised(case: ACase, reference: str) -> Raised:
    found = [entry for entry in case.world.register.history(reference) if isinstance(entry, Raised)]
    assert len(found) == 1
    return found[0]


async def test_it_begins_where_the_raiser_says_with_the_old_form_and_the_promise_as_its_ground(case: ACase) -> None:
    followed = await follow(case)
    assert (followed.result, followed.reference, followed.follows) == ("begun", "CASE-1-2", "CASE-1")
    new = raised(case, "CASE-1-2")
    assert (new.stage, new.follows, new.follows_promise) == ("L3", "CASE-1", followed.promise)
    assert (new.by, new.name, new.team) == ("iro", "Amara Ndiaye", "Care 1")
    assert new.fields["concern"] == f"{GROUND}.\n\nNo plan"
    assert (new.bypass_reason or "").startswith(GROUND)
    assert followed.warnings == []


async def test_both_histories_name_each_other_and_the_old_one_ends(case: ACase) -> None:
    followed = await follow(case)
    told = [entry for entry in case.world.register.history("CASE-1") if isinstance(entry, FollowedEntry)]
    assert [(entry.reference, entry.promise, entry.at_stage) for entry in told] == [
        ("CASE-1-2", followed.promise, "L3")
    ]
    assert [entry.event for entry in await case.history()][-2:] == ["promise_not_kept", "followed"]
    assert case.id in case.world.ended


async def test_asked_for_twice_it_begins_once(case: ACase) -> None:
    first = await follow(case)
    again = await follow(case, stage="L4")
    assert (again.result, again.reference) == ("already_begun", first.reference)
    assert raised(case, "CASE-1-2").stage == "L3"
    assert case.world.register.find("CASE-1-3") is None


async def test_asked_for_at_one_instant_by_two_it_begins_once(case: ACase) -> None:
    both = await asyncio.gather(follow(case), follow(case, stage="L4"), return_exceptions=True)
    assert case.world.register.find("CASE-1-3") is None
    begun = [each for each in both if isinstance(each, Followed) and each.result == "begun"]
    assert len(begun) == 1, both


async def test_what_ended_early_is_finished_by_asking_again(case: ACase) -> None:
    """The old one has said which follows, and whoever asked was gone before that began."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Beginning, "_begun", _gone)
        with pytest.raises(TimeoutError):
            await follow(case)
    await case.world.settle()
    row = case.world.register.find("CASE-1-2")
    assert row
    assert row.n == 0
    followed = await follow(case)
    assert (followed.result, followed.reference) == ("begun", "CASE-1-2")


async def test_what_the_old_one_has_named_nothing_else_can_take_before_it_begins(case: ACase) -> None:
    """An event of the same reference, say, or another that is called by the same first one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Beginning, "_begun", _gone)
        with pytest.raises(TimeoutError):
            await follow(case)
    await case.world.settle()
    register = case.world.register
    row = register.find("CASE-1")
    assert row
    other = row.model_copy(update={"reference": "CASE-1-2"})
    assert register.claim_reference("CASE-1-2", "escalation/southwark/CASE-1-2", "another", other) == "different"
    assert (await follow(case)).result == "begun"


async def test_another_escalation_is_never_taken_for_the_one_that_follows(case: ACase) -> None:
    """Told that it was begun before, nobody would begin one, and the broken promise would lead to nothing."""
    promise = the_old_one(case).follow_ups.promises[0]
    start = linked.start_of(the_old_one(case), promise, by="iro").model_copy(update={"follows": None, "stage": "L1"})
    another = Opening.model_construct(reference="CASE-1-2", procedure=case.procedure, start=start)
    await case.act(AnswerPromise(by="iro", done=False))
    await case.act(FollowCommand(by="iro", promise=promise.n, reference="CASE-1-2"))
    await escalations.start(case.world.client, another)
    case.world.others.append(workflow_id("southwark", "CASE-1-2"))
    await case.world.settle()
    followed = await follow(case)
    assert (followed.result, [each.code for each in followed.rejections]) == ("refused", ["reference_taken"])


async def _gone(*_: object) -> bool:
    raise TimeoutError


async def test_a_reference_that_something_else_has_is_passed_over(case: ACase) -> None:
    row = case.world.register.find("CASE-1")
    assert row
    case.world.register.claim_reference("CASE-1-2", "escalation/southwark/CASE-1-2", "another", row)
    assert (await follow(case)).reference == "CASE-1-3"


async def test_a_reference_under_which_a_draft_will_start_is_passed_over(case: ACase) -> None:
    at = await case.world.now()
    draft = DraftRow(reference="CASE-1-2", procedure="southwark", source="/x", event_id="1", received_at=at, event="{}")
    case.world.register.drafts.keep(draft)
    assert (await follow(case)).reference == "CASE-1-3"
    assert case.world.register.find("CASE-1-2") is None


async def test_what_was_refused_inside_can_be_asked_for_again(case: ACase) -> None:
    """Asked by somebody who covers for the raiser, as far as they know; the old one hears of that only then."""
    line_manager = case.procedure.raiser.line_manager
    believed = the_old_one(case).model_copy(update={"covered_by": {"iro": line_manager}})
    refused = await follow(case, old=believed, by=line_manager)
    assert [each.code for each in refused.rejections] == ["not_the_raiser"]
    await case.act(Cover(by=line_manager, absent="iro", cover=line_manager))
    assert (await follow(case, by=line_manager)).result == "begun"


async def test_where_the_start_inside_was_refused_it_is_not_said_to_have_begun(case: ACase) -> None:
    async def refused_inside(opening: Opening) -> bool:
        assert opening.start
        wrong = opening.model_copy(update={"start": opening.start.model_copy(update={"by": "social_worker"})})
        begun = await escalations.start(case.world.client, wrong)
        with pytest.raises(WorkflowFailureError):
            await case.world.client.get_workflow_handle(workflow_id("southwark", opening.reference)).result()
        return begun

    old, at = the_old_one(case), await case.world.now()
    beginning = Beginning(
        case.world.register, case.world.calendars, partial(escalations.act, case.world.client), refused_inside
    )
    await beginning.follow(old, case.procedure, Wanted(by="iro", stage="L3"), at)
    await case.world.settle()
    again = await follow(case)
    assert (again.result, again.reference) == ("begun", "CASE-1-2")
    assert raised(case, "CASE-1-2").stage == "L3"


async def test_another_promise_of_the_same_escalation_has_an_escalation_of_its_own(case: ACase) -> None:
    await case.act(RecordPromise(by="iro", done_by=date(2025, 6, 27)))
    first, second = [promise.n for promise in the_old_one(case).follow_ups.promises]
    unsure = await follow(case)
    assert [rejection.code for rejection in unsure.rejections] == ["which_promise"]
    assert (await follow(case, promise=second)).reference == "CASE-1-2"
    assert (await follow(case, promise=first)).reference == "CASE-1-3"


async def test_the_third_is_called_by_the_first_too(case: ACase) -> None:
    await follow(case)
    old = the_old_one(case, "CASE-1-2")
    assert old.follows == "CASE-1"
    assert linked.reference_of(old, 3) == "CASE-1-3"


async def test_what_the_procedure_refuses_is_refused_with_every_fault_and_nothing_is_said(case: ACase) -> None:
    refused = await follow(case, stage="L9")
    assert [(each.code, each.field) for each in refused.rejections] == [("no_such_stage", "stage")]
    empty = {"impact_on_child": None, "requested_action": None}
    lacking = await follow(case, fields=empty)
    assert {each.field for each in lacking.rejections} == {"fields.impact_on_child", "fields.requested_action"}
    stranger = await follow(case, by="operational_manager", stage="L9")
    assert [each.code for each in stranger.rejections] == ["not_the_raiser", "no_such_stage"]
    assert not await case.entries("promise_not_kept")
    assert case.world.register.find("CASE-1-2") is None


async def test_where_the_procedure_starts_only_at_some_stages_so_does_this(case: ACase) -> None:
    stricter = case.procedure.model_copy(update={"entry": case.procedure.entry.model_copy(update={"start_at": ["L1"]})})
    refused = await follow(case, procedure=stricter)
    assert [each.code for each in refused.rejections] == ["start_not_allowed"]


async def test_a_promise_that_was_kept_leads_to_nothing(case: ACase) -> None:
    await case.act(AnswerPromise(by="iro", done=True))
    refused = await follow(case)
    assert [each.code for each in refused.rejections] == ["no_such_promise"]
    named = await follow(case, promise=the_old_one(case).follow_ups.promises[0].n)
    assert [each.code for each in named.rejections] == ["closed"]


def test_the_form_of_every_procedure_takes_the_ground_where_its_concern_is() -> None:
    for procedure in procedures.all_procedures().values():
        keys = {field.key for field in procedure.asks} | set(procedure.taxonomies)
        assert procedure.question.concern.partition(".")[0] in keys, procedure.key
