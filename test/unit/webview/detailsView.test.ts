// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import type { Details } from '../../../src/engine/requests.js';
import { FLAG, TRACE_PRICE } from '../../../src/model/index.js';
import { createDetailsView, type DetailsActs, type DetailsView } from '../../../webview/tree/detailsView.js';
import { draftKey, unkeptNotes, VERDICT_NOTE, verdictNote } from '../../../webview/tree/drafts.js';
import { fromPersisted, restored, toPersist } from '../../../webview/tree/persisted.js';
import { INITIAL } from '../../../webview/tree/state.js';
import { createStore, type Store } from '../../../webview/tree/store.js';
import { createTreeSession } from '../../../webview/tree/treeSession.js';
import { createFakeEngine } from './fakeEngine.js';

const acts = (): DetailsActs => ({ goTo: vi.fn(), copyForTicket: vi.fn(), copyIndicators: vi.fn(), escalate: vi.fn(), focusTree: vi.fn(), copy: vi.fn(),
  copyWords: vi.fn(), moreRaw: vi.fn(), dock: vi.fn(), close: vi.fn(), decide: vi.fn(), nextFinding: vi.fn(), draftNote: vi.fn(), tab: vi.fn(), openHunt: vi.fn(), openContent: vi.fn(), draft: vi.fn(), note: vi.fn(), makeCase: vi.fn(), playbookOf: vi.fn() });
const HOSTILE = '<img src=x onerror=alert(1)>';

/** Details of process 3 (nc, an orphan of bash) with what the test changes. */
async function details(changes: Partial<Details> = {}): Promise<Details> {
  return { ...(await createFakeEngine().host.ask('details', { process: 3 })), ...changes };
}

function shown(of: Details, view: DetailsView = createDetailsView(acts())): HTMLElement {
  view.render({ ...INITIAL, selected: { row: 3, process: 3 }, details: of });
  return view.element;
}

const text = (element: ParentNode, selector: string): string[] => [...element.querySelectorAll(selector)].map((found) => found.textContent);

const inferred = (): Promise<Details> =>
  details().then((of) => ({
    ...of,
    creator: {
      ...of.creator,
      basis: 'inferred',
      confidence: 0.7,
      reasons: [
        { about: 'creator', for: false, says: 'no fork is on record' },
        { about: 'creator', for: true, says: `it was in its session ${HOSTILE}`, trace: 'session' },
      ],
      runnersUp: [
        { about: 'creator', parent: { process: 1, pid: 2, start: 2_000_000, name: 'sshd' }, confidence: 0.62, says: 'its session too', near: true },
        { about: 'creator', parent: null, confidence: 0.1, says: 'init could have started it', near: false },
      ],
    },
  }));

test('the sentence comes before everything else', async () => {
  const element = shown(await details({ why: 'nc 4 is an orphan.' }));
  expect(element.querySelector('.details-content')?.firstElementChild?.textContent).toBe('nc 4 is an orphan.');
});

test('an inferred parent shows reasons for, then against, each trace with what it costs to forge', async () => {
  const creator = shown(await inferred()).querySelector('.claim-creator')!;
  expect(text(creator, '.basis-word')).toEqual(['inferred']);
  expect(text(creator, '.side')).toEqual(['For', 'Against', 'Runner-up']);
  expect(text(creator, '.price')).toEqual([`session to forge: ${TRACE_PRICE.session}`]);
  expect(creator.querySelector('img')).toBeNull();
});

test('a confidence is a word; its number and what it was calibrated on are in the tooltip', async () => {
  const word = shown(await inferred()).querySelector('.claim-creator .confidence');
  expect(word?.textContent).toBe('likely');
  expect(word?.getAttribute('title')).toMatch(/^0\.70 of 1\. Calibrated on lab captures .*about 70 in 100 were right \(npm run truth\)\.$/);
});

test('the other explanation stands beside the claim where it is about as likely, else behind a press', async () => {
  const creator = shown(await inferred()).querySelector('.claim-creator')!;
  expect(text(creator, '.or')).toEqual(['orsshd 2likelyits session too']);
  expect(creator.querySelector('details')?.contains(creator.querySelector('.or'))).toBe(false);
  expect(text(creator, 'details .runner-up li')).toEqual(['nobody that is knownweakinit could have started it']);
});

