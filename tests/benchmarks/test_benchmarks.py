"""The short twin of `make bench`: what is made up there is counted alike from rows and from histories."""

from __future__ import annotations

import pytest

from config import procedures
from escalation.reporting import figures
from register.engine import open_engine, open_register
from register.store import Register
from tests.benchmarks import measured
from tests.benchmarks.__main__ import fill
from tests.benchmarks.years import KEYS, Years

DISPUTES = 300


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('bench')}/register.db"
    fill(url, Years(DISPUTES, histories_from=None))
    return url


@pytest.fixture
def register(url: str) -> Register:
    return open_register(url)


@pytest.mark.parametrize("key", KEYS)
def test_rows_that_are_made_up_say_what_their_histories_say(register: Register, key: str) -> None:
    procedure, report = procedures.load(key), measured.REPORTS[key]
    for dates in ((None, None), measured.QUARTER):
        rows = register.reports.figures(procedure, report, *dates).model_copy(update={"before": None})
        expected = figures(procedure, report, register.cases.past(key, None, dates[1]), (), *dates)
        assert rows == expected
        assert dates[0] or rows.disputes


def test_everything_that_is_measured_can_be(register: Register, url: str) -> None:
    engine, years = open_engine(url), Years(0)
    found = [
        *measured.reports(register, engine, 1),
        *measured.histories(register, 1),
        *measured.writing(register, years, 1),
    ]
    assert all(each.rounds for each in found)
    assert [each.name for each in found if each.ratio is None] == [
        "plain SQL: all disputes by form and year",
        "one quarter of one procedure, every history read",
        "entries of one escalation, no row for reports",
    ]
    engine.dispose()
