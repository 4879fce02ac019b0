/** A hunt to begin with. `$1` are places to fill in. */
export interface Snippet {
  readonly label: string;
  readonly detail: string;
  readonly text: string;
}

/** The hunts that a person most often begins with; each is valid as it stands (a test runs them). */
export const SNIPPETS: readonly Snippet[] = [
  { label: 'orphans as a tree', detail: 'every process torn from its parent', text: 'processes where process.orphan | tree' },
  { label: 'programs from writable folders', detail: 'run by others than root', text: 'exec where process.exe.writable_dir and user.id != "${1:0}"$0' },
  { label: 'torn from a service', detail: 'orphans whose way in was a service', text: 'reparent where process.entry.kind == "service" and process.entry_leader.name in ("${1:nginx}", "${2:apache2}") | tree up 4$0' },
  { label: 'sequence of two events', detail: 'of one process, within a time', text: 'sequence by host.id, process.entity_id with maxspan=${1:5m}\n  [exec where ${2:true}]\n  [network where ${3:true}]$0' },
  { label: 'event without another', detail: 'a sequence with a missing event', text: 'sequence by host.id, process.entity_id with maxspan=${1:5m}\n  [reparent where ${2:true}]\n  ![exec where true]\n  [network where ${3:true}]$0' },
  { label: 'double fork, then the network', detail: 'adopted within a second below a login, then a connection', text: 'sequence by host.id, process.entity_id with maxspan=${1:5m}\n  [reparent where process.orphaned_after <= ${2:1s} and descendant of [exec where process.name == "${3:sshd}"]]\n  [network where event.type == "start"]$0' },
  { label: 'count by', detail: 'how often each value occurs', text: 'exec where true | count by ${1:process.name}$0' },
  { label: 'let', detail: 'give rows or a condition a name', text: 'let ${1:name} = $0' },
];
