// @vitest-environment happy-dom
import { describe, expect, test, vi } from 'vitest';
import type { PlaybookAnswers, PlaybookStep, StepNotes, ToldFact } from '../../../src/engine/requests.js';
import { messageFromPage } from '../../../webview/shared/protocol.js';
import { draftKey, unkeptNotes, unsent, withDraft, type Drafts } from '../../../webview/tree/drafts.js';
import { createPlaybook, type PlaybookActs, type PlaybookView } from '../../../webview/tree/playbookView.js';
import { restored, toPersist } from '../../../webview/tree/persisted.js';
import { createStore } from '../../../webview/tree/store.js';
import { createTreeSession } from '../../../webview/tree/treeSession.js';
import { INITIAL } from '../../../webview/tree/state.js';
import { createFakeEngine } from './fakeEngine.js';

const HOSTILE = '<img src=x onerror=alert(1)>\u202e';
const STEP = 'escalation.2';
const fact = (id: string): ToldFact => ({ id, says: `fact ${id}`, process: 3, time: 1_000_000, basis: 'observed', records: [{ member: 'audit.log', offset: 7 }] });
const step: PlaybookStep = { id: STEP, section: 'escalation', clause: 'Escalation 2', question: 'Does it talk?', state: 'answered', trigger: 'met', says: ['yes'], facts: [fact('a'), fact('b')], total: 2, missing: [], hunts: [] };
const answers: PlaybookAnswers = { process: 3, from: Number.NaN, until: Number.NaN, steps: [step] };
const pin = (id: string, more: Partial<StepNotes['pins'][number]> = {}): StepNotes['pins'][number] => ({ pin: id, says: `fact ${id}`, time: 1_000_000, basis: 'observed', records: [{ evidence: 'ab'.repeat(32), member: 'audit.log', offset: 7 }], about: null, author: 'alice', at: 0, process: 3, ...more });
const notes = (more: Partial<StepNotes> = {}): StepNotes => ({ step: STEP, process: 3, matched: 'moment', anchor: null, pins: [], words: [], ...more });
const word = (text: string, author = 'alice'): NonNullable<StepNotes['word']> => ({ text, author, at: 0 });

function shown(now: readonly StepNotes[] = [], drafts: Drafts = {}): { readonly view: PlaybookView; readonly acts: PlaybookActs; readonly box: HTMLTextAreaElement; readonly element: HTMLElement } {
  const acts: PlaybookActs = { goTo: vi.fn(), openHunt: vi.fn(), openContent: vi.fn(), copyWords: vi.fn(), escalate: vi.fn(), playbookOf: vi.fn(), draft: vi.fn(), note: vi.fn(), makeCase: vi.fn() };
  const view = createPlaybook(answers, 'process', acts, new Map());
  document.body.replaceChildren(view.element);
  view.showNotes(now, drafts);
  return { view, acts, element: view.element, box: view.element.querySelector('vscode-text-area')! };
}
const named = (element: HTMLElement, label: string): HTMLElement[] => [...element.querySelectorAll<HTMLElement>(`[aria-label="${label}"]`)];
const type = (box: HTMLTextAreaElement, text: string): void => {
  box.value = text;
  box.dispatchEvent(new Event('input'));
};

describe('a pin', () => {
  test('is asked for by the fact\'s id; a fact that is pinned says so in a word, and another press takes it back', () => {
    const { view, acts, element } = shown();
    named(element, 'Pin this observation')[1]!.click();
    expect(acts.note).toHaveBeenLastCalledWith(STEP, { kind: 'pin', fact: 'b' });
    view.showNotes([notes({ pins: [pin('b')] })], {});
    const [toggle] = named(element, 'Pinned: press to unpin');
    expect([toggle!.getAttribute('aria-pressed'), toggle!.nextElementSibling!.textContent, (toggle!.nextElementSibling as HTMLElement).hidden]).toEqual(['true', 'pinned', false]);
    toggle!.click();
    expect(acts.note).toHaveBeenLastCalledWith(STEP, { kind: 'unpin', pin: 'b' });
  });

  test('stands below the answer with author, place and hash, leads to its process, and can be taken back also where its fact is gone', () => {
    const { acts, element } = shown([notes({ pins: [pin('gone', { says: HOSTILE })] })]);
    const item = element.querySelector<HTMLElement>('.step-pins li')!;
    expect(item.textContent).toMatch(/^1970-01-01 .*<img src=x onerror=alert\(1\)>.*audit\.log at 7sha256 abababababab…pinned by alice at 1970/);
    expect(item.querySelector('img')).toBeNull();
    expect(item.textContent).not.toContain('\u202e');
    named(item, 'Show this process in the tree')[0]!.click();
    expect(acts.goTo).toHaveBeenCalledWith(3);
    named(item, 'Unpin this observation')[0]!.click();
    expect(acts.note).toHaveBeenLastCalledWith(STEP, { kind: 'unpin', pin: 'gone' });
  });
});

