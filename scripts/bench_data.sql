-- A synthetic record for the benchmark: __PROMISES__ promises, ten updates and ten citations each.
-- It bypasses the rules on purpose: what is measured is reading.
INSERT INTO reforms_organisation (id, name, affiliation, url, pseudonymous, legal_name, licence_accepted, trusted)
SELECT 'org-' || n, jsonb_build_object('en', 'Organisation ' || n), '{}', '', false, '', '', false FROM generate_series(1, 6) n;
INSERT INTO reforms_publisher (id, name, aliases, type, country)
SELECT 'publisher-' || n, jsonb_build_object('en', 'Publisher ' || n), '[]',
       (ARRAY['state', 'state_media', 'independent_media', 'ngo'])[1 + n % 4], 'XX' FROM generate_series(1, 100) n;
INSERT INTO reforms_source (id, title, kind, publisher_id, url, archived_url, address_digest, published_on, published_precision, language, note, public_since)
SELECT 'source-' || n, jsonb_build_object('en', 'Source ' || n), 'news', 'publisher-' || (1 + n % 100),
       'https://example.org/' || n, '', 'digest-' || n, date '2020-01-01' + n % 2000, 'day', 'en', '{}', now() FROM generate_series(1, 20000) n;
INSERT INTO reforms_body (id, name, note)
SELECT 'body-' || n, jsonb_build_object('en', 'Body ' || n), '{}' FROM generate_series(1, 200) n;
INSERT INTO reforms_topic (id, name)
SELECT 'topic-' || n, jsonb_build_object('en', 'Topic ' || n) FROM generate_series(1, 40) n;
INSERT INTO reforms_programme (id, title, summary, jurisdiction, promisor, announced_on, announced_precision, time_zone, lead_organisation_id, licence)
SELECT 'bench' || n, '{"en": "Programme"}', '{}', 'XX', '{"en": "Promisor"}', '2020-01-01', 'day', 'UTC', 'org-1', 'CC-BY-4.0'
FROM generate_series(1, 10) n;
INSERT INTO reforms_reform (id, programme_id, number, numbered, position, title, summary, note)
SELECT 'bench' || p || '-' || r, 'bench' || p, r, true, 'bench' || p || '-' || lpad(r::text, 3, '0'),
       jsonb_build_object('en', 'Reform ' || r), '{}', '{}' FROM generate_series(1, 10) p, generate_series(1, 20) r;
INSERT INTO reforms_promise (id, programme_id, reform_id, number, position, title, statement, kind, commitment, condition,
    deadline_on, deadline_precision, deadline_wording, figures, status, status_since, status_since_precision, verification,
    contested, implemented_from, implemented_to, last_published_at, changed_at)
SELECT reform || '-' || number, programme, reform, number, position || '-' || lpad(number::text, 5, '0'),
       jsonb_build_object('en', 'Promise ' || n || ' about ' || word), jsonb_build_object('en', 'The ' || word || ' is changed by ' || n % 97),
       (ARRAY['legislation', 'institution', 'policy', 'study'])[1 + n % 4], (ARRAY['specific', 'process', 'aspiration'])[1 + n % 3], '{}',
       CASE WHEN n % 3 = 0 THEN date '2022-01-01' + n % 2500 END, CASE WHEN n % 3 = 0 THEN 'day' ELSE '' END, '{}', '[]',
       status, CASE WHEN status <> 'not_assessed' THEN date '2020-01-01' + n % 2000 END,
       CASE WHEN status <> 'not_assessed' THEN 'day' ELSE '' END,
       CASE WHEN status <> 'not_assessed' THEN (ARRAY['official_claim', 'documented', 'independent', 'corroborated'])[1 + n % 4] ELSE 'none' END,
       status <> 'not_assessed' AND n % 50 = 0, NULL, NULL, CASE WHEN status <> 'not_assessed' THEN now() - n * interval '1 minute' END, now() - n * interval '1 minute'
