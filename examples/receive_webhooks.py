#!/usr/bin/env python3
"""Receive the webhooks of a reform tracker: verify each, write it down once, then say so.

    pip install standardwebhooks
    export WEBHOOK_SECRETS=whsec_…          the secret; while one is rotated: both, with a comma
    python3 receive_webhooks.py 8080 events.jsonl

It takes requests on this machine; put your own server with TLS in front of it. Each event is one
line of the file. What comes a second time (an answer of ours may get lost, and you may have asked
for it) is known by its webhook-id, answered as before, and written once.

Copy what you need: the rules are those of https://www.standardwebhooks.com, and there are
libraries for most languages.
"""

import json
import os
import sys
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

MOST_BYTES = 1_000_000


class Inbox:
    """The events that came in: a line each, with the id of its message."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.known: set[str] = set()
        if path.exists():
            lines = path.read_text(encoding="utf-8").splitlines()
            self.known = {json.loads(line)["id"] for line in lines}

    def put(self, id_: str, event: dict[str, Any]) -> bool:
        """Write an event down, unless it is there; whether it was new."""
        if id_ in self.known:
            return False
        line = json.dumps({"id": id_, **event}, ensure_ascii=False)
        with self.path.open("a", encoding="utf-8") as file:
            file.write(f"{line}\n")
            # Only what would survive a power failure may be called received.
            file.flush()
            os.fsync(file.fileno())
        self.known.add(id_)
        return True


class Receiver(BaseHTTPRequestHandler):
    """Answers 204 to what it has written down, and 400 to what nobody we know has signed."""

    inbox: Inbox
    secrets: list[Webhook]

    def do_POST(self) -> None:
        """Verify the bytes as they came, before anything is read out of them."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MOST_BYTES:
            self.say(413, "That is too long.")
            return
        body = self.rfile.read(length)
        event = self.verified(body)
        if event is None:
            self.say(400, "The signature is wrong, or too old.")
            return
        is_new = self.inbox.put(self.headers["webhook-id"], event)
        print("new " if is_new else "again", event["type"], flush=True)
        self.say(204)

    def verified(self, body: bytes) -> dict[str, Any] | None:
        """The event, if one of the secrets signed it within the last minutes."""
        for secret in self.secrets:
            try:
                found: dict[str, Any] = secret.verify(body, dict(self.headers))
            except WebhookVerificationError:
                continue
            return found
        return None

    def say(self, status: int, text: str = "") -> None:
        """Answer."""
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_: Any) -> None:
        """What came in is printed where it is taken in."""


def main() -> None:
    """Listen until somebody stops it."""
    given = [one.strip() for one in os.environ.get("WEBHOOK_SECRETS", "").split(",")]
    if not all(given) or len(sys.argv) != 3:
        raise SystemExit(__doc__)
    Receiver.secrets = [Webhook(one) for one in given]
    Receiver.inbox = Inbox(Path(sys.argv[2]))
    # One at a time, so that events are written down in the order in which they come.
    server = HTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    print(f"Listening on port {server.server_port}.", flush=True)
    with suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
