"""Are documents of people and pages of ours current: procedures, samples, schema, settings, decisions?"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from config import procedures
from config.settings import Settings
from config.settings_table import settings_table
from starter.case_event import read_event, unknown_fields
from starter.embedded.places import places
from starter.rehearsal.scenario import read_scenario

ROOT = Path(__file__).parents[2]
SAMPLES = sorted((ROOT / "config" / "samples").glob("*.json"))
REHEARSALS = sorted((ROOT / "config" / "samples" / "rehearsals").glob("*.json"))
A_MACHINE = re.compile(r"(?<![\w.:/-])/(?:home|root|work|workspace|Users)/\w")


def page(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


def test_every_procedure_is_valid_and_has_a_sample() -> None:
    shipped = set(procedures.all_procedures())
    assert shipped == {sample.stem for sample in SAMPLES}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda path: path.stem)
def test_every_sample_is_a_case_event_of_its_procedure(sample: Path) -> None:
    event = read_event(sample.read_text(encoding="utf-8"), sample.name)
    procedure = procedures.load(event.data.procedure)
    assert procedure.key == sample.stem
    assert unknown_fields(event, procedure) == []


@pytest.mark.parametrize("rehearsal", REHEARSALS, ids=lambda path: path.stem)
def test_every_rehearsal_names_itself_and_a_procedure(rehearsal: Path) -> None:
    scenario = read_scenario(rehearsal)
    assert scenario.id == rehearsal.stem
    assert procedures.load(scenario.procedure)


def test_the_schema_is_current() -> None:
    assert procedures.SCHEMA.read_text(encoding="utf-8") == procedures.schema_text(), "run python -m config.procedures"


def test_every_setting_is_documented() -> None:
    assert settings_table() in page("settings.md")


def test_every_port_is_documented_with_its_default() -> None:
    ports = places(Settings(), {}).ports()
    documented = dict(re.findall(r"^\| [^|]+ \| `(\w+)`[^|]* \| (\d+) \|$", page("settings.md"), re.MULTILINE))
    assert documented == {variable: str(port) for variable, port in ports.items()}


def test_no_file_names_a_folder_of_somebodys_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\n")
    texts = [
        ROOT / name
        for name in listed
        if Path(name).suffix in {".py", ".md", ".yaml", ".yml", ".toml", ".json", ".sh", ""}
    ]
    found = [
        str(file.relative_to(ROOT))
        for file in texts
        if file.is_file() and A_MACHINE.search(file.read_text(encoding="utf-8", errors="replace"))
    ]
    assert len(texts) > 50
    assert found == []


def test_every_decision_is_listed() -> None:
    pages = {file.name for file in (ROOT / "docs" / "adr").glob("0*.md")}
    assert set(re.findall(r"\((0\d{3}[^)]+\.md)\)", page("adr/README.md"))) == pages
