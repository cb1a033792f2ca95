-- Small logs for the SQL engines. A row whose tag begins with "hit" must be found, once for each value it names;
-- one whose tag begins with "near" must not.
CREATE TABLE dns (ts TIMESTAMP, query VARCHAR, tag VARCHAR);
INSERT INTO dns VALUES
 ('2026-11-01 00:00:00', 'evil.example', 'hit evil.example'),
 ('2026-11-02 00:00:00', 'EVIL.Example.', 'hit evil.example'),
 ('2026-11-03 00:00:00', 'a.b.evil.example', 'hit evil.example'),
 ('2026-11-03 00:00:00', 'notevil.example', 'near'),
 ('2026-11-03 00:00:00', 'evil.example.jp', 'near'),
 ('2026-11-03 00:00:00', 'evil.example.com.example', 'near'),
 ('2026-11-03 00:00:00', 'xevil.example', 'near'),
 ('2026-11-03 00:00:00', 'example', 'near'),
 ('2026-11-03 00:00:00', '', 'near'),
 ('2026-11-03 00:00:00', '.', 'near'),
 ('2026-11-03 00:00:00', NULL, 'near'),
 ('2026-11-03 00:00:00', 'wild.example', 'near'),
 ('2026-11-03 00:00:00', 'x.wild.example', 'hit *.wild.example'),
 ('2026-11-03 00:00:00', 'xwild.example', 'near'),
 ('2026-11-03 00:00:00', '_dmarc.under-score.example', 'hit _dmarc.under-score.example'),
 ('2026-11-03 00:00:00', 'xdmarc.under-score.example', 'near'),
 ('2026-11-03 00:00:00', '203.0.113.77', 'hit 203.0.113.77');
CREATE TABLE ssl (ts TIMESTAMP, server_name VARCHAR, ja3 VARCHAR, ja3s VARCHAR, tag VARCHAR);
INSERT INTO ssl VALUES
 ('2026-11-01 00:00:00', 'www.evil.example', '123456789ABCDEF0123456789ABCDEF0', NULL, 'hit evil.example 123456789abcdef0123456789abcdef0'),
 ('2026-11-01 00:00:00', 'fine.example', '1123456789abcdef0123456789abcdef', NULL, 'near');
CREATE TABLE http (ts TIMESTAMP, url VARCHAR, user_agent VARCHAR, tag VARCHAR);
INSERT INTO http VALUES
 ('2026-11-01 00:00:00', 'http://evil.example/a.php', 'KRG/1.2', 'hit evil.example http://evil.example/a.php http://user:pw@evil.example/#frag KRG/1.2'),
 ('2026-11-01 00:00:00', 'evil.example/a.php?x=1', 'KRG/1.20', 'hit evil.example http://evil.example/a.php http://user:pw@evil.example/#frag'),
 ('2026-11-01 00:00:00', 'HTTP://u:p@EVIL.example:8081/a.php/b', NULL, 'hit evil.example http://evil.example/a.php http://user:pw@evil.example/#frag'),
 ('2026-11-01 00:00:00', 'http://evil.example/a.phpx', NULL, 'hit evil.example http://user:pw@evil.example/#frag'),
 ('2026-11-01 00:00:00', 'http://evil.example/A.php', NULL, 'hit evil.example http://user:pw@evil.example/#frag'),
 ('2026-11-01 00:00:00', 'http://evil.example', NULL, 'hit evil.example http://user:pw@evil.example/#frag'),
 ('2026-11-01 00:00:00', 'http://sub.evil.example/a.php', NULL, 'hit evil.example'),
 ('2026-11-01 00:00:00', 'http://fine.example/evil.example/a.php', NULL, 'near'),
 ('2026-11-01 00:00:00', 'http://fine.example/?u=http://evil.example/a.php', NULL, 'near'),
 ('2026-11-01 00:00:00', 'http://evil.example@fine.example/a.php', NULL, 'near'),
 ('2026-11-01 00:00:00', 'http://203.0.113.9/x', NULL, 'hit http://203.0.113.9/'),
 ('2026-11-01 00:00:00', 'http://203.0.113.90/x', NULL, 'near'),
 ('2026-11-01 00:00:00', 'http://[2001:DB8:0::1]:80/x', NULL, 'hit 2001:db8::1'),
 ('2026-11-01 00:00:00', 'http://evil.example:8080/x/$y;''z|w*%{a}(b)~!?q', NULL, 'hit evil.example http://evil.example:8080/x/$y;''z|w*%{a}(b)~! http://user:pw@evil.example/#frag'),
 ('2026-11-01 00:00:00', 'https://evil.example/gate?id=1&x=%22%27', 'Mozilla/5.0 (compatible; "x" \ ; | * ? % $ '' evil)', 'hit evil.example https://evil.example/gate?id=1&x=%22%27 http://user:pw@evil.example/#frag Mozilla/5.0'),
 ('2026-11-01 00:00:00', 'https://evil.example/gate?id=1', 'Mozilla/5.0 (compatible; "x" \ ; | * ? % $ '' evilx)', 'hit evil.example http://user:pw@evil.example/#frag');
