"""Do the locks hold what the project asks for, and can they be used anywhere?"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
LOCKS = ("runtime", "production", "build", "dev")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def text(lock: str) -> str:
    return (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")


def locked(lock: str) -> dict[str, str]:
    return dict(re.findall(r"^([a-z0-9][a-z0-9.-]*)==([^\s;]+)", text(lock), re.MULTILINE))


def satisfied(requirement: Requirement, found: dict[str, str]) -> bool:
    version = found.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version)


def asked_for(lock: str) -> list[str]:
    extras = PROJECT["project"]["optional-dependencies"]
    production = [*PROJECT["project"]["dependencies"], *extras["postgresql"]]
    runtime = [*production, *extras["embedded"]]
    wanted: dict[str, list[str]] = {
        "runtime": runtime,
        "production": production,
        "build": PROJECT["build-system"]["requires"],
        "dev": [*runtime, *PROJECT["dependency-groups"]["dev"]],
    }
    return wanted[lock]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_every_release_that_the_project_asks_for(lock: str) -> None:
    found = locked(lock)
    wanted = [Requirement(line) for line in asked_for(lock)]
    assert wanted
    assert [str(each) for each in wanted if not satisfied(each, found)] == []


def test_the_development_lock_holds_all_of_the_others() -> None:
    others = locked("runtime") | locked("build")
    assert others.items() <= locked("dev").items()


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_host(lock: str) -> None:
    assert "://" not in text(lock)
    assert not re.search(r"^\s*--(index|extra|find|trusted)", text(lock), re.MULTILINE)


@pytest.mark.parametrize("lock", LOCKS)
def test_every_release_of_a_lock_has_its_hash(lock: str) -> None:
    releases = re.split(r"^(?=[a-z0-9])", text(lock), flags=re.MULTILINE)
    assert [each for each in releases if "==" in each and "--hash=sha256:" not in each] == []


def test_the_set_up_names_no_host() -> None:
    assert [
        file for file in ("Makefile", "requirements/install", ".ci/run") if "://" in (ROOT / file).read_text()
    ] == []
