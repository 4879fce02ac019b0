import fc from 'fast-check';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { createBatch } from '../../../src/evidence/batch.js';
import { readSet } from '../../../src/evidence/index.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { Counts, createHealer, createProcessCounter, type ProcessCounter } from '../../../src/lineage/index.js';
import { BASIS_NONE, type Batch, type ColumnName, COLUMNS, type Lineage, OBSERVATION_KINDS, type StringTable } from '../../../src/model/index.js';
import { memoryMember } from '../evidence/memory.js';
import { auditText, batchesOf, type Event, SHELL, T0 } from './auditText.js';

const FIXTURES = new URL('../../fixtures/audit/', import.meta.url);
const LAB = new URL('../../../../shared/evidence/lab/', import.meta.url);
const hasLab = existsSync(LAB);

describe('counts without what has ended', () => {
  it.each(['forks.log', 'exec-only.log'])('are those of the lineage for %s', async (name) => {
    const text = readFileSync(new URL(name, FIXTURES), 'utf8');
    expect(await counted(text, 50)).toEqual((await lineageOf(text)).counts);
  });

  it('are those of the lineage for whatever records say, also over reboots', async () => {
    const event = fc.record({
      wait: fc.constantFrom(0, 0.001, 0.3, 2, 12, 40),
      pid: fc.integer({ min: 1, max: 12 }),
      ppid: fc.integer({ min: 1, max: 12 }),
      other: fc.integer({ min: 2, max: 12 }),
      call: fc.constantFrom<Event['call']>('clone', 'clone', 'clone3', 'vfork', 'exec', 'exit_group', 'exit_group', 'setsid', 'subreaper', 'kill', 'connect'),
      flags: fc.constantFrom(0x1200011, 0x8011, 0x10000, 124),
      signal: fc.constantFrom(1, 9, 15),
      comm: fc.constantFrom('bash', 'sshd', 'timeout', 'sudo', 'x'),
      tty: fc.constantFrom('(none)', 'pts0'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(event, { minLength: 20, maxLength: 150 }), fc.nat(150), fc.integer({ min: 1, max: 20 }), async (drawn, bootAfter, size) => {
        let at = 1;
        const events = [...SHELL, ...drawn.map(({ wait, ...rest }): Event => ({ ...rest, at: (at += wait) }))];
        const before = events.slice(0, bootAfter);
        const after = events.slice(bootAfter).map((each) => ({ ...each, at: each.at + 60 }));
        const boot = `type=SYSTEM_BOOT msg=audit(${(T0 + at + 50).toFixed(3)}:1): pid=9999 uid=0 auid=4294967295 ses=4294967295 msg=' comm="systemd-update-utmp" exe="/usr/lib/systemd/systemd-update-utmp" res=success'\n`;
        const text = after.length === 0 ? auditText(before, 5000) : auditText(before, 5000) + boot + auditText(after, 10);
        const { counts, hasCircle } = await lineageOf(text);
        // Of a circle of creators, which only records that contradict each other make, one row is counted as of an unknown creator: not always the same one.
        expect({ ...(await counted(text, size)), ...(hasCircle ? { creators: counts.creators } : {}) }).toEqual({ ...counts });
      }),
      { numRuns: 100 },
    );
  });
});

it('a host that makes and ends processes for ever costs no more than it has at a time', async () => {
  const events: Event[] = [...SHELL];
  for (let nth = 0; nth < 2_000; nth++) {
    const at = 1 + nth * 2;
    const pid = 100 + 2 * nth;
    events.push(
      { at, pid: 20, ppid: 10, call: 'clone', other: pid, comm: 'bash' },
      { at: at + 0.1, pid, ppid: 20, call: 'exec', comm: 'job' },
      { at: at + 0.2, pid, ppid: 20, call: 'clone', other: pid + 1, comm: 'job' },
      { at: at + 0.3, pid, ppid: 20, call: 'exit_group', comm: 'job' },
      { at: at + 0.4, pid: pid + 1, ppid: 1, call: 'connect', comm: 'job' },
      { at: at + 1.5, pid: pid + 1, ppid: 1, call: 'exit_group', comm: 'job' },
    );
  }
  const strings = createStringTable();
  const counter = createProcessCounter(strings, { more: () => 10 });
  let most = 0;
  take(counter, cut(await batchesOf(auditText(events), strings), 60), () => (most = Math.max(most, counter.kept)));
  expect(most).toBeLessThan(60); // 20 observations of each batch, those of its last ten seconds, and ten more
  const { counts } = counter.finish();
  expect([counts.processes, counts.orphans]).toEqual([4_003, 2_000]);
});

it('a snapshot that comes when processes were let go is told, for it may speak of any of them', async () => {
  const strings = createStringTable();
  const counter = createProcessCounter(strings, { more: () => 0 });
  const ended: Event[] = [{ at: 1, pid: 20, ppid: 10, call: 'clone', other: 30 }, { at: 2, pid: 30, ppid: 20, call: 'exit_group' }, { at: 90, pid: 20, ppid: 10, call: 'connect' }, { at: 180, pid: 20, ppid: 10, call: 'connect' }, { at: 181, pid: 20, ppid: 10, call: 'connect' }];
  take(counter, cut(await batchesOf(auditText([...SHELL, ...ended]), strings), 1));
  expect(counter.forgotTooMuch).toBe(false);
  const seen = createBatch(1);
  seen.kind[0] = OBSERVATION_KINDS.indexOf('seen');
  seen.time[0] = (T0 + 200) * 1e6;
  seen.count = 1;
  counter.add(seen);
  expect(counter.forgotTooMuch).toBe(true);
});

describe.skipIf(!hasLab)('whole captures', () => {
  if (!hasLab) it('not run: ../shared/evidence/lab is not there', () => undefined);
  const captures = hasLab ? readdirSync(LAB, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name) : [];
  it.each(captures)('%s is counted as its lineage shows it, with the logs beside it and without', async (capture) => {
    const folder = new URL(`${capture}/`, LAB);
    const members = [memoryMember('audit.log', gunzipSync(readFileSync(new URL('audit.log.gz', folder)))), ...['auth.log', 'syslog'].map((name) => memoryMember(name, readFileSync(new URL(name, folder))))];
    for (const some of [members.slice(0, 1), members]) {
      const sources = some.map((member) => ({ name: member.path, members: [member] }));
      const set = readSet(sources, { zone: 'UTC' });
      const counter = createProcessCounter(set.strings, { more: () => 0 });
      for await (const batch of set.batches) {
        counter.add(batch);
        counter.settle(set.settledMicros());
      }
      expect([counter.isDisordered, counter.forgotTooMuch]).toEqual([false, false]);
      const whole = readSet(sources, { zone: 'UTC' });
      const healer = createHealer(whole.strings, { keepAssignments: false });
      for await (const batch of whole.batches) healer.add(batch);
      const { lineage, hosts } = healer.finish();
      expect(counter.finish()).toEqual({ counts: countsOf(lineage), hosts });
    }
  }, 120_000);
});

/** Counts, with whatever can go let go after every `size` observations. */
async function counted(text: string, size: number): Promise<Counts> {
  const strings = createStringTable();
  const counter = createProcessCounter(strings, { more: () => 0 });
  take(counter, cut(await batchesOf(text, strings), size));
  expect([counter.isDisordered, counter.forgotTooMuch]).toEqual([false, false]);
  return counter.finish().counts;
}

async function lineageOf(text: string): Promise<{ readonly counts: Counts; readonly hasCircle: boolean }> {
  const strings: StringTable = createStringTable();
  const healer = createHealer(strings, { keepAssignments: false });
  for (const batch of await batchesOf(text, strings)) healer.add(batch);
  const { lineage } = healer.finish();
  return { counts: countsOf(lineage), hasCircle: lineage.creator.some((creator, row) => creator < 0 && lineage.creatorBasis[row] !== BASIS_NONE) };
}

function countsOf(lineage: Lineage): Counts {
  const counts = new Counts();
  for (let row = 0; row < lineage.count; row++) counts.add(lineage.creator[row]!, lineage.creatorBasis[row]!, lineage.pid[row]!, lineage.flags[row]!);
  return counts;
}

/** Hands batches on, what is settled with each. */
function take(counter: ProcessCounter, batches: readonly Batch[], after?: () => void): void {
  const later = new Float64Array(batches.length + 1).fill(Infinity);
  for (let at = batches.length - 1; at >= 0; at--) later[at] = Math.min(later[at + 1]!, ...batches[at]!.time.subarray(0, batches[at]!.count).filter((t) => !Number.isNaN(t)));
  for (const [at, batch] of batches.entries()) {
    counter.add(batch);
    if (at + 1 < batches.length) counter.settle(later[at + 1]!);
    after?.();
  }
}

/** Batches of `size` rows. */
function cut(batches: readonly Batch[], size: number): Batch[] {
  return batches.flatMap((batch) =>
    Array.from({ length: Math.ceil(batch.count / size) }, (_, nth) => {
      const from = nth * size;
      const part = createBatch(size);
      part.count = Math.min(size, batch.count - from);
      for (const name of Object.keys(COLUMNS) as ColumnName[]) part[name].set(batch[name].subarray(from, from + part.count));
      return part;
    }),
  );
}
