import { evidenceNames } from '../evidence/index.js';
import type { EvidenceField } from '../hunt/index.js';
import type { Coverage, EvidenceEntry, Member } from '../model/index.js';
import type { SqlStore } from '../store/index.js';
import { answerPlaybook, type HashField, hashFieldsOf, hashHunt, HOSTS_STEP, type IndicatorHit, indicatorHits, type Intel, type IntelText, type PlaybookAnswers, type RecordPlace, readIntel, type RuleAlert, type World } from '../triage/index.js';
import type { EvidenceFields } from './evidenceFields.js';
import type { Triaged } from './findings.js';
import { type HuntCall, huntIn } from './hunt.js';
import type { OpenedSet } from './openSet.js';
import type { IntelAnswer, PlaybookAsk } from './requests.js';
import { isRuleFile, ruleAlerts } from './ruleAlerts.js';
import type { VerdictBook } from './verdicts.js';

const ROWS_A_HUNT = 1000;
const ASK_AT_ONCE = 500;
const CONTENT_AT_MOST = 256 << 10;

/** What analysts brought along, with where it occurs in the evidence. */
export interface HeldIntel extends Intel {
  readonly hits: readonly IndicatorHit[];
  /** Rules that were run, and what they fired on. */
  readonly rules: number;
  readonly alerts: readonly RuleAlert[];
}

/** Reads lists, calendars and rules, looks for the indicators in the filled store and runs the rules over it. Throws EvidenceUnreadable where rules ask records that can no longer be read. */
export async function holdIntel(store: SqlStore, texts: readonly IntelText[], fields: EvidenceFields | undefined, call: HuntCall): Promise<HeldIntel> {
  const intel = readIntel(texts.filter((each) => !isRuleFile(each)));
  const { alerts, rules, troubles } = await ruleAlerts(texts.filter(isRuleFile), { prepare: async (asks) => fields?.prepare(asks, call), hunt: (ask, evidence) => huntIn(store, ask, { ...call, evidence }) });
  return { ...intel, alerts, rules, troubles: [...intel.troubles, ...troubles], hits: intel.indicators.length === 0 ? [] : indicatorHits((sql, params) => store.query(sql, [...params]), intel.indicators) };
}

export function intelAnswer({ indicators, windows, hits, rules, alerts, troubles }: HeldIntel): IntelAnswer {
  return { indicators: indicators.length, windows: windows.length, hits, rules, alerts, troubles };
}

/** What the playbook is answered from. */
export interface PlaybookInput {
  readonly set: OpenedSet;
  readonly store: SqlStore;
  readonly entries: readonly EvidenceEntry[];
  readonly triaged: Triaged;
  readonly verdicts: VerdictBook;
  readonly intel: HeldIntel;
  readonly members: readonly { readonly evidence: number; readonly file: string; readonly member: Member }[];
  readonly hashes: ImageHashes;
  /** Hosts that the case names. */
  readonly caseHosts: readonly string[];
  readonly call: HuntCall;
}

/** Where sensors state hashes of programs: their fields, and what a hunt has to know to ask for them. */
export interface ImageHashes {
  readonly fields: readonly HashField[];
  readonly evidence: readonly EvidenceField[] | undefined;
}

/** Reads the hashes that records state, where a step compares hosts. Throws EvidenceUnreadable, and the signal's reason when it was aborted. */
export async function imageHashesOf(of: EvidenceFields | undefined, { steps }: PlaybookAsk, call: Pick<HuntCall, 'signal' | 'onProgress'>): Promise<ImageHashes> {
  const fields = of === undefined || (steps !== undefined && !steps.includes(HOSTS_STEP)) ? [] : hashFieldsOf(await of.known(call));
  return { fields, evidence: fields.length === 0 ? undefined : await of?.prepare(fields.map((field) => ({ text: hashHunt(field) })), call) };
}

/** Answers the playbook. Throws what a hunt throws when it is cancelled. */
export function playbookIn(input: PlaybookInput, ask: PlaybookAsk): PlaybookAnswers {
  const { process = -1, steps, before, after } = ask;
  return answerPlaybook(worldOf(input), process, { ...(steps && { steps }), ...(before !== undefined && { before }), ...(after !== undefined && { after }) });
}

