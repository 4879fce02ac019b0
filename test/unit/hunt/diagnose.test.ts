import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../../src/engine/requests.js';
import { diagnose, diagnoseTexts } from '../../../src/hunt/index.js';

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

test('210 counts the orphans that the filter could concern', () => {
  const catalogue: Catalogue = { sources: [], fields: [{ name: 'process.orphan', filled: 1, values: [['false', 90], ['true', 10]] }], orphans: [['bash', 6], ['nc', 3], ['sh', 1]] };
  const says = (text: string): (string | undefined)[] => diagnose(text, catalogue).filter(({ code }) => code === 'HUNT210').map(({ message }) => /^\d+/.exec(message)?.[0]);
  expect(says('exec where process.parent.name == "x"')).toEqual(['10']);
  expect(says('exec where process.name == "nc" and process.parent.name == "x"')).toEqual(['3']);
  expect(says('exec where process.name : ("BA*", "sh") and process.parent.name == "x"')).toEqual(['7']);
  expect(says('exec where process.name not in ("bash") and process.name in~ ("NC", "bash") and process.parent.name == "x"')).toEqual(['3']);
  expect(says('exec where process.name == "python3" and process.parent.name == "x"')).toEqual([]);
  expect(says('exec where (process.name == "nc" or process.pid == 1) and process.parent.name == "x"')).toEqual(['10']);
});