CREATE TABLE conn (ts TIMESTAMP, id_orig_h VARCHAR, id_resp_h VARCHAR, tag VARCHAR);
INSERT INTO conn VALUES
 ('2026-11-01 00:00:00', '10.0.0.1', '203.0.113.77', 'hit 203.0.113.77'),
 ('2026-11-01 00:00:00', '10.0.0.1', '203.0.113.7', 'near'),
 ('2026-11-01 00:00:00', '10.0.0.1', '203.0.113.177', 'near'),
 ('2026-11-01 00:00:00', '10.0.0.1', '103.0.113.77', 'near'),
 ('2026-11-01 00:00:00', '10.0.0.1', '98.51.100.4', 'near'),
 ('2026-11-01 00:00:00', '198.51.100.40', '198.51.100.41', 'near'),
 ('2026-11-01 00:00:00', '198.51.100.4', '10.0.0.2', 'hit 198.51.100.4'),
 ('2026-11-01 00:00:00', '192.0.2.128', '10.0.0.2', 'hit 192.0.2.128/25'),
 ('2026-11-01 00:00:00', '192.0.2.255', '10.0.0.2', 'hit 192.0.2.128/25'),
 ('2026-11-01 00:00:00', '192.0.2.127', '192.0.3.128', 'near'),
 ('2026-11-01 00:00:00', '2001:0DB8:0000:0000:0000:0000:0000:0001', '10.0.0.2', 'hit 2001:db8::1'),
 ('2026-11-01 00:00:00', '2001:db8::10', '2001:db8::11', 'near'),
 ('2026-11-01 00:00:00', '2001:db8:5:ffff::', '2001:db8:6::', 'hit 2001:db8:5::/48'),
 ('2026-11-01 00:00:00', '::ffff:203.0.113.77', '::', 'hit 203.0.113.77'),
 ('2026-11-01 00:00:00', '999.0.113.77', '203.0.113.77.9', 'near'),
 ('2026-11-01 00:00:00', '-', 'x:y', 'near'),
 ('2026-11-01 00:00:00', '1::2::3', ':::::::::', 'near');
CREATE TABLE files (ts TIMESTAMP, md5 VARCHAR, sha1 VARCHAR, sha256 VARCHAR, filename VARCHAR, tag VARCHAR);
INSERT INTO files VALUES
 ('2026-11-01 00:00:00', 'D41D8CD98F00B204E9800998ECF8427F', NULL, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8aa', 'C:\Users\x\MZlock.exe', 'hit d41d8cd98f00b204e9800998ecf8427f e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8aa mzlock.exe'),
 ('2026-11-01 00:00:00', 'd41d8cd98f00b204e9800998ecf8427', NULL, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8aa00', 'xmzlock.exe', 'near'),
 ('2026-11-01 00:00:00', NULL, NULL, NULL, 'mzlock.exe.txt', 'near'),
 ('2026-11-01 00:00:00', NULL, NULL, NULL, '/tmp/.x/$(id);''a''', 'hit /tmp/.x/$(id);''a'''),
 ('2026-11-01 00:00:00', NULL, NULL, NULL, '請求書.docm', 'hit 請求書.docm');
CREATE TABLE smtp (ts TIMESTAMP, mailfrom VARCHAR, subject VARCHAR, tag VARCHAR);
INSERT INTO smtp VALUES
 ('2026-11-01 00:00:00', '<O''neil*|$%{x}@evil.example>', '【至急】請求書のご確認 "x"; ''y'' --', 'hit o''neil*|$%{x}@evil.example evil.example 【至急】請求書のご確認'),
 ('2026-11-01 00:00:00', 'neil@notevil.example', '【至急】請求書のご確認', 'near');
