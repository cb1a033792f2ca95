-- TLP:AMBER – 受け取った組織とその顧客のうち、知る必要のある人に限ります
-- TLP:AMBER – need to know, within the recipient's organisation and its clients
-- mixed: duckdb, 50 values, written by wakachi on 2026-11-22T03:04:05Z for DuckDB 1.5
-- Run where the CSV file lies: .read mixed.amber.duckdb.sql
-- Times of logs must be TIMESTAMP or TIMESTAMPTZ. Each view has the whole rows; each query says per indicator
-- how often it was seen, first and last, and nothing of the machines that met it.

CREATE OR REPLACE TABLE "wakachi_mixed_indicators" AS
SELECT * EXCLUDE ("since", "until"), TRY_CAST(NULLIF("since", '') AS TIMESTAMP) AS "since", TRY_CAST(NULLIF("until", '') AS TIMESTAMP) AS "until"
FROM read_csv('mixed.amber.duckdb.csv', header = true, delim = ',', quote = '"', escape = '"', comment = '#', nullstr = '\N', auto_detect = false, strict_mode = true,
  columns = {'type': 'VARCHAR', 'algorithm': 'VARCHAR', 'value': 'VARCHAR', 'name': 'VARCHAR', 'below': 'VARCHAR', 'path': 'VARCHAR', 'cut': 'VARCHAR', 'lo': 'VARCHAR', 'hi': 'VARCHAR', 'port': 'VARCHAR', 'since': 'VARCHAR', 'until': 'VARCHAR', 'tlp': 'VARCHAR', 'ref': 'VARCHAR', 'note': 'VARCHAR'});

CREATE OR REPLACE MACRO wakachi_mixed_v4(a) AS '00000000000000000000ffff' || printf('%02x%02x%02x%02x',
  TRY_CAST(split_part(a, '.', 1) AS INT), TRY_CAST(split_part(a, '.', 2) AS INT), TRY_CAST(split_part(a, '.', 3) AS INT), TRY_CAST(split_part(a, '.', 4) AS INT));
CREATE OR REPLACE MACRO wakachi_mixed_groups(part) AS CASE WHEN part = '' THEN 0 ELSE len(string_split(part, ':')) END;
CREATE OR REPLACE MACRO wakachi_mixed_full(a) AS CASE WHEN contains(a, '::') THEN concat_ws(':', NULLIF(split_part(a, '::', 1), ''),
  NULLIF(rtrim(repeat('0:', greatest(0, 8 - wakachi_mixed_groups(split_part(a, '::', 1)) - wakachi_mixed_groups(split_part(a, '::', 2)))), ':'), ''), NULLIF(split_part(a, '::', 2), '')) ELSE a END;
CREATE OR REPLACE MACRO wakachi_mixed_hex(g) AS CASE WHEN regexp_full_match(g, '[0-9a-f]{1,4}(:[0-9a-f]{1,4}){7}') THEN
  lpad(split_part(g, ':', 1), 4, '0') || lpad(split_part(g, ':', 2), 4, '0') || lpad(split_part(g, ':', 3), 4, '0') || lpad(split_part(g, ':', 4), 4, '0') ||
  lpad(split_part(g, ':', 5), 4, '0') || lpad(split_part(g, ':', 6), 4, '0') || lpad(split_part(g, ':', 7), 4, '0') || lpad(split_part(g, ':', 8), 4, '0') END;
CREATE OR REPLACE MACRO wakachi_mixed_v6(a) AS wakachi_mixed_hex(wakachi_mixed_full(CASE WHEN contains(a, '.') THEN regexp_replace(a, '[^:]*$', '') ||
  substr(wakachi_mixed_v4(regexp_extract(a, '[^:]*$')), 25, 4) || ':' || substr(wakachi_mixed_v4(regexp_extract(a, '[^:]*$')), 29, 4) ELSE a END));
