-- The scale set: __PROMISES__ promises, a hundred to a programme, with ten updates and ten citations each; the
-- same rows in every run. It bypasses the rules on purpose: what is measured is reading.
INSERT INTO reforms_organisation (id, name, affiliation, url, pseudonymous, legal_name, licence_accepted, trusted)
SELECT 'org-' || n, jsonb_build_object('en', 'Organisation ' || n), '{}', '', false, '', '', false FROM generate_series(1, 6) n;
INSERT INTO reforms_publisher (id, name, aliases, type, country)
SELECT 'publisher-' || n, jsonb_build_object('en', 'Publisher ' || n), '[]',
       (ARRAY['state', 'state_media', 'independent_media', 'ngo'])[1 + n % 4], 'XX' FROM generate_series(1, 100) n;
INSERT INTO reforms_source (id, title, kind, publisher_id, url, archived_url, address_digest, published_on, published_precision, language, note, public_since)
SELECT 'source-' || n, jsonb_build_object('en', 'Source ' || n), 'news', 'publisher-' || (1 + n % 100),
       'https://example.org/' || n, '', 'digest-' || n, date '2020-01-01' + n % 2000, 'day', 'en', '{}', timestamptz '2026-01-01 00:00+00' FROM generate_series(1, 20000) n;
INSERT INTO reforms_body (id, name, note)
SELECT 'body-' || n, jsonb_build_object('en', 'Body ' || n), '{}' FROM generate_series(1, 200) n;
INSERT INTO reforms_topic (id, name)
SELECT 'topic-' || n, jsonb_build_object('en', 'Topic ' || n) FROM generate_series(1, 40) n;
INSERT INTO reforms_programme (id, title, summary, jurisdiction, promisor, announced_on, announced_precision, time_zone, lead_organisation_id, licence)
SELECT 'bench' || n, jsonb_build_object('en', 'Programme ' || n), '{}', 'XX', '{"en": "Promisor"}', '2020-01-01', 'day', 'UTC', 'org-1', 'CC-BY-4.0'
FROM generate_series(1, greatest(1, __PROMISES__ / 100)) n;
INSERT INTO reforms_reform (id, programme_id, number, numbered, position, title, summary, note)
SELECT id || '-1', id, 1, true, id || '-001', jsonb_build_object('en', 'Reform of ' || id), '{}', '{}' FROM reforms_programme;
-- Of each hundred: 55 implemented, 15 in progress, 10 stalled, 10 not assessed, 10 reversed. Every third exists in three languages.
INSERT INTO reforms_promise (id, programme_id, reform_id, number, position, title, statement, kind, commitment, condition,
    deadline_on, deadline_precision, deadline_wording, figures, status, status_since, status_since_precision, verification,
    contested, implemented_from, implemented_to, last_published_at, changed_at)
SELECT reform || '-' || number, programme, reform, number, position || '-' || lpad(number::text, 5, '0'),
       jsonb_build_object('en', 'Promise ' || n || ' about the ' || word || ' and who runs it') || CASE WHEN n % 3 = 0 THEN
           jsonb_build_object('ru', 'Обещание ' || n || ' о том, кто и как управляет: ' || word, 'kk', 'Уәде ' || n || ', оны кім және қалай басқарады: ' || word)
           ELSE '{}' END,
       jsonb_build_object('en', 'The ' || word || ' is to be changed by a law that is passed within ' || n % 97 || ' months, and whoever runs it is to report to parliament each year.')
           || CASE WHEN n % 3 = 0 THEN
           jsonb_build_object('ru', 'Закон, который принимается в течение ' || n % 97 || ' месяцев, меняет это (' || word || '); о сделанном каждый год отчитываются перед парламентом.',
                              'kk', n % 97 || ' ай ішінде қабылданатын заң мұны (' || word || ') өзгертеді; істелген жұмыс туралы жыл сайын парламентке есеп беріледі.')
           ELSE '{}' END,
       (ARRAY['legislation', 'institution', 'policy', 'study'])[1 + n % 4], (ARRAY['specific', 'process', 'aspiration'])[1 + n % 3], '{}',
       CASE WHEN n % 3 = 0 THEN date '2022-01-01' + n % 2500 END, CASE WHEN n % 3 = 0 THEN 'day' ELSE '' END, '{}',
       CASE WHEN n % 5 = 0 THEN jsonb_build_array(jsonb_build_object('what', 'seats', 'value', n % 97)) ELSE '[]' END,
       status, CASE WHEN status <> 'not_assessed' THEN date '2020-01-01' + n % 2000 END,
       CASE WHEN status <> 'not_assessed' THEN 'day' ELSE '' END,
       CASE WHEN status <> 'not_assessed' THEN (ARRAY['official_claim', 'documented', 'independent', 'corroborated'])[1 + n % 4] ELSE 'none' END,
       status <> 'not_assessed' AND n % 50 = 0, NULL, NULL,
       CASE WHEN status <> 'not_assessed' THEN timestamptz '2026-06-01 00:00+00' - n * interval '1 minute' END, timestamptz '2026-06-01 00:00+00' - n * interval '1 minute'
