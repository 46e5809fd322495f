"""The folder of messages."""

from __future__ import annotations

from pathlib import Path

import pytest

from activities.eml_folder import EmlFolder, file_name

SENDER = "twentydays@council.example"


async def test_the_same_message_to_the_same_person_overwrites_itself(tmp_path: Path) -> None:
    folder = EmlFolder(tmp_path)
    for text in (b"first", b"again"):
        await folder.deliver(b"Message-ID: <one@council.example>\r\n\r\n" + text, SENDER, "a@council.example")
    (only,) = tmp_path.iterdir()
    assert only.name.startswith("one@council-example.")
    assert only.read_bytes().endswith(b"again")


@pytest.mark.parametrize("message_id", ["<../../etc/passwd>", "</>", "<" + "x" * 500 + ">", "<.>", "<a\x00b>", ""])
def test_a_message_id_cannot_leave_the_folder(message_id: str) -> None:
    name = file_name(f"Message-ID: {message_id}\r\n\r\n".encode(), "a@council.example")
    assert Path(name).name == name
    assert not name.startswith(".")
    assert len(name) < 150


async def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path) -> None:
    folder = EmlFolder(tmp_path)
    message = b"Message-ID: <one@council.example>\r\n\r\n"
    in_the_way = tmp_path / file_name(message, "a@council.example")
    in_the_way.mkdir()
    with pytest.raises(Exception, match="cannot be written to"):
        await folder.deliver(message, SENDER, "a@council.example")
    assert list(tmp_path.iterdir()) == [in_the_way]
