import { adopted } from './adopted.js';
import { brokered } from './brokered.js';
import { daemonised } from './daemonised.js';
import type { Detection } from './detection.js';
import { doubleFork } from './doubleFork.js';
import { foreignParent } from './foreignParent.js';
import { ignoredSignals } from './ignoredSignals.js';
import { kernelName } from './kernelName.js';
import { nameMismatch } from './nameMismatch.js';
import { noFile } from './noFile.js';
import { orphanNetwork } from './orphanNetwork.js';
import { orphanPersistence } from './orphanPersistence.js';
import { outlivedSession } from './outlivedSession.js';
import { reusedPid } from './reusedPid.js';
import { sensorTampered } from './sensorTampered.js';
import { serviceShell } from './serviceShell.js';
import { sourcesDisagree } from './sourcesDisagree.js';

/** Every detection, in the order of DESIGN 15. To add one: a file and a line here. */
export const DETECTIONS: readonly Detection[] = [
  adopted, doubleFork, daemonised, foreignParent, brokered, reusedPid, kernelName, nameMismatch, noFile,
  orphanNetwork, orphanPersistence, serviceShell, outlivedSession, ignoredSignals, sensorTampered, sourcesDisagree,
];
export type { Detection } from './detection.js';
