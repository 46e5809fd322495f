"""How the directory is told on a terminal: who serves, what was changed, which posts will be empty."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path

from config import procedures
from config.settings import Settings
from config.wording import suggestion
from escalation.directory import Directory
from escalation.directory_told import AS, Title, in_words
from escalation.errors import InvalidDocument
from escalation.looking_ahead import Gap
from escalation.procedure import EVERYWHERE, Procedure
from escalation.words import at, on
from starter.directory.shown import ChangeShown, DirectoryShown, PostShown


def source_line(shown: DirectoryShown, settings: Settings) -> str:
    if shown.changed_at is None:
        return f"The file {settings.directory} counts: the register holds no directory yet."
    return f"The register's directory counts: change {shown.changes}, {at(shown.changed_at)}, by {shown.changed_by}."


def shown_lines(shown: DirectoryShown) -> Iterator[str]:
    """A line a post, and who is away."""
    yield f"On {on(shown.on)}:"
    width = max((len(_scope(post)) for post in shown.posts), default=0)
    yield from (f"  {_scope(post):<{width}}  {serving_words(post)}" for post in shown.posts)
    yield from (f"Away: {away.name}, until {on(away.last)}" for away in shown.away)


def _scope(post: PostShown) -> str:
    return ", ".join(part for part in (post.role, post.team, post.agency) if part)


def serving_words(post: PostShown) -> str:
    """Grace Ndlovu; Umar Farooq (deputy), as Grace Ndlovu is away; nobody"""
    names = ", ".join(f"{each.name}{f' ({AS[each.kind].strip()})' * bool(AS[each.kind])}" for each in post.serving)
    verb = "is" if len(post.away) == 1 else "are"
    return f"{names or 'nobody'}{f', as {_listed(post.away)} {verb} away' if post.away else ''}"


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if names[1:] else names)


def change_lines(changes: list[ChangeShown]) -> Iterator[str]:
    for change in changes:
        why = f" ({change.reason})" if change.reason else ""
        yield f"{change.n}  {at(change.at)}, {change.by}: {change.says}{why}"


def gap_line(gap: Gap, title: Title) -> str:
    """SWK-1, stage L1, asked now: nobody serves as operational manager of Care Team 1 on …"""
    days = on(gap.first) if gap.first == gap.last else f"{on(gap.first)} to {on(gap.last)}"
    where = ", ".join(part for part in (gap.team, gap.agency) if part)
    why = f"{_listed(list(gap.away))} {'is' if len(gap.away) == 1 else 'are'} away" if gap.away else "it is vacant"
    when = "asked now" if gap.asked == "now" else "asked next, if nobody answers"
    post = f"{title(gap.role)}{f' of {where}' if where else ''}"
    return f"{gap.reference}, stage {gap.stage}, {when}: nobody is {post}, {days}: {why}."


# What procedures call a role ------------------------------------------------------------------------------------------


def titles(known: Mapping[str, Procedure]) -> Title:
    """A role's title as the first procedure that has it words it."""
    found: dict[str, str] = {}
    for procedure in known.values():
        found = dict(procedure.roles) | found
    return lambda role: found.get(role) or in_words(role)


@cache
def known_procedures(folder: Path | None) -> Mapping[str, Procedure]:
    """Empty where one of them has faults, which `twentydays check` names: people can be changed all the same."""
    try:
        return procedures.all_procedures(folder)
    except InvalidDocument:
        return {}


def strange_roles(roles: Iterable[str], known: Mapping[str, Procedure]) -> Iterator[str]:
    """Those of these roles that no procedure names, each in a sentence: perhaps it is a slip."""
    named = {*EVERYWHERE, *(role for procedure in known.values() for role in procedure.roles)}
    for role in dict.fromkeys(roles):
        if known and role not in named:
            near = suggestion(role, named)
            yield f"No procedure names the role {role}{near if 'mean' in near else '.'}"


def left_empty(before: Directory, now: Directory) -> str:
    """Roles in which nobody is any more, in a sentence; empty where there are none."""
    left = {post.role for post in now.posts}
    empty = dict.fromkeys(post.role for post in before.posts if post.role not in left)
    return f"In these roles there is nobody any more: {', '.join(empty)}." if empty else ""
