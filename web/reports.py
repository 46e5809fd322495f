"""What may a program ask of the reports? The same numbers as the command, in whichever form it accepts."""

from __future__ import annotations

import base64
import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from config.procedures import UnknownProcedure
from documents.pdf import NoPdf
from documents.reports.archive import archive
from documents.reports.bars import STYLE as OF_CHARTS
from documents.reports.csv_files import DESCRIPTION
from documents.reports.forms import ARCHIVE, FORMS
from documents.reports.page import STYLE as OF_PAGES
from escalation.errors import InvalidDocument
from escalation.procedure import Procedure, Role
from escalation.reporting import UnknownReport
from escalation.tabling import NoSuchTable, Tabled, tabled
from escalation.wire import Message
from register.errors import RegisterError
from starter.office import Office
from starter.report_numbers import Dates, UnclearPeriod, dates, numbers
from web import openapi
from web.accepting import best
from web.bodies import Date
from web.headers import POLICY
from web.problems import ProblemError, ProblemFault
from web.tokens import unavailable

log = logging.getLogger("api")

READING = openapi.problems(400, 401, 403, 404, 405, 406, 422, 503)
JSON = "application/json"
BY_MEDIA_TYPE = {JSON: "json"} | {form.media_type: name for name, form in FORMS.items()} | {ARCHIVE.media_type: "zip"}
"""What is asked for by an `Accept` header; an archive is that of CSV."""
AGAIN = {"Retry-After": "10"}
SHOWN = frozenset({"html", "svg"})
"""What a browser shows; all else it keeps as a file."""

Key = Annotated[str, Path(pattern=r"^[a-z][a-z0-9-]{1,60}$", description="A procedure's key.")]
Name = Annotated[str, Path(pattern=r"^[a-z][a-z0-9_]{0,60}$", description="A report, by its name.")]
Wanted = Literal["json", "html", "pdf", "ods", "xlsx", "csv", "svg"]


