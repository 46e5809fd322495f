"""One update for each command, by its name. It takes whatever arrives; what cannot be read is refused and recorded."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from temporalio import workflow

from escalation.messages import Command
from escalation.opening import Receipt


class Acting(Protocol):
    """What an update needs of the workflow that it acts on."""

    @property
    def raised(self) -> bool: ...

    def act(self, kind: type[Command], payloads: Sequence[Any]) -> Receipt: ...


def update_of(kind: type[Command]) -> Any:
    """The update of one command; a handler that waits only where `run` has not yet begun."""

    async def act(self: Acting, *payloads: Any) -> Receipt:
        await workflow.wait_condition(lambda: self.raised)
        return self.act(kind, payloads)

    name = kind.model_fields["do"].default
    act.__name__ = name
    described: Any = workflow.update(name=name, description=(kind.__doc__ or name).splitlines()[0])
    return described(act)
