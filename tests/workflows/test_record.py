"""A recording that stands alone: who hears of it hears once, the register keeps it, and the workflow ends."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowExecutionStatus, WorkflowFailureError

from escalation.commands import RecordEvent
from escalation.record import RecordOpening, summary_of
from escalation.state import EntryView
from starter.records import Kept, keep
from starter.rehearsal.transcript import DOMAIN
from starter.rehearsal.world import World
from tests.a_recording import a_procedure, recording
from tests.harness import london
from workflows import TASK_QUEUE, record_id
from workflows.record import Record

PROCEDURE = a_procedure()
AT = "2026-03-02 10:00"
ID = record_id("southwark", "GP-1")
SAID = {"practitioner": "social_worker", "about": "Patient work"}


class Recorded:
    """One world in which something is recorded."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def keep(self, fields: dict[str, Any] | None = None, **said: Any) -> Kept:
        command = RecordEvent(what="good_practice", by="iro", name="Sam Okafor", fields=fields or SAID)
        client, register = self.world.client, self.world.register
        kept = await keep(client, register, PROCEDURE, command, await self.world.now(), **{"reference": "GP-1"} | said)
        if kept.record:
            await self.world.follow(kept.record)
        return kept

    def mail(self) -> list[tuple[str, str]]:
        return [(str(m["X-Twentydays-Notice"]), str(m["X-Twentydays-Role"])) for m in self.world.outbox.sent]

    def events(self) -> list[str]:
        return [entry.event for entry in self.world.register.recordings.history(ID)]

    async def status(self) -> WorkflowExecutionStatus | None:
        return (await self.world.client.get_workflow_handle(ID).describe()).status


@pytest.fixture
def recorded(a_case: Callable[..., Any]) -> Callable[..., Any]:
    @asynccontextmanager
    async def at(**options: Any) -> AsyncIterator[Recorded]:
        async with a_case(PROCEDURE, at=AT, **options) as case:
            yield Recorded(case.world)
            assert case.world.register.verify() == []

    return at


async def test_who_hears_of_it_hears_once_and_it_ends(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        kept = await one.keep(team="Care Team 1")
        assert (kept.result, kept.record, kept.rejection) == ("recorded", ID, None)
        assert one.mail() == [("good_practice", "operational_manager")]
        assert one.events() == ["recorded", "case_note", "task_opened", "email_sent"]
        assert await one.status() == WorkflowExecutionStatus.COMPLETED
        (row,) = one.world.register.recordings.listed()
        assert (row.reference, row.fields, row.team) == ("GP-1", SAID, "Care Team 1")
        assert timedelta(0) <= row.at - london(AT) < timedelta(minutes=2)


async def test_the_history_can_be_asked_of_temporal_too(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        await one.keep()
        handle = one.world.client.get_workflow_handle(ID)
        told = await handle.query("history", result_type=list[EntryView])
        assert [entry.n for entry in told] == [1, 2, 3, 4]
        assert told[3].details["delivered"][0]["role"] == "operational_manager"


async def test_the_same_again_records_nothing_new_also_after_the_end(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        results = [(await one.keep()).result for _ in range(3)]
        assert results == ["recorded", "already_recorded", "already_recorded"]
        assert len(one.mail()) == 1
        taken = await one.keep({**SAID, "about": "Something else"})
        assert taken.rejection
        assert (taken.result, taken.rejection.code) == ("refused", "reference_taken")
        assert len(one.mail()) == 1


async def test_what_the_rules_refuse_leaves_no_trace(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        kept = await one.keep({"about": "", "abuot": "x"})
        assert kept.rejection
        assert kept.rejection.code == "incomplete"
        assert [fault.where for fault in kept.faults] == ["practitioner", "about", "abuot"]
        assert one.mail() == []
        assert one.world.register.recordings.claim(ID, summary_of(_opening(), london(AT)), "any") == "new"


async def test_advice_is_given_with_what_is_recorded(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        kept = await one.keep({**SAID, "category": 3})
        assert [warning.message for warning in kept.warnings] == ["Say which review it was seen at."]
        assert kept.result == "recorded"


async def test_while_mail_is_down_it_is_kept_and_waits(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        one.world.outbox.down.append((london("2026-03-02 00:00"), london("2026-03-03 09:00")))
        await one.keep()
        assert one.mail() == []
        assert one.events() == ["recorded", "case_note", "task_opened"]
        assert await one.status() == WorkflowExecutionStatus.RUNNING
        await one.world.pass_time(london("2026-03-03 09:10"))
        assert one.mail() == [("good_practice", "operational_manager")]
        assert await one.status() == WorkflowExecutionStatus.COMPLETED


async def test_who_cannot_be_reached_is_told_to_those_who_can_mend_it(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        one.world.outbox.refuses |= {f"operational_manager@{DOMAIN}", f"head_of_qau@{DOMAIN}"}
        await one.keep()
        assert one.mail() == [("delivery_failed", role) for role in ("qau_manager", "operations", "iro")]
        assert one.events()[-2:] == ["email_failed", "email_sent"]


async def test_each_notice_is_its_own_so_one_unreachable_reader_holds_up_nobody(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        one.world.outbox.refuses.add(f"head_of_service@{DOMAIN}")
        await one.keep({**SAID, "practitioner": "partner_agency"})
        assert {role for notice, role in one.mail() if notice == "good_practice"} == {"operational_manager", "iro"}
        assert ("delivery_failed", "operations") in one.mail()


def _opening(**changes: Any) -> RecordOpening:
    command = RecordEvent(what="good_practice", by="iro", fields=SAID)
    said = {"reference": "GP-1", "procedure": PROCEDURE, "recording": recording("good_practice"), "command": command}
    return RecordOpening.model_validate(said | changes)


async def test_what_starts_it_otherwise_is_ruled_inside_too(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        client: Client = one.world.client
        command = RecordEvent(what="good_practice", by="social_worker", fields=SAID)
        handle = await client.start_workflow(Record.run, _opening(command=command), id=ID, task_queue=TASK_QUEUE)
        with pytest.raises(WorkflowFailureError) as failed:
            await handle.result(rpc_timeout=timedelta(minutes=2))
        assert "recorded by the Independent Reviewing Officer" in str(failed.value.cause)
        assert one.mail() == []


async def test_nothing_of_it_can_be_read_in_temporal(recorded: Callable[..., Any]) -> None:
    async with recorded() as one:
        await one.keep()
        history = await one.world.client.get_workflow_handle(ID).fetch_history()
        assert b"Patient work" not in b"".join(event.SerializeToString() for event in history.events)
