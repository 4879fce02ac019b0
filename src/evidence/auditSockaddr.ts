import type { StringId, StringTable } from '../model/index.js';
import type { Scratch } from './auditFields.js';
import { createStringTable } from './stringTable.js';

/** A socket address as audit's saddr= holds it (struct sockaddr, little-endian hosts). `port` is -1 for a unix socket. */
export interface SocketAddress {
  readonly family: 'inet' | 'inet6' | 'unix';
  readonly address: string;
  readonly port: number;
}

/** Decodes the bytes of a sockaddr; undefined for other families (netlink, packet) and for one that is too short. */
export function socketAddress(scratch: Scratch): SocketAddress | undefined {
  const { bytes, length } = scratch;
  if (length < 2) return undefined;
  const port = (bytes[2]! << 8) | bytes[3]!;
  switch (bytes[0]! | (bytes[1]! << 8)) {
    case 1: {
      const abstract = bytes[2] === 0;
      let to = abstract ? 3 : 2;
      while (to < length && bytes[to] !== 0) to++;
      const path = new TextDecoder().decode(bytes.subarray(abstract ? 3 : 2, to));
      return path === '' ? undefined : { family: 'unix', address: abstract ? `@${path}` : path, port: -1 };
    }
    case 2:
      return length < 8 ? undefined : { family: 'inet', address: `${bytes[4]}.${bytes[5]}.${bytes[6]}.${bytes[7]}`, port };
    case 10:
      return length < 24 ? undefined : { family: 'inet6', address: inet6(bytes.subarray(8, 24)), port };
    default:
      return undefined;
  }
}

/** RFC 5952 text of an IPv6 address; IPv4-mapped ones as dotted quads behind ::ffff:. */
function inet6(bytes: Uint8Array): string {
  const groups = Array.from({ length: 8 }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  if (groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff) return `::ffff:${bytes[12]}.${bytes[13]}.${bytes[14]}.${bytes[15]}`;
  let best = { from: -1, length: 1 };
  for (let from = 0; from < 8; from++) {
    let length = 0;
    while (from + length < 8 && groups[from + length] === 0) length++;
    if (length > best.length) best = { from, length };
  }
  const words = groups.map((group) => group.toString(16));
  if (best.from < 0) return words.join(':');
  return `${words.slice(0, best.from).join(':')}::${words.slice(best.from + best.length).join(':')}`;
}

/** An address as a row holds it. */
interface KnownAddress {
  readonly text: StringId;
  readonly port: number;
}

/** So many different addresses are kept; then they are forgotten, and read again as they come. */
const KEPT_MOST = 1 << 14;

/** Addresses by the digits that stand for them: a host speaks with few, again and again, and reading one costs ten times as much as finding it. */
export class KnownAddresses {
  private digits = createStringTable();
  private known: (KnownAddress | null)[] = [];

  constructor(
    private readonly strings: StringTable,
    private readonly scratch: Scratch,
  ) {}

  /** The address behind the hex digits [from, to); null for other families, and for digits that are not whole. */
  read(bytes: Uint8Array, from: number, to: number): KnownAddress | null {
    if (this.digits.count > KEPT_MOST) {
      this.digits = createStringTable();
      this.known = [];
    }
    const id = this.digits.intern(bytes, from, to);
    let known = this.known[id];
    if (known === undefined) this.known[id] = known = this.decode(bytes, from, to);
    return known;
  }

  private decode(bytes: Uint8Array, from: number, to: number): KnownAddress | null {
    this.scratch.clear();
    const address = this.scratch.appendHex(bytes, from, to) ? socketAddress(this.scratch) : undefined;
    return address ? { text: this.strings.internText(address.address), port: address.port } : null;
  }
}
