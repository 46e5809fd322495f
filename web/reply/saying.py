"""What did the manager say, is it complete, and how is it put into words for the history?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from escalation import words
from escalation.messages import Answer, Respond
from escalation.rules.promises import MOST_DAYS
from web.reply.refusing import FaultAt

Kind = Literal["done", "will_be_done", "do_not_agree", "outside_our_control"]
LABELS: dict[str, str] = {
    "done": "Done",
    "will_be_done": "Will be done by a date",
    "do_not_agree": "I do not agree",
    "outside_our_control": "Outside our control",
}
NEEDED = {
    "done": "say where it is recorded",
    "do_not_agree": "say why you do not agree",
    "outside_our_control": "say why it is outside your control",
}
MOST_TEXT, MOST_DETAIL, MOST_ACTIONS = 10_000, 5_000, 100
DATES = ("%Y-%m-%d", "%d/%m/%Y", "%d %m %Y", "%d.%m.%Y", "%d %B %Y", "%d %b %Y")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

ResponseId = Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]{1,100}$")]


class Words(BaseModel):
    """What was said to one requested action, as it was written."""

    model_config = ConfigDict(frozen=True)

    kind: str = ""
    detail: str = ""
    when: str = ""

    @property
    def empty(self) -> bool:
        return not (self.kind or self.detail or self.when)


class Saying(BaseModel):
    """A whole answer: one part for each requested action, in their order, a general text, and when the rest is done."""

    model_config = ConfigDict(frozen=True)

    parts: list[Words]
    text: str = ""
    done_by: str = ""

    @property
    def unanswered(self) -> list[int]:
        """Numbers of the actions that have no answer."""
        return [n for n, part in enumerate(self.parts, 1) if part.empty]


def clean(text: str) -> str:
    """Text as it is kept: one kind of line break, nothing that cannot be seen."""
    return CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def from_form(values: Mapping[str, str], actions: int) -> Saying:
    """What was filled in: `kind-1`, `detail-1`, `when-1` and so on, and `text`."""
    parts = [
        Words(**{key: clean(values.get(f"{key}-{n}", "")) for key in Words.model_fields}) for n in range(1, actions + 1)
    ]
    return Saying(parts=parts, text=clean(values.get("text", "")), done_by=clean(values.get("done_by", "")))


def faults(said: Saying, today: date) -> list[FaultAt]:
    """Every fault at once, each at the field of the form that has it."""
    found = [fault for n, part in enumerate(said.parts, 1) for fault in _faults_in(n, part, today)]
    if len(said.text) > MOST_TEXT:
        found.append(("text", f"Your answer as a whole may have {MOST_TEXT} characters; it has {len(said.text)}."))
    if said.done_by:
        found += date_faults("done_by", "by which the rest is done", said.done_by, today)
    if not found and not said.text and all(part.empty for part in said.parts):
        if said.parts:
            return [("kind-1", "Answer at least one of the requested actions, or write a general answer.")]
        return [("text", "Write your answer.")]
    return found


def _faults_in(n: int, part: Words, today: date) -> Iterator[FaultAt]:
    if part.empty:
        return
    if part.kind not in LABELS:
        yield f"kind-{n}", f"Choose how action {n} is answered."
    if part.kind in NEEDED and not part.detail:
        yield f"detail-{n}", f"For action {n}, {NEEDED[part.kind]}."
    if len(part.detail) > MOST_DETAIL:
        yield f"detail-{n}", f"What you say to action {n} may have {MOST_DETAIL} characters; it has {len(part.detail)}."
    if part.kind == "will_be_done":
        if part.when:
            yield from date_faults(f"when-{n}", f"for action {n}", part.when, today)
        else:
            yield f"when-{n}", f"For action {n}, say by which date it will be done."


def date_faults(field: str, which: str, text: str, today: date) -> Iterator[FaultAt]:
    """It is asked about on that date, so it has to be one that people mean."""
    day = day_in(text)
    if day is None:
        yield field, f"The date {which} must be a real date, such as 27/11/2026."
    elif day < today:
        yield field, f"The date {which} must be today or later."
    elif day > (latest := today + timedelta(days=MOST_DAYS)):
        yield field, f"The date {which} must be {words.on(latest)} or earlier."


def day_in(text: str) -> date | None:
    """A date as people write it."""
    for form in DATES:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day of the calendar, no instant
        except ValueError:
            continue
    return None


def in_words(part: Words) -> str:
    """Done, see the minutes of 3 November."""
    detail = part.detail
    match part.kind:
        case "done":
            return f"Done, see {detail}"
        case "will_be_done":
            day = day_in(part.when)
            promise = f"Will be done by {words.on(day) if day else part.when}"
            return f"{promise}. {detail}" if detail else f"{promise}."
        case "do_not_agree":
            return f"I do not agree, because {detail}"
    return f"Outside our control, because {detail}"


def command(
    said: Saying,
    actions: Sequence[str],
    *,
    response_id: str,
    stage: str,
    by: str,
    name: str,
    received_at: datetime,
) -> Respond:
    """The answer as an act. `received_at` is when we had read it."""
    answers = [
        Answer(action=action[:MOST_TEXT], text=in_words(part), done_by=_promised(part))
        for action, part in zip(actions, said.parts, strict=True)
        if not part.empty
    ]
    return Respond(
        response_id=response_id,
        stage=stage,
        by=by,
        name=name,
        text=said.text,
        answers=answers[:MOST_ACTIONS],
        addresses_requested_action=len(answers) == len(actions) if actions else None,
        received_at=received_at,
        done_by=day_in(said.done_by),
    )


def _promised(part: Words) -> date | None:
    return day_in(part.when) if part.kind == "will_be_done" else None
