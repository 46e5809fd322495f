"""What can be proved of a procedure before anybody relies on it?

`faults` needs no date and takes milliseconds: a procedure that has any does not load. `proofs` plays every path of
every ladder on every start date of some years. contradictions.py has gone before both: names that nothing stands for.
"""

from __future__ import annotations

from collections.abc import Iterable

from escalation.contradictions import FaultAt, parts
from escalation.procedure import Procedure
from escalation.proof.conditions import condition_faults
from escalation.proof.ladder import ladder_faults
from escalation.proof.questions import question_faults
from escalation.proof.readers import reader_faults
from escalation.proof.years import LadderProof, proofs
from escalation.schema import Letter, NoticePeriod, Stage

__all__ = ["LadderProof", "faults", "proofs", "without_texts"]

CHECKS = (ladder_faults, reader_faults, condition_faults, question_faults)


def faults(procedure: Procedure) -> list[FaultAt]:
    """Everything that is wrong with a procedure whatever the date, as (path in the file, message)."""
    found = [fault for check in CHECKS for fault in check(procedure)]
    for key in procedure.processes:
        found += [(f"processes.{key}.{path}", message) for path, message in faults(procedure.opened(key))]
    return list(dict.fromkeys(found))


def without_texts(procedure: Procedure, texts: Iterable[str]) -> list[FaultAt]:
    """Notices that the procedure sends and that have no words: `texts` are the folders of activities/templates."""
    known = set(texts)
    found = []
    for path, part in parts(procedure):
        if isinstance(part, Letter | Stage | NoticePeriod) and part.notice not in known:
            found.append((path, f"there are no texts for the notice `{part.notice}` in activities/templates"))
    for key in procedure.processes:
        inner = without_texts(procedure.opened(key), known)
        found += [(f"processes.{key}.{path}", message) for path, message in inner]
    return found
