"""The commands `directory`, against a register: who serves, changed, imported, exported, looked ahead."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import procedures
from config.settings import SAMPLE_COUNCIL, Settings
from escalation.fold import fold
from escalation.summary import summary_of
from escalation.working_days import london_date
from register.people import UNTIL_NOW
from starter.__main__ import _run
from starter.office import Office
from tests.empty_register import empty_register
from tests.starter.conftest import Ran
from tests.web.api_world import alerted
from workflows import workflow_id

BY = ("--by", "Elena Marsh")
PEOPLE = """
people:
  grace: {name: Grace Obi, email: grace@council.example}
  umar: {name: Umar Ali, email: umar@council.example}
posts:
  - {role: team_manager, person: grace}
  - {role: team_manager, person: umar, kind: deputy}
  - {role: operational_manager, person: grace}
"""


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Office:
    """A register of the test's own, and no server."""
    empty_register(tmp_path)
    file = tmp_path / "people.yaml"
    file.write_text(PEOPLE, encoding="utf-8")
    for name, value in (("VAR", tmp_path), ("DIRECTORY", file)):
        monkeypatch.setenv(f"TWENTYDAYS_{name}", str(value))
    return Office(Settings())


@pytest.fixture
def run(office: Office, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Ran]:
    monkeypatch.setenv("COLUMNS", "200")

    def one(*arguments: str) -> Ran:
        capsys.readouterr()
        code = _run(["directory", *arguments])
        said = capsys.readouterr()
        return Ran(code, said.out, said.err)

    return one


def test_until_something_is_changed_the_file_counts(run: Callable[..., Ran], office: Office) -> None:
    shown = run("show", "--on", "2026-11-23")
    assert shown.out.splitlines() == [
        f"The file {office.settings.directory} counts: the register holds no directory yet.",
        "On Monday 23 November 2026:",
        "  operational_manager  Grace Obi",
        "  team_manager         Grace Obi",
    ]
    assert run("changes").out == "Nothing was ever changed: the directory's file counts.\n"
    assert run("changes", "--json").json == []


def test_with_the_first_change_the_registers_directory_counts(run: Callable[..., Ran], office: Office) -> None:
    ran = run("leave", "Grace Obi", "--first", "2026-11-23", "--last", "2026-11-27", *BY)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        f"{office.settings.directory} was imported first.",
        "From now on the register's directory counts; changing the file changes nothing any more.",
        "Grace Obi is on leave from Monday 23 November 2026 until Friday 27 November 2026. (change 2)",
    ]
    office.settings.directory.write_text("people: {}", encoding="utf-8")
    shown = run("show", "--on", "2026-11-23").out.splitlines()
    assert shown[0].startswith("The register's directory counts: change 2, ")
    assert shown[2:] == [
        "  operational_manager  nobody, as Grace Obi is away",
        "  team_manager         Umar Ali (deputy), as Grace Obi is away",
        "Away: Grace Obi, until Friday 27 November 2026",
    ]
    assert run("show", "--role", "team_manager", "--on", "2026-11-28", "--json").json["posts"][0]["serving"] == [
        {"name": "Grace Obi", "email": "grace@council.example", "kind": "holder"}
    ]


def test_every_change_is_told_kept_and_listed(run: Callable[..., Ran], office: Office) -> None:
    added = run("person", "zoe", "--name", "Zoë Lee", "--email", "zoe@council.example", *BY, "--reason", "She joins.")
    assert added.out.splitlines()[-1] == "Zoë Lee was added, at zoe@council.example. (change 2)"
    for arguments in (
        ("appoint", "team_manager", "zoe", "--team", "North", "--kind", "acting", "--first", "2027-01-04"),
        ("end", "team_manager", "UMAR@council.example", "--last", "2026-12-31"),
        ("leave", "zoe", "--first", "2027-02-01", "--last", "2027-02-12"),
        ("cancel-leave", "zoe", "--first", "2027-02-08"),
        ("person", "ZOË LEE", "--name", "Zoë Ali"),
        ("end", "team_manager", "zoe", "--team", "North", "--last", "2027-01-03"),
        ("person", "zoe", "--remove"),
    ):
        assert run(*arguments, *BY).code == 0
    said = [line.partition("Elena Marsh: ")[2] for line in run("changes").out.splitlines()]
    assert said[::-1] == [
        f"A directory was imported: 2 people, 3 posts, no leave. ({UNTIL_NOW})",
        "Zoë Lee was added, at zoe@council.example. (She joins.)",
        "Zoë Lee is acting Team Manager of North from Monday 4 January 2027.",
        "Umar Ali is deputy Team Manager until Thursday 31 December 2026, and no longer.",
        "Zoë Lee is on leave from Monday 1 February 2027 until Friday 12 February 2027.",
        "Zoë Lee is not on leave from Monday 8 February 2027 after all.",
        "Zoë Lee is now Zoë Ali, at zoe@council.example.",
        "Zoë Ali is acting Team Manager of North until Sunday 3 January 2027, and no longer.",
        "Zoë Ali was taken out.",
    ]
    assert [row["n"] for row in run("changes", "--limit", "2", "--json").json] == [9, 8]
    assert office.register.verify() == []


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("person", "grace", "--remove", *BY), 1, "is still in the post team_manager; end it first"),
        (("end", "iro", "umar", "--last", "2026-12-31", *BY), 1, "they are deputy team manager"),
        (("leave", "grace", "--first", "2026-12-31", "--last", "2026-12-01", *BY), 2, "last: is before `first`"),
        (("appoint", "iro", "umar", "--first", "2027-01-05", "--last", "2027-01-04", *BY), 2, "last: is before"),
        (("appoint", "operational_manger", "umar", *BY), 2, "did you mean `operational_manager`?"),
        (("leave", "Grace Oby", "--first", "2026-12-01", "--last", "2026-12-01", *BY), 2, "did you mean `Grace Obi`?"),
        (("appoint", "Team Manager", "grace", *BY), 2, "role: must be a key in small letters"),
        (("person", "zoe", "--name", "Zoë", *BY), 2, "email: is needed and is missing"),
        (("person", "zoe", "--name", "Zoë", "--email", "zoe", *BY), 2, "email: is not an email address"),
        (("person", "umar", "--name", "U Ali", "--by", " "), 2, "--by: must be the name of who changes it"),
        (("import", "nowhere.csv", *BY), 2, "cannot be read: No such file"),
        (("import", str(SAMPLE_COUNCIL)), 2, "--by: must be the name of who changes it"),
    ],
)
def test_what_cannot_be_is_refused_in_words_and_changes_nothing(
    run: Callable[..., Ran], arguments: tuple[str, ...], code: int, says: str
) -> None:
    ran = run(*arguments)
    assert (ran.code, says in ran.err) == (code, True), ran.err
    assert run("changes", "--json").json == []


