import { describe, expect, test } from 'vitest';
import type { Catalogue } from '../../../src/engine/requests.js';
import { alone, complete, diagnose, diagnoseTexts, hover, runHunt, valuesAsked, type Completion } from '../../../src/hunt/index.js';
import { SNIPPETS } from '../../../src/hunt/snippets.js';
import { marked } from './marked.js';
import { doubleFork } from './store.js';

const catalogue: Catalogue = {
  sources: [{ name: 'exec', rows: 1234 }, { name: 'processes', rows: 300 }, { name: 'network', rows: 0 }],
  fields: [
    { name: 'process.name', filled: 1, values: [['bash', 1200], ['nc', 3], ['a"b\u202e', 1]] },
    { name: 'process.pid', filled: 1, values: [['1', 9]] },
    { name: 'user.id', filled: 0.5, values: [['1000', 40], ['0', 20]] },
    { name: 'process.orphan', filled: 1, values: [['false', 290], ['true', 10]] },
    { name: 'file.path', filled: 0, values: [] },
  ],
};

/** `|` marks the cursor; a pipe is written `\\|`. */
function at(marked: string): { text: string; items: readonly Completion[] } {
  const [before = '', after = ''] = marked.split(/(?<!\\)\|/).map((part) => part.replaceAll('\\|', '|'));
  return { text: before + after, items: complete(alone(before + after, catalogue), before.length) };
}

function labels(marked: string): string[] {
  return at(marked).items.map((item) => item.label);
}

/** The text after the completion of that label was taken. */
function accept(marked: string, label: string): string {
  const { text, items } = at(marked);
  const item = items.find((one) => one.label === label);
  if (item === undefined) throw new Error(`no ${label} among ${items.map((one) => one.label).join(', ')}`);
  return text.slice(0, item.from) + item.insertText + text.slice(item.to);
}

