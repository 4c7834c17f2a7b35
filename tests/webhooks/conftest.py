"""A consumer on this machine that answers as it is told, and a webhook that leads to it."""

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from reforms import webhooks
from reforms.models import Organisation, Webhook
from tests.webhooks.places import reachable

ORIGIN = "https://tracker.example"


@dataclass
class Consumer:
    """Answers with the `answers` that are left, then with 204; what it was sent is in `got`.

    An answer is a status, or a status with headers and a body.
    """

    port: int = 0
    answers: list[Any] = field(default_factory=list)
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"https://hooks.test:{self.port}/in?x=1"

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.got]

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(body) for _, body in self.got]

    @property
    def sequences(self) -> list[Any]:
        return [one["data"].get("sequence") for one in self.events]

    def verified_by(self, secret: str) -> list[bool]:
        """Whether each message was signed with the secret."""
        verdicts = []
        for headers, body in self.got:
            try:
                Verifier(secret).verify(body, headers)
                verdicts.append(True)
            except Exception:
                verdicts.append(False)
        return verdicts


class Handler(BaseHTTPRequestHandler):
    consumer: Consumer

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.consumer.got.append((dict(self.headers), body))
        answer = self.consumer.answers.pop(0) if self.consumer.answers else 204
        status, headers, text = answer if isinstance(answer, tuple) else (answer, {}, "")
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(text))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def consumer(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Consumer]:
    """It speaks http, which is allowed here; how TLS is spoken, tests/links shows."""
    settings.WEBHOOKS_INSECURE = True
    found = Consumer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (Handler,), {"consumer": found}))
    found.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    with reachable():
        yield found
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Subscription:
    """A webhook of lantern and its secret."""

    pk: Any
    secret: str

    @property
    def row(self) -> Webhook:
        return Webhook.objects.get(pk=self.pk)

    def deliver(self) -> int:
        """Let a worker have its turn."""
        return webhooks.deliver(self.pk)


def subscribe(url: str, organisation: str = "lantern", **more: Any) -> Subscription:
    made, secret = webhooks.subscribe(
        Organisation.objects.get(pk=organisation), name="x", url=url, origin=ORIGIN, **more
    )
    return Subscription(made.pk, secret)


@pytest.fixture
def hook(cast: None, consumer: Consumer) -> Subscription:
    return subscribe(consumer.url.replace("https", "http"))
