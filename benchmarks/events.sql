-- Events in the likeness of real Windows ones (Sysmon and Security), 60 fields of which an event has about half.
--
-- An event is a function of its number, the seed and the total, so any stretch can be made by itself. What varies in
-- the real ones varies here: the number of distinct values of a field grows with the events, by a power of their
-- number, and skewed towards the older values. `benchmarks/README.md` compares both.

-- A number from 0 to below 1 that depends on everything it is given.
CREATE OR REPLACE MACRO draw(i, salt) AS (hash(i, salt, getvariable('seed')) >> 11) / 9007199254740992.0;

-- A whole number from 0 to below `sides`.
CREATE OR REPLACE MACRO dice(i, salt, sides) AS (hash(i, salt, getvariable('seed')) % sides::UBIGINT)::BIGINT;

-- The number of a value out of a pool that has `size * i ** growth` of them by event `i`; small ones are frequent.
CREATE OR REPLACE MACRO pooled(i, salt, size, growth, skew) AS
    floor(size * pow(i + 1, growth) * pow(draw(i, salt), skew))::BIGINT;

CREATE OR REPLACE MACRO hex(i, salt) AS md5(concat(salt, i, getvariable('seed')));

CREATE OR REPLACE MACRO dashed(h) AS
    concat('{', h[1:8], '-', h[9:12], '-', h[13:16], '-', h[17:20], '-', h[21:32], '}');

