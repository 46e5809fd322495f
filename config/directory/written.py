"""How a directory is written into files that can be read again: YAML, or the CSV of a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from ruamel.yaml import YAML

from config.directory.spreadsheet import LEAVE, POSTS
from escalation.directory import Directory


def as_yaml(directory: Directory) -> str:
    """All of it."""
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style, yaml.allow_unicode, yaml.width = False, True, 120
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    said = directory.model_dump(exclude_defaults=True)
    out = io.StringIO()
    yaml.dump({"people": said["people"], **{key: said[key] for key in ("posts", "leave") if key in said}}, out)
    return out.getvalue()


def as_csv(directory: Directory) -> str:
    """One row a post. Who has none is not in it, nor is the leave, which is `leave_as_csv`."""
    rows = (
        {**_person(directory, post.person), **post.model_dump(mode="json", exclude={"person"})}
        for post in directory.posts
    )
    return _csv(POSTS, rows)


def leave_as_csv(directory: Directory) -> str:
    """One row a leave."""
    rows = (
        {**_person(directory, leave.person), **leave.model_dump(mode="json", exclude={"person"})}
        for leave in directory.leave
    )
    return _csv(LEAVE, rows)


def _person(directory: Directory, key: str) -> dict[str, str]:
    person = directory.people[key]
    return {"name": person.name, "email": person.email}


def _csv(columns: Iterable[str], rows: Iterable[Mapping[str, object]]) -> str:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(columns), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()
