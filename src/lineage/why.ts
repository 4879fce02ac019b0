/** Why something is held to be so: codes kept in the columns while the pass runs, put into words by reasons.ts. */
const codes = <T extends readonly string[]>(...words: T): Readonly<Record<T[number], number>> => Object.fromEntries(words.map((word, code) => [word, code])) as Record<T[number], number>;

export const CREATOR_WHY = codes('unknown', 'forkRecord', 'forkInNamespace', 'cloneParentFlag', 'cloneParentSeen', 'firstParentSeen', 'firstParentInit', 'snapshotParent', 'kernel', 'sessionLeader', 'traces');
export const END_WHY = codes('unknown', 'exitRecord', 'lastThread', 'killed', 'pidReused', 'namesOtherParent', 'notInSnapshot', 'namespaceEnded', 'reboot', 'childAdopted', 'signalled', 'silent', 'zombie', 'daemonized');
export const ORPHAN_WHY = codes('none', 'parentExited', 'parentChanged', 'parentGone', 'traces');
