/** What an archive may cost at most, with what it holds. An archive beyond it is read up to there, and its entry says so. */
export interface ArchiveLimits {
  readonly members: number;
  /** Unpacked bytes of all members together. */
  readonly bytes: number;
  /** Unpacked bytes for each stored byte, beyond the first 64 MiB: ordinary logs stay under 100, a bomb has 1,000. */
  readonly ratio: number;
  readonly nameLength: number;
  /** Archives in archives. */
  readonly depth: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = { members: 500_000, bytes: 2 ** 36, ratio: 250, nameLength: 4096, depth: 3 };

/** Below this size no ratio is suspicious. */
const RATIO_FREE = 64 << 20;

/** What one archive, and the archives in it, have cost so far. */
export class Budget {
  private bytes = 0;
  private members = 0;

  /** `storedSize` is that of the outermost file. */
  constructor(
    private readonly storedSize: number,
    readonly limits: ArchiveLimits = ARCHIVE_LIMITS,
  ) {}

  /** Takes a member with this name that unpacks to so many bytes; answers why it may not be read, if so. */
  take(nameLength: number, bytes: number): string | undefined {
    const { limits } = this;
    this.members++;
    if (this.members > limits.members) return `it has more than ${limits.members} members`;
    if (nameLength > limits.nameLength) return `a member's name is longer than ${limits.nameLength} characters`;
    return bytes === 0 ? undefined : this.unpack(bytes);
  }

  /** Takes unpacked bytes; answers why there may be no more, if so. */
  unpack(bytes: number): string | undefined {
    const { limits } = this;
    this.bytes += bytes;
    if (this.bytes > limits.bytes) return `it unpacks to more than ${limits.bytes} bytes; unpack it and open the folder`;
    if (this.bytes > RATIO_FREE && this.bytes > this.storedSize * limits.ratio) return `it unpacks to more than ${limits.ratio} times its size, as only a made-up archive does`;
    return undefined;
  }
}
