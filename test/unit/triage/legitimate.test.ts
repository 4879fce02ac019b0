import { describe, expect, test } from 'vitest';
import { daemonise, doubleForked, leaveJob, Story, told } from './story.js';

const NEWPID = 0x20000000, PARENT = 0x8000;

/** What is told, the process that matters, how triage must take it: explained, quiet (listed, no alert), or not listed; and by which entry, if any. */
type Row = readonly [who: string, tell: (story: Story) => number, state: 'explained' | 'quiet' | 'not listed', by?: RegExp];

/** Daemons, jobs and desktops of BASELINE.md 4.2, as their sources make them; what talks by its office talks here. */
const HOST: readonly Row[] = [
  ['nginx, started by its unit', (s) => unitDaemon(s, 'nginx', '/usr/sbin/nginx', ['/usr/sbin/nginx', '-g', 'daemon on; master_process on;']), 'explained'],
  ['nginx, a reload: new workers, the old ones end', (s) => {
    const master = unitDaemon(s, 'nginx', '/usr/sbin/nginx'), old = s.fork(master);
    s.exec(s.fork(master), '/usr/sbin/nginx', ['/usr/sbin/nginx', '-s', 'reload']);
    const fresh = s.fork(master);
    s.exit(old);
    return fresh;
  }, 'not listed'],
  ['nginx, a new binary: the old master leaves the new one behind', (s) => {
    const master = unitDaemon(s, 'nginx', '/usr/sbin/nginx'), next = s.fork(master);
    s.exec(next, '/usr/sbin/nginx', ['nginx: master process /usr/sbin/nginx']);
    s.wait(3).exit(master);
    return next;
  }, 'explained'],
  ['apache2, by apachectl', (s) => {
    const control = s.service(900, '/usr/bin/dash', ['/bin/sh', '/usr/sbin/apachectl', 'start'], 'apache2');
    const server = daemonise(s, control, '/usr/sbin/apache2', ['/usr/sbin/apache2', '-k', 'start']);
    s.exit(control);
    return server;
  }, 'explained'],
  ['PostgreSQL, by pg_ctl, with a standby that it connects to', (s) => {
    const cluster = s.service(900, '/usr/bin/perl', ['/usr/bin/perl', '-w', '/usr/bin/pg_ctlcluster', '15-main', 'start'], 'postgresql@15-main');
    const control = s.exec(s.fork(cluster), '/usr/lib/postgresql/15/bin/pg_ctl', ['/usr/lib/postgresql/15/bin/pg_ctl', 'start', '-D', '/var/lib/postgresql/15/main']);
    const server = s.setsid(s.fork(control));
    s.exec(server, '/usr/bin/dash', ['/bin/sh', '-c', 'exec "/usr/lib/postgresql/15/bin/postgres" -D "/var/lib/postgresql/15/main" < "/dev/null" 2>&1']);
    s.exec(server, '/usr/lib/postgresql/15/bin/postgres', ['/usr/lib/postgresql/15/bin/postgres', '-D', '/var/lib/postgresql/15/main']);
    s.wait(0.5).exit(control);
    s.exit(cluster);
    s.connect(s.fork(server), '10.0.0.8', 5432);
    return server;
  }, 'explained', /PostgreSQL/],
  ['a unit of Type=forking whose daemon asks the network', (s) => s.connect(unitDaemon(s, 'acme-agent', '/opt/acme/agentd'), '10.0.0.9', 443), 'explained'],
  ['Tomcat: a start script with nohup java &', (s) => {
    const script = s.service(900, '/usr/bin/dash', ['/bin/sh', '/opt/tomcat/bin/startup.sh'], 'tomcat');
    const java = s.exec(s.exec(s.fork(script), '/usr/bin/nohup', ['nohup', 'java', 'org.apache.catalina.startup.Bootstrap', 'start']), '/usr/lib/jvm/java-17-openjdk-amd64/bin/java', ['java', 'org.apache.catalina.startup.Bootstrap', 'start']);
    s.exit(script);
    return s.connect(java, '10.0.0.7', 3306);
  }, 'quiet', /start script/],
  ['postfix: master, by its script, delivers mail', (s) => {
    const script = s.service(900, '/usr/bin/dash', ['/bin/sh', '/usr/lib/postfix/postfix-script', 'start'], 'postfix@-');
    const master = s.setsid(s.exec(s.fork(script), '/usr/lib/postfix/sbin/master', ['/usr/lib/postfix/sbin/master', '-w']));
    s.exit(script);
    s.connect(s.exec(s.fork(master), '/usr/lib/postfix/sbin/smtp', ['smtp', '-t', 'unix']), '192.0.2.25', 25);
    return master;
  }, 'quiet', /start script|daemons that fork/],
  ['dhclient of networking.service holds a packet socket', (s) => unitDaemon(s, 'networking', '/usr/sbin/dhclient', ['/sbin/dhclient', '-4', 'ens3']), 'explained'],
  ['an init script with start-stop-daemon', (s) => {
    const script = s.service(900, '/usr/bin/dash', ['/bin/sh', '/etc/init.d/agent', 'start'], 'agent');
    const agent = startStop(s, script, '/opt/vendor/agent/bin/agent');
    s.exit(script);
    return s.connect(agent, '10.0.0.9', 10051);
  }, 'quiet', /start-stop-daemon|start script/],
  ['a package: apt, dpkg, postinst start its agent', (s) => {
    const apt = s.exec(s.fork(s.login(0)), '/usr/bin/apt', ['apt', 'install', 'agent']);
    const script = s.exec(s.fork(s.exec(s.fork(apt), '/usr/bin/dpkg', ['dpkg', '--configure', 'agent'])), '/usr/bin/dash', ['/bin/sh', '/var/lib/dpkg/info/agent.postinst', 'configure']);
    const agent = startStop(s, script, '/opt/vendor/agent/bin/agent');
    s.exit(script);
    s.wait(40);
    return s.connect(agent, '10.0.0.9', 10051);
  }, 'quiet'],
  ['unattended-upgrades: a package script leaves a daemon', (s) => {
    const timer = s.service(900, '/usr/bin/dash', ['/bin/sh', '/usr/lib/apt/apt.systemd.daily', 'install'], 'apt-daily-upgrade');
    const upgrade = s.exec(s.fork(timer), '/usr/bin/python3.11', ['/usr/bin/python3', '/usr/bin/unattended-upgrade']);
    const script = s.exec(s.fork(s.exec(s.fork(upgrade), '/usr/bin/dpkg', ['dpkg', '--configure', '-a'])), '/usr/bin/dash', ['/bin/sh', '/var/lib/dpkg/info/agent.postinst', 'configure']);
    const agent = startStop(s, script, '/usr/sbin/agentd');
    s.exit(script);
    return s.wait(40).connect(agent, '10.0.0.9', 10051);
  }, 'quiet'],
  ['sshd, a session that leaves a job', (s) => {
    const shell = s.login(), job = s.exec(s.fork(shell), '/usr/bin/make', ['make', '-k']);
    s.wait(3).exit(shell);
    return s.wait(30).setsid(job);
  }, 'quiet'],
  ['tmux, and ssh in one of its windows', (s) => {
    const server = daemonise(s, s.login(), '/usr/bin/tmux', ['tmux', 'new', '-s', 'work']);
    const window = s.setsid(s.exec(s.fork(server), '/usr/bin/bash', ['-bash']));
    s.connect(s.exec(s.fork(window), '/usr/bin/ssh', ['ssh', 'db1']), '10.0.0.3', 22);
    return server;
  }, 'explained', /tmux/],
  ['screen, and curl in one of its windows', (s) => {
    const server = daemonise(s, s.login(), '/usr/bin/screen', ['SCREEN', '-dmS', 'work']);
    const window = s.setsid(s.exec(s.fork(server), '/usr/bin/bash', ['/bin/bash']));
    s.connect(s.exec(s.fork(window), '/usr/bin/curl', ['curl', 'https://example.org/']), '192.0.2.80', 443);
    return server;
  }, 'explained', /screen/],
  ['a cron job with nohup that uploads a backup', (s) => {
    const shell = s.cronJob('nohup /usr/local/bin/backup.sh &');
    const job = s.exec(s.exec(s.fork(shell), '/usr/bin/nohup', ['nohup', '/usr/local/bin/backup.sh']), '/usr/bin/dash', ['/bin/sh', '/usr/local/bin/backup.sh']);
    s.exit(shell);
    s.connect(s.exec(s.fork(job), '/usr/bin/rsync', ['rsync', '-a', '/srv', 'backup.example.org::srv']), '192.0.2.9', 873);
    s.wait(40).write(job, '/var/log/backup.log');
    return job;
  }, 'quiet'],
  ['anacron, started by cron, and its jobs', (s) => daemonise(s, s.cronJob('test -x /etc/init.d/anacron && /usr/sbin/invoke-rc.d anacron start'), '/usr/sbin/anacron', ['/usr/sbin/anacron', '-s']), 'quiet'],
  ['an at job that leaves a process', (s) => {
    const keeper = s.enterSession(s.fork(s.service(350, '/usr/sbin/atd', ['/usr/sbin/atd', '-f'], 'atd')), 1000);
    const shell = s.exec(s.fork(keeper), '/usr/bin/dash', ['sh']), job = s.exec(s.fork(shell), '/home/a/bin/report', ['/home/a/bin/report']);
    s.exit(shell);
    return s.wait(30).setsid(job);
  }, 'quiet'],
  ['an Ansible async task', (s) => {
    const by = s.exec(s.fork(s.login()), '/usr/bin/python3.11', ['/usr/bin/python3', '/home/a/.ansible/tmp/ansible-tmp-17-4/async_wrapper.py', 'j1', '300', '/home/a/.ansible/tmp/ansible-tmp-17-4/AnsiballZ_apt.py', '_']);
    const middle = s.setsid(s.fork(by)), watcher = s.fork(middle);
    s.exit(middle);
    s.exit(by);
    return watcher;
  }, 'explained', /Ansible/],
  ['gunicorn --daemon of a login', (s) => s.connect(doubleForked(s, s.login(), '/usr/bin/python3.11', ['/usr/bin/python3', '/usr/bin/gunicorn', '--daemon', 'app:app']), '10.0.0.7', 5432), 'quiet'],
  ['gpg --recv-keys starts dirmngr, which asks a key server', (s) => {
    const gpg = s.exec(s.fork(s.login()), '/usr/bin/gpg', ['gpg', '--recv-keys', '0x1']);
    const agent = doubleForked(s, gpg, '/usr/bin/dirmngr', ['dirmngr', '--daemon', '--homedir', '/home/a/.gnupg']);
    s.exit(gpg);
    return s.wait(40).connect(agent, '192.0.2.11', 443);
  }, 'explained', /dirmngr/],
  ['mosh-server', (s) => daemonise(s, s.login(), '/usr/bin/mosh-server', ['mosh-server', 'new', '-s']), 'quiet'],
  ['bazel: its client leaves a server of the JDK that it brings', (s) => {
    const client = s.exec(s.fork(s.login()), '/usr/local/bin/bazel', ['bazel', 'build', '//...']);
    const middle = s.setsid(s.fork(client)), server = s.fork(middle);
    s.exit(middle);
    s.exec(server, '/home/a/.cache/bazel/_bazel_a/install/0f/embedded_tools/jdk/bin/java', ['bazel(src)', '-server', '-jar', 'A-server.jar']);
    s.wait(4).exit(client);
    return s.wait(40).connect(server, '192.0.2.80', 443);
  }, 'quiet', /build and editor servers/],
  ['gnome-shell starts a browser: GLib forks twice, systemd --user has it', (s) => {
    const shell = s.exec(s.fork(s.userManager()), '/usr/bin/gnome-shell', ['/usr/bin/gnome-shell']);
    s.wait(60);
    const middle = s.fork(shell), browser = s.fork(middle);
    s.exit(middle);
    s.exec(browser, '/usr/lib/firefox-esr/firefox-esr', ['/usr/lib/firefox-esr/firefox-esr']);
    s.connect(browser, '192.0.2.80', 443);
    s.wait(30).setsid(shell);
    return browser;
  }, 'quiet', /desktop/],
  ['another desktop\'s panel does the same', (s) => {
    const panel = s.exec(s.fork(s.userManager()), '/usr/bin/mypanel', ['mypanel']);
    s.wait(60);
    const middle = s.fork(panel), mail = s.fork(middle);
    s.exit(middle);
    s.exec(mail, '/usr/bin/mailer', ['mailer']);
    s.wait(30).setsid(panel);
    return mail;
  }, 'quiet'],
  ['gvfsd by D-Bus activation', (s) => daemonise(s, s.userManager(), '/usr/libexec/gvfsd', ['/usr/libexec/gvfsd']), 'quiet', /graphical login/],
  ['emacs --daemon as a unit of a user', (s) => daemonise(s, s.userManager(), '/usr/bin/emacs-gtk', ['emacs', '--daemon']), 'quiet'],
  ['snapd: children only', (s) => s.exec(s.fork(s.service(900, '/usr/lib/snapd/snapd', ['/usr/lib/snapd/snapd'], 'snapd')), '/usr/bin/unsquashfs', ['unsquashfs', '-h']), 'not listed'],
  ['packagekitd: D-Bus had systemd start it', (s) => s.service(900, '/usr/libexec/packagekitd', ['/usr/libexec/packagekitd'], 'packagekit'), 'not listed'],
  ['logrotate: a postrotate script reloads a service', (s) => {
    const rotate = s.service(900, '/usr/sbin/logrotate', ['/usr/sbin/logrotate', '/etc/logrotate.conf'], 'logrotate');
    const script = s.exec(s.fork(rotate), '/usr/bin/dash', ['sh', '-c', '/usr/lib/rsyslog/rsyslog-rotate']), helper = s.exec(s.fork(script), '/usr/bin/systemctl', ['systemctl', 'kill', '-s', 'HUP', 'rsyslog.service']);
    s.exit(script);
    s.wait(0.4).exit(helper);
    return helper;
  }, 'explained'],
  ['cloud-init: user data leaves a server', (s) => {
    const init = s.service(900, '/usr/bin/python3.11', ['/usr/bin/python3', '/usr/bin/cloud-init', 'modules', '--mode=final'], 'cloud-final');
    const part = s.exec(s.fork(init), '/usr/bin/dash', ['/bin/sh', '/var/lib/cloud/instance/scripts/part-001']);
    const left = leaveJob(s, part, '/srv/app/server', ['/srv/app/server']);
    s.exit(init);
    return s.wait(40).connect(left, '10.0.0.2', 443);
  }, 'quiet', /cloud-init/],
  ['a CI runner: a step leaves a server', (s) => {
    const listener = s.service(900, '/home/ci/actions-runner/bin/Runner.Listener', ['/home/ci/actions-runner/bin/Runner.Listener', 'run'], 'actions.runner.acme.ci1');
    const worker = s.exec(s.fork(listener), '/home/ci/actions-runner/bin/Runner.Worker', ['Runner.Worker', 'spawnclient', '1', '2']);
    const step = s.exec(s.fork(worker), '/usr/bin/bash', ['/usr/bin/bash', '-e', '/home/ci/_work/_temp/1.sh']);
    return s.wait(20).setsid(leaveJob(s, step, '/home/ci/_work/app/server', ['server']));
  }, 'quiet', /CI runner/],
  ['Jenkins: a step of its java leaves a server', (s) => {
    const java = s.service(900, '/usr/lib/jvm/java-17-openjdk-amd64/bin/java', ['/usr/bin/java', '-jar', '/usr/share/java/jenkins.war'], 'jenkins');
    const step = s.exec(s.fork(java), '/usr/bin/dash', ['sh', '-c', '/var/lib/jenkins/workspace/app@tmp/script.sh']);
    return s.wait(20).setsid(leaveJob(s, step, '/var/lib/jenkins/workspace/app/server', ['server']));
  }, 'quiet', /CI runner/],
  ['Puppet, a script of ruby, restarts a daemon by a shell', (s) => {
    const agent = s.service(900, '/usr/bin/ruby3.1', ['/usr/bin/ruby', '/usr/bin/puppet', 'agent'], 'puppet');
    const shell = s.exec(s.fork(agent), '/usr/bin/dash', ['sh', '-c', '/opt/vendor/start']);
    return s.wait(20).setsid(leaveJob(s, shell, '/opt/vendor/served', ['served']));
  }, 'quiet'],
  ['keepalived runs a script that leaves a process', (s) => {
    const keeper = s.service(900, '/usr/sbin/keepalived', ['/usr/sbin/keepalived', '--dont-fork'], 'keepalived');
    const shell = s.exec(s.fork(keeper), '/usr/bin/bash', ['/bin/bash', '/etc/keepalived/notify.sh', 'MASTER']);
    return s.wait(20).setsid(leaveJob(s, shell, '/usr/local/sbin/announce', ['announce']));
  }, 'quiet'],
  ['containerd leaves its shim', (s) => contain(s, s.service(900, '/usr/bin/containerd', ['/usr/bin/containerd'], 'containerd'), '/usr/bin/containerd-shim-runc-v2', '/usr/bin/runc').shim, 'explained', /containerd shim/],
  ['runc makes the container\'s first process beside itself', (s) => contain(s, s.service(900, '/usr/bin/containerd', ['/usr/bin/containerd'], 'containerd'), '/usr/bin/containerd-shim-runc-v2', '/usr/bin/runc').first, 'quiet'],
  ['containerd of k3s', (s) => {
    const k3s = s.service(900, '/usr/local/bin/k3s', ['/usr/local/bin/k3s', 'server'], 'k3s'), bin = '/var/lib/rancher/k3s/data/0f/bin';
    return contain(s, s.exec(s.fork(k3s), `${bin}/containerd`, ['containerd']), `${bin}/containerd-shim-runc-v2`, `${bin}/runc`).shim;
  }, 'quiet', /containerd shim/],
  ['podman run -d of a login: conmon and the container', (s) => {
    const podman = s.exec(s.fork(s.login()), '/usr/bin/podman', ['podman', 'run', '-d', 'web']);
    const middle = s.setsid(s.exec(s.fork(podman), '/usr/bin/conmon', ['/usr/bin/conmon', '--api-version', '1', '-c', '0f'])), conmon = s.subreaper(s.fork(middle));
    s.exit(middle);
    const runtime = s.exec(s.fork(conmon), '/usr/bin/crun', ['/usr/bin/crun', 'create', '0f']);
    const first = s.exec(s.forkInNamespace(runtime, NEWPID | 0x11), '/usr/sbin/nginx', ['nginx', '-g', 'daemon off;']);
    s.exit(runtime);
    s.wait(1).exit(podman);
    s.wait(40).setsid(first);
    return conmon;
  }, 'quiet', /conmon/],
  ['rootless podman: its pause process', (s) => {
    const podman = s.exec(s.fork(s.login()), '/usr/bin/podman', ['podman', 'ps']);
    const middle = s.fork(podman), pause = s.fork(middle);
    s.exit(middle);
    s.exec(pause, '/usr/libexec/podman/catatonit', ['catatonit', '-P']);
    s.exit(podman);
    return s.wait(40).setsid(pause);
  }, 'quiet', /podman/],
  ['libvirtd starts a machine', (s) => {
    const libvirtd = s.service(900, '/usr/sbin/libvirtd', ['/usr/sbin/libvirtd', '--timeout', '120'], 'libvirtd');
    s.wait(90);
    const middle = s.fork(libvirtd), machine = s.setsid(s.fork(middle));
    s.exit(middle);
    s.exec(machine, '/usr/bin/qemu-system-x86_64', ['/usr/bin/qemu-system-x86_64', '-name', 'guest=db1']);
    s.wait(40).setsid(libvirtd);
    return machine;
  }, 'quiet', /virtual machine/],
  ['VirtualBox: VBoxManage leaves its service', (s) => {
    const manage = s.exec(s.fork(s.login()), '/usr/lib/virtualbox/VBoxManage', ['VBoxManage', 'list', 'vms']);
    const middle = s.setsid(s.fork(manage)), service = s.fork(middle);
    s.exit(middle);
    s.exec(service, '/usr/lib/virtualbox/VBoxSVC', ['/usr/lib/virtualbox/VBoxSVC', '--auto-shutdown']);
    s.exit(manage);
    return s.wait(40).setsid(service);
  }, 'quiet', /virtual machine/],
];

