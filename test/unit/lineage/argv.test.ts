import { describe, expect, it } from 'vitest';
import { afterStart, NAMED, namedIn, runOf } from '../../../src/lineage/argv.js';

const sh = (script: string) => runOf('/usr/bin/dash', ['sh', '-c', script]);
const after = (script: string, command: string) => {
  const { line } = sh(script);
  return afterStart(line, line.indexOf(command));
};

describe('how a command line names another', () => {
  it('word for word also where a shell took the quotes off', () => {
    const run = runOf('/usr/bin/setsid', ['setsid', 'bash', '-c', 'exec 3<>/dev/tcp/10.0.0.9/1; read -u 3']);
    const by = sh(`id; setsid bash -c 'exec 3<>/dev/tcp/10.0.0.9/1; read -u 3' >/dev/null &`);
    expect(namedIn(by, run)).toEqual({ named: NAMED.wordForWord, at: by.line.indexOf('setsid') });
  });

  it('only a shell takes quotes off', () => {
    const run = runOf('/opt/agent', ['/opt/agent', 'now please']);
    expect(namedIn(runOf('/usr/bin/env', ['env', "/opt/agent 'now please'"]), run).named).toBe(NAMED.byPath);
  });

  it('a command that starts in quotes is found behind them', () => {
    const by = sh(`sh -c '/opt/agent "go on"' x`);
    const { named, at } = namedIn(by, runOf('/opt/agent', ['/opt/agent', 'go on']));
    expect([named, by.line.slice(at, at + 10)]).toEqual([NAMED.wordForWord, '/opt/agent']);
  });
});

describe('what a shell does after it started a command', () => {
  it.each([
    ['/opt/agent go', 'waits'],
    ['/opt/agent go & echo on', 'goesOn'],
    ['/opt/agent go >/dev/null 2>&1 &', 'leaves'],
    ['/opt/agent go & wait', 'waits'],
  ])('%s: %s', (script, expected) => expect(after(script, '/opt/agent')).toBe(expected));

  it('what stands in quotes after it are its own words', () => {
    expect(after(`sudo unshare -pf sh -c "/opt/agent go; sleep 25" >/dev/null 2>&1 &`, 'sudo')).toBe('leaves');
    expect(after(`setsid bash -c 'a; b & c' >/dev/null & echo on`, 'setsid')).toBe('goesOn');
    expect(after(`/opt/agent "it's; on" && id`, '/opt/agent')).toBe('waits');
    expect(after(`/opt/agent it\\'s & echo 'on'`, '/opt/agent')).toBe('goesOn');
  });

  it('quotes that are open around it end with the script that it stands in', () => {
    expect(after(`bash -c '/opt/agent go & sleep 2'`, '/opt/agent')).toBe('goesOn');
    expect(after(`bash -c '/opt/agent go' & echo 'on; off'`, '/opt/agent')).toBe('goesOn');
    expect(after(`bash -c "setsid sh -c 'a; b' &"`, 'setsid')).toBe('leaves');
  });
});
