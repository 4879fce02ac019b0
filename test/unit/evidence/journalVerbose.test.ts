import { expect, test } from 'vitest';
import { journalVerboseEntriesOf } from '../../../src/evidence/journalVerbose.js';
import { sysmonViewEventsOf } from '../../../src/evidence/sysmonView.js';
import { parseSysmonEvent } from '../../../src/evidence/sysmonXml.js';
import { memoryMember } from './memory.js';

const HEAD = 'Fri 2024-01-05 10:11:12.345678 UTC [s=ab;i=5a;b=8f2c1e6d0c7a4b3f9e5d2a1b0c9d8e7f;m=12;t=60e304f3f4d4e;x=99]\n';

test('an entry keeps a bounded number of fields, whatever stands below one head', async () => {
  const fields = Array.from({ length: 5000 }, (_, at) => `    FIELD_${at}=x\n            more\n`).join('');
  const entries = [];
  for await (const entry of journalVerboseEntriesOf(memoryMember('journal.txt', HEAD + fields))) entries.push(entry);
  expect(entries).toHaveLength(1);
  expect(entries[0]!.fields.size).toBe(1024);
});

test('of a field that comes twice the first is kept whole', async () => {
  const entries = [];
  for await (const entry of journalVerboseEntriesOf(memoryMember('journal.txt', `${HEAD}    MESSAGE=one\n            two\n    MESSAGE=three\n            four\n`))) entries.push(entry);
  expect(entries[0]!.fields.get('MESSAGE')).toBe('one\ntwo');
});

test('the time that sysmonLogView prints cannot end the attribute that it is told in', async () => {
  const text = 'Event SYSMONEVENT_FILE_CREATE\n\tUtcTime: 2021-10-15 14:08:33.145"/><EventID>1</EventID><X a="\n\tProcessId: 7\n';
  const events = [];
  for await (const event of sysmonViewEventsOf(memoryMember('sysmon.txt', text))) events.push(event.text);
  expect(events[0]).not.toContain('<EventID>1</EventID>');
  expect(parseSysmonEvent(events[0]!)?.id).toBe(11);
});
