import type { ImportedRule } from '../../hunt/index.js';
import type { ProcessRow } from '../../model/index.js';
import { type ChangeWindow, looksLikeChangeWindows, parseChangeWindows } from './changeWindows.js';
import { type Indicator, parseIndicators } from './indicators.js';

export type { ChangeWindow } from './changeWindows.js';
export type { Indicator, IndicatorKind } from './indicators.js';
export { indicatorHits, type AskStore, type IndicatorHit } from './match.js';

/** One file that the analyst brought along: an IoC list or a calendar of changes. */
export interface IntelText {
  readonly file: string;
  readonly text: string;
}

/** A rule of others that fired on a process of the evidence. */
export interface RuleAlert extends Pick<ImportedRule, 'title' | 'level' | 'techniques' | 'file'> {
  readonly process: ProcessRow;
  /** Ids of the first events behind it. */
  readonly events: readonly number[];
  /** It fires only where the parent is the creator: the broken tree hides it from the rule. */
  readonly isHidden: boolean;
}

/** What such files hold, with what could not be read of them. */
export interface Intel {
  readonly indicators: readonly Indicator[];
  readonly windows: readonly ChangeWindow[];
  readonly troubles: readonly string[];
}

/** Reads files of either kind; which one it is, its content says. */
export function readIntel(texts: readonly IntelText[]): Intel {
  const indicators: Indicator[] = [], windows: ChangeWindow[] = [], troubles: string[] = [];
  for (const { file, text } of texts) {
    if (looksLikeChangeWindows(text)) {
      const read = parseChangeWindows(text, file);
      windows.push(...read.windows);
      troubles.push(...read.troubles);
    } else {
      const read = parseIndicators(text, file);
      indicators.push(...read.indicators);
      troubles.push(...read.troubles);
    }
  }
  return { indicators, windows, troubles };
}