describe('completion', () => {
  test('a hunt begins with sources and their row counts, those with rows first', () => {
    const items = at('|').items;
    expect(items.slice(0, 2).map((item) => [item.label, item.detail])).toEqual([['processes', '300 rows'], ['exec', '1,234 rows']]);
    expect(items.some((item) => item.kind === 'snippet')).toBe(true);
  });

  test('after a source comes where', () => expect(labels('exec |')).toEqual(['where']));

  test('fields come fullest first, lineage after, then those that no row has', () => {
    const all = labels('exec where |');
    const order = ['process.name', 'user.id', 'process.orphan', 'file.path'].map((name) => all.indexOf(name));
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(all.slice(0, 2)).toEqual(['process.pid', 'process.name']); // as exec shows them
    expect(all).toContain('cidrMatch');
    expect(all).toContain('descendant of');
  });

  test('where wildcards count, the folders of the paths come first, with how often a path below each was met', () => {
    const paths: Catalogue = { sources: [], fields: [{ name: 'file.path', filled: 1, values: [['/etc/cron.d/a', 5], ['/tmp/x', 4], ['/var/spool/cron/root', 3], ['/tmp/d/y', 2], ['/var/spool/cron/alice', 1], ['/tmp/a*b', 1], ['relative/z', 1], ['/vmlinuz', 1]] }] };
    const offered = (hunt: string): string[] => complete(alone(hunt, paths), hunt.length).map((item) => `${item.insertText} ${item.detail}`);
    expect(offered('file where file.path like ').slice(0, 3)).toEqual(['"/tmp/*" 6', '"/var/spool/cron/*" 4', '"/etc/cron.d/a" 5']);
    expect(offered('file where file.path : "')[0]).toBe('/tmp/* 6');
    expect(offered('file where file.path like ("/tmp/*", ')[0]).toBe('"/var/spool/cron/*" 4');
    expect(offered('file where file.path == ')[0]).toBe('"/etc/cron.d/a" 5');
  });

  test('views are among the first pipes', () => expect(labels('processes where process.orphan \\| |').slice(0, 3)).toEqual(['filter', 'head', 'tree']));

  test('a term is offered with both brackets', () => {
    expect(accept('sequence by host.id |', '[')).toBe('sequence by host.id [$1]$0');
    expect(accept('sequence by host.id [exec where true] |', 'until [')).toBe('sequence by host.id [exec where true] until [$1]$0');
    expect(accept('exec where child of |', '[')).toBe('exec where child of [$1]$0');
  });

  test('without evidence a place for values says so, and fills in nothing', () => {
    const offered = (hunt: string): string[] => complete(alone(hunt), hunt.length).map((item) => `${item.label}>${item.insertText}`);
    expect(offered('exec where process.name == ')).toEqual(['no values yet>']);
    expect(offered('exec where process.name == "')).toEqual([]);
    expect(offered('exec where event.outcome == ')).toContain('success>"success"');
    expect(labels('exec where process.working_directory == |')).toEqual([]); // the evidence is read, and has none
  });

  test('a duration is compared with durations', () => {
    expect(labels('processes where process.orphaned_after <= |')).toEqual(['1s', '10s', '1m', '5m', '1h', '1d']);
    expect(accept('processes where process.orphaned_after <= |', '1s')).toBe('processes where process.orphaned_after <= 1s');
  });

  test('cidrMatch wants an address, then networks, each once', () => {
    expect(labels('network where cidrMatch(|')).toContain('destination.ip');
    expect(accept('network where not cidrmatch(destination.ip, |', '10.0.0.0/8')).toBe('network where not cidrmatch(destination.ip, "10.0.0.0/8"');
    expect(accept('network where cidrMatch(destination.ip, "|")', '127.0.0.0/8')).toBe('network where cidrMatch(destination.ip, "127.0.0.0/8")');
    expect(labels('network where cidrMatch(destination.ip, "10.0.0.0/8", |').slice(0, 2)).toEqual(['172.16.0.0/12', '192.168.0.0/16']);
  });

  test('a value behind in brings the list that it needs; in a list it is only a value', () => {
    expect(accept('exec where process.name in |', 'nc')).toBe('exec where process.name in ("nc"$0)');
    expect(at('exec where process.name not in |').items.find(({ label }) => label === 'bash')).toMatchObject({ insertText: '("bash"$0)', isSnippet: true });
    expect(accept('exec where process.name in (|', 'nc')).toBe('exec where process.name in ("nc"');
    expect(accept('exec where process.name == |', 'nc')).toBe('exec where process.name == "nc"');
  });

  test('a relation that was typed goes on with of', () => {
    expect(accept('exec where event o|', 'of')).toBe('exec where event of [$1]$0');
    expect(labels('exec where not descendant |')).toEqual(['of']);
  });

  test('a half-written field is replaced whole', () => {
    expect(accept('exec where process.na| == 1', 'process.name')).toBe('exec where process.name == 1');
    expect(accept('exec where process.|', 'process.orphan')).toBe('exec where process.orphan');
    expect(accept('exec where process.na|me == 1', 'process.name')).toBe('exec where process.name == 1');
  });

  test.each([
    ['name', ['process.name', 'host.name']], // as full as host.name, and longer
    ['pid', ['process.pid']],
    ['id', ['user.id', 'host.id']],
    ['orphan', ['process.orphan']],
    ['no', ['not']],
    ['us', ['user.id']],
    ['PROC', ['process.pid', 'process.name']],
  ])('of what %s may become, the process comes first, then whole parts of a name, then what the evidence has most of', (typed, expected) => {
    const full: Catalogue = { sources: [], fields: [{ name: 'host.name', filled: 1, values: [] }, { name: 'host.id', filled: 0.4, values: [] }, ...catalogue.fields] };
    const items = complete(alone(`exec where ${typed}`, full), 11 + typed.length);
    expect(items.slice(0, expected.length).map(({ label }) => label)).toEqual(expected);
    expect(items.every(({ isRanked, from }) => isRanked === true && from === 11)).toBe(true);
  });

  test('what cannot become what is typed is left out, what holds its letters in order stays', () => {
    expect(labels('exec where zzqx|')).toEqual([]);
    expect(labels('exec where prnm|')).toContain('process.name');
    expect(labels('exec where prnm|')).not.toContain('user.id');
  });

  test('below a link all fields of a process are offered', () => {
    expect(labels('exec where process.creator.|')).toContain('process.creator.working_directory');
    expect(labels('exec where |')).not.toContain('process.creator.working_directory');
  });

  test('the front of a name may be left out', () => {
    expect(labels('exec where entry.|')).toContain('process.entry.kind');
    expect(accept('exec where entry.k|', 'process.entry.kind')).toBe('exec where process.entry.kind');
  });

  test('after a dot only what lies below', () => expect(labels('exec where process.|').filter((label) => !label.startsWith('process.') && label.includes('.'))).toEqual([]));

  test('after a field the operators of its type', () => {
    expect(labels('exec where process.name |')).toContain('like');
    expect(labels('exec where process.pid |')).toContain('<=');
    expect(labels('exec where process.pid |')).not.toContain('like');
  });

  test.each([
    ['exec where process.name == |', 'exec where process.name == "bash"'],
    ['exec where process.name == "|', 'exec where process.name == "bash'],
    ['exec where process.name == "|"', 'exec where process.name == "bash"'],
    ['exec where process.name == "b|x"', 'exec where process.name == "bash"'],
    ['exec where process.name in (|', 'exec where process.name in ("bash"'],
    ['exec where process.name in ("nc", |)', 'exec where process.name in ("nc", "bash")'],
    ['exec where process.name not in ("nc", "|")', 'exec where process.name not in ("nc", "bash")'],
    ['exec where process.name : ("|', 'exec where process.name : ("bash'],
    ['exec where (process.pid == 1 and process.name == |)', 'exec where (process.pid == 1 and process.name == "bash")'],
  ])('values of the evidence at %s', (marked, expected) => {
    expect(accept(marked, 'bash')).toBe(expected);
    expect(at(marked).items[0]?.detail).toBe('1,200');
  });

  test('numbers and booleans are written without quotes', () => {
    expect(accept('exec where process.pid == |', '1')).toBe('exec where process.pid == 1');
    expect(accept('exec where process.orphan == |', 'true')).toBe('exec where process.orphan == true');
  });

  test('a hostile value is escaped, so that it stays one text', () => {
    expect(accept('exec where process.name == |', 'a"b\u202e')).toBe('exec where process.name == "a\\"b\\u{202e}"');
  });

  test('a basis has three words', () => expect(labels('processes where process.creator.basis == |')).toEqual(['observed', 'derived', 'inferred']));
  test('of a link the values of the field itself', () => expect(labels('exec where process.creator.name == |')[0]).toBe('bash'));
  test('after a condition: and, or, pipes', () => expect(labels('exec where process.pid == 1 |')).toEqual(expect.arrayContaining(['and', 'or', '| head'])));
  test('after | the pipes', () => expect(labels('exec where true \\| |')).toEqual(expect.arrayContaining(['head', 'filter', 'tree'])));
  test('after a pipe that makes a table only some pipes', () => expect(labels('exec where true \\| count by process.name \\| |')).toEqual(['filter', 'head', 'sort', 'table', 'chart', 'tail']));
  test('and its columns', () => expect(labels('exec where true \\| count by process.name \\| sort |')).toEqual(['process.name', 'count', 'percent']));
  test('after by ids come first', () => expect(labels('exec where true \\| count by |').slice(0, 2)).toEqual(['host.id', 'process.entity_id']));
  test('after of a bracket', () => expect(labels('exec where child of |')).toEqual(['[']));
  test('in brackets the sources', () => expect(labels('exec where child of [|')).toContain('exec'));
  test.each(['exec where |', 'exec where not |', 'exec where (|', 'exec where process.pid == 1 and |', 'exec where process.pid == 1 or not (|', 'exec where true \\| filter |', 'sequence by host.id [exec where |'])('where a condition begins, fields come first, then relations and functions: %s', (marked) => {
    const all = labels(marked);
    expect(all.slice(0, 2)).toEqual(expect.arrayContaining(['process.name']));
    const order = ['process.name', 'child of', 'cidrMatch', 'not'].map((label) => all.indexOf(label));
    expect(order.every((at) => at >= 0)).toBe(true);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });
  test('in a comment nothing', () => expect(labels('exec where true // pro|')).toEqual([]));
  test('in an unrelated text nothing', () => expect(labels('"|')).toEqual([]));

  test('every place of every prefix gives an answer, and replaces up to the cursor at least', () => {
    const text = 'sequence by host.id with maxspan=5m [exec where process.name in ("a", "b") and not cidrMatch(destination.ip, "1.2.3.4/8")] | count by process.name | sort -count';
    for (let offset = 0; offset <= text.length; offset++) {
      for (const item of complete(alone(text.slice(0, offset), catalogue), offset)) {
        expect(item.from).toBeLessThanOrEqual(offset);
        expect(item.to).toBeGreaterThanOrEqual(offset);
      }
    }
  });
});

