import type { EntryKind } from '../../model/index.js';
import type { BaselineEntry } from './entry.js';

const SECOND = 1_000_000;
const MEASURED = 'Debian 12 under strace';
const LOGIN: readonly EntryKind[] = ['login', 'console'];
const SERVICE: readonly EntryKind[] = ['service', 'timer', 'boot'];
const ANY: readonly EntryKind[] = [...LOGIN, ...SERVICE, 'cron', 'at'];

/** A daemon that detaches itself below its own unit, known in general only. */
const daemon = (id: string, title: string, executables: readonly string[]): BaselineEntry => ({
  id, title, grade: 'K', source: 'Type=forking daemons', executables, chains: ['itself', 'started', 'unknown'], adopters: ['init'], places: ['own-unit', 'other-unit'], entries: SERVICE, detachMicros: 30 * SECOND, network: true,
});

/** Legitimate daemonisers and adopters. Columns, figures and grades: BASELINE.md 4.1 and 4.2; the rows for any program come from quiet captures. */
export const SHIPPED: readonly BaselineEntry[] = [
  // Any program, by shape alone.
  { id: 'leftover', title: 'what a script, a pipeline or a login leaves for a moment', grade: 'M', source: 'quiet hosts: scripts of the login message, configure, pipelines', executables: ['*'], chains: ['job', 'subshell', 'started'], survivesMicros: 2 * SECOND, entries: ANY },
  { id: 'hung-up-shell', title: 'a login shell whose connection was closed', grade: 'M', source: 'quiet hosts: the shell outlives its sshd until it reads the hang-up', executables: ['*/bash', '*/dash', '*/sh', '*/zsh', '*/ksh', '*/fish'], chains: ['started', 'itself', 'subshell'], session: false, survivesMicros: 10 * SECOND, entries: LOGIN },
  { id: 'unit-daemon', title: 'a unit\'s own daemon (Type=forking)', grade: 'M', source: `${MEASURED}: start of nginx and of packaged agents`, executables: ['*'], chains: ['itself'], adopters: ['init'], places: ['own-unit'], entries: ['service'], detachMicros: 35 * SECOND, network: true, unasked: true },
  // Terminals and agents of a login.
  { id: 'tmux', title: 'tmux server', grade: 'M', source: `${MEASURED}; systemd#3675`, executables: ['/usr/bin/tmux', '/bin/tmux'], chains: ['itself', 'started'], session: true, adopters: ['init', 'subreaper'], places: ['login', 'user-unit'], entries: LOGIN, detachMicros: 2 * SECOND },
  { id: 'screen', title: 'screen', grade: 'M', source: MEASURED, executables: ['/usr/bin/screen', '/bin/screen'], chains: ['itself', 'started'], session: true, adopters: ['init'], places: ['login', 'user-unit'], entries: LOGIN, detachMicros: 2 * SECOND },
  { id: 'ssh-agent', title: 'ssh-agent', grade: 'M', source: MEASURED, executables: ['/usr/bin/ssh-agent'], chains: ['itself'], session: true, adopters: ['init', 'subreaper'], places: ['login', 'user-unit'], entries: LOGIN, detachMicros: 2 * SECOND },
  { id: 'gpg-agent', title: 'gpg-agent and its helpers', grade: 'M', source: `${MEASURED}; GnuPG agent/gpg-agent.c`, executables: ['/usr/bin/gpg-agent', '/usr/bin/dirmngr', '/usr/bin/keyboxd', '/usr/lib/gnupg/*', '/usr/libexec/scdaemon', '/usr/libexec/keyboxd'], chains: ['itself', 'handed-on'], adopters: ['init', 'subreaper'], places: ['login', 'user-unit'], entries: LOGIN, detachMicros: 2 * SECOND },
  { id: 'ssh-mux', title: 'ssh connection kept open (ControlPersist)', grade: 'S', source: 'OpenSSH ssh.c: fork_postauth, control_persist_detach', executables: ['/usr/bin/ssh'], arguments: '*ControlPersist*', chains: ['itself'], adopters: ['init', 'subreaper'], places: ['login', 'user-unit'], entries: LOGIN, detachMicros: 5 * SECOND, network: true },
  { id: 'ssh-transport', title: 'ssh below scp, sftp, rsync or git', grade: 'K', source: 'the caller was interrupted before its ssh', executables: ['/usr/bin/ssh'], chains: ['handed-on'], launchers: ['*/scp', '*/sftp', '*/rsync', '*/git', '*/git-remote-*'], entries: [...LOGIN, 'cron', 'service', 'boot'], network: true },
  { id: 'dbus-launch', title: 'dbus-launch', grade: 'K', source: 'dbus tools', executables: ['/usr/bin/dbus-launch', '/usr/bin/dbus-daemon'], chains: ['itself', 'handed-on'], adopters: ['init', 'subreaper'], entries: LOGIN, detachMicros: 2 * SECOND },
  { id: 'user-helpers', title: 'helpers of a graphical login', grade: 'K', source: 'D-Bus activation below systemd --user', executables: ['/usr/libexec/gvfs*', '/usr/lib/gvfs/*', '/usr/libexec/at-spi*', '/usr/bin/pulseaudio', '/usr/bin/pipewire*', '/usr/bin/ibus*', '/usr/libexec/dconf*', '/usr/bin/gnome-keyring-daemon'], chains: ['itself', 'started', 'handed-on'], adopters: ['subreaper'], places: ['user-unit', 'own-unit'], detachMicros: 2 * SECOND },
  { id: 'xsession', title: 'display servers', grade: 'K', source: 'vncserver, gdm-x-session', executables: ['/usr/lib/xorg/Xorg', '/usr/bin/Xorg', '/usr/bin/Xvnc', '/usr/bin/Xtigervnc'], chains: ['job', 'handed-on', 'started'], adopters: ['init', 'subreaper'], entries: [...LOGIN, 'service'], network: true },
  // Daemons.
  { id: 'nginx', title: 'nginx', grade: 'M', source: MEASURED, executables: ['/usr/sbin/nginx'], chains: ['itself', 'started'], session: true, adopters: ['init'], places: ['own-unit'], units: ['nginx*.service'], entries: ['service'], detachMicros: 2 * SECOND, network: true },
  { id: 'redis', title: 'redis-server --daemonize', grade: 'M', source: MEASURED, executables: ['/usr/bin/redis-server', '/usr/bin/redis-check-rdb'], arguments: '*redis-server*', chains: ['itself', 'started'], session: true, adopters: ['init'], places: ['own-unit', 'login'], entries: ['service', 'login'], detachMicros: 2 * SECOND, network: true },
  daemon('apache', 'Apache', ['/usr/sbin/apache2', '/usr/sbin/httpd']),
  daemon('postgres', 'PostgreSQL', ['/usr/lib/postgresql/*/bin/postgres', '/usr/bin/postgres', '/usr/pgsql-*/bin/postgres']),
  daemon('sshd', 'sshd, where it is no systemd service of its own', ['/usr/sbin/sshd']),
  daemon('cron', 'cron', ['/usr/sbin/cron', '/usr/sbin/crond']),
  daemon('classic-daemons', 'daemons that fork and wait until the child is ready', ['/usr/sbin/auditd', '/sbin/auditd', '/usr/bin/mysqld_safe', '/usr/sbin/mysqld', '/usr/lib/postfix/sbin/master', '/usr/sbin/dhclient', '/usr/sbin/chronyd', '/usr/sbin/rpcbind', '/sbin/rpcbind', '/usr/sbin/snmpd', '/usr/sbin/zabbix_agentd', '/usr/sbin/nrpe', '/usr/sbin/haproxy']),
  daemon('python-daemons', 'python-daemon, gunicorn, celery, uwsgi, supervisord, salt-minion', ['/usr/bin/gunicorn*', '/usr/bin/celery', '/usr/bin/uwsgi*', '/usr/bin/supervisord', '/usr/bin/salt-minion']),
  { id: 'start-stop-daemon', title: 'start-stop-daemon --background', grade: 'K', source: `${MEASURED} (the shape); dpkg utils/start-stop-daemon.c. It lets go of whatever it is given, so it explains nothing by itself`, executables: ['/usr/sbin/*', '/usr/bin/*', '/opt/*'], chains: ['wrapped'], launchers: ['*/start-stop-daemon'], adopters: ['init'], detachMicros: 5 * SECOND },
  { id: 'ansible-async', title: 'Ansible async task', grade: 'S', source: 'ansible modules/async_wrapper.py: daemonize_self', executables: ['/usr/bin/python*', '/usr/libexec/platform-python*'], arguments: '*/async_wrapper.py *', chains: ['itself'], session: true, adopters: ['init'], places: ['login'], entries: LOGIN, detachMicros: 5 * SECOND },
  { id: 'git-background', title: 'git gc, maintenance, fsmonitor, credential cache', grade: 'K', source: 'git setup.c: daemonize()', executables: ['/usr/bin/git', '/usr/lib/git-core/*', '/usr/libexec/git-core/*'], chains: ['itself'], session: true, adopters: ['init'], entries: [...LOGIN, 'cron', 'service'], detachMicros: 5 * SECOND, network: true },
  { id: 'developer-servers', title: 'build and editor servers', grade: 'K', source: 'emacs --daemon, gradle, bazel, adb, watchman, sccache', executables: ['/usr/bin/emacs*', '/usr/bin/adb', '/usr/lib/jvm/*/bin/java', '/usr/bin/watchman', '/usr/bin/bazel*', '/usr/bin/sccache'], chains: ['itself', 'handed-on', 'job'], adopters: ['init', 'subreaper'], entries: LOGIN, network: true },
  { id: 'vscode-server', title: 'VS Code server', grade: 'K', source: 'remote-ssh start script', executables: ['/home/*/.vscode-server/*/node', '/root/.vscode-server/*/node'], chains: ['job', 'wrapped'], adopters: ['init'], places: ['login'], entries: LOGIN, network: true },
  // Containers: who breaks the tree by design.
  { id: 'containerd-shim', title: 'containerd shim', grade: 'S', source: 'containerd#3200: the shim starts itself anew and goes to init by design', executables: ['/usr/bin/containerd-shim*', '/usr/local/bin/containerd-shim*'], chains: ['itself', 'started'], adopters: ['init'], places: ['own-unit', 'other-unit'], units: ['containerd.service', 'docker.service', 'k3s*.service'], entries: ['service', 'container'], detachMicros: 5 * SECOND },
  { id: 'conmon', title: 'conmon of podman and cri-o', grade: 'K', source: 'conmon src/conmon.c', executables: ['/usr/bin/conmon', '/usr/libexec/podman/conmon'], chains: ['itself', 'started', 'handed-on'], adopters: ['init', 'subreaper'] },
  { id: 'container-process', title: 'a process of a container whose parent died', grade: 'S', source: 'kernel/exit.c: find_new_reaper keeps it in its pid namespace', executables: ['*'], chains: ['job', 'itself', 'subshell', 'started'], adopters: ['namespace-init'], places: ['container'], entries: ['container'], network: true },
  { id: 'fuse', title: 'FUSE file systems', grade: 'K', source: 'libfuse fuse_daemonize', executables: ['/usr/bin/squashfuse*', '/usr/bin/sshfs', '/usr/libexec/gvfsd-fuse', '/usr/bin/fusermount*', '/usr/bin/ntfs-3g'], chains: ['itself', 'handed-on'], session: true, adopters: ['init', 'subreaper'], detachMicros: SECOND, network: true },
  { id: 'cloud-init', title: 'what user data of cloud-init leaves', grade: 'K', source: 'cloud-final.service, KillMode=process', executables: ['*'], chains: ['job', 'itself'], adopters: ['init'], units: ['cloud-final.service', 'cloud-init*.service'], entries: ['service'] },
  { id: 'package-scripts', title: 'restarts by package scripts and log rotation', grade: 'K', source: 'logrotate postrotate, dpkg triggers, needrestart', executables: ['/usr/sbin/*', '/usr/bin/*'], chains: ['job', 'started', 'subshell'], adopters: ['init'], units: ['logrotate.service', 'apt-daily*.service', 'unattended-upgrades.service', 'dnf-automatic*.service'], entries: ['service', 'timer'], survivesMicros: 60 * SECOND },
  { id: 'ci-runner', title: 'what a step of a CI runner leaves', grade: 'K', source: 'GitHub and Jenkins runners', executables: ['*'], chains: ['job'], adopters: ['init', 'subreaper'], units: ['actions.runner.*.service', 'jenkins*.service', 'gitlab-runner.service', 'buildkite-agent.service'], entries: ['service'] },
];
