"""Independent legal advice: from which stage, what is needed first, who decides, who gives it."""

from __future__ import annotations

from escalation.case import Case
from escalation.history import LegalAdviceDecided, LegalAdviceRequested
from escalation.messages import DecideLegalAdvice, RequestLegalAdvice
from escalation.procedure import LegalAdvice, Provider
from escalation.rules.acting import as_raiser, ensure_open
from escalation.rules.cafcass import advise
from escalation.rules.page import Page, RefusedActError


def request(page: Page, command: RequestLegalAdvice) -> None:
    """Asking moves no deadline."""
    case = page.case
    ensure_open(case)
    who = as_raiser(case, command)
    rule = _rule(case)
    if not _is_late_enough(case, rule):
        raise RefusedActError(
            "too_early", f"Under this procedure legal advice may be sought from {rule.from_stage} on."
        )
    missing = [need for need in rule.needs if command.fields.get(need.field) is not True]
    if missing:
        labels = "; ".join(need.label for need in missing)
        raise RefusedActError("needed_first", f"Needed first: {labels}.", missing[0].field)
    provider = _provider(rule.provider, command)
    advise(page, rule.advised, command.fields)
    said = command.fields | ({"conflict_of_interest": True} if command.conflict_of_interest else {})
    page.write(
        LegalAdviceRequested(
            at=page.at, stage=case.visit.stage, provider=provider, reason=command.reason, fields=said, **who
        )
    )


def _provider(usual: Provider | None, command: RequestLegalAdvice) -> str | None:
    """The firm that is asked. In a conflict of interest it is another, a member of the panel (HLC-29)."""
    if usual is None or not command.conflict_of_interest:
        return command.firm or (usual.name if usual else None)
    if not command.firm or command.firm == usual.name:
        raise RefusedActError(
            "another_firm", f"In a conflict of interest another firm than {usual.name} is asked.", "firm"
        )
    if usual.panel and command.fields.get(usual.panel_field) is not True:
        raise RefusedActError(
            "not_on_the_panel", f"Another firm must be a member of the {usual.panel}.", usual.panel_field
        )
    return command.firm


def decide(page: Page, command: DecideLegalAdvice) -> None:
    """Whether it is necessary, and who is appointed; a no needs a reason, a yes a name (SWK-32, SWK-A13)."""
    case = page.case
    ensure_open(case)
    rule = _rule(case)
    if rule.decided_by is None:
        raise RefusedActError("nobody_decides", "Under this procedure the raiser alone decides on legal advice.")
    if command.by != rule.decided_by:
        raise RefusedActError(
            "not_theirs_to_decide", f"The {case.procedure.role_title(rule.decided_by)} decides on legal advice.", "by"
        )
    if not command.necessary and not command.reason:
        raise RefusedActError("reason_needed", "Say why legal advice is not necessary.", "reason")
    if command.necessary and not command.provider:
        raise RefusedActError("who_is_appointed", "Say who is appointed to give the advice.", "provider")
    page.write(
        LegalAdviceDecided(
            at=page.at,
            stage=case.visit.stage,
            by=command.by,
            name=command.name,
            necessary=command.necessary,
            provider=command.provider,
            reason=command.reason,
        )
    )


def _rule(case: Case) -> LegalAdvice:
    if case.procedure.legal_advice is None:
        raise RefusedActError("no_legal_advice", "This procedure knows no legal advice for the raiser.")
    return case.procedure.legal_advice


def _is_late_enough(case: Case, rule: LegalAdvice) -> bool:
    place = case.procedure.place
    return rule.from_stage is None or place(case.visit.stage, case.track) >= place(rule.from_stage, case.track)


def offered(case: Case) -> list[str]:
    rule = case.procedure.legal_advice
    return ["request_legal_advice"] if rule and _is_late_enough(case, rule) else []
