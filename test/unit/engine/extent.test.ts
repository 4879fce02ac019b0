import { expect, test } from 'vitest';
import { openSet } from '../../../src/engine/openSet.js';
import { memorySource } from '../evidence/memory.js';

const LOG = 'node=web1 type=SYSCALL msg=audit(1700000000.000:1): arch=c000003e syscall=59 success=yes exit=0 ppid=1 pid=7 auid=1000 uid=1000 gid=1000 euid=1000 comm="sh" exe="/bin/sh"\n';
const FILES = '0|/etc/hosts|1|-rw-r--r--|0|0|9|0|1500000000|1500000000|0\n0|/tmp/x|2|-rw-r--r--|0|0|9|0|1900000000|1900000000|0\n';
const PASSWD = 'root:x:0:0:root:/root:/bin/bash\nbob:x:1000:1000::/home/bob:/bin/sh\n';

test('when files were written does not stretch the time in which processes were watched', async () => {
  const set = await openSet([memorySource('audit.log', LOG), memorySource('bodyfile', FILES)], { keep: true });
  expect([set.from, set.to]).toEqual([1_700_000_000e6, 1_700_000_000e6]);
  const alone = await openSet([memorySource('bodyfile', FILES)], { keep: true });
  expect([alone.from, alone.to]).toEqual([1_500_000_000e6, 1_900_000_000e6]);
  const empty = await openSet([memorySource('x', '')], { keep: true });
  expect([empty.from, empty.to]).toEqual([NaN, NaN]);
});

test('a passwd beside a log of a host names the users of its processes', async () => {
  const set = await openSet([memorySource('audit.log', LOG), memorySource('passwd', PASSWD)], { keep: true });
  const row = set.lineage.pid.indexOf(7);
  expect(set.users.text(set.lineage.host[row] ?? 0, set.lineage.uid[row] ?? 0)).toBe('bob');
});