function worldOf({ set, store, entries, triaged, verdicts, intel, members, hashes, caseHosts, call }: PlaybookInput): World {
  const formats = new Map<string, string[]>();
  for (const { file, format } of entries) formats.set(format, [...(formats.get(format) ?? []), file]);
  const hunts = new Map<string, ReturnType<World['hunt']>>();
  const contents = new Map<string, RecordPlace | undefined>();
  const skews = new Map(entries.flatMap(({ members: paths, skew }) => paths.map((path) => [path, skew?.micros ?? 0])));
  return {
    lineage: set.lineage,
    strings: set.strings,
    sessions: set.sessions,
    hunt(text) {
      const known = hunts.get(text) ?? huntIn(store, { text, limit: ROWS_A_HUNT }, { ...call, evidence: hashes.evidence });
      hunts.set(text, known);
      return known;
    },
    placesOf: (events) => placesOf(store, set, events),
    findings: triaged.processes,
    settings: triaged.settings,
    verdicts: new Map([...verdicts.byProcess].map(([row, { current }]) => [row, current])),
    hits: intel.hits,
    indicators: intel.indicators.length,
    alerts: intel.alerts,
    rules: intel.rules,
    windows: intel.windows,
    hashFields: hashes.fields,
    coverage: distinct(entries.flatMap(({ coverage }) => coverage)),
    formats,
    nameOf: evidenceNames(entries.map(({ file }) => file)),
    hosts: set.hosts,
    hostsWithoutEvidence: caseHosts.filter((host) => !set.hosts.includes(host)),
    from: set.from,
    to: set.to,
    entityId: (row) => set.entityId(row),
    userName: (row, uid) => set.users.text(set.lineage.host[row]!, uid),
    contentOf(path, host) {
      const key = `${host}\0${path}`;
      if (!contents.has(key)) contents.set(key, memberOfFile(members, entries, path, host));
      return contents.get(key);
    },
    skewOf: (member) => skews.get(member) ?? 0,
  };
}

/** The collected copy of a host's file. One that names no host may be of any; of several the one nearest to the root of its collection is the file itself, not a backup. */
function memberOfFile(members: PlaybookInput['members'], entries: readonly EvidenceEntry[], path: string, host: string): RecordPlace | undefined {
  if (!path.startsWith('/')) return undefined;
  const hostOf = (evidence: number): string => entries[evidence]?.host ?? '';
  const found = members
    .filter(({ member, evidence }) => `/${member.path}`.endsWith(path) && (host === '' || hostOf(evidence) === host || isNoHost(hostOf(evidence))))
    .sort((a, b) => Number(hostOf(b.evidence) === host) - Number(hostOf(a.evidence) === host) || a.member.path.length - b.member.path.length)[0];
  if (found === undefined) return undefined;
  const isUnique = members.every(({ member }) => member === found.member || member.path !== found.member.path);
  return { member: isUnique ? found.member.path : `${found.file}/${found.member.path}`, offset: 0 };
}

/** Evidence that names no host is called after its file (DESIGN section 4). */
function isNoHost(host: string): boolean {
  return host === '' || host.startsWith('file:');
}

/** Several files may have the same gap: it is said once. */
function distinct(coverage: readonly Coverage[]): Coverage[] {
  return [...new Map(coverage.map((each) => [`${each.gap} ${each.says}`, each])).values()];
}

/** Where the records of events lie, each once. */
function placesOf(store: SqlStore, set: OpenedSet, events: readonly number[]): RecordPlace[] {
  const places = new Map<string, RecordPlace>();
  for (let at = 0; at < events.length; at += ASK_AT_ONCE) {
    const some = events.slice(at, at + ASK_AT_ONCE);
    for (const [member, offset] of store.query(`SELECT member, offset FROM event WHERE id IN (${some.map(() => '?').join(', ')}) AND member IS NOT NULL ORDER BY id`, [...some])) {
      places.set(`${String(member)}:${String(offset)}`, { member: set.member(Number(member)).path, offset: Number(offset) });
    }
  }
  return [...places.values()];
}

/** The beginning of a member as text; bytes that are no UTF-8 show as U+FFFD. Throws EvidenceUnreadable. */
export async function contentOf(member: Member, signal?: AbortSignal): Promise<{ text: string; isCut: boolean }> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of member.open(0)) {
    signal?.throwIfAborted();
    parts.push(chunk.subarray(0, CONTENT_AT_MOST + 1 - length));
    length += parts[parts.length - 1]!.length;
    if (length > CONTENT_AT_MOST) break;
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { text: new TextDecoder().decode(bytes.subarray(0, CONTENT_AT_MOST)), isCut: length > CONTENT_AT_MOST };
}

