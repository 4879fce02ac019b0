/**
 * Names that ECS or vendors' Linux rules use and that the store does not hold: legal, always absent (HUNT 205).
 * Facts, not text of anyone: names only. Below an open namespace every name is legal.
 */
const OPEN_NAMESPACES = [
  'agent', 'auditd', 'aws', 'azure', 'cloud', 'container', 'data_stream', 'dll', 'dns', 'ecs', 'elastic_agent', 'email', 'endpoint', 'gcp', 'geo', 'github', 'http',
  'kubernetes', 'labels', 'log', 'observer', 'okta', 'orchestrator', 'organization', 'osquery_meta', 'package', 'powershell', 'registry', 'related', 'rule', 'system', 'tags', 'threat', 'tls', 'url',
  'user_agent', 'vulnerability', 'winlog', 'x509', 'Effective_process', 'Target', 'Memory_protection', 'crowdstrike', 'sentinel_one', 'auditbeat', 'process_exec',
];

/** Below `process.` and each of its links. */
const PROCESS_NAMES = [
  'title', 'ppid', 'pgid', 'uptime', 'env_vars', 'hash.md5', 'hash.sha1', 'hash.sha256', 'hash.sha512', 'code_signature.exists', 'code_signature.trusted', 'code_signature.status', 'code_signature.subject_name',
  'code_signature.signing_id', 'code_signature.team_id', 'code_signature.valid', 'same_as_process', 'tty.char_device.major', 'tty.char_device.minor', 'tty.columns', 'tty.rows', 'thread.id', 'thread.name', 'thread.capabilities.effective',
  'thread.capabilities.permitted', 'namespace.pid', 'namespace.pid_ns', 'io.text', 'elf.telfhash', 'pe.original_file_name', 'supplemental_groups.id', 'supplemental_groups.name', 'saved_user.id', 'saved_user.name', 'saved_group.id',
  'saved_group.name', 'real_user.name', 'real_group.name', 'group.name', 'attested_user.id', 'vpid', 'previous.args', 'previous.args_count', 'previous.name', 'previous.executable', 'previous.command_line', 'entry_meta.type', 'entry_meta.source.ip', 'end', 'caps', 'requester.basis', 'tty', 'session_id',
];

const NAMES = new Set([
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
const PROCESS_LINK = /^process\.(?:(?:parent|creator|adopter|adopter\.passed_over|launcher|entry_leader|requester|session_leader|group_leader|previous)\.)*/;

/** Whether a name that no table has is one that rules of others may use. */
export function isKnownElsewhere(name: string): boolean {
  if (NAMES.has(name)) return true;
  if (name.includes('.Ext.')) return true;
  const head = name.slice(0, name.indexOf('.'));
  if (name.includes('.') && OPEN_NAMESPACES.includes(head)) return true;
  const link = PROCESS_LINK.exec(name);
  return link !== null && PROCESS_LEAVES.has(name.slice(link[0].length));
}

/** The closed part of the names, for suggestions. */
export const ABSENT_NAMES: readonly string[] = [...NAMES, ...PROCESS_NAMES.map((name) => `process.${name}`)];
