import type { NoteAsk, StepAct } from '../shared/protocol.js';

/** What the page holds of one step until the case does. */
export interface StepDraft {
  /** What is typed as the analyst's word; undefined: what the case has. */
  readonly text: string | undefined;
  /** Under way to the case. */
  readonly waiting: readonly StepAct[];
  /** What there was no case for. */
  readonly unkept: readonly StepAct[];
  /** Why something was not kept. */
  readonly says: string;
}

/** By {@link draftKey}. */
export type Drafts = Readonly<Record<string, StepDraft>>;

export type DraftAction =
  | { readonly type: 'drafted'; readonly process: number; readonly step: string; readonly text: string | undefined }
  | { readonly type: 'noting'; readonly notes: readonly NoteAsk[] }
  | { readonly type: 'noted'; readonly notes: readonly NoteAsk[]; readonly says: string; readonly isKept: boolean; readonly needsCase: boolean };

export const EMPTY_DRAFT: StepDraft = { text: undefined, waiting: [], unkept: [], says: '' };

export function draftKey(process: number, step: string): string {
  return `${process} ${step}`;
}

/** Stands for a step in a draft's key: what is typed for the next verdict on a process. No step of the playbook has this name. */
export const VERDICT_NOTE = 'verdict';

/** What is typed for the next verdict on a process, '' where nothing is. */
export function verdictNote(drafts: Drafts, process: number | undefined): string {
  return process === undefined ? '' : (drafts[draftKey(process, VERDICT_NOTE)]?.text ?? '');
}

/** The drafts after an act. What is typed is only forgotten once the case holds exactly that. */
export function withDraft(drafts: Drafts, action: DraftAction): Drafts {
  if (action.type === 'drafted') return put(drafts, draftKey(action.process, action.step), (draft) => ({ ...draft, text: action.text }));
  return action.notes.reduce<Drafts>(
    (all, { process, step, act }) =>
      put(all, draftKey(process, step), (draft) => {
        const waiting = draft.waiting.filter((each) => !isSame(each, act)), unkept = draft.unkept.filter((each) => !replaces(act, each));
        if (action.type === 'noting') return { ...draft, waiting: [...waiting, act], unkept, says: '' };
        const isWhole = action.isKept && act.kind === 'word' && act.text === draft.text;
        return { text: isWhole ? undefined : draft.text, waiting, unkept: action.needsCase ? [...unkept, act] : unkept, says: action.isKept ? '' : action.says };
      }),
    drafts,
  );
}

/** Everything that waits for a case. */
export function unkeptNotes(drafts: Drafts): readonly NoteAsk[] {
  return Object.entries(drafts).flatMap(([key, { unkept }]) => {
    const [, process, step] = /^(-?\d+) (.+)$/.exec(key) ?? [];
    return process === undefined || step === undefined ? [] : unkept.map((act) => ({ process: Number(process), step, act }));
  });
}

/** Of an earlier page: nobody answers what it sent. */
export function unsent(drafts: Drafts): Drafts {
  return Object.fromEntries(Object.entries(drafts).map(([key, draft]) => [key, { ...draft, waiting: [] }]));
}

function put(drafts: Drafts, key: string, change: (draft: StepDraft) => StepDraft): Drafts {
  const { [key]: known = EMPTY_DRAFT, ...others } = drafts;
  const draft = change(known);
  return draft.text === undefined && draft.waiting.length + draft.unkept.length === 0 && draft.says === '' ? others : { ...others, [key]: draft };
}

function isSame(one: StepAct, other: StepAct): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** A step has one word: a later one takes the place of the one before. */
function replaces(act: StepAct, earlier: StepAct): boolean {
  return isSame(act, earlier) || (act.kind === 'word' && earlier.kind === 'word');
}
