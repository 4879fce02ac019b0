import { huntLiteral } from '../../../hunt/index.js';
import { AREA_PATHS, AREA_WORDS, type ChangeArea } from '../../changeAreas.js';
import { watchesOf } from '../../startPlaces.js';
import { answer, type Facts, factsOf, inFrame, plural } from '../facts.js';
import { HAS_CONTENT } from '../contents.js';
import type { StepAnswer, StepFact } from '../playbook.js';
import type { Subject, World } from '../world.js';

/** Changes of files in some places within the subject's time frame. */
export function changesHunt(subject: Subject, paths: readonly string[]): string {
  return `file where event.type in ("creation", "change", "deletion") and file.path : (${paths.map(huntLiteral).join(', ')})${inFrame(subject)}`;
}

/** Where these areas lie, with the files that the case counts as configuration. */
export function pathsOf(world: Pick<World, 'settings'>, areas: readonly ChangeArea[]): string[] {
  return areas.flatMap((area) => (area === 'configuration' ? [...AREA_PATHS[area], ...world.settings.configurationFiles] : AREA_PATHS[area]));
}

/** The changes as facts: what, by whom, how that stands to the subject, how long before or after the adoption, and where the content can be read. */
export function changeFacts(world: World, subject: Subject, paths: readonly string[]): Facts {
  const contents = new Map<string, string>();
  const found = factsOf(world, changesHunt(subject, paths), (row) => {
    const path = row.text('file.path');
    const writer = row.process < 0 ? 'the evidence does not say by whom' : `by ${row.who('process')}${row.text('user.name') === '' ? '' : ` as ${row.text('user.name')}`}`;
    const content = world.contentOf(path, subject.host);
    const says = `${path}: ${row.text('event.action')}, ${writer}${apart(subject, row.number('@timestamp'))}${content === undefined ? '' : `; ${HAS_CONTENT}`}`;
    if (content !== undefined) contents.set(says, content.member);
    return says;
  });
  return { ...found, facts: found.facts.map((fact) => withContent(fact, contents.get(fact.says))) };
}

function withContent(fact: StepFact, content: string | undefined): StepFact {
  return content === undefined ? fact : { ...fact, content };
}

function apart(subject: Subject, time: number): string {
  if (Number.isNaN(subject.moment) || Number.isNaN(time)) return '';
  const seconds = Math.abs(subject.moment - time) / 1e6;
  const words = seconds < 120 ? `${Math.round(seconds)} s` : seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
  return `, ${words} ${time <= subject.moment ? 'before' : 'after'} the adoption`;
}

/** An answer about changes: nothing found counts only where a change would have been recorded. */
export function changesAnswer(world: World, subject: Subject, areas: readonly ChangeArea[], what: string, more: readonly Facts[] = []): StepAnswer {
  const found = changeFacts(world, subject, pathsOf(world, areas));
  const unwatched = areas.filter((area) => !isAreaWatched(world, area));
  return answer([found, ...more], [`${plural(found.total, `change of ${what}`, `changes of ${what}`)}${subject.process < 0 ? '' : ' in the time frame'}.`], {
    blind: unwatched.length > 0,
    missing: unwatched.length === 0 ? [] : [`No change of ${unwatched.map((area) => AREA_WORDS[area]).join(', ')} is on record anywhere in this evidence, and no file listing of the host is open: these may have changed unseen. To record them: ${unwatched.flatMap((area) => watchesOf(pathsOf(world, [area]), area)).join('; ')}.`],
  });
}

/** A change in this area was recorded at some time, or a listing of the host's files is open. */
function isAreaWatched(world: World, area: ChangeArea): boolean {
  if ([...world.formats.keys()].some((id) => id === 'bodyfile')) return true;
  return world.hunt(`file where file.path : (${pathsOf(world, [area]).map(huntLiteral).join(', ')}) | head 1`).total > 0;
}
