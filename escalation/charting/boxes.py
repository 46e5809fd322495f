"""Which boxes and arrows a procedure gives: the start, its stages one below the other, hold and closing."""

from __future__ import annotations

from collections.abc import Iterator

from escalation.charting.beside import besides
from escalation.charting.chart import Arrow, Box, Chart, Span
from escalation.circumstances import (
    condition,
    joined,
    ours,
    small,
    stage_titles,
    what_is_asked,
    who,
    working_days,
)
from escalation.procedure import Procedure, Stage
from escalation.proof.paths import Paths

START, HOLD, CLOSED = "start", "hold", "closed"
SATISFIED = "Satisfied"
NOT_SATISFIED = "Not satisfied"
CLOSING = (
    "By the raiser alone: resolved, unresolved or no longer applicable",
    "The raiser may also close or withdraw it before, with a reason",
)


def chart(procedure: Procedure, track: str | None = None) -> Chart:
    """The chart of one ladder. `track` is one of the procedure's; without it the first, as when an escalation starts.

    Another process of the document is drawn as the procedure that `Procedure.opened` makes of it.
    """
    ladder_of = track or next(iter(procedure.tracks), None)
    ladder = procedure.ladder(ladder_of)
    routes = besides(procedure, ladder)
    return Chart(
        title=procedure.title,
        subtitle=_subtitle(procedure, ladder_of),
        boxes=(
            Box(START, "start", "A concern is raised", tuple(_start_lines(procedure, ladder))),
            *(_stage_box(procedure, stage) for stage in ladder),
            Box(HOLD, "hold", "On hold: the raiser decides", tuple(_hold_lines(procedure, ladder_of))),
            Box(CLOSED, "closed", "Closed", CLOSING),
            *routes.boxes,
        ),
        arrows=(*_ladder_arrows(procedure, ladder), *routes.arrows),
        span=_span(procedure, ladder),
    )


def charts(procedure: Procedure) -> dict[str, Chart]:
    """Every chart of a procedure, by the name of a file: each of its ladders, and each of its other processes."""
    ladders = {f"{procedure.key}-{track}": chart(procedure, track) for track in procedure.tracks}
    processes = {f"{procedure.key}-{name}": chart(procedure.opened(name)) for name in procedure.processes}
    return (ladders or {procedure.key: chart(procedure)}) | processes


def _subtitle(procedure: Procedure, track: str | None) -> str:
    of_track = f"; the ladder for {procedure.track_title(track)}" if track else ""
    return f"{procedure.council}: {procedure.source.reference}; amended: {procedure.source.amended}{of_track}"


# The start -----------------------------------------------------------------------------------------------------------


def _start_lines(procedure: Procedure, ladder: list[Stage]) -> Iterator[str]:
    raiser, entry = procedure.raiser, procedure.entry
    yield f"By: {who(procedure, [*raiser.roles, *raiser.may_also_raise], 'or')} (the raiser)"
    yield _where_it_starts(procedure, ladder)
    if procedure.process is None:
        yield _skipping(procedure)
    for forced in entry.forced:
        higher = stage_titles(procedure, [forced.start_at])
        yield f"Where “{what_is_asked(procedure, forced.flag)}” is yes: starts at {higher} or above"
    if entry.names_addressee:
        yield "The raiser may name another addressee each time"


def _where_it_starts(procedure: Procedure, ladder: list[Stage]) -> str:
    entry = procedure.entry
    usual = next((stage.title for stage in ladder if stage.key == entry.default), ladder[0].title)
    if procedure.process or (entry.start_at and len(entry.start_at) == 1):
        return f"Starts at {usual}"
    places = f"at {stage_titles(procedure, entry.start_at, 'or')}" if entry.start_at else "at any stage"
    return f"Usually starts at {usual}; may start {places}{_reason_past(procedure)}"


def _reason_past(procedure: Procedure) -> str:
    fields = procedure.entry.reasons_past_default
    if not fields:
        return ""
    return ". Advised for a higher start: " + joined((small(what_is_asked(procedure, each)) for each in fields), "or")


def _skipping(procedure: Procedure) -> str:
    if not procedure.entry.may_bypass:
        return "No stage is left out or left before its end"
    reasons = {"none": "", "warn": "; a reason is advised", "require": "; with a reason"}
    return f"The raiser may skip stages, or leave one before its end{reasons[procedure.entry.reason_to_bypass]}"


# A stage -------------------------------------------------------------------------------------------------------------


