import { expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { countSet, openSet } from '../../../src/engine/openSet.js';
import { createBatch } from '../../../src/evidence/batch.js';
import { type EvidenceSet, readSet } from '../../../src/evidence/index.js';
import { OBSERVATION_KINDS } from '../../../src/model/index.js';
import { auditLines, BASE, DOUBLE_FORK, portsOver, sourceOf } from './smallHost.js';

test('a summary alone is the summary of the lineage, and nothing else can be asked of that engine', async () => {
  const ports = portsOver([sourceOf(auditLines(DOUBLE_FORK))], false);
  const whole = createEngine(ports);
  const only = createEngine(ports);
  const summary = await only.ask('open', { sources: ['audit.log'], summaryOnly: true });
  expect(summary).toEqual(await whole.ask('open', { sources: ['audit.log'] }));
  expect(await only.ask('summary', {})).toEqual(summary);
  await expect(only.ask('lineage', { first: 0, count: 1 })).rejects.toThrow(/Only the summary of this evidence was asked for; open it with another engine/);
  await expect(only.ask('open', { sources: ['other'] })).rejects.toThrow(/open another engine/);
  await Promise.all([whole.close(), only.close()]);
});

test('what speaks of processes that were let go has all read again, and they are kept', async () => {
  // Enough short jobs that some are let go.
  const jobs = Array.from({ length: 20_000 }, (_, nth) => [
    { at: 10 + nth / 20, serial: 100 + 2 * nth, syscall: 56, pid: 300, ppid: 1, comm: 'cron', exe: '/usr/sbin/cron', uid: 0, exit: 1000 + nth },
    { at: 10.001 + nth / 20, serial: 101 + 2 * nth, syscall: 231, pid: 1000 + nth, ppid: 300, comm: 'cron', exe: '/usr/sbin/cron', uid: 0 },
  ]);
  const text = auditLines([...DOUBLE_FORK, ...jobs.flat()]);
  let read = 0;
  /** The log, and a snapshot that nobody expected after it, of a process that is long gone. */
  const reading = (...asked: Parameters<typeof readSet>): EvidenceSet => {
    const set = readSet(...asked);
    read++;
    async function* batches(): AsyncGenerator<ReturnType<typeof createBatch>> {
      yield* set.batches;
      const seen = createBatch(1);
      Object.assign(seen, { count: 1 });
      seen.kind[0] = OBSERVATION_KINDS.indexOf('seen');
      seen.pid[0] = 1001;
      seen.ppid[0] = 300;
      seen.time[0] = (BASE + 1_100) * 1e6;
      yield seen;
    }
    return { ...set, batches: batches() };
  };
  const { counts } = await countSet([sourceOf(text)], { keep: false, read: reading });
  expect(read).toBe(2);
  const { lineage } = await openSet([sourceOf(text)], { keep: false, read: reading });
  expect(counts.processes).toBe(lineage.count);
});