class ReportAsked(BaseModel):
    """Of which dates, and in which form. Without dates: the newest period that is over, or today."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: Date | None = Field(None, alias="from", description="First London date.")
    last: Date | None = Field(None, alias="to", description="Last London date.")
    on: Date | None = Field(None, description="The date at whose end things are open.")
    committee: bool | None = Field(
        None,
        description="With counts from 1 to 4 withheld and no single dispute; not said, as the procedure says.",
    )
    table: list[Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,80}$")]] = Field(
        [], max_length=50, description="Only these tables, by their names; not for JSON, which has all numbers."
    )
    format: Wanted | None = Field(None, description="In which form; where not given, `Accept` says it.")


class ReportListed(Message):
    """One standing report of a procedure."""

    report: str
    title: str
    period: str
    audience: list[Role]
    by: Role | None = None


class Reports:
    """What is asked for by programs, each with its token."""

    def __init__(self, office: Office, now: Callable[[], datetime]) -> None:
        self._office, self._now = office, now

    def listed(self, key: str) -> list[ReportListed]:
        reports = self._procedure(key).reports
        return [
            ReportListed(report=name, **{part: getattr(report, part) for part in ("title", "period", "audience", "by")})
            for name, report in reports.items()
        ]

    def report(self, key: str, name: str, asked: ReportAsked, accept: str) -> Response:
        """Raises ProblemError: 404, 406, 422, 503."""
        form = asked.format or BY_MEDIA_TYPE.get(best(accept, BY_MEDIA_TYPE) or "")
        if form is None:
            raise _not_acceptable(f"There is: {', '.join(BY_MEDIA_TYPE)}.")
        procedure, now = self._procedure(key), self._now()
        try:
            dates_asked = _dates(procedure, name, asked, now)
            counted = numbers(self._office.register, procedure, name, dates_asked, committee=asked.committee)
        except RegisterError as error:
            raise unavailable(error) from error
        if form == "json":
            return Response(counted.model_dump_json(), media_type=JSON)
        return _written(_only(tabled(procedure, counted, now), asked), form, chosen=asked.format is not None)

    def _procedure(self, key: str) -> Procedure:
        return procedure_of(self._office, key)


def procedure_of(office: Office, key: str) -> Procedure:
    """Raises ProblemError: 404, 503."""
    try:
        return office.procedure(key)
    except UnknownProcedure as error:
        raise ProblemError(404, "unknown_procedure", str(error)) from None
    except InvalidDocument as error:
        log.warning("The procedure %s cannot be used: %s", key, error)
        detail = "The file of this procedure has faults: `twentydays check` names them."
        raise ProblemError(503, "procedure_unusable", detail, headers=AGAIN) from error


def _dates(procedure: Procedure, name: str, asked: ReportAsked, now: datetime) -> Dates:
    try:
        return dates(procedure, name, Dates(asked.first, asked.last, asked.on), now)
    except UnknownReport as error:
        raise ProblemError(404, "unknown_report", str(error)) from None
    except UnclearPeriod as error:
        faults = [ProblemFault(parameter="on" if asked.on else "to", detail=str(error))]
        raise ProblemError(422, "malformed", str(error), errors=faults) from None


def _only(report: Tabled, asked: ReportAsked) -> Tabled:
    try:
        return report.only(tuple(asked.table))
    except NoSuchTable as error:
        faults = [ProblemFault(parameter="table", detail=str(error))]
        raise ProblemError(422, "malformed", str(error), errors=faults) from None


def _written(report: Tabled, form: str, *, chosen: bool) -> Response:
    """One file; several of them as an archive, where that is what was asked for."""
    name = "csv" if form == "zip" else form
    try:
        files = FORMS[name].files(report)
    except NoPdf:
        raise _not_acceptable("This installation makes no PDFs: its optional part `pdf` is missing.") from None
    alone = [file for file in files if file != DESCRIPTION]
    if form == "zip" or (chosen and len(alone) > 1):
        return _file(archive(files), f"{report.name}-{name}{ARCHIVE.ending}", ARCHIVE.media_type)
    if len(alone) != 1:
        raise _not_acceptable(
            f"{FORMS[form].media_type} holds one table, and this report has {len(alone) or 'none'} of that form. "
            f"Name one with `table`, or ask with `format={form}` for an archive of all."
        )
    return _file(files[alone[0]], f"{report.name}{FORMS[form].ending}", FORMS[form].media_type, shown=form in SHOWN)


def _file(content: bytes, name: str, media_type: str, *, shown: bool = False) -> Response:
    kept = "inline" if shown else "attachment"
    headers = {"Content-Disposition": f'{kept}; filename="{name}"', "Vary": "Accept"}
    if shown:
        headers["Content-Security-Policy"] = WITH_STYLES
    return Response(content, media_type=media_type, headers=headers)


def _hash(style: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()}'"


WITH_STYLES = POLICY.replace("style-src 'self'", f"style-src {_hash(OF_PAGES)} {_hash(OF_CHARTS)}")
"""The styles of a page and of its charts stand in it, and no others."""


def _not_acceptable(why: str) -> ProblemError:
    return ProblemError(406, "not_acceptable", f"Nothing that is accepted can be given. {why}")


def add_routes(router: APIRouter, reports: Reports, may_read: Any) -> None:
    """`/reports`, under the router's prefix."""

    @router.get("/reports/{procedure}", responses=READING, dependencies=[may_read], operation_id="reports")
    def listed(procedure: Key) -> list[ReportListed]:
        """The standing reports of a procedure: for whom, how often."""
        return reports.listed(procedure)

    schema = {"type": "object", "description": "Every number by its name."}
    content = {JSON: {"schema": schema}} | {
        kind: {"schema": {"type": "string"}} for kind in BY_MEDIA_TYPE if kind != JSON
    }

    @router.get(
        "/reports/{procedure}/{report}",
        responses={200: {"content": content, "description": "The report, in the form that was asked for."}, **READING},
        response_class=Response,
        dependencies=[may_read],
        operation_id="report",
    )
    def report(request: Request, procedure: Key, report: Name, asked: Annotated[ReportAsked, Query()]) -> Response:
        """One report: its numbers as JSON, or as a page, PDF, ODS, XLSX, CSV or charts."""
        return reports.report(procedure, report, asked, request.headers.get("accept", "*/*"))
