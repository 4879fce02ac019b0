import { FLAG } from '../../model/index.js';
import { baseName } from '../../lineage/index.js';
import { isMiddle } from '../baseline/shape.js';
import { WEIGHTS } from '../weights.js';
import { type Detection, findingOf, reasonOf, recordsOf } from './detection.js';

export const noFile: Detection = {
  kind: 'no-file',
  what: 'No file to look at: the program is in memory only, its file was deleted, or it lies where everybody may write.',
  techniques: ['T1620', 'T1070.004'],
  needs: 'paths of executables; a snapshot shows deletion',
  find(scene) {
    const { lineage, strings } = scene;
    const findings = [];
    for (let row = 0; row < lineage.count; row++) {
      const flags = lineage.flags[row]!;
      const exe = strings.text(lineage.exe[row]!) ?? '';
      // runc runs from a copy of itself in memory, so that a container cannot overwrite it (CVE-2019-5736).
      const isMemory = (flags & FLAG.memfd) !== 0 && !exe.startsWith('/memfd:runc_cloned:');
      const isOrphan = (flags & FLAG.orphan) !== 0 && !isMiddle(lineage, row);
      if (!isMemory && !(isOrphan && ((flags & (FLAG.exeDeleted | FLAG.writableDir)) !== 0 || lineage.exe[row] !== 0))) continue;
      const records = recordsOf(scene, [row], ['exec', 'seen', 'exit']);
      const isDeleted = (flags & FLAG.exeDeleted) !== 0 || exe.endsWith(' (deleted)');
      const finding = findingOf('no-file', row, isMemory ? ['T1620'] : isDeleted ? ['T1070.004'] : ['T1036.005'], [
        isMemory ? reasonOf(`Its program ${exe} lies in memory only.`, WEIGHTS.memoryOnly, 'observed', records) : undefined,
        !isMemory && isDeleted ? reasonOf(`The file of its program is gone: ${exe}.`, WEIGHTS.deleted, 'observed', records) : undefined,
        !isMemory && (flags & FLAG.writableDir) !== 0 ? reasonOf(`Its program lies where everybody may write: ${exe}.`, WEIGHTS.writableFolder, 'observed', records) : undefined,
        !isMemory && baseName(exe).startsWith('.') ? reasonOf(`Its program has a hidden name: ${exe}.`, WEIGHTS.hiddenName, 'observed', records) : undefined,
      ]);
      if (finding) findings.push(finding);
    }
    return findings;
  },
};
