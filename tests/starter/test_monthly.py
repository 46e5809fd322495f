"""The month's numbers on the command line: printed, and sent to whoever has not had them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from starter.office import Office
from tests.starter.conftest import Ran, until


@pytest.mark.usefixtures("a_worker")
def test_the_command_prints_the_numbers_and_sends_them_once(
    office: Office, run: Callable[..., Ran], event: Callable[..., Path]
) -> None:
    assert run("start", str(event("MON-1"))).code == 0
    this = f"{datetime.now(UTC):%Y-%m}"

    def counted() -> bool:
        ran = run("summary", "--month", this, "--json")
        assert ran.code in {0, 3}, ran.err  # 3: the register is busy with the worker, and is asked again
        return ran.code == 0 and bool(ran.json["procedures"])

    until(counted)
    numbers = run("summary", "--month", this, "--json").json["procedures"][0]["this"]
    assert numbers["raised"] >= 1
    printed = run("summary", "--month", this).out
    assert "MON-1" not in printed
    assert "Open at the end of the month, or now" in printed
    assert run("summary", "--month", "2020-01").out == "Nothing was raised, closed or open in January 2020.\n"
    for _ in range(2):
        sent = run("summary", "--month", "2020-01", "--send")
        assert (sent.code, sent.out) == (0, "January 2020: 1 director has it.\n")
    letters = [file.read_bytes() for file in office.settings.mail_folder.glob("*.eml")]
    assert sum(b"Subject: Disputes in January 2020" in each for each in letters) == 1


def test_a_month_that_is_not_over_or_is_none_is_refused(run: Callable[..., Ran]) -> None:
    this = run("summary", "--month", f"{datetime.now(UTC):%Y-%m}", "--send")
    assert (this.code, "is not over" in this.err) == (2, True)
    later = run("summary", "--month", "9998-01")
    assert (later.code, later.out, "January 9998 has not begun" in later.err) == (2, "", True)
    wrong = run("summary", "--month", "October")
    assert (wrong.code, "a month is written 2026-10" in wrong.err) == (2, True)
