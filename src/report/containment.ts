import type { FindingRow } from '../engine/requests.js';
import type { Containment, Subject } from './model.js';
import { isAnyAddress, isOfThisHost, programIndicator, type ReportedIndicator } from './indicators.js';
import { called, pidAtStart } from './processWords.js';
import { visible } from './text.js';

const ADDRESS = /^(?:\d{1,3}\.){3}\d{1,3}$|^[0-9a-f:]{2,39}$/i;

/** What an analyst did not clear: by its verdict, else by its alert. One that was only pinned to or spoken of is neither. */
export function isBad({ verdict, row }: Pick<Subject, 'verdict' | 'row'>): boolean {
  return verdict === undefined ? row?.alert === true : verdict.current.verdict !== 'benign' && verdict.current.verdict !== 'authorised';
}

/** What would have to be contained. Written out for people who may act, with the texts that other tools take; Foundling never runs any of it. */
export function containmentOf(subjects: readonly Pick<Subject, 'details' | 'indicators' | 'verdict' | 'row'>[], others: readonly FindingRow[] = []): Containment {
  const bad = subjects.filter(isBad);
  const alerts = others.filter(({ alert }) => alert);
  const hosts = [...new Set([...bad.map(({ details }) => details.host), ...alerts.map(({ host }) => host)])];
  const indicators = [
    ...bad.flatMap((subject) => subject.indicators),
    ...alerts.flatMap((row): ReportedIndicator[] => (row.executable === null ? [] : [programIndicator(row.executable, `program of ${called(row)} (${pidAtStart(row)})`, row.host)])),
  ];
  const once = (kind: ReportedIndicator['kind'], fits: (each: ReportedIndicator) => boolean = () => true): readonly ReportedIndicator[] => [...new Map(indicators.filter((each) => each.kind === kind && fits(each)).map((each) => [`${each.host}\0${each.value}`, each])).values()];
  const addresses = once('address', ({ value }) => !isOfThisHost(value) && !isAnyAddress(value));
  const files = once('file', ({ isOfPackage }) => isOfPackage !== true);
  const blocked = [...new Set(addresses.map(({ value }) => value))].filter((value) => ADDRESS.test(value));
  return {
    hosts,
    processes: [
      ...bad.map(({ details, verdict }) => ({
        host: details.host,
        process: details,
        mayRun: details.endBasis === null,
        says: `${verdict ? `verdict ${verdict.current.verdict}` : 'alert, no verdict yet'}; ${createdWords(details)}`,
      })),
      ...alerts.map((row) => ({ host: row.host, process: row, mayRun: undefined, says: 'alert, no verdict yet; told in the table of other findings only' })),
    ],
    files,
    addresses,
    snippets: hosts.length === 0 ? [] : snippets(hosts, blocked),
    indicators: [...once('sha256'), ...files, ...addresses, ...once('domain'), ...once('url')],
  };
}

function snippets(hosts: readonly string[], addresses: readonly string[]): Containment['snippets'] {
  const four = addresses.filter((address) => address.includes('.')), six = addresses.filter((address) => address.includes(':'));
  const names = hosts.map((host) => `#   ${visible(host)}`).join('\n');
  const sets = [['blocked4', 'ipv4_addr', 'ip', four], ['blocked6', 'ipv6_addr', 'ip6', six]] as const;
  const filled = sets.filter(([, , , list]) => list.length > 0);
  const blocks = filled.map(([set, type, , list]) => `  set ${set} {\n    type ${type}\n    elements = { ${list.join(', ')} }\n  }`);
  const drops = (direction: 'daddr' | 'saddr'): string => filled.map(([set, , family]) => `    ${family} ${direction} @${set} counter drop`).join('\n');
  const nft = `# never executed by Foundling; review, then: nft -f FILE\ntable inet foundling {\n${blocks.join('\n')}\n  chain out {\n    type filter hook output priority 0; policy accept;\n${drops('daddr')}\n  }\n  chain in {\n    type filter hook input priority 0; policy accept;\n${drops('saddr')}\n  }\n}`;
  return [
    ...(addresses.length > 0 ? [{ tool: 'nftables', says: 'drops traffic with the listed addresses, both ways', text: nft }] : []),
    {
      tool: 'Velociraptor',
      says: 'quarantines a Linux client; put in the client id of each host',
      text: `-- never executed by Foundling; once for each of these hosts:\n${names.replaceAll('# ', '-- ')}\nSELECT collect_client(client_id="CLIENT_ID", artifacts="Linux.Remediation.Quarantine",\n  spec=dict(\`Linux.Remediation.Quarantine\`=dict()))\nFROM scope()`,
    },
    {
      tool: 'Elastic Defend',
      says: 'isolates endpoints; put in the endpoint ids of the hosts',
      text: `# never executed by Foundling; hosts:\n${names}\nPOST kbn:/api/endpoint/action/isolate\n{\n  "endpoint_ids": ["ENDPOINT_ID"],\n  "comment": "Isolated after a finding of T1036.009"\n}`,
    },
  ];
}

function createdWords({ childCount, children }: Subject['details']): string {
  const count = childCount ?? children.length;
  return count === 0 ? 'no process that it created is on record' : `it created ${count === 1 ? 'a process' : `${count} processes`}, to be looked at too`;
}
