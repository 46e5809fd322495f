"""What are the dimensions of a report, and the keys of its counts, called for people?"""

from __future__ import annotations

import re
from collections.abc import Mapping

from escalation.counting import OF_STAGES
from escalation.procedure import Procedure
from escalation.schema.words import SUBJECTS

HEADINGS = {
    "carer": "Fostering household",
    "team": "Team",
    "raised_by": "Raiser",
    "subject": "Subject",
    "started_at": "Stage at which it was opened",
    "reached": "Stage reached",
    "stage": "Stage at which it ended or stands",
    "outcome": "Outcome",
}
LONGEST = 60
"""Characters of a heading."""
CODE = re.compile(r"(?:[A-Za-z0-9]{1,20}:)?(?:[A-Za-z]{0,2}\d+(?:\.\w+)?|[A-Z]{1,3}|[a-z])")
"""2, 2.1, L1, PC, b, S2:3"""
CAPITALS = re.compile(r"\w+ (?:(?:and|of|the) )*[A-Z][a-z]")
OUTCOMES = {
    "resolved": "Resolved",
    "unresolved": "Unresolved",
    "no_longer_applicable": "No longer applicable",
    "withdrawn": "Withdrawn",
}


def heading(procedure: Procedure, name: str) -> str:
    """What is counted by: a dimension, a taxonomy of the document, or its items."""
    if name in procedure.taxonomies:
        return spaced(name) if in_full(procedure, name) else procedure.taxonomies[name].title
    owner = next((each for each in procedure.taxonomies.values() if each.items_in == name), None)
    return HEADINGS.get(name) or (f"{owner.title}, in detail" if owner else spaced(name))


def in_full(procedure: Procedure, name: str) -> str | None:
    """What the document calls a list by a whole sentence, which is no heading; None where it is one."""
    taxonomy = procedure.taxonomies.get(name)
    return taxonomy.title if taxonomy and len(taxonomy.title) > LONGEST else None


def coded(procedure: Procedure, name: str) -> bool:
    """Whether its keys are codes that stand beside their titles, as the form has them."""
    items = {taxonomy.items_in for taxonomy in procedure.taxonomies.values()}
    return name in OF_STAGES or name in procedure.taxonomies or name in items


def code(procedure: Procedure, name: str, key: str) -> str | None:
    """The document's own code; None where the key is a word of ours that its title says better."""
    return key if coded(procedure, name) and CODE.fullmatch(key) else None


def title(procedure: Procedure, name: str, key: str) -> str:
    """What one key of a count is called."""
    if name == "outcome":
        return OUTCOMES.get(key, spaced(key))
    if name == "subject":
        return {str(kind): words for kind, words in SUBJECTS.items()}.get(key, spaced(key)).capitalize()
    if name == "raised_by":  # by name where one is known, else by role
        return procedure.role_title(key) if key in procedure.roles else key
    if name in OF_STAGES:
        return stages(procedure).get(key, key)
    return _listed(procedure, name).get(key) or (spaced(key) if coded(procedure, name) else key)


def stages(procedure: Procedure) -> Mapping[str, str]:
    """The stages by key, with that at which a referral stands."""
    known = procedure.stage_titles()
    if procedure.cafcass:
        known.setdefault(procedure.cafcass.stage, "Referred to CAFCASS")
    return known


def spaced(key: str) -> str:
    """No longer applicable"""
    words = key.replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def lowered(words: str) -> str:
    """Within a sentence; an abbreviation stays as it is, and so does a title in capitals, such as Issues and Themes."""
    return words if words[1:2].isupper() or CAPITALS.match(words) else words[:1].lower() + words[1:]


def _listed(procedure: Procedure, name: str) -> dict[str, str]:
    """A code that the document lists at two stages for two things stands with its stage, `S2:3`."""
    if name in procedure.taxonomies:
        codes = procedure.taxonomies[name].codes
        at_stages = {f"{stage}:{code.code}": code.title for code in codes for stage in code.stages or []}
        return at_stages | {str(code.code): code.title for code in codes}
    lists = [taxonomy for taxonomy in procedure.taxonomies.values() if taxonomy.items_in == name]
    codes = [code for taxonomy in lists for code in taxonomy.codes]
    return {f"{code.code}.{n}": item for code in codes for n, item in enumerate(code.items, 1)}
