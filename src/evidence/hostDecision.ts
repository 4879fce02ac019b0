import type { Coverage } from '../model/index.js';
import { evidenceNames } from './evidenceNames.js';
import { type DecidedHost, onlyHost } from './hosts.js';
import { baseName } from './pathOnHost.js';
import type { PlannedEvidence } from './plan.js';
import { byAge, type RotatedName, rotatedName } from './rotatedName.js';
import type { SetOptions, Source } from './set.js';
import type { Joined } from './sharedEvents.js';

/** Whose each evidence is: as person or manifest say, as its records name it, as its collection does, the only host of the set, else a host of its own. */
export function decideHosts(planned: readonly PlannedEvidence[], options: SetOptions): DecidedHost[] {
  const stated = planned.map((evidence) => statedHost(evidence, options));
  const only = onlyHost([...planned.flatMap(({ hosts }) => hosts), ...planned.flatMap(({ collected }) => collected?.host ?? []), ...stated.filter((host) => host !== undefined)]);
  const nameOf = evidenceNames(planned.map(({ source }) => source.name));
  // The files of a rotated log are of one host, called by the newest.
  const newest = new Map<string, { readonly name: string; readonly rotated: RotatedName }>();
  for (const evidence of planned) {
    const rotated = rotatedName(evidence);
    const known = newest.get(rotatedKey(evidence));
    if (!known || byAge(rotated, known.rotated) < 0) newest.set(rotatedKey(evidence), { name: evidence.source.name, rotated });
  }
  return planned.map((evidence, at): DecidedHost => {
    const said = stated[at];
    if (said !== undefined) return { host: said, basis: 'stated' };
    const [own, another] = evidence.hosts;
    if (own !== undefined && another === undefined) return { host: own, basis: 'record' };
    const collected = evidence.collected?.host;
    if (collected !== undefined) return { host: collected, basis: 'collection' };
    if (only !== undefined) return { host: only, basis: 'only' };
    const { name } = newest.get(rotatedKey(evidence)) ?? evidence.source;
    return { host: `file:${nameOf(name)}`, basis: 'file' };
  });
}

function rotatedKey(evidence: PlannedEvidence): string {
  return `${evidence.format.id}\0${rotatedName(evidence).base}`;
}

/** What person or manifest say; a person may name a file by its full name, its last part, or a member's path. */
function statedHost(evidence: PlannedEvidence, options: SetOptions): string | undefined {
  const hostOf = options.hostOf ?? {};
  const keys = [evidence.source.name, baseName(evidence.source.name), ...evidence.members.map((member) => member.path)];
  for (const key of keys) if (Object.hasOwn(hostOf, key)) return hostOf[key];
  return evidence.source.stated?.host;
}

/** Says that a host was guessed, and how. */
export function coverHost({ host: decided, with: other }: Joined, source: Source, cover: (note: Coverage) => void): void {
  if (other && (decided.basis === 'events' || decided.basis === 'file')) {
    cover({
      gap: 'host-guessed',
      says: `Nothing here names its host, but ${other.events} events at its beginning are in ${other.name} too, by number and time: they are of one host, and told once.`,
      remedy: `--host-of ${source.name}=HOST`,
    });
  } else if (decided.basis === 'only') {
    cover({
      gap: 'host-guessed',
      says: `No record here names its host; ${decided.host} was taken, the only host that this set names.`,
      remedy: `--host-of ${source.name}=HOST`,
    });
  } else if (decided.basis === 'file') {
    cover({
      gap: 'host-guessed',
      says: 'Nothing names the host of this evidence; it stands for itself and is joined to no other.',
      remedy: `--host-of ${source.name}=HOST`,
    });
  }
}
