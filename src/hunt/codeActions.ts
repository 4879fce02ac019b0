import { edit, type ActionPlace, type CodeAction } from './codeAction.js';
import { extractLet, inlineLet } from './codeActionsLets.js';
import { addTree, eventAndStep, orToList, switchParents } from './codeActionsRewrite.js';
import { MAX_TEXT } from './compile.js';
import { diagnoseTexts } from './diagnose.js';
import type { Range } from './diagnostics.js';
import { elasticEql } from './eql.js';
import { own, textOf, type HuntTexts } from './huntTexts.js';
import { firstLine, pastedRule, type PastedRule } from './pastedRule.js';
import { rewriteEndgame } from './rewriteEndgame.js';
import { pathTo } from './treeNodes.js';

/** All actions; one line each. */
const ACTIONS: readonly ((place: ActionPlace) => readonly CodeAction[])[] = [extractLet, inlineLet, orToList, switchParents, eventAndStep, addTree, copyAsEql, rewriteAsHunt];

/** What can be done with a text at a range (empty: the cursor), beside the fixes of its diagnostics. None makes a sound hunt wrong. */
export function codeActions(asked: HuntTexts, range: Range): readonly CodeAction[] {
  const text = textOf(asked);
  if (text.length > MAX_TEXT) return [];
  const parsed = own(asked);
  const pasted = pastedRule(text);
  const selected = trimmed(text, range);
  const place: ActionPlace = { asked, uri: asked.texts[asked.at]?.uri ?? '', text, parsed, range: selected, path: pathTo(parsed.hunt, selected) };
  if (pasted !== undefined) return importRule(place, pasted);
  return ACTIONS.flatMap((action) => action(place)).filter((action) => {
    const touched = new Set(action.edits.map((one) => one.uri));
    return touched.size === 0 || errorsIn(edited(asked, action), touched) <= errorsIn(asked, touched);
  });
}

/** Of a pasted rule nothing but its import makes sense; on its first line that is the fix of the mistake marked there. */
function importRule(place: ActionPlace, { what, hunt }: PastedRule): CodeAction[] {
  if (hunt === undefined || place.range.from <= firstLine(place.text).to) return [];
  return [{ title: `Import the ${what}`, kind: 'rewrite', edits: [edit(place, { from: 0, to: place.text.length }, hunt)] }];
}

function rewriteAsHunt(place: ActionPlace): CodeAction[] {
  const made = rewriteEndgame(place.text);
  return made === undefined ? [] : [{ title: 'Rewrite as Hunt', kind: 'rewrite', edits: [edit(place, { from: 0, to: place.text.length }, made)] }];
}

function copyAsEql({ asked, parsed }: ActionPlace): CodeAction[] {
  if (parsed.hunt.query === undefined) return [];
  const title = 'Copy as Elastic EQL';
  const made = elasticEql(asked);
  return ['refused' in made ? { title, kind: 'rewrite', edits: [], refused: made.refused } : { title, kind: 'rewrite', edits: [], copies: made.text }];
}

/** The texts after an action. */
export function edited(asked: HuntTexts, { edits }: Pick<CodeAction, 'edits'>): HuntTexts {
  const texts = asked.texts.map((one) => {
    const own = edits.filter((edit) => edit.uri === one.uri).sort((a, b) => b.from - a.from || b.to - a.to);
    return own.length === 0 ? one : { ...one, text: own.reduce((text, { from, to, text: with_ }) => text.slice(0, from) + with_ + text.slice(to), one.text) };
  });
  return { ...asked, texts };
}

function errorsIn(asked: HuntTexts, uris: ReadonlySet<string>): number {
  return asked.texts.reduce((sum, { uri }, at) => (uris.has(uri) ? sum + diagnoseTexts({ ...asked, at }).filter((one) => one.severity === 'error').length : sum), 0);
}

function trimmed(text: string, { from, to }: Range): Range {
  if (from === to) return { from, to };
  const inside = text.slice(from, to);
  const start = from + (inside.length - inside.trimStart().length);
  return { from: start, to: Math.max(start, to - (inside.length - inside.trimEnd().length)) };
}
