"""Is this machine, and what is set on it, fit for the work? What a health route cannot say, each as one check."""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from sqlalchemy import make_url

from activities.guarded import covers
from config.keys import KeyRing
from config.settings import Settings
from escalation.directory import Directory
from escalation.directory_told import Title
from escalation.looking_ahead import Gap
from escalation.procedure import EVERYWHERE, OPTIONAL, Procedure
from register.store import Register
from starter.directory.words import gap_line
from starter.embedded.places import LOOPBACK
from web.readiness import Check

MOUNTS = Path("/proc/self/mountinfo")
NETWORK = {
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "9p", "afs", "ncpfs", "ceph", "glusterfs", "lustre", "beegfs",
    "gpfs", "fuse.sshfs", "fuse.glusterfs", "fuse.ceph", "fuse.s3fs", "fuse.rclone", "davfs", "fuse.davfs2", "vboxsf",
    "drvfs",
}  # fmt: skip
"""File systems on which the locks of SQLite cannot be relied on."""
INVENTED = re.compile(r"(?i)(.+\.)?(example|test|localhost)")
"""Names that no mail can reach (RFC 6761)."""
SHOWN = 3
"""What a line names of many; enough to find the others."""
OTHERS_READ = stat.S_IROTH | stat.S_IWOTH


# What is on the disk -------------------------------------------------------------------------------------------------


def var_writable(settings: Settings) -> Check:
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=settings.var).close()
    except OSError as error:
        return Check(
            name="var",
            status="failed",
            detail=f"{settings.var} cannot be written to: {error.strerror}.",
            advice="Give this user the right to write there, or set TWENTYDAYS_VAR.",
        )
    return Check(name="var", detail=f"{settings.var} can be written to.")


def key_ring(settings: Settings) -> Check:
    """Whether the keys can be read, by us and by nobody else. Raises InvalidKeys."""
    ring = KeyRing.load(settings)
    file = _file_of_keys(settings)
    if file and file.stat().st_mode & OTHERS_READ:
        ours = file == settings.keys_file
        return Check(
            name="keys",
            status="failed" if ours else "warning",  # a secret that is mounted has the mode that its mount gives it
            detail=f"Every user of this machine can read the keys in {file}.",
            advice=f"chmod 600 {file}",
        )
    return Check(name="keys", detail=f"The key ring can be read; it encrypts with {ring.active}.")


def _file_of_keys(settings: Settings) -> Path | None:
    if not settings.keys:
        return settings.keys_file
    secret = (settings.secrets_dir or Path()) / "twentydays_keys"
    return secret if settings.secrets_dir and secret.exists() else None


def register_place(url: str, mounts: str) -> Check:
    """Whether an SQLite register lies on a disk of this machine. `mounts` is the text of /proc/self/mountinfo."""
    address = make_url(url)
    if address.get_backend_name() != "sqlite":
        return Check(name="register place", detail="The register is kept in PostgreSQL.")
    path = Path(str(address.database)).absolute()
    kind = filesystem_of(path, mounts)
    if kind in NETWORK:
        return Check(
            name="register place",
            status="failed",
            detail=f"{path} lies on a network share ({kind}), where SQLite can lose what it was told.",
            advice="Keep the register on a disk of this machine, or in PostgreSQL: set TWENTYDAYS_REGISTER_URL.",
        )
    known = f"on a disk of this machine ({kind})" if kind else "on a disk of which nothing more can be told here"
    return Check(name="register place", detail=f"The register lies {known}.")


def filesystem_of(path: Path, mounts: str) -> str | None:
    """The kind of file system that holds a path; None where it cannot be told."""
    found: tuple[int, str] | None = None
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if not after:
            continue
        point = re.sub(r"\\(\d{3})", lambda octal: chr(int(octal[1], 8)), before.split()[4])
        if path.is_relative_to(point) and (found is None or len(point) >= found[0]):
            found = (len(point), after.split()[0])
    return found[1] if found else None


def mounts() -> str:
    try:
        return MOUNTS.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""


# Who is asked --------------------------------------------------------------------------------------------------------


