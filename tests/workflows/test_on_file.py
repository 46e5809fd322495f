"""Is what a close places on the child's file a PDF that anybody can make again, from a real workflow's register?"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from typing import Any

from pypdf import PdfReader

from documents.filed import as_pdf
from escalation.filing.form import form
from starter.papers import MARKED

SAVED = re.compile(r"`twentydays export form (\S+) --stage (\S+)`, or GET /api/escalations/(\S+)/form\?stage=(\S+) ")


async def test_a_close_files_the_form_as_a_pdf_that_its_record_leads_to(a_case: Callable[..., Any]) -> None:
    """OXF-57"""
    async with a_case("oxfordshire", at="2026-11-02 10:00") as case:
        await case.start(stage="S2", name="Ada Reviewer", concern="No visit since August")
        await case.respond("S2", text="A visit is booked.")
        await case.decide("satisfied", outcome_text="The visit took place.")
        (record,) = [note for note in await case.entries("case_note") if note.details["form"] == "pdf"]
        for notice in ("alert", "response_received", "decision_reminder", "closed"):
            await case.expect_all(notice)
        entries = case.world.register.history(case.reference)
        assert [entry.n for entry in entries if entry.event == "case_note"][-1] >= record.n
        placed = SAVED.search(record.details["text"])
        assert placed
        assert placed.groups() == (case.reference, "S2", case.reference, "S2")
        document = form(case.procedure, entries, placed[2])
        made = as_pdf(document)
        assert made == as_pdf(form(case.procedure, case.world.register.history(case.reference), "S2"))
        assert not MARKED.search(made)
        said = " ".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
        for words in ("No visit since August", "A visit is booked.", "The visit took place.", "Stage 2"):
            assert " ".join(words.split()) in " ".join(said.split())


async def test_a_close_at_stage_1_files_no_form(a_case: Callable[..., Any]) -> None:
    """OXF-10"""
    async with a_case("oxfordshire", at="2026-11-02 10:00") as case:
        await case.start(stage="S1")
        await case.respond("S1")
        await case.decide("satisfied")
        for notice in ("alert", "response_received", "decision_reminder", "closed"):
            await case.expect_all(notice)
        filed = await case.entries("case_note")
        assert filed
        assert [note for note in filed if note.details["form"] == "pdf"] == []
