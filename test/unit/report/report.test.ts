import { createHash } from 'node:crypto';
import { Window } from 'happy-dom';
import { beforeAll, describe, expect, test } from 'vitest';
import { type StepNote, stepNoteLine, type VerdictRecord, verdictLine } from '../../../src/case/index.js';
import { createEngine, type Engine } from '../../../src/engine/index.js';
import { collectReport, htmlReport, indicatorsCsv, indicatorsStix, lineageSvg, markdownReport, pictureFiles, type ReportModel } from '../../../src/report/index.js';
import { auditLines, BASE, DOUBLE_FORK, portsOver, sourceOf } from '../engine/smallHost.js';
import { HOSTILE_ARGS, hostileLog } from './hostileHost.js';

const NOW = 1_795_532_400_000_000;
const verdictOf = (more: Partial<VerdictRecord> = {}): VerdictRecord => ({
  verdict: 'malicious', author: 'alice', at: NOW, note: 'nc to a far end',
  anchor: { host: 'web1', boot: 0, pid: 822, moment: (BASE + 3.7) * 1e6, executable: '/tmp/.x/nc', evidence: null, offset: null },
  ...more,
});

/** A pin and a word for each text, on a step of a trigger and on one of level 1, for the process, for the case and for one that is not there. */
function notesOf(texts: readonly string[], anchor: VerdictRecord['anchor']): readonly StepNote[] {
  return ['escalation.2', 'level 1.1', 'gone.1'].flatMap((step) =>
    [anchor, null, { ...anchor, pid: 9999, executable: texts[0]! }].flatMap((of) =>
      texts.flatMap((text, at): StepNote[] => {
        const about = { step, author: text.slice(0, 200), at: NOW + at, anchor: of };
        return [
          { ...about, kind: 'pin', pin: `${at}`.padStart(16, '0'), observation: { says: `saw ${text}`, time: NaN, basis: 'inferred', records: [{ evidence: 'ab'.repeat(32), member: text.slice(0, 200), offset: 7 }], about: null } },
          { ...about, kind: 'word', word: `so I say\n${text}` },
        ];
      }),
    ),
  );
}

async function modelOf(log: string, verdicts: readonly VerdictRecord[], host: string | undefined, knownHosts: readonly string[] = [], notes: readonly StepNote[] = []): Promise<ReportModel> {
  const source = sourceOf(log);
  const engine: Engine = createEngine({ ...portsOver([host === undefined ? source : { ...source, stated: { host } }]), caseVerdicts: () => Promise.resolve([{ file: 'verdicts/alice.jsonl', text: verdicts.map(verdictLine).join('') + 'no verdict\n' }, { file: 'playbook/alice.jsonl', text: notes.map(stepNoteLine).join('') }]) });
  await engine.ask('open', { sources: ['x'] });
  try {
    return await collectReport(engine.ask, { now: NOW, title: 'T', author: 'alice', knownHosts });
  } finally {
    await engine.close();
  }
}

const parse = (text: string): Window['document'] => {
  const window = new Window({ settings: { disableJavaScriptFileLoading: true, disableJavaScriptEvaluation: true, disableCSSFileLoading: true } });
  window.document.write(text);
  return window.document;
};