describe('a pin on a process that the open evidence does not hold', () => {
  const about = { host: 'web1', boot: 0, pid: 9, moment: 0, executable: null, evidence: 'cd'.repeat(32), offset: 3 };
  const itemOf = (more: Partial<StepNotes['pins'][number]>): { item: HTMLElement; acts: PlaybookActs } => {
    const { acts, element } = shown([notes({ pins: [pin('x', { process: -1, about, ...more })] })]);
    return { item: element.querySelector<HTMLElement>('.step-pins li')!, acts };
  };

  test('says which evidence has its record, by name and hash, and gives both for a search', () => {
    const { item, acts } = itemOf({ records: [{ evidence: 'ab'.repeat(32), member: `audit${HOSTILE}.log`, offset: 7 }] });
    expect(named(item, 'Show this process in the tree')).toEqual([]);
    expect(item.querySelector('.absent')!.textContent).toMatch(/^its process is not in this evidence; its record is in audit<img .*\(sha256 abababababab…\)$/);
    expect(item.querySelector('.absent')!.getAttribute('title')).not.toContain('\u202e');
    expect(item.querySelector('img')).toBeNull();
    named(item, 'Copy which evidence has its record')[0]!.click();
    expect(acts.copyWords).toHaveBeenCalledWith(`audit${HOSTILE}.log with the SHA-256 ${'ab'.repeat(32)}`, 'which evidence has its record');
  });

  test('without a record it is the evidence that its process is known by; without any hash it says so', () => {
    expect(itemOf({ records: [] }).item.querySelector('.absent')!.textContent).toBe('its process is not in this evidence; its record is in the evidence (sha256 cdcdcdcdcdcd…)');
    const { item } = itemOf({ records: [], about: { ...about, evidence: null } });
    expect(item.querySelector('.absent')!.textContent).toContain('which evidence has it was not kept');
    expect(named(item, 'Copy which evidence has its record')).toEqual([]);
  });
});

describe('a word', () => {
  test('is kept at Ctrl+Enter, and when the box is left; leaving it sends nothing twice', () => {
    const { acts, box } = shown();
    type(box, 'not ours');
    expect(acts.draft).toHaveBeenLastCalledWith(STEP, 'not ours');
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter' }));
    expect(acts.note).not.toHaveBeenCalled();
    box.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', ctrlKey: true }));
    box.dispatchEvent(new Event('focusout'));
    expect(vi.mocked(acts.note).mock.calls).toEqual([[STEP, { kind: 'word', text: 'not ours' }]]);
    type(box, 'not ours, asked maria');
    box.dispatchEvent(new Event('focusout'));
    expect(acts.note).toHaveBeenLastCalledWith(STEP, { kind: 'word', text: 'not ours, asked maria' });
  });

  test('that is there is shown with author, time and the earlier ones; leaving it as it is writes nothing', () => {
    const { acts, box, element } = shown([notes({ word: word('last', HOSTILE), words: [word(HOSTILE), word('last', HOSTILE)] })]);
    expect(box.value).toBe('last');
    expect(element.querySelector('.word-said')!.textContent).toMatch(/^by <img.* at 1970-01-01.*1 earlier word/);
    expect(element.querySelector('.step-notes img')).toBeNull();
    box.dispatchEvent(new Event('focusout'));
    expect(acts.note).not.toHaveBeenCalled();
  });

  test('that is being typed is not touched when pins and words of others come', () => {
    const { view, box } = shown();
    box.focus();
    type(box, 'half a sen');
    view.showNotes([notes({ pins: [pin('a')], word: word('of bob', 'bob'), words: [word('of bob', 'bob')] })], { [draftKey(3, STEP)]: { text: 'half a sen', waiting: [], unkept: [], says: '' } });
    expect(box.value).toBe('half a sen');
    expect(view.element.contains(box)).toBe(true);
    expect(view.element.querySelector('.word-unsaid')!.textContent).toBe('not kept yet: Ctrl+Enter keeps it');
  });

  test('for which there is no case is said to be not kept, and a press makes one', () => {
    const drafts = withDraft(withDraft({}, { type: 'drafted', process: 3, step: STEP, text: 'typed' }), { type: 'noted', notes: [{ process: 3, step: STEP, act: { kind: 'word', text: 'typed' } }], says: 'Not kept yet.', isKept: false, needsCase: true });
    const { acts, box, element } = shown([], drafts);
    expect(box.value).toBe('typed');
    const unkept = element.querySelector<HTMLElement>('.unkept')!;
    expect([unkept.hidden, unkept.textContent]).toEqual([false, 'Not kept yet.Make a Case and keep it…']);
    unkept.querySelector<HTMLElement>('vscode-button')!.click();
    expect(acts.makeCase).toHaveBeenCalled();
  });
});

