import { commOf, type Fact } from './facts.js';
import { isoMicros } from './jsonFields.js';
import { NOT_NEEDED, UNDERSTOOD } from './jsonFormat.js';
import { lineFormat } from './lineFormat.js';
import type { Coverage } from '../model/index.js';

/** `🚀 process default/xwing /usr/bin/curl https://...`; with --timestamps the stamp stands first. Of a host's process the node stands where others have namespace and pod. */
const LINE = /^(?:(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z) )?(?:\p{Extended_Pictographic}\ufe0f?|\ufe0f)\ufe0f? +([a-z_]+) +(?:([\w.-]+(?:\/[\w.-]+)?) +)?(\/\S+)(?: (.*))?$/su;
/** What it prints of an event, and what that says of sockets and files. */
const WORDS: Readonly<Record<string, Pick<Fact, 'kind' | 'operation'>>> = {
  connect: { kind: 'log', operation: 'connection_attempted' }, accept: { kind: 'log', operation: 'connection_accepted' }, listen: { kind: 'log', operation: 'listening' },
  open: { kind: 'log', operation: 'open' }, write: { kind: 'log', operation: 'modification' }, process: { kind: 'log', operation: 'command' },
};

const NO_PIDS: Coverage = {
  gap: 'no-parents',
  says: 'The compact form shows programs and pods, but no pid and no parent: what ran is told, not who started it.',
  remedy: 'tetra getevents -o json',
};

/** Tetragon's events as `tetra getevents -o compact` prints them (FORMATS 4.1): lines of the host's log, since no pid stands in them; without a date but with --timestamps. */
export const tetraCompactFormat = lineFormat({
  id: 'tetragon-compact',
  title: 'Tetragon events (compact)',
  isDated: true,
  sniff(head) {
    const lines = head.split('\n').filter((line) => line.trim() !== '').slice(0, 20);
    return lines.length > 0 && lines.filter((line) => LINE.test(line.trimEnd())).length * 2 > lines.length ? 0.9 : 0;
  },
  reading: () => ({
    line(text, from, add) {
      const [, stamp, word = '', where, binary = '', args = ''] = LINE.exec(text.trimEnd()) ?? [];
      if (word === '') return text.includes(' ') ? { trouble: 'a line that is no event of tetra' } : NOT_NEEDED;
      add(
        {
          ...(WORDS[word] ?? { kind: 'log' }),
          time: isoMicros(stamp),
          host: where === undefined || where.includes('/') ? undefined : where,
          comm: commOf(binary),
          exe: binary,
          args: word === 'process' ? [binary, ...(args === '' ? [] : args.split(' '))] : undefined,
          key: 'tetragon',
          message: [word, where, binary, args].filter((part) => part !== undefined && part !== '').join(' '),
        },
        from,
      );
      return UNDERSTOOD;
    },
    gaps: () => [NO_PIDS],
  }),
});
