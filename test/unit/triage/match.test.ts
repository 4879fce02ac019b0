import { describe, expect, it } from 'vitest';
import { parseIndicators } from '../../../src/triage/intel/indicators.js';
import { createSearch } from '../../../src/triage/intel/match.js';

const found = (list: string, text: string): string[] => createSearch(parseIndicators(list, 'x').indicators)(text).map(({ value }) => value);

describe('indicators in evidence', () => {
  it('an address is found as a whole, also inside a command line, and by its network', () => {
    expect(found('198.51.100.7', 'nc 198.51.100.7 4444')).toEqual(['198.51.100.7']);
    expect(found('198.51.100.7', '198.51.100.70')).toEqual([]);
    expect(found('198.51.100.7', '1198.51.100.7')).toEqual([]);
    expect(found('198.51.100.0/24', 'connect to 198.51.100.255:80')).toEqual(['198.51.100.0/24']);
    expect(found('198.51.100.0/24', 'connect to 198.51.101.1:80')).toEqual([]);
    expect(found('2001:db8::7', 'ssh user@2001:db8::7')).toEqual(['2001:db8::7']);
  });

  it('a domain is found in its subdomains, not in a longer name', () => {
    expect(found('evil.example', 'curl https://cdn.EVIL.example/x')).toEqual(['evil.example']);
    expect(found('evil.example', 'notevil.example')).toEqual([]);
  });

  it('a path is found as an argument, a name as the last part of a path', () => {
    expect(found('/tmp/.x/run', 'sh -c "/tmp/.x/run --init"')).toEqual(['/tmp/.x/run']);
    expect(found('/tmp/.x/run', '/tmp/.x/runner')).toEqual([]);
    const names = parseIndicators(JSON.stringify({ type: 'indicator', pattern: "[file:name = 'kdevtmpfsi']" }), 'x').indicators;
    expect(createSearch(names)('/var/tmp/kdevtmpfsi')).toHaveLength(1);
    expect(createSearch(names)('kdevtmpfsi')).toHaveLength(1);
    expect(createSearch(names)('/var/tmp/kdevtmpfsi2')).toHaveLength(0);
  });

  it('a hash is found in a message', () => {
    expect(found('D41D8CD98F00B204E9800998ECF8427E', '-rw-r--r--, 0 bytes, md5 d41d8cd98f00b204e9800998ecf8427e')).toHaveLength(1);
  });

  it('a long hostile text ends in bounded time', () => {
    const search = createSearch(parseIndicators('1.2.3.4\nevil.example\n/a\nd41d8cd98f00b204e9800998ecf8427e', 'x').indicators);
    for (const unit of ['1.', 'a.', '/', ':', 'a', '0:']) expect(search(unit.repeat(300_000))).toEqual([]);
  });
});
