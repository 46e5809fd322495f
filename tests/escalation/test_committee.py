"""That no small count can be told from a committee's report, and that nothing in it is about one child."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from functools import cache
from itertools import combinations_with_replacement
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from escalation.committee import for_committee
from escalation.figures import Figures
from escalation.past import Made, Past
from escalation.procedure import Procedure
from escalation.reporting import figures
from escalation.small_numbers import FEWER, LEAST, NOT_SHOWN
from tests.escalation.driver import EXAMPLES, a_procedure, shipped

MOST = 8


@cache
def procedure() -> Procedure:
    codes = [{"code": 1, "title": "A", "items": ["x", "y"]}, {"code": 2, "title": "B"}]
    counts = ["team", "raised_by", "carer", "theme"]
    who = {"key": "who", "label": "Who", "kind": "choice", "choices": ["a", "b"]}
    return a_procedure(
        {},
        {},
        {},
        taxonomies={"theme": {"title": "T", "items_in": "issue", "codes": codes}},
        recordings=[{"do": "good", "event": "good", "title": "Good", "fields": [who]}],
        reports={
            "closed": {"title": "C", "period": "year", "patterns_from": 2, "recordings": ["good"], "counts": counts},
            "raised": {"title": "R", "period": "year", "belongs": "raised", "counts": counts},
        },
        cap={"working_days": 20},
    )


def dispute(n: int, stage: int, outcome: str | None, **more: Any) -> Past:
    said: dict[str, Any]
    said = {"reference": f"REF-{n}", "stage": f"S{stage}", "reached": [f"S{k}" for k in range(1, stage + 1)]}
    said |= {"raised_on": date(2026, 5, 5), "outcome": outcome, "closed": outcome is not None}
    said |= {"closed_on": date(2026, 6, 5) if outcome else None, "beyond_total_time": False}
    return Past.model_validate(said | more)


def both(cases: list[Past], key: str = "closed", *recordings: Made) -> tuple[Figures, Figures]:
    full = figures(procedure(), key, cases, recordings)
    return full, for_committee(procedure(), full)


# Nothing small can be told --------------------------------------------------------------------------------------------


def populations() -> Iterator[tuple[tuple[int, str], ...]]:
    """Every way in which so many disputes can have ended: at which stages, and how."""
    kinds = [(stage, outcome) for stage in (1, 2) for outcome in ("resolved", "unresolved", "withdrawn")]
    for size in range(MOST + 1):
        yield from combinations_with_replacement(kinds, size)


def test_for_every_small_count_another_would_have_been_said_alike() -> None:
    """Whoever knows every rule and reads all of the report cannot tell any count from 1 to 4 in it."""
    alike: dict[str, list[dict[str, int]]] = {}
    for people in populations():
        full, said = both([ended(n, stage, outcome) for n, (stage, outcome) in enumerate(people)])
        alike.setdefault(said.model_dump_json(), []).append(dict(_truth(full)))
    for truths in alike.values():
        for name in {name for truth in truths for name in truth}:
            possible = {truth.get(name, 0) for truth in truths}
            assert len(possible) > 1 or not 0 < min(possible) < LEAST, (name, truths)


def ended(n: int, stage: int, outcome: str) -> Past:
    """Answered late at every stage but the last, and of a team that has all of its stage."""
    late = {f"S{k}": 1 for k in range(1, stage)}
    return dispute(n, stage, outcome, team=f"Team {stage}", in_time={f"S{stage}": 1}, late=late)


def _truth(full: Figures) -> Iterator[tuple[str, int]]:
    for name, count in {**full.counts, "late": full.late, "resolved_by_stage": full.resolved_by_stage}.items():
        yield from ((f"{name} {key}", n) for key, n in count.items() if isinstance(n, int))
    yield "disputes", int(full.disputes)
    yield "within", int(full.within_total_time)


@EXAMPLES
@given(
    st.lists(
        st.tuples(
            st.integers(1, 2),
            st.sampled_from(["resolved", "unresolved", "withdrawn", None]),
            st.sampled_from(["North", "South", "East", None]),
            st.sampled_from([{}, {"theme": 1, "issue": 1}, {"theme": 1, "issue": 2}, {"theme": 2}, {"theme": [1, 2]}]),
            st.booleans(),
        ),
        max_size=40,
    ),
    st.sampled_from(["closed", "raised"]),
    st.integers(0, 8),
)
def test_no_number_from_1_to_4_stands_anywhere(people: list[tuple[Any, ...]], key: str, good: int) -> None:
    cases = [
        dispute(n, stage, outcome, team=team, fields=form, referred=yes, legal_advice=yes, raised_by="Ada Bell")
        for n, (stage, outcome, team, form, yes) in enumerate(people)
    ]
    made = [Made(what="good", at=datetime(2026, 6, 1, tzinfo=UTC), fields={"who": "ab"[n % 2]}) for n in range(good)]
    _, said = both(cases, key, *made)
    document = said.model_dump(mode="json", exclude={"median_days", "total_working_days", "share_within_total_time"})
    assert not set(numbers_in(document)) & set(range(1, LEAST))
    assert "REF-" not in str(document)
    assert "Ada" not in str(document)


def numbers_in(said: Any) -> Iterator[int]:
    if isinstance(said, dict):
        for each in said.values():
            yield from numbers_in(each)
    elif isinstance(said, list):
        for each in said:
            yield from numbers_in(each)
    elif isinstance(said, int) and not isinstance(said, bool):
        yield said


# What is said ---------------------------------------------------------------------------------------------------------


def test_what_is_many_is_said() -> None:
    _, said = both([dispute(n, 1 + n % 2, "resolved") for n in range(20)])
    assert (said.disputes, said.resolved, said.counts["stage"]) == (20, 20, {"S1": 10, "S2": 10, "S3": 0})
    assert (said.within_total_time, said.share_within_total_time, said.median_days) == (20, 100, 31)


def test_a_handful_of_disputes_is_told_by_nothing_but_that_there_are_some() -> None:
    _, said = both([dispute(n, 1, "resolved") for n in range(3)])
    assert (said.disputes, said.resolved, said.counts["stage"]) == (
        FEWER, NOT_SHOWN, dict.fromkeys(["S1", "S2", "S3"], NOT_SHOWN),
    )  # fmt: skip
    assert said.median_days is None


def test_no_median_is_told_where_few_of_many_have_ended() -> None:
    """It would be how many days that one dispute took, or two of them."""
    cases = [dispute(n, 1, "resolved" if n == 0 else None) for n in range(12)]
    assert both(cases, "raised")[0].median_days == 31
    assert both(cases, "raised")[1].median_days is None


def test_what_is_open_is_not_told_where_it_gives_away_how_few_were_raised_before() -> None:
    """Of 14 open ones, 12 were raised in the period: that 2 were raised before would follow."""
    cases = [dispute(n, 1, None if n < 12 else "resolved") for n in range(20)]
    before = [dispute(100 + n, 1, None, raised_on=date(2026, 1, 5)) for n in range(6)]
    quarter = date(2026, 4, 1), date(2026, 6, 30)
    told = [
        for_committee(procedure(), figures(procedure(), "raised", [*cases, *before[:n]], (), *quarter)).open
        for n in (0, 2, 5)
    ]
    assert told == [12, NOT_SHOWN, 17]


def test_referrals_are_not_told_where_the_stage_that_they_lead_to_is_withheld() -> None:
    """20 ended at the first stage, 2 at the second, 6 with CAFCASS: 6 referrals would tell the 2."""
    oxfordshire = shipped("oxfordshire")
    assert oxfordshire.cafcass is not None
    first, second = (stage.key for stage in oxfordshire.stages[:2])
    at_cafcass = {"stage": second, "reached": (first,), "referred": True, "left_ladder": True}
    referred = [dispute(n, 1, "unresolved").model_copy(update=at_cafcass) for n in range(6)]
    others = [
        dispute(10 + n, 1, "resolved").model_copy(update={"stage": first if n < 20 else second, "reached": (first,)})
        for n in range(22)
    ]
    full = figures(oxfordshire, "annual", [*referred, *others])
    assert full.referred_to_cafcass == full.counts["stage"][oxfordshire.cafcass.stage] == 6
    said = for_committee(oxfordshire, full)
    assert said.counts["stage"][oxfordshire.cafcass.stage] == NOT_SHOWN
    assert said.referred_to_cafcass == NOT_SHOWN


def test_the_items_of_a_code_that_is_withheld_are_withheld() -> None:
    cases = [dispute(n, 1, "resolved", fields={"theme": 1 if n < 3 else 2, "issue": 1}) for n in range(20)]
    assert "1.1" not in both(cases)[1].counts["issue"]


def test_how_answers_came_is_told_of_all_stages_together_and_only_where_no_stage_is_withheld() -> None:
    many = [dispute(n, 1 + n % 2, "resolved", in_time={"S1": 1}) for n in range(20)]
    assert both(many)[1].in_time == {"All stages": 20}
    few = [dispute(n, 2 if n == 0 else 1, "resolved", in_time={"S1": 1}) for n in range(20)]
    assert both(few)[1].in_time == {}


def test_it_says_that_it_is_a_committees_and_is_not_withheld_from_twice() -> None:
    _, said = both([dispute(1, 1, None)])
    assert said.committee
    with pytest.raises(TypeError, match="already"):
        for_committee(procedure(), both([dispute(n, 1, "resolved") for n in range(3)])[1])


@pytest.mark.parametrize(("key", "report"), [("oxfordshire", "annual"), ("oxfordshire", "children_in_care_council")])
def test_reports_with_readers_beyond_the_service_are_a_committees(key: str, report: str) -> None:
    assert shipped(key).reports[report].committee
