"""Are the keys read, made and kept as they must be?"""

from __future__ import annotations

import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

import config
from config.keys import InvalidKeys, KeyRing
from config.settings import Settings

REPOSITORY = Path(config.__file__).parents[1]


def test_the_first_key_is_the_active_one_and_all_of_them_are_kept() -> None:
    one, two = KeyRing.generate("one"), KeyRing.generate("two")
    ring = KeyRing.parse(f" {two.text} ,\n{one.text}\n")
    assert (ring.active, dict(ring.keys)) == ("two", {"two": two.keys["two"], "one": one.keys["one"]})
    assert KeyRing.parse(ring.text) == ring


def test_every_fault_of_a_key_ring_is_told_at_once() -> None:
    good = KeyRing.generate("one").text
    with pytest.raises(InvalidKeys) as refusal:
        KeyRing.parse(f"{good},nonsense,UPPER:abc,two:!!!,three:AAAA,{good}")
    assert len(refusal.value.faults) == 5
    assert "nonsense" not in str(refusal.value)
    assert "`one` stands twice" in str(refusal.value)


def test_an_empty_key_ring_says_how_to_make_a_key() -> None:
    with pytest.raises(InvalidKeys, match=r"python -m config\.keys"):
        KeyRing.parse(" ,\n")


def test_a_printed_key_ring_shows_no_key() -> None:
    ring = KeyRing.generate("one")
    assert repr(ring) == "KeyRing(active='one')"


def test_development_makes_its_keys_file_once_and_for_its_owner_only() -> None:
    settings = Settings()
    ring = KeyRing.load(settings)
    assert KeyRing.load(settings) == ring
    assert ring.development_ids == [ring.active]
    assert stat.S_IMODE(settings.keys_file.stat().st_mode) == 0o600
    assert [file.name for file in settings.keys_file.parent.iterdir()] == ["keys"]


def test_processes_that_start_together_agree_on_one_key() -> None:
    settings = Settings()
    with ThreadPoolExecutor(8) as pool:
        rings = list(pool.map(lambda _: KeyRing.load(settings), range(8)))
    assert all(ring == rings[0] for ring in rings)


def test_keys_of_the_settings_go_before_the_file() -> None:
    KeyRing.load(Settings())
    ring = KeyRing.generate("given")
    assert KeyRing.load(Settings(keys=SecretStr(ring.text))) == ring


def test_production_makes_no_keys_file() -> None:
    ring = KeyRing.generate("given")
    settings = Settings(environment="production", keys=SecretStr(ring.text), mail_domains=("council.example",))
    bare = settings.model_copy(update={"keys": None})
    with pytest.raises(InvalidKeys, match="is not there"):
        KeyRing.load(bare)
    assert not bare.keys_file.exists()


def test_the_command_prints_a_fresh_key_of_the_id_given() -> None:
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        line = [sys.executable, "-m", "config.keys", *arguments]
        return subprocess.run(line, capture_output=True, text=True, check=False, cwd=REPOSITORY)

    assert KeyRing.parse(command("2026-11").stdout).active == "2026-11"
    assert command("2026-11").stdout != command("2026-11").stdout
    assert command("Not An Id").returncode == 1


@given(st.text())
def test_whatever_stands_for_keys_is_read_or_refused(text: str) -> None:
    try:
        told = list(KeyRing.parse(text).keys)
    except InvalidKeys as refusal:
        told = refusal.faults
    assert told
