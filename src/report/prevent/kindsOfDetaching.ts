import { AUDIT, type Prevention, SPL_AUDIT } from './recipe.js';

const AUDITD = { product: 'linux', service: 'auditd' };
const PROCESSES = { product: 'linux', category: 'process_creation' };
const EXEC = [59, 322, 'execve', 'execveat'] as const;
const FORK = [56, 57, 58, 435, 'clone', 'clone3', 'fork', 'vfork'] as const;
const UNSET = [4294967295, -1, 'unset'] as const;

/** How processes let go of their parents. */
export const DETACHING: readonly Prevention[] = [
  {
    kind: 'adopted', title: 'A login’s process runs a program below pid 1', techniques: ['T1036.009'], level: 'medium',
    looksFor: 'an exec whose parent is pid 1 already although it carries a login’s audit session: systemd starts services without one',
    basis: 'observed where births and ends are on record; derived where only a later ppid shows the adopter; inferred from a snapshot alone',
    falsePositives: ['daemons that administrators start by hand', 'terminal multiplexers (tmux, screen)', 'installers that restart services without systemctl'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.forks, ...AUDIT.exits, ...AUDIT.subreapers], blind: 'Rules added later say nothing of who runs already. Which subreaper adopts is seen only where the prctl was recorded. Without -S clone3 modern libc forks unseen.' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection: { type: 'SYSCALL', syscall: [...EXEC], ppid: 1 }, filter_service: { auid: [...UNSET] } }, condition: 'selection and not filter_service' }], blind: 'It sees only who runs a program after the adoption, and only below pid 1: not below systemd --user or another subreaper, and not who forks on without an exec.' },
    eql: { text: 'process where host.os.type == "linux" and event.type == "start" and event.action == "exec"\n  and process.parent.pid == 1 and process.session_leader.pid != process.pid', blind: 'systemd makes each service the leader of its session, so an orphan that called setsid itself after its second fork hides as one; subreapers other than pid 1 are not asked for.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (59, 322, execve, execveat) ppid=1 NOT auid IN (4294967295, -1, unset)\n| table _time host auid ses uid pid ppid comm exe`, blind: 'Who ran its program before it was adopted never has ppid 1 in an exec record; add fork and exit records and use the search for double-fork.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and proc.ppid = 1 and user.loginuid >= 0', blind: 'Falco names the parent of the moment; after the exec nothing tells it of an adoption.' },
  },
  {
    kind: 'double-fork', title: 'A middle process forks, runs nothing and ends', techniques: ['T1036.009'], level: 'medium',
    looksFor: 'a process that is born, makes a child and ends within seconds without ever running a program of its own',
    basis: 'observed where fork, exec and exit records are there; derived from exits and a later ppid; inferred from sid and pgid that name a dead pid',
    falsePositives: ['daemons that detach by themselves (their own program, their own unit)', 'shells that run background jobs in subshells'],
    audit: { rules: [...AUDIT.forks, ...AUDIT.execs, ...AUDIT.exits, ...AUDIT.setsid], blind: 'A fork record names the child by the number in the caller’s pid namespace: in containers the two do not join by pid. clone3 hides whether a thread or a process was made.' },
    sigma: {
      rules: [
        { name: 'foundling_fork', title: 'A process is made in a login session', logsource: AUDITD, detection: { selection: { type: 'SYSCALL', syscall: [...FORK] }, filter_service: { auid: [...UNSET] } }, condition: 'selection and not filter_service' },
        { name: 'foundling_exec_below_init', title: 'A program runs below pid 1 in a login session', logsource: AUDITD, detection: { selection: { type: 'SYSCALL', syscall: [...EXEC], ppid: 1 }, filter_service: { auid: [...UNSET] } }, condition: 'selection and not filter_service' },
      ],
      correlation: { type: 'temporal_ordered', rules: ['foundling_fork', 'foundling_exec_below_init'], groupBy: ['hostname', 'ses'], timespan: '10s' },
      blind: 'Sigma cannot join the number that fork returned (exit) with the pid of a later record, so it joins by audit session: any fork of the session counts. The exact shape is in the EQL and SPL texts.',
    },
    eql: { text: 'sequence by host.id with maxspan=10s\n  [process where host.os.type == "linux" and event.action == "fork"] by process.entity_id\n  ![process where host.os.type == "linux" and event.action == "exec"] by process.entity_id\n  [process where host.os.type == "linux" and event.action == "fork"] by process.parent.entity_id\n  ![process where host.os.type == "linux" and event.action == "end"] by process.parent.entity_id\n  [process where host.os.type == "linux" and event.action == "end"] by process.entity_id', blind: 'It needs a sensor that reports forks and ends (Elastic Defend does; Auditbeat only with fork and exit rules). A middle that runs a program (setsid, a shell) is another shape: see daemonised and adopted. A middle of which another child has ended before it is passed over, since every subshell looks so.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (56, 57, 58, 435, 59, 322, 60, 231)
| eval told=case(in(syscall, 56, 57, 58, 435), "born:" . exit, in(syscall, 59, 322), "ran:" . pid, true(), "ended:" . pid), maker=if(in(syscall, 56, 57, 58, 435), pid, null())
| rex field=told "(?<what>\\w+):(?<id>\\d+)"
| stats min(eval(if(what="born", _time, null()))) AS born, first(maker) AS maker, count(eval(what="ran")) AS programs, max(eval(if(what="ended", _time, null()))) AS ended BY host id
| eval part=mvappend("middle:" . id, "child:" . maker)
| mvexpand part
| rex field=part "(?<as>\\w+):(?<middle>\\d+)"
| stats max(eval(if(as="middle", born, null()))) AS born, max(eval(if(as="middle", programs, null()))) AS programs, max(eval(if(as="middle", ended, null()))) AS ended, max(eval(if(as="child", coalesce(ended, 9999999999), null()))) AS childEnded, values(eval(if(as="child", id, null()))) AS children BY host middle
| where isnotnull(born) AND programs=0 AND childEnded>ended AND ended-born<10`, blind: 'A pid that is used again within the time searched joins two lives: search short spans. Forks inside containers return the namespace’s own numbers.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and proc.ppid = 1 and user.loginuid >= 0 and proc.is_sid_leader = false', blind: 'Falco cannot join three events: it sees the grandchild’s exec, below pid 1 in a session whose leader (the middle) is gone.' },
  },
  {
    kind: 'daemonised', title: 'A login’s process makes itself a daemon', techniques: ['T1036.009'], level: 'low',
    looksFor: 'setsid by a process of a login session that is no login program, followed by another fork; there is no system call named daemon, DET0443 notwithstanding',
    basis: 'observed where setsid is on record; inferred from a snapshot (own session, /dev/null as terminal, / as folder)',
    falsePositives: ['terminals, multiplexers, browsers', 'job control of shells run by scripts'],
    audit: { rules: [...AUDIT.setsid, ...AUDIT.forks, ...AUDIT.execs], blind: 'That standard streams and folder were let go needs dup2 and chdir records, which cost too much to keep: a /proc snapshot shows the result.' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection: { type: 'SYSCALL', syscall: [112, 'setsid'] }, filter_service: { auid: [...UNSET] }, filter_login: { exe: ['/usr/sbin/sshd', '/usr/lib/openssh/sshd-session', '/usr/bin/sudo', '/usr/bin/su', '/usr/bin/login', '/usr/sbin/cron', '/usr/lib/systemd/systemd', '/usr/bin/tmux', '/usr/bin/screen'] } }, condition: 'selection and not 1 of filter_*' }], blind: 'It tells daemons from detached payloads by nothing but their path; weigh it with the unit and with what runs afterwards.' },
    eql: { text: 'sequence by host.id with maxspan=10s\n  [process where host.os.type == "linux" and event.action == "session_id_change"\n    and process.parent.pid != 1 and not process.executable in ("/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/su", "/usr/bin/login", "/usr/sbin/cron", "/usr/bin/tmux", "/usr/bin/screen")] by process.entity_id\n  [process where host.os.type == "linux" and event.action == "fork"] by process.parent.entity_id', blind: 'session_id_change comes from Elastic Defend alone; Auditbeat has it only as the audited setsid call. Children of pid 1 are left out, since systemd makes each service a session: who was adopted before its setsid is among them.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (112, setsid) NOT auid IN (4294967295, -1, unset) NOT exe IN ("/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/su", "/usr/bin/login", "/usr/sbin/cron", "/usr/bin/tmux", "/usr/bin/screen")\n| table _time host auid ses pid ppid comm exe`, blind: 'One record a process: who forks on and runs what must be followed by pid.' },
    falco: { condition: 'evt.type = setsid and user.loginuid >= 0 and not proc.name in (sshd, sshd-session, sudo, su, login, cron, tmux, screen, systemd)', blind: 'setsid must be among the calls that Falco collects (base_syscalls); names are chosen by whoever runs the program.' },
  },
  {
    kind: 'foreign-parent', title: 'A child is made as a sibling, or a process is traced', techniques: ['T1036.009', 'T1134.004'], level: 'high',
    looksFor: 'clone with CLONE_PARENT (the child’s parent is the caller’s parent), or ptrace, which can make another process fork',
    basis: 'observed from the flags of the call; of clone3 never, since its flags lie behind a pointer',
    falsePositives: ['container runtimes (runc uses CLONE_PARENT)', 'debuggers, strace'],
    audit: { rules: [...AUDIT.cloneParent, ...AUDIT.ptrace, ...AUDIT.forks], blind: 'clone3 passes its flags in memory: audit cannot see CLONE_PARENT there. Then only a later ppid that is not the caller’s child tells.' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection: { type: 'SYSCALL', key: ['foundling_clone_parent', 'foundling_ptrace'] }, filter_runtime: { 'exe|endswith': ['/runc', '/crun', '/strace', '/gdb'] } }, condition: 'selection and not filter_runtime' }], blind: 'It rests on the keys of the audit rules that go with it, and misses clone3.' },
    eql: { text: 'process where host.os.type == "linux" and event.action == "ptrace"\n  and not process.name in ("strace", "gdb", "runc", "crun")', blind: 'No ECS field has the flags of clone: CLONE_PARENT itself cannot be asked for. This sees the ptrace kin only.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL (syscall IN (56, clone) OR syscall IN (101, ptrace)) NOT exe IN ("/usr/bin/runc", "/usr/bin/crun", "/usr/bin/strace", "/usr/bin/gdb")\n| eval flags=tonumber(a0, 16)\n| where in(syscall, 101, "ptrace") OR floor(flags/32768) % 2 = 1\n| table _time host auid ses pid ppid comm exe syscall a0 exit`, blind: 'clone3 (435) hides its flags.' },
    falco: { condition: '(evt.type = clone and evt.rawres > 0 and (evt.arg.flags contains "CLONE_PARENT|" or evt.arg.flags endswith "CLONE_PARENT") or evt.type = ptrace) and not proc.name in (runc, crun, strace, gdb)', blind: 'Falco reads the flags of clone3 too, which audit cannot; who traces through /proc/PID/mem is not seen.' },
  },
  {
    kind: 'brokered', title: 'A login has a broker start a program for it', techniques: ['T1053', 'T1543'], level: 'low',
    looksFor: 'systemd-run, at, batch, crontab, busctl or systemctl start run by a login: what they start has systemd or cron as creator and no fork back to the login',
    basis: 'always inferred: no fork joins the two, but argument, unit and time do',
    falsePositives: ['administration; compare with the change windows'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.brokers], blind: 'A D-Bus message that a program sends itself (without busctl) leaves no exec; crontab files changed through a mounted folder leave no watch record.' },
    sigma: { rules: [{ logsource: PROCESSES, detection: { selection_tool: { 'Image|endswith': ['/systemd-run', '/at', '/batch', '/crontab', '/busctl'] }, selection_start: { 'Image|endswith': ['/systemctl'], 'CommandLine|contains': [' start ', ' enable ', ' restart ', ' link '] } }, condition: '1 of selection_*' }], blind: 'It sees the request, not what was started; join with the unit’s or job’s own exec by name and time.' },
    eql: { text: 'process where host.os.type == "linux" and event.type == "start" and event.action == "exec"\n  and (process.name in ("systemd-run", "at", "batch", "crontab", "busctl")\n    or (process.name == "systemctl" and process.args in ("start", "restart", "enable", "link")))', blind: 'As Sigma: the request only, and not D-Bus messages without a tool.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (59, execve) NOT auid IN (4294967295, -1, unset) exe IN ("/usr/bin/systemd-run", "/usr/bin/at", "/usr/bin/batch", "/usr/bin/crontab", "/usr/bin/busctl", "/usr/bin/systemctl")\n| table _time host auid ses pid ppid comm exe`, blind: 'Arguments are in the EXECVE record of the same event number.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and user.loginuid >= 0 and (proc.name in (systemd-run, at, batch, crontab, busctl) or (proc.name = systemctl and (proc.args contains "start" or proc.args contains "enable" or proc.args contains "link")))', blind: 'The request only.' },
  },
  {
    kind: 'reused-pid', title: 'Pids are spent until one comes again', techniques: ['T1036.009'], level: 'medium',
    looksFor: 'one process that makes children by the thousand, or writes where the kernel keeps the next pid: both bring a chosen number back',
    basis: 'observed from lifetimes; a pid that comes again within seconds of its end makes every join by number doubtful',
    falsePositives: ['builds, test suites, shell loops'],
    audit: { rules: [...AUDIT.forks, ...AUDIT.exits], blind: 'Writes to /proc/sys/kernel/ns_last_pid have no reliable watch: /proc has no lasting inodes. The exec of the tool that writes is seen with exec rules.' },
    sigma: {
      rules: [{ name: 'foundling_any_fork', title: 'A process is made', logsource: AUDITD, detection: { selection: { type: 'SYSCALL', syscall: [...FORK] } }, condition: 'selection' }],
      correlation: { type: 'event_count', rules: ['foundling_any_fork'], groupBy: ['hostname', 'pid'], timespan: '1m', atLeast: 5000 },
      blind: 'A storm spread over many processes stays below the count.',
    },
    eql: { text: 'sequence by host.id, process.parent.entity_id with maxspan=5s\n  [process where host.os.type == "linux" and event.action == "fork"] with runs=100', blind: 'EQL counts to 100 at most: builds do that too. Weigh by what follows.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (56, 57, 58, 435)\n| bin _time span=1m\n| stats count dc(exit) AS children BY _time host pid comm exe\n| where children > 5000`, blind: 'As Sigma.' },
    falco: { condition: 'evt.type in (open, openat, openat2) and evt.is_open_write = true and fd.name in (/proc/sys/kernel/ns_last_pid, /proc/sys/kernel/pid_max)', blind: 'Falco does not count: it sees only the short way through /proc.' },
  },
  {
    kind: 'outlived-session', title: 'Something acts on in a session that has ended', techniques: ['T1036.009'], level: 'medium',
    looksFor: 'records that carry an audit session after its USER_END',
    basis: 'observed from the session records and any later record of the same ses',
    falsePositives: ['tmux, screen, lingering users', 'agents that a login leaves behind (ssh-agent, gpg-agent)'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.exits, ...AUDIT.forks, '--loginuid-immutable'], blind: 'Who only sleeps writes no record. PAM writes the session’s end, no rule of ours; sessions that break off may have none. KillUserProcesses=yes in logind.conf ends most of this.' },
    sigma: {
      rules: [
        { name: 'foundling_session_end', title: 'A session ends', logsource: AUDITD, detection: { selection: { type: 'USER_END' } }, condition: 'selection' },
        { name: 'foundling_act_of_session', title: 'A process of a session acts', logsource: AUDITD, detection: { selection: { type: 'SYSCALL', syscall: [...EXEC] }, filter_service: { auid: [...UNSET] } }, condition: 'selection and not filter_service' },
      ],
      correlation: { type: 'temporal_ordered', rules: ['foundling_session_end', 'foundling_act_of_session'], groupBy: ['hostname', 'ses'], timespan: '1h' },
      blind: 'sudo and cron end sessions of their own within the same ses: expect them.',
    },
    eql: { text: 'sequence by host.id, auditd.session with maxspan=1h\n  [any where event.action == "ended-session"]\n  [any where event.action in ("executed", "connected-to", "exec", "connection_attempted")]', blind: 'auditd.session is Auditbeat’s; Elastic Defend knows no audit sessions.' },
    spl: { text: `${SPL_AUDIT} (type=USER_END OR (type=SYSCALL syscall IN (59, 322, 42, execve, connect))) ses=* NOT ses IN (4294967295, -1)\n| stats max(eval(if(type="USER_END", _time, null()))) AS ended, max(eval(if(type="SYSCALL", _time, null()))) AS acted, values(eval(if(type="SYSCALL", exe, null()))) AS programs BY host ses auid\n| where acted > ended`, blind: 'Of a session with several USER_END (sudo inside it) the last one counts.' },
    falco: { condition: 'evt.type in (execve, execveat, connect) and proc.ppid = 1 and user.loginuid >= 0 and proc.tty = 0', blind: 'Falco has no event of a session’s end: it sees acts of a login’s process that lost parent and terminal.' },
  },
];
