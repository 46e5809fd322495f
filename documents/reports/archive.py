"""Files in one archive, the same bytes whenever it is made."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

NO_DATE = (1980, 1, 1, 0, 0, 0)
"""The first that the format can say: the files say themselves when they were made."""


def archive(files: Mapping[str, str | bytes], stored: Collection[str] = ()) -> bytes:
    """A zip archive in the order of `files`; those of `stored` are not compressed."""
    out = BytesIO()
    with ZipFile(out, "w") as kept:
        for name, content in files.items():
            entry = ZipInfo(name, NO_DATE)
            entry.compress_type = ZIP_STORED if name in stored else ZIP_DEFLATED
            kept.writestr(entry, content)
    return out.getvalue()
