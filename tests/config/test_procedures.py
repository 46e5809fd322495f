"""Are the procedures shipped valid, and is a council's own folder of them read beside them?"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from config import directory, procedures
from config.procedures import __main__ as command
from config.settings import SAMPLE_COUNCIL
from escalation.errors import InvalidDocument

REPOSITORY = Path(procedures.__file__).parents[2]


@pytest.mark.parametrize("file", sorted(procedures.SHIPPED.glob("*.yaml")), ids=lambda file: str(file.stem))
def test_each_procedure_shipped_is_valid_and_points_editors_at_the_schema(file: Path) -> None:
    assert procedures.load(file.stem).key == file.stem
    first_line = file.read_text(encoding="utf-8").splitlines()[0]
    assert first_line == "# yaml-language-server: $schema=./procedure.schema.json"


def test_six_procedures_of_five_councils_are_shipped() -> None:
    shipped = procedures.all_procedures()
    assert set(shipped) == {
        "halton-child-protection", "halton-looked-after", "leicestershire", "oxfordshire", "sbc", "southwark",
    }  # fmt: skip
    assert len({procedure.council for procedure in shipped.values()}) == 5


def test_the_sample_council_has_somebody_for_every_role_of_every_procedure_but_those_whose_address_it_gives() -> None:
    sample = directory.load(SAMPLE_COUNCIL)
    shipped = procedures.all_procedures().values()
    roles = {role for procedure in shipped for role in procedure.roles} | {"operations"}
    given = {role for procedure in shipped for role in procedure.contacts}
    assert {role for role in roles if not sample.holders(role, None, date(2026, 11, 23))} == given


def test_the_sample_council_has_no_address_of_a_real_person() -> None:
    people = directory.load(SAMPLE_COUNCIL).people.values()
    assert {person.email.partition("@")[2] for person in people} == {"council.example", "partner.example"}


def test_an_unknown_procedure_is_told_with_the_known_ones() -> None:
    with pytest.raises(procedures.UnknownProcedure, match="did you mean `southwark`"):
        procedures.load("southwrk")
    with pytest.raises(procedures.UnknownProcedure, match=r"`leicestershire`.*`southwark`"):
        procedures.load("xyz")


def own_copy(folder: Path, name: str, **changes: str) -> Path:
    text = (procedures.SHIPPED / "southwark.yaml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert f"{old}: southwark\n" in text
        text = text.replace(f"{old}: southwark\n", f"{old}: {new}\n")
    file = folder / f"{name}.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_councils_own_folder_is_read_beside_what_is_shipped(tmp_path: Path) -> None:
    own_copy(tmp_path, "ours", key="ours")
    assert procedures.load("ours", tmp_path).key == "ours"
    assert {"ours", "southwark"} <= set(procedures.all_procedures(tmp_path))


def test_a_councils_own_version_goes_before_the_one_shipped(tmp_path: Path) -> None:
    file = own_copy(tmp_path, "southwark")
    file.write_text(file.read_text(encoding="utf-8").replace("\ntitle: ", "\ntitle: Our own ", 1), encoding="utf-8")
    assert procedures.load("southwark", tmp_path).title.startswith("Our own ")


def test_a_procedure_in_a_file_of_another_name_is_refused(tmp_path: Path) -> None:
    own_copy(tmp_path, "ours")
    with pytest.raises(InvalidDocument, match=r"ours\.yaml.*name the file southwark\.yaml"):
        procedures.load("ours", tmp_path)


def test_the_faults_of_all_files_are_told_together(tmp_path: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / f"{name}.yaml").write_text("key: [\n", encoding="utf-8")
    with pytest.raises(InvalidDocument) as refusal:
        procedures.all_procedures(tmp_path)
    assert {Path(fault.file).name for fault in refusal.value.faults} == {"one.yaml", "two.yaml"}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDocument, match="no such folder"):
        procedures.all_procedures(tmp_path / "none")


def test_the_schema_beside_the_procedures_is_current() -> None:
    assert procedures.SCHEMA.read_text(encoding="utf-8") == procedures.schema_text()


def test_the_schema_is_the_same_in_every_process_and_ends_its_last_line() -> None:
    code = "import sys, config.procedures as p; sys.stdout.write(p.schema_text())"
    texts = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=REPOSITORY,
            env={"PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert texts == {procedures.schema_text()}
    assert procedures.schema_text().endswith("}\n")
    assert json.loads(procedures.schema_text())["title"] == "Procedure"


def test_the_check_tells_a_stale_schema_by_its_exit_code(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    schema = tmp_path / "procedure.schema.json"
    monkeypatch.setattr(command, "SCHEMA", schema)
    assert command.main(["--check"]) == 1
    assert command.main([]) == 0
    assert command.main(["--check"]) == 0
    schema.write_text("{}", encoding="utf-8")
    assert command.main(["--check"]) == 1
    assert command.main(["--chek"]) == 2
