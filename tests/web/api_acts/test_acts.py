"""Acts through the API, with a real Temporal server and a real worker: done once, and refused in words."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

from tests.web.api_acts.site import NAME, REFERENCE, Site, an_hour_ago
from tests.web.api_world import alerted, running, until

# Done, or refused by the rules ----------------------------------------------------------------------------------------


async def test_an_act_is_done_and_the_history_names_the_token(open_site: Site) -> None:
    answer = await open_site.post("note", {"by": "iro", "text": "The advocate has been told."})
    assert answer.status_code == 200
    assert answer.json()["accepted"] is True
    assert answer.json()["state"]["reference"] == REFERENCE
    noted = await open_site.entry("noted")
    assert (noted.name, noted.text) == (NAME, "The advocate has been told.")


async def test_the_name_that_a_body_gives_goes_before_the_tokens(open_site: Site) -> None:
    await open_site.post("note", {"by": "iro", "name": "Amara Okafor", "text": "Spoke to the school."})
    assert (await open_site.entry("noted")).name == "Amara Okafor"


async def test_what_the_rules_refuse_is_a_conflict_in_their_own_words(open_site: Site) -> None:
    answer = await open_site.post("grant_extension", {"by": "operational_manager", "working_days": 3})
    assert answer.status_code == 409
    problem = answer.json()
    assert (problem["code"], problem["field"]) == ("not_the_raiser", "by")
    assert "may do this" in problem["detail"]
    assert (await open_site.entry("refused")).code == "not_the_raiser"


async def test_an_answer_is_kept_in_the_inbox_as_received_by_us(open_site: Site) -> None:
    before = datetime.now(UTC)
    answer = await open_site.post(
        "respond", {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Agreed."}
    )
    after = datetime.now(UTC)
    assert answer.status_code == 200, answer.text
    row = open_site.register.answer("r1")
    assert row
    assert before <= row.received_at <= after
    responded = await open_site.entry("responded")
    assert (responded.received_at, responded.name, responded.text) == (row.received_at, NAME, "Agreed.")


async def test_another_answer_with_the_same_response_id_is_refused_and_the_first_stands(open_site: Site) -> None:
    body = {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Agreed."}
    assert (await open_site.post("respond", body)).status_code == 200
    assert (await open_site.post("respond", body)).status_code == 200
    other = await open_site.post("respond", body | {"text": "Not agreed."})
    assert (other.status_code, other.json()["code"]) == (409, "response_id_taken")
    assert [entry.text for entry in open_site.entries("responded")] == ["Agreed."]


async def test_what_only_the_rules_can_know_of_an_answer_is_told_too(open_site: Site) -> None:
    body = {
        "by": "iro",
        "response_id": "r1",
        "stage": "L1",
        "answered_by": "operational_manager",
        "how": "By telephone",
    }
    long_ago = await open_site.post("record_response", body | {"received_at": "0001-01-01T00:00:00Z"})
    assert (long_ago.status_code, long_ago.json()["code"]) == (409, "before_it_was_raised")
    to_come = await open_site.post("record_response", body | {"received_at": "9999-12-31T23:59:59Z"})
    assert (to_come.status_code, to_come.json()["code"]) == (409, "in_the_future")


# The same key ---------------------------------------------------------------------------------------------------------


async def test_the_same_key_does_it_once_and_gives_the_same_outcome(open_site: Site) -> None:
    body = {"by": "iro", "text": "Once."}
    answers = await asyncio.gather(*(open_site.post("note", body, "key-1") for _ in range(5)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.text for answer in answers}) == 1
    assert (await open_site.post("note", body, "key-1")).text == answers[0].text
    await open_site.entry("noted")
    assert len(open_site.entries("noted")) == 1


async def test_the_same_key_for_something_else_is_refused(open_site: Site) -> None:
    assert (await open_site.post("note", {"text": "Once."}, "key-1")).status_code == 200
    for do, body in (("note", {"text": "Twice."}), ("withdraw", {"by": "iro"})):
        answer = await open_site.post(do, body, "key-1")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert not open_site.entries("withdrawn")


async def test_a_key_belongs_to_its_token_and_to_one_escalation(open_site: Site) -> None:
    await running(open_site.council, open_site.temporal, "SWK-2", alerted("SWK-2", an_hour_ago()))
    other = {"Authorization": f"Bearer {open_site.council.token('act', name='another')}"}
    path = f"/api/escalations/{REFERENCE}/note"
    assert (await open_site.post("note", {"text": "One."}, "key-1")).status_code == 200
    for where, headers in ((path, other), ("/api/escalations/SWK-2/note", {})):
        answer = await open_site.http.post(where, json={"text": "Two."}, headers=headers | {"Idempotency-Key": "key-1"})
        assert answer.status_code == 200
    await until(lambda: len(open_site.entries("noted")) == 2)
    assert [entry.name for entry in open_site.entries("noted")] == [NAME, "another"]


async def test_a_refusal_stays_a_refusal_under_its_key(open_site: Site) -> None:
    answers = [await open_site.post("refuse_extension", {"by": "iro"}, "key-1") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].text == answers[1].text
    await open_site.entry("refused")
    assert len(open_site.entries("refused")) == 1


async def test_closing_may_be_asked_again_after_the_close_and_anything_else_is_gone(open_site: Site) -> None:
    body = {"by": "iro", "outcome": "no_longer_applicable", "reason": "The child has moved."}
    closed = await open_site.post("close", body, "key-1")
    assert closed.status_code == 200
    await open_site.temporal.get_workflow_handle(f"escalation/southwark/{REFERENCE}").result()
    assert (await open_site.post("close", body, "key-1")).text == closed.text
    for key in ("key-2", None):
        answer = await open_site.post("note", {"text": "too late"}, key)
        assert (answer.status_code, answer.json()["code"]) == (410, "closed")


# What outlives the close -------------------------------------------------------------------------------------------


async def test_what_outlives_the_close_is_answered_and_followed_through_the_api(open_site: Site) -> None:
    later = (datetime.now(UTC) + timedelta(days=40)).date().isoformat()
    answer = {"by": "operational_manager", "response_id": "r1", "stage": "L1", "text": "Soon.", "done_by": later}
    assert (await open_site.post("respond", answer)).status_code == 200
    satisfied = {"by": "iro", "outcome": "satisfied", "outcome_text": "Agreed.", "what_changed": "too_early"}
    state = (await open_site.post("decide", satisfied)).json()["state"]
    assert [each["what"] for each in state["follow_ups"]] == ["promise", "change"]
    promise = state["follow_ups"][0]["promise"]
    await open_site.entry("change_told")
    listed = (await open_site.http.get("/api/escalations", params={"follow_ups": "true"})).json()["escalations"]
    assert [(row["reference"], row["follow_up_asked"]) for row in listed] == [(REFERENCE, False)]
    assert (await open_site.post("note", {"text": "too late"})).status_code == 410
    stranger = {"by": "operational_manager", "stage": "L9"}
    refused = await open_site.post("follow", stranger)
    assert refused.status_code == 409
    assert [fault["pointer"] for fault in refused.json()["errors"]] == ["#/by", "#/stage"]
    wanted = {"by": "iro", "promise": promise, "stage": "L3"}
    begun = (await open_site.post("follow", wanted)).json()
    assert (begun["result"], begun["reference"]) == ("begun", f"{REFERENCE}-2")
    assert (await open_site.post("follow", wanted)).json()["result"] == "already_begun"
    assert (await open_site.post("tell_change", {"by": "iro", "changed": "changed"})).status_code == 200
    await until(lambda: (row := open_site.register.find(REFERENCE)) and row.over)
    assert (await open_site.post("tell_change", {"by": "iro", "changed": "changed"})).status_code == 410
