import { pathTest, START_PLACES } from './startPlaces.js';

/** Parts of a Linux host whose change an investigation asks for; a case adds files of its own to `configuration` (`triage.configurationFiles`). */
export const CHANGE_AREAS = ['cron', 'unit', 'startup', 'configuration', 'keys', 'program'] as const;
export type ChangeArea = (typeof CHANGE_AREAS)[number];

/** What belongs to an area besides its start places: who may have jobs and when they ran, settings, keys, programs. Written as there (hier(7)). */
const BESIDES: Readonly<Record<ChangeArea, readonly string[]>> = {
  cron: ['/etc/cron.allow', '/etc/cron.deny', '/etc/at.allow', '/etc/at.deny', '/var/spool/anacron/*'],
  unit: [],
  startup: [],
  configuration: [
    '/etc/passwd', '/etc/shadow', '/etc/group', '/etc/gshadow', '/etc/subuid', '/etc/subgid', '/etc/sudoers', '/etc/sudoers.d/*', '/etc/ssh/*', '/etc/security/*', '/etc/audit/*', '/etc/rsyslog.conf', '/etc/rsyslog.d/*',
    '/etc/syslog.conf', '/etc/syslog-ng/*', '/etc/selinux/*', '/etc/apparmor/*', '/etc/apparmor.d/*', '/etc/ld.so.conf', '/etc/ld.so.conf.d/*', '/etc/sysctl.conf', '/etc/sysctl.d/*', '/etc/hosts', '/etc/hosts.allow', '/etc/hosts.deny',
    '/etc/resolv.conf', '/etc/nsswitch.conf', '/etc/dbus-1/*', '/etc/polkit-1/*', '/etc/logrotate.conf', '/etc/logrotate.d/*', '/etc/apt/*', '/etc/yum.conf', '/etc/yum/*', '/etc/yum.repos.d/*', '/etc/dnf/*',
  ],
  keys: ['/root/.ssh/*', '*/.ssh/*', '/etc/ssh/ssh_host_rsa_key', '/etc/ssh/ssh_host_ecdsa_key', '/etc/ssh/ssh_host_ed25519_key'],
  program: ['/bin/*', '/sbin/*', '/usr/bin/*', '/usr/sbin/*', '/usr/local/*', '/usr/lib/*', '/usr/lib64/*', '/usr/libexec/*', '/lib/*', '/lib64/*', '/opt/*', '/srv/*'],
};

/** Where each area lies, as Hunt's wildcards. */
export const AREA_PATHS: Readonly<Record<ChangeArea, readonly string[]>> = {
  cron: pathsOf('cron'), unit: pathsOf('unit'), startup: pathsOf('startup'), configuration: pathsOf('configuration'), keys: pathsOf('keys'), program: pathsOf('program'),
};

function pathsOf(area: ChangeArea): readonly string[] {
  return [...START_PLACES.filter((place) => place.area === area).flatMap(({ paths }) => paths), ...BESIDES[area]];
}

/** What an area is called in a sentence. */
export const AREA_WORDS: Readonly<Record<ChangeArea, string>> = {
  cron: 'cron and at jobs', unit: 'units', startup: 'start-up files (rc, profile and the like)', configuration: 'configuration files', keys: 'ssh keys', program: 'programs and scripts',
};

const TESTS = new Map(CHANGE_AREAS.map((area) => [area, AREA_PATHS[area].map(pathTest)]));

/** The area that a path lies in; undefined for none. The first that fits, in the order of {@link CHANGE_AREAS}. */
export function areaOf(path: string): ChangeArea | undefined {
  return CHANGE_AREAS.find((area) => TESTS.get(area)!.some((test) => test(path)));
}
