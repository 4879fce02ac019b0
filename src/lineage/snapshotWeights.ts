/**
 * How much each trace of a snapshot weighs: the chance that the claim is true, as the developers' captures and the kernel's rules have it
 * (`npm run truth` shows how the captures bear it out). The kernel's rules hold without exception; what is below 0.95 is custom.
 */
export const SURE = {
  // Was it adopted?
  /** A session is left only for one of the process's own number (setsid), so whoever is in another session than its parent was not made by it. */
  otherSession: 0.98,
  /** The same below a parent not known as a subreaper: it may have called setsid after the fork. */
  otherSessionUnknownAdopter: 0.8,
  /** Scopes hold processes that were made by others than the manager (systemd.scope(5)). */
  inScope: 0.97,
  /** A second child of the manager in one service, begun later than the first: systemd starts one main process. */
  besideMain: 0.93,
  /** The same, begun with the first: a script may have left both behind. */
  besideMainAtStart: 0.6,
  /** A session of its own and init's child, run by a service's user whose service runs since the host came up; no cgroup tells. 10 of 10. */
  besideService: 0.93,
  /** A session of its own and the manager's child, run by a user with a login, begun while that user was logged in; no cgroup tells. 73 of 74. */
  userLoggedIn: 0.93,

  // Is it an ancestor?
  /** The session's leader: a session is inherited by fork alone, and its number is not given again while anybody is in it (kernel/pid.c, free_pid). */
  sessionLeader: 0.995,
  /** The oldest process of the audit session, which LOGIN gave to one process and only fork hands on. */
  auditSession: 0.985,
  /** Whoever adopts and is not init is a subreaper above it (kernel/exit.c, find_new_reaper). */
  adopter: 0.985,
  /** The service's main process, begun clearly before it. */
  unitMain: 0.975,
  /** It names the program in its arguments and is of the same audit session or service; arguments are free to write. */
  argumentsInGroup: 0.85,
  /** The only listener that opens login sessions, for a process in the scope of one. */
  onlyListener: 0.975,
  /** The same where a display manager or a cron that opens sessions runs as well. */
  oneOfListeners: 0.75,
  /** The same listener, where only the user tells that there was a login: 73 of 73, yet a user's cron job would look the same. */
  listenerByUser: 0.96,

  // Is it the creator?
  /** init, or a user's manager, of a child that leads its own session and that no trace shows as adopted, begun after the boot: 93 of 93. */
  manager: 0.97,
  /** The same, begun with the boot: daemons of the old kind fork themselves into the background (nginx, auditd): 322 of 352. */
  managerAtBoot: 0.9,
  /** The dead ancestor has the number just before: whoever came between them would have one in between. */
  nextNumber: 0.99,
  /** A job of its own in the session of a dead shell: job control puts each of the shell's own children in a group (setpgid(2)). */
  jobOfLeader: 0.94,
  /** Of processes left by a longer chain of forks, against those left by the plain double fork. */
  oneMoreFork: 0.25,
  /** However busy the host: chains of three forks are as old as those of two. */
  mostWithOneBetween: 0.72,
  /** Two to four numbers between: factor on the odds for one number. */
  fewNumbers: 0.85,

  // How it came in.
  /** Login session by its scope; cron and at jobs by their daemon's cgroup and a session of their own. */
  entryBySession: 0.985,
  entryByUnit: 0.975,
} as const;

/** Below this nothing is claimed. */
export const FLOOR = 0.5;
/** A creator has to be this likely: between the vanished ancestor and one of its making the numbers alone choose wrongly one time in three, so both are told. */
export const CREATOR_FLOOR = 0.8;
/** A living ancestor is preferred to a dead one that may have run no program when it is at least this sure. */
export const LIVING_FLOOR = 0.9;
/** Two starts this close may be in either order: ps prints whole seconds and adds a drifting boot time (1.7 s off were seen). */
export const SAME_START_MICROS = 2_000_000;
/** How long the middle of a double fork lives before it forks, on a slow host: the host's fork rate times this is how many strangers come between. */
export const MIDDLE_LIVES_SECONDS = 0.08;
/** Strangers expected between the two where no starts tell the host's fork rate. */
export const STRANGERS_UNKNOWN = 0.5;
/** What began this long after init at most belongs to the boot. */
export const BOOT_SECONDS = 120;
/** Numbers between the dead ancestor and the process, beyond which nobody says how many forks lie between. */
export const FEW_NUMBERS = 4;
