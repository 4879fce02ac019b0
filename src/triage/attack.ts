/** One technique or sub-technique of MITRE ATT&CK, as far as findings name it. */
interface Technique {
  readonly name: string;
  readonly tactic: TacticId;
}

/** Tactics by their id: ATT&CK renames them (newer texts call defense evasion "Stealth"), so each name is said here and nowhere else. */
const TACTICS = {
  TA0002: 'Execution',
  TA0003: 'Persistence',
  TA0004: 'Privilege Escalation',
  TA0005: 'Defense Evasion',
  TA0011: 'Command and Control',
} as const;
type TacticId = keyof typeof TACTICS;

/** Techniques by their id, with the tactic that a finding means by it (attack.mitre.org, version 15 to 17). */
const TECHNIQUES = {
  'T1036.004': { name: 'Masquerade Task or Service', tactic: 'TA0005' },
  'T1036.005': { name: 'Match Legitimate Name or Location', tactic: 'TA0005' },
  'T1036.009': { name: 'Break Process Trees', tactic: 'TA0005' },
  'T1036.011': { name: 'Overwrite Process Arguments', tactic: 'TA0005' },
  T1037: { name: 'Boot or Logon Initialization Scripts', tactic: 'TA0003' },
  T1053: { name: 'Scheduled Task/Job', tactic: 'TA0002' },
  T1059: { name: 'Command and Scripting Interpreter', tactic: 'TA0002' },
  'T1070.004': { name: 'File Deletion', tactic: 'TA0005' },
  T1071: { name: 'Application Layer Protocol', tactic: 'TA0011' },
  'T1098.004': { name: 'SSH Authorized Keys', tactic: 'TA0003' },
  'T1134.004': { name: 'Parent PID Spoofing', tactic: 'TA0005' },
  T1205: { name: 'Traffic Signaling', tactic: 'TA0011' },
  'T1505.003': { name: 'Web Shell', tactic: 'TA0003' },
  T1543: { name: 'Create or Modify System Process', tactic: 'TA0003' },
  'T1546.004': { name: 'Unix Shell Configuration Modification', tactic: 'TA0003' },
  'T1546.017': { name: 'Udev Rules', tactic: 'TA0003' },
  'T1547.006': { name: 'Kernel Modules and Extensions', tactic: 'TA0003' },
  'T1547.013': { name: 'XDG Autostart Entries', tactic: 'TA0003' },
  'T1556.003': { name: 'Pluggable Authentication Modules', tactic: 'TA0003' },
  'T1562.012': { name: 'Disable or Modify Linux Audit System', tactic: 'TA0005' },
  'T1564.011': { name: 'Ignore Process Interrupts', tactic: 'TA0005' },
  'T1574.006': { name: 'Dynamic Linker Hijacking', tactic: 'TA0003' },
  T1620: { name: 'Reflective Code Loading', tactic: 'TA0005' },
} as const satisfies Readonly<Record<string, Technique>>;
export type TechniqueId = keyof typeof TECHNIQUES;

function techniqueOf(id: string): Technique | undefined {
  return Object.hasOwn(TECHNIQUES, id) ? TECHNIQUES[id as TechniqueId] : undefined; // hasOwn has shown that it is one
}

/** The name of a technique: "Break Process Trees"; the id itself where the table does not have it. */
export function techniqueName(id: string): string {
  return techniqueOf(id)?.name ?? id;
}

/** The tactic of a technique: its id and its name; undefined where the table does not have the technique. */
export function tacticOf(id: string): { readonly id: string; readonly name: string } | undefined {
  const technique = techniqueOf(id);
  return technique === undefined ? undefined : { id: technique.tactic, name: TACTICS[technique.tactic] };
}
