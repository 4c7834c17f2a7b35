#!/usr/bin/env python3
"""Send a spreadsheet of assessments to a reform tracker, and see what becomes of them.

    export TRACKER=https://tracker.example.org             where the tracker is
    read -rs TRACKER_KEY; export TRACKER_KEY               the key of your organisation: paste it
    python3 send_assessments.py assessments.csv            check it; nothing is written
    python3 send_assessments.py assessments.csv --send     send it
    python3 send_assessments.py assessments.csv --follow   see what the reviewers said

Save the spreadsheet as CSV in UTF-8. It needs Python 3.11 or later and nothing else. It ends with 0
if all is well, with 1 if something has to be mended, and with 2 if the tracker could not be asked.
"""

import argparse
import csv
import hashlib
import io
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, NoReturn
from urllib.error import HTTPError
from urllib.parse import urlencode, urlsplit
from urllib.request import Request, urlopen

TRACKER = os.environ.get("TRACKER", "http://localhost:8000").rstrip("/")
STATES = "submitted,changes_requested,rejected,withdrawn,published,superseded,retracted,removed"
ATTEMPTS = 4  # while the tracker is busy; a repeated request is never carried out twice
PATIENCE = 120  # seconds that we wait at most before the next attempt
ADVICE = {401: "(The key is what TRACKER_KEY holds.)", 429: "Nothing was done; try again later."}
ADVICE[503] = ADVICE[429]


def stop(message: str, code: int = 2) -> NoReturn:
    """End here, and say why."""
    sys.stdout.flush()
    print(message, file=sys.stderr)
    raise SystemExit(code)


def read(path: Path) -> tuple[bytes, dict[int, int], list[str]]:
    """What to send, which row of the spreadsheet begins on which line, and our ids of the rows."""
    try:
        body = path.read_bytes()
        text = body.decode("utf-8-sig")
    except OSError as error:
        stop(f"{path} cannot be read: {error.strerror}.")
    except UnicodeDecodeError:
        stop(f"{path} is not in UTF-8. Save the spreadsheet as “CSV UTF-8”.")
    separator = max(",;\t", key=text.partition("\n")[0].count)
    cells = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    rows, begins = {}, 1
    for number, row in enumerate(cells, start=1):
        rows[begins] = number, row
        begins = cells.line_num + 1
    header = [name.strip() for name in rows[1][1]] if rows else []
    if "external_id" not in header:
        # By these ids we find our rows again, and the tracker takes none of them twice.
        stop(f"{path} has no column external_id: give each row an id of your own.")
    place = header.index("external_id")
    ids = [row[place].strip() for number, row in rows.values() if number > 1 and any(row)]
    return body, {line: number for line, (number, _) in rows.items()}, ids


def ask(path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
    """The tracker's answer. Where it refuses what we sent, the answer says what is wrong."""
    request = Request(f"{TRACKER}/api/v1{path}", body, headers or {})
    # Should the tracker send us elsewhere, the key does not come along.
    request.add_unredirected_header("Authorization", f"Bearer {os.environ['TRACKER_KEY']}")
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with urlopen(request, timeout=300) as response:
                if response.headers["Idempotency-Replayed"]:
                    print("This very file was sent before. The answer was:")
                return json.load(response)
        except HTTPError as error:
            wait = int(error.headers.get("Retry-After") or 5)
            if error.code in (429, 503) and attempt < ATTEMPTS and wait <= PATIENCE:
                print(f"The tracker asks us to wait {wait} seconds …", flush=True)
                time.sleep(wait)
                continue
            try:
                answer = json.load(error)
            except ValueError:
                stop(f"{TRACKER} answers {error.code} {error.reason}. Is this the right address?")
            if error.code == 422 and "errors" in answer:
                return answer
            stop(f"{answer['detail']} {ADVICE.get(error.code, '')}".strip())
        except OSError as error:
            stop(f"{TRACKER} cannot be reached: {getattr(error, 'reason', error)}")
    raise AssertionError("the last attempt ends above")


def send(body: bytes, rows: dict[int, int], dry_run: bool) -> None:
    """Send all rows or, if one of them is wrong, none."""
    # The same file again is the same request: it is answered again, and not carried out again.
    once = {} if dry_run else {"Idempotency-Key": hashlib.sha256(body).hexdigest()}
    query = "?dry_run=true" if dry_run else ""
    answer = ask(f"/updates/batch/{query}", body, {"Content-Type": "text/csv"} | once)
    for error in answer["errors"]:
        row, column = rows.get(error.get("line")), error.get("column")
        where = [f"row {row}"] * bool(row) + [f"column {column}"] * bool(column)
        print(f"{', '.join(where) or 'the file'}: {error['detail']}")
    if answer["errors"]:
        stop("Nothing was written. Mend this and try again.", 1)
    print(f"{answer['created']} new, {answer['unchanged']} sent before.")
    print("All is right; nothing was written. To send it, add --send." if dry_run else "Sent.")


def follow(ids: list[str]) -> None:
    """Say of each row what became of it."""
    found: dict[str, Any] = {}
    path = f"/updates/?{urlencode({'review_state': STATES, 'limit': 200})}"
    while path:
        page = ask(path)
        for update in page["results"]:  # the latest comes first
            found.setdefault(update["submission"]["external_id"], update)
        path = (page["next"] or "").partition("/api/v1")[2]
    for id_ in ids:
        if id_ not in found:
            print(f"{id_}: not sent")
            continue
        update = found[id_]
        print(f"{id_}: {update['review_state']}, {update['api_url']}")
        if note := update["submission"]["review_note"]:
            print(f"    The reviewer says: {note}")


def main() -> None:
    """Check, send or follow what is in the file."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", type=Path, help="the spreadsheet, saved as CSV in UTF-8")
    either = parser.add_mutually_exclusive_group()
    either.add_argument("--send", action="store_true", help="send it, instead of checking it only")
    either.add_argument("--follow", action="store_true", help="say what became of what was sent")
    options = parser.parse_args()
    if not os.environ.get("TRACKER_KEY"):
        stop("Give your organisation's key in the environment: TRACKER_KEY=rt_…")
    address = urlsplit(TRACKER)
    if address.scheme != "https" and address.hostname not in ("localhost", "127.0.0.1"):
        stop(f"TRACKER is {TRACKER}: begin it with https://, so that nobody overhears your key.")
    body, rows, ids = read(options.file)
    if options.follow:
        follow(ids)
    else:
        send(body, rows, dry_run=not options.send)


if __name__ == "__main__":
    main()
