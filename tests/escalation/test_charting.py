"""Is the chart of a procedure true, legible and accessible, as an image and as Mermaid text?"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import combinations
from xml.etree import ElementTree as ET

import pytest

from config import procedures
from escalation.charting import CLOSED, HOLD, START, Chart, chart, charts, mermaid
from escalation.drawing import svg
from escalation.drawing.layout import PAD, WIDE, layout
from escalation.drawing.lettering import broken, width
from escalation.drawing.svg import FOOTNOTE, STYLE
from escalation.procedure import Procedure
from escalation.proof.paths import Entered, Paths

PROCEDURES = procedures.all_procedures()
WHOLE: list[str | None] = [None]
LADDERS = [(procedure, track) for procedure in PROCEDURES.values() for track in [*procedure.tracks] or WHOLE]
CHARTS = {name: one for procedure in PROCEDURES.values() for name, one in charts(procedure).items()}
EACH_LADDER = pytest.mark.parametrize(("procedure", "track"), LADDERS, ids=lambda value: getattr(value, "key", value))
EACH_CHART = pytest.mark.parametrize("name", CHARTS)
A4_HEIGHT = 1047
"""Pixels at 96 an inch, between margins of 10 mm."""
SMALLEST_PRINT = 7.5
"""Points."""


def changed(key: str, **values: object) -> Procedure:
    """A shipped procedure with other values, whatever they contradict."""
    return Procedure.stored(json.dumps(json.loads(PROCEDURES[key].model_dump_json()) | values))


# Is it true? ----------------------------------------------------------------------------------------------------------


@EACH_LADDER
def test_each_stage_stands_on_it_with_who_answers_by_when_and_who_has_a_copy(
    procedure: Procedure, track: str | None
) -> None:
    drawn = chart(procedure, track)
    ladder = procedure.ladder(track)
    assert [box.key for box in drawn.ladder] == [START, *(stage.key for stage in ladder), HOLD, CLOSED]
    for stage in ladder:
        said = " ".join(drawn.box(stage.key).lines)
        assert f"{stage.response.working_days} working days" in said
        roles = [*stage.addressee, *stage.also_to, *stage.copy_to, *(role for each in stage.copies for role in each.to)]
        assert [role for role in roles if procedure.role_title(role) not in said] == []


@EACH_LADDER
def test_silence_leads_where_the_rules_lead(procedure: Procedure, track: str | None) -> None:
    paths = Paths(procedure, track)
    drawn = chart(procedure, track)
    for n, stage in enumerate(procedure.ladder(track)):
        entered = Entered(n, 0, None)
        step, then = paths.in_silence(entered, paths.due(entered))
        assert step.stage == stage.key
        up = next(arrow for arrow in drawn.arrows if arrow.source == stage.key and arrow.target != CLOSED)
        if isinstance(then, Entered):
            assert (up.target, up.label.rstrip("*")) in {
                (paths.ladder[then.place].key, "Not satisfied, or no answer in time"),
                (paths.ladder[then.place].key, "Not satisfied, or not resolved in time"),
            }
        elif then == "asked":
            assert "the raiser decides to go on (nothing moves by itself)" in up.label
        else:
            assert (then, up.target) == ("held_last", HOLD)


def test_each_stage_can_be_settled_and_what_is_held_is_closed_by_the_raiser() -> None:
    for drawn in CHARTS.values():
        stages = [box.key for box in drawn.boxes if box.kind in {"stage", "informal"}]
        settled = [arrow.source for arrow in drawn.arrows if (arrow.target, arrow.label) == (CLOSED, "Satisfied")]
        assert settled == stages
        assert [arrow.label for arrow in drawn.arrows if (arrow.source, arrow.target) == (HOLD, CLOSED)]


@pytest.mark.parametrize(
    ("key", "first", "last"),
    [
        ("leicestershire", "S1", "S4"),
        ("sbc", "L1", "L4"),
        ("oxfordshire", "S1", "S5"),
        ("halton-looked-after", "S1", "S4"),
    ],
)
def test_the_total_time_is_drawn_along_the_stages_that_it_limits(key: str, first: str, last: str) -> None:
    span = CHARTS[key].span
    assert span
    assert (span.first, span.last) == (first, last)
    assert span.label.startswith("20 working days in all, from ")


def test_where_no_total_is_stated_none_is_drawn() -> None:
    assert CHARTS["halton-child-protection-partner_agency"].span is None


def test_the_total_says_where_it_ends_an_escalation_that_nobody_answers() -> None:
    assert "If nobody ever answers, that is at Stage 4" in " ".join(CHARTS["oxfordshire"].box(HOLD).lines)
    assert "If nobody ever answers" not in " ".join(CHARTS["southwark"].box(HOLD).lines)


def test_cafcass_stands_beside_and_the_meeting_before_it_after_the_last_stage() -> None:
    arrows = {(arrow.source, arrow.target) for arrow in CHARTS["leicestershire"].arrows}
    assert {(HOLD, "meeting"), ("meeting", "cafcass"), ("PC", "cafcass")} <= arrows
    assert (HOLD, "cafcass") not in arrows
    assert (HOLD, "cafcass") in {(arrow.source, arrow.target) for arrow in CHARTS["southwark"].arrows}
    assert "Only for looked-after children" in CHARTS["oxfordshire"].box("cafcass").lines
    assert {box.key for box in CHARTS["sbc"].beside} == {"reminders", "legal_advice"}


def test_legal_advice_is_open_from_the_stage_that_the_document_names() -> None:
    assert CHARTS["sbc"].box("legal_advice").level_with == "L2"
    assert CHARTS["sbc"].box("legal_advice").eyebrow == "From Formal Resolution Stage, Level 2 on"
    assert CHARTS["southwark"].box("legal_advice").eyebrow == "At any time"


def test_skipping_notice_and_more_time_are_told_as_the_procedure_has_them() -> None:
    assert (
        "No stage is left out or left before its end"
        in CHARTS["halton-child-protection-partner_agency"].box(START).lines
    )
    notice = "Notice of up to 5 working days may come first: what is settled in it goes no further"
    assert notice in CHARTS["halton-looked-after"].box("S2").lines
    assert "Beyond the 20 working days in all only with a reason" in CHARTS["southwark"].box("more_time").lines
    assert "more_time" not in {box.key for box in CHARTS["oxfordshire"].boxes}


def test_what_the_document_does_not_state_has_a_star() -> None:
    southwark = CHARTS["southwark"]
    assert southwark.box("L1").lines[0].startswith("Must answer*: ")
    assert southwark.box("L2").lines[1].startswith("Time: ")
    assert "* Ours: " in svg(southwark)
    assert "* Ours: " not in svg(chart(changed("southwark", inferred={})))


def test_another_process_is_a_chart_of_its_own() -> None:
    complaint = CHARTS["southwark-complaint_about_iro"]
    arrows = {(arrow.source, arrow.target): arrow.label for arrow in complaint.arrows}
    assert arrows[("Investigation", "SecondTier")] == "Not satisfied"
    assert arrows[("Investigation", HOLD)] == "No answer in time"
    assert any("whom the raiser picks" in line for line in complaint.box("SecondTier").lines)


# Is it legible? -------------------------------------------------------------------------------------------------------


@EACH_CHART
def test_no_box_overlaps_another_and_all_words_stay_within(name: str) -> None:
    placed = layout(CHARTS[name])
    for one, other in combinations(placed.placed.values(), 2):
        apart = one.right < other.x or other.right < one.x or one.bottom < other.y or other.bottom < one.y
        assert apart, (one.box.key, other.box.key)
    for box in placed.placed.values():
        assert box.right <= WIDE
        assert [line.text for line in box.lines if width(line.text, line.size, bold=line.bold) > box.width - PAD] == []


@EACH_CHART
def test_it_can_be_read_on_paper(name: str) -> None:
    drawn = ET.fromstring(svg(CHARTS[name]))
    sizes = [float(text.attrib["font-size"]) for text in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert min(sizes) >= 12
    scale = min(1.0, A4_HEIGHT / float(drawn.attrib["height"]))
    assert min(sizes) * scale * 0.75 >= SMALLEST_PRINT


def test_lines_break_between_words_and_lose_none() -> None:
    said = "Head of Service – Children, Families and Community Health"
    lines = broken(said, 12, 150)
    assert " ".join(lines) == said
    assert all(width(line, 12) <= 150 for line in lines)
    assert broken("Supercalifragilisticexpialidocious", 12, 20) == ["Supercalifragilisticexpialidocious"]


@EACH_CHART
def test_the_image_says_in_words_what_it_shows(name: str) -> None:
    drawn = ET.fromstring(svg(CHARTS[name]))
    space = "{http://www.w3.org/2000/svg}"
    title, told = drawn.find(f"{space}title"), drawn.find(f"{space}desc")
    assert drawn.attrib["role"] == "img"
    assert drawn.attrib["aria-labelledby"] == "title desc"
    assert title is not None and title.text == f"Flowchart: {CHARTS[name].title}"
    assert told is not None and told.text
    shown = [text.text or "" for text in drawn.iter(f"{space}text") if text.text != FOOTNOTE]
    words = {word.strip("():;,.*“”").lower() for line in shown for word in line.split()}
    assert {word for word in words if word not in told.text.lower()} == set()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(scheme: str) -> None:
    light, dark = STYLE.split("@media (prefers-color-scheme: dark)")
    colours = dict(_fills(light)) | (dict(_fills(dark.split("@media print")[0])) if scheme == "dark" else {})
    behind = [colours[kind] for kind in (".page", ".box", ".stage", ".hold", ".closed", ".beside")]
    assert min(_contrast(colours["text"], colour) for colour in behind) >= 7
    assert _contrast(colours[".of-total"], colours[".page"]) >= 4.5


def _fills(style: str) -> Iterator[tuple[str, str]]:
    for names, said in re.findall(r"([^{}]+)\{([^{}]*)\}", style):
        found = re.search(r"fill: (#[0-9a-f]{6})", said)
        if found:
            yield from ((name.strip(), found[1]) for name in names.split(","))


def _contrast(one: str, other: str) -> float:
    """As WCAG 2.2 defines it."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


