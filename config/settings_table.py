"""What can be set, as a table for the documentation?"""

from __future__ import annotations

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from config.settings import HERE, SAMPLE_COUNCIL, Settings, variable

TEMPORALS_OWN = [
    ("TEMPORAL_ADDRESS", "`127.0.0.1:7233`", "Temporal's address."),
    ("TEMPORAL_NAMESPACE", "`default`", "Temporal's namespace."),
    ("TEMPORAL_CONFIG_FILE", "", "Temporal's own configuration file (TOML), for TLS and API keys."),
    ("TEMPORAL_PROFILE", "`default`", "Which profile of that file."),
]


def settings_table() -> str:
    """Every setting as a Markdown table, for the documentation."""
    rows = [(variable(name), _shown(name, field), field.description) for name, field in Settings.model_fields.items()]
    lines = [f"| `{name}` | {default} | {text} |" for name, default, text in [*rows, *TEMPORALS_OWN]]
    return "\n".join(["| variable | default | what it sets |", "|---|---|---|", *lines, ""])


def _shown(name: str, field: FieldInfo) -> str:
    derived = {
        "register_url": "`sqlite:///var/register.db`",
        "smtp_tls": "`off`; in production `required`",
        "mail_folder": "`var/mail`",
        "mail_domains": "",
        "public_url": "`http://` and the web server's address",
        "keys_file": "`var/keys`",
    }
    if name in derived:
        return derived[name]
    default = field.default.relative_to(HERE.parent) if field.default == SAMPLE_COUNCIL else field.default
    return "" if default in {None, PydanticUndefined} else f"`{default}`"
