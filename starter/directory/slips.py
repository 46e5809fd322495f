"""What of a change of the directory is probably a slip, and is made only where somebody says that it is meant?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from escalation.contradictions import FaultAt
from escalation.directory import Directory
from escalation.directory_changes import AnyChange, Appoint, after
from escalation.procedure import Procedure
from starter.directory.words import strange_roles

OPERATIONS = "operations"
NOBODY_LEFT = (
    "From some day on nobody would be in the role operations, which hears of every alert that does not go out: "
    "name who follows first."
)
PLACES = {"import": "directory.posts", "end_post": "last", "remove_person": "key", "appoint": "post.role"}


def slips(change: AnyChange, before: Directory, known: Mapping[str, Procedure]) -> Iterator[FaultAt]:
    """A post of a role that no procedure names; nobody left whom the alarms reach."""
    place = PLACES.get(change.do, "do")
    if isinstance(change, Appoint):
        yield from ((place, line) for line in strange_roles([change.post.role], known))
    if _has_operations(before) and not _has_operations(after(before, change)):
        yield place, NOBODY_LEFT


def _has_operations(directory: Directory) -> bool:
    """For good: a post that is to end needs somebody who follows."""
    return any(post.role == OPERATIONS and post.last is None for post in directory.posts)
