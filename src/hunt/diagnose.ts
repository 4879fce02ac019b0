import type { Catalogue, Diagnostic } from './answers.js';
import { bind } from './bind.js';
import { compileHunt, dialectOf, MAX_TEXT } from './compile.js';
import { replace } from './diagnostics.js';
import { alone, own, read, textOf, type HuntTexts } from './huntTexts.js';
import { tellUnused } from './lets.js';
import { pastedRule, tellPasted } from './pastedRule.js';
import { referencesOf, usedLets } from './symbols.js';

/** Every mistake of a hunt's text, in order. With a catalogue also what depends on the open evidence (205, 210, suggestions). */
export function diagnose(text: string, catalogue?: Catalogue): readonly Diagnostic[] {
  return diagnoseTexts(alone(text, catalogue));
}

/** The same of one of several texts: it sees the lets of those before it, and a let that a text behind it uses is used. */
export function diagnoseTexts(asked: HuntTexts): readonly Diagnostic[] {
  const text = textOf(asked);
  if (text.length > MAX_TEXT) return compileHunt(text).diagnostics;
  const pasted = pastedRule(text);
  if (pasted !== undefined) return [tellPasted(text, pasted)];
  const parsed = own(asked);
  const bound = bind(parsed.hunt, { catalogue: asked.catalogue, dialect: dialectOf(text), outerLets: asked.texts.slice(0, asked.at).map((one) => read(one).hunt.definitions) });
  const diagnostics = [...parsed.diagnostics, ...withoutEchoes(bound.diagnostics, parsed.diagnostics, text)];
  return [...diagnostics.filter((one) => one.code !== UNUSED).map((one) => withUses(withMove(one, asked), asked)), ...unusedLets(asked)].sort((a, b) => a.from - b.from || a.to - b.to);
}

/** What binding says of words that already stand before a syntax mistake is that mistake once more: half of an expression has no sound meaning. */
function withoutEchoes(bound: readonly Diagnostic[], syntax: readonly Diagnostic[], text: string): readonly Diagnostic[] {
  const echoes = bound.filter((one) => syntax.some(({ from }) => from >= one.from && (from <= one.to || text.slice(one.to, from).trim() === '')));
  return bound.filter((one) => !echoes.some((echo) => echo.from <= one.from && one.to <= echo.to));
}

/** A view that is not last can also go there; only the text says what stands behind it. */
function withMove(diagnostic: Diagnostic, asked: HuntTexts): Diagnostic {
  if (diagnostic.code !== 'HUNT302') return diagnostic;
  const text = textOf(asked);
  const query = [own(asked).hunt].flatMap((hunt) => [...(hunt.query === undefined ? [] : [hunt.query]), ...hunt.definitions.flatMap(({ body }) => (body.kind === 'query' ? [body.query] : []))]).find(({ from, to }) => from <= diagnostic.from && diagnostic.to <= to);
  const at = query?.pipes.findIndex((pipe) => pipe.nameRange.from === diagnostic.from) ?? -1;
  const view = query?.pipes[at];
  const next = query?.pipes[at + 1];
  const last = query?.pipes.at(-1);
  if (view === undefined || next === undefined || last === undefined) return diagnostic;
  return { ...diagnostic, fixes: [replace('Move it to the end', { from: view.from, to: last.to }, `${text.slice(next.from, last.to)} | ${text.slice(view.from, view.to)}`), ...diagnostic.fixes] };
}

/** A let that gets another name has it where it is used, too. */
function withUses(diagnostic: Diagnostic, asked: HuntTexts): Diagnostic {
  const [fix] = diagnostic.fixes;
  if (diagnostic.code !== SHADOWS || fix === undefined) return diagnostic;
  const text = textOf(asked), { uri } = asked.texts[asked.at] ?? { uri: '' };
  const places = referencesOf(asked, diagnostic.from).filter((place) => place.uri === uri).sort((a, b) => a.from - b.from);
  const last = places.at(-1);
  // Which of two lets of one name is meant where it is used, only a person knows.
  if (last === undefined || places.filter(({ isDefinition }) => isDefinition).length !== 1 || places[0]?.from !== diagnostic.from) return diagnostic;
  const between = places.map(({ to }, at) => fix.text + text.slice(to, places[at + 1]?.from ?? to));
  return { ...diagnostic, fixes: [{ ...fix, from: diagnostic.from, to: last.to, text: between.join('') }] };
}

const SHADOWS = 'HUNT231';
const UNUSED = 'HUNT232';

/** Lets that neither this text nor one behind it uses; a text of lets alone is asked only where queries follow it. */
function unusedLets(asked: HuntTexts): Diagnostic[] {
  const { texts, at, shared = 0 } = asked;
  const { definitions, query } = own(asked).hunt;
  if (own(asked).diagnostics.length > 0) return []; // what could not be read may use them
  const isAsked = query !== undefined || texts.slice(at + 1).some((one) => read(one).hunt.query !== undefined);
  if (definitions.length === 0 || at < shared || !isAsked) return [];
  const used = usedLets(asked);
  const diagnostics: Diagnostic[] = [];
  tellUnused(definitions, { used }, diagnostics);
  return diagnostics;
}
