import { AGGREGATE_DOCS } from './aggregates.js';
import { AGGREGATES, type AggregateName } from './bound.js';
import { dialectOf, MAX_TEXT } from './compile.js';
import { FUNCTION_NAMES } from './functions.js';
import { textOf, visibleLets, type HuntTexts } from './huntTexts.js';
import { tokenize, type Token } from './lexer.js';
import type { Definition } from './tree.js';

/** A call and the argument that is being written. */
export interface Signature {
  /** `cidrMatch(ip, network, ...)`. */
  readonly label: string;
  readonly doc: string;
  /** Places of the parameters in the label. */
  readonly parameters: readonly (readonly [from: number, to: number])[];
  /** Index of the parameter that the cursor is in. */
  readonly active: number;
}

/** The signature of the function, aggregate or let whose arguments the cursor is in. */
export function signatureAt(asked: HuntTexts, offset: number): Signature | undefined {
  const text = textOf(asked);
  if (text.length > MAX_TEXT) return undefined;
  const { tokens } = tokenize(text.slice(0, offset), dialectOf(text).isEndgame);
  const call = openCall(tokens.slice(0, -1));
  if (call === undefined) return undefined;
  const { name, argument, isAggregate } = call;
  const found = isAggregate ? AGGREGATE_DOCS[name as AggregateName] : signatureOf(name, asked);
  if (found === undefined) return undefined;
  const parameters = parametersOf(found.signature);
  const repeats = found.signature.includes('...');
  if (parameters.length === 0) return { label: found.signature, doc: found.doc, parameters, active: 0 };
  return { label: found.signature, doc: found.doc, parameters, active: repeats ? Math.min(argument, parameters.length - 1) : argument };
}

function signatureOf(name: string, asked: HuntTexts): { signature: string; doc: string } | undefined {
  const own = visibleLets(asked).get(name);
  if (own !== undefined && own.parameters.length > 0) return { signature: letSignature(own), doc: `The let ${name}.` };
  const row = FUNCTION_NAMES.get(name.toLowerCase());
  return row === undefined ? undefined : { signature: row.signature, doc: `${row.doc} Absent where an argument is absent. Example: ${row.example}` };
}

export function letSignature({ name, parameters }: Definition): string {
  return parameters.length === 0 ? name : `${name}(${parameters.map((parameter) => parameter.name).join(', ')})`;
}

/** The innermost call that is open at the end, and the argument that it is in. */
function openCall(tokens: readonly Token[]): { name: string; argument: number; isAggregate: boolean } | undefined {
  let depth = 0;
  let argument = 0;
  for (let at = tokens.length - 1; at >= 0; at--) {
    const token = tokens[at]!;
    if (token.kind !== 'symbol') continue;
    if (token.value === ')' || token.value === ']') depth++;
    else if (token.value === '[' || token.value === '(') {
      if (depth > 0) depth--;
      else {
        const before = tokens[at - 1]?.value === '~' ? tokens[at - 2] : tokens[at - 1];
        if (token.value === '(' && before?.kind === 'name') {
          const name = String(before.value);
          return { name, argument, isAggregate: (AGGREGATES as readonly string[]).includes(name) && inStats(tokens.slice(0, at)) };
        }
        argument = 0;
        if (token.value === '[') return undefined;
      }
    } else if (token.value === ',' && depth === 0) argument++;
    else if (token.value === '|' && depth === 0) return undefined;
  }
  return undefined;
}

function inStats(tokens: readonly Token[]): boolean {
  let at = tokens.length - 1;
  while (at >= 0 && !(tokens[at]!.kind === 'symbol' && tokens[at]!.value === '|')) at--;
  return at >= 0 && tokens[at + 1]?.value === 'stats';
}

/** Places of what stands between the commas of a signature; dots that stand for more of the last are none of their own. */
function parametersOf(signature: string): (readonly [number, number])[] {
  const open = signature.indexOf('(');
  const close = signature.lastIndexOf(')');
  if (open < 0 || signature.slice(open + 1, close).trim() === '') return [];
  const places: (readonly [number, number])[] = [];
  for (let from = open + 1; from < close; ) {
    const comma = signature.indexOf(',', from);
    const to = comma < 0 ? close : comma;
    const start = from + /^\s*/.exec(signature.slice(from, to))![0].length; // matches always
    if (signature.slice(start, to) !== '...') places.push([start, to]);
    from = to + 1;
  }
  return places;
}
