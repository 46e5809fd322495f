"""On the command line: a promise, what changed, the list of what is to follow, and a linked escalation."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from starter.office import Office
from tests.starter.conftest import Ran, until

pytestmark = pytest.mark.usefixtures("a_worker")
LATER = date.today() + timedelta(days=40)  # noqa: DTZ011 - any date to come will do
WHO = ("--by", "iro")
DECIDED = ("--outcome-text", "The meeting is arranged.")


def closed(run: Callable[..., Ran], event: Callable[..., Path], office: Office, reference: str) -> int:
    """Answered with a promise, and closed when it was too early to say what changed; the number of the promise."""
    assert run("start", str(event(reference, raised_by={"role": "iro", "name": "Amara Ndiaye"}))).code == 0
    until(lambda: bool((row := office.register.find(reference)) and row.n))
    answer = ("--by", "operational_manager", "--text", "The meeting is on Tuesday.", "--done-by", LATER.isoformat())
    assert run("respond", reference, *answer).code == 0
    done = run("decide", reference, "satisfied", *WHO, *DECIDED, "--what-changed", "too_early")
    assert (done.code, "Advice" in done.out) == (0, False), done.out
    until(lambda: bool((row := office.register.find(reference)) and row.closed_at))
    return office.case(reference).follow_ups.promises[0].n


def test_what_is_to_follow_is_shown_listed_and_answered(
    run: Callable[..., Ran], event: Callable[..., Path], office: Office
) -> None:
    promise = closed(run, event, office, "OUT-1")
    shown = run("show", "OUT-1").out
    assert f"promise {promise} by Operational Manager (operational_manager), asked about on" in shown
    assert "what changed, asked again on" in shown
    assert "OUT-1" not in run("list").out
    listed = json.loads(run("list", "--follow-ups", "--json").out)
    (row,) = [row for row in listed if row["reference"] == "OUT-1"]
    assert (row["status"], row["follow_up_asked"]) == ("closed", False)
    assert "is not yet asked" in run("list", "--follow-ups").out
    assert run("act", "OUT-1", "answer_promise", "by=iro", "done=yes", "text=Seen on the file.").code == 0
    assert run("act", "OUT-1", "tell_change", "by=iro", "changed=changed").code == 0
    until(lambda: bool((row := office.register.find("OUT-1")) and row.over))
    told = run("show", "OUT-1").out
    assert f"promise kept L1 by iro: promise {promise}, by" in told
    assert "change told L1 by iro: changed" in told


def test_a_linked_escalation_is_begun_once_from_the_command_line(
    run: Callable[..., Ran], event: Callable[..., Path], office: Office
) -> None:
    closed(run, event, office, "OUT-2")
    refused = run("follow", "OUT-2", *WHO, "--stage", "L9")
    assert (refused.code, "Refused (stage): This procedure has no stage L9" in refused.out) == (1, True)
    begun = run("follow", "OUT-2", *WHO, "--stage", "L3", "concern=Still no meeting")
    assert (begun.code, "Started OUT-2-2" in begun.out) == (0, True), begun.out
    until(lambda: bool((row := office.register.find("OUT-2-2")) and row.n))
    assert office.case("OUT-2-2").fields["concern"] == "Still no meeting"
    again = run("follow", "OUT-2", *WHO, "--stage", "L3")
    assert (again.code, "was begun before" in again.out) == (0, True)
    assert "raised L3 by iro: it follows OUT-2, because of promise" in run("show", "OUT-2-2").out
    assert "followed L1 by iro by OUT-2-2" in run("show", "OUT-2").out


def test_what_is_closed_goes_with_a_raiser_who_leaves(
    run: Callable[..., Ran], event: Callable[..., Path], office: Office
) -> None:
    closed(run, event, office, "OUT-3")
    who = ("--by", "qau_manager", "--name", "Priya Sharma", "--only", "OUT-3")
    done = run("hand-over", "--from", "Amara Ndiaye", "--to", "Amara Okafor", *who)
    assert done.code == 0, done.out + done.err
    until(lambda: office.case("OUT-3").raised_by_name == "Amara Okafor")
