"""A response that came another way, and an alert told by hand: through the API and by the command line alike."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from escalation.explain import explain
from starter.office import Office
from tests.web.api_acts.site import REFERENCE, Site, an_hour_ago, reached
from tests.web.api_world import alerted, begun, council, running, temporal, worker

ROOT = Path(__file__).resolve().parents[3]


async def command(site: Site, *words: str) -> dict[str, Any]:
    """`twentydays act`, as a process of its own; what it prints as JSON."""
    told = os.environ | {
        "TWENTYDAYS_VAR": str(site.council.settings.var),
        "TWENTYDAYS_KEYS": site.council.ring.text,
        "PYTHONPATH": str(ROOT),
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "starter", "act", REFERENCE, *words, "--json"),
        env=told,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    said, errors = await process.communicate()
    assert process.returncode == 0, (said, errors)
    receipt: dict[str, Any] = json.loads(said)
    return receipt


@pytest.mark.parametrize("by_command", [False, True], ids=["api", "command"])
async def test_a_response_entered_after_the_lapse_counts_from_when_it_was_received(
    site: Site, by_command: bool
) -> None:
    """Three weeks hold more than five working days, at Christmas too, and fewer than the twenty of the total time."""
    alerted_at = datetime.now(UTC) - timedelta(days=21)
    received_at = alerted_at + timedelta(hours=1)
    said = {
        "by": "iro",
        "response_id": "call-1",
        "stage": "L1",
        "answered_by": "operational_manager",
        "received_at": received_at.isoformat(),
        "how": "By telephone",
        "text": "The meeting is on Tuesday.",
    }
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, alerted_at))
        await site.entry("advanced")
        if by_command:
            receipt = await command(site, "record_response", *(f"{key}={value}" for key, value in said.items()))
        else:
            answer = await site.post("record_response", said)
            assert answer.status_code == 200, answer.text
            receipt = answer.json()
        assert receipt["accepted"] is True
        responded = await site.entry("responded")
    assert not site.entries("late_response")
    assert responded.received_at == received_at
    assert responded.stage_already_left is True
    assert (responded.stage, responded.by, responded.recorded_by) == ("L1", "operational_manager", "iro")
    assert (responded.how, responded.text) == ("By telephone", "The meeting is on Tuesday.")
    assert receipt["state"]["stage"] == "L2"


async def test_a_response_received_after_the_deadline_and_entered_later_is_late(site: Site) -> None:
    alerted_at = datetime.now(UTC) - timedelta(days=21)
    said = {
        "by": "iro", "response_id": "call-1", "stage": "L1", "answered_by": "operational_manager",
        "received_at": datetime.now(UTC).isoformat(), "how": "By telephone",
    }  # fmt: skip
    async with worker(site.council, site.temporal):
        await running(site.council, site.temporal, REFERENCE, alerted(REFERENCE, alerted_at))
        await site.entry("advanced")
        assert (await site.post("record_response", said)).status_code == 200
        late = await site.entry("late_response")
    assert late.working_days_late >= 1
    assert not site.entries("responded")


@pytest.mark.parametrize("by_command", [False, True], ids=["api", "command"])
async def test_an_alert_told_by_hand_starts_the_clock_while_no_mail_server_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, by_command: bool
) -> None:
    monkeypatch.setenv("TWENTYDAYS_SMTP_PORT", "1")
    monkeypatch.setenv("TWENTYDAYS_MAIL_TRANSPORT", "smtp")
    with council(tmp_path, smtp_port=1, mail_transport="smtp") as installed:
        async with temporal(installed.ring) as server:
            monkeypatch.setenv("TEMPORAL_ADDRESS", server.service_client.config.target_host)
            async with reached(installed, server) as site, worker(installed, server):
                await told_by_hand(site, by_command=by_command)


async def told_by_hand(site: Site, *, by_command: bool) -> None:
    raised_at = an_hour_ago()
    told_at = raised_at + timedelta(minutes=30)
    await running(site.council, site.temporal, REFERENCE, begun(REFERENCE, raised_at)[0])
    before = (await site.http.get(f"/api/escalations/{REFERENCE}")).json()
    assert (before["due"], "record_told" in before["offered"]) == (None, True)
    said = {"by": "operations", "told_at": told_at.isoformat(), "how": "In person, at the office"}
    if by_command:
        receipt = await command(site, "record_told", *(f"{key}={value}" for key, value in said.items()))
    else:
        answer = await site.post("record_told", said)
        assert answer.status_code == 200, answer.text
        receipt = answer.json()
    assert receipt["state"]["due"]
    told = await site.entry("alert_told")
    assert (told.told_at, told.how, told.by) == (told_at, "In person, at the office", "operations")
    explanation = explain(Office(site.council.settings).case(REFERENCE))
    assert explanation.counts[0].day_zero == told.day_zero
    assert not any(entry.starts_clock for entry in site.entries("email_sent"))
