"""Today's workflow does what it did when these histories were recorded: open escalations outlive releases."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import MessageToDict
from temporalio.client import WorkflowHistory
from temporalio.worker import Replayer
from temporalio.workflow import NondeterminismError

from config.codec import ENCRYPTED, data_converter
from tests.replay.stories import RING, STORIES
from worker import WORKFLOWS, build_runner

HISTORIES = sorted((Path(__file__).parent / "histories").glob("*.json"))


@pytest.mark.parametrize("path", HISTORIES, ids=[path.stem for path in HISTORIES])
async def test_a_history_of_this_kind_replays(path: Path) -> None:
    await _replay(_text(path))


def test_there_is_a_history_of_every_story() -> None:
    assert {path.stem for path in HISTORIES} == set(STORIES)


def test_every_payload_of_every_history_is_encrypted() -> None:
    ours = base64.b64encode(ENCRYPTED).decode()
    for path in HISTORIES:
        encodings = set(_encodings(json.loads(_text(path))))
        assert encodings == {ours}, path.stem


def _encodings(part: Any) -> Iterator[str]:
    """Of everything but search attributes, which Temporal has to read."""
    if isinstance(part, list):
        for each in part:
            yield from _encodings(each)
    elif isinstance(part, dict):
        if "encoding" in part.get("metadata", {}):
            yield part["metadata"]["encoding"]
        for key, each in part.items():
            if key != "searchAttributes":
                yield from _encodings(each)


@pytest.mark.parametrize("fault", ["order", "kind", "missing"])
async def test_a_changed_order_of_commands_is_noticed(fault: str) -> None:
    path = next(path for path in HISTORIES if path.stem == "resolved")
    history = json.loads(_text(path))
    _tamper(history["events"], fault)
    with pytest.raises(NondeterminismError):
        await _replay(json.dumps(history))


def _tamper(events: list[dict[str, Any]], fault: str) -> None:
    """As if an earlier release had done otherwise: two activities changed about, one of another type, none at all."""
    scheduled = [event for event in events if "activityTaskScheduledEventAttributes" in event]
    key = "activityTaskScheduledEventAttributes"
    kinds = [event[key]["activityType"]["name"] for event in scheduled]
    mail, record = scheduled[kinds.index("send_notice")], scheduled[kinds.index("record_entries")]
    match fault:
        case "order":
            for part in ("activityId", "activityType"):
                mail[key][part], record[key][part] = record[key][part], mail[key][part]
        case "kind":
            mail[key]["activityType"]["name"] = "another_activity"
        case _:
            mail["eventType"], mail["timerStartedEventAttributes"] = "EVENT_TYPE_TIMER_STARTED", {"timerId": "1"}
            del mail[key]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


async def _replay(text: str) -> None:
    history = WorkflowHistory.from_json("escalation/replayed", text)
    assert MessageToDict(history.events[0]), "an empty history replays whatever the workflow does"
    replayer = Replayer(workflows=WORKFLOWS, workflow_runner=build_runner(), data_converter=data_converter(RING))
    await replayer.replay_workflow(history)