FROM (
    SELECT n, 'bench' || p AS programme, 'bench' || p || '-1' AS reform, 'bench' || p || '-001' AS position,
           1 + n % 100 AS number, (ARRAY['senate', 'budget', 'court', 'school', 'harbour', 'railway', 'forest'])[1 + n % 7] AS word,
           (ARRAY['implemented', 'implemented', 'implemented', 'implemented', 'implemented', 'in_progress', 'stalled', 'not_assessed', 'reversed',
                  CASE WHEN n % 20 < 10 THEN 'implemented' ELSE 'in_progress' END])[1 + n % 10] AS status
    FROM (SELECT n, 1 + n / 100 AS p FROM generate_series(0, __PROMISES__ - 1) n) numbered
) made;
UPDATE reforms_promise SET public_since = timestamptz '2026-01-01 00:00+00';
UPDATE reforms_organisation SET public_since = timestamptz '2026-01-01 00:00+00';
UPDATE reforms_publisher SET public_since = timestamptz '2026-01-01 00:00+00';
UPDATE reforms_body SET public_since = timestamptz '2026-01-01 00:00+00';
UPDATE reforms_topic SET public_since = timestamptz '2026-01-01 00:00+00';
UPDATE reforms_programme SET public_since = timestamptz '2026-01-01 00:00+00';
UPDATE reforms_reform SET public_since = timestamptz '2026-01-01 00:00+00';
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
SELECT md5(id || ' ' || u)::uuid, id, 'org-' || (1 + u % 6), (ARRAY['in_progress', 'implemented', 'implemented', 'stalled'])[1 + (u * number) % 4], date '2020-01-01' + (u * 200 + number) % 2400, 'day', '',
       jsonb_build_object('en', 'Note ' || u || ': what was found of it, and how far that goes.'), '',
       timestamptz '2026-06-01 00:00+00' - interval '1 day' - (n * 10 + u) * interval '1 second', 1, '', 'published', '',
       timestamptz '2026-06-01 00:00+00' - (n * 10 + u) * interval '1 second', date '2020-01-01' + (u * 200 + number) % 2400, ''
FROM (SELECT id, number, row_number() OVER (ORDER BY id) AS n FROM reforms_promise) promise, generate_series(1, 10) u;
INSERT INTO reforms_citation (update_id, position, source_id, stance, basis, origin_id, locator, paragraphs, note)
SELECT id, 1, 'source-' || (1 + n % 20000), 'supports', 'own_finding', 'publisher-' || (1 + n % 100), '', '[]', '{}'
FROM (SELECT id, row_number() OVER (ORDER BY id) AS n FROM reforms_statusupdate) numbered;
INSERT INTO reforms_citation (promise_id, position, source_id, stance, basis, origin_id, locator, paragraphs, note)
SELECT id, 1, 'source-1', 'supports', 'own_finding', 'publisher-1', '', '[]', '{}' FROM reforms_promise;
INSERT INTO reforms_promisesearch (promise_id, vector)
SELECT id, setweight(to_tsvector('simple', concat_ws(' ', title->>'en', title->>'ru', title->>'kk')), 'A')
    || setweight(to_tsvector('simple', concat_ws(' ', statement->>'en', statement->>'ru', statement->>'kk')), 'B') FROM reforms_promise;
