import { Window } from 'happy-dom';
import { beforeAll, describe, expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { collectReport, htmlReport, markdownReport, type ReportModel } from '../../../src/report/index.js';
import { portsOver, sourceOf } from '../engine/smallHost.js';
import { drop, Story } from '../triage/story.js';

const TORN = 50;

/** Fifty programs torn off by logins, five from each, read from two files of one folder. */
async function modelOfMany(): Promise<ReportModel> {
  const story = new Story();
  for (let at = 0; at < TORN / 5; at++) {
    const shell = story.login();
    for (let each = 0; each < 5; each++) drop(story, shell, '/tmp/.x/let-go', `/tmp/.x/agent${at}-${each}`);
  }
  const engine = createEngine(portsOver(['new/audit.log', 'old/audit.log'].map((name) => ({ ...sourceOf(story.text(), name), stated: { host: 'web1' } }))));
  await engine.ask('open', { sources: ['x'] });
  try {
    return await collectReport(engine.ask, { now: 0, title: 'T' });
  } finally {
    await engine.close();
  }
}

describe('a report on fifty alerts', () => {
  let model: ReportModel;
  let page: Window['document'];
  let markdown: string;
  beforeAll(async () => {
    model = await modelOfMany();
    const window = new Window({ settings: { disableJavaScriptFileLoading: true, disableJavaScriptEvaluation: true, disableCSSFileLoading: true } });
    page = window.document;
    page.write(htmlReport(model));
    markdown = markdownReport(model);
  }, 60_000);

  test('tells the worst forty at length and says so; the others are in the table and in containment', () => {
    expect(model.counts.alerts).toBe(TORN);
    expect(model.subjects).toHaveLength(40);
    expect(model.warnings.join('\n')).toMatch(/50 processes deserve a section of their own; the worst 40 have one/);
    expect(model.others.flatMap(({ rows }) => rows)).toHaveLength(10);
    expect(model.containment.processes).toHaveLength(TORN);
    for (const { first } of model.others) expect(model.containment.files.map(({ value }) => value)).toContain(first.executable);
  });

  test('five stand open, of the others one line does; every one is in the summary, which the contents name once', () => {
    const sections = [...page.querySelectorAll('section.subject')];
    expect(sections.filter((each) => each.querySelector('details.whole') === null)).toHaveLength(5);
    for (const each of sections) expect(each.querySelector('p.why')!.closest('details')).toBeNull();
    expect(page.querySelectorAll('table.subjects tbody tr')).toHaveLength(40);
    for (const link of page.querySelectorAll('table.subjects a')) expect(page.querySelector(link.getAttribute('href')!)).not.toBeNull();
    expect([...page.querySelectorAll('nav a')].map((each) => each.textContent)).toEqual(['Summary', '40 processes, worst first', ...(model.others.length > 0 ? ['Other findings'] : []), 'Timeline', 'Playbook', 'Verdicts', 'Hosts', 'Containment', 'Coverage', 'Evidence']);
    expect(markdown.match(/^### Raw records$/gm)).toHaveLength(5);
    expect(markdown.match(/are in the HTML report\.$/gm)).toHaveLength(35);
  });

  test('those that came by one login are named together', () => {
    const ways = [...page.querySelectorAll('#summary ul li')].map((each) => each.textContent);
    expect(ways.length).toBeGreaterThan(5);
    for (const way of ways) expect(way).toMatch(/^login, session \d+ of uid 1000, sshd \d+ on \S+: agent/);
    expect(markdown).toContain('### Came the same way');
  });

  test('nothing says where the evidence lies on this machine: neither page, Markdown nor a command', () => {
    expect(model.evidence.map(({ name }) => name)).toEqual(['new/audit.log', 'old/audit.log']);
    for (const text of [htmlReport(model), markdown]) {
      expect(text).not.toContain('/case/');
      expect(text).toContain('old/audit.log');
    }
    for (const { command } of model.subjects.flatMap(({ records }) => records)) expect(command).toMatch(/^ausearch -a \d+ -if (?:new|old)\/audit\.log --raw$|^$/);
  });

  test('the timeline has each process, its launcher and its way in, not the ancestors between, and says so', () => {
    expect(model.timeline.filter(({ says }) => /^agent\d-\d \d+ is adopted by /.test(says))).toHaveLength(40);
    expect(model.timeline.some(({ says }) => /^let-go \d+ runs \/tmp\/\.x\/let-go/.test(says))).toBe(true);
    expect(model.timeline.filter(({ says }) => /^systemd 1 /.test(says))).toEqual([]);
    expect(page.querySelector('#timeline')!.textContent).toContain('every execution path has the ancestors between');
  });
});
