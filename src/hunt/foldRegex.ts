/**
 * An expression in RE2's syntax that ignores the case of ASCII letters by itself: `k` becomes `[kK]`. The engines' own way (`i`) folds more than the language
 * does: `É`, and `K` to the Kelvin sign.
 */
export function foldRegex(pattern: string): string {
  let folded = '';
  let at = 0;
  while (at < pattern.length) {
    const char = pattern[at]!;
    const whole = char === '\\' ? escapeAt(pattern, at) : char === '(' ? groupAt(pattern, at) : undefined;
    if (whole !== undefined) {
      folded += whole;
      at += whole.length;
    } else if (char === '[') {
      const end = classEnd(pattern, at);
      folded += foldClass(pattern.slice(at, end));
      at = end;
    } else {
      folded += isLetter(char) ? `[${char}${otherCase(char)}]` : char;
      at++;
    }
  }
  return folded;
}

function isLetter(char: string): boolean {
  return /^[A-Za-z]$/.test(char);
}

function otherCase(letter: string): string {
  return letter >= 'a' ? letter.toUpperCase() : letter.toLowerCase();
}

/** An escape with what belongs to it: `\d`, `\x{1F}`, `\p{Lu}`, `\Q...\E`. */
function escapeAt(pattern: string, at: number): string {
  return /^\\(?:Q[^]*?(?:\\E|$)|x\{[^}]*\}|x..|[pP]\{[^}]*\}|[pP].|[^]|$)/.exec(pattern.slice(at))![0]; // it begins with a backslash
}

/** The head of a group that is no plain bracket: its letters are flags or a name. */
function groupAt(pattern: string, at: number): string | undefined {
  return /^\(\?(?:P?<[^>]*>|[a-zA-Z-]*[:)])/.exec(pattern.slice(at))?.[0];
}

/** Behind the `]` of a class; the pattern was compiled before, so there is one. */
function classEnd(pattern: string, from: number): number {
  let at = from + 1;
  if (pattern[at] === '^') at++;
  if (pattern[at] === ']') at++;
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\') at += escapeAt(pattern, at).length;
    else if (pattern.startsWith('[:', at) && pattern.includes(':]', at)) at = pattern.indexOf(':]', at) + 2;
    else at++;
  }
  return Math.min(at + 1, pattern.length);
}

/** A class with the other case of each letter that it names or spans. */
function foldClass(text: string): string {
  const body = text.slice(0, -1);
  let more = '';
  let at = body[1] === '^' ? 2 : 1;
  while (at < body.length) {
    if (body[at] === '\\') {
      at += escapeAt(body, at).length;
      continue;
    }
    if (body.startsWith('[:', at) && body.includes(':]', at)) {
      const end = body.indexOf(':]', at) + 2;
      if (/upper|lower/.test(body.slice(at, end))) more += '[:upper:][:lower:]';
      at = end;
      continue;
    }
    const first = body.codePointAt(at)!; // within the text
    at += String.fromCodePoint(first).length;
    let last = first;
    if (body[at] === '-' && at + 1 < body.length && body[at + 1] !== '\\') {
      last = body.codePointAt(at + 1)!;
      at += 1 + String.fromCodePoint(last).length;
    }
    more += spanned(first, last, 0x41, 32) + spanned(first, last, 0x61, -32);
  }
  return `${body}${more}]`;
}

/** The other case of the letters of one alphabet that lie in a range. */
function spanned(first: number, last: number, alphabet: number, step: number): string {
  const from = Math.max(first, alphabet), to = Math.min(last, alphabet + 25);
  return from > to ? '' : `${String.fromCharCode(from + step)}-${String.fromCharCode(to + step)}`;
}