describe('hover', () => {
  const over = (marked: string): string => hover(alone(marked.replace('|', ''), catalogue), marked.indexOf('|'))?.contents ?? '';

  test('a field tells its type, its meaning and its values', () => expect(over('exec where process.na|me == 1')).toMatch(/\*\*process\.name\*\* text \(ECS\)[^]*100 %[^]*` bash ` 1200/));
  test('a value cannot end its code span or turn the text', () => expect(over('exec where process.na|me == 1')).toContain('` a"b\\x202e ` 1'));
  test('a lineage field', () => expect(over('processes where process.orp|han')).toContain('lineage'));
  test('a source', () => expect(over('ex|ec where true')).toContain('1,234 rows'));
  test('a pipe, a function, a relation, an operator', () => {
    expect(hover(alone('exec where true | head 3'), 19)?.contents).toContain('first n rows');
    expect(over('exec where cidr|Match(a, "b")')).toContain('cidrMatch(ip, network, ...)');
    expect(over('exec where chi|ld of [exec where true]')).toContain('its parent');
    expect(over('exec where process.name li|ke "x"')).toContain('wildcards');
  });
  test('an absent name says so', () => expect(over('exec where process.Ext.to|ken == 1')).toContain('no open evidence'));
});

describe('completion where lets, sequences and pipes are written', () => {
  const inTexts = (...texts: string[]): string[] => {
    const { asked, offset } = marked(texts, catalogue);
    return complete(asked, offset).map((item) => item.label);
  };
  test('a hunt may begin with a let in sight, a sequence or a snippet', () => expect(inTexts('let s = exec where true', '|')).toEqual(expect.arrayContaining(['processes', 's', 'sequence', 'orphans as a tree'])));
  test('a let of a condition stands where a condition may, with its parameters to fill in', () => {
    const { asked, offset } = marked(['let shell(n) = n in ("sh", "bash")\nlet s = exec where true\nexec where |']);
    const items = complete(asked, offset);
    expect(items.find((item) => item.label === 'shell')).toMatchObject({ insertText: 'shell(${1:n})$0', isSnippet: true, detail: 'shell(n)' });
    expect(items.map((item) => item.label)).not.toContain('s');
  });
  test('in a let its parameters come first', () => expect(inTexts('let shell(name) = |').slice(0, 1).concat(inTexts('let f(name) = name == 1 and |').slice(0, 1))).toEqual(['processes', 'name']));
  test('after a let: where, or a pipe', () => expect(inTexts('let s = exec where true\ns |')).toEqual(expect.arrayContaining(['where', '| head'])));
  test('a let of lifetimes has the fields of lifetimes', () => expect(inTexts('let s = processes where true', 's where file.|')).toEqual([]));
  test('after of: a bracket and lets of rows', () => expect(inTexts('let s = exec where true\nlet c = 1\nexec where child of |')).toEqual(['[', 's']));
  test('in brackets sources and lets', () => expect(inTexts('let s = exec where true\nsequence by host.id [|')).toEqual(expect.arrayContaining(['exec', 's'])));
  test('after a relation: its tree, how far, and what joins', () => {
    expect(inTexts('exec where child of [exec where true] |').slice(0, 5)).toEqual(['and', 'or', 'in created', 'in recorded', 'within']);
    expect(inTexts('exec where child of s |').slice(0, 5)).toEqual(['and', 'or', 'in created', 'in recorded', 'within']);
  });
  test('after in behind a bracket: the trees', () => expect(inTexts('exec where child of [exec where true] in |')).toEqual(['created', 'recorded', '(']));
  test('behind a value of a list nothing', () => {
    expect(inTexts('exec where process.name in ("a" |')).toEqual([]);
    expect(inTexts('exec where cidrMatch(destination.ip, "a" |')).toEqual([]);
    expect(inTexts('exec where (process.name == "a" |').slice(0, 2)).toEqual(['and', 'or']);
  });
  test('in a relation no pipes', () => expect(inTexts('exec where child of [exec where process.pid == 1 |').filter((label) => label.startsWith('|'))).toEqual([]));
  test('after sequence: by, with', () => expect(inTexts('sequence |')).toEqual(['by', 'with maxspan=', '[']));
  test('after its keys: with, a term', () => expect(inTexts('sequence by host.id, process.entity_id |')).toEqual(['with maxspan=', '[', '![']));
  test('after with: maxspan', () => expect(inTexts('sequence by host.id with |')).toEqual(['maxspan=']));
  test('after maxspan= durations', () => expect(inTexts('sequence by host.id with maxspan=|')).toContain('5m'));
  test('after maxspan a term', () => expect(inTexts('sequence by host.id with maxspan=5m |')).toEqual(['[', '![']));
  test('after a term what belongs to it, the next, until, pipes', () => expect(inTexts('sequence by host.id [exec where true] |')).toEqual(expect.arrayContaining(['by', 'with runs=', 'as', '[', '![', 'until [', '| head'])));
  test('after with behind a term: runs', () => expect(inTexts('sequence by host.id [exec where true] with |')).toEqual(['runs=']));
  test('as names in later terms', () => {
    const items = inTexts('sequence by host.id [exec where true] as first [exit where |');
    expect(items).toContain('first');
    expect(inTexts('sequence by host.id [exec where true] as first [exit where first.process.|')).toContain('first.process.name');
  });
  test('events in pipes', () => {
    expect(inTexts('sequence by host.id [exec where true] [exit where true] \\| filter |')).toEqual(expect.arrayContaining(['events[0]', 'events[1]']));
    expect(inTexts('sequence by host.id [exec where true] [exit where true] \\| filter events[1].process.|')).toContain('events[1].process.name');
  });
  test('and their values', () => {
    expect(inTexts('sequence by host.id [exec where true] as a [exit where a.process.name == |')[0]).toBe('bash');
    expect(inTexts('sequence by host.id [exec where true] [exit where true] \\| filter events[1].process.name == |')[0]).toBe('bash');
    expect(inTexts('sequence by host.id [exec where true] as a [exit where a.process.pid |')).toContain('<=');
  });
  test('after by, fields that the query has follow the ids', () => {
    const items = inTexts('exec where file.path == "x" and process.executable == "y" \\| count by |');
    const ids = items.findIndex((label) => label === 'process.executable');
    expect(ids).toBeGreaterThan(0);
    expect(ids).toBeLessThan(items.indexOf('process.command_line'));
  });
  test('aggregates after stats, and what follows them', () => {
    expect(inTexts('exec where true \\| stats |')).toEqual(expect.arrayContaining(['count', 'values', 'p99']));
    expect(inTexts('exec where true \\| stats count() |')).toEqual(['as', 'by', 'within', ...inTexts('exec where true \\| stats count() |').filter((label) => label.startsWith('|'))]);
    expect(inTexts('exec where true \\| stats count() as n by process.name within |')).toContain('1h');
    expect(inTexts('exec where true \\| stats count() as n, |')).toContain('max');
  });
  test('after tree which, and how far', () => expect(inTexts('processes where true \\| tree created |')).toEqual(['recorded', 'up', 'down']));
  test('after a bool a condition may end', () => expect(inTexts('processes where process.orphan |')).toEqual(expect.arrayContaining(['and', 'or', '| tree'])));

  test('every snippet is a hunt without a mistake', () => {
    for (const { label, text } of SNIPPETS) {
      const plain = text.replace(/\$\{\d:([^}]*)\}/g, '$1').replace(/\$0$/, label === 'let' ? '1' : '');
      expect([label, diagnose(plain).filter((one) => one.severity === 'error')]).toEqual([label, []]);
    }
  });
});

