"""How a notice becomes words: loads activities/templates/<notice>/ and renders subject, text and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from activities import wording
from activities.view import View
from escalation.errors import TwentydaysError

TEMPLATES = Path(__file__).with_name("templates")
BLANK_LINES = re.compile(r"\n\s*\n\s*")


class UnknownNotice(TwentydaysError):
    """A procedure names a notice for which there is no folder of templates."""


@dataclass(frozen=True)
class Rendered:
    """The words of one message. The subject is on one line, and holds no personal data."""

    subject: str
    text: str
    html: str


def notices() -> list[str]:
    """Every notice that can be sent: the folders of activities/templates."""
    return sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir())


def render(notice: str, view: View, subject_line: str | None = None) -> Rendered:
    """The words of a notice for one reader; `subject_line` is what the council has all its subjects start with."""
    variables = {field.name: getattr(view, field.name) for field in fields(view)}
    subject = _render(f"{notice}/subject.txt", variables)
    headed = wording.on_one_line(f"{subject_line}: {subject}" if subject_line else subject)
    variables["subject"] = headed
    return Rendered(headed, *(_tidy(_render(f"{notice}/{body}", variables)) for body in ("body.txt", "body.html")))


def _tidy(text: str) -> str:
    """Sentences that were left out leave no gaps."""
    return BLANK_LINES.sub("\n\n", text).strip() + "\n"


def _render(template: str, variables: dict[str, object]) -> str:
    try:
        return _environment().get_template(template).render(variables)
    except TemplateNotFound as missing:
        raise UnknownNotice(
            f"There is no template {missing.name}. Add it to activities/templates, or use: {', '.join(notices())}."
        ) from None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        autoescape=lambda name: bool(name and name.endswith(".html")),  # noqa: S701 - texts are text
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )
    environment.filters |= {
        "day": wording.day,
        "moment": wording.moment,
        "deadline": wording.deadline,
        "working_days": wording.working_days,
        "listing": wording.listing,
        "start": wording.start,
    }
    return environment
