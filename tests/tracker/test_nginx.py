"""examples/nginx.conf, tried by nginx itself in front of a small service that stands for ours."""

import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

pytestmark = pytest.mark.without_database

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "nginx.conf"
KEY = "rt_aaaaaaaaaaaa_" + "x" * 43


class Service(BaseHTTPRequestHandler):
    """Answers as the tracker does: to everybody alike, or to a key alone; what it heard is kept."""

    heard: list[dict[str, str]]

    def do_GET(self) -> None:
        self.heard.append(dict(self.headers) | {"path": self.path})
        text = f"{self.headers['Accept-Language']} {len(self.heard)}".encode()
        known = "Authorization" in self.headers
        self.send_response(200)
        self.send_header("Cache-Control", "private, no-store" if known else "public, max-age=60")
        self.send_header("Vary", "Accept, Accept-Language, Ledger-Sequence-At-Least")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def do_POST(self) -> None:
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        self.do_GET()

    def log_message(self, *_: Any) -> None:
        pass


class Proxy:
    """nginx with the example, in a folder of its own."""

    def __init__(self, program: str, folder: Path, service: int) -> None:
        self.folder = folder
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            other.bind(("127.0.0.1", 0))
            self.port, plain = one.getsockname()[1], other.getsockname()[1]
        text = EXAMPLE.read_text(encoding="utf-8")
        for told, here in (
            (r"listen \[::\]:\d+( ssl)?;", ""),
            ("listen 80;", f"listen 127.0.0.1:{plain};"),
            ("listen 443 ssl;", f"listen 127.0.0.1:{self.port} ssl;"),
            ("server 127.0.0.1:8000;", f"server 127.0.0.1:{service};"),
            (r"/etc/letsencrypt/live/tracker\.example\.org/", f"{folder}/"),
            ("/var/(cache|log)/nginx/", f"{folder}/"),
        ):
            text, times = re.subn(told, here, text)
            assert times, f"{EXAMPLE.name} no longer says {told}"
        (folder / "tracker.conf").write_text(text, encoding="utf-8")
        # Its workers have to read the folder of this test.
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} daemon off; pid {folder}/nginx.pid; events {{}}\n"
            f"http {{ access_log off; include {folder}/tracker.conf; client_body_temp_path {folder}/body;"
            f" proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;"
            f" uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi; }}\n",
            encoding="utf-8",
        )
        self.command = [program, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        self.command += ["-e", str(folder / "error.log")]

    def ask(self, path: str, method: str = "GET", body: bytes = b"", **headers: str) -> Any:
        context = ssl.create_default_context(cafile=self.folder / "fullchain.pem")
        connection = http.client.HTTPSConnection(
            "127.0.0.1", self.port, context=context, timeout=30
        )
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        # Whatever certificate there is, it is for this name.
        context.check_hostname = False
        with suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, body, {"Host": "tracker.example.org"} | named)
        response = connection.getresponse()
        response.text = response.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return response


@pytest.fixture(scope="module")
def program() -> str:
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        pytest.skip("no nginx is installed: examples/nginx.conf is NOT tested")
    return found


@pytest.fixture
def proxy(program: str, tmp_path: Path) -> Iterator[Proxy]:
    write_certificate(tmp_path)
    Service.heard = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Service) as service:
        threading.Thread(target=service.serve_forever, daemon=True).start()
        made = Proxy(program, tmp_path, service.server_port)
        with subprocess.Popen(made.command) as running:
            try:
                for _ in range(200):
                    with suppress(OSError), socket.create_connection(("127.0.0.1", made.port)):
                        break
                    assert running.poll() is None, (tmp_path / "error.log").read_text("utf-8")
                    time.sleep(0.05)
                yield made
            finally:
                running.terminate()
        service.shutdown()


