"""The directory through the API: read with one scope, changed with another, refused with every reason and its place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from escalation.directory import Directory
from tests.web.api_world import PROCEDURE as SOUTHWARK
from tests.web.api_world import Council, alerted, client, council, served
from web.openapi import examples

OBI = {"do": "set_person", "key": "grace.obi", "name": "Grace Obi", "email": "grace.obi@council.example"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with council(tmp_path) as one:
        yield one


@pytest.fixture
def site(installed: Council) -> Iterator[str]:
    with served(installed) as address:
        yield address


@pytest.fixture(scope="module")
def still(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """One installation for all that is refused: nothing changes in it."""
    folder = tmp_path_factory.mktemp("still")
    with council(folder) as one, served(one) as address, client(address, one.token("read", "directory")) as http:
        yield http
        assert http.get("/api/directory").json()["counts"] == "file"


@pytest.fixture
def http(installed: Council, site: str) -> Iterator[httpx2.Client]:
    with client(site, installed.token("read", "directory", name="the staff list")) as one:
        yield one


def change(http: httpx2.Client, said: dict[str, Any], **more: Any) -> httpx2.Response:
    return http.post("/api/directory/changes", json={"change": said, **more})


def places(answer: httpx2.Response) -> dict[str, str]:
    assert answer.headers["content-type"] == "application/problem+json"
    return {fault["pointer"]: fault["detail"] for fault in answer.json()["errors"]}


def test_until_something_is_changed_the_file_counts(still: httpx2.Client) -> None:
    page = still.get("/api/directory?on=2026-11-23&role=team_manager").json()
    assert (page["counts"], page["changes"], page["on"]) == ("file", 0, "2026-11-23")
    (post,) = page["posts"]
    assert [(each["name"], each["kind"]) for each in post["serving"]] == [("Grace Ndlovu", "holder")]
    assert page["directory"]["people"]["grace"]["email"] == "grace.ndlovu@council.example"
    assert still.get("/api/directory/changes").json() == []


def test_a_change_counts_at_once_and_is_listed_with_who_made_it(http: httpx2.Client, installed: Council) -> None:
    made = change(http, OBI | {"reason": "She joins."}, by="Elena Marsh")
    assert (made.status_code, made.json()["n"], made.json()["by"]) == (201, 2, "Elena Marsh")
    assert made.json()["says"] == "Grace Obi was added, at grace.obi@council.example."
    post = {"role": "team_manager", "person": "grace.obi", "team": "North", "first": "2027-01-04"}
    assert change(http, {"do": "appoint", "post": post}).json()["by"] == "the staff list"
    page = http.get("/api/directory?on=2027-01-04&team=North").json()
    assert (page["counts"], page["changes"]) == ("register", 3)
    assert [each["name"] for each in page["posts"][0]["serving"]] == ["Grace Obi"]
    listed = http.get("/api/directory/changes?limit=2").json()
    assert [(each["n"], each["do"], each["reason"]) for each in listed] == [
        (3, "appoint", None),
        (2, "set_person", "She joins."),
    ]
    assert listed[0]["says"] == "Grace Obi is team manager of North from Monday 4 January 2027."
    assert installed.register.verify() == []


def test_the_example_of_the_description_is_taken_as_it_stands(http: httpx2.Client) -> None:
    assert http.post("/api/directory/changes", json=examples()["change_directory"]).status_code == 201


def test_an_import_takes_what_the_api_gave(http: httpx2.Client) -> None:
    given = http.get("/api/directory").json()["directory"]
    assert change(http, {"do": "import", "directory": given}).json()["n"] == 1
    assert Directory.model_validate_json(json.dumps(http.get("/api/directory").json()["directory"]))


@pytest.mark.parametrize(
    ("said", "pointer", "says"),
    [
        (OBI | {"email": "grace"}, "#/change/email", "is not an email address"),
        (OBI | {"name": "Grace\nObi"}, "#/change/name", "one line"),
        (OBI | {"email": "GRACE.NDLOVU@council.example"}, "#/change/email", "is the address of Grace Ndlovu"),
        ({"do": "remove_person", "key": "grace"}, "#/change/key", "end it first"),
        ({"do": "remove_person", "key": "nobody"}, "#/change/key", "`nobody` is not one of"),
        ({"do": "take_leave", "person": "grace", "first": "2027-01-04", "last": "2027-01-01"},
         "#/change/last", "before"),
        ({"do": "import", "directory": {"people": {}, "posts": [{"role": "iro", "person": "a"}]}},
         "#/change/directory/posts/0/person", "`a` is not one of"),
    ],
)  # fmt: skip
def test_what_the_directory_does_not_allow_is_refused_at_its_place(
    still: httpx2.Client, said: dict[str, Any], pointer: str, says: str
) -> None:
    answer = change(still, said)
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert says in places(answer)[pointer]


@pytest.mark.parametrize(
    ("said", "pointer", "says"),
    [
        ({"do": "appoint", "post": {"role": "team_manger", "person": "grace"}},
         "#/change/post/role", "did you mean `team_manager`?"),
        ({"do": "import", "directory": {"people": {"a": {"name": "A", "email": "a@council.example"}},
                                        "posts": [{"role": "iro", "person": "a"}]}},
         "#/change/directory/posts", "nobody would be in the role operations"),
        ({"do": "import", "directory": {"people": {"a": {"name": "A", "email": "a@council.example"}},
                                        "posts": [{"role": "operations", "person": "a"},
                                                  {"role": "team_manger", "person": "a"}]}},
         "#/change/directory/posts", "did you mean `team_manager`?"),
        ({"do": "end_post", "role": "operations", "person": "elena", "last": "2027-01-01"},
         "#/change/last", "nobody would be in the role operations"),
    ],
)  # fmt: skip
def test_what_looks_like_a_slip_is_refused_as_the_command_refuses_it(
    still: httpx2.Client, said: dict[str, Any], pointer: str, says: str
) -> None:
    answer = change(still, said)
    assert (answer.status_code, answer.json()["code"]) == (409, "refused")
    assert says in places(answer)[pointer]
    assert "`anyway` makes the change all the same." in places(answer)[pointer]


def test_what_is_meant_although_it_looks_like_a_slip_is_made(http: httpx2.Client) -> None:
    post = {"role": "adviser_of_ours", "person": "grace"}
    assert change(http, {"do": "appoint", "post": post}).status_code == 409
    assert change(http, {"do": "appoint", "post": post}, anyway=True).status_code == 201


def test_every_reason_is_told_at_once(still: httpx2.Client) -> None:
    said = {"do": "take_leave", "person": "nobody", "first": "2027-01-04", "last": "2027-01-01"}
    assert set(places(change(still, said))) == {"#/change/person", "#/change/last"}


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"do": "promote"}, "#/change"),
        ({"key": "a"}, "#/change"),
        ({"do": "remove_person"}, "#/change/key"),
        (OBI | {"more": 1}, "#/change/more"),
        ({"do": "take_leave", "person": "grace", "first": 1, "last": "2027-01-01"}, "#/change/first"),
        ({"do": "appoint", "post": {"role": "A role", "person": "grace"}}, "#/change/post/role"),
    ],
)
def test_what_is_malformed_is_named_by_its_place(still: httpx2.Client, said: dict[str, Any], pointer: str) -> None:
    answer = change(still, said)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert list(places(answer)) == [pointer]


def test_reading_and_changing_are_two_scopes(installed: Council, site: str) -> None:
    for scope, allowed in (("read", "get"), ("directory", "post"), ("act", "")):
        with client(site, installed.token(scope, name=scope)) as one:  # type: ignore[arg-type]
            codes = {"get": one.get("/api/directory").status_code, "post": change(one, OBI).status_code}
        assert [method for method, code in codes.items() if code != 403] == ([allowed] if allowed else [])
    with client(site) as stranger:
        assert stranger.get("/api/directory").status_code == 401
        assert change(stranger, OBI).status_code == 401


def test_other_methods_are_told_which_there_are(still: httpx2.Client) -> None:
    answer = still.delete("/api/directory/changes")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("query", ["?on=1", "?role=A", "?more=1", "/changes?limit=0", "/gaps?days=61"])
def test_a_filter_that_is_none_is_named(still: httpx2.Client, query: str) -> None:
    answer = still.get(f"/api/directory{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_a_post_that_will_be_empty_while_it_is_asked_is_a_gap(http: httpx2.Client, installed: Council) -> None:
    now = datetime.now(UTC)
    installed.register.keep_procedure(SOUTHWARK)
    entries = alerted("SWK-1", now)
    _hold(installed, "SWK-1", entries)
    assert http.get("/api/directory/gaps").json() == []
    today, vera = date(now.year, now.month, now.day), {"role": "operational_manager", "person": "vera"}
    change(http, {"do": "end_post", **vera, "last": (today - timedelta(days=1)).isoformat()})
    span = {"first": (today - timedelta(days=1)).isoformat(), "last": (today + timedelta(days=60)).isoformat()}
    change(http, {"do": "take_leave", "person": "maeve", **span})
    gap = http.get("/api/directory/gaps?days=5").json()[0]
    assert (gap["reference"], gap["role"], gap["because"], gap["away"]) == (
        "SWK-1",
        "operational_manager",
        "away",
        ["Maeve Brennan"],
    )


def _hold(installed: Council, reference: str, entries: Any) -> None:
    from escalation.fold import fold
    from escalation.summary import summary_of
    from workflows import workflow_id

    case = fold(SOUTHWARK, entries)
    installed.register.record(workflow_id("southwark", reference), entries, summary_of(case))


def test_a_file_that_cannot_be_read_is_our_fault_and_says_so(installed: Council, tmp_path: Path) -> None:
    broken = tmp_path / "people.yaml"
    broken.write_text("people: [", encoding="utf-8")
    changed = Council(installed.settings.model_copy(update={"directory": broken}), installed.ring, installed.register)
    with served(changed) as address, client(address, installed.token("read")) as one:
        answer = one.get("/api/directory")
    assert (answer.status_code, answer.json()["code"]) == (503, "directory_unusable")
    assert answer.headers["retry-after"]
