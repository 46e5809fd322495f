"""Do the worked examples beside each procedure hold, and would a wrong one be told?"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from config import procedures
from escalation.errors import InvalidDocument
from escalation.procedure import Procedure
from starter.rehearsal.examples import Example, load_examples, run, run_examples

SEVENTH = Path(__file__).parents[1] / "procedures" / "seventh"
FOLDERS = (procedures.SHIPPED, SEVENTH)


def _files() -> Iterator[tuple[str, Path]]:
    for folder in FOLDERS:
        yield from ((file.stem, folder / "examples" / file.name) for file in sorted(folder.glob("*.yaml")))


def _examples() -> Iterator[Any]:
    for key, path in _files():
        if path.exists():
            yield from (pytest.param(key, example, id=f"{key}: {example.title}") for example in load_examples(path))


@cache
def _procedure(key: str) -> Procedure:
    return procedures.load(key, SEVENTH)


@pytest.mark.parametrize(("key", "example"), list(_examples()))
def test_the_example_holds(key: str, example: Example) -> None:
    assert run(_procedure(key), example) == []


@pytest.mark.parametrize(("key", "path"), list(_files()), ids=[key for key, _ in _files()])
def test_every_procedure_has_examples_that_count_days(key: str, path: Path) -> None:
    examples = load_examples(path)
    assert [step for example in examples for step in example.steps if step.then.due], key
    assert len({example.title for example in examples}) == len(examples)


def test_no_examples_belong_to_no_procedure() -> None:
    known = {path for _, path in _files()}
    assert {path for folder in FOLDERS for path in (folder / "examples").glob("*.yaml")} <= known


# A wrong example is told ---------------------------------------------------------------------------------------------

RAISED: dict[str, Any] = {"at": "2026-10-21 10:00", "do": "start", "category": 2}
"""A Wednesday: 22, 23, 26, 27 and 28 October, over the end of summer time."""
WRONG = {
    "stage": ("L2", "stage is L1, not L2"),
    "status": ("closed", "status is awaiting_response, not closed"),
    "waiting_for": ("iro", "waiting_for is operational_manager, not iro"),
    "due": ("2026-10-29", "due is 2026-10-28, not 2026-10-29"),
    "cap": ("2026-11-19", "cap is 2026-11-18, not 2026-11-19"),
    "clipped": (True, "clipped is False, not True"),
    "beyond_cap": (True, "beyond_cap is False, not True"),
    "on_hold": ("cap_reached", "on_hold is None, not cap_reached"),
    "cap_reached": (True, "cap_reached is False, not True"),
    "closed": (True, "closed is not at all, not closed"),
    "timers": ({"S2_notice": "2026-10-28"}, "the timer S2_notice is None, not 2026-10-28"),
    "offered": (["dance"], "dance is not offered"),
    "not_offered": (["bypass"], "bypass is offered"),
    "alert": (["operational_manager"], "alert reached head_of_qau, operational_manager, qau_manager, not"),
    "emails": ({"alert": ["social_worker"]}, "alert did not reach social_worker, but"),
    "no_emails_to": (["qau_manager"], "alert reached qau_manager"),
    "records": (["A dream"], "no record “A dream”; filed: IRO - escalation"),
    "tasks": ({"iro": "Sleep well"}, "no task for iro: “Sleep well”; there are: "),
    "history": (["lapsed"], "not lapsed in this order"),
    "refused": (True, "it was accepted, not refused"),
    "warned": (True, "advice was none, not given"),
    "form": ({"Colour": "blue"}, "the form's “Colour” is None, not blue"),
}


@pytest.mark.parametrize("key", WRONG)
def test_what_does_not_hold_is_told_with_the_step(key: str) -> None:
    wrong, told = WRONG[key]
    example = {"title": "Wrong", "source": ["SWK-24"], "steps": [RAISED | {"then": {key: wrong}}]}
    (fault,) = run(_procedure("southwark"), Example.model_validate(example))
    assert fault.startswith("Wrong, step 1: ")
    assert told in fault


def test_every_key_of_then_has_a_wrong_value_that_is_told() -> None:
    assert set(WRONG) == set(type(Example.model_validate(BARE).steps[0].then).model_fields)


BARE = {"title": "Bare", "source": ["SWK-24"], "steps": [RAISED]}


def test_a_step_that_is_refused_where_nobody_expects_it_is_told() -> None:
    example = BARE | {"steps": [RAISED | {"form_complete": False}]}
    (fault,) = run(_procedure("southwark"), Example.model_validate(example))
    assert "step 1: it was refused (incomplete: " in fault


def test_a_wrong_file_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "southwark.yaml"
    path.write_text(
        "- title: Misspelt\n  source: [SWK-24]\n  steps:\n"
        '    - {at: "2026-10-21 10:00", do: start, then: {deu: 2026-10-28}}\n'
    )
    with pytest.raises(InvalidDocument, match="deu") as refused:
        run_examples(_procedure("southwark"), path)
    assert [fault.line for fault in refused.value.faults] == [4]


def test_a_date_or_a_time_may_stand_without_quotes(tmp_path: Path) -> None:
    path = tmp_path / "southwark.yaml"
    path.write_text(
        "- title: Plain\n  source: [SWK-24]\n  steps:\n"
        "    - {at: 2026-10-21 10:00:00, do: start, then: {due: 2026-10-28}}\n"
        "    - {at: 2026-10-22 10:00:00, do: set_action, text: Go, action_due: 2026-11-30, then: {due: 2026-10-29}}\n"
    )
    assert run_examples(_procedure("southwark"), path) == ["Plain, step 2: due is 2026-10-28, not 2026-10-29"]
