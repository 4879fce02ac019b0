import type { Run } from './argv.js';
import { baseName } from './programNames.js';

/** Programs that init starts and that then belong to a session by right. */
export const OF_INIT: ReadonlySet<string> = new Set(['systemd', 'login', 'agetty', 'getty', 'mingetty', 'sulogin', 'gdm-session-worker', 'lightdm']);
/** Who asks a broker names the program and does not make it. */
export const ASKERS: ReadonlySet<string> = new Set(['systemd-run', 'systemctl', 'at', 'batch', 'crontab', 'busctl', 'dbus-send', 'gdbus', 'docker', 'podman', 'crictl', 'kubectl', 'ctr']);
/** What moves, reads or looks for a file names it and does not run it. */
export const FILE_TOOLS: ReadonlySet<string> = new Set([
  'cp', 'mv', 'rm', 'ln', 'ls', 'cat', 'chmod', 'chown', 'chgrp', 'chattr', 'stat', 'file', 'touch', 'install', 'tee', 'head', 'tail', 'less', 'more', 'grep', 'egrep', 'sed', 'awk', 'gawk', 'mawk', 'find', 'wc', 'md5sum',
  'sha1sum', 'sha256sum', 'curl', 'wget', 'tar', 'gzip', 'scp', 'rsync', 'dd', 'vi', 'vim', 'nano', 'echo', 'printf', 'test', '[', 'which', 'pgrep', 'pkill', 'killall', 'ps', 'pidof', 'strings', 'objdump', 'readelf',
  'gcc', 'cc', 'ld', 'mktemp', 'dirname', 'basename', 'readlink', 'realpath', 'base64', 'xxd', 'od', 'shred', 'truncate', 'setfacl', 'lsof', 'fuser', 'sleep', 'kill', 'diff', 'cmp', 'sort', 'uniq', 'mkdir', 'rmdir',
]);
/** Programs that give their children a pid namespace, whose first process adopts. */
export const NAMESPACE_MAKERS: ReadonlySet<string> = new Set(['unshare', 'bwrap', 'runc', 'crun', 'nsenter', 'firejail', 'lxc-start', 'systemd-nspawn']);
/** Programs that run a command below them and leave only when it has ended. */
const WAITERS: ReadonlySet<string> = new Set([
  'setsid', 'sudo', 'su', 'runuser', 'doas', 'timeout', 'time', 'strace', 'ltrace', 'script', 'watch', 'xargs', 'find', 'parallel', 'flock', 'make', 'gmake', 'ninja', 'run-parts', 'unshare', 'nsenter',
  'systemd-run', 'dbus-run-session', 'xvfb-run', 'fakeroot', 'chronic', 'entr', 'perf', 'gdb', 'valgrind', 'ssh', 'scp', 'git', 'apt', 'apt-get', 'dpkg', 'rpm', 'yum', 'dnf', 'env', 'nice', 'ionice', 'nohup', 'stdbuf',
]);

export function waitsForCommand(run: Run): boolean {
  return WAITERS.has(baseName(run.exe));
}
