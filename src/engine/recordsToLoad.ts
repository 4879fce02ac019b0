import { isTableField } from '../hunt/index.js';
import type { RecordReader } from '../store/index.js';
import { FieldFacts } from './fieldFacts.js';
import { membersByFormat, type ReadCall, type RecordSet, recordsOf, textOfValue } from './recordReading.js';

/** Reads all that only the records of a set have, for a store whose hunts cannot read them later. What a table has by the same name is left out. */
export function createRecordReader(set: RecordSet, call: ReadCall): RecordReader {
  const formats = new Map<number, string>();
  for (const [format, members] of membersByFormat(set)) for (const member of members) formats.set(member, format);
  const facts = new FieldFacts();
  const inTables = new Map<string, boolean>();
  const isInTable = (name: string): boolean => {
    let is = inTables.get(name);
    if (is === undefined) inTables.set(name, (is = isTableField(name)));
    return is;
  };
  return {
    members: [...formats.keys()],
    async read(places, take) {
      for (const place of places) {
        const format = formats.get(place.member)!; // asked for these only
        for await (const { events, values } of recordsOf(set, [place], undefined, call, 'reading records')) {
          const own = new Map([...values].filter(([name]) => !isInTable(name)));
          for (const [name, items] of facts.addAll(format, own)) take(name, events, items.map(textOfValue));
        }
      }
    },
    fields: () => facts.list(),
  };
}
