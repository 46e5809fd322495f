"""What a scenario leaves out because it does not matter: valid values, never where it says null or false."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from escalation.forms import asked_at, codes_of, is_needed
from escalation.procedure import Code, Fitting, FormField, Procedure, Taxonomy
from escalation.wire import Fields


class Filling:
    """Fills in what an act about a stage on a date needs."""

    def __init__(self, procedure: Procedure, stage: str | None, on: date, track: str | None = None) -> None:
        self.procedure = procedure
        self.stage = stage
        self.on = on
        own = procedure.stage(stage, track) if stage else None
        self.timescale = own.response.asked_in if own else None
        self.working_days = own.response.working_days if own else None

    def for_act(self, act: str, given: Fields) -> Fields:
        """What the procedure asks of an act; at a start the codes of its lists too."""
        complete = self.fields(asked_at(self.procedure, act, self.stage or ""), given)
        if act != "start":
            return complete
        asked = {field.taxonomy for field in self.procedure.asks}
        codes = {
            key: self._code(taxonomy)
            for key, taxonomy in self.procedure.taxonomies.items()
            if taxonomy.required and key not in given and key not in asked
        }
        return self._worded(complete | codes)

    def _worded(self, complete: Fields) -> Fields:
        """A code that stands for whatever else there is needs words."""
        lists = self.procedure.taxonomies.items()
        chosen = [code for key, taxonomy in lists for code in codes_of(taxonomy, complete.get(key), self.stage)]
        words = {"other_text": "Something else (rehearsed)"} if any(code and code.free_text for code in chosen) else {}
        return words | complete

    def fields(self, asked: Iterable[FormField], given: Fields, inside: str = "") -> Fields:
        """Fields as given, with every required one that is not there; the parts of a group too."""
        complete = dict(given)
        for field in asked:
            path = f"{inside}{field.key}"
            if field.kind == "group" and isinstance(given.get(field.key), dict):
                complete[field.key] = self.fields(field.fields, given[field.key], f"{path}.")
            elif field.key not in given and is_needed(field, complete):
                complete[field.key] = self._value(field, path)
        return complete

    def _value(self, field: FormField, path: str) -> Any:
        match field.kind:
            case "yes_no":
                return True
            case "date":
                return self.on.isoformat()
            case "whole_number":
                return self.working_days or 5 if path == self.timescale else 5
            case "choice":
                return field.choices[0]
            case "code":
                return self._code(self.procedure.taxonomies[field.taxonomy or ""])
            case "group":
                return self.fields(field.fields, {}, f"{path}.")
        return f"{field.label} (rehearsed)"

    def _code(self, taxonomy: Taxonomy) -> str | int:
        """The first that fits the stage and needs nothing else to be so."""
        at_stage = [code for code in taxonomy.codes if not code.stages or self.stage in code.stages] or taxonomy.codes
        return next((code for code in at_stage if _is_plain(code)), at_stage[0]).code


def _is_plain(code: Code) -> bool:
    return not code.free_text and code.not_before is None and code.fits == Fitting()


def filled(procedure: Procedure, given: Fields, act: str, stage: str, on: date) -> Fields:
    """`given`, with everything that the procedure asks of this act at this stage."""
    return Filling(procedure, stage, on).for_act(act, given)
