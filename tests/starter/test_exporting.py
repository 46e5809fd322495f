"""The commands `export`: which documents there are, under which names; is a file what the register gives?"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from documents import pdf as typesetting
from escalation.summary import summary_of
from register.engine import open_register, upgrade
from register.store import Register
from starter.__main__ import DONE, REFUSED, WRONG_INPUT, _run
from tests.documents.on_file import closed, long, through_stages
from tests.escalation.driver import REFERENCE, Play
from workflows import workflow_id

Said = pytest.CaptureFixture[str]
Binary = pytest.CaptureFixture[bytes]


@pytest.fixture(autouse=True)
def register(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Register:
    """An installation with nothing set but its own folder, in which commands write too."""
    monkeypatch.setenv("TWENTYDAYS_VAR", str(tmp_path / "var"))
    url = f"sqlite:///{tmp_path}/register.db"
    monkeypatch.setenv("TWENTYDAYS_REGISTER_URL", url)
    monkeypatch.chdir(tmp_path)
    upgrade(url)
    return open_register(url)


def held(register: Register, play: Play, upto: int | None = None) -> Play:
    register.keep_procedure(play.procedure)
    entries = play.entries[:upto]
    summary = summary_of(play.case).model_copy(update={"n": len(entries)})
    register.record(workflow_id(play.procedure.key, REFERENCE), entries, summary)
    return play


def test_a_form_is_written_under_a_name_that_says_nothing_of_a_child(register: Register, capsys: Said) -> None:
    held(register, closed("southwark", "L1"))
    assert _run(["export", "form", REFERENCE]) == DONE
    name, digest = capsys.readouterr().out.splitlines()
    assert name == f"{REFERENCE}-form-L1.pdf"
    assert Path(name).read_bytes().startswith(b"%PDF")
    assert len(digest.removeprefix("SHA-256 ")) == 64


def test_the_form_of_an_earlier_stage_says_what_it_said_there(register: Register, capsys: Said) -> None:
    """OXF-18, OXF-A18"""
    held(register, through_stages())
    assert _run(["export", "form", REFERENCE, "--stage", "S2", "--as", "text"]) == DONE
    second = capsys.readouterr().out
    assert _run(["export", "form", REFERENCE, "--as", "text"]) == DONE
    third = capsys.readouterr().out
    assert "Stage of Alert: Stage 2" in second
    assert "  - Visits resume\n" in second
    assert "Not before spring." in second
    assert "Not at this stage: it went on to Stage 3" in second
    assert "Stage of Alert: Stage 3" in third
    assert "  - Visits resume and are recorded\n" in third
    assert "Social Worker/ Team Manager: Social Worker" in third  # filled from the conversation of Stage 1


def test_where_no_form_is_used_it_says_where_there_is_one(register: Register, capsys: Said) -> None:
    held(register, through_stages())
    assert _run(["export", "form", REFERENCE, "--stage", "S1"]) == WRONG_INPUT
    assert "no form is used at S1. There is one at: S2, S3, S4, S5." in capsys.readouterr().err
    assert _run(["export", "form", REFERENCE, "--stage", "S5"]) == WRONG_INPUT
    assert "was never at a stage S5. It was at: S1, S2, S3." in capsys.readouterr().err


def test_a_blank_form_is_there_before_anything_was_raised(capsys: Said) -> None:
    assert _run(["export", "blank-form", "oxfordshire", "--as", "html"]) == DONE
    name = capsys.readouterr().out.splitlines()[0]
    assert name == "oxfordshire-blank-form.html"
    assert "Resolution and Escalation Process Alert Form" in Path(name).read_text(encoding="utf-8")
    assert _run(["export", "blank-form", "oxfordshire", "--stage", "S1"]) == WRONG_INPUT
    assert "There is one at: S2, S3, S4, S5." in capsys.readouterr().err


def test_case_notes_are_listed_and_one_is_printed_as_it_is_pasted(register: Register, capsys: Said) -> None:
    play = held(register, closed("southwark", "L1"))
    assert _run(["export", "case-note", REFERENCE]) == DONE
    said = capsys.readouterr().out
    kept = play.of("case_note")
    assert len(kept) >= 3
    for note in kept:
        assert f"{note.n}\t" in said
        assert f"{note.where}: {note.heading}" in said
        assert note.text in said
    assert _run(["export", "case-note", REFERENCE, "--entry", str(kept[-1].n)]) == DONE
    assert capsys.readouterr().out == f"{kept[-1].text}\n"
    assert _run(["export", "case-note", REFERENCE, "--json"]) == DONE
    assert [each["n"] for each in json.loads(capsys.readouterr().out)] == [note.n for note in kept]
    assert _run(["export", "case-note", REFERENCE, "--entry", "1"]) == WRONG_INPUT
    assert f"the numbers: {', '.join(str(note.n) for note in kept)}." in capsys.readouterr().err


def test_an_outcome_stands_under_the_documents_heading_and_not_before_the_end(register: Register, capsys: Said) -> None:
    held(register, closed("oxfordshire", "S2"))
    assert _run(["export", "outcome", REFERENCE, "--as", "text"]) == DONE
    assert capsys.readouterr().out.startswith("Outcome of Resolution and Escalation\n")
    assert _run(["export", "outcome", REFERENCE, "--json"]) == DONE
    assert json.loads(capsys.readouterr().out)["title"] == "Outcome of Resolution and Escalation"


def test_an_open_escalation_has_no_outcome(register: Register, capsys: Said) -> None:
    held(register, through_stages())
    assert _run(["export", "outcome", REFERENCE]) == WRONG_INPUT
    said = capsys.readouterr().err
    assert f"{REFERENCE} is open, and has no outcome yet." in said


@pytest.mark.parametrize("given", [["form", REFERENCE, "--as", "html"], ["case-note", REFERENCE]])
def test_a_hyphen_is_standard_output(register: Register, capfdbinary: Binary, given: list[str]) -> None:
    held(register, closed("southwark", "L1"))
    assert _run(["export", *given, "--output", "-"]) == DONE
    assert REFERENCE.encode() in capfdbinary.readouterr().out
    assert not Path("-").exists()


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (["form", REFERENCE], f"{REFERENCE}-form-L1.pdf"),
        (["outcome", REFERENCE, "--as", "html"], f"{REFERENCE}-outcome.html"),
        (["case-file", REFERENCE, "--as", "html"], f"{REFERENCE}-case-file.html"),
        (["case-note", REFERENCE, "--output", "notes.txt"], "notes.txt"),
        (["form", REFERENCE, "--json", "--output", "form.json"], "form.json"),
        (["blank-form", "southwark", "--as", "html"], "southwark-blank-form.html"),
        (["form", REFERENCE, "--output", "."], f"{REFERENCE}-form-L1.pdf"),
    ],
)
def test_what_is_there_is_written_over_only_by_force(
    register: Register, capsys: Said, given: list[str], name: str
) -> None:
    held(register, closed("southwark", "L1"))
    Path(name).write_text("kept", encoding="utf-8")
    assert _run(["export", *given]) == WRONG_INPUT
    said = capsys.readouterr().err
    assert f"Already there: {name}. Give --force to write over it, or another --output." in said
    assert Path(name).read_text(encoding="utf-8") == "kept"
    assert _run(["export", *given, "--force"]) == DONE
    assert Path(name).read_bytes() != b"kept"


def test_a_folder_that_is_not_there_is_named(register: Register, capsys: Said) -> None:
    held(register, closed("southwark", "L1"))
    assert _run(["export", "form", REFERENCE, "--output", "gone/form.pdf"]) == WRONG_INPUT
    assert "There is no folder gone." in capsys.readouterr().err


def test_a_device_is_written_to_and_stays_what_it_is(register: Register) -> None:
    held(register, closed("southwark", "L1"))
    assert _run(["export", "form", REFERENCE, "--as", "html", "--output", "/dev/null"]) == DONE
    assert Path("/dev/null").is_char_device()


# The case file -------------------------------------------------------------------------------------------------------


def test_a_case_file_is_what_the_register_gives_also_after_more_has_happened(register: Register, capsys: Said) -> None:
    play = long()
    held(register, play, 40)
    assert _run(["export", "case-file", REFERENCE]) == DONE
    first = capsys.readouterr().out
    assert _run(["export", "case-file", REFERENCE, "--output", "again.pdf"]) == DONE
    assert Path("again.pdf").read_bytes() == Path(f"{REFERENCE}-case-file.pdf").read_bytes()
    assert capsys.readouterr().out.splitlines()[1] == first.splitlines()[1]
    assert _run(["export", "case-file", REFERENCE, "--check", "again.pdf"]) == DONE
    assert "as the register had it after entry 40.\n" in capsys.readouterr().out
    held(register, play)
    assert _run(["export", "case-file", REFERENCE, "--check", "again.pdf"]) == DONE
    assert f"{len(play.entries) - 40} more have been added since." in capsys.readouterr().out


def test_the_file_names_the_head_of_the_registers_chain(register: Register) -> None:
    play = held(register, long())
    n, head = register.hashes(REFERENCE)[-1]
    assert n == len(play.entries)
    assert _run(["export", "case-file", REFERENCE, "--as", "text", "--output", "file.txt"]) == DONE
    said = Path("file.txt").read_text(encoding="utf-8")
    assert f"Head of the chain: {head}" in said
    assert f"Entries: {n}" in said


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda made: made[:-40] + b"%changed" + made[-40:], "changed after it was made"),
        (lambda made: made.replace(f":{REFERENCE}:".encode(), b":OTHER-1:"), "case file of OTHER-1"),
        (lambda made: made.replace(b":40:", b":39:"), "do not tell the same history"),
        (lambda made: made.replace(b":40:", b":400:"), "the register holds"),
        (lambda made: made.replace(b"content:", b"contents:"), "it is not what the register gives now"),
        (lambda made: made.replace(b"Typst 0", b"Typst 9"), "it was set by Typst 9"),
        (lambda _made: b"%PDF-1.7 something else", "no case file that Twentydays has made"),
    ],
)
def test_a_file_that_is_not_what_the_register_gives_is_told_why(
    register: Register, capsys: Said, change: object, why: str
) -> None:
    held(register, long(), 40)
    assert _run(["export", "case-file", REFERENCE, "--output", "made.pdf"]) == DONE
    made = Path("made.pdf").read_bytes()
    changed = change(made)  # type: ignore[operator]
    assert changed != made
    Path("made.pdf").write_bytes(changed)
    capsys.readouterr()
    assert _run(["export", "case-file", REFERENCE, "--check", "made.pdf"]) == REFUSED
    assert why in capsys.readouterr().out


def test_another_history_of_the_same_reference_is_told_apart(register: Register, tmp_path: Path, capsys: Said) -> None:
    held(register, long(), 40)
    assert _run(["export", "case-file", REFERENCE, "--output", "made.pdf"]) == DONE
    other = f"sqlite:///{tmp_path}/other.db"
    upgrade(other)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TWENTYDAYS_REGISTER_URL", other)
        held(open_register(other), closed("southwark", "L1"))
        capsys.readouterr()
        assert _run(["export", "case-file", REFERENCE, "--check", "made.pdf", "--json"]) == REFUSED
        verdict = json.loads(capsys.readouterr().out)
    assert verdict["same"] is False
    assert verdict["says"]


def test_a_history_that_does_not_hold_together_is_vouched_for_by_no_file(register: Register, capsys: Said) -> None:
    held(register, long())
    with register._engine.execution_options(writes=True).begin() as connection:
        connection.exec_driver_sql("drop trigger if exists entries_no_update")
        names = connection.exec_driver_sql("select name from sqlite_master where type = 'trigger'").scalars().all()
        for name in names:
            connection.exec_driver_sql(f"drop trigger {name}")
        connection.exec_driver_sql("update entries set body = replace(body, 'Leave', 'Other') where n between 8 and 14")
    assert _run(["export", "case-file", REFERENCE]) == WRONG_INPUT
    assert "does not hold together" in capsys.readouterr().err


def test_a_file_that_cannot_be_read_is_wrong_input(register: Register, capsys: Said) -> None:
    held(register, long())
    assert _run(["export", "case-file", REFERENCE, "--check", "nowhere.pdf"]) == WRONG_INPUT
    assert "nowhere.pdf cannot be read" in capsys.readouterr().err


def test_what_nobody_has_raised_has_no_documents(capsys: Said) -> None:
    for what in ("form", "case-note", "outcome", "case-file"):
        assert _run(["export", what, "NOBODY-1"]) == WRONG_INPUT
        assert "holds no escalation NOBODY-1" in capsys.readouterr().err


def test_without_the_optional_part_it_says_what_to_do(
    register: Register, capsys: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    held(register, closed("southwark", "L1"))
    monkeypatch.setattr(typesetting, "find_spec", lambda _name: None)
    assert _run(["export", "form", REFERENCE]) == WRONG_INPUT
    said = capsys.readouterr().err
    assert "pip install 'twentydays[pdf]'" in said
    assert "--as html" in said
    assert _run(["export", "form", REFERENCE, "--as", "html"]) == DONE


def test_show_names_the_documents_that_there_are(register: Register, capsys: Said) -> None:
    held(register, closed("southwark", "L1"))
    assert _run(["show", REFERENCE]) == DONE
    assert f"twentydays export form|case-note|outcome|case-file {REFERENCE}" in capsys.readouterr().out
