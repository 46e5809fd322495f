"""How a notice becomes words: loads activities/templates/<notice>/ and renders subject, text and HTML."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateNotFound

from activities import wording
from activities.view import View
from escalation.errors import TwentydaysError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

TEMPLATES = Path(__file__).with_name("templates")
DIGEST = Path(__file__).with_name("digest_templates")
BULLETINS = Path(__file__).with_name("bulletin_templates")
BODY = re.compile(r"<body[^>]*>")
STANDS_OUT = "margin: 0; padding: 15px; background: #ffdd00; color: #0b0c0c; font: bold 19px/25px Arial, sans-serif;"
BLANK_LINES = re.compile(r"\n\s*\n\s*")


class UnknownNotice(TwentydaysError):
    """A procedure names a notice for which there is no folder of templates."""


@dataclass(frozen=True)
class Rendered:
    """The words of one message. The subject is on one line, and holds no personal data."""

    subject: str
    text: str
    html: str

    def for_somebody_else(self, address: str) -> Rendered:
        """The same words for a mailbox that gets everybody's letters, which says first whose this one was."""
        says = f"Outside production: this was for {address}."
        shown = f'\n<p style="{STANDS_OUT}">{escape(says)}</p>'
        html = BODY.sub(lambda body: body[0] + shown, self.html, count=1)
        return replace(self, text=f"{says}\n\n{self.text}", html=html)


def notices() -> list[str]:
    """Every notice that can be sent: the folders of activities/templates."""
    return sorted(folder.name for folder in TEMPLATES.iterdir() if folder.is_dir())


def render(notice: str, view: DataclassInstance, subject_line: str | None = None) -> Rendered:
    """The words of a notice for one reader; `subject_line` is what the council has all its subjects start with.

    What a mail program previews of the HTML is the first paragraph after the greeting.
    """
    variables = _variables(view)
    subject = _render(f"{notice}/subject.txt", variables)
    headed = wording.on_one_line(f"{subject_line}: {subject}" if subject_line else subject)
    variables["subject"] = headed
    text = _tidy(_render(f"{notice}/body.txt", variables))
    variables["preheader"] = text.split("\n\n")[1]
    return Rendered(headed, text, _tidy(_render(f"{notice}/body.html", variables)))


def line(notice: str, view: View) -> str:
    """What a digest says of a notice, on one line."""
    return wording.on_one_line(_render(f"lines/{notice}.txt", _variables(view)))


def _variables(view: DataclassInstance) -> dict[str, object]:
    return {field.name: getattr(view, field.name) for field in fields(view)}


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
        loader=FileSystemLoader([TEMPLATES, DIGEST, BULLETINS]),
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
