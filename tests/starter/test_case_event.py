"""A case event: read strictly, with every fault at once; its reference and its digest."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from config import procedures
from escalation.errors import InvalidDocument
from starter.case_event import CaseEvent, read_event, unknown_fields

SAMPLES = Path(__file__).resolve().parents[2] / "config" / "samples"


def _sample(name: str = "southwark", **changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((SAMPLES / f"{name}.json").read_text(encoding="utf-8"))
    document["data"] |= changes.pop("data", {})
    return document | changes


def _read(**changes: Any) -> CaseEvent:
    return read_event(json.dumps(_sample(**changes)))


def _without_reference(**changes: Any) -> CaseEvent:
    document = _sample(**changes)
    del document["data"]["reference"]
    return read_event(json.dumps(document))


@pytest.mark.parametrize("name", sorted(path.stem for path in SAMPLES.glob("*.json")))
def test_every_sample_is_read_and_fits_its_procedure(name: str) -> None:
    event = read_event((SAMPLES / f"{name}.json").read_bytes())
    assert event.data.procedure == name
    assert unknown_fields(event, procedures.load(name)) == []


def test_every_fault_of_its_form_is_told_at_once() -> None:
    document = _sample(
        specversion="0.3", type="something.else", time="2026-11-02T10:00:00",
        data={"subjects": [], "reference": "jane doe", "working_days": "five", "raised_by": {"role": "IRO!"}},
    )  # fmt: skip
    with pytest.raises(InvalidDocument) as refused:
        read_event(json.dumps(document), "event.json")
    places = {fault.where for fault in refused.value.faults}
    assert places == {
        "specversion", "type", "time", "data.subjects", "data.reference", "data.working_days", "data.raised_by.role"
    }  # fmt: skip
    assert all("event.json" in str(fault) for fault in refused.value.faults)


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", "7", '{"data": {}}', "{", "\x00", '"x"', "{" * 2000])
def test_what_is_no_event_is_refused_as_a_document(text: str) -> None:
    with pytest.raises(InvalidDocument):
        read_event(text)


def test_an_unknown_field_is_told_with_the_nearest_that_there_is() -> None:
    event = _read(data={"concerns": "x", "zzz": 1})
    faults = {fault.where: fault.message for fault in unknown_fields(event, procedures.load("southwark"))}
    assert set(faults) == {"data.concerns", "data.zzz"}
    assert faults["data.concerns"].endswith("did you mean concern?")
    assert "requested_action" in faults["data.zzz"]


def test_an_unknown_key_of_a_subject_is_a_fault() -> None:
    with pytest.raises(InvalidDocument, match=r"data\.subjects\.0\.name"):
        _read(data={"subjects": [{"kind": "lac", "name": "A Child"}]})


def test_the_reference_given_is_kept() -> None:
    assert _read(data={"reference": "ABC-1"}).reference == "ABC-1"


def test_without_a_reference_an_id_that_may_be_one_becomes_it() -> None:
    assert _without_reference(id="swk-2026-7").reference == "SWK-2026-7"


def test_without_a_reference_any_other_id_is_digested_with_its_source() -> None:
    one = _without_reference(id="Jane Doe/7")
    assert re.fullmatch(r"TD-[0-9A-F]{12}", one.reference)
    assert one.reference == _without_reference(id="Jane Doe/7").reference
    assert one.reference != _without_reference(id="Jane Doe/7", source="/elsewhere").reference
    assert "DOE" not in one.reference


def test_the_digest_is_of_what_is_said_and_not_of_its_envelope() -> None:
    event = _read()
    assert _read(id="another-id", time="2026-11-02T10:00:00Z", source="/x").digest == event.digest
    assert _read(data={"concern": "Something else."}).digest != event.digest


def test_what_identifies_a_child_never_reaches_the_workflow() -> None:
    event = _read(data={"subjects": [{"kind": "lac", "identifiers": {"nhs": "999-888-777"}}]})
    opening = event.opening(procedures.load("southwark"), _read(time="2026-11-02T10:00:00Z").time)  # type: ignore[arg-type]
    assert "999-888-777" not in opening.model_dump_json()


def test_several_subjects_have_a_reference_each_and_are_linked() -> None:
    event = _read(data={"reference": "KIN-1", "subjects": [{"kind": "lac"}, {"kind": "cp"}]})
    assert event.references == ["KIN-1-1", "KIN-1-2"]
    assert [event.start(place).linked for place in (0, 1)] == [["KIN-1-2"], ["KIN-1-1"]]
    assert [event.start(place).subject.kind for place in (0, 1)] == ["lac", "cp"]


def test_a_reference_leaves_room_for_the_numbers_of_several_subjects() -> None:
    children = {"subjects": [{"kind": "lac"}] * 2}
    assert _read(data={"reference": "A" * 37, **children}).references[1] == f"{'A' * 37}-2"
    with pytest.raises(InvalidDocument, match="at most 37 characters"):
        _read(data={"reference": "A" * 38, **children})
    assert re.fullmatch(r"TD-[0-9A-F]{12}-1", _without_reference(id="A" * 40, data=children).references[0])


def test_an_event_of_a_megabyte_is_refused() -> None:
    with pytest.raises(InvalidDocument, match="larger than"):
        _read(data={"concern": "x" * 1_000_000})


def test_a_name_or_a_team_is_one_line() -> None:
    with pytest.raises(InvalidDocument) as refused:
        _read(data={"raised_by": {"role": "iro", "name": "A\nB"}, "team": "C\u0000"})
    assert {fault.where for fault in refused.value.faults} == {"data.raised_by.name", "data.team"}
