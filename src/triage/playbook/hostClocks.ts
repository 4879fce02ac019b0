/** A login that both hosts record with its port, microseconds: when the client was started, and when the daemon accepted it. */
export interface SharedLogin {
  readonly from: string;
  readonly to: string;
  readonly apart: number;
}

/** How far the clock of one host is ahead of another's, microseconds; negative: behind. */
export interface HostSkew {
  readonly micros: number;
  readonly uncertainty: number;
  /** Logins that both hosts record. */
  readonly logins: number;
}

/** sshd gives a login so long before it hangs up (LoginGraceTime, sshd_config(5)): a login is accepted that much later at most, and never earlier. */
export const LOGIN_TAKES = 120e6;
/** Syslog's stamps are whole seconds. */
const GRAIN = 1e6;

/**
 * The skew of pairs of hosts by the logins that both record. Logging on only ever adds to the difference, so the quickest login of those that lie together
 * tells it best; a single login leaves open how long it took.
 */
export function skewsOf(logins: readonly SharedLogin[]): (from: string, to: string) => HostSkew | undefined {
  const pairs = new Map<string, number[]>();
  for (const { from, to, apart } of logins) {
    add(pairs, keyOf(from, to), apart);
  }
  return (from, to) => {
    const forth = skewIn(pairs.get(keyOf(from, to)) ?? []);
    if (forth !== undefined) return forth;
    const back = skewIn(pairs.get(keyOf(to, from)) ?? []);
    return back && { ...back, micros: -back.micros };
  };
}

/** The most differences that lie within one login's time of each other: others are ports that were used again. */
function skewIn(differences: readonly number[]): HostSkew | undefined {
  const sorted = [...differences].sort((a, b) => a - b);
  let best: readonly number[] = [];
  for (let first = 0, last = 0; first < sorted.length; first++) {
    while (last < sorted.length && sorted[last]! - sorted[first]! <= LOGIN_TAKES) last++;
    if (last - first > best.length) best = sorted.slice(first, last);
  }
  const [quickest] = best;
  if (quickest === undefined) return undefined;
  const uncertainty = best.length === 1 ? LOGIN_TAKES : Math.max(GRAIN, best[1]! - quickest);
  return { micros: quickest, uncertainty, logins: best.length };
}

function add(pairs: Map<string, number[]>, key: string, apart: number): void {
  const known = pairs.get(key);
  if (known) known.push(apart);
  else pairs.set(key, [apart]);
}

function keyOf(from: string, to: string): string {
  return `${from}\0${to}`;
}
