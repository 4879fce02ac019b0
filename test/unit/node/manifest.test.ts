import { expect, test } from 'vitest';
import { ManifestError, parseManifest } from '../../../src/case/index.js';

const manifest = (extra: object): string => JSON.stringify({ version: 1, title: 'T', ...extra });
const sha256 = 'ab'.repeat(32);

test('a manifest states evidence, hosts and times, and keeps what it does not know', () => {
  const found = parseManifest(
    `\ufeff${manifest({ hosts: ['db1', { name: 'web1', os: 'Debian' }], evidence: [{ id: 'e1', path: 'evidence/a.log', sha256: sha256.toUpperCase(), bytes: 7, host: 'db1', zone: '-05:30', taken: '2026-11-24T15:01:38.851234+02:00', collector: 'uac' }], triage: { alertLine: 40 }, ours: [1] })}`,
  );
  expect(found).toMatchObject({ title: 'T', hosts: ['db1', 'web1'], raw: { triage: { alertLine: 40 }, ours: [1] } });
  expect(found.evidence).toEqual([
    {
      id: 'e1',
      path: 'evidence/a.log',
      reference: undefined,
      sha256,
      bytes: 7,
      host: 'db1',
      zone: '-05:30',
      takenMicros: Date.parse('2026-11-24T13:01:38Z') * 1000 + 851_234,
      collector: 'uac',
    },
  ]);
});

test('a day that no calendar has is no capture time', () => {
  expect(() => parseManifest(JSON.stringify({ version: 1, evidence: [{ path: 'a', taken: '2026-02-30T00:00:00Z' }] }))).toThrow('evidence[0].taken');
});

test('a case without evidence is a case', () => {
  expect(parseManifest('{"version":1}')).toMatchObject({ title: '', hosts: [], evidence: [] });
});

test.each([
  ['{', 'it is no JSON'],
  ['[]', 'the file must be an object'],
  ['null', 'the file must be an object'],
  ['{}', 'version is undefined; this program reads version 1'],
  [manifest({ title: 7 }), 'title must be text'],
  [manifest({ evidence: {} }), 'evidence must be a list'],
  [manifest({ hosts: [7] }), 'hosts[0] must be a name'],
  [manifest({ evidence: [{}] }), 'evidence[0] needs either a path inside the case or a reference'],
  [manifest({ evidence: [{ path: 'a', reference: 'b' }] }), 'evidence[0] needs either'],
  [manifest({ evidence: [{ path: 'a' }, { path: 'b', bytes: -1 }] }), 'evidence[1].bytes must be a whole number'],
  [manifest({ evidence: [{ path: 'a', sha256: 'zz' }] }), 'evidence[0].sha256 is no SHA-256'],
  [manifest({ evidence: [{ path: 'a', zone: 'Mars' }] }), 'evidence[0].zone: zone "Mars" is no offset'],
  [manifest({ evidence: [{ path: 'a', taken: '2026-11-24 15:00' }] }), 'is no time with a zone'],
  [manifest({ evidence: [{ path: 'a', taken: '2026-13-24T15:00:00Z' }] }), 'is no time with a zone'],
])('%s is refused with its place', (text, says) => {
  expect(() => parseManifest(text)).toThrow(ManifestError);
  expect(() => parseManifest(text)).toThrow(`case.foundling.json: `);
  expect(() => parseManifest(text)).toThrow(says);
});

test.each(['/etc/passwd', '\\\\server\\x', 'C:\\x', 'c:/x', '..', '../x', 'a/../../x', 'a\\..\\..\\x'])('path %s leads out of the case', (path) => {
  expect(() => parseManifest(manifest({ evidence: [{ path }] }))).toThrow('leads out of the case');
});

test.each(['a/../b', './a', '..a', 'a..b/c'])('path %s stays inside', (path) => {
  expect(parseManifest(manifest({ evidence: [{ path }] })).evidence[0]?.path).toBe(path);
});
