"""Readiness: a line for each thing that the work needs, and 503 when one of them is not there."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import govuk_bank_holidays  # type: ignore[import-untyped]
import pytest
import pytest_asyncio
from temporalio.client import Client

from activities.calendar import Calendars
from config.settings import Settings
from escalation.local_calendar import LocalCalendar
from escalation.working_days import Calendar
from starter.office import Office
from tests.web.api_world import Council, client, council, served, temporal, worker
from web.readiness import LAST_ANNOUNCED_YEAR, Readiness, handshake, horizon
from web.temporal import Temporal

NAMES = ["register", "temporal", "worker", "mail", "calendar"]


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Council]:
    with council(tmp_path) as one:
        yield one


@pytest_asyncio.fixture
async def server(installed: Council, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Client]:
    async with temporal(installed.ring) as one:
        monkeypatch.setenv("TEMPORAL_ADDRESS", one.service_client.config.target_host)
        yield one


def readiness(installed: Council, shift: timedelta = timedelta(0)) -> Readiness:
    office = Office(installed.settings)
    return Readiness(office, Temporal(installed.settings, installed.ring), lambda: datetime.now(UTC) + shift)


async def statuses(ready: Readiness) -> dict[str, str]:
    return {check.name: check.status for check in await ready.checks()}


async def test_with_everything_there_it_is_ready_and_needs_no_token(installed: Council, server: Client) -> None:
    with served(installed) as address, client(address) as nobody:
        async with worker(installed, server):
            ready = readiness(installed)
            async with asyncio.timeout(120):
                while (await ready.worker()).status != "ok":
                    await asyncio.sleep(0.05)
            answer = await asyncio.to_thread(nobody.get, "/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "checks": answer.json()["checks"]}
    assert [(check["name"], check["status"]) for check in answer.json()["checks"]] == [(name, "ok") for name in NAMES]


async def test_without_a_worker_it_is_not_ready(installed: Council, server: Client) -> None:
    found = await statuses(readiness(installed))
    assert {name for name, status in found.items() if status == "failed"} == {"worker"}


async def test_a_worker_that_has_died_is_missed_although_temporal_remembers_it(
    installed: Council, server: Client
) -> None:
    async with worker(installed, server):
        async with asyncio.timeout(120):
            while (await readiness(installed).worker()).status != "ok":
                await asyncio.sleep(0.05)
    assert (await readiness(installed, timedelta(seconds=200)).worker()).status == "failed"


def test_what_is_missing_is_a_problem_with_a_line_for_each_and_no_address(
    installed: Council, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with served(installed) as address, client(address) as nobody:
        answer = nobody.get("/health/ready")
        assert nobody.get("/health/live").status_code == 200
    assert answer.status_code == 503
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"]
    problem = answer.json()
    assert (problem["code"], problem["ready"], problem["status"]) == ("not_ready", False, 503)
    found = {check["name"]: check["status"] for check in problem["checks"]}
    assert found == dict.fromkeys(NAMES, "ok") | {"temporal": "failed", "worker": "failed"}
    assert "127.0.0.1" not in answer.text
    assert str(installed.settings.var) not in answer.text


async def test_a_mail_server_that_is_not_there_is_told_and_not_asked_again_within_a_minute(tmp_path: Path) -> None:
    with council(tmp_path, mail_transport="smtp", smtp_port=1) as installed:
        now = datetime(2026, 11, 2, 10, 0, tzinfo=UTC)
        ready = Readiness(Office(installed.settings), Temporal(installed.settings, installed.ring), lambda: now)
        first = await ready.mail()
        assert first.status == "failed"
        assert "TWENTYDAYS_SMTP_HOST" in (first.advice or "")
        now += timedelta(seconds=59)
        assert await ready.mail() is first
        now += timedelta(seconds=1)
        assert await ready.mail() is not first


async def test_a_hold_is_told_at_once_with_who_and_why_for_those_who_run_it_alone(installed: Council) -> None:
    ready, now = readiness(installed), datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
    assert (await ready.mail()).status == "ok"
    installed.register.mail.hold("Alex Reid", "the relay is moved", now)
    check = await ready.mail()
    assert (check.status, "Alex Reid" in (check.advice or "")) == ("warning", True)
    assert check.model_dump() == {
        "name": "mail",
        "status": "warning",
        "detail": "Sending is on hold, so no email goes out.",
    }
    installed.register.mail.release("Alex Reid", now)
    assert (await ready.mail()).status == "ok"


async def test_a_server_that_says_nothing_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.readiness.PATIENCE", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        with council(tmp_path, mail_transport="smtp", smtp_port=port) as installed:
            assert (await readiness(installed).mail()).status == "failed"


async def test_a_register_that_was_never_prepared_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with council(tmp_path / "one") as installed:
        elsewhere = installed.settings.model_copy(update={"register_url": f"sqlite:///{tmp_path}/other.db"})
        ready = Readiness(Office(elsewhere), Temporal(elsewhere, installed.ring), lambda: datetime.now(UTC))
        (register, *_) = await ready.checks()
    assert register.status == "failed"
    assert "twentydays register upgrade" in (register.advice or "")


async def test_emails_into_a_folder_need_a_folder_that_can_be_written_to(tmp_path: Path) -> None:
    assert (await handshake(Settings(var=tmp_path, mail_transport="folder"))).status == "ok"
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    with pytest.raises(OSError, match="file"):
        await handshake(Settings(mail_transport="folder", mail_folder=tmp_path / "file" / "mail"))


def test_the_calendar_is_known_for_400_days_and_beyond_what_is_announced_only_computed() -> None:
    calendars = Calendars(LocalCalendar())
    announced = date(LAST_ANNOUNCED_YEAR, 12, 31) - timedelta(days=400)
    assert horizon(calendars, announced).status == "ok"
    beyond = horizon(calendars, announced + timedelta(days=1))
    assert (beyond.status, str(LAST_ANNOUNCED_YEAR) in beyond.detail) == ("warning", True)


def test_a_source_that_does_not_know_the_next_years_fails() -> None:
    class Short(Calendars):
        def calendar_for(self, around: date) -> Calendar:
            return super().calendar_for(around).model_copy(update={"last": around + timedelta(days=399)})

    check = horizon(Short(LocalCalendar()), date(2026, 11, 2))
    assert (check.status, "2027-12-06" in check.detail) == ("failed", True)


def test_the_last_year_that_is_announced_is_that_of_the_newest_list() -> None:
    listed = json.loads((Path(govuk_bank_holidays.__file__).parent / "bank-holidays.json").read_text(encoding="utf-8"))
    dates = [event["date"] for event in listed["england-and-wales"]["events"]]
    assert max(dates).startswith(str(LAST_ANNOUNCED_YEAR))
