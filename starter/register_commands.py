"""Commands on the register itself: bring it up to this release, prove that nothing in it was changed, rebuild."""

from __future__ import annotations

from cyclopts import App

from config.settings import load
from register import engine
from register.engine import open_register

DONE, FAULTS = 0, 1

registering = App(name="register", help="The register itself: upgrade, verify, rebuild.")


@registering.command
def upgrade() -> int:
    """Prepare the register for this release; harmless when it is prepared, and when two do it at once."""
    engine.upgrade(load().register_url)
    print("The register is prepared for this release.")
    return DONE


@registering.command
def verify() -> int:
    """Compute the chain of every history anew. Exit code 1 where one is broken; its first broken entry is told."""
    faults = open_register(load().register_url).verify()
    print("\n".join(faults) or "Every history is as it was written.")
    return FAULTS if faults else DONE


@registering.command
def rebuild() -> int:
    """Make again, from the histories, everything that reports are made from. Work may go on meanwhile."""
    made = open_register(load().register_url).disputes.rebuild()
    print(f"Made again from its history: {made} {'dispute' if made == 1 else 'disputes'}.")
    return DONE
