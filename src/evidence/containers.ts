import { SECOND } from './clock.js';
import type { Fact } from './facts.js';
import type { ParseContext } from './format.js';
import { epochMicros, fieldsAt, isoMicros, listAt, numberAt, pidAt, textAt, valueAt } from './jsonFields.js';
import { type AddFact, jsonFormat, NOT_NEEDED, UNDERSTOOD, type Verdict } from './jsonFormat.js';
import { type Fields, isFields } from './jsonRecords.js';
import { lineFormat } from './lineFormat.js';

const LONGEST = 1 << 16;
/** docker, podman and nerdctl `ps`; crictl `ps`. Columns stand where their titles do. */
const TITLES = /^(?:CONTAINER ID {2,}IMAGE {2,}COMMAND {2,}CREATED {2,}STATUS|CONTAINER {2,}IMAGE {2,}CREATED {2,}STATE {2,}NAME)\b/;
const ID = /^[0-9a-f]{12,64}$/;

/** `docker ps`, `podman ps`, `crictl ps` as tables: which containers there were when it ran, by id, name and image. */
export const containerTableFormat = lineFormat({
  id: 'container-list',
  title: 'docker ps and crictl ps text',
  sniff: (head) => (head.split('\n').slice(0, 5).some((line) => TITLES.test(line)) ? 0.95 : 0),
  reading(context) {
    const time = context.takenMicros ?? NaN;
    let columns: readonly { readonly title: string; readonly at: number }[] = [];
    return {
      line(text, _from, add): Verdict {
        if (text.length > LONGEST) return { trouble: 'a line that is no container' };
        if (TITLES.test(text)) {
          columns = [...text.matchAll(/\S+(?: \S+)*/g)].map((title) => ({ title: title[0], at: title.index }));
          return UNDERSTOOD;
        }
        const cells = new Map(columns.map(({ title, at }, column) => [title, text.slice(at, columns[column + 1]?.at).trim()]));
        const id = cells.get('CONTAINER ID') ?? cells.get('CONTAINER') ?? '';
        if (!ID.test(id)) return { trouble: 'a line that is no container' };
        const pod = cells.get('POD');
        add({
          kind: 'service',
          time,
          container: id,
          key: 'container',
          message: wordsOf(id, cells.get('NAMES') ?? cells.get('NAME'), cells.get('IMAGE'), cells.get('STATUS') ?? cells.get('STATE')) + (pod === undefined || pod === '' ? '' : `, pod ${pod}`),
        });
        return UNDERSTOOD;
      },
    };
  },
});

/** `docker inspect`, `docker ps --format json`, podman's and crictl's JSON: with the pid of the container's first process where one is stated. */
export const containerJsonFormat = jsonFormat({
  id: 'container-json',
  title: 'docker, podman and crictl JSON',
  sniff(head) {
    if (/"Id"\s*:\s*"[0-9a-f]{64}"/.test(head) && /"State"\s*:\s*\{/.test(head) && /"Pid"\s*:\s*\d/.test(head)) return 0.95;
    if (/"(?:ID|Id)"\s*:\s*"[0-9a-f]{12,64}"/.test(head) && /"Image"\s*:/.test(head) && /"Names"\s*:/.test(head)) return 0.9;
    return /"podSandboxId"\s*:\s*"[0-9a-f]/.test(head) || (/"runtimeSpec"\s*:/.test(head) && /"sandboxID"\s*:/.test(head)) || /^\s*\{\s*"status"\s*:\s*\{\s*"id"\s*:\s*"[0-9a-f]{64}"/.test(head) ? 0.9 : 0;
  },
  reading: (context) => ({
    record(fields, _from, add): Verdict {
      const listed = valueAt(fields, 'containers');
      const records = Array.isArray(listed) ? listed.filter(isFields) : [fieldsAt(fields, 'status') && !Object.hasOwn(fields, 'Status') ? { ...fieldsAt(fields, 'status'), info: fields['info'] } : fields];
      let count = 0;
      for (const record of records) if (tell(record, context, add)) count++;
      if (count > 0) return UNDERSTOOD;
      return Array.isArray(listed) ? NOT_NEEDED : { trouble: 'an object that is no container' };
    },
  }),
});

function tell(record: Fields, context: ParseContext, add: AddFact): boolean {
  const id = textAt(record, 'Id', 'ID', 'id');
  if (id === undefined || !ID.test(id)) return false;
  const taken = context.takenMicros ?? NaN;
  const pid = pidAt(record, 'State.Pid', 'Pid', 'info.pid');
  const state = textAt(record, 'State.Status', 'State', 'state', 'Status');
  const name = (textAt(record, 'Name', 'Names', 'metadata.name') ?? '').replace(/^\//, '');
  const image = textAt(record, 'Config.Image', 'ImageName', 'image.image', 'Image', 'imageRef');
  const command = commandOf(record);
  const words = wordsOf(id, name, image, state);
  const base: Omit<Fact, 'kind' | 'time'> = { container: id, key: 'container', message: command === undefined ? words : `${words}, runs ${command}` };
  const began = momentAt(record, 'State.StartedAt', 'StartedAt', 'startedAt', 'CreatedAt', 'Created', 'createdAt');
  const ended = momentAt(record, 'State.FinishedAt', 'finishedAt', 'ExitedAt');
  if (pid > 0) add({ ...base, kind: 'seen', time: taken, pid, cgroup: textAt(record, 'State.CgroupPath'), isZombie: undefined });
  if (!Number.isNaN(began)) add({ ...base, kind: 'service', operation: 'started', time: began });
  if (!Number.isNaN(ended) && pid <= 0 && !(ended < began)) add({ ...base, kind: 'service', operation: 'stopped', time: ended, exitCode: pidAt(record, 'State.ExitCode', 'ExitCode', 'exitCode') });
  if (pid <= 0 && Number.isNaN(began)) add({ ...base, kind: 'service', time: taken });
  return true;
}

function wordsOf(id: string, name: string | undefined, image: string | undefined, state: string | undefined): string {
  return `container ${name === undefined || name === '' ? 'without a name' : name} (${id.slice(0, 12)}) of image ${image ?? 'unknown'}${state === undefined || state === '' ? '' : `, ${state}`}`;
}

function commandOf(record: Fields): string | undefined {
  const path = textAt(record, 'Path');
  if (path !== undefined) return [path, ...(listAt(record, 'Args') ?? [])].join(' ');
  return listAt(record, 'Command')?.join(' ');
}

/** A moment as ISO text, as docker's `2024-01-02 15:04:05 +0000 UTC`, or as a number of seconds or nanoseconds; NaN for year 1, which stands for never. */
function momentAt(record: Fields, ...paths: readonly string[]): number {
  for (const path of paths) {
    const number = numberAt(record, path);
    const text = textAt(record, path)?.replace(/ ([+-]\d{4}) [A-Z]{1,5}$/, '$1');
    const micros = Number.isNaN(number) ? isoMicros(text) : epochMicros(number);
    if (micros > SECOND) return micros;
  }
  return NaN;
}
