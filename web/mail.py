"""Which emails were caught, and what does each say?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import FileResponse, HTMLResponse
from starlette.exceptions import HTTPException

from web.headers import POLICY_WITH_MAIL
from web.mailbox import Mailbox
from web.pages import page

A_PAGE = 50
NO_SUCH_EMAIL = "There is no email of this name. It may have been cleared away with the folder that held it."
LINKS_OPEN_APART = '<base target="_blank">'
"""In front of an email's HTML: a link in it opens a window of its own, since the frame itself may go nowhere."""


def routes(folder: Path) -> APIRouter:
    """The list of a folder's emails, each of them, and each as the file that it is."""
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
    def email(request: Request, name: str) -> HTMLResponse:
        letter = mailbox.letter(name)
        if letter is None:
            raise HTTPException(404, NO_SUCH_EMAIL)
        frame = LINKS_OPEN_APART + letter.html if letter.html else None
        answer = page(request, "email.html", letter=letter, frame=frame)
        answer.headers["Content-Security-Policy"] = POLICY_WITH_MAIL
        return answer

    @router.get("/{name}/raw", response_class=FileResponse)
    def raw(name: str) -> FileResponse:
        path = mailbox.path(name)
        if path is None:
            raise HTTPException(404, NO_SUCH_EMAIL)
        return FileResponse(path, media_type="message/rfc822", filename=path.name)

    return router