def _stage_box(procedure: Procedure, stage: Stage) -> Box:
    told_informal = stage.formal or "informal" in stage.title.lower()
    return Box(
        stage.key,
        "stage" if stage.formal else "informal",
        stage.title,
        tuple(_stage_lines(procedure, stage)),
        eyebrow="" if told_informal else "Informal",
    )


def _stage_lines(procedure: Procedure, stage: Stage) -> Iterator[str]:
    picked = ", whom the raiser picks" if stage.pick_one else ""
    place = f"stages.{stage.key}"
    yield f"Must answer{ours(procedure, f'{place}.addressee')}: {who(procedure, stage.addressee, 'or')}{picked}"
    yield f"Time{ours(procedure, f'{place}.response')}: {_time(stage)}"
    if stage.also_to:
        yield f"Also told: {who(procedure, stage.also_to)}"
    if stage.copy_to:
        yield f"Copy{ours(procedure, f'{place}.copy_to')}: {who(procedure, stage.copy_to)}"
    for copies in stage.copies:
        where = condition(procedure, copies.when)
        yield f"Copy{ours(procedure, f'{place}.copies')} {where}: {who(procedure, copies.to)}"
    if stage.channel == "secure_email":
        yield "By secure email"
    if stage.spoken:
        yield "May be put by voice: its days then begin at once"
    if stage.raised_also_by:
        yield f"Here the {who(procedure, stage.raised_also_by, 'or')} may raise it too"
    if stage.notice_period:
        most = working_days(stage.notice_period.most_working_days)
        yield f"Notice of up to {most} may come first: what is settled in it goes no further"


def _time(stage: Stage) -> str:
    response = stage.response
    if response.working_days is None:
        return "none of its own; the raiser decides when to go on"
    to_do = " to resolve it (an answer alone does not end it)" if response.stops_on == "resolution" else ""
    less = {"nothing": "", "shorten": "; the raiser may give less", "set": ", or as the raiser sets it"}
    return f"{working_days(response.working_days)}{to_do}{less[response.raiser_may]}"


# The end -------------------------------------------------------------------------------------------------------------


def _hold_lines(procedure: Procedure, track: str | None) -> Iterator[str]:
    yield "Nothing moves by itself any more"
    if procedure.cap:
        silence = Paths(procedure, track).silence()
        where = procedure.stage(silence.steps[-1].stage, track)
        at = f". If nobody ever answers, that is at {where.title}" if silence.end == "held_cap" and where else ""
        yield f"Also once the {working_days(procedure.cap.working_days)} in all have run out{at}"
    yield "The raiser may still ask a later stage, where one is left"


def _ladder_arrows(procedure: Procedure, ladder: list[Stage]) -> Iterator[Arrow]:
    """Up the ladder, and from every box of it to the end."""
    yield Arrow(START, ladder[0].key, "The alert is sent")
    for stage, following in zip(ladder, [*ladder[1:], None], strict=True):
        yield Arrow(stage.key, CLOSED, SATISFIED)
        star = ours(procedure, f"stages.{stage.key}.on_lapse")
        if following:
            yield Arrow(stage.key, following.key, f"{_way_on(stage)}{star}")
        if following and stage.on_lapse == "hold" and stage.response.working_days:
            yield Arrow(stage.key, HOLD, "No answer in time")
        if following is None:
            yield Arrow(stage.key, HOLD, f"{_into_hold(stage)}{star}")
    yield Arrow(HOLD, CLOSED, "The raiser closes it")


def _way_on(stage: Stage) -> str:
    if stage.response.working_days is None or stage.on_lapse == "hold":
        return NOT_SATISFIED
    if stage.on_lapse == "ask":
        return f"{NOT_SATISFIED}; or no answer in time, and the raiser decides to go on (nothing moves by itself)"
    return _into_hold(stage)


def _into_hold(stage: Stage) -> str:
    if stage.response.working_days is None:
        return NOT_SATISFIED
    late = "not resolved in time" if stage.response.stops_on == "resolution" else "no answer in time"
    return f"{NOT_SATISFIED}, or {late}"


def _span(procedure: Procedure, ladder: list[Stage]) -> Span | None:
    cap = procedure.cap
    if cap is None:
        return None
    first, since = ladder[0], "the first alert"
    if cap.starts == "formal":
        first, since = next((stage for stage in ladder if stage.formal), first), "the first formal stage"
    elif cap.starts != "first_alert":
        first = next((stage for stage in ladder if stage.key == cap.starts), first)
        since = "this stage"
    return Span(
        first.key, ladder[-1].key, f"{working_days(cap.working_days)} in all, from {since}{ours(procedure, 'cap')}"
    )