describe('ordinary daemons, jobs and desktops raise no alert', () => {
  test.each(HOST.map(([who, tell, state, by]) => ({ who, tell, state, by })))('$who', async ({ tell, state, by }) => {
    const story = new Story();
    const pid = tell(story);
    story.wait(60).cronJob('/usr/local/bin/tick');
    const row = (await told(story)).of(pid);
    const said = JSON.stringify(row && { score: row.score, why: row.why, reasons: row.findings.flatMap(({ kind, reasons }) => reasons.map(({ says, points }) => `${kind} ${points}: ${says}`)), baseline: row.baseline }, null, 1);
    expect(row?.alert ?? false, said).toBe(false);
    expect(row === undefined ? 'not listed' : row.state === 'explained' ? 'explained' : 'quiet', said).toBe(state);
    if (by) expect(row?.baseline.filter(({ failed }) => failed.length === 0).map(({ entry }) => entry).join(), said).toMatch(by);
  });
});

/** A daemon that detaches itself below its own unit; the unit's first process ends. */
function unitDaemon(story: Story, unit: string, exe: string, args: readonly string[] = [exe]): number {
  const main = story.service(900, exe, args, unit);
  const daemon = story.setsid(story.fork(main));
  story.exit(main);
  return daemon;
}

/** start-stop-daemon --background: forks, setsid, forks; the exec only in the grandchild (dpkg utils/start-stop-daemon.c). */
function startStop(story: Story, by: number, program: string): number {
  const first = story.exec(story.fork(by), '/usr/sbin/start-stop-daemon', ['start-stop-daemon', '--start', '--background', '--exec', program]);
  const middle = story.setsid(story.fork(first)), last = story.fork(middle);
  story.exit(middle);
  story.exec(last, program);
  story.exit(first);
  return last;
}

/** `containerd-shim start` leaves the shim; runc makes the container's first process beside itself, in a namespace. */
function contain(story: Story, containerd: number, shimProgram: string, runtime: string): { readonly shim: number; readonly first: number } {
  const start = story.exec(story.fork(containerd), shimProgram, [shimProgram, '-namespace', 'moby', '-id', '0f', '-address', '/run/containerd/containerd.sock', 'start']);
  const shim = story.subreaper(story.exec(story.fork(start), shimProgram, [shimProgram, '-namespace', 'moby', '-id', '0f', '-address', '/run/containerd/containerd.sock']));
  story.exit(start);
  const runc = story.exec(story.fork(shim), runtime, ['runc', '--root', '/run/docker/runtime-runc/moby', 'create', '0f']);
  const init = story.exec(story.fork(runc), runtime, ['runc', 'init']);
  const first = story.forkInNamespace(init, PARENT | NEWPID | 0x11);
  story.exit(init);
  story.exec(first, '/usr/local/bin/docker-entrypoint.sh', ['/usr/local/bin/docker-entrypoint.sh', 'server']);
  story.exit(runc);
  return { shim, first };
}