describe('values under the conditions already written', () => {
  const asks = (...texts: string[]): string | undefined => {
    const { asked, offset } = marked(texts);
    return valuesAsked(asked, offset)?.text;
  };
  const counts = 'process.name != null | count by process.name | sort -count | head 100';
  test.each([
    ['exec where user.id == "0" and process.name == |', `exec where (user.id == "0") and ${counts}`],
    ['exec where user.id == "0" and process.name in ("a", "|', `exec where (user.id == "0") and ${counts}`],
    ['exec where user.id == "0" and (process.pid > 1 and process.name : |)', `exec where (user.id == "0") and (process.pid > 1) and ${counts}`],
    ['exec where user.id == "0" and (process.pid > 1 or process.name : |)', `exec where (user.id == "0") and ${counts}`],
    ['exec where (user.id == "0" or process.pid == 2) and process.name == |', `exec where ((user.id == "0" or process.pid == 2)) and ${counts}`],
    ['exec where user.id == "0" or process.pid == 2 and process.name == |', `exec where (process.pid == 2) and ${counts}`],
    ['sequence by host.id [file where true] [exec where user.id == "0" and process.name == |', `exec where (user.id == "0") and ${counts}`],
    ['let q = process.pid > 1\nexec where q and process.name == |', `let q = process.pid > 1\nexec where (q) and ${counts}`],
    ['exec where process.name == |', `exec where ${counts}`],
    ['exec where user.id == "0" or process.name == |', `exec where ${counts}`],
    ['processes where process.name == |', undefined],
    ['any where process.name == |', undefined],
    ['exec where user.id == "0" and process.name |', undefined],
  ])('%s', (text, expected) => expect(asks(text)).toBe(expected));

  test('run, they give the values of those rows with their counts, and completion shows these', () => {
    const { asked, offset } = marked(['exec where process.exe.writable_dir and process.name == |'], catalogue);
    const { text, before } = valuesAsked(asked, offset)!;
    const result = runHunt(doubleFork().port, { text, before, limit: 10 });
    expect(result.diagnostics).toEqual([]);
    const counted = result.rows.map(([value, count]) => [String(value), Number(count)] as const);
    expect(counted.length).toBeGreaterThan(0);
    expect(complete(asked, offset, counted).map((item) => [item.label, item.detail])).toEqual(counted.map(([value, count]) => [value, String(count)]));
  });
});

