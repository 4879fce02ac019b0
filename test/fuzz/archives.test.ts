import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { expect, it } from 'vitest';
import { readSet } from '../../src/evidence/index.js';
import { createHealer } from '../../src/lineage/index.js';
import { openSources } from '../../src/node/index.js';
import { zip } from '../unit/node/zipFile.js';
import { MUTATIONS, randomOf } from './mutations.js';

const minutes = Number(process.env['FOUNDLING_FUZZ_MINUTES'] ?? 0);
const seed = Number(process.env['FOUNDLING_FUZZ_SEED'] ?? 20261124);
const SNAPSHOTS = fileURLToPath(new URL('../fixtures/snapshots/', import.meta.url));
const PS = readFileSync(`${SNAPSHOTS}ps-axo_20261124T150426.503Z.txt`);
/** Peak of this process, all samples and the test runner included. */
const MEMORY_MOST = 1_500_000; // kB

const HOSTILE = ['../../etc/passwd', '/etc/shadow', 'proc/1/stat', 'proc/1/stat', 'a\0b', '\u202egnp.exe', '', '.', '..', `${'d/'.repeat(500)}x`, 'proc/99999999999999999999/stat', 'proc/1/../../stat', 'C:\\x\\y', '__proto__'];

async function tar(files: readonly { readonly name: string; readonly content: Uint8Array; readonly type?: 'file' | 'symlink' | 'link' }[]): Promise<Uint8Array> {
  const packed = pack();
  for (const { name, content, type = 'file' } of files) {
    if (type === 'file') packed.entry({ name, mtime: new Date(1.7e12) }, Buffer.from(content));
    else packed.entry({ name, type, linkname: Buffer.from(content).toString() });
  }
  packed.finalize();
  const pieces: Uint8Array[] = [];
  for await (const piece of packed as AsyncIterable<Uint8Array>) pieces.push(piece);
  return new Uint8Array(Buffer.concat(pieces));
}

function packedBy(command: string, bytes: Uint8Array): Uint8Array[] {
  try {
    return [new Uint8Array(execFileSync(command, ['-c'], { input: bytes, maxBuffer: 1 << 28, stdio: ['pipe', 'pipe', 'ignore'] }))];
  } catch {
    return []; // that program is not here; the others are tried
  }
}

/** Containers of every kind around the same evidence, with names that no honest collector gives. */
async function containers(): Promise<readonly { readonly name: string; readonly bytes: Uint8Array }[]> {
  const link = new TextEncoder().encode('/usr/bin/sh');
  const names = HOSTILE.filter((name) => name !== '' && !name.includes('\0'));
  const plain = await tar([
    { name: 'live_response/process/ps.txt', content: PS },
    { name: 'proc/1/exe', content: link, type: 'symlink' },
    { name: 'loop', content: new TextEncoder().encode('loop'), type: 'link' },
    ...names.map((name) => ({ name, content: new TextEncoder().encode('1 (a) S 0 1 1 0 -1\n') })),
    { name: 'inner.gz', content: new Uint8Array(gzipSync(PS)) },
  ]);
  const zipped = zip([
    { name: 'results/Linux.Sys.Pslist.json', content: '{"Pid":1,"Ppid":0,"Name":"init"}\n' },
    ...HOSTILE.map((name) => ({ name, content: 'x' })),
    { name: 'secret', content: 'x', flags: 1 },
    { name: 'inner.tar', content: plain },
  ]);
  const deep = Array.from({ length: 6 }).reduce<Uint8Array>((inner) => zip([{ name: 'a.zip', content: inner }]), zipped);
  const copy = new Uint8Array(readFileSync(`${SNAPSHOTS}proc_20261124T150427.189Z.tar.gz`));
  return [
    { name: 'a.tar', bytes: plain },
    { name: 'a.tar.gz', bytes: new Uint8Array(gzipSync(plain)) },
    { name: 'a.zip', bytes: zipped },
    { name: 'deep.zip', bytes: deep },
    { name: 'proc_20261124T150427.189Z.tar.gz', bytes: copy },
    ...['zstd', 'xz', 'bzip2'].flatMap((command) => packedBy(command, plain).map((bytes) => ({ name: `a.tar.${command}`, bytes }))),
  ];
}

async function survive(file: string): Promise<number> {
  const set = readSet(await openSources([file]));
  const healer = createHealer(set.strings);
  for await (const batch of set.batches) healer.add(batch);
  for (const { accounting } of set.entries()) expect(accounting.understood + accounting.notNeeded + accounting.notUnderstood).toBe(accounting.records);
  healer.finish();
  expect(process.resourceUsage().maxRSS).toBeLessThan(MEMORY_MOST);
  return set.entries().reduce((sum, { accounting }) => sum + accounting.understood, 0);
}

it(`damaged archives of every kind are read as far as they go (seed ${seed})`, { timeout: 300_000 + minutes * 60_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'foundling-fuzz-'));
  try {
    const whole = await containers();
    for (const { name, bytes } of whole) {
      await writeFile(join(folder, name), bytes);
      if (name !== 'deep.zip') expect([name, await survive(join(folder, name))]).not.toEqual([name, 0]);
    }
    const random = randomOf(seed);
    const until = Date.now() + minutes * 60_000;
    do {
      for (const { name, bytes } of whole) {
        for (const [mutation, apply] of Object.entries(MUTATIONS)) {
          const other = whole[Math.floor(random() * whole.length)]!.bytes;
          const file = join(folder, name);
          await writeFile(file, apply(bytes, random, other));
          try {
            await survive(file);
          } catch (cause) {
            throw new Error(`${name}, ${mutation}, seed ${seed}`, { cause });
          }
        }
      }
    } while (Date.now() < until);
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('bombs end at a limit that is said', { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'foundling-fuzz-'));
  try {
    const zeros = new Uint8Array(200 << 20);
    const bombs: Readonly<Record<string, Uint8Array>> = {
      'zeros.tar.gz': new Uint8Array(gzipSync(await tar([{ name: 'zeros', content: zeros }]))),
      'zeros.zip': zip([{ name: 'zeros', content: zeros }]),
      'quine.gz': new Uint8Array(Buffer.concat([gzipSync(gzipSync(zeros)), deflateRawSync(zeros)])),
      'many.zip': zip(Array.from({ length: 3_000 }, (_, at) => ({ name: `${at}.gz`, content: '' }))),
    };
    for (const [name, bytes] of Object.entries(bombs)) {
      await writeFile(join(folder, name), bytes);
      await survive(join(folder, name));
    }
    const [source] = await openSources([join(folder, 'zeros.tar.gz')]);
    expect(source?.error).toContain('250 times its size');
  } finally {
    await rm(folder, { recursive: true });
  }
});
