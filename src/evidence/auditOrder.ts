/** A record of an audit event, `type=... msg=audit(...)`, and the number that tells its event. */
const RECORD = /^(?:node=\S+ )?type=([A-Z_0-9]+)(?:\[\d+\])? msg=audit\((\d{1,12}\.\d{3}:\d{1,15})\)/;
/** More records than this in a row are told in parts. */
const RUN_MOST = 1024;

/**
 * Puts the records of one audit event that came one after another into the order in which auditd writes them: a search sorts them as it likes, most
 * often backwards.
 */
export class AuditOrder<T> {
  private run: { readonly item: T; readonly rank: number }[] = [];
  private id = '';

  /** Takes the next record; answers what can be told by now, in order. */
  add(text: string, item: T): readonly T[] {
    const record = RECORD.exec(text);
    const id = record?.[2] ?? '';
    const done = id === '' || id !== this.id || this.run.length >= RUN_MOST ? this.take() : [];
    if (id === '') return [...done, item];
    this.id = id;
    this.run.push({ item, rank: rankOf(record?.[1] ?? '', text) });
    return done;
  }

  /** What is still held. */
  take(): readonly T[] {
    const run = this.run;
    this.run = [];
    this.id = '';
    return run.length < 2 ? run.map(({ item }) => item) : run.sort((a, b) => a.rank - b.rank).map(({ item }) => item);
  }
}

/**
 * Where a record stands in its event as the kernel writes it: what the call itself reported (LOGIN, CONFIG_CHANGE, AVC), then at its exit SYSCALL, the
 * pieces of EXECVE by their numbers, and the rest (kernel/auditsc.c, audit_log_exit). `text` is the record, or its head with the first argument.
 */
export function rankOf(type: string, text: string): number {
  if (type === 'EXECVE') {
    const piece = / a(\d{1,6})(?:\[(\d{1,5})\])?=/.exec(text);
    return 2 + (Number(piece?.[1] ?? 0) * 1e5 + Number(piece?.[2] ?? 0)) / 1e12;
  }
  return RANKS.get(type) ?? 0;
}

const RANKS: ReadonlyMap<string, number> = new Map([
  ['SYSCALL', 1], ['URINGOP', 1], ['BPRM_FCAPS', 1.5], ['CAPSET', 1.5], ['SOCKETCALL', 1.5], ['IPC', 1.5], ['MMAP', 1.5],
  ['FD_PAIR', 4], ['SOCKADDR', 5], ['OBJ_PID', 6], ['CWD', 7], ['PATH', 8], ['PROCTITLE', 9], ['EOE', 10],
]);