FROM (
    SELECT n, 'bench' || p AS programme, 'bench' || p || '-' || r AS reform, 'bench' || p || '-' || lpad(r::text, 3, '0') AS position,
           1 + n / 200 AS number, (ARRAY['senate', 'budget', 'court', 'school', 'harbour', 'railway', 'forest'])[1 + n % 7] AS word,
           (ARRAY['not_assessed', 'in_progress', 'implemented', 'partially_implemented', 'reversed'])[1 + n / 200 % 5] AS status
    FROM (SELECT n, 1 + n % 10 AS p, 1 + n / 10 % 20 AS r FROM generate_series(0, __PROMISES__ - 1) n) numbered
) made;
UPDATE reforms_promise SET public_since = now() - interval '1 year';
UPDATE reforms_organisation SET public_since = now() - interval '1 year';
UPDATE reforms_publisher SET public_since = now() - interval '1 year';
UPDATE reforms_body SET public_since = now() - interval '1 year';
UPDATE reforms_topic SET public_since = now() - interval '1 year';
UPDATE reforms_programme SET public_since = now() - interval '1 year';
UPDATE reforms_reform SET public_since = now() - interval '1 year';
-- Two spans each: nothing was known, then what stands on the promise; both of the first entry.
INSERT INTO reforms_verdictspan (promise_id, valid_from, valid_to, known_from, known_to, status, status_since, status_since_precision,
    verification, contested, implemented_from, implemented_to, last_published_at, kind, commitment, deadline_on)
SELECT id, date '2020-01-01', coalesce(status_since - 1, date '9999-12-31'), 1, 9223372036854775807, 'not_assessed', NULL, '', 'none', false,
       NULL, NULL, NULL, kind, commitment, deadline_on
FROM reforms_promise WHERE status_since IS NULL OR status_since > date '2020-01-01';
INSERT INTO reforms_verdictspan (promise_id, valid_from, valid_to, known_from, known_to, status, status_since, status_since_precision,
    verification, contested, implemented_from, implemented_to, last_published_at, kind, commitment, deadline_on)
SELECT id, status_since, date '9999-12-31', 1, 9223372036854775807, status, status_since, status_since_precision, verification, contested,
       NULL, NULL, last_published_at, kind, commitment, deadline_on
FROM reforms_promise WHERE status_since IS NOT NULL;
INSERT INTO reforms_promisebody (promise_id, body_id, role)
SELECT id, 'body-' || (1 + abs(hashtext(id)) % 200), 'responsible' FROM reforms_promise;
INSERT INTO reforms_promise_topics (promise_id, topic_id)
SELECT id, 'topic-' || (1 + abs(hashtext(id)) % 40) FROM reforms_promise;
INSERT INTO reforms_statusupdate (id, promise_id, organisation_id, status, effective_on, effective_precision, assessed_precision, note,
    external_id, submitted_at, version, replaces_reason, review_state, review_note, published_at, counts_from, ended_reason)
SELECT gen_random_uuid(), id, 'org-' || (1 + u % 6), (ARRAY['in_progress', 'implemented', 'implemented', 'stalled'])[1 + (u * number) % 4], date '2020-01-01' + (u * 200 + number) % 2400, 'day', '',
       jsonb_build_object('en', 'Note ' || u), '', now() - interval '1 day' - (number * 10 + u) * interval '1 second', 1, '', 'published', '', now() - (number * 10 + u) * interval '1 second',
       date '2020-01-01' + (u * 200 + number) % 2400, ''
FROM reforms_promise, generate_series(1, 10) u;
INSERT INTO reforms_citation (update_id, position, source_id, stance, basis, origin_id, locator, paragraphs, note)
SELECT id, 1, 'source-' || (1 + n % 20000), 'supports', 'own_finding', 'publisher-' || (1 + n % 100), '', '[]', '{}'
FROM (SELECT id, row_number() OVER () AS n FROM reforms_statusupdate) numbered;
INSERT INTO reforms_citation (promise_id, position, source_id, stance, basis, origin_id, locator, paragraphs, note)
SELECT id, 1, 'source-1', 'supports', 'own_finding', 'publisher-1', '', '[]', '{}' FROM reforms_promise;
INSERT INTO reforms_promisesearch (promise_id, vector)
SELECT id, setweight(to_tsvector('simple', title->>'en'), 'A') || setweight(to_tsvector('simple', statement->>'en'), 'B') FROM reforms_promise;
