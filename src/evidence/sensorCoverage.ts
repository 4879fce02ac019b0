import type { Coverage, ObservationKind } from '../model/index.js';

/** What a sensor's records could not have shown, from which kinds of record there are. */
export class SensorCoverage {
  private readonly kinds = new Set<ObservationKind>();

  sees(kind: ObservationKind): void {
    this.kinds.add(kind);
  }

  gaps(): Coverage[] {
    const gaps: Coverage[] = [];
    if (this.kinds.size === 0) return gaps;
    if (!this.kinds.has('fork')) {
      gaps.push({
        gap: 'no-forks',
        says: 'No record says who forked: a process that never ran a program is not in it, and whose parent ended before the record shows its adopter only.',
        remedy: '-a always,exit -F arch=b64 -S fork,vfork,clone,clone3 -k fork',
      });
    }
    if (!this.kinds.has('exit')) {
      gaps.push({
        gap: 'no-exits',
        says: 'No record says when a process ended.',
        remedy: '-a always,exit -F arch=b64 -S exit,exit_group -k exit',
      });
    }
    if (!this.kinds.has('exec') && !this.kinds.has('seen')) {
      gaps.push({
        gap: 'no-exec',
        says: 'No record says which programs were run.',
        remedy: '-a always,exit -F arch=b64 -S execve,execveat -k exec',
      });
    }
    return gaps;
  }
}