def holders(directory: Directory, in_use: Mapping[tuple[str, str | None], Procedure], today: date) -> Check:
    """Whether somebody serves in every role of every procedure in use, for each team that has escalations."""
    missing = sorted(
        {role for (_, team), procedure in in_use.items() for role in _empty(directory, procedure, team, today)}
    )
    count = len({procedure for procedure, _ in in_use})
    if not missing:
        return Check(name="directory", detail=f"Every role of {_procedures(count)} in use has a holder.")
    return Check(
        name="directory",
        status="failed",
        detail=f"Nobody holds: {'; '.join(missing)}.",
        advice="Add a post for each: `twentydays directory appoint`. Until then others hear instead.",
    )


def _procedures(count: int) -> str:
    return "the one procedure" if count == 1 else f"the {count} procedures"


def _empty(directory: Directory, procedure: Procedure, team: str | None, today: date) -> Iterator[str]:
    written_to = {role for role, contact in procedure.contacts.items() if contact.email}
    for role in (*procedure.roles, *(EVERYWHERE.keys() - OPTIONAL)):
        if role not in written_to and not directory.holders(role, team, today):
            yield f"{role} ({procedure.key}{f', {team}' if team else ''})"


def posts_ahead(found: Sequence[Gap], title: Title, days: int) -> Check:
    """Whether open escalations wait, or soon will, for a post in which nobody serves."""
    if not found:
        return Check(
            name="posts ahead", detail=f"Every post that somebody waits for is served, {days} working days ahead."
        )
    more = f" And {len(found) - SHOWN} more." if len(found) > SHOWN else ""
    return Check(
        name="posts ahead",
        status="warning",
        detail=" ".join(gap_line(gap, title) for gap in found[:SHOWN]) + more,
        advice="Name a deputy for each: `twentydays directory appoint`; `twentydays directory check` names them all.",
    )


def in_use(
    register: Register, known: Mapping[str, Procedure], own: frozenset[str]
) -> dict[tuple[str, str | None], Procedure]:
    """Procedures of open escalations, by team, in the version that each keeps; and those of the council's own folder.

    Where there are neither, all that could be started.
    """
    found: dict[tuple[str, str | None], Procedure] = {}
    after = None
    while page := register.escalations(open_only=True, after=after, limit=500):
        for row in page:
            if (row.procedure, row.team) not in found:
                kept = register.procedure(row.procedure, row.procedure_version)
                found |= {(row.procedure, row.team): kept} if kept else {}
        after = page[-1].reference
    found |= {(key, None): known[key] for key in own if key in known}
    return found or {(key, None): procedure for key, procedure in known.items()}


def addresses(
    directory: Directory,
    settings: Settings,
    environment: Mapping[str, str] = os.environ,
    *,
    contacts: Collection[str] = (),
) -> Check:
    """That mail may go to everybody, and from a stack that is only for trying to no real person.

    `contacts` are the addresses that procedures in use give of bodies outside the council.
    """
    people = {person.email for person in directory.people.values()}
    allowed = settings.mail_domains
    strangers = [email for email in sorted({*people, *contacts}) if allowed and not covers(allowed, email)]
    real = sorted(email for email in people if not is_invented(email)) if is_for_trying(settings, environment) else []
    faults = []
    if strangers:
        way_out = "Add their domains to TWENTYDAYS_MAIL_DOMAINS, or correct the directory: else they hear nothing."
        faults.append((f"Mail may not go to {_some(strangers)}.", way_out))
    if real:
        way_out = "Use addresses that end in .example, .test or localhost, or install for production."
        faults.append((f"Real addresses on a stack that is only for trying: {_some(real)}.", way_out))
    if not faults:
        return Check(name="addresses", detail="The directory's addresses fit this installation.")
    details, advice = zip(*faults, strict=True)
    return Check(name="addresses", status="failed", detail=" ".join(details), advice=" ".join(advice))


def _some(emails: list[str]) -> str:
    more = f" and {len(emails) - SHOWN} more" if len(emails) > SHOWN else ""
    return f"{', '.join(emails[:SHOWN])}{more}"


def is_invented(address: str) -> bool:
    """Whether no mail can reach it."""
    return INVENTED.fullmatch(address.rpartition("@")[2]) is not None


def is_for_trying(settings: Settings, environment: Mapping[str, str]) -> bool:
    """The embedded stack: development, with a Temporal server on this machine."""
    host = (environment.get("TEMPORAL_ADDRESS") or "127.0.0.1:7233").rpartition(":")[0]
    return settings.environment == "development" and host in LOOPBACK
