/**
 * Names that ECS or vendors' Linux rules use and that the store does not hold: legal, always absent (HUNT 205).
 * Facts, not text of anyone: names only. Below an open namespace every name is legal.
 */
const OPEN_NAMESPACES = [
  'agent', 'auditd', 'aws', 'azure', 'cloud', 'container', 'data_stream', 'dll', 'dns', 'ecs', 'elastic_agent', 'email', 'endpoint', 'gcp', 'geo', 'github', 'http',
  'kubernetes', 'labels', 'log', 'observer', 'okta', 'orchestrator', 'organization', 'osquery_meta', 'package', 'powershell', 'registry', 'related', 'rule', 'system', 'tags', 'threat', 'tls', 'url',
  'user_agent', 'vulnerability', 'winlog', 'x509', 'Effective_process', 'Target', 'Memory_protection', 'crowdstrike', 'sentinel_one', 'auditbeat', 'process_exec',
  'as', 'code_signature', 'device', 'elf', 'faas', 'gen_ai', 'hash', 'interface', 'macho', 'os', 'pe', 'span', 'trace', 'transaction', 'vlan', 'volume',
  'apache', 'apache_tomcat', 'cisco', 'cloud_defend', 'falco', 'fim', 'fortinet', 'google_workspace', 'iis', 'input', 'jamf_protect', 'journald', 'kibana', 'm365_defender', 'microsoft', 'ml', 'network_traffic', 'nginx', 'o365', 'panw',
  'signal', 'socket', 'suricata', 'sysmon', 'systemd', 'tetragon', 'tracee', 'traefik', 'zeek', 'Events', 'Persistence', 'Ransomware', 'Responses',
];

/** Sets of fields that ECS has below many names. */
const OPEN_SETS = [
  /^(?:source|destination|client|server)\.(?:as|geo|nat|user)\./, /^host\.(?:boot|cpu|disk|entity|geo|network|risk|user)\./, /^service\.(?:entity|node|origin|target)\./, /^network\.(?:inner|vlan)\./,
  /^user\.(?:(?:audit|changes|effective|filesystem|saved|target)\.)?(?:entity|group|risk|selinux)\./, /^file\.(?:code_signature|elf|hash|macho|pe|x509)\./,
];
const PROCESS_SETS = /(?:code_signature|elf|hash|io|macho|pe|entry_meta\.source)\./y;

const below = (prefixes: readonly string[], leaves: readonly string[]): string[] => prefixes.flatMap((prefix) => leaves.map((leaf) => `${prefix}.${leaf}`));

/** Below `process.` and each of its links. */
const PROCESS_NAMES = [
  'title', 'ppid', 'pgid', 'uptime', 'env_vars', 'origin_url', 'origin_referrer_url', 'hash.md5', 'hash.sha1', 'hash.sha256', 'hash.sha512', 'code_signature.exists', 'code_signature.trusted', 'code_signature.status', 'code_signature.subject_name',
  'code_signature.signing_id', 'code_signature.team_id', 'code_signature.valid', 'same_as_process', 'tty.char_device.major', 'tty.char_device.minor', 'tty.columns', 'tty.rows', 'thread.id', 'thread.name', 'thread.capabilities.effective',
  'thread.capabilities.permitted', 'namespace.pid', 'namespace.pid_ns', 'io.text', 'elf.telfhash', 'pe.original_file_name', 'supplemental_groups.id', 'supplemental_groups.name', 'saved_user.id', 'saved_user.name', 'saved_group.id',
  'saved_group.name', 'real_user.name', 'real_group.name', 'group.name', 'attested_user.id', 'attested_user.name', 'attested_groups.name', 'user.domain', 'user.email', 'user.full_name', 'vpid', 'previous.args', 'previous.args_count', 'previous.name', 'previous.executable', 'previous.command_line', 'entry_meta.type', 'entry_meta.source.ip', 'end', 'caps', 'requester.basis', 'tty', 'session_id',
];

