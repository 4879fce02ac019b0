import { describe, expect, test } from 'vitest';
import { compileHunt, runHunt } from '../../../src/hunt/index.js';
import { callFunction } from '../../../src/hunt/sqlFunctions.js';
import { doubleFork } from './store.js';

const world = doubleFork();

function eventsOf(text: string): readonly (readonly number[])[] {
  const result = runHunt(world.port, { text, limit: 100 });
  expect(result.diagnostics.filter((one) => one.severity === 'error')).toEqual([]);
  return result.events ?? [];
}

function codes(text: string): string[] {
  return compileHunt(text).diagnostics.map((one) => one.code);
}

describe('a text of Elastic EQL means what it means there', () => {
  test('a category that no evidence has is asked and finds nothing', () => {
    expect(eventsOf('library where true')).toEqual([]);
    expect(eventsOf('sequence by host.id [dns where true] [exec where true]')).toEqual([]);
    expect(codes('registry where true')).toEqual(['HUNT205']);
    expect(codes('libary where true')).toEqual(['HUNT202']);
  });

  test('a let may have the name of such a category', () => {
    expect(eventsOf('let web = exec where true\nweb where process.name == "nc"')).toEqual([[3]]);
  });

  test.each<[string, boolean]>([
    ['number("007f", 16) == 127', true],
    ['number("+7", 8) == 7', true],
    ['number("-ff", 16) == -255', true],
    ['number("-0", 2) == 0', true],
    ['number("8", 8) == null', true],
    ['number("", 16) == null', true],
    ['indexOf("abc", "c", null) == 2', true],
    ['substring("abc", 1, null) == "bc"', true],
    ['1. == 1', true],
    ['1.e1 == 10', true],
  ])('%s', (condition, holds) => {
    expect(eventsOf(`any where ${condition}`).length > 0).toBe(holds);
  });

  test('an absent argument is its default in memory where it is so in SQL, and makes the value absent elsewhere', () => {
    expect(callFunction('number', ['1f', null], false)).toBe(null);
    expect(callFunction('number', ['12', null], false)).toBe(12);
    expect(callFunction('indexOf', ['abc', 'c', null], false)).toBe(2);
    expect(callFunction('substring', ['abc', null], false)).toBe(null);
    expect(callFunction('substring', ['abc', 1, null], false)).toBe('bc');
    expect(callFunction('between', ['a(b)c', '(', ')', null], false)).toBe(null);
    expect(callFunction('between', ['a(b)c', '(', ')'], false)).toBe('b');
  });

  test('the unit of maxspan may stand apart', () => {
    expect(eventsOf('sequence by host.id with maxspan=11 s [exec where process.name == "bash"] [exec where process.name == "nc"]')).toEqual([[1, 3]]);
    expect(eventsOf('sequence by host.id with maxspan=10 s [exec where process.name == "bash"] [exec where process.name == "nc"]')).toEqual([]);
  });

  test('what is no span and no network is told', () => {
    expect(codes('sequence by host.id with maxspan=-5s [exec where true] [exit where true]')).toEqual(['HUNT106']);
    expect(codes('network where cidrMatch(destination.ip, "10.0.0.0/33")')).toContain('HUNT204');
    expect(codes('network where cidrMatch(destination.ip, "fe80::/10", "10.0.0.0/8", "127.0.0.1")')).toEqual([]);
  });

  test.each(['destination.geo.country_iso_code', 'source.as.number', 'client.user.name', 'process.parent.previous.args', 'process.previous.args_count', 'process.parent.hash.ssdeep', 'process.entry_leader.entry_meta.source.ip', 'user.target.email', 'host.risk.static_score', 'file.elf.architecture', 'tags', 'process.name.caseless', 'o365.audit.Workload', 'event.agent_id_status'])('%s is a name that rules may use', (name) => {
    expect(codes(`any where ${name} == null`).filter((code) => code === 'HUNT201')).toEqual([]);
  });

  test.each(['process.nmae', 'source.iip', 'file.pth', 'process.parent.parent.exe', 'event.categori', 'user.idd', 'process.name.caseless.text'])('%s is none', (name) => {
    expect(codes(`any where ${name} == null`)).toContain('HUNT201');
  });

  test('a number with a word of JavaScript behind it is no duration', () => {
    expect(codes('processes where process.lifetime > 5constructor')).toContain('HUNT101');
  });
});