def test_who_says_who_would_be_asked_and_fails_where_nobody_would(run: Callable[..., Ran]) -> None:
    assert (run("who", "team_manager").code, run("who", "team_manager", "--team", "North").out) == (0, "Grace Obi\n")
    nobody = run("who", "iro", "--json")
    assert (nobody.code, nobody.json["serving"], nobody.err) == (1, [], "")
    misspelt = run("who", "team_manger")
    assert (misspelt.code, misspelt.out) == (1, "nobody\n")
    assert misspelt.err == "No procedure names the role team_manger; did you mean `team_manager`?\n"


def test_a_role_of_another_system_is_appointed_to_where_that_is_said(run: Callable[..., Ran]) -> None:
    assert run("appoint", "adviser_of_ours", "umar", *BY).code == 2
    ran = run("appoint", "adviser_of_ours", "umar", "--anyway", *BY)
    assert (ran.code, run("who", "adviser_of_ours").out) == (0, "Umar Ali\n"), ran.err


# Nobody whom the alarms reach --------------------------------------------------------------------------------------


LEFT = "nobody would be in the role operations, which hears of every alert that does not go out"


@pytest.mark.parametrize("also", [BY, ("--dry-run",)])
def test_an_import_that_loses_operations_is_refused_unless_that_is_meant(
    run: Callable[..., Ran], office: Office, also: tuple[str, ...]
) -> None:
    run("import", str(SAMPLE_COUNCIL), *BY)
    refused = run("import", str(office.settings.directory), *also)
    assert (refused.code, LEFT in refused.err, "`--anyway`" in refused.err) == (2, True, True), refused.err
    assert run("who", "operations").out == "Elena Marsh\n"
    assert run("import", str(office.settings.directory), *also, "--anyway").code == 0


def test_the_last_of_operations_leaves_where_somebody_follows(run: Callable[..., Ran]) -> None:
    run("import", str(SAMPLE_COUNCIL), *BY)
    ending = ("end", "operations", "elena", "--last", "2027-01-29", *BY)
    refused = run(*ending)
    assert (refused.code, LEFT in refused.err) == (2, True), refused.err
    run("appoint", "operations", "umar", "--first", "2027-01-30", *BY)
    assert run(*ending).code == 0


# As a whole -----------------------------------------------------------------------------------------------------------


def test_an_import_prints_what_it_changes_and_a_dry_run_only_prints_it(run: Callable[..., Ran], tmp_path: Path) -> None:
    posts, leave = tmp_path / "posts.csv", tmp_path / "leave.csv"
    posts.write_text(
        "role;name;email;first\r\nteam_manager;Grace Obi;grace@council.example;04/01/2027\r\n"
        "team_manger;Zoë Lee;zoe@council.example;\r\n",
        encoding="utf-8-sig",
    )
    leave.write_text("name,first,last\nZoë Lee,2027-02-01,2027-02-05\n", encoding="utf-8")
    dry = run("import", str(posts), "--leave", str(leave), "--dry-run", "--anyway")
    changed = [
        "+ Zoë Lee, zoe@council.example",
        "- Umar Ali, umar@council.example",
        "~ Grace Obi is Team Manager from Monday 4 January 2027; it was for good",
        "+ Zoë Lee is team manger",
        "- Umar Ali was deputy Team Manager",
        "- Grace Obi was Operational Manager",
        "+ Zoë Lee is on leave from Monday 1 February 2027 until Friday 5 February 2027",
    ]
    assert dry.out.splitlines() == [*changed, "Not imported, as asked: 2 people, 2 posts, 1 on leave."]
    assert dry.err == "In these roles there is nobody any more: operational_manager.\n"
    assert run("changes", "--json").json == []
    ran = run("import", str(posts), "--leave", str(leave), *BY, "--reason", "As of January.", "--anyway")
    assert ran.out.splitlines()[: len(changed)] == changed
    assert ran.out.splitlines()[-1] == "A directory was imported: 2 people, 2 posts, 1 on leave. (change 1)"
    assert [row["reason"] for row in run("changes", "--json").json] == ["As of January."]
    assert run("import", str(posts), "--leave", str(leave), "--dry-run").out.startswith("No changes.\n")


