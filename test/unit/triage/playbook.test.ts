import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createEngine, type Engine, type EngineRequests } from '../../../src/engine/index.js';
import { createNodePorts } from '../../../src/node/index.js';
import { STEPS } from '../../../src/triage/index.js';

const LAB = fileURLToPath(new URL('../../../../shared/evidence/lab/', import.meta.url));
const isThere = existsSync(LAB);
const wasmPath = createRequire(import.meta.url).resolve('sql.js/dist/sql-wasm.wasm');
type Step = ReturnType<EngineRequests['playbook']>['steps'][number];

async function opened(...sources: readonly string[]): Promise<Engine> {
  const engine = createEngine(createNodePorts({ wasmPath }));
  await engine.ask('open', { sources: sources.map((name) => LAB + name) });
  return engine;
}

/** A clause, how the evidence answers it for the whole capture, and a sentence that must be among the answers. */
const CASE: readonly (readonly [string, Step['state'], RegExp])[] = [
  ['sources.1', 'answered', /Open: auth\.log, cron\.log/],
  ['sources.1a', 'answered', /started-service: /],
  ['sources.1b', 'answered', /setsid|remains running after unit stopped/],
  ['sources.2', 'answered', /laurel\.jsonl\.gz: \d+ programs? run that no file before it states/],
  ['sources.2a', 'answered', /recorded parent init 1, creator /],
  ['sources.2b', 'answered', /name-mismatch|kernel-name|sources-disagree/],
  ['sources.3', 'answered', /rules-changed: .*add_rule/],
  ['sources.3a', 'answered', /\d+ fork records of orphans and what they created; all forks on record: [45]\d{3}\./],
  ['sources.3b', 'answered', /made a session of its own and was left by its parent/],
  ['indicators.1', 'answered', /\(unexpected\)/],
  ['indicators.2', 'answered', /went to init 1 \(init\)/],
  ['indicators.3', 'answered', /\d+ double forks/],
  ['indicators.4', 'answered', /ms after its start/],
  ['questions.1', 'answered', /explained \(by the baseline, or as the middle of a chain\), \d+ unexpected/],
  ['questions.2', 'cannot be known', /0 changes of programs/],
  ['questions.2a', 'answered', /\/etc\/systemd\/system\/\S+: creation, by sh \d+ as root/],
  ['questions.3', 'cannot be known', /0 indicators looked for/],
  ['questions.3a', 'answered', /connection_attempted to 127\.0\.0\.1 port/],
  ['escalation.1', 'answered', /not attributed\. The way in is a service/],
  ['escalation.2', 'answered', /that no baseline entry explains/],
  ['escalation.3', 'answered', /score \d+: /],
  ['level 1.1', 'answered', /crontab \d+: \(\w+\) (?:REPLACE|DELETE)/],
  ['level 1.2', 'answered', /authorized_keys: modification, by bash/],
  ['level 1.3', 'answered', /\.timer: creation, by sh/],
  ['level 1.3a', 'answered', /ran from it/],
  ['level 1.4', 'answered', /it has no login uid/],
  ['tier 2.1', 'answered', /ran .*; created by /],
  ['tier 2.1a', 'answered', /that is (?:memory only|deleted)/],
  ['tier 2.2', 'answered', /: \d+ orphans \(/],
  ['tier 2.3', 'answered', /\d+ changes of files, \d+ changes of accounts/],
  ['containment.1', 'answered', /web01: program \S+.*, \d+ times?, first /],
  ['containment.1a', 'answered', /isolate web01/],
  ['containment.2', 'answered', /\d+ programs run/],
  ['containment.2a', 'answered', /metricsd 2463644 was created then: a record states it/],
  ['containment.2b', 'answered', /[1-9]\d* scripts?, .* in the chains of \d+ orphans with an alert[^]*\/opt\/webapp\/app\.py: in the chain of \S+ \d+/],
  ['containment.3', 'nothing found', /0 ways to other hosts/],
  ['containment.3a', 'answered', /\d+ sockets or connections to weigh, \d+ of them within the host; .*nft set/],
  ['containment.4', 'answered', /foundling prevent double-fork --as audit/],
];

test('what the audit log covers is answered also where its rules never changed', async () => {
  const engine = createEngine(createNodePorts({ wasmPath }));
  try {
    await engine.ask('open', { sources: [fileURLToPath(new URL('../../../examples/case/evidence/audit.log', import.meta.url))] });
    const { steps } = await engine.ask('playbook', { steps: ['sources.3'] });
    expect(steps).toMatchObject([{ state: 'answered', total: 0, says: [expect.stringMatching(/^Open: .*audit\.log/), expect.stringMatching(/gaps? of coverage/)] }]);
  } finally {
    await engine.close();
  }
}, 60_000);

test.runIf(process.env['CI'] === 'true')('the captures are there in CI', () => expect(isThere).toBe(true));

describe.skipIf(!isThere)(isThere ? 'the playbook on a capture with fork records' : 'the playbook on lab captures: not run, ../shared/evidence is not there', () => {
  let engine: Engine;
  let steps: ReadonlyMap<string, Step>;
  beforeAll(async () => {
    engine = await opened('full-dev');
    steps = new Map((await engine.ask('playbook', {})).steps.map((step) => [step.id, step]));
  }, 120_000);
  afterAll(() => engine.close());

  test('every clause is asked once, in the order of the playbook', () => expect(CASE.map(([id]) => id)).toEqual(STEPS.map(({ id }) => id)));

  test('orphans that the baseline explains are not told among those it does not', () => {
    const step = steps.get('indicators.1')!;
    expect(step.facts.length).toBeGreaterThan(10);
    expect(step.facts.filter(({ says }) => says.includes('(explained)'))).toEqual([]);
  });

  test('a process without a name is called by its pid, never by a gap', () => {
    const gaps = [...steps.values()].flatMap(({ facts }) => facts.map(({ says }) => says)).filter((says) => /^ |(?:creator|parent|of|to)  \d/.test(says));
    expect(gaps).toEqual([]);
  });

  test('a socket that several snapshots show is one', () => {
    for (const id of ['escalation.2', 'questions.3a', 'containment.3a']) {
      const said = steps.get(id)!.facts.map(({ says, process }) => `${process} ${says}`);
      expect(said.some((says) => says.includes('open-socket'))).toBe(true);
      expect(new Set(said).size, id).toBe(said.length);
    }
  });

  test('no answer names where the evidence lies on this machine', () => {
    for (const { says, facts, missing } of steps.values()) for (const text of [...says, ...missing, ...facts.map((fact) => fact.says)]) expect(text).not.toContain('shared/evidence');
  });

  test('what two exports of one journal tell alike is told once', () => {
    const said = steps.get('tier 2.3')!.facts.map(({ time, says, process }) => `${time} ${process} ${says}`);
    expect(new Set(said).size).toBe(said.length);
  });

  test.each(CASE)('%s: %s', (id, state, says) => {
    const step = steps.get(id)!;
    expect(step.state).toBe(state);
    expect([...step.says, ...step.facts.map((fact) => fact.says)].join('\n')).toMatch(says);
    if (state === 'cannot be known') expect(step.missing.length).toBeGreaterThan(0);
  });

  test('every ready hunt runs without a mistake', async () => {
    const hunts = [...steps.values()].flatMap((step) => step.hunts);
    expect(hunts.length).toBeGreaterThan(30);
    for (const { text } of hunts) {
      const { diagnostics } = await engine.ask('hunt', { text, limit: 1 });
      expect(diagnostics.filter(({ severity }) => severity === 'error'), text).toEqual([]);
    }
  });

  test('a web server\'s child is not attributed; what the same service started is found; its chain is told in order', async () => {
    const { processes } = await engine.ask('hunt', { text: 'processes where process.orphan and process.entry_leader.command_line : "*app.py*"', limit: 10 });
    const { steps: answers } = await engine.ask('playbook', { process: processes[0]! });
    const of = (id: string): Step => answers.find((step) => step.id === id)!;
    expect(of('escalation.1')).toMatchObject({ trigger: 'met', says: [expect.stringMatching(/The way in is a service \(python3 \d+\): no login/)] });
    expect(of('tier 2.2').facts.some(({ relation }) => relation === 'of the same entry')).toBe(true);
    expect(of('tier 2.1').facts.map(({ relation }) => relation).slice(0, 2)).toEqual(['the process itself', 'one of its creators']);
    for (const { hunts } of answers) for (const { text } of hunts) expect((await engine.ask('hunt', { text, limit: 1 })).diagnostics.filter(({ severity }) => severity === 'error'), text).toEqual([]);
  });

  test('an orphan of a login is attributed in part, wholly only by an announced change', async () => {
    const { processes } = await engine.ask('hunt', { text: 'processes where process.orphan and process.entry.kind == "login" and user.audit.id == "1001" and user.id == "1001"', limit: 1 });
    const asked = async (): Promise<Step> => (await engine.ask('playbook', { process: processes[0]!, steps: ['escalation.1'] })).steps[0]!;
    expect(await asked()).toMatchObject({ trigger: 'cannot be known', missing: [expect.stringContaining('No change windows')] });
    await engine.ask('intel', { add: [{ file: 'changes.csv', text: 'number,start,end,host\nCHG7,2026-11-24T14:00Z,2026-11-24T16:00Z,web01\n' }] });
    expect(await asked()).toMatchObject({ trigger: 'not met', says: [expect.stringMatching(/^The way in is a login of \w+, session \d+, from 10\.0\.2\.2/), 'It falls into the announced work "CHG7".'] });
    await engine.ask('intel', { add: [{ file: 'changes.csv', text: 'number,start,end,host\nCHG7,2026-11-24T14:00Z,2026-11-24T16:00Z,db01\n' }] });
    expect(await asked()).toMatchObject({ trigger: 'cannot be known' });
  });

  test('an indicator list is matched to processes, and meets the third trigger', async () => {
    const { rows } = await engine.ask('findings', { first: 0, count: 1 });
    const [worst] = rows;
    const { hits } = await engine.ask('intel', { add: [{ file: 'iocs.txt', text: `${worst!.executable}\n203.0.113.99\n` }] });
    expect(hits.some(({ process, where }) => process === worst!.process && where === 'the program')).toBe(true);
    const { steps: [step] } = await engine.ask('playbook', { process: worst!.process, steps: ['questions.3'] });
    expect(step).toMatchObject({ state: 'answered', says: [expect.stringMatching(/^2 indicators looked for, 0 rules run/)] });
    expect(step!.facts[0]!.records.length).toBeGreaterThan(0);
  });
});

describe.skipIf(!isThere)('rules of others beside the evidence', () => {
  test('a Sigma rule of the case is an alert on the process it fires on, also where only the created tree shows it', async () => {
    const engine = await opened('full-dev/audit.log.gz');
    const sigma = (title: string, detection: string): string => `title: ${title}\nid: 6f1ed3a4-0000-4000-8000-000000000001\nlevel: high\ntags: [attack.t1036.009]\nlogsource: {product: linux, category: process_creation}\ndetection:\n${detection}\n  condition: selection\n`;
    const texts = [
      { file: 'rules/openssl.yml', text: sigma('openssl to the net', "  selection: {Image|endswith: /openssl, CommandLine|contains: '-connect'}") },
      { file: 'rules/broken.yml', text: 'title: x\ndetection: [' },
    ];
    const { alerts, rules, troubles } = await engine.ask('intel', { add: texts });
    expect(rules).toBe(1);
    expect(alerts.length).toBeGreaterThan(0);
    expect(troubles).toEqual([expect.stringMatching(/^rules\/broken\.yml: .*not translated/)]);
    const { steps: [step] } = await engine.ask('playbook', { process: alerts[0]!.process, steps: ['questions.3'] });
    expect(step!.facts.find(({ relation }) => relation === 'the process itself')).toMatchObject({ says: expect.stringMatching(/^rule "openssl to the net" \(high\) of rules\/openssl\.yml fires on openssl \d+, T1036\.009/) as unknown, records: [{ member: 'audit.log.gz' }] });
    await engine.close();
  }, 60_000);
});

describe.skipIf(!isThere)('the playbook where only execs are on record', () => {
  test('what this evidence cannot show is said to be unknown, with the rules that would show it', async () => {
    const engine = await opened('exec-only-dev/audit.log.gz');
    const { steps } = await engine.ask('playbook', {});
    const of = (id: string): Step => steps.find((step) => step.id === id)!;
    expect(of('sources.3a')).toMatchObject({ state: 'cannot be known', missing: expect.arrayContaining([expect.stringContaining('-S fork,vfork,clone,clone3')]) as unknown });
    expect(of('escalation.2').trigger).toBe('cannot be known');
    expect(of('sources.1').state).toBe('cannot be known');
    await engine.close();
  });

  test('of a middle that is known by its number alone it is not said what it ran, nor how long it lived', async () => {
    const engine = await opened('exec-only-dev/audit.log.gz');
    const { rows } = await engine.ask('findings', { first: 0, count: 500 });
    const said = rows.flatMap(({ findings }) => findings.filter(({ kind }) => kind === 'double-fork').flatMap(({ reasons }) => reasons.map(({ says }) => says)));
    expect(said.some((says) => /^process \d+ forked it and ended; what it ran is not on record/.test(says))).toBe(true);
    expect(said.filter((says) => /process \d+ .*(?:ran no program|all (?:at once|within))/.test(says))).toEqual([]);
    await engine.close();
  });

  test('sockets that a snapshot saw are not told beside "connections are not on record" as if none were known', async () => {
    const engine = await opened('exec-only-dev');
    const { steps } = await engine.ask('playbook', { steps: ['questions.3a'] });
    expect(steps[0]!.facts.length).toBeGreaterThan(0);
    expect(steps[0]!.missing).toEqual([expect.stringMatching(/^Connections are not on record: only the sockets that were open when somebody looked are known\. To record them: /)]);
    await engine.close();
  });
});
