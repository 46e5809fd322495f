"""A notice that is overtaken when some of it had gone out: the history tells of what went out, and of the rest."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from activities.transport import Unreachable
from config import procedures
from escalation.procedure import Procedure
from tests.harness import ACase, london

RAISED = "2025-06-02 10:00"


@pytest.fixture
def shared() -> Procedure:
    """A first stage that two people are asked to answer."""
    southwark = procedures.load("southwark")
    first = southwark.stages[0].model_copy(update={"addressee": ["operational_manager", "head_of_service"]})
    return southwark.model_copy(update={"stages": [first, *southwark.stages[1:]]})


async def test_an_alert_that_one_of_two_had_when_it_was_overtaken_is_told_as_sent_to_that_one(
    a_case: Callable[..., Any], shared: Procedure
) -> None:
    async with a_case(shared, at=RAISED) as case:
        _unreachable_before(case, "head_of_service", "2025-06-02 10:30")
        await case.start()
        await case.respond("L1")
        await case.pass_time(to="2025-06-02 11:00")
        await case.expect_mail(notice="alert", to=["operational_manager"])
        [sent] = [entry for entry in await case.entries("email_sent") if entry.details["part"] == "addressee"]
        assert [delivery["role"] for delivery in sent.details["delivered"]] == ["operational_manager"]
        [unsent] = [entry for entry in await case.entries("email_not_sent") if entry.details["part"] == "addressee"]
        assert unsent.details["why"] == "The stage was answered before it went out."
        await _expect_the_rest(case)


def _unreachable_before(case: ACase, role: str, instant: str) -> None:
    """Whoever has this role is not reached before an instant; everybody else is."""
    outbox = case.world.outbox
    deliver = outbox.deliver

    async def reached_or_not(message: bytes, sender: str, recipient: str) -> None:
        if recipient.startswith(f"{role}@") and outbox.now() < london(instant):
            raise Unreachable("The mail server does not answer.")
        await deliver(message, sender, recipient)

    outbox.deliver = reached_or_not  # type: ignore[method-assign]


async def _expect_the_rest(case: ACase) -> None:
    await case.expect_all("please_read_record")
    await case.expect_all("response_received")
