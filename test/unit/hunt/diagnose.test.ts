import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../../src/engine/requests.js';
import { diagnose } from '../../../src/hunt/index.js';

const catalogue: Catalogue = {
  sources: [],
  fields: [
    { name: 'process.name', filled: 1, values: [] }, { name: 'process.orphan', filled: 1, values: [['false', 9], ['true', 2]] }, { name: 'file.path', filled: 0, values: [] },
  ],
};

/** [code, the text it marks, the text after its first fix]. */
function told(text: string, given?: Catalogue): unknown[] {
  return diagnose(text, given).map((one) => {
    const fix = one.fixes[0];
    return [one.code, text.slice(one.from, one.to), ...(fix === undefined ? [] : [text.slice(0, fix.from) + fix.text + text.slice(fix.to)])];
  });
}

describe('one mistake, one diagnostic, with its fix', () => {
  test.each<[string, ...unknown[]]>([
    ['exec where', ['HUNT101', '']],
    ['exec where and process.pid == 1', ['HUNT101', 'and']],
    ['exec process.pid == 1', ['HUNT101', 'process', 'exec where true process.pid == 1']],
    ['exec where (process.pid == 1', ['HUNT102', '(', 'exec where (process.pid == 1)']],
    ['exec where process.name in ("a", "b"', ['HUNT102', '(', 'exec where process.name in ("a", "b")']],
    ['exec where process.name == "a', ['HUNT102', '"', 'exec where process.name == "a"']],
    ['exec where process.pid = 1', ['HUNT103', '=', 'exec where process.pid == 1']],
    ["exec where process.name == 'sh'", ['HUNT104', "'sh'", 'exec where process.name == "sh"']],
    ['exec where 1 < process.pid < 5', ['HUNT105', '<', 'exec where 1 < process.pid and process.pid < 5']],
    ['exec where true | haed 5', ['HUNT109', 'haed', 'exec where true | head 5']],
    ['exec where process.nam == "sh"', ['HUNT201', 'process.nam', 'exec where process.name == "sh"']],
    ['exec where name == "sh"', ['HUNT201', 'name', 'exec where process.name == "sh"']],
    ['exce where true', ['HUNT202', 'exce', 'exec where true']],
    ['exec where process.pid == "4444"', ['HUNT203', 'process.pid == "4444"', 'exec where process.pid == 4444']],
    ['exec where process.pid : "4444"', ['HUNT203', ': "4444"', 'exec where process.pid == 4444']],
    ['exec where user.id == 0', ['HUNT203', 'user.id == 0', 'exec where user.id == "0"']],
    ['exec where process.name', ['HUNT203', 'process.name']],
    ['exec where @timestamp > "yesterday"', ['HUNT203', '"yesterday"']],
    ['exec where lenght(process.name) > 3', ['HUNT204', 'lenght', 'exec where length(process.name) > 3']],
    ['exec where length() > 3', ['HUNT204', 'length()']],
    ['exec where process.hash.md5 == "x"', ['HUNT205', 'process.hash.md5']],
    ['exec where process.name regex "a~b"', ['HUNT206', '"a~b"']],
    ['exec where 1 == 2', ['HUNT207', '1 == 2']],
    ['exec where process.name == "a*"', ['HUNT208', '==', 'exec where process.name like "a*"']],
    ['exec where process.name in ("a*", "b")', ['HUNT208', 'in', 'exec where process.name like ("a*", "b")']],
    ['process where process.orphan', ['HUNT212', 'process', 'processes where process.orphan']],
    ['exec where true | count | tree', ['HUNT301', 'tree', 'exec where true | count']],
    ['exec where true | tree | head 3', ['HUNT302', 'tree', 'exec where true | head 3']],
    ['sequence [exec where true] [exit where true]', ['HUNT220', 'sequence', 'sequence by host.id, process.entity_id [exec where true] [exit where true]']],
    ['let a = exec where true\nexec where true', ['HUNT232', 'a', '\nexec where true']],
  ])('%s', (text, ...expected) => {
    expect(told(text)).toEqual(expected);
  });

  test('a filter on the recorded parent says how many orphans it misses', () => {
    expect(told('exec where process.parent.name == "sh"', catalogue)[0]).toEqual(['HUNT210', 'process.parent.name', 'exec where process.creator.name == "sh"']);
    expect(diagnose('exec where process.parent.name == "sh"', catalogue)[0]?.message).toContain('2 orphans');
  });

  test('a field that the open evidence lacks is an information', () => {
    expect(diagnose('file where file.path == "x"', catalogue).map((one) => [one.code, one.severity])).toEqual([['HUNT205', 'information']]);
  });

  test('?field may be unknown', () => expect(told('exec where ?no.such.field == null')).toEqual([]));
  test('names of vendors are legal', () => expect(diagnose('exec where process.Ext.x == 1 and kubernetes.audit.verb == "get"').map((one) => one.severity)).toEqual(['information', 'information']));
  test('two mistakes in two operands are two diagnostics', () => expect(told('exec where process.nam == 1 and ) or proces.pid == 1').map((one) => (one as string[])[0])).toContain('HUNT101'));
  test('after a mistake the next line is read on', () => expect(told('exec where process.pid ==\nlet a = 1').map((one) => (one as string[])[0])).toEqual(['HUNT101', 'HUNT232']));
  test('names in sequences are checked', () => expect(told('sequence by host.id [exec where process.nam == "x"]').map((one) => (one as string[])[0])).toEqual(['HUNT201']));
});