CREATE OR REPLACE MACRO program(n) AS CASE
    WHEN n < 24 THEN concat('C:\Windows\System32\', (['svchost', 'lsass', 'services', 'WmiPrvSE', 'csrss', 'cmd',
        'wbem\scrcons', 'conhost', 'powershell', 'taskhostw', 'dllhost', 'rundll32', 'spoolsv', 'winlogon', 'smss',
        'msiexec', 'SearchIndexer', 'net', 'whoami', 'reg', 'sc', 'wevtutil', 'mshta', 'regsvr32'])[n + 1], '.exe')
    WHEN n % 3 = 0 THEN concat('C:\Program Files\', (['Vega', 'Orrin', 'Tallow', 'Quarry'])[n % 4 + 1], ' ', n // 12,
        '\bin\agent', n, '.exe')
    ELSE concat('C:\Users\u', n % 97, '\AppData\Local\Temp\', hex(n, 'program')[1:8], '\setup', n, '.exe') END;

CREATE OR REPLACE MACRO library(n) AS concat('C:\Windows\System32\',
    (['ntdll', 'kernel32', 'rpcrt4', 'bcrypt', 'wmi', 'clr', 'ole', 'user', 'net', 'crypt'])[n % 10 + 1], n // 10, '.dll');

CREATE OR REPLACE TABLE kinds AS
SELECT kind::UTINYINT AS kind, * EXCLUDE (kind), sum(share) OVER (ORDER BY kind) - share AS low
FROM (VALUES
    -- kind, share of 1000, EventID, Task, Version, sysmon, Category, EventType, first line of the message
    (1, 370, 12, 12, 2, true, 'Registry object added or deleted (rule: RegistryEvent)', 'CreateKey', 'Registry object added or deleted:'),
    (2, 130, 10, 10, 3, true, 'Process accessed (rule: ProcessAccess)', 'INFO', 'Process accessed:'),
    (3, 115, 7, 7, 3, true, 'Image loaded (rule: ImageLoad)', 'INFO', 'Image loaded:'),
    (4, 90, 13, 13, 2, true, 'Registry value set (rule: RegistryEvent)', 'SetValue', 'Registry value set:'),
    (5, 15, 11, 11, 2, true, 'File created (rule: FileCreate)', 'INFO', 'File created:'),
    (6, 10, 3, 3, 5, true, 'Network connection detected (rule: NetworkConnect)', 'INFO', 'Network connection detected:'),
    (7, 10, 1, 1, 5, true, 'Process Create (rule: ProcessCreate)', 'INFO', 'Process Create:'),
    (8, 65, 4658, 12801, 0, false, 'Registry', 'AUDIT_SUCCESS', 'The handle to an object was closed.'),
    (9, 45, 4656, 12801, 1, false, 'Registry', 'AUDIT_SUCCESS', 'A handle to an object was requested.'),
    (10, 40, 4663, 12801, 1, false, 'Registry', 'AUDIT_SUCCESS', 'An attempt was made to access an object.'),
    (11, 40, 5156, 12810, 1, false, 'Filtering Platform Connection', 'AUDIT_SUCCESS', 'The Windows Filtering Platform has permitted a connection.'),
    (12, 25, 5158, 12810, 0, false, 'Filtering Platform Connection', 'AUDIT_SUCCESS', 'The Windows Filtering Platform has permitted a bind to a local port.'),
    (13, 20, 4688, 13312, 2, false, 'Process Creation', 'AUDIT_SUCCESS', 'A new process has been created.'),
    (14, 15, 4624, 12544, 2, false, 'Logon', 'AUDIT_SUCCESS', 'An account was successfully logged on.'),
    (15, 10, 4625, 12544, 0, false, 'Logon', 'AUDIT_FAILURE', 'An account failed to log on.')
) AS v (kind, share, event_id, task, version, sysmon, category, event_type, title);

-- kind_of[n] is the kind of a draw of n thousandths.
SET VARIABLE kind_of = (SELECT list(kind ORDER BY low, n) FROM kinds, range(share) AS r(n));

-- Events `first` to `last` (exclusive) of `total`, newest first or shuffled over all of the time.
-- The newest is `days` after the oldest, at `ending` (milliseconds since 1970).
CREATE OR REPLACE MACRO events(first, last, total, ending, days, shuffled) AS TABLE
WITH
numbers AS (
    SELECT CASE WHEN shuffled THEN (n * 7368787 + 12345) % total ELSE total - 1 - n END AS i FROM range(first, last) AS r(n)
),
-- when, what, and by which process: a process lives for some thousand events, then others take its place
placed AS (
    SELECT i, (i + draw(i, 'time')) / total AS x, getvariable('kind_of')[floor(draw(i, 'kind') * 1000)::INT + 1] AS kind,
        greatest(0, floor(i / 180.0 + 25 * ln(1 - draw(i, 'process'))))::BIGINT AS p,
        greatest(0, floor(i / 180.0 + 60 * ln(1 - draw(i, 'other process'))))::BIGINT AS q
    FROM numbers
),
valued AS (
    SELECT placed.*, kinds.* EXCLUDE (kind),
        epoch_ms((ending - 86400000.0 * days * (1 - x - 0.8 / (2 * pi() * days) * sin(2 * pi() * days * x)))::BIGINT) AS received,
        concat('WS-', lpad(dice(p, 'host', 4 + floor(pow(p + 1, 0.2)))::VARCHAR, 4, '0'), '.corp.example') AS host,
        dashed(hex(p, 'process')) AS process_guid,
        4 + 4 * dice(p, 'pid', 4000) AS process_id,
        program(pooled(p, 'image', 2.0, 0.66, 3)) AS image,
        CASE WHEN draw(p, 'user') < 0.7 THEN 'NT AUTHORITY\SYSTEM' ELSE concat('CORP\user', pooled(p, 'user name', 1.0, 0.4, 2)) END AS account,
        pooled(i, 'target', 1.6, 0.8, 2) AS target,
        pooled(i, 'library', 0.55, 0.68, 2) AS dll,
        pooled(i, 'trace', 0.5, 0.66, 3) AS trace,
        pooled(i, 'logon', 0.2, 0.6, 2) AS logon,
        concat('0x', to_hex(4 * pooled(i, 'handle', 5.0, 0.55, 1.5) + 64)) AS handle
    FROM placed JOIN kinds USING (kind)
),
named AS (
    SELECT *,
        strftime(received - to_milliseconds(800 + (draw(i, 'delay') * 2500)::BIGINT), '%Y-%m-%d %H:%M:%S.%g') AS utc,
        CASE WHEN kind IN (1, 4) THEN concat((['HKLM\System\CurrentControlSet\Services\', 'HKU\.DEFAULT\Software\',
            'HKLM\SOFTWARE\Microsoft\', 'HKCR\CLSID\'])[target % 4 + 1], hex(target % 400, 'service')[1:7], '\Parameters\',
            CASE WHEN target % 3 = 0 THEN dashed(hex(target, 'key')) ELSE target::VARCHAR END) END AS target_object,
        CASE WHEN kind = 4 THEN CASE WHEN target % 2 = 0 THEN concat('DWORD (0x', hex(i, 'details')[1:8], ')')
            ELSE concat('QWORD (0x', hex(i, 'details')[1:8], '-0x', hex(i, 'details')[9:16], ')') END END AS details,
        CASE WHEN kind = 2 THEN concat_ws('|', concat(library(trace % 7), '+', hex(trace, 'a')[1:5]),
            concat(library(trace % 31), '+', hex(trace, 'b')[1:5]), concat(library(trace % 11), '+', hex(trace, 'c')[1:5]),
            concat(library(trace % 5), '+', hex(trace, 'd')[1:5]), concat(library(trace % 53), '+', hex(trace, 'e')[1:5]),
            concat(library(trace % 13), '+', hex(trace, 'f')[1:5]), concat(library(trace % 3), '+', hex(trace, 'g')[1:5]),
            concat(library(trace % 17), '+', hex(trace, 'h')[1:5]), concat(library(trace % 29), '+', hex(trace, 'i')[1:5]),
            concat(library(trace % 19), '+', hex(trace, 'j')[1:5]), concat('UNKNOWN(', hex(trace, 'k')[1:16], ')')) END AS call_trace,
        CASE WHEN kind IN (3, 7) THEN concat('SHA1=', upper(hex(dll, 'sha1')), upper(hex(dll, 'sha')[1:8]), ',MD5=', upper(hex(dll, 'md5')),
            ',SHA256=', upper(hex(dll, 'sha2')), upper(hex(dll, 'sha3')), ',IMPHASH=', upper(hex(dll, 'imp'))) END AS hashes,
        CASE WHEN kind IN (7, 13) THEN concat('"', image, '" -k ', hex(i, 'command')[1:4 + dice(i, 'length', 28)],
            CASE WHEN dice(i, 'flag', 5) = 0 THEN ' -NoProfile -EncodedCommand ' || hex(i, 'code') ELSE ' /quiet' END) END AS command_line,
        CASE WHEN kind = 5 THEN concat(regexp_replace(image, '[^\\]*$', ''), 'cache\', hex(i, 'file')[1:12], '.tmp') END AS target_filename,
        CASE WHEN kind IN (8, 9, 10) THEN concat('\REGISTRY\MACHINE\SYSTEM\ControlSet001\Control\Lsa\', hex(target % 700, 'object')[1:6]) END AS object_name,
        CASE WHEN kind IN (6, 11, 12) THEN (49152 + pooled(i, 'port', 6.0, 0.5, 1) % 16384)::VARCHAR END AS source_port,
        CASE WHEN kind IN (6, 11) THEN ([443, 80, 53, 389, 88, 445, 135, 3389, 9389, 8080])[dice(p + i % 3, 'port', 10) + 1]::VARCHAR END AS dest_port,
        CASE WHEN kind IN (6, 11) THEN concat('10.', dice(p, 'net', 4), '.', dice(p, 'subnet', 60), '.', dice(p, 'peer', 250)) END AS dest_address
    FROM valued
)
SELECT
    received::TIMESTAMPTZ AS "@timestamp",
    strftime(received - INTERVAL 4 HOUR - INTERVAL 2 SECOND, '%Y-%m-%d %H:%M:%S') AS "EventTime",
    strftime(received - INTERVAL 4 HOUR, '%Y-%m-%d %H:%M:%S') AS "EventReceivedTime",
    CASE WHEN sysmon THEN utc END AS "UtcTime",
    host AS "Hostname",
    'wec.corp.example' AS "host.name",
    CASE WHEN sysmon THEN 'Microsoft-Windows-Sysmon/Operational' WHEN dice(host, 'channel', 2) = 0 THEN 'Security' ELSE 'security' END AS "Channel",
    CASE WHEN sysmon THEN 'Microsoft-Windows-Sysmon' ELSE 'Microsoft-Windows-Security-Auditing' END AS "SourceName",
    CASE WHEN sysmon THEN '{5770385F-C22A-43E0-BF4C-06F5698FFBD9}' ELSE '{54849625-5478-4994-A5BA-3E3B0328C30D}' END AS "ProviderGuid",
    event_id::BIGINT AS "EventID",
    task::BIGINT AS "Task",
    version::BIGINT AS "Version",
    CASE WHEN sysmon THEN -9223372036854775808 WHEN kind = 15 THEN -9218868437227405312 ELSE -9214364837600034816 END::BIGINT AS "Keywords",
    CASE WHEN kind = 15 THEN 'ERROR' ELSE 'INFO' END AS "Severity",
    0::BIGINT AS "OpcodeValue",
    category AS "Category",
    event_type AS "EventType",
    30000 + i AS "RecordNumber",
    4 * (dice(p, 'thread', 60) + pooled(i, 'thread', 0.7, 0.5, 2)) AS "ThreadID",
    4 + 4 * dice(host, sysmon, 1000) AS "ExecutionProcessID",
    '1' AS "@version",
    CASE WHEN dice(host, 'role', 7) = 0 THEN ['windows', 'lab', 'server'] ELSE ['windows'] END AS "tags",
    concat_ws(e'\r\n', title, CASE WHEN sysmon THEN concat(e'RuleName: -\r\nUtcTime: ', utc, e'\r\nProcessGuid: ', process_guid,
            e'\r\nProcessId: ', process_id, e'\r\nImage: ', image)
        ELSE concat(e'\r\nSubject:\r\n\tSecurity ID:\t\tS-1-5-18\r\n\tAccount Name:\t\t', account, e'\r\n\tLogon ID:\t\t0x', to_hex(logon + 999),
            e'\r\n\r\nProcess Information:\r\n\tProcess ID:\t\t0x', to_hex(process_id), e'\r\n\tProcess Name:\t\t', image,
            e'\r\n\tCorrelation:\t\t', hex(i, 'correlation')) END,
        'TargetObject: ' || target_object, 'Details: ' || details, 'CallTrace: ' || call_trace, 'Hashes: ' || hashes,
        'CommandLine: ' || command_line, 'TargetFilename: ' || target_filename, e'Object Name:\t\t' || object_name,
        CASE WHEN kind IN (8, 9, 10) THEN e'Handle ID:\t\t' || handle END, 'SourcePort: ' || source_port,
        'DestinationPort: ' || dest_port, 'DestinationIp: ' || dest_address) AS "Message",
    CASE WHEN sysmon THEN 'SYSTEM' END AS "AccountName",
    CASE WHEN sysmon THEN 'NT AUTHORITY' END AS "Domain",
    CASE WHEN sysmon THEN 'S-1-5-18' END AS "UserID",
    CASE WHEN sysmon THEN '-' END AS "RuleName",
    CASE WHEN kind NOT IN (14, 15) THEN process_id::VARCHAR END AS "ProcessId",
    CASE WHEN sysmon AND kind <> 2 THEN process_guid END AS "ProcessGuid",
    CASE WHEN sysmon AND kind <> 2 THEN CASE WHEN i % 10 = 0 THEN lower(image) ELSE image END END AS "Image",
    target_object AS "TargetObject",
    details AS "Details",
    CASE WHEN kind = 2 THEN process_id::VARCHAR END AS "SourceProcessId",
    CASE WHEN kind = 2 THEN process_guid END AS "SourceProcessGUID",
    CASE WHEN kind = 2 THEN image END AS "SourceImage",
    CASE WHEN kind = 2 THEN (4 * dice(p + i % 9, 'source thread', 2000))::VARCHAR END AS "SourceThreadId",
    CASE WHEN kind = 2 THEN (4 + 4 * dice(q, 'pid', 4000))::VARCHAR END AS "TargetProcessId",
    CASE WHEN kind = 2 THEN dashed(hex(q, 'process')) END AS "TargetProcessGUID",
    CASE WHEN kind = 2 THEN program(pooled(q, 'image', 2.0, 0.66, 3)) END AS "TargetImage",
    CASE WHEN kind = 2 THEN (['0x1000', '0x1400', '0x1410', '0x1fffff', '0x40', '0x1478', '0x3000'])[dice(q + p % 3, 'access', 7) + 1] END AS "GrantedAccess",
    call_trace AS "CallTrace",
    CASE WHEN kind = 3 THEN library(dll) END AS "ImageLoaded",
    hashes AS "Hashes",
    CASE WHEN kind = 3 THEN (['Microsoft Windows', 'Microsoft Corporation', '-'])[dll % 3 + 1] END AS "Signature",
    CASE WHEN kind = 3 THEN CASE WHEN dll % 3 = 2 THEN 'false' ELSE 'true' END END AS "Signed",
    command_line AS "CommandLine",
    CASE WHEN kind IN (7, 13) THEN program(pooled(q, 'image', 2.0, 0.66, 3)) END AS "ParentImage",
    CASE WHEN kind IN (5, 6, 7) THEN account END AS "User",
    CASE WHEN kind = 7 THEN concat('0x', to_hex(logon + 999)) END AS "LogonId",
    CASE WHEN NOT sysmon AND kind NOT IN (11, 12) THEN account END AS "SubjectUserName",
    CASE WHEN NOT sysmon AND kind NOT IN (11, 12) THEN concat('0x', to_hex(logon + 999)) END AS "SubjectLogonId",
    CASE WHEN kind IN (8, 9, 10, 13) THEN image END AS "ProcessName",
    object_name AS "ObjectName",
    CASE WHEN kind IN (8, 9, 10) THEN handle END AS "HandleId",
    CASE WHEN kind IN (9, 10) THEN concat('0x', to_hex(1 << dice(target, 'mask', 18)::INT)) END AS "AccessMask",
    source_port AS "SourcePort",
    dest_port AS "DestPort",
    dest_address AS "DestAddress",
    target_filename AS "TargetFilename",
    CASE WHEN kind IN (14, 15) THEN upper(dashed(hex(i, 'activity'))) END AS "ActivityID"
FROM named;
