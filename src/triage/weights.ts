/**
 * What each sign is worth, in points; alerts begin at 50 unless the case says otherwise. One table, so that the whole weighing can be read, argued over
 * and changed in one place. A sign alone that honest daemons, jobs and logins show as well stays far below the line; two or three that only go together in
 * malice cross it. Names and folders weigh little: whoever attacks chooses them.
 */
export const WEIGHTS = {
  /** An orphan: alone it is nothing, every daemon was one (BASELINE 4.1). */
  orphan: 8,
  /** Perhaps an orphan: no exits are on record, and what it is would make it one. */
  perhapsOrphan: 3,
  /** A program that is no shell, manager or known detacher started another one and left: it existed only to cut the tree. Daemons detach themselves. */
  handedOn: 30,
  /** The same, where the launcher stayed long enough to have had work of its own. */
  handedOnLate: 12,
  /** The launcher was told on its command line what to run: a general tool for detaching. */
  namedByLauncher: 5,
  /** The launcher is code on a command line (python -c, perl -e): daemons are files. */
  byCode: 24,
  /** The same, where it is a child that outlived its maker late and without more: multiprocessing does so when it is killed. */
  byCodeLate: 6,
  /** A job or a service, no person, had a shell run what it fetched from the network. */
  fetched: 12,
  /** setsid, nohup or start-stop-daemon let go of it: people and packages do that too. */
  wrapped: 6,
  /** A middle that ran nothing forked it and ended: every dropper. */
  doubleFork: 10,
  /** The same, where the program detaches itself, or a known detacher does: daemon(3), start-stop-daemon. */
  daemonFork: 4,
  /** More middles than any daemon needs. */
  manyForks: 6,
  /** A session of its own, away from terminal and hang-up, and no unit to answer for it. */
  ownSession: 6,
  /** Born under its creator's parent (CLONE_PARENT): nothing that is installed does so outside of container runtimes. */
  foreignParent: 40,
  /** The parent was changed by tracing. */
  traced: 15,
  /** A session had a broker start it: administrators do, so it is a beginning only. */
  brokered: 10,
  /** ... and what was started so then broke away. */
  brokeredOrphan: 12,
  /** The pid of its creator was given to another process soon after. */
  reusedPid: 10,
  /** Calls itself like a thread of the kernel and has a program or a maker: no honest program does. */
  kernelName: 60,
  /** argv[0] names another program than the one that runs. */
  otherArgument: 32,
  /** It changed its name to that of another program. */
  otherName: 30,
  /** It changed its name at all: tmux, nginx and databases do. */
  renamed: 4,
  /** A name that only the system starts, below a login, a shell of a service or a job. */
  wrongOffice: 12,
  /** The program lies in memory only. */
  memoryOnly: 45,
  /** The program's file is gone: updates and installers do it too. */
  deleted: 8,
  /** The program lies in a folder that everybody may write, or under a hidden name: slight, since it is the attacker's choice. */
  writableFolder: 6,
  hiddenName: 6,
  /** An orphan that talks to a far end. */
  connects: 25,
  /** ... to many different ones: it scans, or floods. */
  manyEnds: 15,
  /** The same of a service's own daemon, whose office it is. */
  serviceConnects: 3,
  /** Its arguments name the far end of a program that exists to talk. */
  talksTo: 18,
  /** An orphan that listens: services do. */
  listens: 3,
  /** A raw or packet socket: sees what no port shows (BPFDoor). */
  rawSocket: 45,
  /** The orphan, or who made it, wrote what starts programs again. */
  persistence: 35,
  /** A service's program started a shell, and something detached from it. */
  serviceShell: 45,
  /** The same, where it was gone in a moment: a pipeline that a service ran. */
  serviceShellBrief: 15,
  /** The login is over, it stays. */
  outlivedSession: 3,
  /** Deaf to hang-up, interrupt and quit, with no shell or nohup that explains it. */
  ignoredSignals: 8,
  /** Rules deleted, auditing off, daemon stopped from a session. */
  tampered: 60,
  /** A snapshot names another parent than the records. */
  disagreement: 25,
  /** It stayed, and who launched it is long gone. Added only to a stronger sign. */
  staysOn: 3,
  /** One of a kind here; for what a shell left behind and for what was handed on. */
  onlyOne: 3,
  /** Its creator killed itself: nothing that is meant to end does so. */
  suicide: 12,
  /** The right program of the baseline in a wrong cgroup, unit or entry: louder than an unknown one. */
  impostor: 6,
  /** The same program detaches in the same way again and again: a habit of this host. Less than an orphan is worth: a habit is told, not hidden. */
  habit: -6,
} as const;

/** Times that tell one shape from another, microseconds. */
export const TIMES = {
  /** A launcher that lived no longer than this did nothing but launch. */
  briefLauncher: 15_000_000,
  /** What is gone so soon after its adoption was left over, not left behind. */
  leftover: 2_000_000,
  /** A daemon lets go of its maker within this; later, the maker ended for its own reasons. */
  atOnce: 1_000_000,
  /** What lives so long after its adoption stays. */
  stays: 20_000_000,
  /** A pid given out again within this time hides who had it. */
  pidReuse: 60_000_000,
} as const;

/** So many of one shape in one evidence set make a habit. */
export const HABIT = 3;

/** What general knowledge leaves of the score that it speaks of (BASELINE grade K: it may lower, never hide). */
export const KNOWN_IN_GENERAL = 0.5;
/** The most that an explained orphan keeps: it stays listed, below everything that is not explained. */
export const EXPLAINED_AT_MOST = 2;
