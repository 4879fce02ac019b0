/** Which evidence brings a field, by how its name begins; the first that fits counts. */
const BRINGS: readonly (readonly [begins: RegExp, evidence: string])[] = [
  [/^(?:finding\.|verdict)/, 'findings and verdicts of a case'],
  [/^(?:.*\.)?(?:hash|code_signature|elf|pe)\./, 'Elastic Defend or Sysmon for Linux'],
  [/\.Ext\./, 'Elastic Defend'],
  [/^process\.(?:.*\.)?env_vars/, 'Elastic Defend, or a copy of /proc (environ)'],
  [/^process\.(?:.*\.)?thread\.capabilities/, 'Tracee, Elastic Defend, or a copy of /proc (status)'],
  [/^process\.(?:.*\.)?(?:cgroup|unit|namespace)/, 'a copy of /proc, the journal, or systemctl listings'],
  [/^process\.(?:.*\.)?exe\./, 'a copy of /proc (exe), or audit records of exec with paths'],
  [/^process\.(?:.*\.)?(?:end|exit_code|lifetime)/, 'audit rules on exit and exit_group, forkstat or Sysmon for Linux'],
  [/^process\.(?:adopter|orphaned_after|reparented)/, 'audit rules on exit_group, or a snapshot (ps, /proc) taken later'],
  [/^process\.setsid_at/, 'audit rules on setsid'],
  [/^process\.(?:.*\.)?(?:tty|interactive)/, 'audit logs (tty), ps listings, or a copy of /proc'],
  [/^process\.previous\./, 'two execs of one process in an audit log'],
  [/^(?:file|dll)\./, 'audit rules on files (-w, openat, rename, unlink), Elastic Defend, Falco or Tracee'],
  [/^(?:source|destination|network|client|server)\./, 'audit rules on connect, accept and bind, Elastic Defend, Tetragon, or ss and netstat listings'],
  [/^(?:session|user\.audit)/, 'audit logs with logins, utmp, or syslog'],
  [/^(?:container|kubernetes|orchestrator)\./, 'Tetragon, Falco, or container listings'],
  [/^auditd\./, 'audit logs'],
  [/^(?:dns|url|http|tls|user_agent)\./, 'exports of a SIEM that hold it'],
];

/** What could bring a field that no open evidence has, in words. */
export function evidenceFor(name: string): string | undefined {
  return BRINGS.find(([begins]) => begins.test(name))?.[1];
}
