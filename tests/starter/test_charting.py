"""The commands `chart` and `diff`: what they print and write, and the page of charts."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from config import procedures
from escalation.charting import charts
from escalation.procedure import Procedure
from escalation.summary import Summary
from register.engine import open_register
from register.store import Register
from starter.__main__ import DONE, WRONG_INPUT, _run
from starter.charting import written
from tests.empty_register import empty_register

DOCS = Path(__file__).parents[2] / "docs"
SOUTHWARK = procedures.SHIPPED / "southwark.yaml"
Said = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    """An installation with nothing set but its own folder."""
    url = empty_register(tmp_path)
    monkeypatch.setenv("TWENTYDAYS_VAR", str(tmp_path))
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", url)
    return open_register(url)


# Charts ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", procedures.files())
def test_the_charts_in_the_documentation_are_current(key: str) -> None:
    for name, one in charts(procedures.load(key)).items():
        kept = (DOCS / "charts" / f"{name}.svg").read_text(encoding="utf-8")
        assert kept == written(one, "svg"), "run twentydays chart --out docs/charts"


def test_the_page_shows_every_chart_and_says_which_it_is() -> None:
    shown = re.findall(r"!\[Flowchart: ([^\]]+)\]\(charts/([^)]+)\.svg\)", (DOCS / "charts.md").read_text("utf-8"))
    drawn = {name: one for key in procedures.files() for name, one in charts(procedures.load(key)).items()}
    assert {name: title for title, name in shown} == {name: one.title for name, one in drawn.items()}
    assert {file.stem for file in (DOCS / "charts").iterdir()} == set(drawn)


def test_a_chart_is_printed_in_each_format(capsys: Said) -> None:
    assert _run(["chart", "southwark"]) == DONE
    assert ET.fromstring(capsys.readouterr().out).attrib["role"] == "img"
    assert _run(["chart", "southwark", "--format", "mermaid"]) == DONE
    assert capsys.readouterr().out.startswith("flowchart TD\n")
    assert _run(["chart", "southwark", "--format", "words"]) == DONE
    assert "From here to “Head of Service”: Not satisfied, or no answer in time.\n" in capsys.readouterr().out


def test_a_ladder_and_a_process_are_drawn_by_their_names(tmp_path: Path, capsys: Said) -> None:
    file = tmp_path / "agency.svg"
    assert _run(["chart", "halton-child-protection", "--track", "partner_agency", "--out", str(file)]) == DONE
    assert "Agency Safeguarding Lead" in file.read_text(encoding="utf-8")
    assert _run(["chart", "southwark", "--process", "complaint_about_iro", "--format", "words"]) == DONE
    assert capsys.readouterr().out.startswith("Complaint about an IRO.")


def test_a_folder_gets_every_ladder_and_process(tmp_path: Path) -> None:
    folder = tmp_path / "charts"
    folder.mkdir()
    assert _run(["chart", "halton-child-protection", "--format", "mermaid", "--out", str(folder)]) == DONE
    names = {"halton-child-protection-childrens_social_care.mmd", "halton-child-protection-partner_agency.mmd"}
    assert {file.name for file in folder.iterdir()} == names


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "Say which procedure"),
        (["nowhere"], "There is no procedure `nowhere`"),
        (["southwark", "--track", "other"], "The ladders of southwark are: one, unnamed."),
        (["southwark", "--process", "other"], "The other processes of southwark are: complaint_about_iro."),
    ],
)
def test_what_there_is_no_chart_of_is_wrong_input(arguments: list[str], why: str, capsys: Said) -> None:
    assert _run(["chart", *arguments]) == WRONG_INPUT
    assert why in capsys.readouterr().err


# Differences ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Southwark's procedure with seven days instead of five and another reader, under a name of its own."""
    text = SOUTHWARK.read_text(encoding="utf-8")
    for old, new in (
        ("response: &five {working_days: 5", "response: &five {working_days: 7"),
        (
            "    addressee: [assistant_director]\n    copy_to: *qau",
            "    addressee: [assistant_director]\n    copy_to: [head_of_qau, qau_manager, guardian]",
        ),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    path = tmp_path / "draft.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def raised(register: Register, reference: str, procedure: Procedure) -> None:
    register.keep_procedure(procedure)
    summary = Summary(
        reference=reference,
        procedure=procedure.key,
        procedure_version=procedure.version,
        subject_kind="lac",
        raised_at=datetime(2026, 11, 2, 10, tzinfo=UTC),
        stage=procedure.stages[0].key,
        status="awaiting_response",
        n=0,
    )
    assert register.claim_reference(reference, f"escalation-{reference}", reference, summary) == "new"


def test_what_changes_is_said_and_what_is_open_under_which(register: Register, draft: Path, capsys: Said) -> None:
    installed = procedures.load("southwark")
    raised(register, "SWK-1", installed)
    raised(register, "SWK-2", installed.opened("complaint_about_iro"))
    other = installed.model_copy(update={"title": "As it was"})
    raised(register, "SWK-3", other)
    raised(register, "SBC-1", procedures.load("sbc"))
    assert _run(["diff", "southwark", str(draft)]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[1:3] == [
        "- Stages L1, L2, L3 and L4: the time to answer changes from 5 to 7 working days.",
        "- Stage L3: new: a copy of the alert to Guardian.",
    ]
    assert lines[5] == f"  southwark@{installed.version} (before): 2: SWK-1, SWK-2"
    assert lines[6].endswith(" (after): none")
    assert lines[7] == f"  southwark@{other.version}: 1: SWK-3"
    assert len(lines) == 8


def test_the_page_shows_what_is_printed(register: Register, draft: Path, capsys: Said) -> None:
    for reference in ("SWK-1", "SWK-2"):
        raised(register, reference, procedures.load("southwark"))
    assert _run(["diff", "southwark", str(draft)]) == DONE
    said = capsys.readouterr().out
    old, new = re.findall(r"southwark@\w+", said)[:2]
    shown = re.search(
        r"^\$ twentydays diff southwark draft\.yaml\n((?:.*\n)*?)```",
        (DOCS / "charts.md").read_text("utf-8"),
        re.MULTILINE,
    )
    assert shown
    assert said.replace(old, "southwark@OLD").replace(new, "southwark@NEW") == shown[1]


def test_without_a_register_two_versions_are_compared_all_the_same(
    draft: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", f"sqlite:///{tmp_path}/never-prepared.db")
    assert _run(["diff", "southwark", str(draft)]) == DONE
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[1].startswith("- Stages L1, L2, L3 and L4:")
    assert lines[4].startswith("Which open escalations began under which was not read. The register at sqlite:")
    assert _run(["diff", "southwark", str(draft), "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert (len(found["sentences"]), found["open"]) == (2, [])
    assert "not prepared" in found["open_not_read"]


def test_a_version_that_the_register_keeps_is_compared_with_what_is_installed(register: Register, capsys: Said) -> None:
    before = procedures.load("southwark").model_copy(update={"title": "As it was"})
    raised(register, "SWK-9", before)
    assert _run(["diff", f"southwark@{before.version}", "southwark", "--json"]) == DONE
    found = json.loads(capsys.readouterr().out)
    assert found["sentences"] == ["The title changes from “As it was” to “IRO Dispute Resolution Process”."]
    assert found["paths"] == ["title"]
    assert {each["version"]: each["references"] for each in found["open"]} == {
        f"southwark@{before.version}": ["SWK-9"],
        found["after"]: [],
    }


def test_more_open_escalations_than_one_page_are_all_counted(
    register: Register, monkeypatch: pytest.MonkeyPatch, capsys: Said
) -> None:
    monkeypatch.setattr("starter.differing.PAGE", 2)
    monkeypatch.setattr("starter.differing.SHOWN", 3)
    for n in range(5):
        raised(register, f"SWK-{n}", procedures.load("southwark"))
    assert _run(["diff", "southwark", "southwark"]) == DONE
    said = capsys.readouterr().out
    assert ": nothing changes\n" in said
    assert ": 5: SWK-0, SWK-1, SWK-2 and 2 more\n" in said


@pytest.mark.parametrize(
    ("side", "why"),
    [
        ("southwark@000000000000", "The register keeps no version 000000000000 of southwark."),
        ("nowhere", "There is no procedure `nowhere`"),
        ("nowhere.yaml", "cannot be read"),
    ],
)
def test_a_side_that_is_not_there_is_wrong_input(side: str, why: str, capsys: Said) -> None:
    assert _run(["diff", side, "southwark"]) == WRONG_INPUT
    assert why in capsys.readouterr().err