describe('what a report says', () => {
  let model: ReportModel;
  let page: Window['document'];
  beforeAll(async () => {
    model = await modelOf(auditLines(DOUBLE_FORK), [verdictOf({ escalation: { to: 'T2', why: 'network' } }), verdictOf({ at: NOW + 1, verdict: 'suspicious', author: 'bob' }), verdictOf({ anchor: { ...verdictOf().anchor, pid: 9999 } })], 'web1', ['web1', 'db9'], notesOf(['first', 'last'], verdictOf().anchor));
    page = parse(htmlReport(model));
  });

  test('the process with a verdict is a subject, its path goes from the oldest ancestor by creation down to it', () => {
    const [subject] = model.subjects;
    expect(subject!.path.map(({ details }) => details.pid)).toEqual([1, 700, 800, 810, 820, 821, 822]);
    expect(subject!.path.at(-1)!.role).toContain('subject');
    expect(subject!.path.find(({ details }) => details.pid === 820)!.role).toContain('launcher');
    expect(subject!.path.find(({ details }) => details.pid === 820)!.programs.map(({ says }) => says)).toEqual(['/home/alice/dropper']);
    expect(subject!.path.at(-1)!.clock).toMatch(/audit records: the kernel’s coarse clock/);
  });

  test('the picture has the creation solid, the adoption dashed, and the orphan as a hexagon with the word', () => {
    const { nodes, edges } = model.subjects[0]!.picture;
    expect(nodes.find(({ isSubject }) => isSubject)).toMatchObject({ kind: 'orphan' });
    expect(edges.map(({ from, to, kind }) => [nodes[from]!.label, nodes[to]!.label, kind])).toEqual(expect.arrayContaining([['dropper 821', 'nc 822', 'created'], ['process 1', 'nc 822', 'adopted']]));
    const svg = lineageSvg(model.subjects[0]!.picture).markup;
    expect(svg).toMatch(/<polygon class="lp-box lp-orphan lp-subject"/);
    expect(svg).toMatch(/<path class="lp-adopted"/);
    expect(svg).toContain('ORPHAN');
  });

  test('verdicts are told with their history, escalation and the one that matches nothing; a line that is none is told', () => {
    const text = page.querySelector('#verdicts')!.textContent;
    for (const part of ['suspicious', 'malicious (earlier)', 'T2: network', 'not in this evidence', 'verdicts/alice.jsonl:4']) expect(text).toContain(part);
  });

  test('below its answer a step has what was pinned, with its record and hash, and the last word with its author; each where it was said', () => {
    const subject = model.subjects[0]!;
    expect(subject.steps.map(({ id }) => id)).toEqual(['escalation.1', 'escalation.2', 'escalation.3', 'level 1.1']);
    const added = (part: ParentNode): string[] => [...part.querySelectorAll('.noted')].map((each) => each.textContent);
    const text = /^Pinnedsaw first \(inferred\) first at 7, sha256 (?:ab){32}; pinned by first at .*saw last .*The word of last at .* \(1 earlier\)so I saylast$/;
    for (const part of [page.querySelector(`#p${subject.details.process}`)!, page.querySelector('#playbook')!]) {
      const answers = [...part.querySelectorAll('tr')].filter((row) => row.querySelector('.noted')).map((row) => row.querySelector('td')!.textContent);
      expect(answers).toEqual([expect.stringMatching(/^Escalation 2/), expect.stringMatching(/^L1 1/)]);
      for (const each of added(part as unknown as ParentNode)) expect(each).toMatch(text);
    }
    expect(page.querySelector('#playbook')!.textContent).toMatch(/not in this evidence: first 9999 on web1, alive .*step escalation\.2 Does it/);
    expect(page.querySelector('#playbook')!.textContent).toContain('step gone.1 (a step that this version does not have)');
    const markdown = markdownReport(model);
    expect(markdown).toMatch(/- \*\*escalation\.2 Does it[^\n]*\n {2}- pinned by first at [^\n]*: saw first \(inferred\) \(first at 7, sha256 (?:ab){32}\)\n/);
    expect(markdown).toMatch(/ {2}- the word of last at [^\n]* \(1 earlier\):\n {4}> so I say {2}\n {4}> last {2}\n/);
  });

  test('a host without evidence is unknown, not clean', () => {
    expect(model.hosts.find(({ host }) => host === 'db9')).toMatchObject({ state: 'unknown' });
    expect(model.hosts.find(({ host }) => host === 'web1')).toMatchObject({ state: 'affected' });
    expect(model.hosts.find(({ host }) => host === '10.0.0.5')).toMatchObject({ state: 'unknown' });
  });

  test('containment lists hosts, processes, files and addresses, and says that nothing was done', () => {
    const { containment } = model;
    expect(containment.hosts).toEqual(['web1']);
    for (const { says } of containment.processes) expect(says).toMatch(/; (?:no process that it created is on record|it created (?:a process|\d+ processes), to be looked at too)$/);
    expect(containment.files.map(({ value }) => value)).toContain('/tmp/.x/nc');
    expect(containment.addresses.map(({ value }) => value)).toEqual(['10.0.0.5']);
    expect(containment.snippets.map(({ tool }) => tool)).toEqual(['nftables', 'Velociraptor', 'Elastic Defend']);
    for (const { text } of containment.snippets) expect(text).toMatch(/never executed/);
    expect(containment.snippets[0]!.text).toContain('elements = { 10.0.0.5 }');
  });

  test('every section is there, in HTML and in Markdown', () => {
    const titles = [...page.querySelectorAll('h2')].map((each) => each.textContent.trim());
    for (const title of ['Summary', 'Timeline', 'Playbook', 'Verdicts', 'Hosts', 'Containment', 'Coverage', 'Evidence']) {
      expect(titles).toContain(title);
      expect(markdownReport(model)).toContain(`\n## ${title}\n`);
    }
    for (const title of ['Findings', 'Escalation: its triggers', 'Execution path', 'Raw records', 'Indicators']) expect([...page.querySelectorAll('h3')].map((each) => each.textContent.trim())).toContain(title);
  });

  test('evidence without a hash is said before anything else', () => {
    expect(page.querySelector('#warnings')!.textContent).toMatch(/1 of 1 evidence have no hash here/);
  });

  test('the policy lets in its own style and nothing else', () => {
    const text = htmlReport(model);
    const style = /<style>([^]*?)<\/style>/.exec(text)![1]!;
    const policy = page.querySelector('meta[http-equiv="Content-Security-Policy"]')!.getAttribute('content')!;
    expect(policy).toBe(`default-src 'none'; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'; base-uri 'none'; form-action 'none'`);
  });
});