CREATE OR REPLACE MACRO wakachi_mixed_key(a) AS CASE
  WHEN regexp_full_match(a, '((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])') THEN wakachi_mixed_v4(a)
  WHEN contains(a, ':') THEN wakachi_mixed_v6(trim(lower(a), '[]')) END;
CREATE OR REPLACE MACRO wakachi_mixed_bare(u) AS regexp_replace(split_part(u, '#', 1), '^[A-Za-z][A-Za-z0-9+.-]*://', '');
CREATE OR REPLACE MACRO wakachi_mixed_authority(u) AS regexp_replace(lower(regexp_extract(wakachi_mixed_bare(u), '^[^/?]*')), '^.*@', '');
CREATE OR REPLACE MACRO wakachi_mixed_host(u) AS rtrim(CASE WHEN starts_with(wakachi_mixed_authority(u), '[') THEN regexp_extract(wakachi_mixed_authority(u), '^\[[^\]]*\]')
  ELSE regexp_replace(wakachi_mixed_authority(u), ':[0-9]*$', '') END, '.');
CREATE OR REPLACE MACRO wakachi_mixed_rest(u) AS CASE WHEN starts_with(regexp_replace(wakachi_mixed_bare(u), '^[^/?]*', ''), '/') THEN '' ELSE '/' END || regexp_replace(wakachi_mixed_bare(u), '^[^/?]*', '');

