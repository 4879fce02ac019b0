import { type Batch, FLAGS_UNKNOWN, type StringId, UNSET_ID } from '../model/index.js';
import { KIND, OPERATION, OUTCOME, PARENT_KIND } from './batch.js';
import { SerialGaps } from './auditCoverage.js';
import { EventRows, SEEN } from './auditEvents.js';
import { ENRICHED, Field, Scratch, decimal, hexNumber, isKey, isWord, nextField } from './auditFields.js';
import { socketAddress } from './auditSockaddr.js';
import { ACTION, PR_SET_CHILD_SUBREAPER, actionOf } from './auditSyscalls.js';
import type { ParseContext } from './format.js';

/** How a record type is read. */
type Reader = (bytes: Uint8Array, at: number, end: number) => void;

/** Reads the records of one member, line by line, into event rows. */
export class AuditRecords {
  private readonly rows: EventRows;
  private readonly field = new Field();
  private readonly scratch = new Scratch();
  private readonly readers = new Map<string, Reader | null>();
  private readonly typeNames = new Map<number, string>();
  private readonly serials = new SerialGaps();
  private readonly namedUsers = new Set<number>();

  constructor(
    member: number,
    private readonly path: string,
    private readonly context: ParseContext,
  ) {
    this.rows = new EventRows(member, (directory, name) => this.joinPath(directory, name));
    const known: Record<string, Reader | null> = {
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
    for (const [type, reader] of Object.entries(known)) this.readers.set(type, reader);
    const user = (kind: number, operation: number): Reader => (bytes, at, end) => this.userRecord(bytes, at, end, kind, operation);
    for (const [type, kind, operation] of [
      ['USER_START', KIND.session, OPERATION.opened], ['USER_END', KIND.session, OPERATION.closed], ['USER_LOGIN', KIND.authentication, OPERATION.opened],
      ['USER_LOGOUT', KIND.authentication, OPERATION.closed], ['USER_AUTH', KIND.authentication, OPERATION.credentials], ['USER_ACCT', KIND.authentication, OPERATION.credentials],
      ['USER_ERR', KIND.authentication, OPERATION.credentials], ['CRED_ACQ', KIND.authentication, OPERATION.credentials], ['CRED_DISP', KIND.authentication, OPERATION.credentials],
      ['CRED_REFR', KIND.authentication, OPERATION.credentials], ['USER_CMD', KIND.session, OPERATION.command], ['USER_ROLE_CHANGE', KIND.session, OPERATION.opened],
      ['ADD_USER', KIND.iam, OPERATION['account-added']], ['ADD_GROUP', KIND.iam, OPERATION['account-added']], ['DEL_USER', KIND.iam, OPERATION['account-removed']],
      ['DEL_GROUP', KIND.iam, OPERATION['account-removed']], ['USER_CHAUTHTOK', KIND.iam, OPERATION['account-changed']], ['USER_MGMT', KIND.iam, OPERATION['account-changed']],
      ['GRP_MGMT', KIND.iam, OPERATION['account-changed']], ['USER_TTY', KIND.session, OPERATION.command], ['TTY', KIND.session, OPERATION.command],
      ['SERVICE_START', KIND.service, OPERATION.started], ['SERVICE_STOP', KIND.service, OPERATION.stopped], ['SYSTEM_BOOT', KIND.boot, OPERATION.up],
      ['SYSTEM_SHUTDOWN', KIND.boot, OPERATION.down], ['DAEMON_START', KIND.configuration, OPERATION['daemon-started']], ['DAEMON_END', KIND.configuration, OPERATION['daemon-stopped']],
      ['DAEMON_ABORT', KIND.configuration, OPERATION['daemon-stopped']], ['DAEMON_CONFIG', KIND.configuration, OPERATION['rules-changed']],
    ] as const) this.readers.set(type, user(kind, operation));
  }

  take(): Batch[] {
    return this.rows.take();
  }

  finish(): void {
    this.rows.finish();
    this.serials.finish();
    this.context.account.lostBySource += this.serials.lost;
  }

  /** Reads the line [from, end); `last` when the file ends without a line end, so that the record may be cut. */
  line(bytes: Uint8Array, from: number, end: number, offset: number, last = false): void {
    const { account } = this.context;
    if (bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf) from += 3;
    if (end > from && bytes[end - 1] === 0x0d) end--;
    let at = from;
    while (at < end && bytes[at]! <= 0x20) at++;
    if (at === end) return; // a blank line is no record
    if (bytes[at] === 0x23 || bytes[at] === 0x2d || isWord(bytes, at, Math.min(end, at + 6), 'time->')) {
      account.notNeeded++; // comments, and the separators of `ausearch --raw`
      return;
    }
    let node: StringId = 0;
    if (isWord(bytes, at, at + 5, 'node=')) {
      const nodeFrom = at + 5;
      while (at < end && bytes[at] !== 0x20) at++;
      node = this.context.strings.intern(bytes, nodeFrom, at);
      at++;
    }
    if (!isWord(bytes, at, at + 5, 'type=')) return this.reject('expected type= at the head of an audit record', offset);
    at += 5;
    let hash = 0;
    const typeFrom = at;
    while (at < end && bytes[at] !== 0x20) hash = (Math.imul(hash, 31) + bytes[at++]!) | 0;
    if (!isWord(bytes, at, at + 11, ' msg=audit(')) return this.reject('expected msg=audit( after the record type', offset);
    let type = this.typeNames.get(hash);
    if (type === undefined || type.length !== at - typeFrom) {
      type = new TextDecoder('latin1').decode(bytes.subarray(typeFrom, at));
      this.typeNames.set(hash, type);
    }
    at += 11;
    let micros = 0;
    let digits = 0;
    for (; bytes[at]! >= 48 && bytes[at]! <= 57 && at < end; at++, digits++) micros = micros * 10 + bytes[at]! - 48;
    if (bytes[at] !== 0x2e || digits === 0 || digits > 12) return this.reject('expected seconds.milliseconds after msg=audit(', offset);
    let fraction = 0;
    for (at++, digits = 0; bytes[at]! >= 48 && bytes[at]! <= 57 && at < end; at++, digits++) fraction = fraction * 10 + bytes[at]! - 48;
    if (digits !== 3) return this.reject('expected seconds.milliseconds after msg=audit(', offset);
    micros = micros * 1e6 + fraction * 1e3;
    if (bytes[at] !== 0x3a) return this.reject('expected :serial after the time of an audit record', offset);
    let serial = 0;
    for (at++, digits = 0; bytes[at]! >= 48 && bytes[at]! <= 57 && at < end; at++, digits++) serial = serial * 10 + bytes[at]! - 48;
    if (bytes[at] !== 0x29 || digits === 0 || digits > 15) return this.reject('expected ): after the serial of an audit record', offset);
    at += bytes[at + 1] === 0x3a ? 2 : 1;
    const reader = this.readers.get(type);
    if (node === 0 && bytes[typeFrom] !== 0x44) this.serials.see(serial); // not DAEMON_*; several nodes count each for itself
    if (!reader) {
      account.notNeeded++; // a record type that says nothing about processes, files, sockets or sessions
      return;
    }
    account.understood++;
    if (last && bytes[end - 1] !== 0x22 && !enrichedTail(bytes, at, end)) account.note('the last record has no line end: it may be cut', this.path, offset);
    if (!this.rows.find(serial, micros, node, offset, offset + end - from)) {
      account.note('a record came long after the other records of its event; its event stays incomplete', this.path, offset);
      return;
    }
    reader(bytes, at, end);
  }

  private reject(what: string, offset: number): void {
    this.context.account.reject(what, this.path, offset);
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
    let arch = 0, number = -1, exit = NaN, a0 = 0, a1 = 0, a2 = 0, success = 0, exitStated = false;
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
          else if (first === 0x74) batch.tty[row] = this.plain(bytes, field);
          else if (first === 0x65) batch.exe[row] = this.text(bytes, field);
          else if (first === 0x6b) batch.key[row] = this.text(bytes, field);
          break;
        case 4:
          if (first === 0x70) { batch.ppid[row] = decimal(bytes, from, to); batch.parentKind[row] = PARENT_KIND.atEvent; }
          else if (first === 0x61) { if (bytes[keyFrom + 1] === 0x72) arch = hexNumber(bytes, from, to); else batch.auid[row] = id(bytes, from, to); }
          else if (first === 0x65) { if (bytes[keyFrom + 1] === 0x78) { exit = decimal(bytes, from, to); exitStated = true; } else if (bytes[keyFrom + 1] === 0x75) batch.euid[row] = decimal(bytes, from, to); }
          else if (first === 0x63) batch.comm[row] = this.text(bytes, field);
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
    this.decide(action, success, exitStated ? exit : NaN, a0, a1, a2);
    const uid = batch.uid[row]!;
    if (!this.namedUsers.has(uid)) this.nameUser(bytes, field.to, end, uid);
  }

  /** What a system call means for its row. fork's exit= is the child; exit and exit_group never return, so they have no exit= at all. */
  private decide(action: number, success: number, exit: number, a0: number, a1: number, a2: number): void {
    const { batch, openFlags } = this.rows.current;
    const row = this.rows.row;
    switch (action) {
      case ACTION.fork:
      case ACTION.clone:
      case ACTION.clone3:
        if (success !== OUTCOME.success || !(exit > 0)) return;
        batch.kind[row] = KIND.fork;
        batch.other[row] = exit;
        batch.flags[row] = action === ACTION.clone ? a0 : action === ACTION.fork ? 0 : FLAGS_UNKNOWN;
        return;
      case ACTION.exec:
        if (success === OUTCOME.success) batch.kind[row] = KIND.exec;
        else batch.operation[row] = OPERATION['exec-failed'];
        return;
      case ACTION.exit:
        batch.kind[row] = KIND.threadExit;
        batch.exitCode[row] = a0 & 0xff;
        return;
      case ACTION.exitGroup:
        batch.kind[row] = KIND.exit;
        batch.exitCode[row] = a0 & 0xff;
        return;
      case ACTION.setsid:
        if (success === OUTCOME.success) batch.kind[row] = KIND.setsid;
        return;
      case ACTION.prctl:
        if (a0 !== PR_SET_CHILD_SUBREAPER || success !== OUTCOME.success) return;
        batch.kind[row] = KIND.subreaper;
        batch.flags[row] = a1 === 0 ? 0 : 1;
        return;
      case ACTION.kill:
      case ACTION.tkill:
        batch.kind[row] = KIND.signal;
        batch.flags[row] = a1;
        return;
      case ACTION.tgkill:
        batch.kind[row] = KIND.signal;
        batch.flags[row] = a2;
        return;
      case ACTION.connect:
      case ACTION.bind:
      case ACTION.accept:
        batch.operation[row] = action === ACTION.connect ? OPERATION.connection_attempted : action === ACTION.bind ? OPERATION['bound-socket'] : OPERATION.connection_accepted;
        if (batch.path[row] !== 0) batch.kind[row] = KIND.socket;
        return;
      case ACTION.open:
        openFlags[row] = a1;
        return;
      case ACTION.openat:
        openFlags[row] = a2;
        return;
      case ACTION.creat:
      case ACTION.openat2: // its flags lie behind a pointer
        openFlags[row] = 0x41;
        return;
      default:
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
      if (!(part > 0) && !(number === 0 && !begun)) scratch.push(0);
      first = false;
      this.appendValue(bytes);
    }
    seen[row]! |= SEEN.execve;
    if (!first) batch.args[row] = this.context.strings.intern(scratch.bytes, 0, scratch.length);
  }

  private cwd(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.cwd)) return;
    if (nextField(bytes, at, end, this.field) >= 0 && isKey(bytes, this.field, 'cwd')) this.rows.current.batch.cwd[this.rows.row] = this.text(bytes, this.field);
  }

  private pathRecord(bytes: Uint8Array, at: number, end: number): void {
    const { field } = this;
    let name: StringId = 0;
    let type = 0x4e; // NORMAL: kernels before 3.11 have no nametype=
    let item = 0;
    while ((at = nextField(bytes, at, end, field)) >= 0) {
      const first = bytes[field.keyFrom]!;
      if (first === 0x6e && isKey(bytes, field, 'name')) name = this.text(bytes, field);
      else if (first === 0x6e && isKey(bytes, field, 'nametype')) type = bytes[field.from]!;
      else if (first === 0x69 && isKey(bytes, field, 'item')) item = decimal(bytes, field.from, field.to);
    }
    const { current, row } = this.rows;
    if (type === 0x43) current.created[row] = name; // CREATE
    else if (type === 0x44) current.deleted[row] = name; // DELETE
    else if (type === 0x4e && (item === 0 || current.normal[row] === 0)) current.normal[row] = name; // NORMAL; PARENT is not kept
  }

  private proctitle(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.title)) return;
    const { field, scratch } = this;
    if (nextField(bytes, at, end, field) < 0) return;
    scratch.clear();
    this.appendValue(bytes);
    let length = scratch.length;
    while (length > 0 && scratch.bytes[length - 1] === 0) length--;
    if (length > 0) this.rows.current.title[this.rows.row] = this.context.strings.intern(scratch.bytes, 0, length);
  }

  private sockaddr(bytes: Uint8Array, at: number, end: number): void {
    if (this.again(SEEN.sockaddr)) return;
    const { field, scratch } = this;
    if (nextField(bytes, at, end, field) < 0) return;
    scratch.clear();
    if (!scratch.appendHex(bytes, field.from, hexEnd(bytes, field.from, field.to))) return;
    const address = socketAddress(scratch);
    if (!address) return;
    const { batch, action } = this.rows.current;
    const row = this.rows.row;
    batch.path[row] = this.context.strings.internText(address.address);
    batch.port[row] = address.port;
    if (action[row] === ACTION.connect || action[row] === ACTION.bind || action[row] === ACTION.accept) batch.kind[row] = KIND.socket;
  }

  private objPid(bytes: Uint8Array, at: number, end: number): void {
    const { field } = this;
    if (nextField(bytes, at, end, field) < 0 || !isKey(bytes, field, 'opid')) return;
    const target = decimal(bytes, field.from, field.to);
    if (!(target > 0)) return;
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
      else if (isKey(bytes, field, 'tty')) batch.tty[row] = this.plain(bytes, field);
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
    const text = rawPart(new TextDecoder().decode(bytes.subarray(at, end)));
    const quoted = text.indexOf("msg='");
    const inner = quoted < 0 ? text.trim() : text.slice(quoted + 5, text.lastIndexOf("'") > quoted + 5 ? text.lastIndexOf("'") : undefined);
    batch.message[row] = this.context.strings.internText(inner);
    const value = (key: string): string | undefined => {
      const found = new RegExp(`(?:^|[ '(,])${key}=(?:"([^"]*)"|([^ ,')]*))`).exec(inner);
      return found?.[1] ?? (found?.[2] === '?' || found?.[2] === '(none)' ? undefined : found?.[2]);
    };
    const set = (column: 'exe' | 'comm' | 'unit' | 'path' | 'tty', text: string | undefined): void => {
      if (text) batch[column][row] = this.context.strings.internText(text);
    };
    set('exe', value('exe'));
    set('comm', value('comm'));
    set('path', value('addr'));
    set('tty', value('terminal')?.replace(/^\/dev\//, ''));
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
      else if (isKey(bytes, field, 'comm')) batch.comm[row] = this.text(bytes, field);
      else if (isKey(bytes, field, 'exe')) batch.exe[row] = this.text(bytes, field);
      else if (isKey(bytes, field, 'sig')) signal = decimal(bytes, field.from, field.to);
    }
    return signal;
  }

  /** The value of an encoded field: quoted text as it is, hex decoded; absent for (null), (none) and ?. */
  private text(bytes: Uint8Array, field: Field): StringId {
    if (field.quoted) return this.context.strings.intern(bytes, field.from, field.to);
    if (isAbsent(bytes, field)) return 0;
    this.scratch.clear();
    this.appendValue(bytes);
    return this.context.strings.intern(this.scratch.bytes, 0, this.scratch.length);
  }

  private plain(bytes: Uint8Array, field: Field): StringId {
    return isAbsent(bytes, field) ? 0 : this.context.strings.intern(bytes, field.from, field.to);
  }

  private appendValue(bytes: Uint8Array): void {
    const { field, scratch } = this;
    if (field.quoted) return scratch.append(bytes, field.from, field.to);
    const to = hexEnd(bytes, field.from, field.to);
    if (to === field.from || !scratch.appendHex(bytes, field.from, to)) scratch.append(bytes, field.from, field.to); // not encoded after all: a re-rendered log
  }

  /** Enriched records name their ids: UID="analyst". The first record of each uid is looked at. */
  private nameUser(bytes: Uint8Array, at: number, end: number, uid: number): void {
    for (; at < end - 5; at++) {
      if (bytes[at] !== 0x55 || !isWord(bytes, at, at + 5, 'UID="') || (bytes[at - 1] !== 0x20 && bytes[at - 1] !== ENRICHED)) continue;
      let to = at + 5;
      while (to < end && bytes[to] !== 0x22) to++;
      this.namedUsers.add(uid);
      if (!isWord(bytes, at + 5, to, 'unknown') && uid !== UNSET_ID) this.rows.current.batch.user[this.rows.row] = this.context.strings.intern(bytes, at + 5, to);
      return;
    }
  }

  private joinPath(directory: StringId, name: StringId): StringId {
    const { strings } = this.context;
    const tail = strings.bytes(name);
    if (name === 0 || tail.length === 0 || tail[0] === 0x2f || directory === 0) return name;
    const { scratch } = this;
    scratch.clear();
    const head = strings.bytes(directory);
    scratch.append(head, 0, head.length);
    if (head[head.length - 1] !== 0x2f) scratch.push(0x2f);
    const skip = tail[0] === 0x2e && tail[1] === 0x2f ? 2 : 0; // ./name
    scratch.append(tail, skip, tail.length);
    return strings.intern(scratch.bytes, 0, scratch.length);
  }
}

