/** A duration in words, rounded to what matters: "3 ms", "4.2 s", "2 min 5 s", "3 h 20 min", "5 d 2 h". */
export function durationWords(micros: number): string {
  const value = Math.max(0, micros);
  if (value < 1000) return `${Math.round(value)} µs`;
  if (value < 1e6) return `${Math.round(value / 1000)} ms`;
  if (value < 60e6) return `${trimZero((value / 1e6).toFixed(1))} s`;
  const seconds = Math.round(value / 1e6);
  if (seconds < 3600) return two(Math.floor(seconds / 60), 'min', seconds % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(minutes / 60);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}

/** A moment as UTC with milliseconds and `Z`: 2026-11-24T10:00:00.123Z. "at an unknown time" when not dated. */
export function utcWords(micros: number): string {
  // Beyond what a Date holds stands nothing that a clock ever showed; evidence can still say it.
  if (!(Math.abs(micros) < 8.64e18)) return 'at an unknown time';
  return new Date(Math.floor(micros / 1000)).toISOString();
}

/**
 * How long after its start a process was adopted, from bounds in microseconds: "at once", "after 3 ms", "after 1 ms to 5 ms", "within 5 ms", "after 1 ms
 * or more", "before it was first seen"; empty where nothing bounds it. `seenAdopted`: its first sight shows the adopter already.
 */
export function orphanedAfterWords(min: number, max: number, seenAdopted: boolean): string {
  if (seenAdopted) return 'before it was first seen';
  // The coarse clock of audit records gives both moments the same stamp often enough.
  if (max === 0) return 'at once';
  if (Number.isNaN(max)) return Number.isNaN(min) || min === 0 ? '' : `after ${durationWords(min)} or more`;
  if (Number.isNaN(min) || min === 0) return `within ${durationWords(max)}`;
  const [low, high] = [durationWords(min), durationWords(max)];
  return low === high ? `after ${high}` : `after ${low} to ${high}`;
}
