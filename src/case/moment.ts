/** A moment as a case's files write it: UTC with all six decimals, so that it reads well and loses nothing. */
export function momentText(micros: number): string {
  const whole = Math.floor(micros / 1e6);
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}.${String(Math.round(micros - whole * 1e6)).padStart(6, '0')}Z`;
}

/** Microseconds of a moment with a zone (`2026-11-24T15:01:38.851Z`, `...+02:00`); undefined for anything else. */
export function parseMoment(text: string): number | undefined {
  const match = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.(\d{1,6})\d*)?)?(?:Z|[+-]\d\d:\d\d)$/.exec(text);
  const millis = match && isDay(text.slice(0, 10)) ? Date.parse(text.replace(/\.\d+/, '')) : NaN;
  return Number.isNaN(millis) ? undefined : millis * 1000 + Number((match?.[1] ?? '').padEnd(6, '0'));
}

/** Whether the calendar has the day `YYYY-MM-DD`: Date.parse takes 30 February for 2 March. */
export function isDay(text: string): boolean {
  const moment = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(moment) && new Date(moment).toISOString().startsWith(text);
}
