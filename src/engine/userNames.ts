import { type Batch, ID_NOT_STATED, type StringId, type StringTable, UNSET_ID } from '../model/index.js';

/** Names of uids as the evidence gives them (enriched records, ps, passwd beside it); never from the examiner's machine. */
export interface UserNames {
  add(batch: Batch): void;
  nameOf(host: StringId, uid: number): StringId | undefined;
  /** The name, else the number as text; "unset" for 4294967295; null when not stated. */
  text(host: StringId, uid: number): string | null;
}

export function createUserNames(strings: StringTable): UserNames {
  /** By host, 0 for records that name none. The first name that a uid was given stays. */
  const hosts = new Map<StringId, Map<number, StringId>>();
  const nameOf = (host: StringId, uid: number): StringId | undefined => hosts.get(host)?.get(uid) ?? hosts.get(0)?.get(uid);
  return {
    add(batch) {
      let lastHost = -1, lastUid = -1;
      for (let row = 0; row < batch.count; row++) {
        const user = batch.user[row]!;
        if (user === 0) continue;
        const host = batch.host[row]!, uid = batch.uid[row]!;
        if (host === lastHost && uid === lastUid) continue; // most rows repeat the one before
        lastHost = host;
        lastUid = uid;
        if (uid === ID_NOT_STATED || uid === UNSET_ID) continue;
        let names = hosts.get(host);
        if (!names) hosts.set(host, (names = new Map<number, StringId>()));
        if (!names.has(uid)) names.set(uid, user);
      }
    },
    nameOf,
    text(host, uid) {
      if (uid === ID_NOT_STATED) return null;
      if (uid === UNSET_ID) return 'unset';
      const name = nameOf(host, uid);
      return (name === undefined ? undefined : strings.text(name)) ?? String(uid);
    },
  };
}
