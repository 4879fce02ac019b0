import { ADOPTER_KINDS } from '../model/index.js';
import type { TriageSettings } from './finding.js';

/** What a case without settings of its own is triaged with. */
export const DEFAULT_TRIAGE: TriageSettings = { alertLine: 50, timeWindowMicros: 10_000_000, adopters: ['init', 'subreaper', 'namespace-init'], executables: [], configurationFiles: [] };

/**
 * Reads the `triage` object of a case: `alertLine` (points), `timeWindow` (seconds), `reparentingDetectionScope` (kinds of adopters), `executableScope`
 * (wildcards over executables), `configurationFiles` (wildcards over files). What cannot be read is told, and the default stands in for it; keys that are not ours are nobody's trouble.
 */
export function parseTriageSettings(value: unknown): { readonly settings: TriageSettings; readonly troubles: readonly string[] } {
  const troubles: string[] = [];
  if (value === undefined) return { settings: DEFAULT_TRIAGE, troubles };
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return { settings: DEFAULT_TRIAGE, troubles: ['triage: it must be an object, such as {"alertLine": 50}; the defaults are used'] };
  const raw = value as Readonly<Record<string, unknown>>; // an object that is no array
  const number = (key: string, otherwise: number): number => {
    const stated = raw[key];
    if (stated === undefined) return otherwise;
    if (typeof stated === 'number' && Number.isFinite(stated) && stated >= 0) return stated;
    troubles.push(`triage.${key}: it must be a number of at least 0, not ${JSON.stringify(stated)}; ${otherwise} is used`);
    return otherwise;
  };
  const words = <T extends string>(key: string, otherwise: readonly T[], isOne: (word: string) => word is T, expected: string): readonly T[] => {
    const stated = raw[key];
    if (stated === undefined) return otherwise;
    if (Array.isArray(stated)) {
      const list: readonly unknown[] = stated;
      const fit = list.filter((each): each is T => typeof each === 'string' && isOne(each));
      if (fit.length === list.length) return fit;
    }
    troubles.push(`triage.${key}: it must be a list of ${expected}; the default is used`);
    return otherwise;
  };
  const isAdopter = (word: string): word is TriageSettings['adopters'][number] => word !== '' && (ADOPTER_KINDS as readonly string[]).includes(word);
  return {
    settings: {
      alertLine: number('alertLine', DEFAULT_TRIAGE.alertLine),
      timeWindowMicros: number('timeWindow', DEFAULT_TRIAGE.timeWindowMicros / 1e6) * 1e6,
      adopters: words('reparentingDetectionScope', DEFAULT_TRIAGE.adopters, isAdopter, 'init, subreaper, namespace-init'),
      executables: words('executableScope', DEFAULT_TRIAGE.executables, (word): word is string => word !== '', 'wildcards over paths of executables'),
      configurationFiles: words('configurationFiles', DEFAULT_TRIAGE.configurationFiles, (word): word is string => word !== '', 'wildcards over paths of files'),
    },
    troubles,
  };
}