describe('hover of what the text gives', () => {
  const over = (...texts: string[]): string => {
    const { asked, offset } = marked(texts, catalogue);
    return hover(asked, offset, 12)?.contents ?? '';
  };
  test('a let tells its documentation, its text and its rows', () => expect(over('/// shells of users\nlet s = exec where true', 'exec where child of |s')).toBe('` shells of users `\n\n```hunt\nlet s = exec where true\n```\n\n12 rows in the open evidence.'));
  test('a let cannot end its code block', () => expect(over('let s = exec where process.name == "```"\n|s')).toContain('````hunt'));
  test('a parameter, an event, a column', () => {
    expect(over('let f(n) = |n == 1')).toContain('parameter');
    expect(over('sequence by host.id [exec where true] as a [exit where |a.process.pid == 1]')).toContain('event of this sequence');
    expect(over('exec where true \\| stats count() as n \\| filter |n > 1')).toContain('column');
  });
  test('a relation says which tree, in words', () => {
    expect(over('exec where descend|ant of [exec where true]')).toMatch(/any process above it.*created tree.*unless `in recorded`/);
    expect(over('exec where child of [exec where true] in recor|ded within 2')).toMatch(/recorded tree.*At most 2 links/);
    expect(over('exec where event o|f [file where true]')).toMatch(/no tree.*not later/);
    expect(over('exec where child of [exec where process.na|me == "x"]')).toContain('**process.name**');
  });
  test('an operator tells what it does with the absent', () => {
    expect(over('exec where process.name not i|n ("a")')).toContain('True where the field is absent');
    expect(over('exec where process.name =|= null')).toContain('Never absent itself');
    expect(over('exec where no|t process.orphan')).toContain('Absent counts as false');
  });
  test('an aggregate in stats', () => expect(over('exec where true \\| stats val|ues(process.name)')).toContain('as a list'));
  test('a field of an event', () => expect(over('sequence by host.id [exec where true] as a [exit where a.process.na|me == "x"]')).toContain('**process.name**'));
});

