"""The practical limit without stored answers: PostgreSQL builds the JSON, and we pass it on.

A bare WSGI application: no framework, no checks, no limits, one prepared query an answer.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qsl

import psycopg

_CONNECTION = psycopg.connect(os.environ["RAW_URL"], autocommit=True, prepare_threshold=1)

_LANGUAGES = """(SELECT jsonb_agg(l ORDER BY o) FROM (VALUES ('en', 1), ('ru', 2), ('kk', 3)) AS ls(l, o)
    WHERE {texts})"""
_PUBLISHER = """jsonb_build_object('id', {p}.id, 'name', {p}.name->>'en', 'type', {p}.type,
    'language', 'en', 'languages', '["en"]'::jsonb)"""
_CITATIONS = f"""(SELECT coalesce(json_agg(json_build_object(
        'source', jsonb_build_object('id', s.id, 'api_url', 'http://localhost/api/v1/sources/' || s.id || '/',
            'title', s.title->>'en', 'kind', s.kind, 'url', s.url, 'archived_url', s.archived_url,
            'published_on', s.published_on, 'publisher', {_PUBLISHER.format(p="sp")},
            'language', 'en', 'languages', '["en"]'::jsonb),
        'stance', c.stance, 'basis', c.basis, 'origin', {_PUBLISHER.format(p="op")},
        'locator', c.locator, 'paragraphs', c.paragraphs, 'note', c.note->>'en',
        'language', NULL, 'languages', '[]'::jsonb) ORDER BY c.position, c.id), '[]')
    FROM reforms_citation c JOIN reforms_source s ON s.id = c.source_id
    JOIN reforms_publisher sp ON sp.id = s.publisher_id JOIN reforms_publisher op ON op.id = c.origin_id
    WHERE c.{{owner}} = {{key}})"""
_STAMP = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')"
_UPDATE = f"""json_build_object('id', u.id, 'api_url', 'http://localhost/api/v1/updates/' || u.id || '/',
    'promise', u.promise_id, 'organisation', u.organisation_id, 'status', u.status, 'effective_on', u.effective_on,
    'assessed_on', u.assessed_on, 'note', u.note->>'en', 'review_state', u.review_state,
    'stands', u.review_state = 'published', 'published_at', {_STAMP.format("u.published_at")},
    'ended_at', u.ended_at, 'ended_reason', u.ended_reason, 'successor', u.successor_id,
    'citations', {_CITATIONS.format(owner="update_id", key="u.id")}, 'language', 'en', 'languages', '["en"]'::jsonb)"""
_PROMISE = f"""'id', p.id, 'api_url', 'http://localhost/api/v1/promises/' || p.id || '/',
    'programme', p.programme_id, 'reform', p.reform_id, 'number', p.number, 'title', p.title->>'en',
    'statement', p.statement->>'en', 'kind', p.kind, 'commitment', p.commitment, 'condition', p.condition->>'en',
    'deadline', p.deadline_on, 'deadline_wording', p.deadline_wording->>'en', 'figures', p.figures,
    'bodies', (SELECT coalesce(json_agg(json_build_object('body', b.body_id, 'role', b.role) ORDER BY b.role, b.body_id), '[]')
        FROM reforms_promisebody b WHERE b.promise_id = p.id),
    'topics', (SELECT coalesce(json_agg(t.topic_id ORDER BY t.topic_id), '[]') FROM reforms_promise_topics t WHERE t.promise_id = p.id),
    'relations', (SELECT coalesce(json_agg(json_build_object('kind', r.kind, 'promise', r.to_id)), '[]')
        FROM reforms_promiserelation r WHERE r.promise_id = p.id),
    'status', p.status, 'status_since', p.status_since, 'verification', p.verification, 'contested', p.contested,
    'timeliness', CASE WHEN p.deadline_on IS NULL THEN 'no_deadline' WHEN p.status = 'abandoned' THEN 'undetermined'
        WHEN p.deadline_on >= current_date THEN 'pending' WHEN p.status = 'not_assessed' THEN 'unassessed' ELSE 'overdue' END,
    'last_published_at', {_STAMP.format("p.last_published_at")}, 'changed_at', {_STAMP.format("p.changed_at")},
    {{more}} 'language', 'en',
    'languages', {_LANGUAGES.format(texts="p.title ? l AND p.statement ? l AND (p.figures = '[]' OR l = 'en')")}"""
_PAGE = f"""SELECT json_build_object('results', coalesce(json_agg(json_build_object({_PROMISE.format(more="")}) ORDER BY p.position), '[]'))::text
    FROM (SELECT * FROM reforms_promise WHERE {{where}} AND public_since IS NOT NULL AND withdrawn_at IS NULL
        ORDER BY position LIMIT 50) p"""

LIST = _PAGE.format(where="reform_id = %(reform)s AND status = %(status)s")
SEARCH = _PAGE.format(
    where="id IN (SELECT promise_id FROM reforms_promisesearch WHERE vector @@ %(search)s::tsquery)"
)
DETAIL = f"""SELECT json_build_object({
    _PROMISE.format(
        more=f'''
    'citations', {_CITATIONS.format(owner="promise_id", key="p.id")},
    'updates', (SELECT coalesce(json_agg({_UPDATE} ORDER BY u.counts_from DESC, u.published_at DESC, u.id DESC), '[]')
        FROM reforms_statusupdate u WHERE u.promise_id = p.id AND u.review_state IN ('published', 'superseded', 'retracted', 'removed')),
    'replies', '[]'::json,'''
    )
})::text
    FROM reforms_promise p WHERE p.id = %(id)s AND p.public_since IS NOT NULL AND p.withdrawn_at IS NULL"""


def application(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """Answer /promises/ with reform and status or with search, and /promises/<id>/."""
    asked = dict(parse_qsl(environ["QUERY_STRING"]))
    key = environ["PATH_INFO"].removeprefix("/api/v1/promises/").strip("/")
    if key:
        sql, asked = DETAIL, {"id": key}
    elif "search" in asked:
        sql, asked = (
            SEARCH,
            {"search": " & ".join(f"'{word}':*ABCD" for word in asked["search"].split())},
        )
    else:
        sql = LIST
    found = _CONNECTION.execute(sql, asked).fetchone()
    body = found[0].encode() if found else b"{}"
    start("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
