import type { Fact } from './facts.js';
import { UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { lineFormat, pidIn } from './lineFormat.js';
import type { Provenance } from './procRows.js';
import { addressOf, SOCKET_GAPS } from './sockets.js';

const LINE = /^([a-zA-Z])(.*)$/s;
const LONGEST = 8192;

interface Process {
  fact: Fact & { pid: number };
  readonly place: Provenance;
}

/** `lsof -F`: a field a line, known by its first letter; `p` begins a process, `f` a file of it. */
export const lsofFieldsFormat = lineFormat({
  id: 'lsof-fields',
  title: 'lsof -F text',
  sniff(head) {
    const lines = head.split('\n').slice(0, -1).slice(0, 40);
    return lines.length > 2 && /^p\d{1,10}\r?$/.test(lines[0] ?? '') && lines.every((line) => LINE.test(line)) && lines.some((line) => /^f(?:cwd|txt|mem|\d+)\r?$/.test(line)) ? 0.9 : 0;
  },
  reading(context) {
    const time = context.takenMicros ?? NaN;
    let process: Process | undefined;
    let file: Map<string, string> | undefined;
    /** Tells the file that ends here. */
    const tell = (from: Provenance, add: (fact: Fact, place?: Provenance) => void): void => {
      if (!process || !file) return;
      const name = file.get('n') ?? '';
      const { pid, comm } = process.fact;
      if (file.get('f') === 'cwd') process.fact = { ...process.fact, cwd: name };
      else if (file.get('f') === 'txt' && process.fact.exe === undefined && name.startsWith('/')) process.fact = { ...process.fact, exe: name.replace(/ \(deleted\)$/, ''), isExeDeleted: name.endsWith(' (deleted)') };
      else if (/^IPv[46]$/.test(file.get('t') ?? '')) {
        const [local = '', remote] = name.split('->');
        add({ kind: 'socket', time, pid, comm, operation: file.get('T') === 'ST=LISTEN' ? 'listening' : 'open-socket', ...addressOf(remote ?? local) }, from);
      }
      file = undefined;
    };
    return {
      line(text, from, add): Verdict {
        const [, letter = '', value = ''] = (text.length > LONGEST ? null : LINE.exec(text)) ?? [];
        if (letter === 'p' || letter === 'f') tell(from, add);
        if (letter === 'p') {
          if (process) add(process.fact, process.place);
          process = undefined;
          const pid = pidIn(value);
          if (pid <= 0) return { trouble: 'a field of lsof that is no pid' };
          process = { fact: { kind: 'seen', time, pid, parentKind: 'atCapture' }, place: from };
        } else if (letter === '' || !process) return { trouble: 'a line that is no field of lsof' };
        else if (letter === 'f') file = new Map([['f', value]]);
        else if (file) {
          // T comes several times (state, queues); the state is the one that matters.
          if (letter !== 'T' || value.startsWith('ST=')) file.set(letter, value);
        } else if (letter === 'c') process.fact = { ...process.fact, comm: value.slice(0, 15) };
        else if (letter === 'R') process.fact = { ...process.fact, ppid: pidIn(value) };
        else if (letter === 'g') process.fact = { ...process.fact, pgid: pidIn(value) };
        else if (letter === 'u' && /^\d{1,10}$/.test(value)) process.fact = { ...process.fact, uid: Number(value) };
        else if (letter === 'L') process.fact = { ...process.fact, user: value };
        return UNDERSTOOD;
      },
      *end() {
        const left: Fact[] = [];
        const place = process?.place;
        if (place) tell(place, (fact) => left.push(fact));
        if (place) for (const fact of left) yield [fact, place] as const;
        if (process) yield [process.fact, process.place] as const;
      },
      gaps: () => SOCKET_GAPS,
    };
  },
});
