/**
 * How sure a claim from traces is, where forks are not on record: one number a rule, each the share that was right on the developers' captures
 * (`npm run truth`, the exec-only capture and the others with their fork and exit records left out), rounded down.
 */
export const SURE = {
  /** Orphan: in a login session below pid 1. */
  initInSession: 0.97,
  /** Orphan: below pid 1, and another process of its user had named its whole command line; its path alone. */
  namedOutsideSession: 0.9,
  namedOutsideSessionByPath: 0.75,
  /** Orphan: below systemd --user, named by another process of the session. */
  belowManager: 0.9,
  /** Orphan, or made by CLONE_PARENT: a child of its parent had named it. */
  beside: 0.88,
  /** Orphan: launched by a program that detaches what it runs. */
  detached: 0.95,
  /** Orphan: put in the background by a shell that then has nothing left to do; that goes on and never waits. */
  backgroundLast: 0.9,
  backgroundMore: 0.8,
  /** Orphan: between it and who named it stands a copy that ran nothing. */
  caughtBetween: 0.8,
  /** Orphan: its creator was given its command line and is not known to wait. */
  launcherOfCommand: 0.75,
  /** Orphan: it acted after its login session was closed, and its creator was a shell of it; nothing tells its creator. */
  outlivedSession: 0.95,
  outlivedSessionAlone: 0.85,
  /** Orphan: run with nohup by the shell of a session that was closed soon after. */
  nohup: 0.8,
  /** Orphan: a shell has it that did not start it, and waits only for what it started. */
  besideShell: 0.7,
  /** Orphan: its terminal was taken from it, so the shell that led its session had left. */
  terminalLost: 0.95,
  /** Orphan: systemd reported the unit of its creator as stopped, and it lived on. */
  unitStopped: 0.95,
  /** Orphan: (sd-pam), after its systemd --user. */
  sdPam: 0.9,
  /** Orphan and creator: a server behind a program that leaves a copy of itself. */
  server: 0.85,
  /** Creator: the launcher that named it, by how; the nearest number below that nobody holds; the launcher as that middle's own. */
  launcherWordForWord: 0.95,
  launcherByPath: 0.93,
  launcherByName: 0.75,
  middle: 0.93,
  middleOfLaunch: 0.79,
  /** Launcher: who named it; a shell that takes commands. */
  launcher: 0.98,
  launcherShell: 0.7,
  /** Creator: who named what a process ran that ran no program itself. */
  subshellNamed: 0.88,
  /** Creator of a subshell: born right between two children of one shell; between them with others in between; after a copy that ran its program later; (sd-executor). */
  betweenSiblings: 0.98,
  betweenSiblingsApart: 0.7,
  copyBefore: 0.97,
  executor: 0.98,
  /** Launcher of such a copy: the shell above both siblings is above it too, whoever made it between (52 of 52). */
  aboveSiblings: 0.97,
  /** Creator: the only shell of the session that takes commands; the last of several. */
  onlyShell: 0.5,
  lastShell: 0.4,
} as const;
