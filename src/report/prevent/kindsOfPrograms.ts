import { START_PLACES } from '../../triage/index.js';
import { AUDIT, type Prevention, SPL_AUDIT } from './recipe.js';

const AUDITD = { product: 'linux', service: 'auditd' };
const PROCESSES = { product: 'linux', category: 'process_creation' };
const SCRATCH = ['/tmp/', '/var/tmp/', '/dev/shm/', '/run/user/'] as const;
const SHELLS = ['sh', 'bash', 'dash', 'zsh', 'ksh', 'busybox'] as const;
/** Debian's php-fpm carries its version in its name, also as Falco and audit see it. */
const PHP = ['php-fpm', ...['7.4', '8.1', '8.2', '8.3', '8.4'].map((version) => `php-fpm${version}`)];
const SERVERS = ['nginx', 'apache2', 'httpd', 'lighttpd', 'caddy', ...PHP, 'uwsgi', 'gunicorn', 'java', 'node', 'tomcat', 'postgres', 'mysqld', 'mariadbd', 'redis-server', 'named', 'exim4', 'smtpd'] as const;
const OTHER_SERVERS = 'Servers under other names, such as an interpreter’s (python3, ruby, perl): add those of your hosts.';
const DAEMONS = ['sshd', 'cron', 'crond', 'rsyslogd', 'auditd', 'agetty', 'dbus-daemon', 'systemd', 'systemd-journald', 'systemd-logind', 'udevd', 'polkitd', 'packagekitd', 'snapd', 'atd', 'irqbalance'] as const;
const HOMES = ['/usr/', '/bin/', '/sbin/', '/lib/', '/opt/'] as const;
const WRITTEN = START_PLACES.flatMap(({ paths }) => paths);

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(', ');
const wild = (folders: readonly string[]): string => folders.map((folder) => `"${folder}*"`).join(', ');
const starts = (field: string, folders: readonly string[]): string => folders.map((folder) => `${field} startswith ${folder}`).join(' or ');
/** Patterns of start places (a star at the beginning, the end, or both) in Falco's words. */
const lies = (field: string, patterns: readonly string[]): string =>
  patterns.map((pattern) => `${field} ${pattern.startsWith('*') ? (pattern.endsWith('*') ? 'contains' : 'endswith') : pattern.endsWith('*') ? 'startswith' : '='} ${pattern.replaceAll('*', '')}`).join(' or ');

