"""An installation as compose sees it, in production and for trying, and its secrets."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.house.installation import FILLED_IN, ROOT, Found, config


@pytest.fixture(scope="session")
def production() -> Found:
    done = config("--env-file", "deploy/production.env", **FILLED_IN)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="session")
def development() -> Found:
    done = config("--env-file", "deploy/dev.env", "--profile", "dev")
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


@pytest.fixture(scope="session")
def secrets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Those that the script makes."""
    folder = tmp_path_factory.mktemp("made") / "secrets"
    subprocess.run([ROOT / "deploy" / "make-secrets", folder], check=True)
    return folder
