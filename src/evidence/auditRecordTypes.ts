import { ID_NOT_STATED, NO_STRING, UNSET_ID } from '../model/index.js';
import { KIND, OPERATION, OUTCOME, PARENT_KIND } from './batch.js';
import { decideCall } from './auditCalls.js';
import { type Carried, NONE_TITLED, TITLED } from './auditCarried.js';
import { EventRows, SEEN } from './auditEvents.js';
import { ENRICHED, Field, Scratch, decimal, hexNumber, isKey, isWord, nextField } from './auditFields.js';
import { KnownAddresses } from './auditSockaddr.js';
import { ACTION, actionOf } from './auditSyscalls.js';
import { plainValue, terminalOf, USER_RECORDS, withTypedText } from './auditUserRecords.js';
import { AuditValues, hexEnd, id, rawPart, unitName } from './auditValues.js';
import { EarlyTargets } from './earlyTargets.js';
import type { ParseContext } from './format.js';

/** Where a value stands in msg='...'. */
const VALUE_OF = {
  exe: valueOf('exe'), comm: valueOf('comm'), addr: valueOf('addr'), terminal: valueOf('terminal'), cwd: valueOf('cwd'),
  unit: valueOf('unit'), res: valueOf('res'), result: valueOf('result'),
} as const;
const decoder = new TextDecoder();

function valueOf(key: string): RegExp {
  return new RegExp(`(?:^|[ '(,])${key}=(?:"([^"]*)"|([^ ,')]*))`);
}

/** Reads the fields [at, end) of one record into the current row. */
export type Reader = (bytes: Uint8Array, at: number, end: number) => void;

/** How each type of audit record is read: its fields, into the row of its event. */
export class AuditRecordTypes {
  /** Where the records go; whoever finds a record's event there has it read. */
  readonly rows: EventRows;
  /** True once parts of a record's arguments came in another order than they were written. */
  isTorn = false;
  private readonly byType = new Map<string, Reader>();
  private readonly field = new Field();
  private readonly named = new Field();
  private readonly scratch = new Scratch();
  private readonly values: AuditValues;
  private readonly addresses: KnownAddresses;
  private readonly early = new EarlyTargets();

  constructor(
    member: number,
    private readonly context: Pick<ParseContext, 'strings' | 'account'>,
    private readonly carried: Carried,
    isSorted: boolean,
  ) {
    this.values = new AuditValues(context.strings, this.scratch);
    this.addresses = new KnownAddresses(context.strings, this.scratch);
    this.rows = new EventRows(member, (directory, name) => this.values.joinPath(directory, name), isSorted);
    const kernel: Record<string, Reader> = {
      SYSCALL: (bytes, at, end) => this.syscall(bytes, at, end),
      URINGOP: (bytes, at, end) => this.syscall(bytes, at, end),
      EXECVE: (bytes, at, end) => this.execve(bytes, at, end),
      CWD: (bytes, at, end) => this.cwd(bytes, at, end),
      PATH: (bytes, at, end) => this.pathRecord(bytes, at, end),
      PROCTITLE: (bytes, at, end) => this.proctitle(bytes, at, end),
      SOCKADDR: (bytes, at, end) => this.sockaddr(bytes, at, end),
      OBJ_PID: (bytes, at, end) => this.objPid(bytes, at, end),
      LOGIN: (bytes, at, end) => this.login(bytes, at, end),
      ANOM_ABEND: (bytes, at, end) => this.abend(bytes, at, end),
      CONFIG_CHANGE: (bytes, at, end) => this.configChange(bytes, at, end),
      EOE: () => undefined,
    };
    for (const [type, reader] of Object.entries(kernel)) this.byType.set(type, reader);
    for (const [type, { kind, operation }] of USER_RECORDS) this.byType.set(type, (bytes, at, end) => this.userRecord(bytes, at, end, kind, operation));
  }

  /** Undefined for a type that says nothing about processes, files, sockets or sessions. */
  readerOf(type: string): Reader | undefined {
    return this.byType.get(type);
  }

  /** True if this record type was there already for this event: the same record twice. */
  private again(bit: number): boolean {
    const { current, row } = this.rows;
    if ((current.seen[row]! & bit) !== 0) {
      this.context.account.duplicates++;
      return true;
    }
    current.seen[row]! |= bit;
    return false;
  }

