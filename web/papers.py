"""Which documents may a program fetch, and as what? Forms, also blank, outcome, case notes, the case file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from documents import filed
from documents.filed import Format
from documents.pdf import NoPdf
from escalation.filing.document import Document
from escalation.filing.form import blank
from escalation.filing.notes import NoteToFile
from escalation.filing.standing import NotOnFile
from register.errors import RegisterError
from starter.case_event import REFERENCE
from starter.office import Office, UnknownReference
from starter.papers import BrokenChain, Papers, file_name
from web import openapi
from web.accepting import best
from web.headers import POLICY
from web.parameters import Reference
from web.problems import ProblemError
from web.reports import Key, procedure_of
from web.tokens import unavailable

JSON = "application/json"
MEDIA: dict[str, Format] = {"application/pdf": "pdf", "text/html": "html", "text/plain": "text"}
Found = TypeVar("Found")
NOTES = TypeAdapter(list[NoteToFile])
FRAMES = POLICY[POLICY.index("frame-ancestors") :]
STAGE = r"^[A-Za-z][A-Za-z0-9]{0,19}$"

Stage = Annotated[
    str | None,
    Query(
        pattern=STAGE,
        description="The key of a stage; without it, the newest that uses a form.",
        openapi_examples={"sample": {"value": openapi.sample()["stage"]}},
    ),
]

StageOfForm = Annotated[
    str | None,
    Query(pattern=STAGE, description="The key of a stage; without it, the first form that the procedure has."),
]


def add_routes(router: APIRouter, office: Office, may_read: Any) -> None:
    """Each is JSON unless the header Accept prefers HTML, a PDF or plain text."""
    papers = Papers(office)

    @router.get("/escalations/{reference}/form", **_described("form", Document, may_read))
    def form(request: Request, reference: Reference, stage: Stage = None) -> Response:
        """The council's form of a stage, as it stood when the stage was left."""
        return _given(request, "form", lambda: papers.form(_known(reference), stage))

    @router.get("/escalations/{reference}/outcome", **_described("outcome", Document, may_read))
    def outcome(request: Request, reference: Reference) -> Response:
        """What came of it, under the heading that the council's document gives its outcome."""
        return _given(request, "outcome", lambda: papers.outcome(_known(reference)))

    @router.get("/escalations/{reference}/case-notes", **_described("case_notes", list[NoteToFile], may_read))
    def case_notes(request: Request, reference: Reference) -> Response:
        """The texts to paste into case notes and forms: where each belongs, and under which heading."""
        if _wanted(request) == JSON:
            found = _found(lambda: papers.notes(_known(reference)))
            return Response(NOTES.dump_json(found), media_type=JSON)
        return _given(request, "case-notes", lambda: papers.all_notes(_known(reference)))

    @router.get("/escalations/{reference}/case-file", **_described("case_file", Document, may_read))
    def case_file(request: Request, reference: Reference) -> Response:
        """Everything about it in one document, with the number and hash of each entry of its history."""
        return _given(request, "case-file", lambda: papers.case_file(_known(reference)))

    @router.get("/procedures/{procedure}/blank-form", **_described("blank_form", Document, may_read))
    def blank_form(request: Request, procedure: Key, stage: StageOfForm = None) -> Response:
        """A procedure's form with nothing filled in, for a meeting."""
        return _given(request, f"{procedure}-blank-form", lambda: blank(procedure_of(office, procedure), stage))


def _described(name: str, model: Any, may_read: Any) -> dict[str, Any]:
    """What OpenAPI says of one of them."""
    content: dict[str, Any] = {kind: {"schema": {"type": "string"}} for kind in MEDIA}
    content["application/pdf"] = {"schema": {"type": "string", "format": "binary"}}
    answers = openapi.problems(400, 401, 403, 404, 405, 406, 422, 503)
    return {
        "operation_id": name,
        "dependencies": [may_read],
        "response_class": Response,
        "responses": {**answers, 200: {"model": model, "content": content, "description": "The document."}},
    }


def _known(reference: str) -> str:
    if not REFERENCE.fullmatch(reference):
        raise UnknownReference("")
    return reference


def _wanted(request: Request) -> str:
    found = best(request.headers.get("accept", ""), [JSON, *MEDIA])
    if found is None:
        raise ProblemError(406, "not_acceptable", f"This is there as: {', '.join([JSON, *MEDIA])}.")
    return found


def _given(request: Request, what: str, made: Callable[[], Document]) -> Response:
    """The document as the client prefers it."""
    wanted = _wanted(request)
    document = _found(made)
    if wanted == JSON:
        return Response(document.model_dump_json(), media_type=JSON)
    form = MEDIA[wanted]
    headers = {"Content-Disposition": f'inline; filename="{file_name(document, what, form)}"'}
    if form == "html":
        headers["Content-Security-Policy"] = f"{filed.policy()}; {FRAMES}"
    return Response(_rendered(document, form), media_type=wanted, headers=headers)


def _rendered(document: Document, form: Format) -> bytes:
    try:
        return filed.rendered(document, form)
    except NoPdf as error:
        raise ProblemError(406, "no_pdf", f"{error} It is there as: {', '.join([JSON, *MEDIA])}.") from error


def _found(made: Callable[[], Found]) -> Found:
    try:
        return made()
    except UnknownReference:
        raise ProblemError(404, "unknown_reference", "There is no escalation of this reference.") from None
    except NotOnFile as error:
        raise ProblemError(404, "not_on_file", str(error)) from error
    except BrokenChain as error:
        raise ProblemError(503, "broken_chain", str(error), headers={"Retry-After": "3600"}) from error
    except RegisterError as error:
        raise unavailable(error) from error
