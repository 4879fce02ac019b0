import type { Scene } from '../scene.js';
import type { BaselineEntry } from './entry.js';

interface Unit {
  type?: string;
  pidFile?: string;
  program?: string | undefined;
}

/**
 * Entries that unit files propose: a unit of Type=forking says itself that its daemon detaches, and from which program. Only proposals: a unit file is as easily
 * written as a program, so an analyst accepts them.
 */
export function proposeFromUnits(scene: Scene): BaselineEntry[] {
  const units = new Map<string, Unit>();
  for (const fact of scene.hostFacts) {
    const name = scene.strings.text(fact.unit), setting = scene.strings.text(fact.key);
    if (fact.kind !== 'configuration' || name === undefined || setting === undefined) continue;
    const unit = units.get(name) ?? {};
    units.set(name, unit);
    const message = scene.strings.text(fact.message) ?? '';
    const value = message.slice(message.indexOf(`${setting}=`) + setting.length + 1);
    if (setting === 'Type') unit.type = value;
    else if (setting === 'PIDFile') unit.pidFile = value;
    else if (setting === 'ExecStart') unit.program ??= scene.strings.list(fact.args)[0]?.split(' ', 1)[0];
  }
  return [...units].flatMap(([name, { type, pidFile, program }]) =>
    program?.startsWith('/') && (type === 'forking' || pidFile !== undefined)
      ? [{
          id: `unit ${name}`, title: `the daemon of ${name}`, grade: 'unit' as const, source: `unit file: Type=${type ?? 'not stated'}${pidFile === undefined ? '' : `, PIDFile=${pidFile}`}, ExecStart=${program}`,
          executables: [program.replaceAll('*', '?')], chains: ['itself' as const], adopters: ['init' as const], places: ['own-unit' as const], units: [name.replaceAll('*', '?')], entries: ['service' as const], network: true,
        }]
      : [],
  );
}