test('reasons of what a record states stand behind a press, and a press is remembered for the next process', async () => {
  const view = createDetailsView(acts());
  const reasons: Details['creator']['reasons'] = [{ about: 'creator', for: true, says: 'a fork record returned this pid' }];
  const observed = await details();
  const first = { ...observed, creator: { ...observed.creator, reasons } };
  const grounds = (): HTMLDetailsElement => shown(first, view).querySelector('.claim-creator details')!;
  expect(grounds().open).toBe(false);
  grounds().querySelector('summary')!.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true }));
  view.render({ ...INITIAL, selected: { row: 3, process: 3 }, details: { ...first } });
  expect(view.element.querySelector<HTMLDetailsElement>('.claim-creator details')?.open).toBe(true);
});

test('an unknown creator is a state of its own, with why nothing is claimed', async () => {
  const of = await details({ noCreator: { kind: 'unknown', says: 'No record shows its birth.' } });
  const element = shown({ ...of, creator: { parent: null, basis: null, confidence: null, reasons: [] } });
  expect(text(element, '.claim-creator .unknown-state')).toEqual(['UnknownNo record shows its birth.']);
});

test('what the kernel made is no unknown', async () => {
  const of = await details({ noCreator: { kind: 'kernel', says: 'made when the host came up' }, flags: 0 });
  const element = shown({ ...of, creator: { parent: null, basis: null, confidence: null, reasons: [] } });
  expect(element.querySelector('.unknown-state')).toBeNull();
  expect(text(element, '.claim-creator .absent')).toEqual(['the kernel: made when the host came up']);
});

test('that an adoption is inferred, how sure, and between what moments, stand with the adopter', async () => {
  const between = { from: 1_000_000, until: 3_000_000 };
  const of = await details({ orphan: { basis: 'inferred', confidence: 0.95, between, seenAdopted: false }, orphanedAfter: { min: 0, max: 2_000_000 } });
  const adopter = shown(of).querySelector('.claim-adopter')!;
  expect(text(adopter, '.claim-line:has(.orphaned-after)')).toEqual(['orphaned after at most 2 sinferredstrong']);
  expect(text(adopter, '.adopted-when')).toEqual(['adopted between 1970-01-01 00:00:01.000000Z and 00:00:03.000000Z']);
});

test('that it may be no orphan at all is told as such', async () => {
  const of = await details({ orphan: { basis: 'inferred', confidence: 0.55, between: { from: 1, until: 1 }, seenAdopted: false } });
  const runnersUp = [{ about: 'orphan' as const, parent: null, confidence: 0.45, says: 'made with CLONE_PARENT', near: true }];
  expect(text(shown({ ...of, adopter: { ...of.adopter, runnersUp } }), '.claim-adopter .or')).toEqual(['ornot adoptedweakmade with CLONE_PARENT']);
});

test('who was adopted when it was first seen was not orphaned "after 0 µs"', async () => {
  const orphan = { basis: 'inferred', confidence: 0.8, between: { from: Number.NaN, until: 4_000_000 }, seenAdopted: true } as const;
  expect(text(shown(await details({ orphan, orphanedAfter: { min: 0, max: 0 } })), '.orphaned-after')).toEqual(['adopted before it was first seen']);
});

test('who is under its first parent is shown under it; whether that is by adoption may be unknown', async () => {
  const parents: Details['parents'] = [{ parent: { process: 1, pid: 2, start: 0, name: 'sshd' }, from: 0, to: Number.NaN, basis: 'observed', adopted: false }];
  const of = await details({ parents, flags: FLAG.orphanUnknown, orphanedAfter: null });
  const none = { parent: null, basis: null, confidence: null, reasons: [] };
  const known = shown({ ...of, adopter: { ...none, kind: '' } }).querySelector('.claim-adopter')!;
  expect(text(known, '.ref')).toEqual(['sshd 2']);
  expect(known.textContent).toContain('adopted since or not: not known');
  const riddle = shown({ ...of, adopter: { ...none, kind: '' }, creator: none }).querySelector('.claim-adopter')!;
  expect(text(riddle, '.unknown-word')).toEqual(['Adopted or not: unknown']);
});

