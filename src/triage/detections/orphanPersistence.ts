import { baseName } from '../../lineage/index.js';
import { ENTRY_KINDS, FLAG, type ProcessRow } from '../../model/index.js';
import { isMiddle, type Shape } from '../baseline/shape.js';
import { isPackageTool } from '../baseline/programs.js';
import { START_PLACES, type StartPlace, startPlaceOf } from '../startPlaces.js';
import { placeOf, type Scene, type SceneFact } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf } from './detection.js';

export const orphanPersistence: Detection = {
  kind: 'orphan-persistence',
  what: 'The orphan, what it made, or its launcher wrote what starts programs again: cron, units, rc files, profiles, modules, keys.',
  techniques: [...new Set(START_PLACES.map(({ technique }) => technique))],
  needs: 'file watches, or a list of files with the writing process',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      if ((lineage.flags[row]! & (FLAG.orphan | FLAG.foreignParent)) === 0 || isMiddle(lineage, row)) return [];
      const found = writersOf(scene, row, shape).flatMap((writer) => writesOf(scene, writer)).slice(0, 3);
      const [first] = found;
      if (first === undefined) return [];
      const says = found.map(({ writer, path, place }) => `${writer === row ? 'It' : called(scene, writer)} wrote ${place.what}: ${path}`).join('; ');
      return findingOf('orphan-persistence', row, [first.place.technique], [reasonOf(`${says}.`, WEIGHTS.persistence, 'observed', found.map(({ fact }) => placeOf(scene, fact)))]) ?? [];
    });
  },
};

interface Write {
  readonly writer: ProcessRow;
  readonly fact: SceneFact;
  readonly path: string;
  readonly place: StartPlace;
}

function writersOf(scene: Scene, row: ProcessRow, shape: Shape): ProcessRow[] {
  const writers = [row, ...(scene.children.get(row) ?? []), ...shape.middles];
  // A shell or a manager writes for all that it starts: its writes are not this orphan's.
  if (shape.launcher >= 0 && (shape.chain === 'handed-on' || shape.chain === 'itself')) writers.push(shape.launcher);
  return writers;
}

function isJobKeeper(scene: Scene, writer: ProcessRow, exe: string | undefined): boolean {
  const entry = ENTRY_KINDS[scene.lineage.entryKind[writer]!];
  return (entry === 'cron' || entry === 'at' || entry === 'service') && /^(crond?|atd|anacron)$/.test(baseName(exe));
}

function writesOf(scene: Scene, writer: ProcessRow): Write[] {
  const writes: Write[] = [];
  const exe = scene.strings.text(scene.lineage.exe[writer]!);
  // cron and at write their own spool while they work through it.
  if (isPackageTool(exe) || isJobKeeper(scene, writer, exe)) return writes;
  for (const fact of scene.facts.get(writer) ?? []) {
    if (fact.kind !== 'file' || fact.operation === 'deletion') continue; // what is gone starts nothing
    for (const id of [fact.path2, fact.path]) {
      const path = scene.strings.text(id) ?? '';
      const place = startPlaceOf(path);
      if (place === undefined) continue;
      writes.push({ writer, fact, path, place });
      break;
    }
  }
  return writes;
}