describe('one mistake, one diagnostic, with its fix', () => {
  const seen = new Set<string>();
  /** What is wrong besides, or only a person can mend. */
  const STAYS: ReadonlyMap<string, readonly string[]> = new Map([
    ['exec where /* a', ['HUNT101']], // the condition was never written
    ['let a = b\nlet b = a\nexec where a', ['HUNT201', 'HUNT201']], // whoever removes a let says what its users mean instead
  ]);
  test.each<[string, ...unknown[]]>([
    ['exec where', ['HUNT101', '']],
    ['exec where and process.pid == 1', ['HUNT101', 'and']],
    ['exec process.pid == 1', ['HUNT101', 'process', 'exec where process.pid == 1']],
    ['exec where process.pid == 1 && process.orphan', ['HUNT101', '&&', 'exec where process.pid == 1 and process.orphan']],
    ['exec where (process.pid == 1 || process.orphan)', ['HUNT101', '||', 'exec where (process.pid == 1 or process.orphan)']],
    ['exec where process.name <> "a"', ['HUNT101', '<>', 'exec where process.name != "a"']],
    ['exec where process.pid == 1 AND process.orphan', ['HUNT101', 'AND', 'exec where process.pid == 1 and process.orphan']],
    ['exec WHERE process.pid == 1', ['HUNT101', 'WHERE', 'exec where process.pid == 1']],
    ['exec where process.name in ("a" "b")', ['HUNT101', '"b"', 'exec where process.name in ("a", "b")']],
    ['exec where (process.pid == 1 process.orphan) and true', ['HUNT101', 'process', 'exec where (process.pid == 1 and process.orphan) and true']],
    ['exec where (process.pid == 1 foo and process.orphan)', ['HUNT101', 'foo']],
    ['exec where concat(process.name process.executable) == "a"', ['HUNT101', 'process', 'exec where concat(process.name, process.executable) == "a"']],
    ['exec where child of [exec where process.pid == 1 process.name == "a"]', ['HUNT101', 'process', 'exec where child of [exec where process.pid == 1 and process.name == "a"]']],
    ['let f(a b) = a == b\nexec where f(process.name, "x")', ['HUNT101', 'b', 'let f(a, b) = a == b\nexec where f(process.name, "x")']],
    ['exec where process.pid == 1 order by process.pid', ['HUNT101', 'order']],
    ['exec where true | sort process.pid desc', ['HUNT101', 'desc']],
    ['exec where proces.creatr.nme == "a"', ['HUNT201', 'proces.creatr.nme', 'exec where process.creator.name == "a"']],
    ['exec | head 1', ['HUNT101', 'exec', 'exec where true | head 1']],
    ['exec where process.pid == 1 not process.orphan', ['HUNT101', 'not', 'exec where process.pid == 1 and not process.orphan']],
    ['exec where process.pid == 1 head 5', ['HUNT101', 'head', 'exec where process.pid == 1 | head 5']],
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
    ['exec where process.name regex "a~b"', ['HUNT206', '"a~b"', 'exec where process.name like "a~b"']],
    ['exec where 1 == 2', ['HUNT207', '1 == 2']],
    ['exec where process.name == "a*"', ['HUNT208', '==', 'exec where process.name like "a*"']],
    ['exec where process.name in ("a*", "b")', ['HUNT208', 'in', 'exec where process.name like ("a*", "b")']],
    ['process where process.orphan', ['HUNT212', 'process', 'processes where process.orphan']],
    ['exec where process.name process.pid == 1', ['HUNT101', 'process']],
    ['exec where process.', ['HUNT101', '']],
    ['exec where process.name not like "a*"', ['HUNT101', 'not', 'exec where not process.name like "a*"']],
    ['exec where process.name not : "a*" and process.pid == 1', ['HUNT101', 'not', 'exec where not process.name : "a*" and process.pid == 1']],
    ['sequence by host.id by process.pid [exec where true] [exit where true]', ['HUNT101', 'by process.pid', 'sequence by host.id  [exec where true] [exit where true]']],
    ['sequence by host.id with maxspan=1m with maxspan=2m [exec where true] [exit where true]', ['HUNT101', 'with maxspan=2m', 'sequence by host.id with maxspan=1m  [exec where true] [exit where true]']],
    ['join by host.id with maxspan=1m [exec where true] [exit where true]', ['HUNT101', 'with maxspan=1m', 'join by host.id  [exec where true] [exit where true]']],
    ['sample by host.id [exec where true] [exit where true] until [fork where true]', ['HUNT101', 'until [fork where true]', 'sample by host.id [exec where true] [exit where true] ']],
    ['sequence by host.id [exec where true] [exit where true] until ![fork where true]', ['HUNT223', '![fork where true]', 'sequence by host.id [exec where true] [exit where true] until [fork where true]']],
    ['sequence by host.id [exec where true] as a [exit where true] as a', ['HUNT231', 'a', 'sequence by host.id [exec where true] as a [exit where true] as a2']],
    ['exec where process.args[-1] == "x"', ['HUNT101', '[-1]', 'exec where process.args[0] == "x"']],
    ['exec where process.name in ("a", "b" and )', ['HUNT101', ')']],
    ['let = exec where true', ['HUNT101', '=', 'let rows = exec where true']],
    ['exec where true | count | tree', ['HUNT301', 'tree', 'exec where true | count']],
    ['exec where true | tree | head 3', ['HUNT302', 'tree', 'exec where true | head 3 | tree']],
    ['exec where true | tree up 2 | head 3 | tail 1', ['HUNT302', 'tree', 'exec where true | head 3 | tail 1 | tree up 2']],
    ['exec where process.name regex~ ("a.*b&", "c\\\\.d")', ['HUNT206', '"a.*b&"', 'exec where process.name like~ ("a*b&", "c.d")']],
    ['exec where /* a', ['HUNT102', '/*', 'exec where /* a*/'], ['HUNT101', '']],
    ['exec where child of [exec where true', ['HUNT102', '[', 'exec where child of [exec where true]']],
    ['sequence by host.id with maxspan=x [exec where true] [exit where true]', ['HUNT106', 'x', 'sequence by host.id with maxspan=5m [exec where true] [exit where true]']],
    ['sequence by host.id with maxspan= [exec where true] [exit where true]', ['HUNT106', '[', 'sequence by host.id with maxspan=5m [exec where true] [exit where true]']],
    ['sequence by host.id [exec where true] [exit where true] until [any where false] until [any where true]', ['HUNT107', 'until', 'sequence by host.id [exec where true] [exit where true] until [any where false] ']],
    ['sequence by host.id [exec where true] with runs=0 [exit where true]', ['HUNT108', '0', 'sequence by host.id [exec where true] with runs=1 [exit where true]']],
    ['sequence by host.id [exec where true] with runs=101 [exit where true]', ['HUNT108', '101', 'sequence by host.id [exec where true] with runs=100 [exit where true]']],
    ['exec where process.pid == 9007199254740993', ['HUNT203', '9007199254740993']],
    ['exec where process.pid in (1, -9007199254740993)', ['HUNT203', '9007199254740993']],
    ['exec where process.pid != 9007199254740991'],
    ['exec where process.pid < 1e300 and process.pid > 9007199254740993.5'],
    ['exec where process.name == process.pid', ['HUNT203', 'process.name == process.pid']],
    ['exec where process.name in (1, "b")', ['HUNT203', '1', 'exec where process.name in ("1", "b")']],
    ['exec where process.pid in ("1", 2)', ['HUNT203', '"1"', 'exec where process.pid in (1, 2)']],
    ['exec where process.orphan > true', ['HUNT203', 'process.orphan > true']],
    ['exec where true | stats cuont()', ['HUNT204', 'cuont', 'exec where true | stats count()']],
    ['exec where true or process.pid == 1', ['HUNT207', 'true or process.pid == 1']],
    ['sequence by host.id with maxspan=1m [exec where true] by process.parent.entity_id [exit where true] by process.entity_id', ['HUNT211', 'process.parent.entity_id', 'sequence by host.id with maxspan=1m [exec where true] by process.creator.entity_id [exit where true] by process.entity_id']],
    ['process where process.creator.name == "sh"', ['HUNT212', 'process', 'processes where process.creator.name == "sh"']],
    ['sequence by host.id [exec where true] ![exit where true]', ['HUNT221', '![exit where true]', 'sequence with maxspan=5m by host.id [exec where true] ![exit where true]']],
    ['sequence [exec where true] by host.id [exit where true] by host.id, user.id', ['HUNT222', '[exit where true] by host.id, user.id']],
    ['sequence by host.id with maxspan=1m ![exec where true] ![exit where true]', ['HUNT223', 'sequence']],
    ['let a = b\nlet b = a\nexec where a', ['HUNT230', 'a', '\nlet b = a\nexec where a']],
    ['let exec = 1\nexec where true', ['HUNT231', 'exec', 'let my_exec = 1\nexec where true'], ['HUNT232', 'exec', '\nexec where true']],
    ['let length = 1\nexec where process.pid == length', ['HUNT231', 'length', 'let my_length = 1\nexec where process.pid == my_length']],
    ['let f(n) = n == 1\nexec where f(1, 2)', ['HUNT233', 'f(1, 2)']],
    ['let f(n) = n == 1\nexec where f', ['HUNT233', 'f']],
    ['let s = exec where true | head 1\nexec where child of s', ['HUNT233', 's']],
    ['network where true | stats count() as n by host.id within 1h', ['HUNT303', 'stats count() as n by host.id within 1h', 'network where true | stats count() as n by host.id within 1h | filter n > 1']],
    ['sequence [exec where true] [exit where true]', ['HUNT220', 'sequence', 'sequence by host.id, process.entity_id [exec where true] [exit where true]']],
    ['let a = exec where true\nexec where true', ['HUNT232', 'a', '\nexec where true']],
  ])('%s', (text, ...expected) => {
    expect(told(text)).toEqual(expected);
    for (const [code] of expected as [string][]) seen.add(code);
    // A fix mends its own mistake, and makes no other.
    for (const { code, fixes } of diagnose(text)) for (const fix of fixes) {
      const after = text.slice(0, fix.from) + fix.text + text.slice(fix.to);
      const left = diagnose(after).filter((one) => one.severity === 'error' || one.code === code).map((one) => one.code);
      expect([fix.title, after, left]).toEqual([fix.title, after, STAYS.get(text) ?? []]);
    }
  });

  test('each code of the specification is among them', () => {
    const elsewhere = ['HUNT210', 'HUNT401', 'HUNT402', 'HUNT403']; // below, with evidence; and in failure.test.ts, of a hunt that runs
    const all = [101, 102, 103, 104, 105, 106, 107, 108, 109, 201, 202, 203, 204, 205, 206, 207, 208, 210, 211, 212, 220, 221, 222, 223, 230, 231, 232, 233, 301, 302, 303, 401, 402, 403].map((code) => `HUNT${code}`);
    expect([...seen, ...elsewhere].sort()).toEqual(all);
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
  test('after a mistake the next line is read on', () => expect(told('exec where process.pid ==\nlet a = 1').map((one) => (one as string[])[0])).toEqual(['HUNT101']));
  test('names in sequences are checked', () => expect(told('sequence by host.id [exec where process.nam == "x"]').map((one) => (one as string[])[0])).toEqual(['HUNT201']));

  test('a filter on the recorded parent in a term or in brackets is told there', () => {
    const codes = (text: string): unknown[] => told(text, catalogue).map((one) => (one as string[]).slice(0, 2));
    expect(codes('sequence by host.id [exec where process.parent.name == "sh"] [exit where true]')).toEqual([['HUNT210', 'process.parent.name']]);
    expect(codes('exec where child of [exec where process.parent.name == "sh"]')).toEqual([['HUNT210', 'process.parent.name']]);
  });

  test('what no evidence has names what could bring it', () => {
    expect(diagnose('file where file.path == "x"', catalogue)[0]?.message).toContain('audit rules on files');
    expect(diagnose('exec where process.hash.md5 == "x"')[0]?.message).toContain('Elastic Defend');
  });

  test('every message says what is wrong, and then what to do', () => {
    for (const text of ['exec where', 'exec where process.name == process.pid', 'exec where 1 == 2', 'let a = b\nlet b = a\nexec where a', 'exec where file.pth == 1', 'exce where true', 'sequence [exec where true] [exit where true]']) {
      for (const { message } of diagnose(text, catalogue)) expect(message).toMatch(/^[A-Z"$@'(=*#].*[;.:?].*[.?]$/s);
    }
  });
});

describe('over cells', () => {
  const codes = (texts: readonly string[], at: number, shared = 0): unknown[] => diagnoseTexts({ texts: texts.map((text, index) => ({ uri: String(index), text })), at, shared }).map((one) => [one.code, texts[at]!.slice(one.from, one.to)]);
  test('a let of a cell above is known, one of a cell below is not', () => {
    expect(codes(['let s = exec where true', 's'], 1)).toEqual([]);
    expect(codes(['s', 'let s = exec where true'], 0)).toEqual([['HUNT202', 's']]);
  });
  test('a let that a cell below uses is used', () => {
    expect(codes(['let s = exec where true\nexit where true', 's'], 0)).toEqual([]);
    expect(codes(['let s = exec where true', 'exec where true'], 0)).toEqual([['HUNT232', 's']]);
    expect(codes(['let s = exec where true', 'let s = exit where true\ns'], 0)).toEqual([['HUNT232', 's']]);
  });
  test('a let alone waits for its use', () => expect(codes(['let s = exec where true'], 0)).toEqual([]));
  test('a let of the case is for every notebook', () => expect(codes(['let s = exec where true', 'exec where true'], 0, 1)).toEqual([]));
  test('the mistake of another cell’s let is told there, and at the use that it has one', () => {
    const texts = ['let s = exec where process.nmae == "x"', 'sequence by host.id [s] [exit where true]'];
    expect(codes(texts, 0)).toEqual([['HUNT201', 'process.nmae']]);
    expect(codes(texts, 1)).toEqual([['HUNT201', 's']]);
  });
});
