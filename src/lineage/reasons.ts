import { FLAG, type Lineage, NO_PROCESS, type ProcessRow, type Reason, type StringTable } from '../model/index.js';
import { CREATOR_WHY, END_WHY, ORPHAN_WHY } from './why.js';

/** The columns that say why. */
export interface WhyColumns {
  readonly creator: Uint8Array;
  readonly end: Uint8Array;
  readonly orphan: Uint8Array;
}

/** Puts the reasons behind a process's claims into words. */
export function reasonsOf(lineage: Lineage, strings: StringTable, why: WhyColumns, row: ProcessRow): readonly Reason[] {
  const reasons: Reason[] = [];
  const name = (other: ProcessRow): string => (other === NO_PROCESS ? 'an unknown process' : `${strings.text(lineage.comm[other]!) ?? 'pid'} ${lineage.pid[other]}`);
  const say = (about: Reason['about'], says: string, speaksFor = true): void => void reasons.push({ about, for: speaksFor, says });
  const creator = lineage.creator[row]!;
  switch (why.creator[row]) {
    case CREATOR_WHY.forkRecord:
      say('creator', `a fork record of ${name(creator)} returned this pid`);
      break;
    case CREATOR_WHY.forkInNamespace:
      say('creator', `${name(creator)} forked inside a pid namespace at this time, and this process first showed it as its parent`);
      break;
    case CREATOR_WHY.cloneParentFlag:
      say('creator', `${name(creator)} made it with CLONE_PARENT, so that its parent is the parent of ${name(creator)}`);
      break;
    case CREATOR_WHY.cloneParentSeen:
      say('creator', `${name(creator)} made it, yet its first record names another parent while ${name(creator)} lived: CLONE_PARENT`);
      break;
    case CREATOR_WHY.firstParentSeen:
      say('creator', `the first record of this process names ${name(creator)} as its parent`);
      say('creator', 'its birth is not on record; if it was adopted before its first record, that is the adopter', false);
      break;
    case CREATOR_WHY.firstParentInit:
      say('creator', 'the first record of this process names pid 1 as its parent');
      say('creator', 'its birth is not on record; an orphan adopted before its first record would look the same', false);
      break;
    case CREATOR_WHY.snapshotParent:
      say('creator', `the snapshot shows ${name(creator)} as its parent, which is no adopter known here`);
      say('creator', 'its birth is not on record', false);
      break;
    case CREATOR_WHY.sessionLeader:
      say('creator', `LOGIN gave this audit session to ${name(creator)}, which runs the same program`);
      say('creator', 'no fork is on record', false);
      break;
    default:
  }
  if ((lineage.flags[row]! & FLAG.orphan) !== 0) {
    const first = lineage.intervalFirst[row]!;
    const before = first < lineage.intervalFirst[row + 1]! ? lineage.intervalParent[first]! : NO_PROCESS;
    if (why.orphan[row] === ORPHAN_WHY.parentExited) say('orphan', `its parent ${name(before)} exited while it lived`);
    else if (why.orphan[row] === ORPHAN_WHY.parentGone) say('orphan', `its parent ${name(before)} ended (${endWord(why.end[before])}) while it lived`);
    else if (why.orphan[row] === ORPHAN_WHY.parentChanged) say('orphan', `its records name ${name(before)} as parent first and ${name(lineage.adopter[row]!)} later`);
    if (lineage.orphanBasis[row] === 0) say('orphan', `a later record of it names ${name(lineage.adopter[row]!)} as its parent`);
    else if (lineage.orphanBasis[row] === 1) say('orphan', 'no later record of it names the adopter; it may have died without a record before its parent did', false);
  }
  if (!Number.isNaN(lineage.end[row]!)) say('end', endWord(why.end[row]));
  return reasons;
}

function endWord(code: number | undefined): string {
  switch (code) {
    case END_WHY.exitRecord:
      return 'exit on record';
    case END_WHY.lastThread:
      return 'its last thread exited';
    case END_WHY.killed:
      return 'SIGKILL sent to it';
    case END_WHY.pidReused:
      return 'its pid was given to another process';
    case END_WHY.namesOtherParent:
      return 'a later record of its pid belongs to another process';
    case END_WHY.notInSnapshot:
      return 'missing from a later snapshot';
    case END_WHY.namespaceEnded:
      return 'the init of its pid namespace ended';
    case END_WHY.reboot:
      return 'the host went down';
    case END_WHY.signalled:
      return 'a signal that ends processes was sent to it, and it was never heard of again';
    case END_WHY.zombie:
      return 'a snapshot shows it as a zombie';
    case END_WHY.silent:
      return 'it was silent long before its parent exited, and never heard of again';
    case END_WHY.daemonized:
      return 'it started auditd, which goes into the background: who starts it leaves once it runs';
    case END_WHY.childAdopted:
      return 'its child was shown with an adopter';
    default:
      return 'unknown';
  }
}