test('values that a list has already are not offered again', () => {
  const labels = (text: string): string[] => {
    const { asked, offset } = marked([text], catalogue);
    return complete(asked, offset).map(({ label }) => label);
  };
  expect(labels('exec where process.name in ("bash", |')).toEqual(['nc', 'a"b\u202e']);
  expect(labels('exec where user.id in ("0", "|')).toEqual(['1000']);
  expect(labels('exec where process.name == |')).toContain('bash');
});

describe('fields of records', () => {
  const evidence = [{ id: 0, name: 'auditd.data.exit', type: 'int' as const, list: false, formats: ['auditd log'], filled: 0.5, values: [['0', 7], ['-2', 1]] as const }, { id: 1, name: 'SYSCALL.comm', type: 'text' as const, list: false, formats: ['laurel'], filled: 1, values: [['sh', 3]] as const }];
  const catalogue: Catalogue = { sources: [], fields: [], evidence };
  const at = (text: string): readonly { label: string; detail: string; insertText: string }[] => {
    const { asked, offset } = marked([text], catalogue);
    return complete(asked, offset);
  };

  test('stand among the fields, with the format that brings them', () => {
    expect(at('exec where auditd.data.|').map(({ label, detail }) => [label, detail])).toEqual([['auditd.data.exit', 'int, 50 % filled, auditd log']]);
    expect(at('exec where |').map(({ label }) => label)).toEqual(expect.arrayContaining(['process.name', 'SYSCALL.comm', 'auditd.data.exit']));
  });

  test('have the operators and values of what they hold', () => {
    expect(at('exec where SYSCALL.comm |').map(({ label }) => label)).toContain('like');
    expect(at('exec where auditd.data.exit |').map(({ label }) => label)).not.toContain('like');
    expect(at('exec where SYSCALL.comm == |').map(({ label, detail }) => [label, detail])).toEqual([['sh', '3']]);
    expect(at('exec where auditd.data.exit == |').map(({ insertText }) => insertText)).toEqual(['0', '-2']);
  });

  test('are not read for what the editor asks unbidden', () => {
    for (const text of ['exec where process.name == "bash" and SYSCALL.comm == |', 'exec where SYSCALL.comm == "sh" and process.name == |']) {
      const { asked, offset } = marked([text], catalogue);
      expect(valuesAsked(asked, offset)).toBeUndefined();
    }
  });

  test('are no mistake, and hover says where they come from', () => {
    const { asked, offset } = marked(['exec where SYSCALL.c|omm == "sh"'], catalogue);
    expect(diagnoseTexts(asked)).toEqual([]);
    expect(hover(asked, offset)?.contents).toContain('A field of the records themselves (laurel)');
  });
});
