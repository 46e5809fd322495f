"""Whatever arrives on whichever handler: refused and recorded, and the next lapse still fires."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from google.protobuf.timestamp_pb2 import Timestamp
from temporalio.api.common.v1 import Payload
from temporalio.client import Client
from temporalio.common import RawValue
from temporalio.contrib.pydantic import pydantic_data_converter

from config.codec import ENCRYPTED, KEY_ID
from escalation.messages import COMMANDS, Start
from escalation.opening import Receipt
from escalation.state import State
from tests.harness import ACase, london

UPDATES = [kind.model_fields["do"].default for kind in COMMANDS if kind is not Start]
FINE = {"response_id": "x", "stage": "L1", "by": "operational_manager", "text": "Done."}


def _martian(encoding: str = "martian/text") -> RawValue:
    return RawValue(Payload(metadata={"encoding": encoding.encode()}, data=b"\xff\x00not ours"))


STRANGE: dict[str, Sequence[Any]] = {
    "empty": [],
    "doubled": [FINE, FINE],
    "bytes": [b"\x00\xff"],
    "a protobuf message": [Timestamp(seconds=1)],
    "of no encoding that we know": [_martian()],
    "broken JSON": [_martian("json/plain")],
    "nothing": [None],
    "a number": [7],
    "a list": [[FINE]],
    "wrong types": [{"by": 7, "response_id": [], "stage": {}, "text": 1, "working_days": "many", "outcome": 3}],
    "huge": [FINE | {"text": "x" * 300_000, "reason": "y" * 200_000, "fields": {"z": "z" * 300_000}}],
}


@pytest.mark.parametrize("strange", STRANGE.values(), ids=STRANGE)
async def test_every_handler_survives(a_case: Callable[..., Any], strange: Sequence[Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        before = len(await case.history())
        receipts = [await _update(case.world.client, case, name, strange) for name in UPDATES]
        assert [receipt.accepted for receipt in receipts] == [False] * len(UPDATES)
        assert {receipt.rejection.code for receipt in receipts if receipt.rejection} == {"unreadable"}
        await _signal_and_ask(case.world.client, case, strange)
        added = (await case.history())[before:]
        assert [entry.event for entry in added] == ["refused"] * (len(UPDATES) + 1)
        assert [entry.details["do"] for entry in added] == [*UPDATES, "respond"]
        assert all(len(entry.details["message"]) <= 2000 for entry in added)
        await _lapses(case)


CAME = {"mail_id": "m", "received_at": "2025-06-02T11:00:00Z", "entry": 2, "notice": "alert", "role": "iro"} | {
    "address": "a@b.example",
    "text": "x",
}
ABSURD: list[dict[str, Any]] = [
    {"entry": 0},
    {"entry": -(10**9)},
    {"entry": 10**18},
    {"received_at": "0001-01-01T00:00:00+14:00"},
    {"received_at": "9999-12-31T23:59:59-12:00"},
    {"role": "nobody_here", "address": ""},
    {"notice": "alert for nobody_here"},
    {"text": "\x00\u202e<script>" + "x" * 19_000, "person": "\x00"},
]
NO_MESSAGE: list[dict[str, Any]] = [
    {"notice": "x for y"},
    {"notice": ""},
    {"kind": "parcel"},
    {"role": "Nobody Here"},
    {"address": "x" * 10_000},
    {"person": "x" * 10_000},
    {"mail_id": "x" * 10_000},
    {"received_at": "2025-06-02T11:00:00"},
]


async def test_the_mailbox_may_be_said_to_bring_anything(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        handle = case.world.client.get_workflow_handle(case.id)
        for values in STRANGE.values():
            await handle.signal("mail_came_back", args=list(values))
        for said in NO_MESSAGE:
            await handle.signal("mail_came_back", CAME | {"kind": "bounce"} | said)
        await case.world.settle()
        refused = await case.entries("refused")
        assert [entry.details["do"] for entry in refused] == ["mail_came_back"] * (len(STRANGE) + len(NO_MESSAGE))
        for n, said in enumerate(ABSURD * 3):
            kind = ["bounce", "absence", "reply"][n // len(ABSURD)]
            await handle.signal("mail_came_back", CAME | {"kind": kind, "mail_id": f"m{n}"} | said)
        await case.world.settle()
        assert len(await case.entries("reply_received")) == len(ABSURD)
        assert all(notice.details["notice"] != "alert" for notice in await case.entries("email_not_sent"))
        for notice in ("delivery_failed", "reply_received"):
            await case.expect_all(notice)
        await _lapses(case)


async def test_an_answer_that_says_an_absurd_instant_counts_and_wedges_nothing(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        handle = case.world.client.get_workflow_handle(case.id)
        for n, instant in enumerate(["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"]):
            said = {"response_id": f"r{n}", "received_at": instant, "done_by": "2025-06-10"}
            await handle.signal("manager_response", FINE | said)
        await case.world.settle()
        assert [entry.details["response_id"] for entry in await case.entries("responded")] == ["r0", "r1"]
        await case.expect_all("response_received")


INSTANTS = ["2025-06-02T10:00:00", "yesterday", "9999-99-99", 1e400, -(10**30), True, {}]


async def test_an_instant_that_is_none_or_says_no_time_zone_is_refused(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        for instant in INSTANTS:
            for name, field in [("respond", "received_at"), ("record_told", "told_at"), ("set_action", "action_due")]:
                receipt = await _update(case.world.client, case, name, [FINE | {"how": "In person", field: instant}])
                assert receipt.rejection
                assert (receipt.rejection.code, field in receipt.rejection.message) == ("unreadable", True), instant


async def test_what_was_not_encrypted_is_refused_whatever_it_says(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        config = case.world.client.config()
        plain = Client(**(config | {"data_converter": pydantic_data_converter}))
        for name in UPDATES:
            await _start_update(plain, case, name, [FINE])
        await _signal_and_ask(plain, case, [FINE], answered_in_our_cipher=True)
        refused = await case.entries("refused")
        assert [entry.details["do"] for entry in refused] == [*UPDATES, "respond"]
        assert all("not encrypted" in entry.details["message"] for entry in refused)
        await _lapses(case)


async def test_what_another_key_encrypted_or_somebody_damaged_is_refused(a_case: Callable[..., Any]) -> None:
    async with a_case("southwark", at="2025-06-02 10:00") as case:
        await case.start()
        await case.expect_start("L1")
        config = case.world.client.config()
        plain = Client(**(config | {"data_converter": pydantic_data_converter}))
        key = case.world.client.data_converter.payload_codec._active.encode()
        forged = [
            RawValue(Payload(metadata={"encoding": ENCRYPTED, KEY_ID: key_id}, data=data))
            for key_id, data in [(b"unknown", b"x" * 40), (key, b"x" * 40), (key, b""), (b"\xff", b"")]
        ]
        for payload in forged:
            await _start_update(plain, case, "decide", [payload])
            await plain.get_workflow_handle(case.id).signal("manager_response", args=[payload])
        await case.world.settle()
        assert [entry.details["code"] for entry in await case.entries("refused")] == ["unreadable"] * 8
        await _lapses(case)


async def _update(client: Client, case: ACase, name: str, values: Sequence[Any]) -> Receipt:
    handle = client.get_workflow_handle(case.id)
    receipt: Receipt = await handle.execute_update(name, args=list(values), result_type=Receipt)
    return receipt


async def _start_update(client: Client, case: ACase, name: str, values: Sequence[Any]) -> None:
    """From a client that cannot read the answer."""
    handle = client.get_workflow_handle(case.id)
    receipt = await handle.execute_update(name, args=list(values), result_type=RawValue)
    assert receipt.payload.metadata["encoding"] == ENCRYPTED


async def _signal_and_ask(
    client: Client, case: ACase, values: Sequence[Any], *, answered_in_our_cipher: bool = False
) -> None:
    handle = client.get_workflow_handle(case.id)
    await handle.signal("manager_response", args=list(values))
    await case.world.settle()
    for query in ("current_stage", "history"):
        await handle.query(query, args=list(values), result_type=RawValue)
    if not answered_in_our_cipher:
        state = await handle.query("current_stage", args=list(values), result_type=State)
        assert state.stage == "L1"


async def _lapses(case: ACase) -> None:
    await asyncio.wait_for(case.pass_time(to="2025-06-09 17:02"), 120)
    await case.expect_silence("L1", then="L2")
    assert (await case.state()).due == london("2025-06-16 17:00")
