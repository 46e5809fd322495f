"""Mail that does not arrive: the clock waits, people are told, and what is overtaken never goes out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from escalation.messages import RecordTold
from escalation.working_days import LONDON
from tests.harness import ACase, london

RAISED = "2025-06-02 10:00"
LADDER = ("operational_manager", "head_of_service", "assistant_director", "director_csc")


async def test_with_mail_down_no_clock_runs_and_day_0_is_the_day_of_acceptance(a_case: Callable[..., Any]) -> None:
    """Operations and the raiser are alarmed after two office hours; a task for them is open from then on."""
    async with a_case("leicestershire", at="2025-06-02 22:00") as case:
        case.world.outbox.down.append((london("2025-06-02 00:00"), london("2025-06-03 11:30")))
        await case.start(stage="S1", ground="positive_challenge_unsuccessful")
        state = await case.pass_time(to="2025-06-03 11:29")
        assert (state.due, state.cap, state.waiting_for) == (None, None, "operations")
        alarms = await case.entries("alert_not_accepted")
        assert [f"{alarm.at.astimezone(LONDON):%d %H:%M}" for alarm in alarms] == ["03 11:00"]
        assert [task.details["to"] for task in await case.entries("task_opened")] == ["operations"]
        state = await case.pass_time(to="2025-06-03 11:35")
        await case.expect_alert("S1")
        for _ in alarms:
            await case.expect_mail(notice="alert_not_accepted", to=["operations", "iro"])
        [started] = [entry for entry in await case.entries("email_sent") if entry.details["starts_clock"]]
        assert started.details["day_zero"] == "2025-06-03"
        assert (state.due, state.cap) == (london("2025-06-10 17:00"), london("2025-07-01 17:00"))


async def test_a_refused_alert_is_told_to_quality_assurance_and_given_by_hand(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        _refuse(case, *LADDER)
        await case.start()
        await case.expect_mail(notice="alert", to=["head_of_qau", "qau_manager"])
        await case.expect_mail(notice="please_read_record", to="social_worker")
        for _ in ("the alert", "the record to read"):
            await case.expect_mail(notice="delivery_failed", to=["qau_manager", "operations", "iro"])
        failed = {entry.details["part"]: entry.details["failed"] for entry in await case.entries("email_failed")}
        assert {failure["address"] for failure in failed["addressee"]} == {_address(role) for role in LADDER}
        assert "550" in failed["addressee"][0]["reason"]
        assert (await case.state()).waiting_for == "operations"
        told = RecordTold(by="iro", told_at=london("2025-06-02 10:01"), how="In person")
        await case.pass_time(to="2025-06-02 11:00")
        assert (await case.act(told)).accepted
        case.world.outbox.refuses = {_address("operational_manager")}
        assert (await case.state()).due == london("2025-06-09 17:00")
        await case.pass_time(to="2025-06-09 17:05")
        assert await case.status() == ("L2", "awaiting_response")
        await case.expect_alert("L2")
        await case.expect_mail(notice="overdue", to=["iro", "qau_manager"])
        for _ in ("the reminder", "the overdue notice"):
            await case.expect_mail(notice="delivery_failed", to=["qau_manager", "operations", "iro"])


async def test_a_refused_alert_goes_to_whoever_stands_above_and_the_clock_starts(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        _refuse(case, "operational_manager")
        await case.start()
        (covered,) = await case.entries("post_covered")
        assert (covered.details["cover"], covered.details["why"]) == ("head_of_service", "refused")
        assert (await case.state()).due == london("2025-06-09 17:00")
        await case.expect_mail(notice="alert", to=["operational_manager", "head_of_qau", "qau_manager"])
        await case.expect_all("delivery_failed")
        await case.expect_mail(notice="post_covered", to=["qau_manager", "operations", "iro"])
        await case.expect_all("please_read_record")
        alert = next(mail for mail in case.world.outbox.sent if mail["X-Twentydays-Role"] == "operational_manager")
        assert alert["To"].addresses[0].addr_spec == _address("head_of_service")


async def test_a_refused_copy_holds_up_nothing(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        _refuse(case, "head_of_qau")
        await case.start()
        await case.expect_mail(notice="alert", to=["operational_manager", "qau_manager"])
        await case.expect_mail(notice="please_read_record", to=["social_worker", "operational_manager"])
        await case.expect_mail(notice="delivery_failed", to=["qau_manager", "operations", "iro"])
        assert (await case.state()).due == london("2025-06-09 17:00")
        [failed] = await case.entries("email_failed")
        assert [failure["role"] for failure in failed.details["failed"]] == ["head_of_qau"]


async def test_a_failed_notice_of_a_failure_does_not_call_for_another(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        _refuse(case, "head_of_qau", "operations")
        await case.start()
        await case.expect_mail(notice="alert", to=["operational_manager", "qau_manager"])
        await case.expect_mail(notice="please_read_record", to=["social_worker", "operational_manager"])
        await case.expect_mail(notice="delivery_failed", to=["qau_manager", "iro"])
        assert len(await case.entries("email_failed")) == 2


async def test_an_alert_overtaken_by_an_answer_is_not_sent_and_the_history_says_why(
    a_case: Callable[..., Any],
) -> None:
    """The manager heard of it in the corridor, while the mail server was down, and answered."""
    async with a_case("southwark", at=RAISED) as case:
        case.world.outbox.down.append((london("2025-06-02 00:00"), london("2025-06-02 11:00")))
        await case.start()
        await case.pass_time(to="2025-06-02 10:03")  # between two attempts: this server forgets one cancelled under way
        await case.respond("L1")
        await case.pass_time(to="2025-06-02 11:10")
        await case.expect_mail(notice="please_read_record", to=["social_worker", "operational_manager"])
        await case.expect_mail(notice="response_received", to="iro")
        unsent = await case.entries("email_not_sent")
        assert Counter(entry.details["part"] for entry in unsent) == {"addressee": 1, "copies": 1}
        assert {entry.details["why"] for entry in unsent} == {"The stage was answered before it went out."}
        assert await case.status() == ("L1", "awaiting_iro_decision")


async def test_closing_waits_for_its_emails_and_its_register_entries(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        await case.expect_start("L1")
        case.world.outbox.down.append((london("2025-06-02 00:00"), london("2025-06-02 12:00")))
        await case.decide("satisfied")
        await case.pass_time(to="2025-06-02 11:55")
        assert (await case.state()).status == "closed"
        assert await _runs(case)
        await case.pass_time(to="2025-06-02 12:05")
        await case.expect_closed("operational_manager")
        await case.expect_all("closed")
        assert not await _runs(case)
        written = [entry.event for entry in case.world.register.history(case.reference)]
        assert written == [entry.event for entry in await case.history()]
        assert written[-1] == "email_sent"


def _refuse(case: ACase, *roles: str) -> None:
    case.world.outbox.refuses |= {_address(role) for role in roles}


def _address(role: str) -> str:
    return f"{role}@rehearsal.example"


async def _runs(case: ACase) -> bool:
    events = [event async for event in case.world.client.get_workflow_handle(case.id).fetch_history_events()]
    return not events[-1].HasField("workflow_execution_completed_event_attributes")
