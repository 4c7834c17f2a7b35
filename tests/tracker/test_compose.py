"""docker-compose.yml, as far as it can be read without Docker: what it names is there."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

pytestmark = pytest.mark.without_database

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, Any] = FILE["services"]
SCALE = dict(
    line.split("=", 1)
    for line in (ROOT / "compose/scale.env").read_text("utf-8").splitlines()
    if not line.startswith("#")
)


def test_who_is_waited_for_is_there() -> None:
    profiles = {name: set(one.get("profiles", ())) for name, one in SERVICES.items()}
    for name, service in SERVICES.items():
        for other in service.get("depends_on", ()):
            assert other in SERVICES, f"{name} waits for {other}"
            # It is started with whoever waits for it.
            assert profiles[other] <= profiles[name], f"{name} waits for {other}"


def test_files_and_volumes_are_there() -> None:
    for name, service in SERVICES.items():
        for mounted in service.get("volumes", ()):
            source = mounted.split(":")[0]
            named = source in FILE["volumes"] or (ROOT / source).is_file()
            assert named, f"{name} mounts {source}"
        build = service.get("build", ".")
        if isinstance(build, dict):
            assert (ROOT / build["context"] / build["dockerfile"]).is_file()


def test_the_image_has_what_the_server_imports(tmp_path: Path) -> None:
    """Nothing is in it but what `.dockerignore` names."""
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        if line.startswith("!"):
            source, target = ROOT / line[1:], tmp_path / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(source, target)
    imports = "import sys; sys.path.insert(0, 'scripts'); import serve"
    environment = {**os.environ, "VAR_DIR": str(tmp_path / "var")}
    subprocess.run([sys.executable, "-c", imports], cwd=tmp_path, env=environment, check=True)


def test_the_small_profile_is_the_default() -> None:
    small = {name for name, one in SERVICES.items() if "profiles" not in one}
    assert {"db", "prepare", "web", "proxy"} <= small
    assert not {"replica", "pool", "redis"} & small


def test_the_profile_for_more_names_its_services() -> None:
    assert SCALE["COMPOSE_PROFILES"] == "scale"
    scale = {name for name, one in SERVICES.items() if "scale" in one.get("profiles", ["scale"])}
    for name in ("DATABASE_URL", "REPLICA_URL", "CACHE_URL"):
        hosts = urlsplit(SCALE[name]).netloc.rpartition("@")[2].split(",")
        assert {host.partition(":")[0] for host in hosts} <= scale, name
    for name in SCALE.keys() - {"COMPOSE_PROFILES"}:
        assert f"${{{name}:-" in TEXT, f"docker-compose.yml does not take {name}"


def test_only_the_proxy_is_reached_and_only_from_this_machine() -> None:
    published = {name: one["ports"] for name, one in SERVICES.items() if "ports" in one}
    assert published == {"proxy": ["127.0.0.1:${PORT:-8000}:8080"]}


@pytest.mark.parametrize("file", sorted(path.name for path in (ROOT / "compose").glob("*.sh")))
def test_scripts_can_be_read(file: str) -> None:
    subprocess.run(["/bin/sh", "-n", str(ROOT / "compose" / file)], check=True)


def test_nginx_takes_the_proxys_file(tmp_path: Path) -> None:
    program = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if program is None:
        pytest.skip("no nginx is installed: compose/proxy.conf is NOT tested")
    text = (ROOT / "compose/proxy.conf").read_text("utf-8")
    for told, here in (
        # What it says of Docker's name server needs nginx 1.27.3 and a `web`.
        ("server web:8000 resolve", "server 127.0.0.1:8000"),
        ("/var/cache/nginx/", f"{tmp_path}/"),
        ("/dev/std(out|err)", f"{tmp_path}/log"),
    ):
        text, times = re.subn(told, here, text)
        assert times, told
    (tmp_path / "proxy.conf").write_text(text, "utf-8")
    temporary = " ".join(
        f"{name}_temp_path {tmp_path}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; events {{}}\nhttp {{ include {tmp_path}/proxy.conf; {temporary} }}\n"
    )
    command = [program, "-t", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]
    tested = subprocess.run([*command, "-e", str(tmp_path / "log")], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