const NAMES = new Set([
  'tags', 'labels', 'event.agent_id_status', 'event.reference', 'event.risk_score_norm', 'host.pid_ns_ino', 'file.fork_name', 'file.drive_letter', 'file.origin_url', 'file.origin_referrer_url', 'network.forwarded_ip',
  'service.address', 'service.environment', 'service.ephemeral_id', 'service.version', 'error.id', 'error.type', 'error.stack_trace',
  ...below(['source', 'destination', 'client', 'server'], ['address', 'bytes', 'domain', 'ip', 'mac', 'packets', 'port', 'registered_domain', 'subdomain', 'top_level_domain']),
  ...below(['user', 'user.audit', 'user.changes', 'user.effective', 'user.filesystem', 'user.saved', 'user.target'], ['id', 'name', 'domain', 'email', 'full_name', 'hash', 'roles']),
  'event.module', 'event.kind', 'event.severity', 'event.code', 'event.dataset', 'event.provider', 'event.created', 'event.ingested', 'event.start', 'event.end', 'event.duration', 'event.reason', 'event.risk_score', 'event.original', 'event.hash', 'event.url', 'event.timezone',
  'host.ip', 'host.mac', 'host.hostname', 'host.architecture', 'host.domain', 'host.type', 'host.uptime', 'host.os.name', 'host.os.family', 'host.os.kernel', 'host.os.platform', 'host.os.version', 'host.os.full',
  'user.domain', 'user.email', 'user.full_name', 'user.hash', 'user.roles', 'user.effective.name', 'user.audit.name', 'user.target.id', 'user.target.name', 'user.target.group.id', 'user.changes.id', 'user.changes.name', 'user.group.id', 'user.group.name', 'user.saved.id', 'user.filesystem.id',
  'group.name', 'group.domain', 'file.owner', 'file.group', 'file.mode', 'file.uid', 'file.gid', 'file.size', 'file.inode', 'file.device', 'file.type', 'file.target_path', 'file.created', 'file.ctime', 'file.mtime', 'file.accessed', 'file.attributes', 'file.mime_type',
  'file.hash.md5', 'file.hash.sha1', 'file.hash.sha256', 'file.hash.sha512', 'file.code_signature.trusted', 'file.code_signature.exists', 'file.pe.original_file_name',
  'source.address', 'source.bytes', 'source.domain', 'source.packets', 'source.mac', 'source.user.name', 'source.geo.country_name', 'destination.address', 'destination.bytes', 'destination.domain', 'destination.packets', 'destination.mac', 'destination.geo.country_name',
  'network.application', 'network.bytes', 'network.community_id', 'network.name', 'network.packets', 'network.protocol', 'network.type', 'network.iana_number', 'network.vlan.id',
  'client.ip', 'client.port', 'server.ip', 'server.port', 'service.type', 'service.id', 'service.state', 'error.message', 'error.code', 'session.leader',
]);

const PROCESS_LEAVES = new Set(PROCESS_NAMES);
const PROCESS_LINK = /(?:parent|creator|adopter\.passed_over|adopter|launcher|entry_leader|requester|session_leader|group_leader|previous)\./y;
const LONGEST_LEAF = Math.max(...PROCESS_NAMES.map((name) => name.length));

/** Whether a name that no table has is one that rules of others may use. */
export function isKnownElsewhere(name: string): boolean {
  if (NAMES.has(name)) return true;
  if (name.includes('.Ext.')) return true;
  const head = name.slice(0, name.indexOf('.'));
  if (name.includes('.') && OPEN_NAMESPACES.includes(head)) return true;
  if (OPEN_SETS.some((set) => set.test(name))) return true;
  if (!name.startsWith('process.')) return false;
  // `previous` is a link and begins names of its own: every place where the links may end is tried.
  PROCESS_LINK.lastIndex = 'process.'.length;
  for (let at = PROCESS_LINK.lastIndex; at > 0; at = PROCESS_LINK.test(name) ? PROCESS_LINK.lastIndex : 0) {
    PROCESS_SETS.lastIndex = at;
    if (PROCESS_SETS.test(name) || (name.length - at <= LONGEST_LEAF && PROCESS_LEAVES.has(name.slice(at)))) return true;
  }
  return false;
}

/** The closed part of the names, for suggestions. */
export const ABSENT_NAMES: readonly string[] = [...NAMES, ...PROCESS_NAMES.map((name) => `process.${name}`)];
