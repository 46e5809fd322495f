"""Can a release read what another one wrote?"""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import ValidationError
from temporalio.api.common.v1 import Payload

from config.converter import ForgivingPayloadConverter
from escalation.messages import Start
from escalation.opening import Opening
from escalation.procedure import Procedure
from tests.escalation.driver import shipped

CONVERTER = ForgivingPayloadConverter()


def read(value: Any, kind: type) -> Any:
    payload = Payload(metadata={"encoding": b"json/plain"}, data=json.dumps(value).encode())
    return CONVERTER.from_payloads([payload], [kind])[0]


def of_another_release(procedure: Procedure) -> dict[str, Any]:
    """With a key that this release does not know, in a stage too, and a fault that it would not accept in a file."""
    document = procedure.model_dump(mode="json") | {"of_a_newer_release": 1}
    document["stages"][0] |= {"of_a_newer_release": 1, "copy_to": ["a_role_that_is_gone"]}
    return document


def test_an_open_escalation_keeps_the_procedure_it_began_under_whatever_a_release_thinks_of_it() -> None:
    stored = of_another_release(shipped("southwark"))
    opening = read({"reference": "SWK-1", "procedure": stored}, Opening)
    assert opening.procedure.stages[0].copy_to == ["a_role_that_is_gone"]
    assert Procedure.stored(json.dumps(stored)) == opening.procedure


def test_in_a_file_the_same_is_refused() -> None:
    with pytest.raises(ValidationError):
        Procedure.model_validate_json(json.dumps(of_another_release(shipped("southwark"))))


def test_a_procedure_is_read_back_as_it_was_written() -> None:
    procedure = shipped("oxfordshire")
    assert Procedure.stored(procedure.model_dump_json()).version == procedure.version
    written = CONVERTER.to_payloads([Opening(reference="OXF-1", procedure=procedure)])
    assert CONVERTER.from_payloads(written, [Opening])[0].procedure == procedure


def test_a_wrong_type_is_still_wrong() -> None:
    with pytest.raises(ValidationError):
        read({"subject": {"kind": "a dragon"}}, Start)
