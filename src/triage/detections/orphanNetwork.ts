import { FLAG, type ProcessRow } from '../../model/index.js';
import { isShell } from '../../lineage/index.js';
import { isTalker } from '../baseline/programs.js';
import { isCode, isMiddle, type Shape } from '../baseline/shape.js';
import type { FindingReason } from '../finding.js';
import { isRawSocket, isSuspect, placeOf, type Scene, type SceneFact } from '../scene.js';
import { WEIGHTS } from '../weights.js';
import { called, type Detection, findingOf, reasonOf, recordsOf } from './detection.js';

const ADDRESS = /^(\d{1,3}(\.\d{1,3}){3}|[0-9a-f:]*:[0-9a-f:]+(\.\d+){0,3})$/i;
/** Ports that names are asked of, and that every program may ask. */
const NAME_PORTS: ReadonlySet<number> = new Set([53, 5353]);
/** So much of a command line is looked at: a far end stands near its beginning. */
const LONGEST = 8192;
/** More far ends than a daemon has servers. */
const MANY_ENDS = 16;
/** How far below an orphan its descendants are its own doing. */
const GENERATIONS = 3;

export const orphanNetwork: Detection = {
  kind: 'orphan-network',
  what: 'An orphan, or what it made, talks to the network, or holds a raw socket.',
  techniques: ['T1071', 'T1205'],
  needs: 'connect records, ss or lsof, or arguments that name an address',
  find(scene) {
    const { lineage } = scene;
    return [...scene.shapes].flatMap(([row, shape]) => {
      if (((lineage.flags[row]! & (FLAG.orphan | FLAG.foreignParent)) === 0 && !isSuspect(lineage, row)) || isMiddle(lineage, row)) return [];
      // Of who may be no orphan, only what it is counts: everybody may have a socket.
      const sockets = isSuspect(lineage, row) ? [] : socketsBelow(scene, row, GENERATIONS);
      const raw = sockets.find(({ fact }) => isRawSocket(scene, fact));
      const out = sockets.find(({ fact }) => fact.operation === 'connection_attempted' && isAddress(scene, fact)) ?? sockets.find(({ fact }) => fact.operation === 'open-socket' && isAddress(scene, fact));
      const listening = sockets.find(({ fact }) => (fact.operation === 'listening' || fact.operation === 'bound-socket') && fact.port > 0);
      return (
        findingOf('orphan-network', row, raw ? ['T1205', 'T1071'] : ['T1071'], [
          raw ? said(scene, row, raw, 'holds a raw socket', WEIGHTS.rawSocket) : undefined,
          out ? said(scene, row, out, `connects to ${scene.strings.text(out.fact.path) ?? ''} port ${out.fact.port}`, shape.entry === 'service' && shape.chain === 'itself' ? WEIGHTS.serviceConnects : WEIGHTS.connects) : undefined,
          manyEnds(scene, sockets),
          talks(scene, row, shape),
          listening && !out ? said(scene, row, listening, `listens on port ${listening.fact.port}`, WEIGHTS.listens) : undefined,
        ]) ?? []
      );
    });
  },
};

interface Socket {
  readonly row: ProcessRow;
  readonly fact: SceneFact;
}

/** Sockets of a process since it is one of its own, and of what it made. A creator's inherited sockets are the creator's. */
function socketsBelow(scene: Scene, row: ProcessRow, generations: number): Socket[] {
  const own = (scene.facts.get(row) ?? []).filter((fact) => fact.kind === 'socket').map((fact) => ({ row, fact }));
  if (generations === 0) return own;
  return [...own, ...(scene.children.get(row) ?? []).flatMap((child) => socketsBelow(scene, child, generations - 1))];
}

function isAddress(scene: Scene, fact: SceneFact): boolean {
  return fact.port > 0 && !NAME_PORTS.has(fact.port) && ADDRESS.test(scene.strings.text(fact.path) ?? '');
}

function said(scene: Scene, row: ProcessRow, { row: of, fact }: Socket, what: string, points: number): FindingReason {
  return reasonOf(`${of === row ? 'It' : `${called(scene, of)} below it`} ${what}.`, points, 'observed', [placeOf(scene, fact)]);
}

/** Different far ends, as who looks for victims or floods them has. */
function manyEnds(scene: Scene, sockets: readonly Socket[]): FindingReason | undefined {
  const ends = new Map(sockets.filter(({ fact }) => fact.operation === 'connection_attempted' && isAddress(scene, fact)).map((socket) => [socket.fact.path, socket]));
  return ends.size >= MANY_ENDS ? reasonOf(`It connects to many addresses (${ends.size} and more).`, WEIGHTS.manyEnds, 'observed', [...ends.values()].slice(0, 4).map(({ fact }) => placeOf(scene, fact))) : undefined;
}

/** A far end in the arguments of a program that exists to talk, of a shell with /dev/tcp, or of code that opens sockets. */
function talks(scene: Scene, row: ProcessRow, shape: Shape): FindingReason | undefined {
  const { run } = shape;
  if (run === undefined) return undefined;
  const rest = run.args.slice(1).join(' ').slice(0, LONGEST);
  const isFar = /(^|[\s=@/])(\d{1,3}(\.\d{1,3}){3}|[\w-]+(\.[\w-]+)+)(:|\s+)\d{1,5}\b|-connect\s+\S+:\d+/.test(rest);
  const isTalk = (isTalker(run) && isFar) || (isShell(run.exe) && /\/dev\/(tcp|udp)\//.test(rest)) || (isCode(run) && /\bsocket\b|IO::Socket|TCPSocket|net\.connect|fsockopen/i.test(rest));
  return isTalk ? reasonOf(`Its arguments name a far end: ${run.line.slice(0, 120)}`, WEIGHTS.talksTo, 'observed', recordsOf(scene, [row, shape.launcher], ['exec'])) : undefined;
}
