"""Which lives of an escalation are kept as histories? One for each kind of ending, and for each way of waiting."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from config.keys import KeyRing
from escalation.messages import (
    Bypass,
    Close,
    Cover,
    GrantExtension,
    Note,
    RecordTold,
    RequestExtension,
    Respond,
    Withdraw,
)  # fmt: skip
from tests.harness import ACase, london

RING = KeyRing(active="test-only", keys={"test-only": bytes(range(32))})
"""A key that everybody can read here: these histories hold nothing but invented data."""


Tell = Callable[[ACase], Awaitable[None]]


@dataclass(frozen=True)
class Story:
    procedure: str
    at: str
    tell: Tell


STORIES: dict[str, Story] = {}


def story(procedure: str, at: str) -> Callable[[Tell], Tell]:
    def keep(tell: Tell) -> Tell:
        STORIES[tell.__name__] = Story(procedure, at, tell)
        return tell

    return keep


@story("southwark", "2025-05-02 14:00")
async def resolved(case: ACase) -> None:
    await case.start()
    await case.pass_time(to="2025-05-07 11:00")
    await case.respond()
    await case.decide("satisfied")


@story("southwark", "2025-05-02 14:00")
async def unresolved(case: ACase) -> None:
    await case.start(stage="L4")
    await case.act(Close(by="iro", outcome="unresolved", reason="Goes to court."))


@story("southwark", "2025-05-02 14:00")
async def no_longer_applicable(case: ACase) -> None:
    await case.start()
    await case.act(Close(by="iro", outcome="no_longer_applicable", reason="The child has moved."))


@story("southwark", "2025-05-02 14:00")
async def withdrawn(case: ACase) -> None:
    await case.start()
    await case.act(Withdraw(by="iro", reason="Raised in error."))


@story("southwark", "2025-12-22 10:00")
async def silent_to_the_last_stage(case: ACase) -> None:
    await case.start()
    await case.pass_time(to="2026-01-29 10:00")


@story("southwark", "2025-06-02 10:00")
async def held_at_the_cap(case: ACase) -> None:
    await case.start()
    await case.respond()
    await case.pass_time(to="2025-06-27 10:00")
    await case.decide("not_satisfied")
    await case.pass_time(to="2025-07-01 10:00")
    await case.act(Close(by="iro", outcome="unresolved", reason="Nothing more can be done here."))


@story("leicestershire", "2025-03-31 09:00")
async def asked_after_a_lapse(case: ACase) -> None:
    await case.start(stage="PC", channel="email")
    await case.pass_time(to="2025-04-08 10:00")
    await case.decide("go_formal", to="S1")
    await case.act(Cover(by="asm_sp", absent="iro", cover="asm_sp"))
    await case.respond()
    await case.decide("satisfied", by="asm_sp")


@story("southwark", "2025-12-15 09:30")
async def extended_and_late(case: ACase) -> None:
    await case.start()
    await case.act(RequestExtension(by="operational_manager", working_days=2))
    await case.act(GrantExtension(by="iro", working_days=2))
    await case.act(Bypass(by="iro", to="L3", reason="No time to lose."))
    await case.pass_time(to="2026-01-05 10:00")
    await case.respond("L3")
    await case.decide("satisfied")


@story("southwark", "2025-06-02 10:00")
async def mail_down_and_alert_overtaken(case: ACase) -> None:
    case.world.outbox.down.append((london("2025-06-02 00:00"), london("2025-06-02 12:30")))
    await case.start()
    await case.pass_time(to="2025-06-02 12:20")
    await case.respond("L1")
    await case.pass_time(to="2025-06-02 12:40")
    await case.decide("satisfied")


@story("southwark", "2025-06-02 10:00")
async def refused_alert_told_by_hand(case: ACase) -> None:
    case.world.outbox.refuses.add("operational_manager@rehearsal.example")
    await case.start()
    await case.act(RecordTold(by="iro", told_at=await case.world.now(), how="In person"))
    await case.pass_time(to="2025-06-09 17:05")


@story("southwark", "2025-06-02 10:00")
async def found_in_the_inbox(case: ACase) -> None:
    await case.start()
    answer = Respond(response_id="kept", stage="L1", by="operational_manager", received_at=london("2025-06-09 16:00"))
    case.world.register.put_in_inbox(case.id, answer)
    await case.pass_time(to="2025-06-09 17:05")


@story("southwark", "2025-06-02 10:00")
async def refused_acts(case: ACase) -> None:
    await case.start()
    await case.world.client.get_workflow_handle(case.id).signal("manager_response", args=[b"\x00", 7])
    await case.act(Respond(response_id="x", stage="L1", by="head_of_service", text="Not asked."))
    await case.act(Note(by="iro", text="Rang twice."))
    await case.pass_time(to="2025-06-03 10:00")
