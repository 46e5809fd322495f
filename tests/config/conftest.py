"""What the tests of this folder start from: an environment that sets nothing of ours."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No variable of ours or Temporal's, and a working folder of the test's own."""
    for name in list(os.environ):
        if name.upper().startswith(("TWENTYDAYS_", "TEMPORAL_")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path
