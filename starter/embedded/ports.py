"""Is every port free that is needed, and who has those that are not?"""

from __future__ import annotations

import re
import socket
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from escalation.errors import TwentydaysError
from starter.embedded.places import HERE

LISTENING = "0A"
"""The state of a listening socket in /proc/net/tcp."""


class PortsTaken(TwentydaysError):
    """At least one port cannot be had; it names them all."""


def check_ports(ports: Mapping[str, int]) -> None:
    """Raises PortsTaken, naming every port that cannot be had, who has it, and the variable that chooses another."""
    faults = [fault for variable in ports if (fault := _fault(variable, ports))]
    if faults:
        raise PortsTaken("\n".join(faults))


def _fault(variable: str, ports: Mapping[str, int]) -> str | None:
    port = ports[variable]
    other = f"{variable}={HERE}:<port>" if variable == "TEMPORAL_ADDRESS" else f"{variable}=<port>"
    twins = [name for name, number in ports.items() if number == port and name != variable]
    if twins:
        return f"Port {port} of {variable} is also that of {' and '.join(twins)}: choose another with {other}."
    if is_free(port):
        return None
    holder = who_listens(port)
    return f"Port {port} is taken{f' by {holder}' if holder else ''}: choose another with {other}."


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket() as probe:
        # As servers do: without it, the leftovers of a server that has just stopped would count as taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HERE, port))
        except OSError:
            return False
    return True


def who_listens(port: int) -> str | None:
    """The process that listens there, as "process 123 (its command)"; None where this machine does not tell."""
    tables = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
    sockets = {f"socket:[{inode}]" for table in tables for inode in _listening(table, port)}
    if not sockets:
        return None
    holder = next((folder for folder in Path("/proc").glob("[0-9]*") if _holds(folder, sockets)), None)
    return f"process {holder.name} ({_command(holder)})" if holder else None


def _listening(table: Path, port: int) -> list[str]:
    """The inodes of the sockets that listen on a port, of one table of the kernel's."""
    if not table.exists():
        return []
    rows = (line.split() for line in table.read_text().splitlines()[1:])
    return [row[9] for row in rows if row[3] == LISTENING and re.fullmatch(rf"[0-9A-F]+:{port:04X}", row[1])]


def _holds(process: Path, sockets: set[str]) -> bool:
    # A process may have ended since, or be somebody else's.
    with suppress(OSError):
        return any(str(link.readlink()) in sockets for link in (process / "fd").iterdir())
    return False


def _command(process: Path) -> str:
    with suppress(OSError):
        return (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()[:80]
    return "it has just ended"
