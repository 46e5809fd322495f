"""Writes the schema beside the procedures; with --check, only says whether it is current (exit code 1: stale)."""

from __future__ import annotations

import sys

from config.procedures import SCHEMA, schema_text


def main(arguments: list[str]) -> int:
    """Returns the exit code: 0, 1 for a stale schema, 2 for an argument that is not known."""
    if arguments not in ([], ["--check"]):
        sys.stderr.write("usage: python -m config.procedures [--check]\n")
        return 2
    if not arguments:
        SCHEMA.write_text(schema_text(), encoding="utf-8")
        return 0
    if SCHEMA.exists() and SCHEMA.read_text(encoding="utf-8") == schema_text():
        return 0
    sys.stderr.write(f"{SCHEMA} is stale; run `python -m config.procedures` to write it anew.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
