"""Which mappings of extracts are shipped, by their names?"""

from __future__ import annotations

from pathlib import Path

from config.wording import suggestion
from escalation.errors import TwentydaysError

SHIPPED = Path(__file__).parent


class UnknownMapping(TwentydaysError):
    """There is no mapping of this name, and no such file."""


def find(name: str) -> Path:
    """A file, or a mapping that is shipped. Raises UnknownMapping."""
    names = {file.stem: file for file in sorted(SHIPPED.glob("*.yaml"))}
    if name in names:
        return names[name]
    if Path(name).is_file():
        return Path(name)
    raise UnknownMapping(
        f"There is no mapping `{name}`{suggestion(name, names)}. Give a file, or one of {', '.join(names)}."
    )
