import { baseName, isShell, type Run } from '../../lineage/index.js';

/** Programs that do nothing but let go of what they run (util-linux setsid.c, coreutils nohup.c, dpkg start-stop-daemon.c, libslack daemon, daemonize). */
const DETACHERS: ReadonlySet<string> = new Set(['setsid', 'nohup', 'start-stop-daemon', 'daemonize', 'daemon']);

/** Programs that start others by their office below init: managers and listeners. The name alone makes none: it must stand where init put it (isOffice in shape.ts). */
const OFFICES: ReadonlySet<string> = new Set([
  'systemd', 'init', 'cron', 'crond', 'anacron', 'atd', 'sshd', 'sshd-session', 'login', 'agetty', 'getty', 'dbus-daemon', 'dbus-broker-launch', 'dbus-broker', 'containerd-shim', 'containerd-shim-runc-v2', 'conmon', 'runc', 'crun',
  'dockerd', 'containerd', 'supervisord', 'inetd', 'xinetd', 'udevd', 'systemd-udevd', 'systemd-executor', 'gnome-session-binary', 'gdm-session-worker',
]);
/** Programs of a login that start others: terminal multiplexers, and what changes the user before a command. */
const SESSION_TOOLS: ReadonlySet<string> = new Set(['tmux', 'screen', 'sudo', 'su', 'doas', 'runuser', 'pkexec']);

export function isDetacher(run: Run): boolean {
  return isDetacherName(run.exe);
}

export function isDetacherName(path: string): boolean {
  return DETACHERS.has(baseName(path));
}

export function hasOfficeName(run: Run): boolean {
  return OFFICES.has(baseName(run.exe));
}

export function isSessionTool(run: Run): boolean {
  return SESSION_TOOLS.has(baseName(run.exe));
}

/** Programs that exist to talk to a far end; nc and openssl under the names that distributions give their kinds. */
const TALKERS = /^(nc|ncat|netcat|nc\.(openbsd|traditional)|socat|telnet|openssl|chisel|gs-netcat|cryptcat|rlogin|rsh)$/;

/** Names of daemons that the system starts and nobody starts by hand: a process of such a name below a login is out of its place. */
const SYSTEM_DAEMONS: ReadonlySet<string> = new Set([
  'sshd', 'cron', 'crond', 'atd', 'agetty', 'getty', 'udevd', 'systemd-udevd', 'systemd', 'systemd-journald', 'systemd-logind', 'systemd-resolved', 'systemd-timesyncd', 'systemd-networkd', 'dbus-daemon', 'dbus-broker', 'polkitd',
  'rsyslogd', 'syslogd', 'auditd', 'irqbalance', 'rngd', 'mcelog', 'cupsd', 'cups-browsed', 'avahi-daemon', 'packagekitd', 'accounts-daemon', 'udisksd', 'upowerd', 'snapd', 'chronyd', 'ntpd', 'acpid', 'smartd', 'lvmetad', 'lvmpolld',
  'dmeventd', 'multipathd', 'haveged', 'fstrim', 'kworker', 'php-fpm', 'gdm', 'gdm3', 'NetworkManager', 'wpa_supplicant', 'dhclient', 'thermald', 'firewalld', 'fail2ban-server', 'containerd', 'dockerd',
]);

/** Programs that can be a way out by what they are given: those that exist to talk, and shells with /dev/tcp. */
export function isTalkerName(path: string): boolean {
  return TALKERS.test(baseName(path)) || isShell(path);
}

export function isTalker(run: Run): boolean {
  return TALKERS.test(baseName(run.exe)) || TALKERS.test(baseName(run.args[0]));
}

export function isSystemDaemonName(name: string): boolean {
  return SYSTEM_DAEMONS.has(name);
}

/** Makers of containers and namespaces: runc makes a container's init with CLONE_PARENT (BASELINE 4.2). */
export const NAMESPACE_PROGRAMS: ReadonlySet<string> = new Set(['runc', 'crun', 'youki', 'lxc-start', 'systemd-nspawn', 'containerd-shim-runc-v2', 'conmon']);

/** Who has runc make a container. */
export const CONTAINER_MANAGERS = /^(containerd(-shim\S*)?|dockerd|docker|podman|buildah|buildkitd|conmon|crio|kubelet|lxc-start|lxd|incusd|systemd-nspawn|singularity|apptainer)$/;

/** Package managers and their helpers: what they write, an administrator installed. */
export function isPackageTool(exe: string | undefined): boolean {
  return /^(dpkg|apt|apt-get|rpm|yum|dnf|microdnf|zypper|apk|pacman|snapd|systemctl|update-rc\.d|deb-systemd-helper)$/.test(baseName(exe));
}
