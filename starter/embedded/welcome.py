"""What is a person told once everything is up: where it is, and what to try next?"""

from __future__ import annotations

import sys
from pathlib import Path

from sqlalchemy import make_url

from starter.embedded.places import Places
from starter.embedded.sample import QUERY, escalation_in


def welcome(where: Places, seconds: float, said: str) -> str:
    """Every address, and the next three commands; `said` is what was said of the sample, which may name it."""
    addresses = {
        "Pages": f"{where.web}/",
        "Mail that was caught": f"{where.web}/mail",
        "Temporal's own pages": where.ui,
        "Temporal": f"{where.temporal}, namespace {where.namespace}",
        "Mail server (SMTP)": where.smtp,
        "Codec endpoint": where.codec,
        "Register": _without_password(where.register_url),
        "Temporal profile": shown(where.profile),
        "Logs": shown(where.var / "log"),
    }
    return "\n".join(
        (
            f"\nTwentydays is up, in {seconds:.1f} seconds. Ctrl-C stops it. No mail leaves this machine.\n",
            *(f"  {what:<22}{place}" for what, place in addresses.items()),
            "\nTry next, in another terminal:\n",
            *(f"  {command}" for command in next_commands(where, said)),
            "",
        )
    )


def next_commands(where: Places, said: str) -> tuple[str, str, str]:
    """Three things to try, as they can be typed from here."""
    escalation = escalation_in(said) or "<id from the list>"
    commands = Path(sys.executable).parent
    temporal = f"TEMPORAL_CONFIG_FILE={shown(where.profile)} {shown(commands / 'temporal')}"
    return (
        f"{shown(commands / 'twentydays')} list",
        f"{temporal} workflow list",
        f"{temporal} workflow query --workflow-id {escalation} --type {QUERY}",
    )


def shown(path: Path) -> str:
    """A path as short as it can be written from the current folder."""
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def _without_password(url: str) -> str:
    return make_url(url).render_as_string(hide_password=True)
