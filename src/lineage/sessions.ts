/** A LOGIN record and what became of its session. `end` is NaN while it is open; `leader` is the process that got the session. */
export interface LoginRecord {
  readonly host: number;
  readonly boot: number;
  readonly ses: number;
  readonly auid: number;
  readonly start: number;
  end: number;
  leader: number;
}
