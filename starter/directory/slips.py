"""What of a change of the directory is probably a slip, and is made only where somebody says that it is meant?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from escalation.contradictions import FaultAt
from escalation.directory import Directory
from escalation.directory_changes import AnyChange, Appoint, Import, after
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
    yield from ((place, line) for line in strange_roles(_appointed(change, before), known))
    if _has_operations(before) and not _has_operations(after(before, change)):
        yield place, NOBODY_LEFT


def _appointed(change: AnyChange, before: Directory) -> Iterable[str]:
    """The roles of new posts. An import says again what stands already: nobody has to mean it twice."""
    if isinstance(change, Appoint):
        return [change.post.role]
    had = {post.role for post in before.posts}
    return [post.role for post in change.directory.posts if post.role not in had] if isinstance(change, Import) else []


def _has_operations(directory: Directory) -> bool:
    """For good: a post that is to end needs somebody who follows."""
    return any(post.role == OPERATIONS and post.last is None for post in directory.posts)
