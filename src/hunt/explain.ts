import type { Cell, HuntResult } from './answers.js';
import type { Bound } from './bound.js';
import type { Plan } from './plan.js';
import { allOf, type SqlPort } from './port.js';
import type { Prepared } from './prepare.js';
import { Emitter } from './statements.js';
import { termScan } from './termScans.js';

/** One row of so many is looked at for an estimate. */
const SAMPLE = 61;

interface Step {
  readonly name: string;
  readonly estimated: number | null;
  readonly rows: number | null;
  readonly sql: string;
}

/** The plan as rows: each step with its SQL, the rows that a sample of the store lets expect, and the rows that it really has. */
export function explainPlan(port: SqlPort, plan: Plan, prepared: Prepared): Pick<HuntResult, 'columns' | 'rows' | 'processes' | 'total' | 'truncated'> {
  const steps: Step[] = [];
  const { dialect } = prepared;
  const countOf = (some: Plan): number => Number(allOf(port, new Emitter(some, dialect, prepared.given).statements().total)[0]![0]); // an aggregate gives one row
  const input = plan.input;
  if (input.kind === 'rows') {
    const all: Plan = { ...plan, pipes: [], decided: [], places: [], climbs: false };
    const every = { ...all, input: { ...input, where: TRUE } };
    const whole = countOf(every);
    steps.push({ name: `scan ${input.source.name}`, estimated: countOf({ ...every, input: { ...input, where: sampled(TRUE) } }) * SAMPLE, rows: whole, sql: new Emitter(every, dialect).statements().total.sql });
    steps.push({ name: 'filter', estimated: countOf({ ...all, input: { ...input, where: sampled(input.where) } }) * SAMPLE, rows: countOf(all), sql: new Emitter(all, dialect).statements().total.sql });
  } else {
    const { rare } = prepared;
    const scan = termScan(plan, plan.machine!, dialect, rare); // input that is no rows is a machine's
    const firstTerm = steps.length;
    input.terms.forEach((term, at) => {
      const rows: Plan = { ...plan, machine: undefined, input: term.rows, pipes: [], places: [], climbs: false, columns: [], decided: [] };
      steps.push({ name: `term ${at + 1}: ${term.negated ? 'no ' : ''}${term.rows.source.name}`, estimated: countOf({ ...rows, input: { ...term.rows, where: sampled(term.rows.where) } }) * SAMPLE, rows: countOf(rows), sql: at === 0 ? scan.sql : '' });
    });
    // Only events with a key of the rare term are looked at for the others.
    if (rare !== undefined) steps.push({ name: `keys of term ${rare.term + 1} first`, estimated: null, rows: steps[firstTerm + rare.term]?.rows ?? null, sql: '' });
    steps.push({ name: input.kind, estimated: null, rows: prepared.found?.length ?? 0, sql: '' });
  }
  const first = prepared.given?.columns === undefined ? 0 : prepared.given.pipesDone;
  plan.pipes.forEach((pipe, at) => {
    if (at + 1 < first) return;
    const some = { ...plan, pipes: plan.pipes.slice(0, at + 1) };
    steps.push({ name: pipe.kind === 'stats' && pipe.within !== undefined ? 'stats within' : pipe.kind, estimated: null, rows: countOf(some), sql: '' });
  });
  const last = new Emitter(plan, dialect, prepared.given).statements().rows(1);
  steps.push({ name: 'rows', estimated: null, rows: steps.at(-1)?.rows ?? null, sql: last.sql });
  if (dialect.name === 'sqlite') {
    for (const row of port.all(`EXPLAIN QUERY PLAN ${last.sql}`, last.params)) steps.push({ name: 'engine', estimated: null, rows: null, sql: String(row[3]) });
  }
  const rows = steps.map((step): Cell[] => [step.name, step.estimated, step.rows, step.sql]);
  return { columns: [{ name: 'step', type: 'text' }, { name: 'estimated', type: 'int' }, { name: 'rows', type: 'int' }, { name: 'sql', type: 'text' }], rows, processes: new Int32Array(rows.length).fill(-1), total: rows.length, truncated: false };
}

const TRUE: Bound = { kind: 'value', type: 'bool', value: true };

function sampled(where: Bound): Bound {
  const id: Bound = { kind: 'place', type: 'int', place: { name: 'row', type: 'int', list: false, origin: 'ours', doc: '', steps: [], column: { sql: '$.id', form: 'plain', always: true } } };
  const share: Bound = { kind: 'compare', type: 'bool', op: '==', left: { kind: 'arithmetic', type: 'int', op: '%', left: id, right: { kind: 'value', type: 'int', value: SAMPLE } }, right: { kind: 'value', type: 'int', value: 0 } };
  return { kind: 'and', type: 'bool', operands: [share, where] };
}
