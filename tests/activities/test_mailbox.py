"""How does a Maildir keep what came back, while several processes read it and some of them end half-way?"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from activities import mailbox
from activities.mailbox import MailboxFolder, Taken


@pytest.fixture
def folder(tmp_path: Path) -> MailboxFolder:
    box = MailboxFolder(tmp_path / "var" / "mailbox")
    box.prepare()
    return box


def put(folder: MailboxFolder, name: str, text: str = "From: x@y.example\n\nHello") -> Path:
    path = folder.folder / "new" / name
    path.write_text(text, encoding="utf-8")
    return path


def all_in(folder: MailboxFolder) -> list[str]:
    """Every message, wherever it is."""
    files = (path for path in folder.folder.rglob("*") if path.is_file() and path.name != "maildirfolder")
    return sorted(path.relative_to(folder.folder).as_posix() for path in files)


def taken(folder: MailboxFolder) -> Taken:
    (name,) = folder.waiting()
    found = folder.take(name)
    assert found
    return found


def test_what_is_there_is_prepared_again_without_harm(folder: MailboxFolder) -> None:
    put(folder, "a")
    folder.prepare()
    assert all_in(folder) == ["new/a"]


def test_a_message_goes_from_new_to_cur_and_is_seen_only_when_it_was_dealt_with(folder: MailboxFolder) -> None:
    put(folder, "a")
    found = taken(folder)
    assert all_in(folder) == ["cur/a:2,"]
    assert folder.waiting() == []
    folder.file(found)
    assert all_in(folder) == ["cur/a:2,S"]
    assert folder.waiting() == []


@pytest.mark.parametrize("place", mailbox.ASIDE)
def test_what_is_put_aside_lies_as_new_in_a_folder_of_its_own(folder: MailboxFolder, place: mailbox.Place) -> None:
    put(folder, "a")
    folder.file(taken(folder), place)
    assert all_in(folder) == [f".{place}/new/a"]


def test_what_could_not_be_handed_over_is_new_again_with_its_time(folder: MailboxFolder) -> None:
    path = put(folder, "a")
    os.utime(path, (1_000_000_000, 1_000_000_000))
    folder.put_back(taken(folder))
    assert all_in(folder) == ["new/a"]
    assert taken(folder).came_at == datetime.fromtimestamp(1_000_000_000, UTC)


def test_the_longest_here_comes_first(folder: MailboxFolder) -> None:
    for n, name in enumerate("bca"):
        os.utime(put(folder, name), (n, n))
    assert folder.waiting() == ["new/b", "new/c", "new/a"]


def test_of_many_readers_one_has_each_message(folder: MailboxFolder) -> None:
    for n in range(40):
        put(folder, f"m{n}", f"From: x@y.example\n\n{n}")
    names = folder.waiting()
    with ThreadPoolExecutor(8) as pool:
        found = [one for one in pool.map(folder.take, names * 8) if one]
    assert sorted(one.name for one in found) == sorted(name.removeprefix("new/") for name in names)


def test_what_was_in_the_hands_of_a_process_that_ended_is_read_again(
    folder: MailboxFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(folder, "a")
    first = taken(folder)
    monkeypatch.setattr(mailbox, "GIVEN_UP", timedelta(0))
    time.sleep(0.01)
    again = taken(folder)
    assert (again.mail_id, again.name) == (first.mail_id, "a")
    folder.file(again)
    folder.put_back(first)
    assert all_in(folder) == ["cur/a:2,S"]


def test_nothing_is_overwritten_where_two_have_one_name(folder: MailboxFolder) -> None:
    for text in ("one", "two"):
        put(folder, "a", text)
        folder.file(taken(folder), "unmatched")
    assert len(all_in(folder)) == 2
    assert {(folder.folder / name).read_text() for name in all_in(folder)} == {"one", "two"}


def test_its_id_is_of_all_its_bytes_although_only_the_beginning_is_read(
    folder: MailboxFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "MOST_BYTES", 5)
    ids = set()
    for n, text in enumerate(("12345 a", "12345 b")):
        put(folder, f"m{n}", text)
        found = taken(folder)
        assert found.raw == b"12345"
        assert len(found.mail_id) == 40
        ids.add(found.mail_id)
        folder.file(found)
    assert len(ids) == 2


def test_folders_links_and_hidden_files_are_left_alone(folder: MailboxFolder, tmp_path: Path) -> None:
    put(folder, ".being-copied")
    (folder.folder / "new" / "sub").mkdir()
    (folder.folder / "new" / "link").symlink_to(tmp_path / "elsewhere")
    assert folder.waiting() == []


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    assert MailboxFolder(tmp_path / "none").waiting() == []
