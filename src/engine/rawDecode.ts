/** Fields that the kernel writes as hex when their text needs it (FORMATS 3.1); of others hex is a number and stays one. */
const ENCODED = new Set(['comm', 'exe', 'name', 'cwd', 'proctitle', 'key', 'acct', 'cmd', 'data', 'ocomm', 'watch', 'path', 'dir', 'file', 'old-chardev', 'new-chardev', 'vm']);

/** Hex values of audit lines, decoded: [record and field, text]. Control characters stay as they are; who shows them makes them visible. */
export function decodeAudit(lines: readonly string[]): (readonly [string, string])[] {
  const decoded: (readonly [string, string])[] = [];
  for (const line of lines) {
    const type = /\btype=([A-Z0-9_[\]]+)/.exec(line)?.[1];
    if (type === undefined) continue;
    const raw = line.split('\x1d', 1)[0]!; // behind it stand names that auditd has already decoded
    for (const match of raw.matchAll(/(?:^|[ '])([a-z][a-z0-9_-]*(?:\[\d+\])?)=([0-9A-Fa-f]+)(?=[ ']|$)/g)) {
      const field = match[1]!, value = match[2]!;
      const text = decodeField(type, field, value);
      if (text !== undefined) decoded.push([`${type} ${field}`, text]);
    }
  }
  return decoded;
}

/** The text that a hex value stands for; undefined where it is no hex, or a number. */
export function decodeField(type: string, field: string, value: string): string | undefined {
  if (value.length % 2 !== 0 || !/^[0-9A-Fa-f]+$/.test(value)) return undefined;
  if (field === 'saddr') return decodeSockaddr(bytesOf(value));
  const isArgument = type === 'EXECVE' && /^a\d+(\[\d+\])?$/.test(field);
  if (!isArgument && !ENCODED.has(field)) return undefined;
  const separator = field === 'key' ? '\x01' : '\0'; // several keys of one rule, or the arguments of a title
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(value)).replace(/\0+$/, '').replaceAll(separator, ' ');
}

function bytesOf(hex: string): Uint8Array {
  const bytes = new Uint8Array(hex.length / 2);
  for (let at = 0; at < bytes.length; at++) bytes[at] = Number.parseInt(hex.slice(at * 2, at * 2 + 2), 16);
  return bytes;
}

/** A struct sockaddr as text: "10.0.0.5 port 22", "[fe80::1] port 22", "/run/x.sock", "@abstract"; undefined for families without an address to show. */
function decodeSockaddr(bytes: Uint8Array): string | undefined {
  const family = (bytes[0] ?? 0) | ((bytes[1] ?? 0) << 8);
  const port = ((bytes[2] ?? 0) << 8) | (bytes[3] ?? 0);
  if (family === 2 && bytes.length >= 8) return `${bytes.subarray(4, 8).join('.')} port ${port}`;
  if (family === 10 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, at) => ((bytes[8 + at * 2]! << 8) | bytes[9 + at * 2]!).toString(16));
    return `[${shortenZeros(groups)}] port ${port}`;
  }
  if (family === 1 && bytes.length > 2) {
    const isAbstract = bytes[2] === 0;
    const from = isAbstract ? 3 : 2;
    const end = bytes.indexOf(0, from);
    return (isAbstract ? '@' : '') + new TextDecoder().decode(bytes.subarray(from, end < 0 ? undefined : end));
  }
  return undefined;
}

/** RFC 5952: the longest run of zero groups becomes "::". */
function shortenZeros(groups: readonly string[]): string {
  let best = -1, bestLength = 1;
  for (let from = 0; from < groups.length; from++) {
    let length = 0;
    while (groups[from + length] === '0') length++;
    if (length > bestLength) [best, bestLength] = [from, length];
  }
  return best < 0 ? groups.join(':') : `${groups.slice(0, best).join(':')}::${groups.slice(best + bestLength).join(':')}`;
}