test('an answer that is copied has what was pinned to it and said of it', () => {
  const { acts, element } = shown([notes({ pins: [pin('a')], word: word('two\nlines'), words: [word('two\nlines')] })]);
  named(element, 'Copy this answer')[0]!.click();
  expect(vi.mocked(acts.copyWords).mock.calls[0]![0]).toMatch(/\npinned by alice at 1970.*: 1970.* fact a \[audit\.log:7, sha256 (?:ab){32}\]\nthe word of alice at 1970.*:\n {2}two\n {2}lines$/);
});

describe('what the page holds until the case does', () => {
  const typed = (text: string, drafts: Drafts = {}): Drafts => withDraft(drafts, { type: 'drafted', process: 3, step: STEP, text });
  const sent = [{ process: 3, step: STEP, act: { kind: 'word' as const, text: 'one' } }];
  const kept = { type: 'noted' as const, notes: sent, says: 'kept', isKept: true, needsCase: false };
  const lacking = { ...kept, says: 'no case', isKept: false, needsCase: true };

  test('is forgotten once the case has exactly that, and not what was typed since', () => {
    const under = withDraft(typed('one'), { type: 'noting', notes: sent });
    expect(withDraft(under, kept)).toEqual({});
    expect(withDraft(typed('one two', under), kept)[draftKey(3, STEP)]).toMatchObject({ text: 'one two', waiting: [] });
  });

  test('all waits for one case: pins and the last word of each step', () => {
    const pinned = { process: -1, step: 'level 1.1', act: { kind: 'pin' as const, fact: 'a' } };
    let drafts = withDraft(typed('one'), lacking);
    drafts = withDraft(drafts, { ...lacking, notes: [pinned] });
    drafts = withDraft(drafts, { ...lacking, notes: [{ ...sent[0]!, act: { kind: 'word', text: 'two' } }] });
    expect(unkeptNotes(drafts)).toEqual([pinned, { process: 3, step: STEP, act: { kind: 'word', text: 'two' } }]);
  });

  test('outlives the page, which VS Code throws away while it is hidden; what was under way is not waited for', () => {
    const drafts = withDraft(typed('half a sen'), { type: 'noting', notes: sent });
    const again = restored(JSON.parse(JSON.stringify(toPersist({ ...INITIAL, drafts }))) as ReturnType<typeof toPersist>);
    expect(again.drafts).toEqual(unsent(drafts));
    expect(again.drafts[draftKey(3, STEP)]).toMatchObject({ text: 'half a sen', waiting: [] });
  });
});

test('the page asks for notes of the process, or of the case, sends what is typed, and shows the case\'s answer before it lets go of the draft', async () => {
  const engine = createFakeEngine();
  const store = createStore(INITIAL);
  const session = createTreeSession(store, engine.host, undefined);
  session.onMessage({ kind: 'opened', session: 's', title: 't', neighbours: [], preferences: { parents: 'recorded', kernelThreads: false }, summary: { evidence: [], hosts: [], processes: 4, orphans: 1, observations: 1, from: 0, to: 1, storeReady: true } });
  await vi.waitFor(() => expect(store.state.view).toBeDefined());
  await session.goTo(3);
  store.dispatch({ type: 'pane', pane: { tab: 'playbook' } });
  await vi.waitFor(() => expect(store.state.playbook?.process).toBe(3));
  session.draft(STEP, 'not ours');
  session.note(STEP, { kind: 'word', text: 'not ours' });
  const asked = [{ process: 3, step: STEP, act: { kind: 'word' as const, text: 'not ours' } }];
  expect(engine.told.at(-1)).toEqual({ kind: 'note', notes: asked, makeCase: false });
  engine.stepNotes.push(notes({ word: word('not ours') }));
  let had: unknown;
  store.subscribe((state, before) => {
    if (Object.keys(state.drafts).length < Object.keys(before.drafts).length) had = state.stepNotes[0]?.word?.text;
  });
  session.onMessage({ kind: 'noted', notes: asked, says: 'Your word is kept.', isKept: true, needsCase: false });
  await vi.waitFor(() => expect(store.state.drafts).toEqual({}));
  expect(had).toBe('not ours');
  store.dispatch({ type: 'pane', pane: { playbookOf: 'case' } });
  await vi.waitFor(() => expect(store.state.playbook?.process).toBe(-1));
  expect(engine.asked.filter(({ method }) => method === 'stepNotes').at(-1)?.ask).toEqual({});
});

test('of what a page sends only whole notes are taken', () => {
  const whole = { kind: 'note', notes: [{ process: -1, step: STEP, act: { kind: 'pin', fact: 'a' } }], makeCase: true };
  expect(messageFromPage(whole)).toEqual(whole);
  for (const act of [null, { kind: 'pin' }, { kind: 'word', text: 7 }, { kind: 'erase' }]) expect(messageFromPage({ ...whole, notes: [{ process: 1, step: STEP, act }] })).toBeUndefined();
  expect(messageFromPage({ ...whole, notes: 'all' })).toBeUndefined();
});
