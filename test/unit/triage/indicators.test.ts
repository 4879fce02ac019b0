import { describe, expect, it } from 'vitest';
import { kindOf, parseIndicators, refang } from '../../../src/triage/intel/indicators.js';

describe('indicator lists', () => {
  it('a text of one a line is read, defanged or not, comments aside', () => {
    const { indicators, troubles } = parseIndicators('# from the report\n198.51.100.7\nhxxps[:]//evil[.]example/a#b # dropper\n evil(dot)example\n/usr/lib/cups/dbus-helper\nd41d8cd98f00b204e9800998ecf8427e\r\n10.9.0.0/16\n', 'iocs.txt');
    expect(indicators.map(({ kind, value, note }) => [kind, value, note])).toEqual([
      ['ip', '198.51.100.7', ''],
      ['url', 'https://evil.example/a#b', 'dropper'],
      ['domain', 'evil.example', ''],
      ['path', '/usr/lib/cups/dbus-helper', ''],
      ['md5', 'd41d8cd98f00b204e9800998ecf8427e', ''],
      ['network', '10.9.0.0/16', ''],
    ]);
    expect(troubles).toEqual([]);
  });

  it('what is no indicator is told with its line, and the good ones beside it stay', () => {
    const { indicators, troubles } = parseIndicators('hello world\n203.0.113.9\n', 'iocs.txt');
    expect(indicators).toHaveLength(1);
    expect(troubles).toEqual(['iocs.txt: line 1 is no hash, address, IPv4 network, domain, url or absolute path: "hello world"']);
  });

  it('a table is read by its header, or by its first column where it has none', () => {
    expect(parseIndicators('type,value,description\nip,203.0.113.9,"C2, first"\n', 'a.csv').indicators).toEqual([{ kind: 'ip', value: '203.0.113.9', note: 'C2, first', list: 'a.csv' }]);
    expect(parseIndicators('203.0.113.9;x\nevil.example;y\n', 'b.csv').indicators.map(({ value }) => value)).toEqual(['203.0.113.9', 'evil.example']);
  });

  it('a STIX bundle gives the comparisons that evidence can have', () => {
    const bundle = {
      type: 'bundle',
      objects: [
        { type: 'malware', name: 'x' },
        { type: 'indicator', pattern_type: 'stix', name: 'C2', pattern: "[ipv4-addr:value = '203.0.113.9' OR domain-name:value IN ('a.example', 'b.example')]" },
        { type: 'indicator', pattern_type: 'stix', pattern: "[file:hashes.'SHA-256' = 'E3B0C44298FC1C149AFBF4C8996FB92427AE41E4649B934CA495991B7852B855' AND file:name = 'it\\'s']" },
        { type: 'indicator', pattern_type: 'yara', pattern: 'rule x {}' },
        { type: 'indicator', pattern_type: 'stix', pattern: "[email-addr:value = 'a@b.example']" },
      ],
    };
    const { indicators, troubles } = parseIndicators(JSON.stringify(bundle), 'bundle.json');
    expect(indicators.map(({ kind, value }) => `${kind} ${value}`)).toEqual([
      'ip 203.0.113.9', 'domain a.example', 'domain b.example', 'sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', "name it's",
    ]);
    expect(troubles).toHaveLength(2);
  });

  it('a broken STIX file is a trouble, not a crash', () => {
    expect(parseIndicators('{"type": "bundle", ', 'x.json').troubles[0]).toMatch(/^x\.json: it is no JSON/);
  });

  it('shapes are told apart', () => {
    expect(['1.2.3.4', '::1', 'fe80::1', '1.2.3', 'a.b.example', 'http://x/', '/etc/passwd', 'abc', '999.1.1.1'].map(kindOf)).toEqual(['ip', 'ip', 'ip', undefined, 'domain', 'url', 'path', undefined, undefined]);
    expect(refang('hxxp://a[.]b[.]example')).toBe('http://a.b.example');
  });

  it('a megabyte of nonsense ends in bounded time', () => {
    expect(parseIndicators(`${'a.'.repeat(600_000)}\n1.2.3.4`, 'x').indicators).toHaveLength(1);
    expect(parseIndicators(JSON.stringify({ type: 'indicator', pattern: `[a:b = '${'\\'.repeat(500_000)}` }), 'x').indicators).toHaveLength(0);
  });
});
