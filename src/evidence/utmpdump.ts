import type { Fact } from './facts.js';
import { isoMicros } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type LineReading, lineFormat, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { OpenSessions, readRecord } from './utmp.js';

const LONGEST = 1024;
/** [type] [pid] [id] [user] [line] [host] [address] [time]; times of older versions name no zone and are of the host's. */
const ROW = /^\[(\d)\] \[(\d{1,10})\] \[(.{0,4}?) *\] \[(.{0,32}?) *\] \[(.{0,32}?) *\] \[(.{0,256}?) *\] \[([\da-fA-F.:]*) *\] \[([^\]]{0,40}?) *\]\s*$/;

/** `utmpdump`: the records of utmp, wtmp and btmp as text. */
export const utmpdumpFormat = lineFormat({
  id: 'utmpdump',
  title: 'utmpdump text',
  isDated: true,
  sniff(head) {
    const lines = head.split('\n').slice(0, 20);
    if (lines.length > 1) lines.pop();
    const written = lines.filter((line) => line.trim() !== '' && !line.startsWith('Utmp dump of '));
    const hits = written.filter((line) => line.length <= LONGEST && ROW.test(line)).length;
    return hits > 0 && hits * 2 > written.length ? 0.95 : 0;
  },
  reading: (_context, member) => new DumpReading(/btmp/.test(member.path)),
});

class DumpReading implements LineReading {
  private readonly told: (readonly [Fact, Provenance])[] = [];
  private readonly sessions = new OpenSessions((fact, from) => void this.told.push([fact, from]));

  constructor(private readonly isFailures: boolean) {}

  line(text: string, from: Provenance, add: (fact: Fact, place?: Provenance) => void): Verdict {
    if (text.startsWith('Utmp dump of ')) return NOT_NEEDED;
    const [, type, pid, , user = '', line = '', host = '', address = '', time] = (text.length > LONGEST ? null : ROW.exec(text)) ?? [];
    if (type === undefined) return { trouble: 'a line that is no login record' };
    // `2024-03-02T12:00:00,123456+00:00`
    const isRead = readRecord({ type: Number(type), pid: Math.max(0, pidIn(pid)), line, user, host, address: /^(?:0\.0\.0\.0|::)?$/.test(address) ? undefined : address, time: isoMicros(time) }, from, this.isFailures, this.sessions);
    for (const [fact, place] of this.told.splice(0)) add(fact, place);
    return isRead ? UNDERSTOOD : NOT_NEEDED;
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    this.sessions.end();
    yield* this.told.splice(0);
  }
}
