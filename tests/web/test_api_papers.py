"""Forms, outcomes, case notes and case files for programs: in the form that they prefer, to those who may read."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from pypdf import PdfReader

from documents import pdf as typesetting
from documents.filed import policy
from escalation.summary import summary_of
from tests.documents.on_file import closed, through_stages
from tests.escalation.driver import REFERENCE, Play
from tests.web.api_world import Council, client, council, served
from workflows import workflow_id

KINDS = ["form", "outcome", "case-notes", "case-file"]
TYPES = ["application/json", "application/pdf", "text/html", "text/plain"]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Council]:
    monkeypatch.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
    with council(tmp_path) as one:
        held(one, closed("oxfordshire", "S2"))
        yield one


def held(council: Council, play: Play) -> None:
    council.register.keep_procedure(play.procedure)
    council.register.record(workflow_id(play.procedure.key, REFERENCE), play.entries, summary_of(play.case))


@pytest.fixture
def reader(installed: Council) -> Iterator[httpx2.Client]:
    with served(installed) as site, client(site, installed.token("read")) as one:
        yield one


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("media", TYPES)
def test_each_document_is_there_as_the_client_prefers_it(reader: httpx2.Client, kind: str, media: str) -> None:
    answer = reader.get(f"/api/escalations/{REFERENCE}/{kind}", headers={"Accept": media})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
    assert answer.content
    if media == "application/pdf":
        assert PdfReader(io.BytesIO(answer.content)).pages
    if media != "application/json":
        assert answer.headers["content-disposition"].startswith(f'inline; filename="{REFERENCE}-{kind}')


def test_without_a_preference_it_is_json(reader: httpx2.Client) -> None:
    said = reader.get(f"/api/escalations/{REFERENCE}/form").json()
    assert (said["title"], said["stage"]) == ("Resolution and Escalation Process Alert Form", "S2")
    noted = reader.get(f"/api/escalations/{REFERENCE}/case-notes").json()
    assert {"n", "where", "heading", "text"} <= set(noted[0])


def test_a_browser_may_load_the_pages_own_style_and_nothing_else(reader: httpx2.Client) -> None:
    answer = reader.get(f"/api/escalations/{REFERENCE}/form", headers={"Accept": "text/html"})
    assert answer.headers["content-security-policy"] == f"{policy()}; frame-ancestors 'none'"


def test_a_stage_is_asked_for_by_its_key(installed: Council, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with council(tmp_path / "other") as other:
        held(other, through_stages())
        with served(other) as site, client(site, other.token("read")) as one:
            path = f"/api/escalations/{REFERENCE}/form"
            assert one.get(path, params={"stage": "S2"}).json()["stage"] == "S2"
            nowhere = one.get(path, params={"stage": "S1"})
            assert (nowhere.status_code, nowhere.json()["code"]) == (404, "not_on_file")
            assert "There is one at: S2, S3, S4, S5." in nowhere.json()["detail"]
            still_open = one.get(f"/api/escalations/{REFERENCE}/outcome")
            assert (still_open.status_code, "is open" in still_open.json()["detail"]) == (404, True)
            assert one.get(path, params={"stage": "?"}).status_code == 422


@pytest.mark.parametrize("kind", KINDS)
def test_who_may_not_read_gets_no_document(installed: Council, kind: str) -> None:
    with served(installed) as site:
        with client(site) as nobody:
            answer = nobody.get(f"/api/escalations/{REFERENCE}/{kind}")
            assert (answer.status_code, REFERENCE in answer.text) == (401, False)
        with client(site, installed.token("act", name="an actor")) as actor:
            assert actor.get(f"/api/escalations/{REFERENCE}/{kind}").status_code == 403


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_and_what_nobody_can_read_are_problem_documents(reader: httpx2.Client, kind: str) -> None:
    for path, headers, status, code in [
        (f"/api/escalations/NOBODY-1/{kind}", {}, 404, "unknown_reference"),
        (f"/api/escalations/{REFERENCE}/{kind}", {"Accept": "image/png"}, 406, "not_acceptable"),
    ]:
        answer = reader.get(path, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        assert answer.headers["content-type"] == "application/problem+json"


def test_without_the_optional_part_a_pdf_is_not_there_and_html_is(
    reader: httpx2.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(typesetting, "find_spec", lambda _name: None)
    path = f"/api/escalations/{REFERENCE}/form"
    refused = reader.get(path, headers={"Accept": "application/pdf"})
    assert (refused.status_code, refused.json()["code"]) == (406, "no_pdf")
    assert "pip install 'twentydays[pdf]'" in refused.json()["detail"]
    assert reader.get(path, headers={"Accept": "text/html"}).status_code == 200


def test_every_document_is_described(reader: httpx2.Client) -> None:
    paths = reader.get("/openapi.json").json()["paths"]
    for kind in KINDS:
        said = paths[f"/api/escalations/{{reference}}/{kind}"]["get"]["responses"]
        assert set(said["200"]["content"]) == set(TYPES)
        assert "406" in said


# A form with nothing filled in ---------------------------------------------------------------------------------------

BLANK = "/api/procedures/oxfordshire/blank-form"


@pytest.mark.parametrize("media", TYPES)
def test_a_blank_form_is_there_as_the_client_prefers_it(reader: httpx2.Client, media: str) -> None:
    answer = reader.get(BLANK, params={"stage": "S2"}, headers={"Accept": media})
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, media)
    if media != "application/json":
        assert answer.headers["content-disposition"].startswith('inline; filename="oxfordshire-blank-form-S2.')
        return
    said = answer.json()
    assert (said["title"], said["blank"]) == ("Resolution and Escalation Process Alert Form", True)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/api/procedures/nowhere/blank-form", 404, "unknown_procedure"),
        (f"{BLANK}?stage=S1", 404, "not_on_file"),
        (f"{BLANK}?stage=L9", 404, "not_on_file"),
        (f"{BLANK}?stage=-", 422, "malformed"),
    ],
)
def test_a_blank_form_that_is_not_there_is_a_problem_document(
    reader: httpx2.Client, path: str, status: int, code: str
) -> None:
    answer = reader.get(path)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_a_blank_form_is_described_and_only_for_who_may_read(installed: Council, reader: httpx2.Client) -> None:
    said = reader.get("/openapi.json").json()["paths"]["/api/procedures/{procedure}/blank-form"]["get"]
    assert set(said["responses"]["200"]["content"]) == set(TYPES)
    with served(installed) as site, client(site, installed.token("act", name="an actor")) as actor:
        assert actor.get(BLANK).status_code == 403
