"""What of a report may outsiders read, so that nothing singles out one child?

Every count stands in one family of counts that come to a known total, and is said by the rule of `small_numbers`. What
could be worked out from another family is not shown beside it: the items of a code are shown only with their code, and
how answers came only where nothing is withheld of the stages.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from escalation.counting import OUTCOMES
from escalation.figures import Count, Figures
from escalation.procedure import Procedure, Report
from escalation.reporting import report_of
from escalation.small_numbers import FEWER, LEAST, NOT_SHOWN, Shown, shown

ENOUGH_FOR_A_MEDIAN = 10
ALL_STAGES = "All stages"
SINGLES_OUT = frozenset({"carer", "raised_by", "reached", "started_at"})
"""What is about one person; and stages reached, whose differences are the stages at which disputes ended."""
NOT_FOR_THEM: dict[str, Any] = {
    "lists": [], "individual": [], "individual_left_out": 0, "outstanding": [], "agenda": [], "actions": [],
    "recorded_about": {}, "told_by": {}, "median_days_by": {}, "before": None, "lapsed": {}, "open_by_stage": {},
    "resolved_by_stage": {}, "committee": True,
}  # fmt: skip
WITHHELD = (
    "Counts from 1 to 4 are said as “fewer than 5”. “Not shown” stands where another count would give such a one away, "
    "and single disputes are not listed."
)


def for_committee(procedure: Procedure, figures: Figures, report: Report | None = None) -> Figures:
    """The same report with small counts withheld, and nothing about any one dispute."""
    asked = report or report_of(procedure, figures.report)
    total = _number(figures.disputes)
    counts = {name: _family(count, total) for name, count in figures.counts.items() if name not in SINGLES_OUT}
    outcomes = _outcomes(figures, total)
    counts |= {"outcome": {key: outcomes[key] for key in OUTCOMES}, "stage": _stages(procedure, figures, total)}
    counts |= _items(procedure, figures, counts)
    said = {
        "disputes": FEWER if 0 < total < LEAST else total,
        "counts": counts,
        "patterns": _patterns(figures, counts),
        "open": _open(figures, asked, outcomes, total),
        "referred_to_cafcass": _referred(procedure, figures, counts["stage"], total),
        "legal_advice": _some_of(figures.legal_advice, total),
        "promises": _family(figures.promises, total),
        "what_changed": _family(figures.what_changed, total),
        "follow_ups": _some_of(figures.follow_ups, total),
        "median_days": figures.median_days if _ended(figures) >= ENOUGH_FOR_A_MEDIAN else None,
    }
    said |= {key: outcomes[key] for key in OUTCOMES}
    return figures.model_copy(
        update=NOT_FOR_THEM | said | _total_time(figures, outcomes) | _answers(figures, counts) | _recorded(figures)
    )


def _family(count: Mapping[str, Count], total: int) -> dict[str, Shown]:
    """Counts that come to no more than the total, which is known. That a name stands there tells that there is one:
    where all are withheld, as five of five teams are, no name stands.
    """
    numbers = {key: _number(n) for key, n in count.items()}
    said = _of_known_names(numbers, total)
    return {} if set(said.values()) <= {NOT_SHOWN} else said


def _of_known_names(numbers: Mapping[str, int], total: int) -> dict[str, Shown]:
    """Counts of which every reader knows the names. None is said as 0, unless that told that all others are one."""
    some = {key: n for key, n in numbers.items() if n}
    if 0 < total < LEAST or (some and sum(some.values()) == len(some)):
        return dict.fromkeys(numbers, NOT_SHOWN)
    said = shown(some)
    return {key: said.get(key, 0) for key in numbers}


def _stages(procedure: Procedure, figures: Figures, total: int) -> dict[str, Shown]:
    """Every stage of the ladder, those at which none ended too."""
    ladder = [stage.key for stage in procedure.stages] + ([procedure.cafcass.stage] if procedure.cafcass else [])
    found = {key: _number(n) for key, n in figures.counts["stage"].items()}
    return _of_known_names(dict.fromkeys(ladder, 0) | found, total)


def _some_of(count: Count, total: int) -> Shown:
    """So many of all: all the others are as good as said beside them."""
    n = _number(count)
    return _of_known_names({"some": n, "others": total - n}, total)["some"]


def _outcomes(figures: Figures, total: int) -> dict[str, Shown]:
    """How they ended, and those that have not, which would follow from the total."""
    ended = {key: _number(getattr(figures, key)) for key in OUTCOMES}
    return _of_known_names(ended | {"still_open": total - _ended(figures)}, total)


def _ended(figures: Figures) -> int:
    """Of those that it counts; the others are open, and it has taken them no number of days yet."""
    return sum(_number(getattr(figures, key)) for key in OUTCOMES)


def _open(figures: Figures, report: Report, outcomes: Mapping[str, Shown], total: int) -> Shown:
    """What is open at the end: where open disputes are counted too, it would tell how many of those have not ended,
    and beside those that have not, how many of it were raised in no such period.
    """
    n = _number(figures.open)
    if 0 < total < LEAST:
        return NOT_SHOWN
    if report.belongs == "raised":
        withheld = any(isinstance(each, str) for each in outcomes.values())
        raised_before = n - (total - _ended(figures))
        if withheld or 0 < abs(raised_before) < LEAST:
            return NOT_SHOWN
    return FEWER if 0 < n < LEAST else n


def _referred(procedure: Procedure, figures: Figures, stages: Mapping[str, Shown], total: int) -> Shown:
    """Most of them are at the stage that a referral leads to: where that is withheld, this would tell it."""
    if procedure.cafcass and isinstance(stages[procedure.cafcass.stage], str):
        return NOT_SHOWN
    return _some_of(figures.referred_to_cafcass, total)


def _total_time(figures: Figures, outcomes: Mapping[str, Shown]) -> dict[str, Any]:
    """Two parts of what was resolved."""
    parts = {key: _number(getattr(figures, key)) for key in ("within_total_time", "beyond_total_time")}
    others = _number(figures.resolved) - sum(parts.values())
    said = _of_known_names(parts | {"not_known": others}, _number(figures.resolved))
    if isinstance(outcomes["resolved"], str):
        said = dict.fromkeys(said, NOT_SHOWN)
    known = {key: said[key] for key in parts}
    whole = all(isinstance(n, int) for n in known.values())
    return known | {"share_within_total_time": figures.share_within_total_time if whole else None}


def _answers(figures: Figures, counts: Mapping[str, Mapping[str, Shown]]) -> dict[str, Any]:
    """How answers came, all stages together; none where something of the stages is withheld, which it could tell."""
    names = ("in_time", "late", "not_at_all")
    sums = {name: sum(_number(n) for n in getattr(figures, name).values()) for name in names}
    if any(isinstance(n, str) for n in counts["stage"].values()):
        return {name: {} for name in names}
    said = _of_known_names(sums, sum(sums.values()))
    return {name: {ALL_STAGES: said[name]} if getattr(figures, name) else {} for name in names}


def _items(
    procedure: Procedure, figures: Figures, counts: Mapping[str, Mapping[str, Shown]]
) -> dict[str, dict[str, Shown]]:
    """The items of a code come to what the code comes to: none is said where that is not."""
    found: dict[str, dict[str, Shown]] = {}
    for name, taxonomy in procedure.taxonomies.items():
        if taxonomy.items_in in figures.counts and name in counts:
            of_code: dict[str, dict[str, int]] = {}
            for key, n in figures.counts[taxonomy.items_in].items():
                of_code.setdefault(key.rpartition(".")[0], {})[key] = _number(n)
            found[taxonomy.items_in] = {
                key: n for code, items in of_code.items() for key, n in _of_code(items, counts[name].get(code)).items()
            }
    return found


def _of_code(items: Mapping[str, int], of_all: Shown | None) -> dict[str, Shown]:
    """With those of the code whose item is not known, where there are any."""
    if not isinstance(of_all, int):
        return {}
    said = _family({**items, "": max(0, of_all - sum(items.values()))}, of_all)
    return {key: said[key] for key in items if key in said}


def _patterns(figures: Figures, counts: Mapping[str, Mapping[str, Shown]]) -> dict[str, list[str]]:
    """Only what is said to be many."""
    often = {
        name: [key for key in keys if isinstance(counts.get(name, {}).get(key), int)]
        for name, keys in figures.patterns.items()
    }
    return {name: keys for name, keys in often.items() if keys}


def _recorded(figures: Figures) -> dict[str, Any]:
    """What was recorded beside the disputes, each with the choices that were made in it."""
    numbers = {do: _number(n) for do, n in figures.recorded.items()}
    by = {
        do: {field: _chosen(count, numbers[do]) for field, count in fields.items()}
        for do, fields in figures.recorded_by.items()
    }
    return {"recorded": {do: FEWER if 0 < n < LEAST else n for do, n in numbers.items()}, "recorded_by": by}


def _chosen(count: Mapping[str, Count], total: int) -> dict[str, Shown]:
    """With those in which nothing was chosen."""
    numbers = {key: _number(n) for key, n in count.items()}
    said = _family({**numbers, "": max(0, total - sum(numbers.values()))}, total)
    return {key: said[key] for key in numbers if key in said}


def _number(count: Count) -> int:
    """Of a report that withholds nothing yet."""
    if isinstance(count, str):
        raise TypeError("This report is a committee's already.")
    return count
