/** Parts of a Linux host whose change an investigation asks for; `configuration` may be extended by the case (`triage.configurationFiles`). */
export const CHANGE_AREAS = ['cron', 'unit', 'startup', 'configuration', 'keys', 'program'] as const;
export type ChangeArea = (typeof CHANGE_AREAS)[number];

/** Where each area lies, as Hunt's wildcards (crontab(5), at(1), systemd.unit(5), systemd.generator(7), bash(1), pam(8), ld.so(8), hier(7)). */
export const AREA_PATHS: Readonly<Record<ChangeArea, readonly string[]>> = {
  cron: ['/etc/cron*', '/etc/anacrontab', '/var/spool/cron/*', '/var/spool/anacron/*', '/var/spool/at/*', '/etc/at.*'],
  unit: ['/etc/systemd/*', '/usr/lib/systemd/*', '/lib/systemd/*', '/usr/local/lib/systemd/*', '/run/systemd/system/*', '/run/systemd/generator*', '*/.config/systemd/*', '*/.local/share/systemd/*', '/etc/init/*'],
  startup: [
    '/etc/init.d/*', '/etc/rc*', '/etc/profile*', '/etc/bash.bashrc', '/etc/bashrc', '/etc/zsh/*', '/etc/environment', '/etc/update-motd.d/*', '/etc/xdg/autostart/*', '/etc/X11/*',
    '*/.bashrc', '*/.bash_profile', '*/.bash_login', '*/.bash_logout', '*/.profile', '*/.zshrc', '*/.zprofile', '*/.config/autostart/*', '*/.xinitrc', '/etc/ld.so.preload', '/etc/udev/*', '/lib/udev/*', '/usr/lib/udev/*',
  ],
  configuration: [
    '/etc/passwd*', '/etc/shadow*', '/etc/group*', '/etc/gshadow*', '/etc/sudoers*', '/etc/pam*', '/etc/ssh/*', '/etc/security/*', '/etc/audit/*', '/etc/rsyslog*', '/etc/syslog*', '/etc/selinux/*', '/etc/apparmor*',
    '/etc/ld.so.conf*', '/etc/modprobe.d/*', '/etc/modules*', '/etc/sysctl*', '/etc/hosts*', '/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/dbus-1/*', '/etc/polkit-1/*', '/etc/logrotate*', '/etc/apt/*', '/etc/yum*', '/etc/dnf/*',
  ],
  keys: ['*/.ssh/*', '/etc/ssh/ssh_host_*'],
  program: ['/bin/*', '/sbin/*', '/usr/bin/*', '/usr/sbin/*', '/usr/local/*', '/usr/lib*', '/lib*', '/opt/*', '/srv/*'],
};

/** What an area is called in a sentence. */
export const AREA_WORDS: Readonly<Record<ChangeArea, string>> = {
  cron: 'cron and at jobs', unit: 'units', startup: 'start-up files', configuration: 'configuration files', keys: 'ssh keys', program: 'programs and scripts',
};

/** The audit rules that would record changes of an area, one a line (auditctl(8)). */
export function watchRules(area: ChangeArea): string {
  const roots = new Set(AREA_PATHS[area].filter((path) => path.startsWith('/')).map((path) => path.replace(/\/?\*.*$/, '')));
  return [...roots].map((path) => `-w ${path} -p wa -k ${area}`).join('\n');
}

const TESTS = new Map(CHANGE_AREAS.map((area) => [area, AREA_PATHS[area].map(patternOf)]));

/** The area that a path lies in; undefined for none. The first that fits, in the order of {@link CHANGE_AREAS}. */
export function areaOf(path: string): ChangeArea | undefined {
  return CHANGE_AREAS.find((area) => TESTS.get(area)!.some((test) => test(path)));
}

/** A wildcard has one star at its beginning or its end, or both. */
function patternOf(pattern: string): (path: string) => boolean {
  const begins = pattern.startsWith('*'), ends = pattern.endsWith('*');
  const middle = pattern.slice(begins ? 1 : 0, ends ? -1 : undefined);
  if (begins && ends) return (path) => path.includes(middle);
  if (begins) return (path) => path.endsWith(middle);
  return ends ? (path) => path.startsWith(middle) : (path) => path === middle;
}