test('a brokered start names its requester, which a press goes to', async () => {
  const requester = { process: 2, pid: 3, start: 3_000_000, name: 'bash' };
  const done = acts();
  const of = await details({ requester: { parent: requester, basis: 'inferred', confidence: 0.7, reasons: [], started: { process: 3, pid: 4, start: 0, name: 'nc' } } });
  const element = shown(of, createDetailsView(done));
  expect(text(element, '.claim-requester h3')).toEqual(['Requested by']);
  expect(text(element, '.details-title .badge')).toContain('requested');
  element.querySelector<HTMLElement>('.claim-requester .ref')!.click();
  expect(done.goTo).toHaveBeenCalledWith(2);
});

test('what would settle it is said, and an audit rule in it can be copied alone', async () => {
  const done = acts();
  const rule = '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork';
  const element = shown(await details({ settledBy: ['the journal of that minute', `A record of its birth: ${rule}`] }), createDetailsView(done));
  expect(text(element, '.settled li')).toEqual(['the journal of that minute', `A record of its birth:${rule}`]);
  element.querySelector<HTMLElement>('.settled vscode-button')!.click();
  expect(done.copy).toHaveBeenCalledWith(rule, 'the audit rule');
});

test('a start that no record shows is shown as its bounds', async () => {
  const of = await details({ startBasis: 'derived', startBounds: { from: 1_000_000, until: 2_000_000 } });
  const start = [...shown(of).querySelectorAll('.facts dt')].find((name) => name.textContent === 'Start');
  expect(start?.nextElementSibling?.textContent).toBe('between 1970-01-01 00:00:01.000000Z and 00:00:02.000000Z derived');
});

test('the lineage draws creation solid and adoption apart, and hostile names are only text', async () => {
  const view = createDetailsView(acts());
  const of = await details({ name: HOSTILE, chain: [{ process: 2, pid: 3, start: 1, name: 'bash' }, { process: 0, pid: 1, start: 0, name: 'systemd' }] });
  view.render({ ...INITIAL, pane: { ...INITIAL.pane, tab: 'lineage' }, selected: { row: 3, process: 3 }, details: of });
  expect(view.element.querySelectorAll('.lineage-scroll .lineage-link.created')).toHaveLength(2);
  expect(view.element.querySelectorAll('.lineage-scroll .lineage-link.adopted')).toHaveLength(1);
  expect(view.element.querySelector('.lineage-node.chosen.orphan')?.getAttribute('aria-label')).toBe(`${HOSTILE} 4, orphan`);
  expect(view.element.querySelector('img')).toBeNull();
});

test('the playbook shows each trigger as a card, closed, whose answer is only text', async () => {
  const view = createDetailsView(acts());
  const step = { id: 'escalation.1', section: 'escalation', clause: 'Escalation 1', question: 'Can it be attributed?', state: 'answered', trigger: 'met', says: [HOSTILE], facts: [], total: 0, missing: [], hunts: [] } as const;
  view.render({ ...INITIAL, pane: { ...INITIAL.pane, tab: 'playbook' }, selected: { row: 3, process: 3 }, details: await details(), playbook: { process: 3, from: Number.NaN, until: Number.NaN, steps: [step] } });
  const card = view.element.querySelector<HTMLElement>('.trigger-card.card-met');
  const body = view.element.querySelector<HTMLElement>('.trigger-blocks .step-body');
  expect(card?.textContent).toContain(HOSTILE);
  expect(body?.hidden).toBe(true);
  card?.click();
  expect(body?.hidden).toBe(false);
  expect(view.element.querySelector('img')).toBeNull();
});

test('who follows a process or decides inside the details keeps the focus there, where the keys go on', async () => {
  const view = createDetailsView(acts());
  document.body.replaceChildren(view.element);
  const chain = [{ process: 2, pid: 3, start: 1, name: 'bash' }];
  const of = await details({ chain });
  shown(of, view).querySelector<HTMLElement>('.chain .ref')!.focus();
  view.render({ ...INITIAL, selected: { row: 3, process: 3 }, details: { ...of } }); // a verdict: the same process, told anew
  expect(document.activeElement).toBe(view.element.querySelector('.chain .ref'));
  view.render({ ...INITIAL, selected: { row: 2, process: 2 }, details: await createFakeEngine().host.ask('details', { process: 2 }) });
  expect(document.activeElement).toBe(view.element.querySelector('.details-content'));
});

