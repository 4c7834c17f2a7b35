"""A process that follows the feed from ADDRESS into FILE, an answer a line, until it has the entry
whose sequence stands in the file STOP. Killed and started again, it goes on where it stopped.
"""

import http.client
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

Page = dict[str, Any]


def pages(file: Path) -> list[Page]:
    """The answers that are kept; what was written halfway does not count."""
    if not file.exists():
        return []
    lines = file.read_bytes().split(b"\n")
    return [json.loads(line) for line in lines[:-1]]


def fetch(address: str) -> Page:
    """The answer, as soon as there is a server to give one; an error is not passed over."""
    while True:
        try:
            with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310
                page: Page = json.loads(response.read())
                return page
        except urllib.error.HTTPError:
            raise
        except (OSError, http.client.HTTPException):
            time.sleep(0.05)


def main(address: str, file: Path, stop: Path) -> None:
    """Follow `next`."""
    kept = pages(file)
    if kept:
        address = kept[-1]["next"]
    file.write_text("".join(json.dumps(page) + "\n" for page in kept), encoding="utf-8")
    seen = max((row["sequence"] for page in kept for row in page["results"]), default=0)
    with file.open("a", encoding="utf-8") as out:
        while not stop.exists() or seen < int(stop.read_text(encoding="utf-8")):
            page = fetch(address)
            address = page["next"]
            if page["results"]:
                seen = page["results"][-1]["sequence"]
                out.write(json.dumps(page) + "\n")
                out.flush()
            else:
                time.sleep(0.1)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))
