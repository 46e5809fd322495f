"""Which escalation is told of what came back, and where does the message lie then?"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from temporalio.service import RPCError, RPCStatusCode

from activities.coming_back import Incoming
from activities.mailbox import MailboxFolder
from config.connect import TemporalUnreachable
from config.settings import Settings
from escalation.messages import CameBack, Delivery
from register.engine import open_register
from register.errors import RegisterUnavailable
from register.rows import CameBackRow
from register.store import Register
from starter import coming_back
from starter.__main__ import _run
from starter.returned import _mailbox_of_up
from tests.empty_register import empty_register
from tests.register.conftest import Escalation

SAMPLES = Path(__file__).parents[1] / "activities" / "came_back"
MAEVE = "maeve.brennan@council.example"
SENT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
NOW = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@dataclass
class Told:
    """A client of Temporal that keeps what it was to signal. `status`: what it answers instead."""

    status: RPCStatusCode | None = None
    signals: list[tuple[str, CameBack]] = field(default_factory=list)

    async def client(self) -> Any:
        return self

    def get_workflow_handle(self, workflow: str) -> Any:
        told = self

        class Handle:
            async def signal(self, name: str, came: CameBack) -> None:
                assert name == "mail_came_back"
                if told.status:
                    raise RPCError("No.", told.status, b"")
                told.signals.append((workflow, came))

        return Handle()


@dataclass
class Post:
    """A mailbox, a register that knows of one alert, and whoever is told."""

    desk: coming_back.Desk
    told: Told
    register: Register

    def arrives(self, sample: str, *changes: tuple[str, str]) -> None:
        raw = (SAMPLES / f"{sample}.eml").read_text(encoding="utf-8", errors="surrogateescape")
        for old, new in changes:
            assert old in raw
            raw = raw.replace(old, new)
        path = self.desk.folder.folder / "new" / f"{sample}-{len(self.files())}"
        path.write_text(raw, encoding="utf-8", errors="surrogateescape")

    async def read(self, sample: str, *changes: tuple[str, str]) -> CameBackRow:
        self.arrives(sample, *changes)
        (row,) = await coming_back.read_once(self.desk)
        return row

    def files(self) -> list[str]:
        """The folders in which messages lie."""
        top = self.desk.folder.folder
        return sorted(f.parent.relative_to(top).as_posix() for f in top.rglob("*-*") if f.is_file())

    @property
    def came(self) -> CameBack:
        ((_, came),) = self.told.signals
        return came


def sent(register: Register, workflow: str, message_id: str = "<alert-1@council.example>", **changes: Any) -> None:
    said = {"role": "operational_manager", "person": "Maeve Brennan", "address": MAEVE, "accepted_at": SENT}
    register.note_accepted(workflow, 4, "alert", Delivery.model_validate(said | {"message_id": message_id} | changes))


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    register = open_register(empty_register(tmp_path))
    sent(register, "escalation/southwark/SWK-1")
    folder, told = MailboxFolder(tmp_path / "mailbox"), Told()
    folder.prepare()
    yield Post(coming_back.Desk(told.client, register, folder, lambda: NOW), told, register)
    register.close()


async def test_a_bounce_is_handed_over_with_its_reason_and_its_place(post: Post) -> None:
    row = await post.read("bounce-exchange")
    assert (row.kind, row.outcome, post.files()) == ("bounce", "Handed over to SWK-1.", ["cur"])
    assert (row.escalation, row.entry, row.notice, row.address) == ("escalation/southwark/SWK-1", 4, "alert", MAEVE)
    assert (post.came.kind, post.came.entry, post.came.role) == ("bounce", 4, "operational_manager")
    assert (post.came.address, post.came.person) == (MAEVE, "Maeve Brennan")
    assert post.came.text.startswith("550 5.1.10")
    assert post.register.came_back.find(row.mail_id) == row


async def test_a_reply_of_somebody_else_is_a_reply_under_their_own_name(post: Post) -> None:
    await post.read("reply-gmail")
    came = post.came
    assert (came.kind, came.person, came.address) == ("reply", "Devan Sháh", "devan.shah@council.example")
    assert (came.role, came.received_at) == ("operational_manager", datetime(2026, 11, 23, 12, 30, tzinfo=UTC))


async def test_an_absence_is_of_whoever_was_written_to(post: Post) -> None:
    await post.read("absence-old-exchange")
    assert (post.came.kind, post.came.person, post.came.address) == ("absence", "Maeve Brennan", MAEVE)


@pytest.mark.parametrize("sample", [path.stem for path in SAMPLES.glob("no_news-*.eml")])
async def test_no_news_is_filed_and_nobody_is_told(post: Post, sample: str) -> None:
    row = await post.read(sample)
    assert (row.kind, post.files(), post.told.signals) == ("no_news", ["cur"], [])


ASIDE = [
    ("reply-iphone", ("alert-1@", "other@"), coming_back.STRANGE),
    ("absence-gmail", ("alert-1@", "other@"), coming_back.STRANGE),
    ("unclear-mail-server", ("held", "held"), coming_back.UNCLEAR),
    ("bounce-postfix", ("maeve.brennan@council.example", "member@list.example"), coming_back.SOMEBODY_ELSE),
    ("bounce-qmail", ("<maeve.brennan@council.example>:", "<member@list.example>:"), coming_back.SOMEBODY_ELSE),
]


@pytest.mark.parametrize(("sample", "change", "outcome"), ASIDE)
async def test_what_belongs_to_nothing_or_is_not_clear_waits_for_a_person(
    post: Post, sample: str, change: tuple[str, str], outcome: str, caplog: pytest.LogCaptureFixture
) -> None:
    row = await post.read(sample, change)
    assert (row.kind, row.outcome) == ("unmatched", outcome)
    assert (post.files(), post.told.signals) == ([".unmatched/new"], [])
    (record,) = [record for record in caplog.records if record.name == "mailbox"]
    assert record.levelno == logging.WARNING
    assert "@" not in record.getMessage()


async def test_what_is_no_email_is_put_aside(post: Post) -> None:
    (post.desk.folder.folder / "new" / "a-picture").write_bytes(b"\xff\xd8\xff")
    (row,) = await coming_back.read_once(post.desk)
    assert (row.kind, row.outcome, post.files()) == ("unreadable", coming_back.NOT_READ, [".unreadable/new"])


async def test_a_bounce_without_our_message_id_is_known_by_our_other_headers(post: Post) -> None:
    register, one = post.register, Escalation("SWK-2026-0042")
    register.record(one.id, one.entries(1, 1), one.summary(1))
    sent(register, one.id, "<unknown@council.example>")
    row = await post.read("bounce-exchange", ("alert-1@", "other@"))
    assert (row.kind, row.escalation) == ("bounce", one.id)


async def test_a_recording_takes_nothing_back(post: Post) -> None:
    sent(post.register, "record/southwark/REC-1", "<rec@council.example>")
    row = await post.read("bounce-exchange", ("alert-1@", "rec@"))
    assert (row.kind, row.outcome, post.files()) == ("unmatched", coming_back.RECORDING, [".unmatched/new"])


@pytest.mark.parametrize(("raisers", "kind"), [(("Sam", "Sam"), "reply"), (("Sam", "Ann"), "unmatched")])
async def test_a_reply_to_one_email_about_several_goes_to_their_one_raiser_only(
    post: Post, raisers: tuple[str, str], kind: str
) -> None:
    for n, name in enumerate(raisers):
        one = Escalation(f"SIB-{n}")
        post.register.record(one.id, one.entries(1, 1), one.summary(1, raised_by="iro", raised_by_name=name))
        sent(post.register, one.id, "<group@council.example>")
    row = await post.read("reply-iphone", ("alert-1@", "group@"))
    assert row.kind == kind
    assert len(post.told.signals) == (2 if kind == "reply" else 0)
    await post.read("bounce-exchange", ("alert-1@", "group@"))
    assert [came.kind for _, came in post.told.signals[-2:]] == ["bounce", "bounce"]


async def test_an_escalation_that_has_ended_is_said_and_the_message_put_aside(post: Post) -> None:
    post.told.status = RPCStatusCode.NOT_FOUND
    row = await post.read("reply-outlook")
    assert (row.kind, post.files()) == ("unmatched", [".unmatched/new"])
    assert row.outcome == "Not open any more, or not known to Temporal: SWK-1."


async def test_while_temporal_is_away_the_message_stays_new_and_is_handed_over_later(post: Post) -> None:
    post.told.status = RPCStatusCode.UNAVAILABLE
    post.arrives("reply-outlook")
    with pytest.raises(TemporalUnreachable):
        await coming_back.read_once(post.desk)
    assert (post.files(), post.register.came_back.latest()) == (["new"], [])
    post.told.status = None
    (row,) = await coming_back.read_once(post.desk)
    assert (row.kind, post.files()) == ("reply", ["cur"])


async def test_told_twice_it_counts_once_and_what_was_put_aside_can_be_read_again(post: Post) -> None:
    await post.read("reply-outlook")
    post.arrives("reply-outlook")
    assert await coming_back.read_once(post.desk) == []
    assert (len(post.told.signals), post.files()) == (1, ["cur", "cur"])
    post.told.status = RPCStatusCode.NOT_FOUND
    assert (await post.read("absence-outlook")).kind == "unmatched"
    post.told.status = None
    assert (await post.read("absence-outlook")).kind == "absence"
    assert [row.kind for row in post.register.came_back.latest()].count("absence") == 1


async def test_a_fault_of_ours_leaves_the_message_and_goes_on_with_the_others(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = post.register.came_back.find
    faults: list[Exception] = [ZeroDivisionError()]

    def at_first(mail_id: str) -> CameBackRow | None:
        if faults:
            raise faults.pop()
        return find(mail_id)

    monkeypatch.setattr(post.register.came_back, "find", at_first)
    post.arrives("reply-outlook")
    post.arrives("absence-outlook")
    assert len(await coming_back.read_once(post.desk)) == 1
    assert post.files() == ["cur", "new"]
    faults.append(RegisterUnavailable("The register does not answer."))
    with pytest.raises(RegisterUnavailable):
        await coming_back.read_once(post.desk)
    assert post.files() == ["cur", "new"]


async def test_round_after_round_is_read_whatever_fails_in_one(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    post.told.status = RPCStatusCode.UNAVAILABLE
    post.arrives("reply-outlook")
    waiting, faults = post.desk.folder.waiting, [ZeroDivisionError()]

    def at_first() -> list[str]:
        if faults:
            raise faults.pop()
        return waiting()

    monkeypatch.setattr(post.desk.folder, "waiting", at_first)
    reading = asyncio.create_task(coming_back.keep_reading(post.desk, timedelta(milliseconds=2)))
    try:
        async with asyncio.timeout(120):
            while post.register.came_back.latest() == []:
                await asyncio.sleep(0.01)
                post.told.status = None if not faults else post.told.status
    finally:
        reading.cancel()
    assert [came.kind for _, came in post.told.signals] == ["reply"]


LATER = timedelta(hours=1)


@pytest.mark.parametrize(
    ("header", "came", "counts"),
    [
        (SENT + LATER, NOW, SENT + LATER),
        (SENT - LATER, SENT + LATER, SENT + LATER),  # before our message was accepted
        (NOW + LATER, SENT + LATER, SENT + LATER),  # in the future
        (None, SENT + LATER, SENT + LATER),
        (None, SENT - LATER, SENT),
        (None, NOW + LATER, NOW),
    ],
)
def test_it_was_received_when_our_server_says_if_that_can_be(
    header: datetime | None, came: datetime, counts: datetime, post: Post
) -> None:
    incoming = Incoming("reply", received_at=header)
    (ledger,) = post.register.came_back.sent_as("<alert-1@council.example>")
    assert coming_back.received_at(incoming, came, ledger, NOW) == counts


# The command line ----------------------------------------------------------------------------------------------------


@pytest.fixture
def installed(post: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Post:
    monkeypatch.setenv("TWENTYDAYS_VAR", str(tmp_path))
    monkeypatch.setenv("TWENTYDAYS_MAILBOX", str(post.desk.folder.folder))
    return post


def test_mail_read_and_mail_returned_say_what_came_of_it(installed: Post, capsys: pytest.CaptureFixture[str]) -> None:
    installed.arrives("no_news-delivered")
    assert _run(["mail", "read", "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["kind"], row["outcome"]) == ("no_news", coming_back.NO_NEWS)
    assert _run(["mail", "read"]) == 0
    assert capsys.readouterr().out == "Nothing new.\n"
    assert _run(["mail", "returned"]) == 0
    assert "no news, SWK-1 alert to maeve.brennan@council.example. No news" in capsys.readouterr().out


def test_where_none_is_set_the_mailbox_that_up_has_made_is_read_but_never_in_production(
    installed: Post, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("TWENTYDAYS_MAILBOX")
    installed.arrives("no_news-delivered")
    assert _run(["mail", "read"]) == 0
    assert "No news" in capsys.readouterr().out
    in_production = Settings.model_construct(environment="production", var=tmp_path)
    assert _mailbox_of_up(in_production) is None


def test_without_a_mailbox_mail_read_says_which_setting_names_it(
    installed: Post, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TWENTYDAYS_MAILBOX", str(installed.desk.folder.folder / "nowhere"))
    assert _run(["mail", "read"]) == 2
    assert "is no Maildir" in capsys.readouterr().err
    monkeypatch.delenv("TWENTYDAYS_MAILBOX")
    monkeypatch.setenv("TWENTYDAYS_VAR", str(tmp_path / "without_up"))
    assert _run(["mail", "read"]) == 2
    assert "TWENTYDAYS_MAILBOX names the Maildir to read" in capsys.readouterr().err
