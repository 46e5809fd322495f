"""What the doctor finds on this machine and in what is set, what it advises, and the exit code that follows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from config import directory, procedures
from config.keys import KeyRing
from config.settings import SAMPLE_COUNCIL, Settings
from escalation.directory import Directory, Person, Post
from escalation.looking_ahead import Gap
from escalation.procedure import Procedure
from starter import premises
from starter.doctor import clock, exit_code
from starter.office import Office
from starter.rehearsal.world import everyone
from tests.web.api_world import council
from web.readiness import Check
from web.temporal import Temporal

TODAY = date(2026, 11, 2)
SOUTHWARK = procedures.load("southwark")
EVERYTHING = {
    "register", "temporal", "worker", "mail", "calendar", "clock", "var", "keys", "register place", "directory",
    "posts ahead", "addresses",
}  # fmt: skip
LOOPBACK = {"TEMPORAL_ADDRESS": "127.0.0.1:7233"}


# The command ----------------------------------------------------------------------------------------------------------


def test_where_all_is_well_it_says_so_of_each_thing_and_ends_with_0(a_worker: None, run: Callable[..., Any]) -> None:
    ran = run("doctor", "--json")
    assert {check["name"]: check["status"] for check in ran.json} == dict.fromkeys(EVERYTHING, "ok"), ran.out
    assert ran.code == 0
    lines = run("doctor").out.splitlines()
    assert len(lines) == len(EVERYTHING)
    assert all(line.startswith("ok ") for line in lines)


def test_without_temporal_it_ends_with_3_and_says_what_to_look_at(
    office: Office, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    ran = run("doctor", "--json")
    found = {check["name"]: check for check in ran.json}
    assert ran.code == 3
    assert {name for name, check in found.items() if check["status"] == "failed"} == {"temporal", "worker"}
    assert "TEMPORAL_ADDRESS" in found["temporal"]["advice"]
    assert found["clock"]["status"] == "warning"


def test_real_addresses_on_a_stack_for_trying_end_with_2(
    a_worker: None, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    text = SAMPLE_COUNCIL.read_text(encoding="utf-8").replace("dev.patel@council.example", "dev.patel@council.gov.uk")
    (tmp_path / "directory.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setenv("TWENTYDAYS_DIRECTORY", str(tmp_path / "directory.yaml"))
    ran = run("doctor")
    assert ran.code == 2
    assert "FAILED addresses: Real addresses on a stack that is only for trying: dev.patel@council.gov.uk." in ran.out
    assert ".example, .test or localhost" in ran.out


def test_a_directory_that_cannot_be_read_is_one_check_and_hides_no_other(
    a_worker: None, run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("TWENTYDAYS_DIRECTORY", str(tmp_path / "none.yaml"))
    ran = run("doctor", "--json")
    assert {check["name"] for check in ran.json} == EVERYTHING
    assert {check["name"] for check in ran.json if check["status"] == "failed"} == {
        "directory",
        "posts ahead",
        "addresses",
    }
    assert ran.code == 2


@pytest.mark.parametrize(
    ("failed", "code"),
    [([], 0), (["var"], 2), (["keys", "calendar"], 2), (["worker"], 3), (["directory", "mail"], 3)],
)
def test_the_exit_code_tells_what_is_wrongly_set_from_what_does_not_answer(failed: list[str], code: int) -> None:
    checks = [Check(name="clock", status="warning", detail="x"), Check(name="register", detail="x")]
    assert exit_code([*checks, *(Check(name=name, status="failed", detail="x") for name in failed)]) == code


# The clocks -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hours", "status", "said"),
    [(0, "ok", "agrees"), (1, "failed", "3600 seconds ahead of"), (-1, "failed", "seconds behind")],
)
def test_the_clock_is_compared_with_temporals(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: int, status: str, said: str
) -> None:
    monkeypatch.setenv("TEMPORAL_ADDRESS", server)
    temporal = Temporal(Settings(var=tmp_path), KeyRing.generate())
    check = asyncio.run(_compared(temporal, timedelta(hours=hours)))
    assert (check.status, said in check.detail) == (status, True), check.detail


async def _compared(temporal: Temporal, shift: timedelta) -> Check:
    return await clock(temporal, lambda: datetime.now(UTC) + shift)


# This machine ---------------------------------------------------------------------------------------------------------

MOUNTS = r"""
22 28 0:20 / /proc rw,nosuid shared:12 - proc proc rw
28 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 28 0:35 / /srv/share rw,relatime shared:20 - nfs4 files:/share rw,vers=4.2
41 40 0:36 / /srv/share/local rw,relatime shared:21 - xfs /dev/sdb1 rw
42 28 0:37 / /srv/with\040space rw,relatime shared:22 - cifs //files/share rw
43 28 0:38 / /srv/sha rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/register.db", "ext4"),
        ("/srv/share/register.db", "nfs4"),
        ("/srv/share/local/register.db", "xfs"),
        ("/srv/with space/register.db", "cifs"),
        ("/srv/shared/register.db", "ext4"),
    ],
)
def test_the_file_system_is_that_of_the_deepest_mount(path: str, kind: str) -> None:
    assert premises.filesystem_of(Path(path), MOUNTS) == kind
    status = premises.register_place(f"sqlite:///{path}", MOUNTS).status
    assert status == ("failed" if kind in {"nfs4", "cifs"} else "ok")


