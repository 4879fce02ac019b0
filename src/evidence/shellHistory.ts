import type { Coverage } from '../model/index.js';
import { SECOND } from './clock.js';
import type { Fact } from './facts.js';
import { UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type LineReading, lineFormat } from './lineFormat.js';
import { homeOwner, pathOnHost } from './pathOnHost.js';
import type { Provenance } from './procRows.js';

const BASH_TIME = /^#(\d{9,10})$/;
const ZSH = /^: (\d{9,10}):\d{1,9};(.*)$/s;
/** A line of the `history` builtin, with the stamp that HISTTIMEFORMAT='%F %T ' adds. */
const NUMBERED = /^ {0,6}(\d{1,7})\*? {2}(?:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) )?(.*)$/s;
const NAME = /(?:^|[\/._-])(?:bash|zsh|sh|ash|ksh|fish|mksh)(?:_extended)?_?(?:history|hist)(?:[._-][^/]*)?$|(?:^|\/)\.?(?:history|histfile)(?:\.(?:txt|out))?$/i;
/** fish: a list of commands with their times, each in its own lines. */
const FISH = /^- cmd: (.*)$/s;
const FISH_TIME = /^ {2}when: (\d{9,10})\s*$/;
/** A command of more than this is not put together further. */
const LONGEST_COMMAND = 1 << 16;

const ORDER_ONLY: Coverage = {
  gap: 'taken-guessed',
  says: 'Commands here have no time (HISTTIMEFORMAT was not set): only their order in this file is known, and files of several shells are written at their ends.',
  remedy: "HISTTIMEFORMAT='%F %T '",
};

/** Shell history (FORMATS 7): bash with and without times, zsh's extended form, fish, the output of `history`. What ran is not stated, only what was typed and when. */
export const shellHistoryFormat = lineFormat({
  id: 'shell-history',
  title: 'shell history',
  isDated: true,
  sniff(head, path) {
    if (head.includes('\0')) return 0;
    const lines = head.split('\n').slice(0, 200).filter((line) => line !== '');
    const dated = lines.filter((line) => BASH_TIME.test(line) || ZSH.test(line) || FISH_TIME.test(line)).length;
    if (dated > 0 && dated * 8 >= lines.length) return 0.9;
    if (isCounted(lines)) return 0.7;
    return NAME.test(path) && lines.length > 0 ? 0.35 : 0;
  },
  reading: (_context, member) => new HistoryReading(homeOwner(member.path), pathOnHost(member.path)),
});

/** Are these the lines of `history`: numbered one after another? */
function isCounted(lines: readonly string[]): boolean {
  const numbers = lines.map((line) => Number(NUMBERED.exec(line)?.[1] ?? NaN)).filter((number) => !Number.isNaN(number));
  const steps = numbers.filter((number, at) => number === (numbers[at - 1] ?? NaN) + 1).length;
  return steps >= 2 && steps * 4 >= lines.length * 3;
}

class HistoryReading implements LineReading {
  /** Undefined until the first line shows it. */
  private form: 'bash' | 'zsh' | 'fish' | 'numbered' | undefined;
  /** The command that may go on in the next line. */
  private open: { time: number; text: string; from: Provenance } | undefined;
  private count = 0;
  private hasUndated = false;
  private isDatedBefore = false;

  constructor(
    private readonly user: string | undefined,
    private readonly path: string,
  ) {}

  line(text: string, from: Provenance, add: (fact: Fact, place?: Provenance) => void): Verdict {
    const zsh = ZSH.exec(text);
    const bash = BASH_TIME.exec(text);
    const numbered = this.form === undefined || this.form === 'numbered' ? NUMBERED.exec(text) : null;
    const fish = FISH.exec(text);
    this.form ??= zsh ? 'zsh' : fish ? 'fish' : numbered ? 'numbered' : 'bash';
    if (this.form === 'fish') {
      const when = FISH_TIME.exec(text);
      if (fish) {
        this.close(add);
        this.open = { time: NaN, text: (fish[1] ?? '').replace(/\\([\\n])/g, (_whole, letter: string) => (letter === 'n' ? '\n' : letter)), from };
      } else if (!this.open || !/^ {2}/.test(text)) return { trouble: 'a line that is no command of fish' };
      else {
        if (when) this.open.time = Number(when[1]) * SECOND;
        this.open.from = { ...this.open.from, byteLength: from.offset + from.byteLength - this.open.from.offset };
      }
    } else if (bash && this.form === 'bash') {
      this.close(add);
      this.isDatedBefore = true;
      this.open = { time: Number(bash[1]) * SECOND, text: '', from };
    } else if (zsh && this.form === 'zsh') {
      this.close(add);
      this.open = { time: Number(zsh[1]) * SECOND, text: zsh[2] ?? '', from };
    } else if (this.form === 'numbered') {
      if (numbered) {
        this.close(add);
        // A stamp is the local time of whoever asked, without a zone: it is kept in words, and the order counts.
        this.open = { time: NaN, text: [numbered[2], numbered[3]].filter((part) => part !== undefined).join(' '), from };
      } else if (this.open) this.goOn(text, from);
      else return { trouble: 'a line that is no numbered command' };
    } else if (this.form === 'bash' && this.isDatedBefore && this.open) this.goOn(text, from); // all lines up to the next stamp are one command
    else if (this.form === 'zsh' && this.open?.text.endsWith('\\') === true) this.goOn(text, from);
    else {
      this.close(add);
      this.open = { time: NaN, text, from };
    }
    return UNDERSTOOD;
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    const told: (readonly [Fact, Provenance])[] = [];
    this.close((fact, place) => void (place && told.push([fact, place])));
    yield* told;
  }

  gaps(): readonly Coverage[] {
    return this.hasUndated ? [ORDER_ONLY] : [];
  }

  private goOn(text: string, from: Provenance): void {
    const { open } = this;
    if (!open) return;
    if (open.text.length + text.length <= LONGEST_COMMAND) open.text = open.text === '' ? text : `${open.text}\n${text}`;
    open.from = { ...open.from, byteLength: from.offset + from.byteLength - open.from.offset };
  }

  private close(add: (fact: Fact, place?: Provenance) => void): void {
    const { open } = this;
    this.open = undefined;
    if (!open || open.text === '') return;
    this.count++;
    const isDated = !Number.isNaN(open.time);
    if (!isDated) this.hasUndated = true;
    add({ kind: 'log', operation: 'command', time: open.time, serial: isDated ? undefined : this.count, user: this.user, path: this.path, key: 'shell-history', message: open.text }, open.from);
  }
}
