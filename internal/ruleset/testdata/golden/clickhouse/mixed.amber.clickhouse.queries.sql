-- TLP:AMBER – 受け取った組織とその顧客のうち、知る必要のある人に限ります
-- TLP:AMBER – need to know, within the recipient's organisation and its clients
-- mixed: clickhouse, 50 values, written by wakachi on 2026-11-22T03:04:05Z for ClickHouse 22.3 and later

-- name: dns query
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`query`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `dns`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_1`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- name: ssl server_name
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`server_name`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `ssl`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_2`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- url: http url
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`url`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `http`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_3`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- agent: http user_agent
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`user_agent`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `http`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_4`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- address: conn id_orig_h
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`id_orig_h`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `conn`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_5`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- address: conn id_resp_h
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`id_resp_h`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `conn`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_6`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- digest: files md5
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`md5`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `files`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_7`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- digest: files sha1
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`sha1`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `files`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_8`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- digest: files sha256
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`sha256`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `files`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_9`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- file-name: files filename
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`filename`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `files`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_10`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- mail: smtp mailfrom
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`mailfrom`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `smtp`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_11`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- subject: smtp subject
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`subject`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `smtp`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_12`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- fingerprint: ssl ja3
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`ja3`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `ssl`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_13`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

-- fingerprint: ssl ja3s
SELECT wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, count() AS hits, min(wakachi_time) AS first_seen, max(wakachi_time) AS last_seen
FROM (SELECT ifNull(toString(`ja3s`), '') AS wakachi_raw, toDateTime(`ts`) AS wakachi_time FROM `ssl`) ALL INNER JOIN (SELECT wakachi_raw, wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp, wakachi_until FROM `wakachi_mixed_14`) USING (wakachi_raw)
WHERE isNull(wakachi_until) OR wakachi_time < wakachi_until
GROUP BY wakachi_type, wakachi_value, wakachi_ref, wakachi_tlp ORDER BY wakachi_type, wakachi_value;

