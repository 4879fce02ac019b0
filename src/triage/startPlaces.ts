import type { TechniqueId } from './attack.js';

/** A kind of place where Linux keeps what starts programs by itself, or what lets somebody in again. */
export interface StartPlace {
  /** The part of the host that it belongs to (changeAreas.ts). */
  readonly area: 'cron' | 'unit' | 'startup' | 'configuration' | 'keys';
  /** What a file there is, for "It wrote a job: /etc/cron.d/x". */
  readonly what: string;
  readonly technique: TechniqueId;
  /**
   * A file, a folder with `/*`, or an end after `*`. What begins with `/` has a parent folder on every host with systemd, so that it can be watched:
   * auditctl refuses a watch whose parent folder is missing, and reads no further.
   */
  readonly paths: readonly string[];
}

/** All of them (crontab(5), at(1), systemd.unit(5), systemd.generator(7), bash(1), zsh(1), pam(8), udev(7), ld.so(8), modules-load.d(5), sshd(8)). */
export const START_PLACES: readonly StartPlace[] = [
  { area: 'cron', what: 'a job', technique: 'T1053', paths: ['/etc/crontab', '/etc/anacrontab', '/etc/cron.d/*', '/etc/cron.hourly/*', '/etc/cron.daily/*', '/etc/cron.weekly/*', '/etc/cron.monthly/*', '/etc/cron.yearly/*', '/var/spool/cron/*', '/var/spool/at/*'] },
  { area: 'unit', what: 'a generator of units', technique: 'T1543', paths: ['etc', 'usr/lib', 'lib', 'run'].flatMap((root) => [`/${root}/systemd/system-generators/*`, `/${root}/systemd/user-generators/*`]) },
  {
    area: 'unit', what: 'a unit', technique: 'T1543',
    paths: ['/etc/systemd/*', '/usr/lib/systemd/*', '/lib/systemd/*', '/usr/local/lib/systemd/*', '/run/systemd/system/*', '/run/systemd/user/*', '/run/systemd/transient/*', '/run/systemd/system.control/*', '*/.config/systemd/*', '*/.local/share/systemd/user/*', '/etc/init/*'],
  },
  { area: 'startup', what: 'what runs at every start', technique: 'T1037', paths: ['/etc/init.d/*', '/etc/inittab', '/etc/rc.local', '/etc/rc.d/*', ...[0, 1, 2, 3, 4, 5, 6, 'S'].map((level) => `/etc/rc${level}.d/*`)] },
  {
    area: 'startup', what: 'what runs at every login', technique: 'T1546.004',
    paths: [
      '/etc/profile', '/etc/profile.d/*', '/etc/bash.bashrc', '/etc/bashrc', '/etc/zsh/*', '/etc/zshenv', '/etc/zshrc', '/etc/zprofile', '/etc/environment', '/etc/update-motd.d/*', '*/ssh/sshrc', '*/.ssh/rc',
      '*/.bashrc', '*/.bash_profile', '*/.bash_login', '*/.bash_logout', '*/.bash_aliases', '*/.profile', '*/.zshrc', '*/.zshenv', '*/.zprofile', '*/.zlogin', '*/.zlogout', '*/.config/fish/*', '*/.pam_environment',
    ],
  },
  { area: 'startup', what: 'what starts with the desktop', technique: 'T1547.013', paths: ['*/xdg/autostart/*', '*/.config/autostart/*', '/etc/X11/*', '*/.xinitrc', '*/.xprofile', '*/.xsession', '*/.xsessionrc'] },
  { area: 'startup', what: 'a rule for devices', technique: 'T1546.017', paths: ['/etc/udev/*', '/lib/udev/*', '/usr/lib/udev/*', '/run/udev/rules.d/*'] },
  { area: 'startup', what: 'what is loaded into every program', technique: 'T1574.006', paths: ['/etc/ld.so.preload'] },
  { area: 'configuration', what: 'a module of the login (PAM)', technique: 'T1556.003', paths: ['/etc/pam.conf', '/etc/pam.d/*', '*/security/pam_*'] },
  { area: 'configuration', what: 'a module of the kernel', technique: 'T1547.006', paths: ['/etc/modules', '/etc/modules-load.d/*', '/usr/lib/modules-load.d/*', '/etc/modprobe.d/*', '/lib/modules/*', '/usr/lib/modules/*'] },
  // Beside the keys ssh keeps whom it met (known_hosts), which lets nobody in.
  { area: 'keys', what: 'keys that let somebody in', technique: 'T1098.004', paths: ['*/authorized_keys', '*/authorized_keys2'] },
];

/** The kind of start place that a path lies in; undefined for none. */
export function startPlaceOf(path: string): StartPlace | undefined {
  return TESTS.find(({ tests }) => tests.some((test) => test(path)))?.place;
}

/** The audit rules that record changes of paths, in order (auditctl(8)). What has a wildcard elsewhere than as `/*` cannot be watched; what lies in a watched folder is. */
export function watchesOf(paths: readonly string[], key: string): string[] {
  const places = [...new Set(paths.map((path) => path.replace(/\/\*$/, '/')).filter((path) => /^\/[^*?\s]+$/.test(path)))];
  return places.filter((place) => !places.some((other) => other !== place && other.endsWith('/') && place.startsWith(other))).map((place) => `-w ${place} -p wa -k ${key}`);
}

/** Whether a path fits; a pattern has a star at its beginning, its end, or both. */
export function pathTest(pattern: string): (path: string) => boolean {
  const begins = pattern.startsWith('*'), ends = pattern.endsWith('*');
  const middle = pattern.slice(begins ? 1 : 0, ends ? -1 : undefined);
  if (begins && ends) return (path) => path.includes(middle);
  if (begins) return (path) => path.endsWith(middle);
  return ends ? (path) => path.startsWith(middle) : (path) => path === middle;
}

const TESTS = START_PLACES.map((place) => ({ place, tests: place.paths.map(pathTest) }));