@pytest.mark.parametrize("also", [BY, ("--dry-run",)])
def test_an_import_with_misspelt_roles_is_refused_with_each_unless_that_is_meant_and_meant_once(
    run: Callable[..., Ran], tmp_path: Path, also: tuple[str, ...]
) -> None:
    posts = tmp_path / "posts.csv"
    rows = ("team_manger,Grace Obi", "head_of_servce,Grace Obi", "team_manager,Grace Obi")
    posts.write_text("role,name,email\n" + "".join(f"{row},grace@council.example\n" for row in rows), encoding="utf-8")
    refused = run("import", str(posts), *also)
    assert refused.code == 2
    for role, meant in (("team_manger", "team_manager"), ("head_of_servce", "head_of_service")):
        assert f"No procedure names the role {role}; did you mean `{meant}`? `--anyway` makes" in refused.err
    assert run("who", "team_manager").out == "Grace Obi\n"
    assert run("changes", "--json").json == []
    assert run("import", str(posts), *BY, "--anyway").code == 0
    assert run("import", str(posts), *also).code == 0


@pytest.mark.parametrize("also", [BY, ("--dry-run",)])
def test_a_file_without_posts_does_not_empty_the_directory(
    run: Callable[..., Ran], tmp_path: Path, also: tuple[str, ...]
) -> None:
    empty = tmp_path / "empty.yaml"
    empty.write_text("people: {}", encoding="utf-8")
    ran = run("import", str(empty), *also)
    assert (ran.code, "directory.posts: there are none: nobody would be asked" in ran.err) == (1, True), ran.err
    assert run("who", "team_manager").out == "Grace Obi\n"


@pytest.mark.parametrize("form", ["yaml", "csv"])
def test_what_is_exported_can_be_imported_again(run: Callable[..., Ran], tmp_path: Path, form: str) -> None:
    run("import", str(SAMPLE_COUNCIL), *BY)
    for person in ("abimbola", "grace"):
        run("leave", person, "--first", "2026-11-23", "--last", "2026-11-27", *BY)
    file, leave = tmp_path / f"all.{form}", tmp_path / "leave.csv"
    file.write_text(run("export", "--format", form).out, encoding="utf-8")
    leave.write_text(run("export", "--leave").out, encoding="utf-8")
    also = ("--leave", str(leave)) if form == "csv" else ()
    assert run("import", str(file), *also, "--dry-run").out.startswith("No changes.\n")


# Ahead ----------------------------------------------------------------------------------------------------------------


def test_posts_that_will_be_empty_while_they_are_asked_are_told_ahead(run: Callable[..., Ran], office: Office) -> None:
    now = datetime.now(UTC)
    _hold(office, "SWK-1", now)
    assert run("check", "--days", "0").out == (
        "Every post that an open escalation waits for is served, 0 working days ahead.\n"
    )
    days = [london_date(now) + timedelta(days=n) for n in (0, 60)]
    run("leave", "grace", "--first", days[0].isoformat(), "--last", days[1].isoformat(), *BY)
    ran = run("check", "--days", "3")
    assert ran.code == 1
    (line,) = [line for line in ran.out.splitlines() if "asked now" in line]
    assert line.startswith("SWK-1, stage L1, asked now: nobody is Operational Manager of Care Team 1, ")
    assert line.endswith(": Grace Obi is away.")
    assert json.loads(run("check", "--days", "3", "--json").out)[0]["away"] == ["Grace Obi"]


def test_an_escalation_that_has_not_begun_waits_for_nobody(run: Callable[..., Ran], office: Office) -> None:
    case = fold(procedures.load("southwark"), alerted("SWK-2", datetime.now(UTC)))
    office.register.claim_reference("SWK-2", workflow_id("southwark", "SWK-2"), "digest", summary_of(case))
    assert run("check", "--json").json == []


def _hold(office: Office, reference: str, at: datetime) -> None:
    procedure, entries = procedures.load("southwark"), alerted(reference, at)
    office.register.keep_procedure(procedure)
    said: Any = summary_of(fold(procedure, entries))
    office.register.record(workflow_id(procedure.key, reference), entries, said)