test('the focus of somebody elsewhere is not taken when the details change', async () => {
  const view = createDetailsView(acts());
  const tree = document.createElement('button');
  document.body.replaceChildren(tree, view.element);
  shown(await details(), view);
  tree.focus();
  shown(await details({ why: 'told anew' }), view);
  expect(document.activeElement).toBe(tree);
});

test('how many it created is told of all of them, not of those that the engine lists', async () => {
  const children = Array.from({ length: 50 }, (_, i) => ({ process: 100 + i, pid: 100 + i, start: 1, name: 'worker' }));
  const element = shown(await details({ children, childCount: 5_000 }));
  expect(text(element, '.details-claims h3')).toContain('Created 5,000 processes');
  expect(text(element, '.children .absent')).toEqual(['and 4,960 more']);
});

test('records that could not be read are told where they would stand, and only of that process', async () => {
  const view = createDetailsView(acts());
  const of = await details();
  view.render({ ...INITIAL, selected: { row: 3, process: 3 }, details: of, detailsError: { process: 3, says: 'audit.log is gone\u202e' } });
  expect(text(view.element, '.problem')).toEqual(['audit.log is gone\\u{202e}']);
  expect(view.element.textContent).toContain(of.why);
  expect(view.element.querySelector('.raw')).toBeNull();
  view.render({ ...INITIAL, selected: { row: 2, process: 2 }, details: of, detailsError: { process: 3, says: 'audit.log is gone' } });
  expect(view.element.querySelector('.problem')).toBeNull();
});

describe('the note to a verdict', () => {
  const box = (view: DetailsView): HTMLInputElement => view.element.querySelector('vscode-text-field')!;
  const type = (view: DetailsView, text: string): void => {
    box(view).value = text;
    box(view).dispatchEvent(new Event('input'));
  };
  /** The details over a session whose chosen process the test changes. */
  function joined(): { readonly view: DetailsView; readonly store: Store; readonly choose: (process: number) => void } {
    const store = createStore(INITIAL);
    const session = createTreeSession(store, createFakeEngine().host, undefined);
    const view = createDetailsView({ ...acts(), draftNote: session.draftNote });
    return { view, store, choose: (process) => view.render({ ...store.state, selected: { row: process, process } }) };
  }

  test('stays with its process when another is chosen, and through the page that VS Code throws away', () => {
    const { view, store, choose } = joined();
    choose(3);
    type(view, 'its own port');
    choose(2);
    expect(box(view).value).toBe('');
    type(view, 'a backup');
    choose(3);
    expect(box(view).value).toBe('its own port');
    const { drafts } = restored(fromPersisted(JSON.parse(JSON.stringify(toPersist(store.state)))));
    expect([verdictNote(drafts, 3), verdictNote(drafts, 2), verdictNote(drafts, 1)]).toEqual(['its own port', 'a backup', '']);
    expect(unkeptNotes(drafts)).toEqual([]); // no note to a step of the playbook
  });

  test('is forgotten once a verdict holds it, of this process only', async () => {
    const { view, store, choose } = joined();
    choose(2);
    type(view, 'its own port');
    choose(3);
    type(view, 'its own port');
    const anchor = { host: 'web01', boot: null, pid: 4, moment: 0, executable: null, evidence: null, offset: null };
    const verdict = { current: { at: 5, author: 'ana', verdict: 'malicious', note: 'its own port', anchor }, escalations: [], matched: 'moment' } as unknown as NonNullable<Details['verdict']>; // what the bar reads
    view.render({ ...store.state, selected: { row: 3, process: 3 }, details: await details({ verdict }) });
    expect([box(view).value, Object.keys(store.state.drafts)]).toEqual(['', [draftKey(2, VERDICT_NOTE)]]);
    choose(2);
    expect(box(view).value).toBe('its own port');
  });
});
