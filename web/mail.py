"""Which emails were caught, what does each say, and what would come back of it?"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, quote

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from web import trial_replies
from web.headers import POLICY_WITH_MAIL
from web.mailbox import Mailbox
from web.pages import page
from web.reply.guarding import body_of, check_origin
from web.reply.refusing import Refusal
from web.trial_replies import Answerable, Kind

A_PAGE = 50
NO_SUCH_EMAIL = "There is no email of this name. It may have been cleared away with the folder that held it."
LINKS_OPEN_APART = '<base target="_blank">'
"""In front of an email's HTML: a link in it opens a window of its own, since the frame itself may go nowhere."""


SAID: dict[str, str] = {"reply": "a reply", "bounce": "a bounce", "absence": "an out-of-office message"}


def routes(folder: Path, comes_back: Path | None = None) -> APIRouter:
    """The list of a folder's emails, each of them, and each as the file that it is.

    `comes_back` is a Maildir into which a reply, a bounce or an absence may be put for trying; None where none may.
    """
    router = APIRouter(prefix="/mail", default_response_class=HTMLResponse)
    mailbox = Mailbox(folder)

    @router.get("")
    def emails(request: Request, number: Annotated[int, Query(alias="page", ge=1, le=10**6)] = 1) -> HTMLResponse:
        names = mailbox.names()
        pages = max(1, -(-len(names) // A_PAGE))
        number = min(number, pages)
        shown = (mailbox.caught(name) for name in names[(number - 1) * A_PAGE : number * A_PAGE])
        present = [email for email in shown if email]  # one may have been cleared away since
        return page(request, "emails.html", emails=present, total=len(names), number=number, pages=pages)

    @router.get("/{name}")
    def email(request: Request, name: str, put: Kind | None = None) -> HTMLResponse:
        letter = mailbox.letter(name)
        if letter is None:
            raise HTTPException(404, NO_SUCH_EMAIL)
        of = trial_replies.answerable(letter) if comes_back else None
        frame = LINKS_OPEN_APART + letter.html if letter.html else None
        answer = page(request, "email.html", letter=letter, frame=frame, of=of, put=SAID.get(put or ""))
        answer.headers["Content-Security-Policy"] = POLICY_WITH_MAIL
        return answer

    @router.get("/{name}/raw", response_class=FileResponse)
    def raw(name: str) -> FileResponse:
        path = mailbox.path(name)
        if path is None:
            raise HTTPException(404, NO_SUCH_EMAIL)
        return FileResponse(path, media_type="message/rfc822", filename=path.name)

    if comes_back:
        _add_replies(router, mailbox, comes_back)
    return router


def _add_replies(router: APIRouter, mailbox: Mailbox, comes_back: Path) -> None:
    @router.post("/{name}")
    async def put(request: Request, name: str) -> RedirectResponse:
        try:
            check_origin(request)
            said = parse_qs((await body_of(request)).decode("utf-8", "replace"))
        except Refusal as refusal:
            raise HTTPException(refusal.status, refusal.title) from None
        kind, text = _asked(said)
        of = await run_in_threadpool(_answerable, mailbox, name)
        message = trial_replies.made(kind, of, text, datetime.now(UTC))
        await run_in_threadpool(trial_replies.put, comes_back, message)
        return RedirectResponse(f"/mail/{quote(name)}?put={kind}#put", 303)


def _asked(said: dict[str, list[str]]) -> tuple[Kind, str]:
    """Which kind, and what a reply says. Raises HTTPException."""
    text = said.get("text", [""])[0].strip()
    match said.get("act"):
        case ["reply"] if text:
            return "reply", text
        case ["reply"]:
            raise HTTPException(422, "Write what the reply says, then send it.")
        case ["bounce"]:
            return "bounce", ""
        case ["absence"]:
            return "absence", ""
    raise HTTPException(422, "A reply, a bounce or an out-of-office message can be put into the mailbox.")


def _answerable(mailbox: Mailbox, name: str) -> Answerable:
    letter = mailbox.letter(name)
    of = trial_replies.answerable(letter) if letter else None
    if of is None:
        raise HTTPException(404, NO_SUCH_EMAIL)
    return of