def test_a_later_mount_on_the_same_place_hides_the_earlier() -> None:
    mounts = MOUNTS + "50 28 0:40 / /srv/share rw - ext4 /dev/sdc1 rw\n"
    assert premises.filesystem_of(Path("/srv/share/register.db"), mounts) == "ext4"


def test_where_the_file_system_cannot_be_told_nothing_is_claimed() -> None:
    check = premises.register_place("sqlite:////var/register.db", "")
    assert (check.status, "nothing more can be told" in check.detail) == ("ok", True)


def test_postgresql_may_be_anywhere() -> None:
    check = premises.register_place("postgresql+psycopg://user:secret@db/register", MOUNTS)
    assert check.status == "ok"
    assert "secret" not in check.detail


def test_a_folder_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="ascii")
    assert premises.var_writable(Settings(var=tmp_path)).status == "ok"
    check = premises.var_writable(Settings(var=tmp_path / "file" / "var"))
    assert (check.status, "TWENTYDAYS_VAR" in (check.advice or "")) == ("failed", True)
    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


@pytest.mark.parametrize(("mode", "status"), [(0o600, "ok"), (0o640, "ok"), (0o644, "failed"), (0o602, "failed")])
def test_keys_that_every_user_can_read_are_told(tmp_path: Path, mode: int, status: str) -> None:
    settings = Settings(var=tmp_path)
    KeyRing.load(settings)
    settings.keys_file.chmod(mode)
    check = premises.key_ring(settings)
    assert check.status == status
    if status == "failed":
        assert check.advice == f"chmod 600 {settings.keys_file}"