/** What detached processes are, do and hide. */
export const PROGRAMS: readonly Prevention[] = [
  {
    kind: 'kernel-name', title: 'A program calls itself a kernel thread', techniques: ['T1036.004'], level: 'high',
    looksFor: 'an exec whose name or argv[0] is a kernel thread’s ([kworker/0:1]): the kernel’s own threads run no program',
    basis: 'observed from the exec; from a snapshot where the executable or the creator is not kthreadd’s',
    falsePositives: ['none known for argv[0] in brackets; ps shows brackets where it cannot read arguments, which is no exec'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.names], blind: 'A name set by writing over argv in memory (T1036.011) makes no call; prctl(PR_SET_NAME) is noisy, since every thread names itself.' },
    sigma: { rules: [{ logsource: PROCESSES, detection: { selection_brackets: { 'CommandLine|startswith': '[' }, selection_name: { 'Image|contains': ['/kworker', '/ksoftirqd', '/kthreadd', '/migration/', '/rcu_', '/watchdog/', '/kswapd', '/jbd2'] } }, condition: '1 of selection_*' }], blind: 'Names taken after the exec are not seen.' },
    eql: { text: 'process where host.os.type == "linux" and event.action == "exec"\n  and (process.command_line like "[*" or process.name like ("kworker*", "ksoftirqd*", "kthreadd*", "migration*", "rcu_*", "watchdog*", "kswapd*", "jbd2*"))\n  and process.executable != null', blind: 'Names taken after the exec are not seen.' },
    spl: { text: `${SPL_AUDIT} type IN (SYSCALL, EXECVE)\n| where match(comm, "^(kworker|ksoftirqd|kthreadd|migration|rcu_|watchdog|kswapd|jbd2)") OR match(a0, "^\\[")\n| table _time host auid ses pid ppid comm exe a0`, blind: 'a0 of EXECVE records is the argument; of SYSCALL records it is a number, which never begins with a bracket.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and (proc.exe startswith "[" or proc.name startswith kworker or proc.name startswith ksoftirqd or proc.name startswith kthreadd or proc.name startswith kswapd) and proc.exepath != ""', blind: 'Names taken after the exec are not seen.' },
  },
  {
    kind: 'name-mismatch', title: 'A system daemon’s name in a strange place', techniques: ['T1036.005'], level: 'medium',
    looksFor: 'a program named like a system daemon that lies outside the folders of packages',
    basis: 'observed from the exec; comm, argv[0] and the executable are three words of three prices: the executable’s path costs most',
    falsePositives: ['self-built daemons in home folders', 'chroots and containers whose root is elsewhere'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.names], blind: 'A copy put over the package’s own path has the right name and place: compare hashes with the package (debsums, rpm -V).' },
    sigma: { rules: [{ logsource: PROCESSES, detection: { selection: { 'Image|endswith': DAEMONS.map((name) => `/${name}`) }, filter_home: { 'Image|startswith': [...HOMES] } }, condition: 'selection and not filter_home' }], blind: 'Payloads that lie in /usr, under a daemon’s name or a new one.' },
    eql: { text: `process where host.os.type == "linux" and event.action == "exec"\n  and process.name in (${quoted(DAEMONS)})\n  and not process.executable like (${wild(HOMES)})`, blind: 'Payloads that lie in /usr, under a daemon’s name or a new one.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (59, 322, execve) comm IN (${quoted(DAEMONS)})\n| where NOT match(exe, "^(/usr/|/bin/|/sbin/|/lib/|/opt/)")\n| table _time host auid ses pid ppid comm exe`, blind: 'comm has 15 characters at most.' },
    falco: { condition: `evt.type in (execve, execveat) and evt.rawres = 0 and proc.name in (${DAEMONS.join(', ')}) and not (${starts('proc.exepath', HOMES)})`, blind: 'Payloads that lie in /usr.' },
  },
  {
    kind: 'no-file', title: 'A program from memory or a folder that all may write', techniques: ['T1070.004', 'T1620'], level: 'medium',
    looksFor: 'execs from /tmp, /var/tmp, /dev/shm, a memfd or /proc/self/fd, and programs removed while they run',
    basis: 'observed from the exec’s path; that the file is gone needs the unlink or a snapshot',
    falsePositives: ['installers and builds that unpack into /tmp', 'configuration management'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.memfd, ...AUDIT.scratchRemovals], blind: 'A program removed through another name (a hard link, a mount) is not joined to its exec. /dev/shm is watched only where it is mounted when rules load.' },
    sigma: { rules: [{ logsource: PROCESSES, detection: { selection: { 'Image|startswith': [...SCRATCH, '/proc/self/fd/', 'memfd:', '/memfd:'] } }, condition: 'selection' }], blind: 'A third of the payloads of our captures lay where real programs live: place alone finds the others only.' },
    eql: { text: `process where host.os.type == "linux" and event.action == "exec"\n  and process.executable like (${wild([...SCRATCH, '/proc/self/fd/', 'memfd:', '/memfd:'])})`, blind: 'Place alone; see Sigma.' },
    spl: {
      // audit writes a path with a blank in it as hexadecimal digits: so is every memfd ("/memfd:x (deleted)") and every file that is gone.
      text: `${SPL_AUDIT} type=SYSCALL syscall IN (59, 322, execve, execveat)\n| eval path=if(match(exe, "^([0-9A-F]{2})+$"), urldecode(replace(exe, "([0-9A-F]{2})", "%\\1")), exe)\n| where match(path, "^(/tmp/|/var/tmp/|/dev/shm/|/run/user/|/proc/self/fd/|/?memfd:)") OR match(path, " \\(deleted\\)$")\n| table _time host auid ses pid ppid comm path`,
      blind: 'Place alone; see Sigma.',
    },
    falco: { condition: `evt.type in (execve, execveat) and evt.rawres = 0 and (proc.is_exe_from_memfd = true or ${starts('proc.exepath', SCRATCH)} or proc.exepath startswith /proc/self/fd/)`, blind: 'That the program is removed later.' },
  },
  {
    kind: 'orphan-network', title: 'An orphan of a login talks to the network', techniques: ['T1071'], level: 'high',
    looksFor: 'a connection, or a raw or packet socket, by a process below pid 1 that carries a login’s audit session',
    basis: 'observed from connect and socket records; inferred from ss or /proc/net in a snapshot',
    falsePositives: ['agents started by hand', 'ssh multiplexing masters (ControlPersist)'],
    audit: { rules: [...AUDIT.connections, ...AUDIT.execs, ...AUDIT.forks, ...AUDIT.exits], blind: 'Sockets inherited from the creator make no connect of their own; sendto without connect is not recorded; io_uring makes connections without the audited call.' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection_connect: { type: 'SYSCALL', syscall: [42, 'connect'], ppid: 1 }, selection_raw: { type: 'SYSCALL', key: 'foundling_raw_socket', ppid: 1 }, filter_service: { auid: [4294967295, -1, 'unset'] } }, condition: '1 of selection_* and not filter_service' }], blind: 'Below subreapers other than pid 1; local sockets (saddr 01...) are among the connects.' },
    eql: { text: 'sequence by host.id, process.entity_id with maxspan=1h\n  [process where host.os.type == "linux" and event.action == "exec" and process.parent.pid == 1 and process.session_leader.pid != process.pid]\n  [network where host.os.type == "linux" and event.action in ("connection_attempted", "connection_accepted")]', blind: 'Sockets inherited from the creator; orphans adopted after their exec.' },
    spl: { text: `${SPL_AUDIT} (type=SYSCALL syscall IN (42, connect) ppid=1 NOT auid IN (4294967295, -1, unset)) OR type=SOCKADDR\n| stats values(pid) AS pid values(ppid) AS ppid values(auid) AS auid values(exe) AS exe values(saddr) AS saddr BY host msg\n| where isnotnull(ppid) AND NOT match(saddr, "^01")`, blind: 'The address is hexadecimal in saddr unless the log is enriched.' },
    falco: { condition: '(evt.type = connect and fd.sockfamily = ip or evt.type = socket and evt.arg.domain contains AF_PACKET) and proc.ppid = 1 and user.loginuid >= 0', blind: 'Sockets inherited from the creator.' },
  },
  {
    kind: 'orphan-persistence', title: 'An orphan of a login writes where things start by themselves', techniques: [...new Set(START_PLACES.map(({ technique }) => technique))], level: 'high',
    looksFor: 'writes to cron, units, rc, profile or keys by a process below pid 1 that carries a login’s audit session, or by its launcher',
    basis: 'observed from file records; derived from a bodyfile’s times, which name no writer',
    falsePositives: ['package managers run from a detached upgrade'],
    audit: { rules: [...AUDIT.persistence, ...AUDIT.execs, ...AUDIT.forks], blind: 'A watch must exist before the write; home folders other than root’s need watches of their own (~/.ssh, ~/.config/systemd, ~/.profile).' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection: { type: 'SYSCALL', key: 'foundling_persistence', ppid: 1 }, filter_service: { auid: [4294967295, -1, 'unset'] } }, condition: 'selection and not filter_service' }], blind: 'It rests on the keys of the audit rules that go with it; the launcher’s own write has its own parent, not pid 1.' },
    eql: { text: `sequence by host.id, process.entity_id with maxspan=1h\n  [process where host.os.type == "linux" and event.action == "exec" and process.parent.pid == 1 and process.session_leader.pid != process.pid]\n  [file where host.os.type == "linux" and event.type != "deletion" and file.path like (${quoted(WRITTEN)})]`, blind: 'The launcher’s own write, and tools that the orphan has write for it.' },
    spl: { text: `${SPL_AUDIT} type=SYSCALL key=foundling_persistence ppid=1 NOT auid IN (4294967295, -1, unset)\n| table _time host auid ses pid ppid comm exe`, blind: 'The file is in the PATH record of the same event number.' },
    falco: { condition: `evt.type in (open, openat, openat2, rename, renameat, renameat2) and (evt.is_open_write = true and fd.num >= 0 or evt.type in (rename, renameat, renameat2) and evt.rawres = 0) and (${lies('fd.name', WRITTEN)} or ${lies('evt.arg.newpath', WRITTEN)}) and proc.ppid = 1 and user.loginuid >= 0`, blind: 'The launcher’s own write.' },
  },
  {
    kind: 'service-shell', title: 'A server program starts a shell that detaches', techniques: ['T1505.003'], level: 'high',
    looksFor: 'a shell made by a web, database or mail server; setsid, nohup or & in its command makes it worse',
    basis: 'observed from exec and fork; by the creator, so that it holds also when the shell’s child was adopted',
    falsePositives: ['CGI scripts, sendmail wrappers, health checks'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.forks, ...AUDIT.exits], blind: 'Code that runs inside the server without an exec.' },
    sigma: { rules: [{ logsource: PROCESSES, detection: { selection: { 'ParentImage|endswith': SERVERS.map((name) => `/${name}`), 'Image|endswith': SHELLS.map((name) => `/${name}`) } }, condition: 'selection' }], blind: `ParentImage is the recorded parent: a shell adopted before its exec no longer names the server. ${OTHER_SERVERS}` },
    eql: { text: `sequence by host.id, process.entity_id with maxspan=5m\n  [process where host.os.type == "linux" and event.action == "fork" and process.parent.name in (${quoted(SERVERS)})]\n  [process where host.os.type == "linux" and event.action == "exec" and process.name in (${quoted(SHELLS)})]`, blind: `A helper between server and shell; adoption does not hide it, since the fork names the creator. ${OTHER_SERVERS}` },
    spl: { text: `${SPL_AUDIT} type=SYSCALL syscall IN (56, 57, 58, 435, 59, 322)\n| eval child=if(in(syscall, 59, 322), pid, exit), server=if(in(syscall, 59, 322), null(), comm), shell=if(in(syscall, 59, 322), comm, null())\n| stats min(_time) AS first values(server) AS servers values(shell) AS shells BY host child\n| search servers IN (${quoted(SERVERS)}) shells IN (${quoted(SHELLS)})`, blind: `A pid that is used again within the time searched. ${OTHER_SERVERS}` },
    falco: { condition: `evt.type in (execve, execveat) and evt.rawres = 0 and proc.name in (${SHELLS.join(', ')}) and proc.aname in (${SERVERS.join(', ')})`, blind: `Ancestors are those of the moment: after an adoption the chain ends at pid 1. ${OTHER_SERVERS}` },
  },
  {
    kind: 'ignored-signals', title: 'A process is made deaf to the end of its session', techniques: ['T1564.011'], level: 'low',
    looksFor: 'nohup, setsid -f or trap \'\' HUP in a login: the process ignores the hangup that should end it',
    basis: 'observed from a snapshot’s SigIgn; from execs only by the tools that set it',
    falsePositives: ['administrators who let long jobs run on'],
    audit: { rules: [...AUDIT.signals, ...AUDIT.execs], blind: 'rt_sigaction passes the handler in memory: audit sees that SIGHUP’s action changed, not that it is ignored. A /proc snapshot (SigIgn) tells.' },
    sigma: { rules: [{ logsource: PROCESSES, detection: { selection_tool: { 'Image|endswith': ['/nohup', '/setsid'] }, selection_trap: { 'CommandLine|contains': ["trap '' HUP", "trap '' 1", 'trap "" HUP', 'disown'] } }, condition: '1 of selection_*' }], blind: 'Programs that ignore signals by themselves.' },
    eql: { text: 'process where host.os.type == "linux" and event.action == "exec"\n  and (process.name in ("nohup", "setsid") or process.command_line like ("*trap \'\' HUP*", "*trap \'\' 1*", "*disown*"))', blind: 'Programs that ignore signals by themselves.' },
    spl: { text: `${SPL_AUDIT} (type=SYSCALL key=foundling_sighup) OR (type=SYSCALL syscall IN (59, 322, execve) comm IN (nohup, setsid))\n| table _time host auid ses pid ppid comm exe key`, blind: 'foundling_sighup says that the action changed, not how.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and user.loginuid >= 0 and (proc.name in (nohup, setsid) or proc.cmdline contains "trap \'\' HUP" or proc.cmdline contains disown)', blind: 'Programs that ignore signals by themselves.' },
  },
  {
    kind: 'sensor-tampered', title: 'The sensor itself is touched', techniques: ['T1562.012'], level: 'high',
    looksFor: 'audit rules removed, auditing switched off, the daemon stopped or killed, the clock set, the log cut: afterwards “nothing seen” proves nothing',
    basis: 'observed: auditd records its own changes (CONFIG_CHANGE, DAEMON_END)',
    falsePositives: ['rule updates by configuration management', 'log rotation'],
    audit: { rules: [...AUDIT.sensor, ...AUDIT.execs, '--loginuid-immutable', '-e 2'], blind: '-e 2 locks the rules until reboot: put it last. Who loads a kernel module can stop the records before they are written; send them off the host at once.' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection_rules: { type: 'CONFIG_CHANGE', op: ['remove_rule', 'remove rule'] }, selection_off: { type: 'CONFIG_CHANGE', audit_enabled: 0 }, selection_daemon: { type: ['DAEMON_END', 'DAEMON_ABORT'] }, selection_key: { type: 'SYSCALL', key: ['foundling_sensor', 'foundling_clock'] } }, condition: '1 of selection_*' }], blind: 'A daemon killed with SIGKILL writes no DAEMON_END: watch for hosts that fall silent.' },
    eql: { text: 'process where host.os.type == "linux" and event.action == "exec"\n  and ((process.name == "auditctl" and process.args in ("-D", "-d", "-e", "-R"))\n    or (process.name in ("systemctl", "service") and process.args in ("auditd", "auditd.service", "auditbeat", "elastic-agent", "falco") and process.args in ("stop", "disable", "mask", "kill"))\n    or (process.name in ("pkill", "killall") and process.args in ("auditd", "auditbeat", "elastic-endpoint", "falco")))', blind: 'Netlink messages sent without auditctl.' },
    spl: { text: `${SPL_AUDIT} (type=CONFIG_CHANGE (op=remove_rule OR op="remove rule" OR audit_enabled=0)) OR type IN (DAEMON_END, DAEMON_ABORT) OR key IN (foundling_sensor, foundling_clock)\n| table _time host type op auid ses exe key`, blind: 'Hosts that fall silent: alert on the absence of records, too.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and (proc.name = auditctl or (proc.name in (systemctl, service) and (proc.args contains auditd or proc.args contains falco) and (proc.args contains stop or proc.args contains disable or proc.args contains mask))) or evt.type in (kill, tkill) and proc.name != systemd and evt.arg.sig in (SIGKILL, SIGSTOP) and evt.arg.pid contains auditd', blind: 'Its own end.' },
  },
  {
    kind: 'sources-disagree', title: 'Two sources name two parents', techniques: ['T1036.009'], level: 'medium',
    looksFor: 'a process whose parent by the audit record is not the one that a listing of the same time shows, or whose group’s leader is nobody’s ancestor',
    basis: 'derived: it takes two sources; which of them is wrong, neither says',
    falsePositives: ['adoption between the two readings (that is itself the finding adopted)', 'pids used again between them'],
    audit: { rules: [...AUDIT.execs, ...AUDIT.forks, ...AUDIT.exits, ...AUDIT.ptrace], blind: 'The second source (a scheduled ps or /proc copy) is yours to collect.' },
    sigma: { rules: [{ logsource: AUDITD, detection: { selection: { type: 'SYSCALL', key: ['foundling_ptrace', 'foundling_clone_parent'] } }, condition: 'selection' }], blind: 'One rule reads one source: it can only watch for the calls that make sources disagree.' },
    eql: { text: 'process where host.os.type == "linux" and event.action == "exec"\n  and process.parent.pid == 1 and process.group_leader.pid != process.pid and process.group_leader.pid != 1', blind: 'It takes the process group, which setpgid can forge, as the second source.' },
    spl: { text: `index=* ((sourcetype=linux:audit type=SYSCALL syscall IN (59, 322, execve)) OR sourcetype=ps)\n| eval id=coalesce(pid, PID), recorded=if(sourcetype="ps", null(), ppid), shown=if(sourcetype="ps", PPID, null())\n| bin _time span=10m\n| stats latest(recorded) AS recorded latest(shown) AS shown values(exe) AS exe BY _time host id\n| where isnotnull(recorded) AND isnotnull(shown) AND recorded!=shown`, blind: 'It needs ps listings in Splunk (the Unix add-on’s) and pids that do not come again within ten minutes.' },
    falco: { condition: 'evt.type in (execve, execveat) and evt.rawres = 0 and proc.ppid = 1 and proc.is_vpgid_leader = false and user.loginuid >= 0', blind: 'As EQL: the process group is the second source.' },
  },
];
