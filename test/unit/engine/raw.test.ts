import { describe, expect, test } from 'vitest';
import { decodeAudit } from '../../../src/engine/rawDecode.js';
import { hexOf, linesOf, readSpans } from '../../../src/engine/rawReading.js';
import { quoted, showCommand } from '../../../src/engine/showCommand.js';
import type { Member } from '../../../src/model/index.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function memberOf(text: string, chunk: number, more: Partial<Member> = {}): Member & { opened: number[] } {
  const all = bytes(text);
  const opened: number[] = [];
  return {
    path: 'audit.log', size: all.length, modifiedMicros: undefined, opened,
     
    async *open(from) {
      opened.push(from);
      for (let at = from; at < all.length; at += chunk) yield all.subarray(at, Math.min(at + chunk, all.length));
    },
    ...more,
  };
}

describe('reading spans', () => {
  test.each([1, 3, 4096])('spans in any order come back in their order, in chunks of %i', async (chunk) => {
    const member = memberOf('0123456789', chunk);
    const spans = await readSpans(member, [{ offset: 6, byteLength: 3 }, { offset: 0, byteLength: 2 }, { offset: 1, byteLength: 6 }]);
    expect(spans.map((span) => new TextDecoder().decode(span))).toEqual(['678', '01', '123456']);
    expect(member.opened).toEqual([0]);
  });

  test('a span behind the end of a file that became shorter is short, not padded', async () => {
    const [span] = await readSpans(memberOf('abc', 2), [{ offset: 2, byteLength: 10 }]);
    expect(new TextDecoder().decode(span)).toBe('c');
  });
});

describe('lines of a record', () => {
  test('only lines of the same event are kept, and CRLF goes', () => {
    expect(linesOf(bytes('type=A msg=audit(1.000:5): x\r\ntype=B msg=audit(1.000:6): y\r\ntype=C msg=audit(1.000:5): z\r\n'))).toEqual(['type=A msg=audit(1.000:5): x', 'type=C msg=audit(1.000:5): z']);
  });

  test('an event whose serial begins alike is another event', () => {
    expect(linesOf(bytes('type=A msg=audit(1.000:5): x\ntype=B msg=audit(1.000:55): y\n'))).toHaveLength(1);
  });

  test('other formats keep every line', () => {
    expect(linesOf(bytes('one\ntwo\n'))).toEqual(['one', 'two']);
  });
});

describe('decoding', () => {
  test('hex of encoded fields becomes text, numbers that look like hex stay', () => {
    const lines = [
      'type=SYSCALL msg=audit(1.000:5): syscall=59 a0=1200011 ppid=10 pid=11 comm=6E632031 exe="/bin/nc"',
      'type=EXECVE msg=audit(1.000:5): argc=2 a0="sh" a1=6964203E202F746D70',
      'type=PROCTITLE msg=audit(1.000:5): proctitle=7368002D630069640000',
      'type=SYSCALL msg=audit(1.000:5): key=61016263\x1dUID=6162',
    ];
    expect(decodeAudit(lines)).toEqual([['SYSCALL comm', 'nc 1'], ['EXECVE a1', 'id > /tmp'], ['PROCTITLE proctitle', 'sh -c id'], ['SYSCALL key', 'a bc']]);
  });

  test.each([
    ['02000016C0A8000100000000', '192.168.0.1 port 22'],
    ['0A000050000000000000000000000000000000000000000100000000', '[::1] port 80'],
    ['0100002F7265', '@/re'],
    ['01002F72756E2F78', '/run/x'],
  ])('socket address %s is %s', (hex, text) => {
    expect(decodeAudit([`type=SOCKADDR msg=audit(1.000:5): saddr=${hex}`])).toEqual([['SOCKADDR saddr', text]]);
  });

  test('a netlink address, a cut address and an odd number of digits give nothing rather than nonsense', () => {
    expect(decodeAudit(['type=SOCKADDR msg=audit(1.000:5): saddr=100000000000000000000000', 'type=SOCKADDR msg=audit(1.000:5): saddr=0200', 'type=EXECVE msg=audit(1.000:5): a0=616'])).toEqual([]);
  });
});

