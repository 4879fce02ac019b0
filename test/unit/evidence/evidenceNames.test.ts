import fc from 'fast-check';
import { expect, test } from 'vitest';
import { evidenceNames, withName } from '../../../src/evidence/evidenceNames.js';

test.each([
  [['/home/eve/cases/7/audit.log'], ['audit.log']],
  [['../shared/lab/audit.log.gz', '../shared/lab/snapshots/ps.txt'], ['audit.log.gz', 'ps.txt']],
  [['/mnt/a/web1/audit.log', '/mnt/a/db1/audit.log', '/mnt/a/db1/syslog'], ['web1/audit.log', 'db1/audit.log', 'syslog']],
  [['/x/audit.log', '/x/old/x/audit.log'], ['x/audit.log', 'old/x/audit.log']],
  [['C:\\Users\\eve\\audit.log'], ['audit.log']],
  [['audit.log', './audit.log'], ['audit.log', 'audit.log']],
])('%j are named %j', (files, names) => {
  expect(files.map(evidenceNames(files))).toEqual(names);
});

test('a name never says where a file lies, no two files share one, and other text stays', () => {
  fc.assert(fc.property(fc.uniqueArray(fc.array(fc.constantFrom('a', 'b', 'c', 'audit.log', '*', '[x](y)'), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 8, selector: (parts) => parts.join('/') }), (all) => {
    const files = all.map((parts) => `/home/eve/secret/${parts.join('/')}`);
    const nameOf = evidenceNames(files);
    expect(new Set(files.map(nameOf)).size).toBe(files.length);
    for (const file of files) expect(nameOf(file).startsWith('/')).toBe(false);
    if (files.length === 1) expect(nameOf(files[0]!)).not.toContain('secret');
    expect(nameOf('/etc/cron.d/job')).toBe('/etc/cron.d/job');
  }));
});

test('a sentence about a file has its name in the place of its path', () => {
  expect(withName('--host-of /mnt/x/a.log=HOST', '/mnt/x/a.log', 'a.log')).toBe('--host-of a.log=HOST');
  expect(withName('a.log was cut', 'a.log', 'a.log')).toBe('a.log was cut');
  expect(withName('/mnt/$&.log was cut', '/mnt/$&.log', '$&.log')).toBe('$&.log was cut');
});
