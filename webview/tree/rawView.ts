import type { RawRecord } from '../../src/engine/requests.js';
import { el, evidenceText } from '../shared/dom.js';
import { visibleText } from '../shared/text.js';
import { fullTime } from '../shared/time.js';
import { createButton, createIconButton } from '../shared/toolkit.js';
import { byteSize, grouped } from '../shared/words.js';
import type { RawRecords } from './state.js';

/** The raw records that a process rests on: where they lie, what they state, what they say decoded, and how to see the same elsewhere. */
export function rawSection(raw: RawRecords | undefined, acts: { copy(text: string, what: string): void; more(): void }): HTMLElement {
  const section = el('section', { class: 'raw', 'aria-label': 'Raw records' });
  section.append(el('h3', {}, raw ? `Raw records (${grouped(raw.records.length)} of ${grouped(raw.total)})` : 'Raw records'));
  if (!raw) {
    section.append(el('p', { class: 'absent' }, 'reading'));
    return section;
  }
  if (raw.total === 0) section.append(el('p', { class: 'absent' }, 'No record speaks of this process: it is known only by what points to it.'));
  for (const record of raw.records) section.append(rawBlock(record, acts.copy));
  if (raw.records.length < raw.total) section.append(createButton({ label: 'Show more', onPress: acts.more }));
  return section;
}

function rawBlock(record: RawRecord, copy: (text: string, what: string) => void): HTMLElement {
  const head = el(
    'div',
    { class: 'raw-head' },
    el('span', { class: 'states' }, evidenceText(record.states)),
    el('span', { class: 'raw-time' }, fullTime(record.time)),
    el(
      'span',
      { class: 'raw-place', title: visibleText(`${record.evidence}: ${record.member}`) },
      evidenceText(record.member),
      ` at byte ${grouped(record.offset)}, ${byteSize(record.byteLength)}`,
    ),
  );
  const lines = el('pre', { class: 'raw-lines' });
  record.lines.forEach((line, i) => {
    if (i > 0) lines.append('\n');
    lines.append(evidenceText(line));
  });
  const block = el('article', { class: 'raw-record' }, head, lines);
  if (record.decoded.length > 0) {
    const decoded = el('dl', { class: 'decoded', 'aria-label': 'Decoded values' });
    for (const [field, text] of record.decoded) decoded.append(el('dt', {}, evidenceText(field)), el('dd', {}, evidenceText(text)));
    block.append(decoded);
  }
  if (record.hex) {
    const bytes = el('pre', { class: 'raw-hex' }, record.hex);
    block.append(el('details', {}, el('summary', {}, 'Bytes'), bytes));
  }
  if (record.command) {
    block.append(
      el(
        'div',
        { class: 'command' },
        el('code', {}, visibleText(record.command)),
        createIconButton({
          icon: 'copy',
          label: 'Copy the command',
          hint: 'Copy the command that shows this record',
          onPress: () => copy(record.command, 'the command'),
        }),
      ),
    );
  }
  return block;
}