def test_keys_mounted_as_a_secret_with_an_open_mode_are_a_warning(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "twentydays_keys"
    secret.write_text(KeyRing.generate("test").text, encoding="ascii")
    secret.chmod(0o444)
    monkeypatch.setenv("TWENTYDAYS_SECRETS_DIR", str(tmp_path))
    assert premises.key_ring(Settings()).status == "warning"


# The directory --------------------------------------------------------------------------------------------------------


def test_the_sample_council_has_a_holder_for_every_role_that_is_shipped() -> None:
    in_use: dict[tuple[str, str | None], Procedure]
    in_use = {(key, None): procedure for key, procedure in procedures.all_procedures().items()}
    check = premises.holders(directory.load(SAMPLE_COUNCIL), in_use, TODAY)
    assert check.status == "ok", check.detail


def test_a_body_whose_address_the_procedure_gives_needs_no_holder() -> None:
    halton = procedures.load("halton-looked-after")
    people = directory.load(SAMPLE_COUNCIL)
    assert "cafcass_legal" not in {post.role for post in people.posts}
    assert premises.holders(people, {("halton-looked-after", None): halton}, TODAY).status == "ok"
    unwritten = halton.model_copy(update={"contacts": {}})
    check = premises.holders(people, {("halton-looked-after", None): unwritten}, TODAY)
    assert check.detail == "Nobody holds: cafcass_legal (halton-looked-after)."


def test_each_role_that_nobody_holds_is_named_with_its_procedure_and_team() -> None:
    people = everyone(SOUTHWARK)
    fewer = people.model_copy(update={"posts": [post for post in people.posts if post.role not in {"iro", "guardian"}]})
    check = premises.holders(fewer, {("southwark", "Care Team 1"): SOUTHWARK}, TODAY)
    assert check.detail == "Nobody holds: guardian (southwark, Care Team 1); iro (southwark, Care Team 1)."
    assert check.status == "failed"


def test_a_holder_of_another_team_is_none_of_this_one() -> None:
    people = everyone(SOUTHWARK)
    posts = [post.model_copy(update={"team": "North"}) if post.role == "iro" else post for post in people.posts]
    elsewhere = people.model_copy(update={"posts": posts})
    assert premises.holders(elsewhere, {("southwark", "North"): SOUTHWARK}, TODAY).status == "ok"
    assert premises.holders(elsewhere, {("southwark", "South"): SOUTHWARK}, TODAY).status == "failed"


def test_posts_that_will_be_empty_are_a_warning_that_names_the_nearest() -> None:
    a_gap = Gap(
        reference="SWK-1",
        stage="L2",
        asked="next",
        role="head_of_service",
        team="North",
        first=TODAY,
        last=TODAY,
        because="vacant",
    )
    check = premises.posts_ahead([a_gap] * 5, SOUTHWARK.role_title, 10)
    assert check.status == "warning"
    said = "SWK-1, stage L2, asked next, if nobody answers: nobody is Head of Service of North, Monday 2 November 2026"
    assert check.detail == " ".join([f"{said}: it is vacant."] * 3 + ["And 2 more."])
    assert exit_code([check]) == 0
    assert premises.posts_ahead([], SOUTHWARK.role_title, 10).status == "ok"


def test_in_use_are_the_procedures_of_open_escalations_by_team_and_the_councils_own(tmp_path: Path) -> None:
    known = procedures.all_procedures()
    with council(tmp_path) as one:
        assert set(premises.in_use(one.register, known, frozenset())) == {(key, None) for key in known}
        one.hold("SWK-1")
        one.hold("SWK-2", team="Care Team 2")
        one.hold("SWK-3", team="Care Team 3", status="closed")
        open_ones = {("southwark", "Care Team 1"), ("southwark", "Care Team 2")}
        assert set(premises.in_use(one.register, known, frozenset())) == open_ones
        own = frozenset({"leicestershire"})
        assert set(premises.in_use(one.register, known, own)) == {*open_ones, ("leicestershire", None)}


def test_every_page_of_open_escalations_is_looked_at(tmp_path: Path) -> None:
    with council(tmp_path) as one:
        one.hold("AAA-1")
        row = one.register.find("AAA-1")
        assert row
        for n in range(501):
            claimed = row.model_copy(update={"reference": f"AAB-{n}", "team": "Last" if n == 500 else "First"})
            one.register.claim_reference(f"AAB-{n}", f"escalation/southwark/AAB-{n}", "x", claimed)
        assert {team for _, team in premises.in_use(one.register, {}, frozenset())} >= {"First", "Last"}


@pytest.mark.parametrize(
    ("address", "invented"),
    [
        ("a@council.example", True),
        ("a@example", True),
        ("a@COUNCIL.TEST", True),
        ("a@localhost", True),
        ("a@council.gov.uk", False),
        ("a@example.council.gov.uk", False),
        ("a@notexample", False),
        ("a@example.com", False),
    ],
)
def test_only_names_that_no_mail_can_reach_are_invented(address: str, invented: bool) -> None:
    assert premises.is_invented(address) is invented


@pytest.mark.parametrize(
    ("environment", "temporal", "status"),
    [
        ("development", "127.0.0.1:7233", "failed"),
        ("development", "", "failed"),
        ("development", "temporal.council.gov.uk:7233", "ok"),
        ("production", "127.0.0.1:7233", "ok"),
    ],
)
def test_real_addresses_are_refused_on_the_embedded_stack_alone(environment: str, temporal: str, status: str) -> None:
    people = Directory(
        people={f"p{n}": Person(name="A", email=f"p{n}@council.gov.uk") for n in range(5)},
        posts=[Post(role="iro", person="p0")],
    )
    settings = Settings().model_copy(update={"environment": environment})
    check = premises.addresses(people, settings, {"TEMPORAL_ADDRESS": temporal})
    assert check.status == status
    if status == "failed":
        assert check.detail.endswith("p0@council.gov.uk, p1@council.gov.uk, p2@council.gov.uk and 2 more.")


def test_everybody_outside_the_councils_domains_is_named_and_what_a_procedure_gives_too() -> None:
    people = Directory(
        people={
            "a": Person(name="A", email="a@council.example"),
            "b": Person(name="B", email="b@trust.nhs.example"),
            "c": Person(name="C", email="c@home.example"),
        }
    )
    settings = Settings().model_copy(update={"mail_domains": ("council.example", "*.nhs.example")})
    check = premises.addresses(people, settings, LOOPBACK, contacts=["legal@court.example"])
    assert (check.status, "TWENTYDAYS_MAIL_DOMAINS" in (check.advice or "")) == ("failed", True)
    assert check.detail == "Mail may not go to c@home.example, legal@court.example."
    wider = settings.model_copy(update={"mail_domains": (*settings.mail_domains, "home.example", "court.example")})
    assert premises.addresses(people, wider, LOOPBACK, contacts=["legal@court.example"]).status == "ok"
