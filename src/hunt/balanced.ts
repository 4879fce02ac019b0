/** `a OP b OP c` as balanced parentheses: over 1,000 chained ones are refused. */
export function balanced(parts: readonly string[], op: 'AND' | 'OR' | '||'): string {
  if (parts.length === 0) return op === 'AND' ? '1' : '0';
  if (parts.length === 1) return parts[0]!;
  const half = parts.length >> 1;
  return `(${balanced(parts.slice(0, half), op)} ${op} ${balanced(parts.slice(half), op)})`;
}
