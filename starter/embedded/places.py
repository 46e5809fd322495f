"""Where does everything answer, once it is up? And what do the children have to be told about it?"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from config.settings import Settings
from escalation.errors import TwentydaysError

ROOT = Path(__file__).resolve().parents[2]
HERE = "127.0.0.1"
LOOPBACK = (HERE, "localhost")
MAILBOX = "mailbox"


class NotHere(TwentydaysError):
    """The embedded stack was asked for something that is not on this machine."""


class Places(BaseModel):
    """Every address of the embedded stack. All of them are of this machine alone."""

    model_config = ConfigDict(frozen=True)

    var: Path
    register_url: str
    temporal_port: int = 7233
    namespace: str = "default"
    ui_port: int
    smtp_port: int
    web_port: int

    @property
    def temporal(self) -> str:
        return f"{HERE}:{self.temporal_port}"

    @property
    def ui(self) -> str:
        return f"http://{HERE}:{self.ui_port}/namespaces/{self.namespace}/workflows"

    @property
    def web(self) -> str:
        return f"http://{HERE}:{self.web_port}"

    @property
    def codec(self) -> str:
        return f"{self.web}/codec"

    @property
    def smtp(self) -> str:
        return f"{HERE}:{self.smtp_port}"

    @property
    def profile(self) -> Path:
        """A Temporal configuration file, with which the `temporal` command finds this server and decodes."""
        return self.var / "temporal.toml"

    @property
    def mailbox(self) -> Path:
        """A Maildir: what is put into its folder `new` is read as if it had come back."""
        return self.var / MAILBOX

    def log(self, name: str) -> Path:
        return self.var / "log" / f"{name}.log"

    def ports(self) -> dict[str, int]:
        """Each port that is needed, under the variable that chooses it."""
        return {
            "TEMPORAL_ADDRESS": self.temporal_port,
            "TWENTYDAYS_TEMPORAL_UI_PORT": self.ui_port,
            "TWENTYDAYS_SMTP_PORT": self.smtp_port,
            "TWENTYDAYS_WEB_PORT": self.web_port,
        }


def places(settings: Settings, environment: Mapping[str, str] = os.environ) -> Places:
    """Where the stack will answer. Raises NotHere when Temporal's address is not of this machine."""
    return Places(
        var=settings.var.absolute(),
        register_url=settings.register_url,
        temporal_port=_temporal_port(environment.get("TEMPORAL_ADDRESS") or f"{HERE}:7233"),
        namespace=environment.get("TEMPORAL_NAMESPACE") or "default",
        ui_port=settings.temporal_ui_port,
        smtp_port=settings.smtp_port,
        web_port=settings.web_port,
    )


def _temporal_port(address: str) -> int:
    written = re.fullmatch(r"(?P<host>[^:]+):(?P<port>\d{1,5})", address)
    if written is None or written["host"] not in LOOPBACK or not 0 < int(written["port"]) < 2**16:
        raise NotHere(
            f"TEMPORAL_ADDRESS is {address!r}, but this command runs its own Temporal server on this machine: "
            f"unset it, or write {HERE}:<port>. To use another server, run `twentydays worker` and `twentydays web`."
        )
    return int(written["port"])


def environment_of_children(where: Places, environment: Mapping[str, str] = os.environ) -> dict[str, str]:
    """What the children are told: our own environment, with every way out of this machine closed."""
    kept = {name: value for name, value in environment.items() if not name.startswith("TEMPORAL_")}
    return kept | {
        "TEMPORAL_ADDRESS": where.temporal,
        "TEMPORAL_NAMESPACE": where.namespace,
        "TEMPORAL_CONFIG_FILE": str(where.profile),
        "TWENTYDAYS_VAR": str(where.var),
        "TWENTYDAYS_REGISTER_URL": where.register_url,
        "TWENTYDAYS_MAIL_TRANSPORT": "smtp",
        "TWENTYDAYS_SMTP_HOST": HERE,
        "TWENTYDAYS_SMTP_TLS": "off",
        "TWENTYDAYS_MAILBOX": environment.get("TWENTYDAYS_MAILBOX") or str(where.mailbox),
        "TWENTYDAYS_WEB_HOST": HERE,
        "PYTHONPATH": os.pathsep.join(part for part in (str(ROOT), environment.get("PYTHONPATH", "")) if part),
        "PYTHONUNBUFFERED": "1",
    }


def write_profile(where: Places) -> None:
    """Write var/temporal.toml, in place of any earlier one."""
    text = (
        "# Written by `twentydays up`. Use it so:  TEMPORAL_CONFIG_FILE=var/temporal.toml temporal workflow list\n"
        f'[profile.default]\naddress = "{where.temporal}"\nnamespace = "{where.namespace}"\n\n'
        f'[profile.default.codec]\nendpoint = "{where.codec}"\n'
    )
    draft = where.profile.with_suffix(".draft")
    draft.write_text(text, encoding="utf-8")
    draft.replace(where.profile)