# Mermaid --------------------------------------------------------------------------------------------------------------

TEXT = r'"[^"]*"'
BOX = re.compile(rf"(?:  ){{1,2}}(box_\w+)(?:\[/{TEXT}/\]|\{{\{{{TEXT}\}}\}}|\({TEXT}\)|\[{TEXT}\])(?::::\w+)?")
ARROW = re.compile(rf"  (box_\w+) (?:-->|-\.->)\|{TEXT}\| (box_\w+)")
OTHER = re.compile(
    rf"flowchart TD|  acc(?:Title|Descr): [^\n;#{{}}]+|  subgraph total\[{TEXT}\]|  end|  classDef \w+ .+"
)


def parsed(text: str) -> tuple[list[str], list[tuple[str, str]]]:
    """Boxes and arrows; fails on a line that the notation does not have."""
    boxes, arrows = [], []
    for line in text.splitlines():
        if arrow := ARROW.fullmatch(line):
            arrows.append((arrow[1], arrow[2]))
        elif box := BOX.fullmatch(line):
            boxes.append(box[1])
        else:
            assert OTHER.fullmatch(line), line
    return boxes, arrows


@EACH_CHART
def test_the_mermaid_text_is_well_formed_and_has_the_same_boxes_and_arrows(name: str) -> None:
    one: Chart = CHARTS[name]
    boxes, arrows = parsed(mermaid(one))
    assert sorted(boxes) == sorted(f"box_{box.key}" for box in one.boxes)
    assert arrows == [(f"box_{arrow.source}", f"box_{arrow.target}") for arrow in one.arrows]


def test_whatever_words_a_council_uses_break_neither_image_nor_text() -> None:
    awkward = 'The "Head" <script>alert(1)</script> of #1; `end` & more\n[x] | {y}'
    roles = json.loads(PROCEDURES["southwark"].model_dump_json())["roles"] | {"head_of_service": awkward}
    drawn = chart(changed("southwark", roles=roles, title=awkward))
    assert parsed(mermaid(drawn))
    words = [text.text for text in ET.fromstring(svg(drawn)).iter() if text.tag.endswith("text")]
    assert any("<script>" in (text or "") for text in words)
