import type { Coverage } from '../model/index.js';
import type { Fact } from './facts.js';
import { numberAt, pidOf, textAt, timeAt } from './jsonFields.js';
import { jsonFormat, UNDERSTOOD } from './jsonFormat.js';
import type { Fields } from './jsonRecords.js';
import { NO_PARENTS } from './snapshotCoverage.js';

const GAPS: readonly Coverage[] = [
  { ...NO_PARENTS, says: 'Azure sums up connections by the name of a program, without pids: they are joined to no process.' },
  { gap: 'no-exec', says: 'Only connections are in it; which programs were run is not.' },
];

/** Azure VM insights' VMConnection table: connections summed up a minute, by the name of a program. No pid, so that its rows are lines of a log. */
export const azureConnectionsFormat = jsonFormat({
  id: 'azure-vmconnection',
  title: 'Azure VM insights connections',
  sniff: (head) => (/"Type"\s*:\s*"VMConnection"/.test(head) || (/"ConnectionId"\s*:/.test(head) && /"LinksEstablished"\s*:|"BytesSent"\s*:/.test(head) && /"Computer"\s*:/.test(head)) ? 0.95 : 0),
  reading(context) {
    for (const gap of GAPS) context.cover?.(gap);
    return {
      record(fields, _from, add) {
        const fact = connection(fields);
        if (Number.isNaN(fact.time)) return { trouble: 'a connection without TimeGenerated' };
        add(fact);
        return UNDERSTOOD;
      },
    };
  },
});

function connection(fields: Fields): Fact {
  const direction = textAt(fields, 'Direction');
  const address = textAt(fields, 'RemoteIp') ?? textAt(fields, direction === 'inbound' ? 'SourceIp' : 'DestinationIp');
  const port = numberAt(fields, 'DestinationPort');
  const links = numberAt(fields, 'LinksEstablished');
  return {
    kind: 'log',
    operation: direction === 'inbound' ? 'connection_accepted' : 'connection_attempted',
    time: timeAt(fields, 'TimeGenerated'),
    host: textAt(fields, 'Computer'),
    comm: textAt(fields, 'ProcessName'),
    path: address,
    port: pidOf(port),
    message: [textAt(fields, 'ProcessName'), direction, textAt(fields, 'Protocol'), `${textAt(fields, 'SourceIp') ?? '?'} -> ${textAt(fields, 'DestinationIp') ?? '?'}:${Number.isNaN(port) ? '?' : port}`, Number.isNaN(links) ? undefined : `${links} established`]
      .filter((part) => part !== undefined)
      .join(' '),
  };
}
