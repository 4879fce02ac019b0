import { expect, it } from 'vitest';
import { createBatch, KIND, PARENT_KIND } from '../../../src/evidence/batch.js';
import { createStringTable } from '../../../src/evidence/stringTable.js';
import { createHealer } from '../../../src/lineage/index.js';
import type { ObservationKind, ParentKind } from '../../../src/model/index.js';
import { type Healing, T0, told } from './auditText.js';

/** What an agent says of one process. */
interface Said {
  readonly at: number;
  readonly pid: number;
  readonly ppid?: number;
  readonly kind?: ObservationKind;
  readonly parent?: ParentKind;
  readonly id?: string;
  readonly parentId?: string;
}

function heal(said: readonly Said[]): Healing {
  const strings = createStringTable();
  const batch = createBatch(said.length);
  for (const [row, { at, pid, ppid = -1, kind = 'exec', parent = 'tracked', id, parentId }] of said.entries()) {
    batch.time[row] = (T0 + at) * 1e6;
    batch.pid[row] = pid;
    batch.ppid[row] = ppid;
    batch.kind[row] = KIND[kind];
    batch.parentKind[row] = PARENT_KIND[parent];
    batch.host[row] = strings.internText('web01');
    batch.offset[row] = row;
    if (id !== undefined) batch.identity[row] = strings.internText(id);
    if (parentId !== undefined) batch.parentIdentity[row] = strings.internText(parentId);
    batch.count++;
  }
  const healer = createHealer(strings);
  healer.add(batch);
  return told(healer.finish(), strings);
}

it('a parent that an agent only remembers ends no lifetime and shows no adoption', () => {
  for (const parent of ['tracked', 'byReader', 'ptraceView'] as const) {
    const { rowsOf, of } = heal([{ at: 0, pid: 20, ppid: 10, parent: 'atEvent' }, { at: 1, pid: 20, ppid: 77, parent }, { at: 2, pid: 20, ppid: 1, parent }]);
    expect(rowsOf(20)).toHaveLength(1);
    expect(of(20)).toMatchObject({ creator: 10, orphan: false });
  }
});

it('the kernel word on the same change of parent does', () => {
  const { of } = heal([{ at: 0, pid: 20, ppid: 10, parent: 'atEvent' }, { at: 2, pid: 20, ppid: 1, parent: 'atEvent' }]);
  expect(of(20)).toMatchObject({ creator: 10, orphan: true });
});

it('the same id is the same process, even after its end and below another parent', () => {
  const { rowsOf, of } = heal([{ at: 0, pid: 20, ppid: 10, id: 'a', parent: 'atEvent' }, { at: 1, pid: 20, ppid: 77, id: 'a', parent: 'atEvent' }, { at: 2, pid: 20, ppid: 10, id: 'a', kind: 'exit', parent: 'atEvent' },
    { at: 9, pid: 20, ppid: 10, id: 'a', kind: 'file' }]);
  expect(rowsOf(20)).toHaveLength(1);
  expect(of(20).end).toBe(2);
});

it('the id of a parent names its very lifetime, though its pid has another holder by then', () => {
  const { rowsOf, lineage } = heal([{ at: 0, pid: 20, ppid: 1, id: 'old' }, { at: 1, pid: 20, ppid: 1, id: 'old', kind: 'exit' }, { at: 5, pid: 20, ppid: 1, id: 'new' }, { at: 6, pid: 30, ppid: 20, id: 'child', parentId: 'old' },
    { at: 7, pid: 31, ppid: 20, id: 'other', parentId: 'new' }]);
  const [old, fresh] = rowsOf(20);
  expect(lineage.creator[rowsOf(30)[0]!]).toBe(old);
  expect(lineage.creator[rowsOf(31)[0]!]).toBe(fresh);
});
