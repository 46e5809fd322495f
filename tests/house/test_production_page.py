"""Does docs/production.md explain every name of an installation, once, and where it is used?"""

from __future__ import annotations

import re

import pytest

from tests.house.installation import ROOT, Found, bases
from workflows.search_attributes import KEYS


def table() -> dict[tuple[str, str], set[str]]:
    """The names of the one table of docs/production.md, by kind, and where each stands."""
    page = (ROOT / "docs" / "production.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \| ([^|]+) \| [^|]+ \|$", page, re.MULTILINE)
    assert len(rows) == len({(kind, name) for name, kind, _ in rows})
    return {(kind, name): set(re.findall(r"`([^`]+)`", where)) for name, kind, where in rows}


def users(development: Found, kind: str) -> dict[str, set[str]]:
    """Which services use which names of a kind."""
    found: dict[str, set[str]] = {}
    for service, body in development["services"].items():
        for name in _names(body, kind):
            found.setdefault(name, set()).add(service)
    return found


def _names(service: Found, kind: str) -> list[str]:
    match kind:
        case "image":
            return [service["image"]]
        case "port":
            own = [service["environment"]["TWENTYDAYS_WEB_PORT"]] if service.get("network_mode") == "host" else []
            return own + [port["published"] for port in service.get("ports", [])]
        case "secret":
            return [secret["source"] for secret in service.get("secrets", [])]
        case "volume":
            return [volume["source"] for volume in service.get("volumes", []) if volume["type"] == "volume"]
    return list(service.get("environment", {}))


@pytest.mark.parametrize("kind", ["image", "port", "secret", "volume"])
def test_every_image_port_secret_and_volume_is_explained_where_it_is_used(development: Found, kind: str) -> None:
    explained = {name: where for (of, name), where in table().items() if of == kind and where != {"Dockerfile"}}
    assert explained == users(development, kind)


def test_every_image_that_ours_are_built_on_is_explained() -> None:
    assert [name for (kind, name), where in table().items() if where == {"Dockerfile"}] == bases()


def test_every_variable_is_explained_where_it_is_used(development: Found) -> None:
    in_the_file = set(re.findall(r"\$\{(\w+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    explained = {name: where for (kind, name), where in table().items() if kind in {"yours", "fixed"}}
    yours = {name for kind, name in table() if kind == "yours"}
    assert yours == in_the_file
    used = users(development, "variable")
    assert {
        name: where
        for name, where in explained.items()
        if name not in {"SECRETS_FOLDER", "COUNCIL_FOLDER", "MAILBOX_FOLDER"}
    } == used


def test_every_variable_of_the_sample_environments_is_one_of_the_file() -> None:
    yours = {name for kind, name in table() if kind == "yours"}
    for name in ("production.env", "dev.env"):
        given = re.findall(r"^(\w+)=", (ROOT / "deploy" / name).read_text(encoding="utf-8"), re.MULTILINE)
        assert set(given) <= yours, name


def test_search_attributes_are_spelled_in_the_code_alone() -> None:
    files = [ROOT / "docker-compose.yml", ROOT / "Dockerfile", *(ROOT / "deploy").iterdir()]
    said = " ".join(file.read_text(encoding="utf-8") for file in files)
    assert [key.name for key in KEYS if re.search(rf"\b{key.name}\b", said)] == []
