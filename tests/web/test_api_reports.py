"""Reports through the API: in whichever form is accepted, with the same numbers, and every error a problem document."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from tests.web.api_world import RAISED, Council, council, served
from web.accepting import best
from web.reports import BY_MEDIA_TYPE

QUARTERLY = "/api/reports/southwark/quarterly"
OUTSTANDING = "/api/reports/southwark/outstanding"
DAY = {"on": (RAISED + timedelta(days=1)).date().isoformat()}
BEGINS = {"html": b"<!doctype", "pdf": b"%PDF", "ods": b"PK", "xlsx": b"PK", "csv": b"PK", "svg": b"PK"}


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Council]:
    with pytest.MonkeyPatch.context() as patched, council(tmp_path_factory.mktemp("var")) as one:
        patched.setenv("TEMPORAL_ADDRESS", "127.0.0.1:1")
        one.hold("SWK-2026-0001")
        one.hold("SWK-2026-0002")
        yield one


@pytest.fixture(scope="module")
def http(installed: Council) -> Iterator[httpx2.Client]:
    headers = {"Authorization": f"Bearer {installed.token('read')}"}
    with served(installed) as address, httpx2.Client(base_url=address, headers=headers, timeout=120) as one:
        yield one


def get(http: httpx2.Client, path: str, accept: str = "*/*", **query: Any) -> httpx2.Response:
    return http.get(path, params=query, headers={"Accept": accept})


def test_the_reports_of_a_procedure_are_listed(http: httpx2.Client) -> None:
    found = get(http, "/api/reports/southwark").json()
    assert {each["report"] for each in found} >= {"quarterly", "annual", "outstanding"}
    assert found[0]["audience"] == ["csc_dmt"]


def test_without_a_word_about_the_form_it_is_json(http: httpx2.Client) -> None:
    answer = get(http, OUTSTANDING, **DAY)
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["lists"] == ["SWK-2026-0001", "SWK-2026-0002"]
    assert get(http, QUARTERLY).json()["first"]


@pytest.mark.parametrize("form", BEGINS)
def test_a_form_may_be_named(http: httpx2.Client, form: str) -> None:
    answer = get(http, OUTSTANDING, format=form, **DAY)
    assert answer.status_code == 200
    assert answer.content.startswith(BEGINS[form])


@pytest.mark.parametrize("media_type", BY_MEDIA_TYPE)
def test_a_form_may_be_accepted(http: httpx2.Client, media_type: str) -> None:
    answer = get(http, OUTSTANDING, media_type, table="by_stage", **DAY)
    assert answer.status_code == 200
    assert answer.headers["content-type"].partition(";")[0] == media_type


def test_one_table_is_one_file_and_says_its_name(http: httpx2.Client) -> None:
    answer = get(http, OUTSTANDING, format="csv", table="by_stage", **DAY)
    assert answer.content.decode("utf-8-sig").splitlines()[1] == "Operational Manager,L1,2"
    assert answer.headers["content-disposition"] == (f'attachment; filename="southwark-outstanding-{DAY["on"]}.csv"')


def test_several_tables_are_an_archive_with_their_description(http: httpx2.Client) -> None:
    answer = get(http, OUTSTANDING, "application/zip", **DAY)
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert {"csv-metadata.json", "outstanding.csv", "by_stage.csv"} <= set(archive.namelist())


def test_a_page_may_use_its_own_styles_and_nothing_else(http: httpx2.Client) -> None:
    answer = get(http, OUTSTANDING, "text/html", **DAY)
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    styles = set(re.findall(r"<style>(.*?)</style>", answer.text, re.DOTALL))
    assert len(styles) == 2
    for style in styles:
        assert f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'" in policy
    assert " style=" not in answer.text


@pytest.mark.parametrize(
    ("path", "query", "status", "why"),
    [
        ("/api/reports/nowhere", {}, 404, "There is no procedure `nowhere`"),
        ("/api/reports/nowhere/quarterly", {}, 404, "There is no procedure `nowhere`"),
        ("/api/reports/southwark/weekly", {}, 404, "no report `weekly`; there are: quarterly"),
        (QUARTERLY, {"from": "2026-07-01", "to": "2026-06-30"}, 422, "ends before it begins"),
        (QUARTERLY, {"from": "2026-07-01", "on": "2026-07-30"}, 422, "not both"),
        (QUARTERLY, {"format": "html", "table": "by_weather"}, 422, "no table by_weather; it has: in_all"),
        (QUARTERLY, {"format": "docx"}, 422, "One thing is wrong"),
        (QUARTERLY, {"from": "yesterday", "colour": "red"}, 422, "2 things are wrong"),
    ],
)
def test_wrong_input_is_told_with_the_way_out(
    http: httpx2.Client, path: str, query: dict[str, str], status: int, why: str
) -> None:
    answer = get(http, path, **query)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert why in answer.json()["detail"]


@pytest.mark.parametrize("accept", ["image/png", "text/csv", "image/svg+xml", "application/json;q=0"])
def test_what_cannot_be_given_is_said_with_what_can(http: httpx2.Client, accept: str) -> None:
    answer = get(http, OUTSTANDING, accept, **DAY)
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    assert "Name one with `table`" in answer.json()["detail"] or "text/html" in answer.json()["detail"]


def test_without_the_optional_part_a_pdf_cannot_be_given(http: httpx2.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("documents.pdf.find_spec", lambda _name: None)
    answer = get(http, OUTSTANDING, format="pdf", **DAY)
    assert (answer.status_code, answer.json()["code"]) == (406, "not_acceptable")
    assert "no PDFs" in answer.json()["detail"]


def test_it_needs_a_token_that_may_read(installed: Council, http: httpx2.Client) -> None:
    assert http.get(QUARTERLY, headers={"Authorization": ""}).status_code == 401
    other = installed.token("directory", name="another")
    assert http.get(QUARTERLY, headers={"Authorization": f"Bearer {other}"}).status_code == 403


@pytest.mark.parametrize(
    ("accept", "liked"),
    [
        ("", "a/x"),
        ("*/*", "a/x"),
        ("b/y", "b/y"),
        ("b/*, a/x;q=0.5", "b/y"),
        ("a/x;q=0.2, B/Y;Q=0.9", "b/y"),
        ("*/*;q=0.1, b/z", "b/z"),
        ("a/x;q=0, */*", "b/y"),
        ("c/w", None),
        ("a/x;q=nonsense", None),
        (",;,", "a/x"),
    ],
)
def test_the_best_of_ours_is_what_the_client_likes_best(accept: str, liked: str | None) -> None:
    assert best(accept, ["a/x", "b/y", "b/z"]) == liked
