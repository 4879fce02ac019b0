import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { readSet } from '../../src/evidence/index.js';
import { createHealer } from '../../src/lineage/index.js';
import type { Member } from '../../src/model/index.js';
import { MUTATIONS, randomOf } from './mutations.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Larger samples are cut: a mutation is as good on their head. */
const SAMPLE_BYTES = 60_000;
/** How long to go on, minutes; `npm run fuzz -- --minutes N`. The suite of `npm test` makes each mutation of each sample once. */
const minutes = Number(process.env['FOUNDLING_FUZZ_MINUTES'] ?? 0);
const seed = Number(process.env['FOUNDLING_FUZZ_SEED'] ?? 20261124);

function filesBelow(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Every kind of evidence that lies here: the repository's own, and the samples of others where they are. */
const samples = [join(root, 'examples/case/evidence'), join(root, 'test/fixtures'), join(root, '../shared/evidence/public')]
  .flatMap(filesBelow)
  .filter((file) => !/(?:\.tar\.gz|\.md|\.html)$/.test(file) && statSync(file).size > 0)
  .map((file) => {
    const stored = readFileSync(file);
    const isPacked = file.endsWith('.gz');
    const bytes = isPacked ? gunzipSync(stored) : stored;
    return { name: relative(root, isPacked ? file.slice(0, -3) : file), bytes: Uint8Array.from(bytes.subarray(0, SAMPLE_BYTES)) };
  });

/** Reads bytes as evidence of this name, and heals what came of it. Whatever is wrong with them, the accounting holds and the tree stands. */
async function survive(name: string, bytes: Uint8Array): Promise<number> {
  const member: Member = {
    path: name,
    size: bytes.length,
    modifiedMicros: 1.7e15,
     
    async *open(from) {
      for (let at = from; at < bytes.length; at += 4096) yield bytes.slice(at, at + 4096);
    },
  };
  const set = readSet([{ name, members: [member] }], {});
  const healer = createHealer(set.strings);
  let rows = 0;
  for await (const batch of set.batches) {
    rows += batch.count;
    healer.add(batch);
  }
  for (const { accounting, error } of set.entries()) {
    expect(error).toBeUndefined();
    expect(accounting.understood + accounting.notNeeded + accounting.notUnderstood).toBe(accounting.records);
    expect(accounting.bytes).toBe(bytes.length);
  }
  const { lineage } = healer.finish();
  expect(lineage.count).toBeLessThanOrEqual(3 * rows + 3);
  expect([...lineage.pre].sort((a, b) => a - b)).toEqual(Array.from({ length: lineage.count }, (_, i) => i));
  return set.entries().reduce((sum, { accounting }) => sum + accounting.understood, 0);
}

it(`damaged evidence of every kind is read to its end, and every record accounted for (seed ${seed})`, { timeout: 120_000 + minutes * 60_000 }, async () => {
  expect(samples.length).toBeGreaterThan(5);
  const random = randomOf(seed);
  const until = Date.now() + minutes * 60_000;
  do {
    for (const { name, bytes } of samples) {
      for (const [mutation, apply] of Object.entries(MUTATIONS)) {
        const other = samples[Math.floor(random() * samples.length)]!.bytes;
        const broken = apply(bytes, random, other);
        try {
          await survive(name, broken);
        } catch (cause) {
          throw new Error(`${name}, ${mutation}, ${broken.length} bytes, seed ${seed}`, { cause });
        }
      }
      if (minutes > 0 && Date.now() > until) break;
    }
  } while (Date.now() < until);
});

it(`a bad line costs no more than the records that it stands in (seed ${seed})`, { timeout: 300_000 }, async () => {
  const random = randomOf(seed);
  const garbage = new TextEncoder().encode('\ud7ff this "is no [record} \u202e=\n');
  let tried = 0;
  const lost: string[] = [];
  for (const { name, bytes } of samples) {
    if (bytes.includes(0)) continue; // records of a fixed size have no lines
    const whole = await survive(name, bytes);
    if (whole < 20) continue;
    tried++;
    // In the middle third: what stands at the very beginning may be what the format is known by.
    const from = Math.floor(bytes.length * (0.33 + random() / 3));
    const at = bytes.indexOf(0x0a, from) + 1;
    if (at === 0) continue;
    const broken = Uint8Array.from([...bytes.subarray(0, at), ...garbage, ...bytes.subarray(at)]);
    const left = await survive(name, broken);
    if (left < whole - Math.max(3, whole * 0.05)) lost.push(`${name}: ${whole} records were understood, and with a bad line at ${at} only ${left}`);
  }
  expect(lost).toEqual([]);
  expect(tried).toBeGreaterThan(3);
});
