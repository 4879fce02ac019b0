import { FORMATS } from '../evidence/index.js';

/**
 * Formats whose records name their values, and how: `audit` by keys (`auditd.data.exit`) only, `objects` by paths in a JSON object (or in what one carries),
 * `table` by the columns of CSV, `either` as the file itself shows. To add one: a line here.
 */
const NAMING: Readonly<Record<string, RecordNaming>> = {
  auditd: 'audit', 'ausearch-i': 'audit', laurel: 'objects', ecs: 'objects', falco: 'objects', osquery: 'objects', sysmon: 'objects', tetragon: 'objects', tracee: 'objects',
  velociraptor: 'objects', 'volatility-json': 'objects', 'journal-json': 'objects', 'splunk-json': 'objects', wazuh: 'objects', 'shipped-json': 'objects', 'proc-jsonl': 'objects',
  'container-json': 'objects', 'splunk-csv': 'table', 'ausearch-csv': 'table', 'azure-syslog': 'either', 'azure-vmconnection': 'either',
};

export type RecordNaming = 'audit' | 'objects' | 'table' | 'either';

/** How the records of a format name their values; undefined where they name none. */
export function namingOf(format: string): RecordNaming | undefined {
  return Object.hasOwn(NAMING, format) ? NAMING[format] : undefined;
}

/** What people call a format. */
export function titleOf(format: string): string {
  return FORMATS.find(({ id }) => id === format)?.title ?? format;
}
