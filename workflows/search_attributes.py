"""What the Temporal UI can list and filter by: pseudonymous, spelled once, registered by the set-up command."""

from __future__ import annotations

from typing import Any

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.common import SearchAttributeKey, SearchAttributePair, TypedSearchAttributes

from escalation.case import Case

PROCEDURE = SearchAttributeKey.for_keyword("Procedure")
STAGE = SearchAttributeKey.for_keyword("Stage")
STATUS = SearchAttributeKey.for_keyword("EscalationStatus")
WAITING_FOR = SearchAttributeKey.for_keyword("WaitingFor")
TEAM = SearchAttributeKey.for_keyword("Team")
REFERENCE = SearchAttributeKey.for_keyword("Reference")
DUE_AT = SearchAttributeKey.for_datetime("DueAt")
CAP_AT = SearchAttributeKey.for_datetime("CapAt")
CALENDAR = SearchAttributeKey.for_int("Calendar")

KEYS: list[SearchAttributeKey[Any]] = [
    PROCEDURE, STAGE, STATUS, WAITING_FOR, TEAM, REFERENCE, DUE_AT, CAP_AT, CALENDAR,
]  # fmt: skip


def attributes_of(case: Case) -> TypedSearchAttributes:
    """What the list shows of a case. Attributes without a value are left out."""
    values: list[tuple[SearchAttributeKey[Any], Any]] = [
        (PROCEDURE, case.procedure.key),
        (STAGE, case.shown_stage or case.visit.stage),
        (STATUS, case.status),
        (WAITING_FOR, case.waiting_for or (case.raiser if case.follow_ups.questions else None)),
        (TEAM, case.team),
        (REFERENCE, case.reference),
        (DUE_AT, case.due.at if case.due else None),
        (CAP_AT, case.cap_at),
        (CALENDAR, case.calendar.revision),
    ]
    return TypedSearchAttributes([SearchAttributePair(key, value) for key, value in values if value is not None])


def changes(old: TypedSearchAttributes, new: TypedSearchAttributes) -> list[Any]:
    """The updates that lead from the old attributes to the new."""
    kept = {pair.key.name for pair in new}
    gone = [pair.key.value_unset() for pair in old if pair.key.name not in kept]
    return gone + [pair.key.value_set(pair.value) for pair in new if old.get(pair.key) != pair.value]


async def register_search_attributes(client: Client) -> None:
    """Make them known to the namespace; a server leaves those that it knows already."""
    types = {key.name: IndexedValueType.ValueType(key.indexed_value_type) for key in KEYS}
    await client.operator_service.add_search_attributes(
        AddSearchAttributesRequest(namespace=client.namespace, search_attributes=types)
    )
