import type { StepFact } from './playbook.js';
import { factsOf, ofSubject } from './facts.js';
import { called, type Subject, type World } from './world.js';

/** How far the clocks of two hosts may stand apart for a login to answer a connection, microseconds. */
const SKEW_MICROS = 120e6;

/**
 * Ways to other hosts: programs that log on elsewhere, and where evidence of the other host is open, sshd's line there that answers it (by source port where both
 * log it, else by time within the skew).
 */
export function sshJoins(world: World, subject: Subject): StepFact[] {
  const { lineage, strings } = world;
  const out = factsOf(world, `exec where ${ofSubject(world, subject)} and process.name in ("ssh", "scp", "sftp", "rsync", "kubectl", "ansible", "ansible-playbook")`, (row) => row.text('process.command_line').slice(0, 300));
  if (out.facts.length === 0) return [];
  const accepted: { process: number; time: number; host: string; says: string; records: StepFact['records'] }[] = [];
  for (const { process, time, says, records } of factsOf(world, 'authentication where message : "Accepted * from *"', (row) => row.text('message').slice(0, 200)).facts) {
    accepted.push({ process, time, says, records, host: process < 0 ? '' : (strings.text(lineage.host[process]!) ?? '') });
  }
  return out.facts.map((way) => {
    const host = strings.text(lineage.host[way.process]!) ?? '';
    const answers = accepted.filter((each) => each.host !== '' && each.host !== host && Math.abs(each.time - way.time) <= SKEW_MICROS);
    const [nearest] = answers.sort((a, b) => Math.abs(a.time - way.time) - Math.abs(b.time - way.time));
    const answered = nearest === undefined ? '' : `; ${nearest.host} answers with: ${nearest.says} (${called(world, nearest.process)}; joined by time, ${Math.round(Math.abs(nearest.time - way.time) / 1e6)} s apart)`;
    return { ...way, says: `${called(world, way.process)} on ${host}: ${way.says}${answered}`, basis: nearest === undefined ? way.basis : 'inferred', records: [...way.records, ...(nearest?.records ?? [])] };
  });
}