/** An id: audit writes "unset" as 4294967295, older kernels as -1. */
function id(bytes: Uint8Array, from: number, to: number): number {
  const value = decimal(bytes, from, to);
  return value < 0 || Number.isNaN(value) ? UNSET_ID : value;
}

function isAbsent(bytes: Uint8Array, field: Field): boolean {
  const first = bytes[field.from]!;
  return field.to === field.from || first === 0x28 || (first === 0x3f && field.to === field.from + 1); // (null) (none) ?
}

/** Where hex digits (as audit writes them, upper case) end: a shipper that strips 0x1D lets the first enriched name follow at once. */
function hexEnd(bytes: Uint8Array, from: number, to: number): number {
  let at = from;
  while (at < to) {
    const byte = bytes[at]!;
    if (!((byte >= 48 && byte <= 57) || (byte >= 65 && byte <= 70) || (byte >= 97 && byte <= 102))) break;
    at++;
  }
  if (at < to && bytes[at]! >= 65 && bytes[at]! <= 90) while ((at - from) % 2 !== 0) at--;
  return at === to || (bytes[at]! >= 65 && bytes[at]! <= 90) ? at : from;
}

function rawPart(text: string): string {
  const end = text.indexOf('\u001d');
  return end < 0 ? text : text.slice(0, end);
}

function enrichedTail(bytes: Uint8Array, at: number, end: number): boolean {
  return bytes.subarray(at, end).includes(ENRICHED);
}

/** systemd leaves ".service" away in its audit records (unit=cron); other kinds keep their ending. */
function unitName(unit: string | undefined): string | undefined {
  return unit === undefined || /\.\w+$/.test(unit) ? unit : `${unit}.service`;
}
