import { ADOPTER_KINDS, basisOf, BASIS_INFERRED, type ClaimKind, ENTRY_KINDS, type ProcessRow } from '../model/index.js';
import { adoptionBounds, startBounds, wasSeenAdopted } from './bounds.js';
import type { OpenedSet } from './openSet.js';
import { noCreatorOf, runnersUpOf, settledByOf } from './otherAnswers.js';
import { idText, nameOf, refOf, sessionText, unitText, userOf } from './processFacts.js';
import { requestedStart } from './requested.js';
import type { Details, ParentClaim } from './requests.js';
import { whySentence } from './whySentence.js';

/** Ancestors and children shown at most; more than a person reads, and a bound against hostile evidence. */
const CHAIN_AT_MOST = 256;
const CHILDREN_AT_MOST = 1000;

/** Everything that the details view shows of one process. */
export function detailsOf(set: OpenedSet, row: ProcessRow): Details {
  const { lineage, strings } = set;
  const host = lineage.host[row]!;
  const reasons = lineage.reasons(row);
  const creator = lineage.creator[row]!, adopter = lineage.adopter[row]!, launcher = lineage.launcher[row]!, entry = lineage.entry[row]!;
  const requester = lineage.requester[row]!;
  const claim = (about: readonly ClaimKind[], parent: ProcessRow, basis: number, confidence: number): ParentClaim => ({
    parent: refOf(set, parent),
    basis: parent < 0 ? null : (basisOf(basis) ?? null),
    confidence: parent < 0 || Number.isNaN(confidence) ? null : confidence,
    reasons: reasons.filter((reason) => about.includes(reason.about)),
    runnersUp: runnersUpOf(set, row, about, parent < 0 ? 1 : confidence),
  });
  const adopted = adoptionBounds(set, row);
  const min = lineage.orphanedAfterMin[row]!, max = lineage.orphanedAfterMax[row]!;
  return {
    process: row,
    entityId: set.entityId(row),
    host: strings.text(host) ?? '',
    boot: lineage.boot[row]!,
    pid: lineage.pid[row]!,
    start: lineage.start[row]!,
    startBasis: basisOf(lineage.startBasis[row]!) ?? null,
    end: lineage.end[row]!,
    endBasis: basisOf(lineage.endBasis[row]!) ?? null,
    lastSeen: lineage.lastSeen[row]!,
    name: nameOf(set, row),
    executable: strings.text(lineage.exe[row]!) ?? null,
    args: strings.list(lineage.args[row]!),
    cwd: strings.text(lineage.cwd[row]!) ?? null,
    user: userOf(set, row),
    auid: loginUser(set, row),
    session: sessionText(set, row),
    tty: strings.text(lineage.tty[row]!) ?? null,
    unit: unitText(set, row),
    cgroup: strings.text(lineage.cgroup[row]!) ?? null,
    flags: lineage.flags[row]!,
    why: whySentence(set, row),
    creator: claim(['creator'], creator, lineage.creatorBasis[row]!, lineage.creatorConfidence[row]!),
    noCreator: noCreatorOf(set, row),
    startBounds: startBounds(set, row),
    parents: parentsOf(set, row),
    adopter: {
      ...claim(['adopter', 'orphan'], adopter, lineage.adopterBasis[row]!, lineage.orphanConfidence[row]!),
      kind: ADOPTER_KINDS[lineage.adopterKind[row]!] ?? '',
    },
    orphanedAfter: Number.isNaN(min) && Number.isNaN(max) ? null : { min, max },
    orphan:
      adopted === undefined
        ? null
        : { basis: basisOf(lineage.orphanBasis[row]!) ?? null, confidence: lineage.orphanConfidence[row]!, between: adopted, seenAdopted: wasSeenAdopted(set, row) },
    launcher: claim(['launcher'], launcher, lineage.launcherBasis[row]!, lineage.launcherConfidence[row]!),
    entry: {
      ...claim(['entry'], entry, lineage.entryBasis[row]!, lineage.entryConfidence[row]!),
      ...wayInOf(set, row),
    },
    requester: { ...claim(['requester'], requester, BASIS_INFERRED, lineage.requesterConfidence[row]!), started: refOf(set, requestedStart(set, row)) },
    settledBy: settledByOf(set, row),
    programs: programsOf(set, row),
    ...childrenOf(set, row),
    chain: chainOf(set, row),
  };
}

/** The kind of the way in, which its session or unit can name although the process that stood for it is gone. */
function wayInOf(set: OpenedSet, row: ProcessRow): Pick<Details['entry'], 'kind' | 'basis' | 'confidence' | 'session' | 'unit'> {
  const { lineage } = set;
  const entry = lineage.entry[row]!;
  const kind = ENTRY_KINDS[lineage.entryKind[row]!] ?? '';
  if (kind === '') return { kind, basis: null, confidence: null, session: null, unit: null };
  return {
    kind,
    basis: basisOf(lineage.entryBasis[row]!) ?? null,
    confidence: lineage.entryConfidence[row]!,
    session: sessionText(set, row) ?? (entry < 0 ? null : sessionText(set, entry)),
    unit: unitText(set, entry < 0 ? row : entry),
  };
}

/** The login uid with its name where the evidence gives one: "1000 (alice)". */
function loginUser(set: OpenedSet, row: ProcessRow): string | null {
  const auid = set.lineage.auid[row]!;
  const number = idText(auid), name = set.users.text(set.lineage.host[row]!, auid);
  return number === null || name === null || name === number ? number : `${number} (${name})`;
}

function parentsOf(set: OpenedSet, row: ProcessRow): Details['parents'] {
  const { lineage } = set;
  const parents: Details['parents'][number][] = [];
  for (let at = lineage.intervalFirst[row]!; at < lineage.intervalFirst[row + 1]!; at++) {
    parents.push({
      parent: refOf(set, lineage.intervalParent[at]!),
      from: lineage.intervalFrom[at]!,
      to: lineage.intervalTo[at]!,
      basis: basisOf(lineage.intervalBasis[at]!) ?? null,
      adopted: lineage.intervalAdopted[at] === 1,
    });
  }
  return parents;
}

function programsOf(set: OpenedSet, row: ProcessRow): Details['programs'] {
  const { lineage, strings } = set;
  const programs: Details['programs'][number][] = [];
  for (let at = lineage.programFirst[row]!; at < lineage.programFirst[row + 1]!; at++) {
    programs.push({
      time: lineage.programTime[at]!,
      name: strings.text(lineage.programComm[at]!) ?? null,
      executable: strings.text(lineage.programExe[at]!) ?? null,
      args: strings.list(lineage.programArgs[at]!),
    });
  }
  return programs;
}

function childrenOf(set: OpenedSet, row: ProcessRow): { children: Details['children']; childCount: number } {
  const { creator, count } = set.lineage;
  const children: Details['children'][number][] = [];
  let childCount = 0;
  for (let child = 0; child < count; child++) if (creator[child] === row && ++childCount <= CHILDREN_AT_MOST) children.push(refOf(set, child)!);
  return { children, childCount };
}

function chainOf(set: OpenedSet, row: ProcessRow): Details['chain'] {
  const chain: Details['chain'][number][] = [];
  const seen = new Set([row]);
  for (let up = set.lineage.creator[row]!; up >= 0 && chain.length < CHAIN_AT_MOST && !seen.has(up); up = set.lineage.creator[up]!) {
    seen.add(up);
    chain.push(refOf(set, up)!);
  }
  return chain;
}
