"""What may a program, or a form, send? Read strictly, every fault at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date as Day  # noqa: N812 - a field has the plain name
from typing import Annotated, Literal
from urllib.parse import parse_qsl

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from web.reply.refusing import FaultAt, Refusal
from web.reply.saying import MOST_ACTIONS, MOST_DETAIL, MOST_TEXT, Kind, ResponseId, Saying, Words, clean

MOST_FIELDS = 1000
MOST_REASON, MOST_WHO = 2_000, 200
MOST_DAYS = 60
Email = Annotated[str, Field(max_length=254)]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    email: Email | None = Field(None, description="Confirms who answers; needed unless a cookie says that it was.")


class Confirm(Body):
    """Only say who is there: what is asked is given back."""

    do: Literal["confirm"]
    email: Email


class ActionAnswer(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    action: Annotated[int, Field(ge=1, le=MOST_ACTIONS, description="Its number, from 1.")]
    kind: Kind
    detail: Annotated[str, Field(max_length=MOST_DETAIL)] = ""
    date: Annotated[Day | None, Field(description="With will_be_done.")] = None


class Responding(Body):
    """An answer. The same response_id, sent again, counts once."""

    do: Literal["respond"] = "respond"
    response_id: ResponseId
    answers: Annotated[list[ActionAnswer], Field(max_length=MOST_ACTIONS)] = []
    text: Annotated[str, Field(max_length=MOST_TEXT)] = ""
    done_by: Annotated[Day | None, Field(description="By which the rest is done; the raiser is asked then.")] = None

    def saying(self, actions: int) -> Saying:
        given = {answer.action: answer for answer in self.answers}
        parts = [_words(given.get(n)) for n in range(1, actions + 1)]
        return Saying(parts=parts, text=clean(self.text), done_by=self.done_by.isoformat() if self.done_by else "")

    def number_faults(self, actions: int) -> list[FaultAt]:
        """Numbers that no requested action has, or that stand twice."""
        numbers = [answer.action for answer in self.answers]
        return [
            (f"/answers/{place}/action", _which(actions) if number > actions else f"Action {number} is answered twice.")
            for place, number in enumerate(numbers)
            if number > actions or number in numbers[:place]
        ]

    def pointer(self, field: str) -> str:
        """Where a fault of the form's field stands in this body."""
        part, _, number = field.partition("-")
        if not number:
            return f"/{part}"
        places = [place for place, answer in enumerate(self.answers) if answer.action == int(number)]
        return f"/answers/{places[0]}/{'date' if part == 'when' else part}" if places else "/answers"


class MoreTime(Body):
    """Ask for more time. The same act_id, sent again, counts once."""

    do: Literal["request_extension"]
    act_id: ResponseId
    working_days: Annotated[int, Field(ge=1, le=MOST_DAYS)]
    reason: Annotated[str, Field(min_length=1, max_length=MOST_REASON)]


class SomebodyElse(Body):
    """Say that it is for somebody else. The same act_id, sent again, counts once."""

    do: Literal["note"]
    act_id: ResponseId
    who: Annotated[str, Field(min_length=1, max_length=MOST_WHO)]
    why: Annotated[str, Field(min_length=1, max_length=MOST_REASON)]


class HandOn(Body):
    """Hand it on to another post. The same act_id, sent again, counts once."""

    do: Literal["reassign"]
    act_id: ResponseId
    to: Annotated[str, Field(max_length=MOST_WHO, description="A role that `ways` lists.")]
    why: Annotated[str, Field(min_length=1, max_length=MOST_REASON)]


Given = Confirm | Responding | MoreTime | SomebodyElse | HandOn
_BODIES: dict[str, type[Body]] = {
    "confirm": Confirm,
    "respond": Responding,
    "request_extension": MoreTime,
    "note": SomebodyElse,
    "reassign": HandOn,
}
_OBJECT = TypeAdapter(dict[str, object])


def from_json(body: bytes) -> Given:
    """The body of a program. Raises Refusal with every fault, each with a pointer to where it stands."""
    try:
        do = _OBJECT.validate_json(body).get("do", "respond")
        if not isinstance(do, str) or do not in _BODIES:
            raise _unfit([("/do", f"must be one of: {', '.join(_BODIES)}.")])
        read: Given = _BODIES[do].model_validate_json(body)  # type: ignore[assignment]
    except ValidationError as error:
        raise _unfit([_fault(details) for details in error.errors(include_url=False, include_input=False)]) from None
    return read


_ID = TypeAdapter(ResponseId)


def is_id(text: str) -> bool:
    try:
        _ID.validate_python(text)
    except ValidationError:
        return False
    return True


def id_faults(values: Mapping[str, str], name: str) -> list[FaultAt]:
    """The page's own mark is missing only in what no page of ours sent."""
    if is_id(values.get(name, "")):
        return []
    return [("main", "This page was not complete. Check what you wrote, and continue.")]


def form_values(body: bytes) -> dict[str, str]:
    """The fields of a form; of two with one name the last."""
    try:
        return dict(parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError:
        raise Refusal(400, "unreadable", "This could not be read", "Go back, and send the page again.") from None


def _words(answer: ActionAnswer | None) -> Words:
    if answer is None:
        return Words()
    when = answer.date.isoformat() if answer.date else ""
    return Words(kind=answer.kind, detail=clean(answer.detail), when=when)


def _which(actions: int) -> str:
    if not actions:
        return "No action is requested by number: put your answer into `text`."
    return f"The requested actions are numbered 1 to {actions}."


def _fault(details: ErrorDetails) -> FaultAt:
    pointer = "".join(f"/{str(part).replace('~', '~0').replace('/', '~1')}" for part in details["loc"])
    return pointer or "/", f"{details['msg'].rstrip('.')}."


def _unfit(faults: list[FaultAt]) -> Refusal:
    return Refusal(
        422, "unfit", "This cannot be taken as it is", "Mend what `errors` lists. Nothing was changed.", faults=faults
    )