describe('lists of indicators', () => {
  const HOSTILE = HOSTILE_ARGS.map((value) => ({ kind: 'file' as const, value, says: value, host: value }));

  test('in CSV no field begins a formula and none breaks its line', () => {
    const lines = indicatorsCsv(HOSTILE).split('\n');
    expect(lines).toHaveLength(HOSTILE.length + 1);
    for (const line of lines) for (const field of line.match(/(?<=^|,)(?:"(?:[^"]|"")*"|[^,]*)/g)!) expect(field).not.toMatch(/^"?[=+\-@|%\t]/);
  });

  test('in STIX every pattern keeps its value inside its quotes, and the same indicator has the same id', () => {
    const bundle = JSON.parse(indicatorsStix(HOSTILE, NOW)) as { type: string; objects: { id: string; pattern: string; spec_version: string }[] };
    expect(bundle.type).toBe('bundle');
    expect(indicatorsStix(HOSTILE, NOW)).not.toMatch(/[\u007f-\u009f\u202a-\u202e]/);
    for (const { pattern, id } of bundle.objects) {
      expect(id).toMatch(/^indicator--[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      expect(pattern).toMatch(/^\[file:name = '(?:[^'\\]|\\['\\])*'(?: AND file:parent_directory_ref\.path = '(?:[^'\\]|\\['\\])*')?\]$/);
    }
    expect(JSON.parse(indicatorsStix(HOSTILE, NOW + 1))).toMatchObject({ objects: bundle.objects.map(({ id }) => ({ id })) });
  });
});

describe('hostile evidence', () => {
  let model: ReportModel;
  beforeAll(async () => {
    model = await modelOf(hostileLog(), [verdictOf({ author: '<b>bob</b>', note: '</td></table><script>alert(1)</script>[x](javascript:alert(1))|`', anchor: { ...verdictOf().anchor, host: 'h"><img/src=x|`0', executable: null } })], undefined, ['"><script>alert(2)</script>'], notesOf([...HOSTILE_ARGS, '<img src=x onerror=alert(1)>', 'http://evil.example/x'].map((each) => each.slice(0, 900)), { ...verdictOf().anchor, host: 'h"><img/src=x|`0', executable: null }));
  });

  test('the breakers are in the report at all', () => {
    expect(model.subjects[0]!.notes.flatMap(({ pins }) => pins).length).toBeGreaterThan(HOSTILE_ARGS.length);
    expect(model.subjects).toHaveLength(1);
    expect(model.subjects[0]!.details.args.length).toBeGreaterThan(HOSTILE_ARGS.length - 2);
    expect(model.subjects[0]!.details.host).toContain('<img');
  });

  test('in HTML and SVG nothing becomes an element, an attribute that acts, or an address to load', () => {
    const page = parse(htmlReport(model));
    const allowed = new Set('html,head,meta,title,style,body,header,div,p,h1,h2,h3,nav,a,main,section,ul,ol,li,b,strong,span,br,figure,figcaption,svg,g,path,rect,polygon,text,dl,dt,dd,table,thead,tbody,tr,th,td,code,pre,details,summary'.split(','));
    const found = [...page.querySelectorAll('*')];
    expect([...new Set(found.map((each) => each.tagName.toLowerCase()))].filter((tag) => !allowed.has(tag))).toEqual([]);
    const attributes = new Set(found.flatMap((each) => [...each.attributes].map(({ name }) => name.toLowerCase())));
    for (const name of attributes) expect(name).toMatch(/^(?:lang|charset|http-equiv|content|name|class|id|href|aria-label|role|viewbox|width|height|d|x|y|rx|points|colspan)$/);
    expect(found.map((each) => each.getAttribute('href')).filter((href) => href !== null && !/^#[a-z0-9]+$/.test(href))).toEqual([]);
    expect(htmlReport(model)).not.toMatch(/https?:\/\//);
  });

  test('HTML holds no hidden character of evidence, and no raw one of its breakers', () => {
    const text = htmlReport(model);
    // eslint-disable-next-line no-control-regex -- that there is none is the point
    expect(text).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text).not.toContain('<script');
    expect(text).not.toContain('<img');
  });

  test('a picture as a file is whole XML with no script and no link', () => {
    for (const { name, svg } of pictureFiles(model)) {
      expect(name).toMatch(/^lineage-\d+-[a-z2-7]{8}\.svg$/);
      const root = new new Window().DOMParser().parseFromString(svg, 'image/svg+xml').documentElement;
      expect(root.tagName).toBe('svg');
      expect([...root.querySelectorAll('*')].map((each) => each.tagName).filter((tag) => !['title', 'style', 'g', 'path', 'rect', 'polygon', 'text'].includes(tag))).toEqual([]);
      expect(svg).not.toMatch(/href|javascript:|<script|on\w+=/i);
    }
  });

  test('in Markdown every character that could act is escaped or fenced, and no cell breaks its table', () => {
    const text = markdownReport(model, 'pictures');
    // eslint-disable-next-line no-control-regex -- that there is none is the point
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    expect(text).not.toMatch(/https?:\/\//);
    const outside = withoutCode(text);
    expect(outside).not.toMatch(/(?<!\\)<(?!lineage|pictures)[a-z!/]/i);
    expect(outside.replace(/!\[Lineage[^\]]*\]\(<pictures\/lineage-\d+-[a-z2-7]+\.svg>\)/g, '')).not.toMatch(/(?<!\\)\]\(/);
    const tables = outside.split('\n').filter((line) => line.startsWith('| '));
    expect(tables.length).toBeGreaterThan(20);
    let columns = 0;
    for (const [at, line] of tables.entries()) {
      const count = line.match(/(?<!\\)\|/g)!.length;
      if (tables[at + 1]?.startsWith('| --- |')) columns = count;
      expect(count).toBe(columns);
    }
  });
});

/** Markdown without what stands in code blocks and code spans, which a reader takes literally. Blocks first: their fences are longer than any run in them. */
function withoutCode(text: string): string {
  const lines: string[] = [];
  let fence: string | undefined;
  for (const line of text.split('\n')) {
    const mark = /^(`{3,})/.exec(line)?.[1];
    if (fence === undefined && mark !== undefined && !line.slice(mark.length).includes('`')) fence = mark;
    else if (fence !== undefined) fence = line === fence ? undefined : fence;
    else lines.push(line.replace(/(?<![`\\])(`+)(?!`)(.*?)(?<!`)\1(?!`)/g, 'CODE'));
  }
  expect(fence).toBeUndefined();
  return lines.join('\n');
}
