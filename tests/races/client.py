"""A process that asks the server at ADDRESS, at the moment at which it is told to.

For each line of its input, a request as JSON, it connects and says "ready"; at the next line it
asks, and says the answer as JSON. It begins again until its input ends.
"""

import http.client
import json
import sys
from typing import Any
from urllib.parse import urlsplit


def main(address: str) -> None:
    """Ask what is asked for."""
    netloc = urlsplit(address).netloc
    for line in sys.stdin:
        request: dict[str, Any] = json.loads(line)
        connection = http.client.HTTPConnection(netloc, timeout=60)
        connection.connect()
        say("ready")
        sys.stdin.readline()
        connection.request(
            request["method"],
            request["path"],
            body=request["body"].encode() if request["body"] else None,
            headers=request["headers"],
        )
        response = connection.getresponse()
        text = response.read().decode()
        headers = {name.lower(): value for name, value in response.getheaders()}
        say(json.dumps({"status": response.status, "headers": headers, "text": text}))
        connection.close()


def say(line: str) -> None:
    """Write a line, and let it be read at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1])
