"""What can a manager do beside answering? Ask for more time, or say that it is for somebody else."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from starlette.responses import Response

from escalation.messages import Command, Note, Reassign, RequestExtension
from web.reply import bodies, pages
from web.reply.bodies import MOST_DAYS, MOST_REASON, MOST_WHO
from web.reply.desk import Matter
from web.reply.refusing import FaultAt, Refusal, is_json
from web.reply.saying import clean
from web.reply.sending import do
from web.reply.turn import Turn

ASIDE = {"more-time": "more_time", "somebody-else": "somebody_else"}
"""Pages of their own, by their path."""
ON_THE_PAGE = {"to": "role"}
"""What a field of an act is called on the page."""
NUMBER = re.compile(r"[0-9]{1,3}")


def ensure_offered(template: str, matter: Matter) -> None:
    """Raises Refusal where more time cannot be asked for."""
    if template == "more_time" and not matter.asked.more_time:
        raise Refusal(
            HTTPStatus.CONFLICT,
            "no_more_time",
            "More time cannot be asked for",
            "Either this procedure has none, or no time to answer is running at this stage now.",
            "You can still answer: open the link in your email.",
        )


NOT_LISTED = "Choose one of the posts that are listed."


def ensure_listed(matter: Matter, role: str) -> None:
    """Raises Refusal where it cannot be handed on to that role."""
    if not _is_listed(matter, role):
        may = f" It can be handed on to: {', '.join(matter.hand_on_to)}." if matter.hand_on_to else ""
        raise Refusal(
            HTTPStatus.UNPROCESSABLE_ENTITY,
            "unfit",
            "This cannot be taken as it is",
            "Nothing was changed.",
            faults=[("/to", f"{NOT_LISTED}{may}")],
        )


def _is_listed(matter: Matter, role: str) -> bool:
    """Also whoever is asked already: what is sent a second time is taken as it was the first."""
    return role in matter.hand_on_to or role in matter.case.addressees()


def faults(template: str, values: Mapping[str, str], matter: Matter) -> list[FaultAt]:
    """Every fault of a page's form."""
    found: list[FaultAt] = bodies.id_faults(values, "act_id")
    if template == "more_time":
        days = values.get("working_days", "").strip()
        if not (NUMBER.fullmatch(days) and 1 <= int(days) <= MOST_DAYS):
            found.append(("working_days", f"Enter how many working days, from 1 to {MOST_DAYS}."))
    elif (role := values.get("role")) and not _is_listed(matter, role):
        found.append(("role", NOT_LISTED))
    elif not role and not clean(values.get("who", "")):
        choose = "Choose a post, or enter" if matter.hand_on_to else "Enter"
        found.append(("who", f"{choose} whom it is for."))
    field = "reason" if template == "more_time" else "why"
    text = clean(values.get(field, ""))
    if not text:
        found.append((field, "Say why."))
    if len(text) > MOST_REASON or len(values.get("who", "")) > MOST_WHO:
        found.append((field, f"That is too long: at most {MOST_REASON} characters can be taken."))
    return found


def command_of(turn: Turn, template: str, values: Mapping[str, str]) -> Command:
    if template == "more_time":
        return more_time(turn, int(values["working_days"]), values["reason"])
    who = clean(values.get("who", ""))
    if role := values.get("role"):
        return hand_on(turn, role, f"{values['why']} (for {who})" if who else values["why"])
    return somebody_else(turn, who, values["why"])


def more_time(turn: Turn, working_days: int, reason: str) -> Command:
    return RequestExtension(**_by(turn), working_days=working_days, reason=clean(reason))


def somebody_else(turn: Turn, who: str, why: str) -> Command:
    stage = turn.matter.case.stage_of(turn.matter.visit).title
    text = f"{stage}: says that this is for somebody else: {clean(who)}. Why: {clean(why)}"
    return Note(**_by(turn), text=text)


def hand_on(turn: Turn, role: str, why: str) -> Command:
    return Reassign(**_by(turn), to=role, reason=clean(why))


def _by(turn: Turn) -> dict[str, Any]:
    return {"by": turn.matter.claims.role, "name": turn.person.name if turn.person else None}


async def carry_out(
    turn: Turn, command: Command, act_id: str, template: str = "", values: Mapping[str, str] | None = None
) -> Response:
    """Do it, and say what follows. `template` and `values` are those of the page it came from, to go back to."""
    receipt = await do(turn.desk, turn.matter, command, act_id)
    if receipt.rejection:
        field = receipt.rejection.field or "main"
        fault = (ON_THE_PAGE.get(field, field), receipt.rejection.message)
        if is_json(turn.request):
            raise Refusal(409, receipt.rejection.code, "This was not taken", fault[1], faults=[fault])
        # With another mark: under the same one the same refusal would come again.
        again = {name: value for name, value in (values or {}).items() if name != "act_id"}
        return pages.aside(turn.request, turn.matter, template, faults=[fault], values=again, status=409)
    title, words = _what_happens(turn, command)
    return pages.done(turn.request, turn.matter, receipt, title, words)


def _what_happens(turn: Turn, command: Command) -> tuple[str, list[str]]:
    asked = turn.matter.asked
    if isinstance(command, RequestExtension):
        return "You have asked for more time", [
            f"{asked.raiser[:1].upper()}{asked.raiser[1:]} is told, and decides.",
            f"Until then the time to answer stays as it is: {asked.due_in_words}.",
        ]
    if isinstance(command, Reassign):
        to = turn.matter.case.procedure.role_title(command.to)
        time = f"The time stays as it is: {asked.due_in_words}. " if asked.due else ""
        return "You have handed this on", [
            f"The {to} is asked now, by email, and {asked.raiser} is told.",
            f"{time}Until it is answered you can answer too, by your own link.",
        ]
    return "You have said that this is for somebody else", [
        "It is in the history of this matter, under your name.",
        f"Please tell {asked.raiser} too: reply to the email that brought you here.",
        f"Until they have put it right, the answer is still asked of the {asked.asked_as}, and the time runs on.",
    ]