def write_certificate(folder: Path) -> None:
    """A certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "tracker.example.org")])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - timedelta(days=1))
        .not_valid_after(datetime.now(UTC) + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "fullchain.pem").write_bytes(certificate.public_bytes(pem))
    (folder / "privkey.pem").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


def test_nginx_takes_it(program: str, tmp_path: Path) -> None:
    write_certificate(tmp_path)
    made = Proxy(program, tmp_path, 8000)
    tested = subprocess.run([*made.command, "-t"], capture_output=True, text=True)
    assert tested.returncode == 0, tested.stderr
    assert "warn" not in tested.stderr, tested.stderr


def test_public_answers_are_stored_each_language_by_itself(proxy: Proxy) -> None:
    said = [
        proxy.ask("/api/v1/promises/", accept_language=language).text
        for language in ("kk", "kk", "ru", "kk", "ru")
    ]
    assert said == ["kk 1", "kk 1", "ru 2", "kk 1", "ru 2"]


def test_what_a_key_is_answered_is_nobody_elses(proxy: Proxy) -> None:
    key = {"authorization": f"Bearer {KEY}"}
    said = [proxy.ask("/api/v1/updates/", **given).text for given in (key, {}, key, {})]
    assert said == ["None 1", "None 2", "None 3", "None 2"]


@pytest.mark.parametrize("name", ["sessionid", "__Host-sessionid"])
def test_whoever_is_signed_in_is_answered_afresh(proxy: Proxy, name: str) -> None:
    session = {"cookie": f"language=kk; {name}=abc"}
    said = [proxy.ask("/api/v1/updates/", **given).text for given in ({}, session, {})]
    assert said == ["None 1", "None 2", "None 1"]


def test_what_was_stored_before_is_no_answer_to_who_demands_more(proxy: Proxy) -> None:
    """Of those who demand as much, one asks the tracker."""
    demand = {"ledger_sequence_at_least": "812"}
    said = [proxy.ask("/api/v1/updates/", **given).text for given in ({}, demand, demand, {})]
    assert said == ["None 1", "None 2", "None 2", "None 1"]


def test_readers_without_a_key_are_limited(proxy: Proxy) -> None:
    """And told so as the tracker tells it; those with a key are left to the tracker."""
    answers = [proxy.ask("/api/v1/promises/") for _ in range(160)]
    refused = [one for one in answers if one.status == 429]
    assert refused, "a hundred at once and ten a second are the most"
    assert refused[0].headers["Content-Type"] == "application/problem+json"
    assert refused[0].headers["Retry-After"] == "10"
    assert '"urn:reform-tracker:problem:too-many-requests"' in refused[0].text
    assert proxy.ask("/api/v1/promises/", authorization=f"Bearer {KEY}").status == 200


@pytest.mark.parametrize(
    ("path", "size", "status"),
    [
        ("/api/v1/updates/", 1_000_000, 200),
        ("/api/v1/updates/", 2_000_000, 413),
        ("/api/v1/updates/batch/", 2_000_000, 200),
        ("/api/v1/updates/batch/", 40_000_000, 413),
    ],
)
def test_bodies_are_bounded(proxy: Proxy, path: str, size: int, status: int) -> None:
    response = proxy.ask(path, "POST", bytes(size))
    assert response.status == status
    assert len(Service.heard) == (status == 200)
    if status == 413:
        assert '"urn:reform-tracker:problem:too-large"' in response.text


def test_nobody_says_for_us_where_they_come_from(proxy: Proxy) -> None:
    proxy.ask("/api/v1/", x_forwarded_for="1.1.1.1", x_forwarded_proto="http")
    raw(proxy, "/api/v1/topics/", ["X_Forwarded_For: 1.1.1.1", "X_Forwarded_Proto: http"])
    for heard in Service.heard:
        assert heard["X-Forwarded-For"] == "127.0.0.1"
        assert heard["X-Forwarded-Proto"] == "https"
        assert heard["Host"] == "tracker.example.org"
        assert not [name for name in heard if "_" in name], "nginx drops such headers"
    assert len(Service.heard) == 2


def raw(proxy: Proxy, path: str, headers: list[str]) -> None:
    """Ask with headers that http.client would not send."""
    context = ssl.create_default_context(cafile=proxy.folder / "fullchain.pem")
    context.check_hostname = False
    lines = [f"GET {path} HTTP/1.1", "Host: tracker.example.org", "Connection: close", *headers]
    with (
        socket.create_connection(("127.0.0.1", proxy.port), 30) as plain,
        context.wrap_socket(plain) as secure,
    ):
        secure.sendall("\r\n".join([*lines, "", ""]).encode())
        assert b"200 OK" in secure.recv(1000)


def test_the_log_knows_neither_keys_nor_addresses(proxy: Proxy) -> None:
    proxy.ask("/api/v1/updates/?search=secret", authorization=f"Bearer {KEY}")
    log = proxy.folder / "tracker.log"
    for _ in range(100):
        if log.exists() and log.read_text(encoding="utf-8"):
            break
        time.sleep(0.05)
    text = log.read_text(encoding="utf-8")
    assert "GET /api/v1/updates/" in text
    for hidden in ("rt_", "Bearer", "127.0.0.1", "secret"):
        assert hidden not in text
