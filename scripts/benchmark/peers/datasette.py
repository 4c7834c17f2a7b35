"""Datasette over the file of SQLite: its page of a table, and SQL that was written by hand."""

import sys
from pathlib import Path
from urllib.parse import urlencode

from benchmark.servers import Server

SQL = """
SELECT p.id, p.programme_id, p.reform_id, p.number, json_extract(p.title, '$.en') AS title,
    json_extract(p.statement, '$.en') AS statement, p.kind, p.commitment,
    json_extract(p.condition, '$.en') AS condition, p.deadline_on, p.figures,
    (SELECT json_group_array(json_object('body', b.body_id, 'role', b.role))
        FROM reforms_promisebody b WHERE b.promise_id = p.id) AS bodies,
    (SELECT json_group_array(t.topic_id) FROM reforms_promise_topics t WHERE t.promise_id = p.id) AS topics,
    (SELECT json_group_array(r.to_id) FROM reforms_promiserelation r WHERE r.promise_id = p.id) AS relations,
    p.status, p.status_since, p.verification, p.contested, p.last_published_at, p.changed_at
FROM reforms_promise p WHERE p.reform_id = :reform AND p.status = :status ORDER BY p.position LIMIT 50
"""


def server(file: Path) -> Server:
    """One process, as it always is; the file cannot change, so that it need not be looked at."""
    command = [sys.executable, "-m", "datasette", "serve", "--immutable", str(file)]
    command += ["--port", "{port}", "--setting", "max_csv_mb", "0"]
    return Server("datasette", command, {})


def table(name: str, reform: str, status: str) -> str:
    """The address of the table's page, without what it would count and suggest besides."""
    asked = {"reform_id": reform, "status": status, "_size": "50", "_sort": "position"}
    asked |= {"_shape": "objects", "_nofacet": "1", "_nosuggest": "1", "_nocount": "1"}
    return f"/{name}/reforms_promise.json?{urlencode(asked)}"


def by_hand(name: str, reform: str, status: str) -> str:
    """The address of the query."""
    asked = {"sql": SQL, "reform": reform, "status": status, "_shape": "objects"}
    return f"/{name}.json?{urlencode(asked)}"
