import { FLAG } from '../../model/index.js';
import { isMiddle } from '../baseline/shape.js';
import { placeOf } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { type Detection, findingOf, reasonOf } from './detection.js';

/** Numbers of signals (signal(7), x86 and arm64). */
const NAMES: Readonly<Record<number, string>> = { 1: 'HUP', 2: 'INT', 3: 'QUIT', 13: 'PIPE', 14: 'ALRM', 15: 'TERM', 17: 'CHLD', 20: 'TSTP', 21: 'TTIN', 22: 'TTOU' };

export const ignoredSignals: Detection = {
  kind: 'ignored-signals',
  what: 'It is deaf to hang-up, interrupt or termination, more than a shell\'s `&` (INT, QUIT) or nohup (HUP) make it.',
  techniques: ['T1564.011'],
  needs: 'a copy of /proc',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      if ((lineage.flags[row]! & FLAG.orphan) === 0 || isMiddle(lineage, row)) return [];
      const fact = (scene.facts.get(row) ?? []).find(({ kind, signalsIgnored }) => kind === 'seen' && signalsIgnored > 0);
      if (fact === undefined) return [];
      const ignored = Object.keys(NAMES).map(Number).filter((signal) => Math.floor(fact.signalsIgnored / 2 ** (signal - 1)) % 2 === 1);
      const has = (signal: number): boolean => ignored.includes(signal);
      // A shell's `&` leaves INT and QUIT ignored, nohup HUP; daemons ignore HUP and PIPE themselves (BASELINE 4.1, 4.2). What a launcher handed on was made deaf by it.
      const isLaunchersDoing = shape.chain === 'handed-on' && has(1);
      const isItsOwn = shape.chain === 'itself' && has(1) && has(2) && has(3);
      const isDeaf = has(15) || isLaunchersDoing || isItsOwn || (has(1) && has(17) && has(21));
      if (!isDeaf) return [];
      return findingOf('ignored-signals', row, ['T1564.011'], [reasonOf(`It ignores ${ignored.map((signal) => NAMES[signal]).join(', ')}, and neither a shell nor nohup explains that.`, WEIGHTS.ignoredSignals, 'observed', [placeOf(scene, fact)])]) ?? [];
    });
  },
};
