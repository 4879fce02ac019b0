import { isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Node } from 'yaml';
import { MAX_RULE_TEXT, NotTranslated } from './ruleSet.js';

/** Plain values of a document. A number that its digits do not give back (0777, 1.0) stays text, as it was written. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainMap;
export type PlainMap = ReadonlyMap<string, Plain>;

const MAX_NODES = 50_000;
const MAX_DEPTH = 40;

/** The documents of a YAML text, or why it cannot be read. Aliases are followed, but not past a bound: a bomb ends as an error. */
export function readYaml(text: string): readonly Plain[] {
  if (text.length > MAX_RULE_TEXT) throw new NotTranslated('the file is longer than 1 MiB');
  let documents: ReturnType<typeof parseAllDocuments>;
  try {
    // Two equal keys are looked for here: the library compares each with each.
    documents = parseAllDocuments(text, { uniqueKeys: false, logLevel: 'silent', prettyErrors: false });
  } catch (error) {
    throw new NotTranslated(`the YAML cannot be read: ${inWords(error instanceof Error ? error.message : String(error))}`);
  }
  if (!Array.isArray(documents)) return [];
  let left = MAX_NODES;
  const plain = (node: unknown, anchors: ReadonlyMap<string, Node>, depth: number): Plain => {
    if (--left < 0) throw new NotTranslated(`the YAML has more than ${MAX_NODES} values, or aliases that grow to as many`);
    if (depth > MAX_DEPTH) throw new NotTranslated(`the YAML is nested deeper than ${MAX_DEPTH}`);
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target === undefined) throw new NotTranslated(`the YAML has an alias *${node.source} without its anchor`);
      return plain(target, anchors, depth + 1);
    }
    if (isScalar(node)) return scalar(node.value, node.source);
    if (isSeq(node)) return node.items.map((item) => plain(item, anchors, depth + 1));
    if (!isMap(node)) return null;
    const map = new Map<string, Plain>();
    for (const { key, value } of node.items) {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : undefined;
      if (name === undefined) throw new NotTranslated('the YAML has a key that is no text');
      if (map.has(name)) throw new NotTranslated(`the YAML has the key ${JSON.stringify(name)} twice in one place`);
      map.set(name, value === null ? null : plain(value, anchors, depth + 1));
    }
    return map;
  };
  return documents.flatMap((document) => {
    const [wrong] = document.errors;
    if (wrong !== undefined) throw new NotTranslated(`line ${text.slice(0, wrong.pos[0]).split('\n').length}: the YAML cannot be read: ${inWords(wrong.message)}`);
    return document.contents === null ? [] : [plain(document.contents, anchorsOf(document.contents), 0)];
  });
}

/** The library reads what is nested by calling itself; the end of the stack it tells as an error like any other. */
function inWords(message: string): string {
  return message.includes('call stack') ? 'it is nested too deep' : message.slice(0, 200);
}

/** Anchors of a document. Of two alike the last counts, where YAML would take the nearest above: no rule has two. */
function anchorsOf(root: Node): Map<string, Node> {
  const anchors = new Map<string, Node>();
  const open: unknown[] = [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if ((isScalar(node) || isMap(node) || isSeq(node)) && node.anchor !== undefined) anchors.set(node.anchor, node);
    if (isSeq(node)) for (const item of node.items) open.push(item);
    else if (isMap(node)) for (const { value } of node.items) open.push(value ?? undefined);
  }
  return anchors;
}

function scalar(value: unknown, source: string | undefined): Plain {
  if (typeof value === 'number') return source === undefined || String(value) === source ? value : source;
  if (typeof value === 'bigint') return source ?? String(value);
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
  return source ?? null;
}

export function isPlainMap(value: Plain | undefined): value is PlainMap {
  return value instanceof Map;
}

/** The text of a scalar; undefined of anything else. */
export function textOf(value: Plain | undefined): string | undefined {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

/** The texts of a scalar or a list of them. */
export function textsOf(value: Plain | undefined): readonly string[] {
  return (Array.isArray(value) ? (value as readonly Plain[]) : [value]).flatMap((one) => textOf(one as Plain) ?? []);
}
