"""The harness itself: it notices what it is there to notice, and every test says what it needs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

RAISED = "2025-06-02 10:00"


async def test_an_email_that_nothing_expected_fails_the_test(a_case: Callable[..., Any]) -> None:
    with pytest.raises(AssertionError, match=r"emails that nothing expected.*please_read_record"):  # noqa: PT012
        async with a_case("southwark", at=RAISED) as case:
            await case.start()
            await case.expect_alert("L1")


async def test_an_email_that_did_not_go_out_cannot_be_expected_and_one_not_twice(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at=RAISED) as case:
        await case.start()
        with pytest.raises(AssertionError, match="no alert to director_csc"):
            await case.expect_mail(to="director_csc", notice="alert")
        await case.expect_start("L1")
        with pytest.raises(AssertionError, match="no alert to operational_manager"):
            await case.expect_mail(to="operational_manager", notice="alert")


async def test_an_email_that_the_history_does_not_tell_of_fails_the_test(a_case: Callable[..., Any]) -> None:
    with pytest.raises(AssertionError, match="not in the history"):  # noqa: PT012
        async with a_case("southwark", at=RAISED) as case:
            await case.start()
            await case.expect_start("L1")
            case.world.outbox.sent.append({"Message-ID": "<stray@rehearsal.example>", "Subject": "Stray"})


def test_what_needs_nothing_is_marked_so_and_what_needs_a_server_by_that_server(request: pytest.FixtureRequest) -> None:
    marks = {item.name: {mark.name for mark in item.iter_markers()} for item in request.session.items}
    assert "nothing" in marks[request.node.name]
    told = [names for name, names in marks.items() if name.startswith("test_an_email_that_nothing_expected")]
    assert all("time_skipping" in names and "nothing" not in names for names in told)
