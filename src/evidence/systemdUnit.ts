import type { Fact } from './facts.js';
import { NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type LineReading, lineFormat } from './lineFormat.js';
import { pathOnHost } from './pathOnHost.js';
import type { Provenance } from './procRows.js';

const SECTION = /^\[([A-Za-z][\w-]*)\]\s*$/;
const SECTIONS = /^\[(?:Unit|Service|Timer|Socket|Path|Install|Mount|Automount|Swap|Slice|Scope|Manager)\]\s*$/m;
const DIRECTIVE = /^([A-Z][A-Za-z0-9]*)\s*=\s*(.*)$/s;
/** What says how, when and as whom a unit runs, and by what process it is known. */
const TELLING = /^(?:Exec[A-Z]\w*|On[A-Z]\w*|Path[A-Z]\w*|DirectoryNotEmpty|MakeDirectory|Listen\w+|Unit|Type|PIDFile|User|Group|Service|Accept|Restart|KillMode|RemainAfterExit|Environment|EnvironmentFile|WantedBy|RequiredBy|Alias|RootDirectory|DynamicUser)$/;
const UNIT_NAME = /([^/\\]+\.(?:service|timer|socket|path|mount|automount|swap|slice|scope|target))(?:\.d\/[^/]+\.conf)?$/;
const LONGEST = 1 << 16;

/**
 * systemd unit files and `systemctl cat` (PLAYBOOK: "what changed", "could resemble daemon activity"): one row of configuration for each setting that says
 * what runs, when and as whom; `key` is the setting, `args` the command of an Exec line.
 */
export const systemdUnitFormat = lineFormat({
  id: 'systemd-unit',
  title: 'systemd unit file',
  sniff(head) {
    if (head.includes('\0')) return 0;
    const written = head.split('\n').filter((line) => line.trim() !== '' && !/^[#;]/.test(line));
    const first = written[0] ?? '';
    if (!SECTIONS.test(first)) return 0;
    const hits = written.filter((line) => SECTION.test(line) || DIRECTIVE.test(line) || /^\s/.test(line)).length;
    return hits * 4 >= written.length * 3 ? 0.9 : 0;
  },
  reading: (context, member) => new UnitReading(context.takenMicros ?? NaN, member.path),
});

class UnitReading implements LineReading {
  private path: string;
  private unit: string | undefined;
  private section = '';
  private open: { text: string; from: Provenance } | undefined;

  constructor(
    private readonly time: number,
    member: string,
  ) {
    this.path = pathOnHost(member);
    this.unit = UNIT_NAME.exec(this.path)?.[1];
  }

  line(text: string, from: Provenance, add: (fact: Fact, place?: Provenance) => void): Verdict {
    if (text.length > LONGEST) return { trouble: 'a line that is no setting of a unit' };
    if (/^\s*[#;]/.test(text)) {
      // `systemctl cat` writes the file's name above each file. A comment inside a value that goes on is left out of it.
      const named = this.open ? undefined : /^# (\/\S+)\s*$/.exec(text)?.[1];
      if (named === undefined || !UNIT_NAME.test(named)) return NOT_NEEDED;
      this.path = named;
      this.unit = UNIT_NAME.exec(named)?.[1];
      return UNDERSTOOD;
    }
    if (this.open) {
      const whole = { text: this.open.text + text.trim(), from: { ...this.open.from, byteLength: from.offset + from.byteLength - this.open.from.offset } };
      this.open = undefined;
      return this.setting(whole.text, whole.from, add);
    }
    const section = SECTION.exec(text);
    if (section) {
      this.section = section[1] ?? '';
      return UNDERSTOOD;
    }
    return this.section === '' || !DIRECTIVE.test(text) ? { trouble: 'a line that is no setting of a unit' } : this.setting(text, from, add);
  }

  *end(): Iterable<readonly [Fact, Provenance]> {
    const { open } = this;
    this.open = undefined;
    const fact = open && this.factOf(open.text);
    if (fact) yield [fact, open.from] as const;
  }

  private setting(text: string, from: Provenance, add: (fact: Fact, place?: Provenance) => void): Verdict {
    if (/\\\s*$/.test(text) && text.length <= LONGEST) {
      this.open = { text: text.replace(/\\\s*$/, ' '), from };
      return UNDERSTOOD;
    }
    const fact = this.factOf(text);
    if (!fact) return NOT_NEEDED;
    add(fact, from);
    return UNDERSTOOD;
  }

  private factOf(text: string): Fact | undefined {
    const [, key = '', value = ''] = DIRECTIVE.exec(text) ?? [];
    if (!TELLING.test(key) || value.trim() === '') return undefined;
    const isCommand = key.startsWith('Exec') && key !== 'ExecSearchPath';
    const command = isCommand ? value.trim().replace(/^[@\-:+!|]+/, '').replace(/\s+/g, ' ') : undefined;
    const exe = command?.split(' ')[0];
    return {
      kind: 'configuration',
      time: this.time,
      unit: this.unit,
      path: this.path,
      key,
      args: command,
      exe: exe?.startsWith('/') === true ? exe : undefined,
      user: key === 'User' ? value.trim() : undefined,
      message: `${this.path}: [${this.section}] ${key}=${value.trim()}`,
    };
  }
}
