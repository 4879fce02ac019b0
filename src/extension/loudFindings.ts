import { basename } from 'node:path';
import type { FindingRow, FindingsAnswer, FindingsAsk } from '../engine/requests.js';
import type { EvidenceEntry, ProcessRow } from '../model/index.js';

/** VS Code opens no larger file as text, so a line in it is of no use. */
const LINES_COUNTED_BYTES = 50 << 20;
const PACKED = /\.(?:gz|xz|zst|bz2|zip|tar|tgz)$/i;
const ROWS_ASKED = 500;

/** A finding and the first record behind its gravest reason. */
export interface PlacedFinding {
  readonly row: FindingRow;
  /** undefined: no record of this evidence is behind it. */
  readonly entry: EvidenceEntry | undefined;
  readonly offset: number;
  /** From 0; undefined where the evidence is packed, a folder, or too large to be shown as text. */
  readonly line: number | undefined;
}

export interface LoudFindings {
  /** The worst `atMost` that nobody has decided, and how many more there are. */
  undecided(decided: ReadonlySet<ProcessRow>, evidence: readonly EvidenceEntry[], atMost: number): Promise<{ readonly listed: readonly PlacedFinding[]; readonly more: number }>;
}

/**
 * Unexpected processes of one engine that are an alert or tell of a sensor that was tampered with, worst first. A verdict changes neither what was found
 * nor where its records stand: findings are asked for once, and the line of a record is counted once.
 */
export function createLoudFindings(from: {
  findings(ask: FindingsAsk): Promise<FindingsAnswer>;
  linesAt(file: string, offsets: readonly number[]): Promise<readonly number[]>;
}): LoudFindings {
  let loud: Promise<readonly FindingRow[]> | undefined;
  const lines = new Map<string, Map<number, number>>();

  async function allLoud(): Promise<readonly FindingRow[]> {
    const found: FindingRow[] = [];
    for (let first = 0, total = 1; first < total; first += ROWS_ASKED) {
      const page = await from.findings({ first, count: ROWS_ASKED });
      total = page.total;
      found.push(...page.rows.filter((row) => row.state === 'unexpected' && (row.alert || isTampering(row))));
    }
    return found;
  }

  async function countLines(places: readonly { readonly entry: EvidenceEntry | undefined; readonly offset: number }[]): Promise<void> {
    const wanted = new Map<string, number[]>();
    for (const { entry, offset } of places)
      if (entry !== undefined && isPlain(entry) && lines.get(entry.file)?.has(offset) !== true) wanted.set(entry.file, [...(wanted.get(entry.file) ?? []), offset]);
    for (const [file, offsets] of wanted) {
      const counted = await from.linesAt(file, offsets).catch(() => []); // a file that went away is said as an error of its own
      const known = lines.get(file) ?? new Map<number, number>();
      counted.forEach((line, at) => known.set(offsets[at]!, line));
      lines.set(file, known);
    }
  }

  return {
    async undecided(decided, evidence, atMost) {
      loud ??= allLoud();
      const rows = await loud.catch((error: unknown) => {
        loud = undefined; // asked again next time
        throw error;
      });
      const left = rows.filter(({ process }) => !decided.has(process));
      const places = left.slice(0, atMost).map((row) => ({ row, ...recordOf(row, evidence) }));
      await countLines(places);
      const lineOf = (entry: EvidenceEntry | undefined, offset: number): number | undefined => (entry !== undefined && isPlain(entry) ? lines.get(entry.file)?.get(offset) : undefined);
      return { listed: places.map((place) => ({ ...place, line: lineOf(place.entry, place.offset) })), more: left.length - places.length };
    },
  };
}

/** Whether sensors were tampered with: after that "nothing seen" is not said. */
export function isTampering({ findings }: Pick<FindingRow, 'findings'>): boolean {
  return findings.some(({ kind }) => kind === 'sensor-tampered');
}

/** The first record behind the gravest reason, and the evidence of the process's host that holds it. */
function recordOf({ findings, host }: FindingRow, evidence: readonly EvidenceEntry[]): { readonly entry: EvidenceEntry | undefined; readonly offset: number } {
  const reasons = findings.flatMap((finding) => finding.reasons).filter(({ records }) => records.length > 0);
  const [gravest] = reasons.sort((a, b) => b.points - a.points);
  const place = gravest?.records[0];
  const holding = evidence.filter(({ members }) => place !== undefined && members.includes(place.member));
  return { entry: holding.find((entry) => entry.host === host) ?? holding[0], offset: place?.offset ?? 0 };
}

function isPlain({ file, members, accounting, error }: EvidenceEntry): boolean {
  return members.length === 1 && basename(members[0]!) === basename(file) && !PACKED.test(file) && accounting.bytes <= LINES_COUNTED_BYTES && error === undefined;
}
