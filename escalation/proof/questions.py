"""Can each question be answered, and does each code stand for one thing?"""

from __future__ import annotations

from collections.abc import Iterator

from escalation.contradictions import FaultAt, asked_paths, parts
from escalation.procedure import Code, FormField, Procedure, Taxonomy

NEEDS = {
    "choice": ("choices", "a choice needs its `choices`"),
    "code": ("taxonomy", "a code needs the `taxonomy` that lists it"),
    "group": ("fields", "a group needs its `fields`"),
}
"""What a kind of field cannot be answered without."""


def question_faults(procedure: Procedure) -> Iterator[FaultAt]:
    """Fields that nobody can fill in, and codes without one meaning, as (path in the file, message)."""
    for path, part in parts(procedure):
        if isinstance(part, FormField) and part.kind in NEEDS and not getattr(part, NEEDS[part.kind][0]):
            yield path, NEEDS[part.kind][1]
        elif isinstance(part, Code) and not part.title.strip():
            yield path, f"the code {part.code} has no title"
        elif isinstance(part, Taxonomy):
            yield from _twice(path, part)
    yield from _shows_nothing(procedure)
    for role, title in procedure.roles.items():
        if not title.strip():
            yield f"roles.{role}", "the role has no title"


def _shows_nothing(procedure: Procedure) -> Iterator[FaultAt]:
    """What a manager is to be shown must be something that is asked."""
    asked = {*asked_paths(procedure.asks), *procedure.taxonomies}
    for part in sorted(procedure.question.model_fields_set):
        said = getattr(procedure.question, part)
        names = [said] if isinstance(said, str) else said
        yield from ((f"question.{part}", f"nobody is asked for `{name}`") for name in names if name not in asked)


def _twice(path: str, taxonomy: Taxonomy) -> Iterator[FaultAt]:
    """One code may stand for different things at different stages only."""
    for n, code in enumerate(taxonomy.codes):
        same = [other for other in taxonomy.codes[:n] if str(other.code) == str(code.code)]
        if any(_share_a_stage(code, other) for other in same):
            yield f"{path}.codes.{n}", f"the code {code.code} stands for two things at one stage"


def _share_a_stage(one: Code, other: Code) -> bool:
    return one.stages is None or other.stages is None or bool(set(one.stages) & set(other.stages))