-- name: dns query
CREATE OR REPLACE VIEW "wakachi_mixed_1" AS
WITH texts AS (SELECT DISTINCT CAST("query" AS VARCHAR) AS raw FROM "dns" WHERE "query" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT raw, name, array_to_string(parts[n:], '.') AS suffix FROM (SELECT raw, name, string_split(name, '.') AS parts
    FROM (SELECT t.raw, rtrim(lower(t.raw), '.') AS name FROM texts t)), LATERAL (SELECT unnest(range(1, len(parts) + 1)) AS n)) t
    JOIN "wakachi_mixed_indicators" i ON i."type" = 'domain-name' AND i."name" = t.suffix AND (i."below" = '0' OR t.name <> t.suffix)
  UNION
  SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT t.raw, wakachi_mixed_key(t.raw) AS k FROM texts t) t JOIN "wakachi_mixed_indicators" i
    ON i."lo" <> '' AND t.k BETWEEN i."lo" AND i."hi")
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "dns" l JOIN hits h ON CAST(l."query" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_1" GROUP BY ALL ORDER BY ALL;

-- name: ssl server_name
CREATE OR REPLACE VIEW "wakachi_mixed_2" AS
WITH texts AS (SELECT DISTINCT CAST("server_name" AS VARCHAR) AS raw FROM "ssl" WHERE "server_name" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT raw, name, array_to_string(parts[n:], '.') AS suffix FROM (SELECT raw, name, string_split(name, '.') AS parts
    FROM (SELECT t.raw, rtrim(lower(t.raw), '.') AS name FROM texts t)), LATERAL (SELECT unnest(range(1, len(parts) + 1)) AS n)) t
    JOIN "wakachi_mixed_indicators" i ON i."type" = 'domain-name' AND i."name" = t.suffix AND (i."below" = '0' OR t.name <> t.suffix)
  UNION
  SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT t.raw, wakachi_mixed_key(t.raw) AS k FROM texts t) t JOIN "wakachi_mixed_indicators" i
    ON i."lo" <> '' AND t.k BETWEEN i."lo" AND i."hi")
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "ssl" l JOIN hits h ON CAST(l."server_name" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_2" GROUP BY ALL ORDER BY ALL;

-- url: http url
CREATE OR REPLACE VIEW "wakachi_mixed_3" AS
WITH texts AS (SELECT DISTINCT CAST("url" AS VARCHAR) AS raw FROM "http" WHERE "url" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT t.raw, wakachi_mixed_host(t.raw) AS host, wakachi_mixed_rest(t.raw) AS rest FROM texts t) t JOIN "wakachi_mixed_indicators" i
    ON i."type" = 'url' AND i."name" = t.host AND starts_with(t.rest, i."path")
    AND (i."cut" = '0' OR length(t.rest) = length(i."path") OR contains('/?&;#', substr(t.rest, length(i."path") + 1, 1)))
  UNION
  SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT raw, name, array_to_string(parts[n:], '.') AS suffix FROM (SELECT raw, name, string_split(name, '.') AS parts
    FROM (SELECT t.raw, rtrim(lower(wakachi_mixed_host(t.raw)), '.') AS name FROM texts t)), LATERAL (SELECT unnest(range(1, len(parts) + 1)) AS n)) t
    JOIN "wakachi_mixed_indicators" i ON i."type" = 'domain-name' AND i."name" = t.suffix AND (i."below" = '0' OR t.name <> t.suffix)
  UNION
  SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT t.raw, wakachi_mixed_key(wakachi_mixed_host(t.raw)) AS k FROM texts t) t JOIN "wakachi_mixed_indicators" i
    ON i."lo" <> '' AND t.k BETWEEN i."lo" AND i."hi")
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "http" l JOIN hits h ON CAST(l."url" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_3" GROUP BY ALL ORDER BY ALL;

-- agent: http user_agent
CREATE OR REPLACE VIEW "wakachi_mixed_4" AS
WITH texts AS (SELECT DISTINCT CAST("user_agent" AS VARCHAR) AS raw FROM "http" WHERE "user_agent" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('user-agent') AND i."name" = t.raw)
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "http" l JOIN hits h ON CAST(l."user_agent" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_4" GROUP BY ALL ORDER BY ALL;

-- address: conn id_orig_h
CREATE OR REPLACE VIEW "wakachi_mixed_5" AS
WITH texts AS (SELECT DISTINCT CAST("id_orig_h" AS VARCHAR) AS raw FROM "conn" WHERE "id_orig_h" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT t.raw, wakachi_mixed_key(t.raw) AS k FROM texts t) t JOIN "wakachi_mixed_indicators" i
    ON i."lo" <> '' AND t.k BETWEEN i."lo" AND i."hi")
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "conn" l JOIN hits h ON CAST(l."id_orig_h" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_5" GROUP BY ALL ORDER BY ALL;

-- address: conn id_resp_h
CREATE OR REPLACE VIEW "wakachi_mixed_6" AS
WITH texts AS (SELECT DISTINCT CAST("id_resp_h" AS VARCHAR) AS raw FROM "conn" WHERE "id_resp_h" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT t.raw, wakachi_mixed_key(t.raw) AS k FROM texts t) t JOIN "wakachi_mixed_indicators" i
    ON i."lo" <> '' AND t.k BETWEEN i."lo" AND i."hi")
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "conn" l JOIN hits h ON CAST(l."id_resp_h" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_6" GROUP BY ALL ORDER BY ALL;

-- digest: files md5
CREATE OR REPLACE VIEW "wakachi_mixed_7" AS
WITH texts AS (SELECT DISTINCT CAST("md5" AS VARCHAR) AS raw FROM "files" WHERE "md5" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('file') AND i."name" = lower(t.raw) AND i."algorithm" <> '')
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "files" l JOIN hits h ON CAST(l."md5" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_7" GROUP BY ALL ORDER BY ALL;

-- digest: files sha1
CREATE OR REPLACE VIEW "wakachi_mixed_8" AS
WITH texts AS (SELECT DISTINCT CAST("sha1" AS VARCHAR) AS raw FROM "files" WHERE "sha1" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('file') AND i."name" = lower(t.raw) AND i."algorithm" <> '')
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "files" l JOIN hits h ON CAST(l."sha1" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_8" GROUP BY ALL ORDER BY ALL;

-- digest: files sha256
CREATE OR REPLACE VIEW "wakachi_mixed_9" AS
WITH texts AS (SELECT DISTINCT CAST("sha256" AS VARCHAR) AS raw FROM "files" WHERE "sha256" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('file') AND i."name" = lower(t.raw) AND i."algorithm" <> '')
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "files" l JOIN hits h ON CAST(l."sha256" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_9" GROUP BY ALL ORDER BY ALL;

-- file-name: files filename
CREATE OR REPLACE VIEW "wakachi_mixed_10" AS
WITH texts AS (SELECT DISTINCT CAST("filename" AS VARCHAR) AS raw FROM "files" WHERE "filename" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('file') AND i."name" = lower(regexp_extract(t.raw, '[^/\\]*$')) AND i."algorithm" = ''
  UNION
  SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('directory') AND i."name" = lower(t.raw))
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "files" l JOIN hits h ON CAST(l."filename" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_10" GROUP BY ALL ORDER BY ALL;

-- mail: smtp mailfrom
CREATE OR REPLACE VIEW "wakachi_mixed_11" AS
WITH texts AS (SELECT DISTINCT CAST("mailfrom" AS VARCHAR) AS raw FROM "smtp" WHERE "mailfrom" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('email-addr') AND i."name" = lower(trim(t.raw, '<> '))
  UNION
  SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM (SELECT raw, name, array_to_string(parts[n:], '.') AS suffix FROM (SELECT raw, name, string_split(name, '.') AS parts
    FROM (SELECT t.raw, rtrim(lower(split_part(trim(t.raw, '<> '), '@', -1)), '.') AS name FROM texts t)), LATERAL (SELECT unnest(range(1, len(parts) + 1)) AS n)) t
    JOIN "wakachi_mixed_indicators" i ON i."type" = 'domain-name' AND i."name" = t.suffix AND (i."below" = '0' OR t.name <> t.suffix))
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "smtp" l JOIN hits h ON CAST(l."mailfrom" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_11" GROUP BY ALL ORDER BY ALL;

-- subject: smtp subject
CREATE OR REPLACE VIEW "wakachi_mixed_12" AS
WITH texts AS (SELECT DISTINCT CAST("subject" AS VARCHAR) AS raw FROM "smtp" WHERE "subject" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('email-subject') AND i."name" = t.raw)
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "smtp" l JOIN hits h ON CAST(l."subject" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_12" GROUP BY ALL ORDER BY ALL;

-- fingerprint: ssl ja3
CREATE OR REPLACE VIEW "wakachi_mixed_13" AS
WITH texts AS (SELECT DISTINCT CAST("ja3" AS VARCHAR) AS raw FROM "ssl" WHERE "ja3" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('ja3', 'ja3s', 'jarm', 'imphash', 'x509-certificate') AND i."name" = lower(replace(t.raw, ':', '')))
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "ssl" l JOIN hits h ON CAST(l."ja3" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_13" GROUP BY ALL ORDER BY ALL;

-- fingerprint: ssl ja3s
CREATE OR REPLACE VIEW "wakachi_mixed_14" AS
WITH texts AS (SELECT DISTINCT CAST("ja3s" AS VARCHAR) AS raw FROM "ssl" WHERE "ja3s" IS NOT NULL),
hits AS (SELECT t.raw, i."type", i."value", i."ref", i."tlp", i."until" FROM texts t JOIN "wakachi_mixed_indicators" i ON i."type" IN ('ja3', 'ja3s', 'jarm', 'imphash', 'x509-certificate') AND i."name" = lower(replace(t.raw, ':', '')))
SELECT l.*, h."type" AS wakachi_type, h."value" AS wakachi_value, h."ref" AS wakachi_ref, h."tlp" AS wakachi_tlp, l."ts" AS wakachi_time
FROM "ssl" l JOIN hits h ON CAST(l."ja3s" AS VARCHAR) = h.raw
WHERE h."until" IS NULL OR CAST(l."ts" AS TIMESTAMP) < h."until";
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count(*) AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM "wakachi_mixed_14" GROUP BY ALL ORDER BY ALL;

