import { describe, expect, test } from 'vitest';
import { AREA_PATHS, areaOf, CHANGE_AREAS } from '../../../src/triage/changeAreas.js';
import { pathsOf } from '../../../src/triage/playbook/steps/changes.js';
import { parseTriageSettings } from '../../../src/triage/settings.js';
import { START_PLACES, startPlaceOf, watchesOf } from '../../../src/triage/startPlaces.js';

describe('where things start by themselves', () => {
  test.each([
    ['/etc/cron.d/again', 'T1053', 'cron'], ['/var/spool/cron/crontabs/alice', 'T1053', 'cron'], ['/var/spool/at/a0000101', 'T1053', 'cron'],
    ['/etc/systemd/system/again.service', 'T1543', 'unit'], ['/home/alice/.config/systemd/user/again.timer', 'T1543', 'unit'], ['/etc/systemd/system-generators/again', 'T1543', 'unit'],
    ['/etc/init.d/again', 'T1037', 'startup'], ['/etc/rc.local', 'T1037', 'startup'], ['/etc/rc2.d/S99again', 'T1037', 'startup'],
    ['/etc/profile.d/again.sh', 'T1546.004', 'startup'], ['/home/alice/.bashrc', 'T1546.004', 'startup'], ['/root/.ssh/rc', 'T1546.004', 'startup'],
    ['/home/alice/.config/autostart/again.desktop', 'T1547.013', 'startup'], ['/etc/udev/rules.d/99-again.rules', 'T1546.017', 'startup'], ['/etc/ld.so.preload', 'T1574.006', 'startup'],
    ['/etc/pam.d/sshd', 'T1556.003', 'configuration'], ['/usr/lib/x86_64-linux-gnu/security/pam_again.so', 'T1556.003', 'configuration'], ['/etc/modules-load.d/again.conf', 'T1547.006', 'configuration'],
    ['/root/.ssh/authorized_keys', 'T1098.004', 'keys'],
  ])('%s is one (%s), in the area %s', (path, technique, area) => {
    expect(startPlaceOf(path)).toMatchObject({ technique, area });
    expect(areaOf(path)).toBe(area);
  });

  test.each(['/root/.ssh/known_hosts', '/etc/cron.deny', '/run/systemd/sessions/c1', '/home/alice/.local/share/systemd/timers/stamp-again.timer', '/etc/profiled', '/tmp/.bashrc.swp', '/etc/passwd'])('%s starts nothing', (path) => {
    expect(startPlaceOf(path)).toBeUndefined();
  });
});

describe('the paths of the tables', () => {
  const paths = [...START_PLACES.flatMap((place) => place.paths), ...CHANGE_AREAS.flatMap((area) => AREA_PATHS[area])];

  test.each(paths.filter((path) => path.startsWith('/')))('%s can be watched: a file, or all of a folder', (path) => {
    expect(path).toMatch(/^(\/[\w.-]+)+(\/\*)?$/);
  });

  test('the rules of an area watch each of its places once, and none inside another', () => {
    expect(watchesOf(['/etc/x/*', '/etc/x/y/*', '/etc/z', '*/.bashrc', '/etc/z'], 'k')).toEqual(['-w /etc/x/ -p wa -k k', '-w /etc/z -p wa -k k']);
    expect(watchesOf(['/opt/*/conf', '/opt/app*', '/opt/a b', '/opt/app/*'], 'k')).toEqual(['-w /opt/app/ -p wa -k k']);
    expect(watchesOf(AREA_PATHS.cron, 'cron')).toEqual(expect.arrayContaining(['-w /etc/crontab -p wa -k cron', '-w /etc/cron.d/ -p wa -k cron', '-w /var/spool/cron/ -p wa -k cron']));
  });

  test('a case names configuration files of its own', () => {
    const { settings, troubles } = parseTriageSettings({ configurationFiles: ['/opt/app/etc/*'] });
    expect(troubles).toEqual([]);
    expect(pathsOf({ settings }, ['configuration'])).toEqual([...AREA_PATHS.configuration, '/opt/app/etc/*']);
    expect(pathsOf({ settings }, ['cron'])).toEqual(AREA_PATHS.cron);
    expect(parseTriageSettings({ configurationFiles: '/opt/app' }).troubles).toEqual(['triage.configurationFiles: it must be a list of wildcards over paths of files; the default is used']);
  });
});