describe('the command that shows a record', () => {
  const place = { offset: 99, byteLength: 20, firstLine: 'type=SYSCALL msg=audit(1.000:5): x' };
  test('ausearch for a plain log, through zcat for a compressed one', () => {
    expect(showCommand({ ...place, file: '/v/audit.log', member: memberOf('', 1) })).toBe('ausearch -a 5 -if /v/audit.log --raw');
    expect(showCommand({ ...place, file: '/v/audit.log', member: memberOf('', 1, { stored: { size: 1, read: 0 } }) })).toBe('zcat /v/audit.log | ausearch -a 5 --raw');
  });

  test('bytes for everything else, out of a tar too', () => {
    const line = { ...place, firstLine: 'root 1 0' };
    expect(showCommand({ ...line, file: '/v/ps.txt', member: memberOf('', 1, { path: 'ps.txt' }) })).toBe('tail -c +100 /v/ps.txt | head -c 20');
    expect(showCommand({ ...line, file: '/v/p.tar.gz', member: memberOf('', 1, { path: 'proc/1/stat' }) })).toBe('tar -xOf /v/p.tar.gz proc/1/stat | tail -c +100 | head -c 20');
    expect(showCommand({ ...line, file: '/v/p.tar', member: memberOf('', 1, { path: 'proc/1/stat', archiveName: './proc/1/stat' }) })).toBe('tar -xOf /v/p.tar ./proc/1/stat | tail -c +100 | head -c 20');
    expect(showCommand({ ...line, file: '/v/copy/proc', member: memberOf('', 1, { path: 'proc/1/stat' }) })).toBe('tail -c +100 /v/copy/proc/1/stat | head -c 20');
  });

  const packed = { stored: { size: 1, read: 0 } };
  test.each([
    ['/v/a.log.xz', { path: 'a.log.xz', ...packed }, 'xzcat /v/a.log.xz | tail -c +100 | head -c 20'],
    ['/v/a.log.zst', { path: 'a.log.zst', ...packed }, 'zstdcat /v/a.log.zst | tail -c +100 | head -c 20'],
    ['/v/a.log.bz2', { path: 'a.log.bz2', ...packed }, 'bzcat /v/a.log.bz2 | tail -c +100 | head -c 20'],
    ['/v/c.tar', { path: 'log/a.gz', ...packed }, 'tar -xOf /v/c.tar log/a.gz | zcat | tail -c +100 | head -c 20'],
    ['/v/c.zip', { path: 'log/a.txt', ...packed }, 'unzip -p /v/c.zip log/a.txt | tail -c +100 | head -c 20'],
    ['/v/c.zip', { path: 'a[1].xz', ...packed }, "unzip -p /v/c.zip 'a\\[1\\].xz' | xzcat | tail -c +100 | head -c 20"],
    ['/v/c.zip', { path: 'inner.tar.gz/log/a.txt' }, 'foundling raw /v/c.zip --at inner.tar.gz/log/a.txt:99'],
  ])('a record of %s in %j is shown by what unpacks it', (file, more, command) => {
    expect(showCommand({ ...place, firstLine: 'root 1 0', file, member: memberOf('', 1, more) })).toBe(command);
  });

  test.each([
    ['a b', "'a b'"],
    ["it's", "'it'\\''s'"],
    ['$(reboot)', "'$(reboot)'"],
    ['-rf', "'./-rf'"],
    ['a\nb', "$'a\\x0ab'"],
    ['a\u202eb', "$'a\\xe2\\x80\\xaeb'"],
    ['a\n\'\\', "$'a\\x0a\\'\\\\'"],
  ])('the hostile name %j is quoted as %s', (name, text) => {
    expect(quoted(name)).toBe(text);
  });
});

test('a hex dump has offsets, pairs and printable text', () => {
  expect(hexOf(bytes('type=A\x1b'), 32)).toBe('00000020: 7479 7065 3d41 1b                        type=A.');
});
