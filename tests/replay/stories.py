"""Which lives are kept as histories? Of escalations one for each kind of ending and each way of waiting, and of
recordings that stand alone those that are told at once, late, and not at all.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date

from config.keys import KeyRing
from escalation.messages import (
    AnswerPromise,
    Bypass,
    CameBack,
    Close,
    CompleteForm,
    ConsiderCafcass,
    Cover,
    DecideLegalAdvice,
    Follow,
    GrantExtension,
    HandOver,
    Note,
    Reassign,
    RecordEvent,
    RecordPromise,
    RecordTold,
    ReferCafcass,
    RequestExtension,
    RequestLegalAdvice,
    Respond,
    TellChange,
    Withdraw,
)  # fmt: skip
from starter.records import keep
from starter.rehearsal.transcript import DOMAIN
from tests.a_recording import a_procedure
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
    ladder = ("operational_manager", "head_of_service", "assistant_director", "director_csc")
    case.world.outbox.refuses |= {f"{role}@{DOMAIN}" for role in ladder}
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


@story("halton-looked-after", "2026-05-20 10:00")
async def settled_by_nobody_and_referred_to_cafcass(case: ACase) -> None:
    """Notice of Stage 2, every stage in silence to the end, and a referral where nothing of the ladder runs."""
    await case.start(stage="S2", ground=5, notice_working_days=3)
    await case.pass_time(to="2026-06-30 12:00")
    refused = ReferCafcass(by="irm", fields={"checklist": CHECKLIST | {"adult_brings": True}})
    assert not (await case.act(refused)).accepted
    assert (await case.act(ReferCafcass(by="irm", fields={"checklist": CHECKLIST}))).accepted
    assert (await case.state()).status == "referred"
    await case.decide("satisfied")


CHECKLIST = {
    "every_attempt_to_dcs": True,
    "risk_of_breach": True,
    "other_adult": False,
    "child_brings_own": False,
    "adult_brings": False,
}


@story("southwark", "2025-06-02 10:00")
async def advised_handed_on_and_recorded(case: ACase) -> None:
    """CAFCASS considered, legal advice, an addressee who hands on, a duty done: none of them moves a deadline."""
    await case.start()
    due = (await case.state()).due
    for command in (
        ConsiderCafcass(by="iro"),
        RequestLegalAdvice(by="iro"),
        DecideLegalAdvice(by="head_of_qau", necessary=True, provider="A firm"),
        Reassign(by="operational_manager", to="head_of_service"),
        RecordEvent(by="iro", what="parallel_action", fields={"action": "complaint"}),
    ):
        receipt = await case.act(command)
        assert receipt.accepted, receipt.rejection
    assert (await case.state()).due == due
    await case.respond(by="head_of_service")
    await case.decide("satisfied")


@story("oxfordshire", "2026-03-02 10:00")
async def a_draft_completed(case: ACase) -> None:
    """A lapse enters the stage whose form nobody had filled in; the raiser completes it."""
    await case.start()
    await case.pass_time(to="2026-03-11 10:00")
    said = {"form": {"expected_outcome": "A named lead", "timeframe_working_days": 5}}
    assert (await case.act(CompleteForm(by="iro", fields=said))).accepted
    await case.respond()
    await case.decide("satisfied")


async def _recorded(case: ACase, **fields: str) -> None:
    said = RecordEvent(what="good_practice", by="iro", fields={"about": "Patient work"} | fields)
    world, now = case.world, await case.world.now()
    kept = await keep(world.client, world.register, a_procedure(), said, now, reference=case.reference, team="Care 1")
    assert kept.record
    await world.follow(kept.record)


@story("southwark", "2025-06-02 10:00")
async def recorded_alone(case: ACase) -> None:
    await _recorded(case, practitioner="social_worker")


@story("southwark", "2025-06-02 10:00")
async def recorded_alone_while_mail_is_down(case: ACase) -> None:
    case.world.outbox.down.append((london("2025-06-02 00:00"), london("2025-06-02 12:30")))
    await _recorded(case, practitioner="partner_agency")
    await case.world.pass_time(london("2025-06-02 12:40"))


@story("southwark", "2025-06-02 10:00")
async def recorded_alone_and_refused(case: ACase) -> None:
    case.world.outbox.refuses |= {f"{role}@{DOMAIN}" for role in ("operational_manager", "operations")}
    await _recorded(case, practitioner="social_worker")


async def _comes_back(case: ACase, kind: str) -> None:
    """As the mailbox tells it of the alert of the first stage."""
    sent = (await case.entries("email_sent"))[0]
    role = "operational_manager"
    about = {"entry": sent.details["entry"], "notice": "alert", "role": role, "address": f"{role}@{DOMAIN}"}
    came = about | {"mail_id": kind, "kind": kind, "received_at": await case.world.now(), "text": "As it says."}
    handle = case.world.client.get_workflow_handle(case.id)
    await handle.signal("mail_came_back", CameBack.model_validate(came))
    await case.world.settle()


@story("southwark", "2025-06-02 10:00")
async def alert_came_back(case: ACase) -> None:
    """Nobody has it, so its clock stops, and the next above is asked as cover."""
    await case.start()
    await case.pass_time(to="2025-06-03 11:00")
    await _comes_back(case, "bounce")
    assert (await case.entries("post_covered"))[0].details["why"] == "refused"
    await case.pass_time(to="2025-06-04 11:00")
    await case.respond(name="Covering Manager")
    await case.decide("satisfied")


@story("southwark", "2025-06-02 10:00")
async def replied_to_and_handed_over(case: ACase) -> None:
    """A reply stops no clock, an absent mailbox neither; the stage lapses and another raiser closes it."""
    await case.start(name="Amara Ndiaye")
    await _comes_back(case, "absence")
    await _comes_back(case, "reply")
    await case.pass_time(to="2025-06-09 17:02")
    assert (await case.status())[0] == "L2"
    assert (await case.act(HandOver(by="qau_manager", to_name="Sam Okafor", hand_over="h-1"))).accepted
    await case.act(Close(by="iro", outcome="unresolved", reason="Goes to court."))


@story("southwark", "2025-06-02 10:00")
async def promised_and_asked_after_the_close(case: ACase) -> None:
    """A promise kept after its question was chased and passed on, another not kept, and what changed asked again."""
    await case.start()
    await case.respond(done_by=date(2025, 6, 20))
    await case.act(RecordPromise(by="iro", done_by=date(2025, 7, 10), how="By telephone"))
    await case.decide("satisfied", what_changed="too_early", ask_again_on=date(2025, 8, 1))
    kept, broken = [entry.n for entry in await case.entries("promised")]
    await case.pass_time(to="2025-06-30 10:00")
    assert (await case.act(AnswerPromise(by="qau_manager", promise=kept, done=True))).accepted
    await case.pass_time(to="2025-07-10 10:00")
    assert (await case.act(AnswerPromise(by="iro", promise=broken, done=False))).accepted
    assert (await case.act(Follow(by="iro", promise=broken, reference="REPLAY-LINKED", at_stage="L3"))).accepted
    await case.pass_time(to="2025-08-01 10:00")
    assert (await case.act(TellChange(by="iro", changed="not_changed"))).accepted


@story("southwark", "2025-06-02 10:00")
async def closed_with_a_promise_to_come(case: ACase) -> None:
    """Still waiting for its date when the history ends, and handed over meanwhile."""
    await case.start(name="Amara Ndiaye")
    await case.respond(done_by=date(2025, 9, 19))
    await case.decide("satisfied", what_changed="changed")
    await case.pass_time(to="2025-07-01 10:00")
    assert (await case.act(HandOver(by="qau_manager", to_name="Sam Okafor"))).accepted


@story("southwark", "2025-06-02 10:00")
async def an_offer_that_nobody_took(case: ACase) -> None:
    """Withdrawn with a promise outstanding; not kept, and no linked escalation begun."""
    await case.start()
    await case.respond(done_by=date(2025, 6, 4))
    await case.act(Withdraw(by="iro", reason="Settled otherwise."))
    await case.pass_time(to="2025-06-04 10:00")
    assert (await case.act(AnswerPromise(by="iro", done=False))).accepted
    await case.pass_time(to="2025-07-03 10:00")
