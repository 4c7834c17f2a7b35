-- What the admin meets besides: a queue, organisations that send, private sources, loaded texts, accounts and their log.
INSERT INTO reforms_organisation (id, name, affiliation, url, pseudonymous, legal_name, licence_accepted, trusted)
SELECT 'watch-' || n, jsonb_build_object('en', 'Watchdog ' || n), '{}', '', false, '', '', false FROM generate_series(1, 200) n;
INSERT INTO reforms_publisher (id, name, aliases, type, country, submitted_by_id)
SELECT 'p-' || n, jsonb_build_object('en', 'Outlet ' || n, 'ru', 'Издание ' || n), '["The Outlet"]', 'ngo', 'XX', 'watch-' || (1 + n % 200)
FROM generate_series(1, 1000) n;
INSERT INTO reforms_source (id, title, kind, publisher_id, url, archived_url, address_digest, published_on, published_precision, language, note, submitted_by_id)
SELECT 's-' || n, jsonb_build_object('en', 'Private source ' || n, 'ru', 'Закрытый источник ' || n), 'article', 'p-' || (1 + n % 1000),
       'https://example.com/' || n, '', 'private-' || n, date '2020-01-01' + n % 2000, 'day', 'ru', '{}', 'watch-' || (1 + n % 200)
FROM generate_series(1, 12000) n;
INSERT INTO reforms_paragraph (source_id, ordinal, fingerprint, text)
SELECT 'source-' || s, o, 'fp1:' || encode(sha256((s || '-' || o)::bytea), 'hex'), repeat('A sentence of paragraph ' || o || ' of the law. ', 12)
FROM generate_series(1, 200) s, generate_series(1, 500) o;
INSERT INTO reforms_programme (id, title, summary, jurisdiction, promisor, announced_on, announced_precision, time_zone, lead_organisation_id, licence, public_since)
SELECT 'small' || n, jsonb_build_object('en', 'Small programme ' || n), '{}', 'XX', '{"en": "Promisor"}', '2020-01-01', 'day', 'UTC', 'org-1', 'CC-BY-4.0', now()
FROM generate_series(1, 300) n;
INSERT INTO reforms_reform (id, programme_id, number, numbered, position, title, summary, note, public_since)
SELECT 'small' || p || '-' || r, 'small' || p, r, true, 'small' || p || '-' || lpad(r::text, 3, '0'),
       jsonb_build_object('en', 'Small reform ' || r), '{}', '{}', now() FROM generate_series(1, 300) p, generate_series(1, 10) r;
-- 6,000 wait, were sent back or were rejected; each has evidence, and some an id of their organisation's own.
INSERT INTO reforms_statusupdate (id, promise_id, organisation_id, status, effective_on, effective_precision, assessed_precision, note,
    external_id, submitted_at, version, replaces_reason, review_state, review_note, ended_reason)
SELECT gen_random_uuid(), id, 'watch-' || (1 + n % 200), (ARRAY['in_progress', 'stalled'])[1 + n % 2], date '2021-01-01' + (n % 900)::int, 'day', '',
       jsonb_build_object('en', 'Waiting note ' || n || ' on the bridge', 'ru', 'Замечание ' || n), CASE WHEN n % 2 = 0 THEN 'own-' || n ELSE '' END,
       now() - n * interval '7 minutes', 1, '', (ARRAY['submitted', 'submitted', 'submitted', 'submitted', 'changes_requested', 'rejected'])[1 + n % 6], '', ''
FROM (SELECT id, row_number() OVER (ORDER BY hashtext(id)) AS n FROM reforms_promise) shuffled WHERE n <= 6000;
INSERT INTO reforms_citation (update_id, position, source_id, stance, basis, origin_id, locator, paragraphs, note)
SELECT id, 1, 's-' || (1 + n % 12000), 'supports', 'own_finding', 'p-' || (1 + n % 1000), '', '[]', '{}'
FROM (SELECT id, row_number() OVER () AS n FROM reforms_statusupdate WHERE review_state NOT IN ('published')) numbered;
UPDATE reforms_citation SET stance = 'disputes' WHERE id % 5000 = 0;
-- A few hundred of what was published did not stand.
UPDATE reforms_statusupdate SET review_state = 'retracted', ended_at = now(), ended_reason = 'It was wrong.'
WHERE id IN (SELECT id FROM reforms_statusupdate WHERE review_state = 'published' AND promise_id LIKE 'bench7-1-%' LIMIT 500);
INSERT INTO auth_user (username, password, is_superuser, first_name, last_name, email, is_staff, is_active, date_joined)
SELECT 'person' || n, '!', false, '', '', 'person' || n || '@example.org', false, true, now() FROM generate_series(1, 5000) n;
INSERT INTO reforms_organisation_members (organisation_id, user_id)
SELECT 'watch-' || (1 + id % 200), id FROM auth_user WHERE username LIKE 'person%';
INSERT INTO reforms_key (id, organisation_id, name, scopes, digest, created_at)
SELECT 'key' || n, 'watch-' || (1 + n % 200), 'Script ' || n, '["submit"]', 'digest-' || n, now() FROM generate_series(1, 1000) n;
INSERT INTO reforms_seedrecord (object_type, object_id, content, loaded_at)
SELECT 'promise', id, '{}', now() FROM reforms_promise;
-- What the accounts did: one line for each of some 200,000 published updates.
INSERT INTO django_admin_log (action_time, user_id, content_type_id, object_id, object_repr, action_flag, change_message)
SELECT published_at, (SELECT min(id) FROM auth_user) + n % 5, (SELECT id FROM django_content_type WHERE app_label = 'reforms' AND model = 'statusupdate'),
       id::text, 'An update', 2, 'Published.'
FROM (SELECT id, published_at, row_number() OVER () AS n FROM reforms_statusupdate WHERE review_state = 'published' LIMIT 200000) published;