  private syscall(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.syscall)) return;
    const { field } = this;
    const { batch } = this.rows.current;
    const row = this.rows.row;
    let arch = 0, number = -1, exit = NaN, a0 = NaN, a1 = 0, a2 = 0, success = 0, exitStated = false;
    while ((at = nextField(bytes, at, end, field)) >= 0) {
      const { keyFrom, from, to } = field;
      const first = bytes[keyFrom]!;
      switch (field.keyTo - keyFrom) {
        case 2: // a0 .. a3
          if (first !== 0x61) break;
          if (bytes[keyFrom + 1] === 0x30) a0 = hexNumber(bytes, from, to);
          else if (bytes[keyFrom + 1] === 0x31) a1 = hexNumber(bytes, from, to);
          else if (bytes[keyFrom + 1] === 0x32) a2 = hexNumber(bytes, from, to);
          break;
        case 3:
          if (first === 0x70) batch.pid[row] = decimal(bytes, from, to);
          else if (first === 0x75) batch.uid[row] = decimal(bytes, from, to);
          else if (first === 0x67) batch.gid[row] = decimal(bytes, from, to);
          else if (first === 0x73) { if (bytes[keyFrom + 1] === 0x65) batch.ses[row] = id(bytes, from, to); }
          else if (first === 0x74) batch.tty[row] = this.values.plain(bytes, field);
          else if (first === 0x65) batch.exe[row] = this.values.text(bytes, field);
          else if (first === 0x6b) batch.key[row] = this.values.text(bytes, field);
          break;
        case 4:
          if (first === 0x70) { batch.ppid[row] = decimal(bytes, from, to); batch.parentKind[row] = PARENT_KIND.atEvent; }
          else if (first === 0x61) { if (bytes[keyFrom + 1] === 0x72) arch = hexNumber(bytes, from, to); else batch.auid[row] = id(bytes, from, to); }
          else if (first === 0x65) { if (bytes[keyFrom + 1] === 0x78) { exit = decimal(bytes, from, to); exitStated = true; } else if (bytes[keyFrom + 1] === 0x75) batch.euid[row] = decimal(bytes, from, to); }
          else if (first === 0x63) batch.comm[row] = this.values.text(bytes, field);
          break;
        case 7:
          if (first !== 0x73) break;
          if (bytes[keyFrom + 1] === 0x79) number = decimal(bytes, from, to); // syscall=
          else success = bytes[from] === 0x79 ? OUTCOME.success : OUTCOME.failure; // success=yes|no
          break;
        default:
      }
    }
    batch.outcome[row] = success;
    const action = actionOf(arch, number);
    this.rows.current.action[row] = action;
    decideCall(this.rows.current, row, action, success, exitStated ? exit : NaN, a0, a1, a2);
    const uid = batch.uid[row]!;
    if (!this.carried.namedUsers.has(uid)) this.nameUser(bytes, field.to, end, uid);
    if (batch.kind[row] !== KIND.signal) return;
    for (const target of this.early.take(this.rows.current, row)) {
      this.rows.split();
      this.rows.current.batch.other[this.rows.row] = target;
    }
  }

  /** argc= a0= a1= ...; long arguments come as a5_len= a5[0]= a5[1]=, over several records. Items are joined by NUL. */
  private execve(bytes: Uint8Array, at: number, end: number): void {
    const { field, scratch } = this;
    const { batch, seen } = this.rows.current;
    const row = this.rows.row;
    const begun = (seen[row]! & SEEN.execve) !== 0;
    scratch.clear();
    let first = true;
    while ((at = nextField(bytes, at, end, field)) >= 0) {
      const { keyFrom, keyTo } = field;
      if (bytes[keyFrom] !== 0x61 || bytes[keyFrom + 1]! < 48 || bytes[keyFrom + 1]! > 57) continue; // argc
      const last = bytes[keyTo - 1]!;
      if (last === 0x6e) continue; // a5_len
      let part = 0;
      let number = 0;
      for (let i = keyFrom + 1; i < keyTo && bytes[i]! >= 48 && bytes[i]! <= 57; i++) number = number * 10 + bytes[i]! - 48;
      if (last === 0x5d) {
        let i = keyTo - 2;
        while (bytes[i] !== 0x5b && i > keyFrom) i--;
        part = decimal(bytes, i + 1, keyTo - 1);
      }
      if (first && begun && number === 0 && part === 0) {
        this.context.account.duplicates++;
        return;
      }
      if (first && begun) {
        const before = this.context.strings.bytes(batch.args[row]!);
        scratch.append(before, 0, before.length);
      }
      if (first && number !== (begun ? countItems(scratch) : 0) - (part > 0 ? 1 : 0)) this.isTorn = true;
      if (!(part > 0) && !(number === 0 && !begun)) scratch.push(0);
      first = false;
      this.values.append(bytes, field);
    }
    seen[row]! |= SEEN.execve;
    if (!first) batch.args[row] = this.context.strings.intern(scratch.bytes, 0, scratch.length);
  }

  private cwd(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.cwd)) return;
    if (nextField(bytes, at, end, this.field) >= 0 && isKey(bytes, this.field, 'cwd')) this.rows.current.batch.cwd[this.rows.row] = this.values.text(bytes, this.field);
  }

  private pathRecord(bytes: Uint8Array, at: number, end: number): void {
    const { field } = this;
    const { current, row } = this.rows;
    if (current.batch.kind[row] !== KIND.sight) return; // a program that is run, a socket: its call alone says what it was (five of eight records)
    const { named } = this;
    let hasName = false;
    let type = 0x4e; // NORMAL: kernels before 3.11 have no nametype=
    let item = 0;
    while ((at = nextField(bytes, at, end, field)) >= 0) {
      const first = bytes[field.keyFrom]!;
      if (first === 0x6e && isKey(bytes, field, 'name')) {
        hasName = true;
        named.from = field.from;
        named.to = field.to;
        named.quoted = field.quoted;
      } else if (first === 0x6e && isKey(bytes, field, 'nametype')) type = bytes[field.from]!;
      else if (first === 0x69 && isKey(bytes, field, 'item')) item = decimal(bytes, field.from, field.to);
    }
    const isWanted = type === 0x4e && (item === 0 || current.normal[row] === 0);
    const names = type === 0x43 ? current.created : type === 0x44 ? current.deleted : isWanted ? current.normal : undefined; // CREATE, DELETE, NORMAL; PARENT is not kept
    if (names) names[row] = hasName ? this.values.text(bytes, named) : NO_STRING;
  }

  private proctitle(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.title)) return;
    const { field, scratch } = this;
    const { current, row } = this.rows;
    // A title is wanted once a process, and not where EXECVE gives the arguments: three of four need no decoding.
    const pid = current.batch.pid[row]!;
    const { titled } = this.carried;
    const slot = pid & (TITLED - 1);
    if ((current.seen[row]! & SEEN.execve) !== 0 || (pid > 0 && titled[slot] === pid)) return;
    if (pid > 0 && titled[slot] === NONE_TITLED) current.firstTitle[row] = pid;
    titled[slot] = pid;
    if (nextField(bytes, at, end, field) < 0) return;
    scratch.clear();
    this.values.append(bytes, field);
    let length = scratch.length;
    while (length > 0 && scratch.bytes[length - 1] === 0) length--;
    if (length > 0) current.title[row] = this.context.strings.intern(scratch.bytes, 0, length);
  }

  private sockaddr(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.sockaddr)) return;
    const { field } = this;
    if (nextField(bytes, at, end, field) < 0) return;
    const address = this.addresses.read(bytes, field.from, hexEnd(bytes, field.from, field.to));
    if (!address) return;
    const { batch, action } = this.rows.current;
    const row = this.rows.row;
    batch.path[row] = address.text;
    batch.port[row] = address.port;
    if (action[row] === ACTION.connect || action[row] === ACTION.bind || action[row] === ACTION.accept) batch.kind[row] = KIND.socket;
  }

  private objPid(bytes: Uint8Array, at: number, end: number): void {
    const { field } = this;
    if (nextField(bytes, at, end, field) < 0 || !isKey(bytes, field, 'opid')) return;
    const target = decimal(bytes, field.from, field.to);
    if (!(target > 0)) return;
    if (this.rows.current.batch.other[this.rows.row]! > 0 && (this.rows.current.seen[this.rows.row]! & SEEN.syscall) === 0) {
      this.early.hold(this.rows.current, this.rows.row, target);
      return;
    }
    if (this.rows.current.batch.other[this.rows.row]! > 0 && this.rows.current.batch.kind[this.rows.row] === KIND.signal) this.rows.split();
    this.rows.current.batch.other[this.rows.row] = target;
  }

  /** LOGIN: pid= uid= old-auid= auid= old-ses= ses= res=; the birth of an audit session. */
  private login(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.login)) return;
    const { field } = this;
    const { batch } = this.rows.current;
    const row = this.rows.row;
    let granted = true;
    while ((at = nextField(bytes, at, end, field)) >= 0) {
      if (isKey(bytes, field, 'pid')) batch.pid[row] = decimal(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'uid')) batch.uid[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'auid')) batch.auid[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'ses')) batch.ses[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'tty')) batch.tty[row] = this.values.plain(bytes, field);
      else if (isKey(bytes, field, 'res')) granted = bytes[field.from] === 0x31 || bytes[field.from] === 0x73; // 1 or success
    }
    batch.kind[row] = granted ? KIND.login : KIND.authentication;
    batch.outcome[row] = granted ? OUTCOME.success : OUTCOME.failure;
  }

  /** A process that a signal killed, where the kernel says so. */
  private abend(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.other)) return;
    const { batch } = this.rows.current;
    const row = this.rows.row;
    const signal = this.ids(bytes, at, end);
    batch.kind[row] = KIND.exit;
    batch.exitCode[row] = Number.isNaN(signal) ? 128 : 128 + signal;
  }

  private configChange(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.other)) return;
    const { batch } = this.rows.current;
    const row = this.rows.row;
    this.ids(bytes, at, end);
    const text = new TextDecoder('latin1').decode(bytes.subarray(at, end));
    const operation = /\bop="?(\w+)/.exec(text)?.[1] ?? '';
    const off = /\baudit_enabled=0\b/.test(text);
    batch.kind[row] = KIND.configuration;
    batch.operation[row] = off ? OPERATION['auditing-off'] : operation.includes('remove') ? OPERATION['rules-removed'] : OPERATION['rules-changed'];
    batch.message[row] = this.context.strings.internText(rawPart(text).trim());
  }

  /** USER_*, CRED_*, SERVICE_*, SYSTEM_*, DAEMON_*: pid, ids, and what stands in msg='...'. */
  private userRecord(bytes: Uint8Array, at: number, end: number, kind: number, operation: number): void {
    if (this.again(SEEN.other)) return;
    const { batch } = this.rows.current;
    const row = this.rows.row;
    this.ids(bytes, at, end);
    batch.kind[row] = kind;
    batch.operation[row] = operation;
    const text = rawPart(decoder.decode(bytes.subarray(at, end)));
    const quoted = text.indexOf("msg='");
    const inner = quoted < 0 ? text.trim() : text.slice(quoted + 5, text.lastIndexOf("'") > quoted + 5 ? text.lastIndexOf("'") : undefined);
    batch.message[row] = this.context.strings.internText(operation === OPERATION.command ? withTypedText(inner) : inner);
    const value = (key: keyof typeof VALUE_OF): string | undefined => {
      const found = VALUE_OF[key].exec(inner);
      return found?.[1] ?? (found?.[2] === '?' || found?.[2] === '(none)' ? undefined : found?.[2]);
    };
    const set = (column: 'exe' | 'comm' | 'unit' | 'path' | 'tty' | 'cwd', text: string | undefined): void => {
      if (text) batch[column][row] = this.context.strings.internText(text);
    };
    set('exe', value('exe'));
    set('comm', value('comm'));
    set('path', value('addr'));
    set('tty', value('terminal')?.replace(/^\/dev\//, '') ?? terminalOf(inner));
    if (operation === OPERATION.command) set('cwd', plainValue(value('cwd')));
    if (kind === KIND.service) set('unit', unitName(value('unit')));
    const result = value('res') ?? value('result');
    batch.outcome[row] = result === undefined ? OUTCOME.unknown : /^(success|yes|1|Success)/.test(result) ? OUTCOME.success : OUTCOME.failure;
  }

  /** pid, ppid, ids, comm and exe of a record in the common shape; returns sig= if it is there. */
  private ids(bytes: Uint8Array, at: number, end: number): number {
    const { field } = this;
    const { batch } = this.rows.current;
    const row = this.rows.row;
    let signal = NaN;
    while ((at = nextField(bytes, at, end, field)) >= 0) {
      if (isKey(bytes, field, 'msg')) break;
      if (isKey(bytes, field, 'pid')) batch.pid[row] = decimal(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'uid')) batch.uid[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'gid')) batch.gid[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'auid')) batch.auid[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'ses')) batch.ses[row] = id(bytes, field.from, field.to);
      else if (isKey(bytes, field, 'comm')) batch.comm[row] = this.values.text(bytes, field);
      else if (isKey(bytes, field, 'exe')) batch.exe[row] = this.values.text(bytes, field);
      else if (isKey(bytes, field, 'sig')) signal = decimal(bytes, field.from, field.to);
    }
    return signal;
  }

  /** Enriched records name their ids: UID="analyst". The first record of each uid is looked at. */
  private nameUser(bytes: Uint8Array, at: number, end: number, uid: number): void {
    for (; at < end - 5; at++) {
      if (bytes[at] !== 0x55 || !isWord(bytes, at, at + 5, 'UID="') || (bytes[at - 1] !== 0x20 && bytes[at - 1] !== ENRICHED)) continue;
      let to = at + 5;
      while (to < end && bytes[to] !== 0x22) to++;
      if (uid !== ID_NOT_STATED) this.carried.namedUsers.set(uid, this.rows.current.firstRow + this.rows.row); // a name alone (ausearch -i) has to be kept on each row
      if (!isWord(bytes, at + 5, to, 'unknown') && uid !== UNSET_ID) this.rows.current.batch.user[this.rows.row] = this.context.strings.intern(bytes, at + 5, to);
      return;
    }
  }
}

/** How many arguments, joined by NUL, stand there. */
function countItems({ bytes, length }: Scratch): number {
  let count = 1;
  for (let at = 0; at < length; at++) if (bytes[at] === 0) count++;
  return count;
}
