import { accessLogFormat } from './accessLog.js';
import { utmpFormat } from './utmp.js';
import { utmpdumpFormat } from './utmpdump.js';
import { shellHistoryFormat } from './shellHistory.js';
import { crontabFormat } from './crontab.js';
import { wFormat } from './wText.js';
import { bodyfileFormat } from './bodyfile.js';
import { groupFormat, passwdFormat } from './accounts.js';
import { systemdUnitFormat } from './systemdUnit.js';
import { systemctlListsFormat } from './systemctlLists.js';
import { containerJsonFormat, containerTableFormat } from './containers.js';
import { lastcommFormat } from './lastcomm.js';
import { lastlogFormat, lastlogTextFormat } from './lastlog.js';
import { acctFormat } from './acct.js';
import { eventLinesFormat } from './eventLines.js';
import { straceFormat } from './strace.js';
import { auditFormat } from './audit.js';
import { auditctlFormat } from './auditctl.js';
import { aureportFormat } from './aureport.js';
import { ausearchFormat } from './ausearch.js';
import { ausearchCsvFormat } from './ausearchCsv.js';
import { ausearchTextFormat } from './ausearchText.js';
import { auditYamlFormat } from './auditYaml.js';
import { azureFormat } from './azure.js';
import { azureConnectionsFormat } from './azureConnections.js';
import { ecsFormat } from './ecs.js';
import { execsnoopFormat } from './execsnoop.js';
import { exitsnoopFormat } from './exitsnoop.js';
import { falcoFormat } from './falco.js';
import { falcoTextFormat } from './falcoText.js';
import { lsofFieldsFormat } from './lsofFields.js';
import { forkstatFormat } from './forkstat.js';
import type { Format } from './format.js';
import { journalBinaryFormat, journalExportFormat, journalJsonFormat, journalVerboseFormat } from './journal.js';
import { laurelFormat } from './laurel.js';
import { loginTextFormat } from './loginText.js';
import { osqueryFormat } from './osquery.js';
import { procLinesFormat } from './procLines.js';
import { procListsFormat } from './procLists.js';
import { procTreeFormat } from './procTree.js';
import { psFormat } from './ps.js';
import { pstreeFormat } from './pstree.js';
import { shippedFormat, wazuhFormat } from './shipped.js';
import { killsnoopFormat, threadsnoopFormat } from './snoops.js';
import { splunkCsvFormat, splunkJsonFormat } from './splunk.js';
import { socketsFormat, lsofFormat } from './sockets.js';
import { syslogFormat } from './syslog.js';
import { sysmonFormat } from './sysmon.js';
import { systemctlStatusFormat, systemctlShowFormat } from './systemctl.js';
import { tetraCompactFormat } from './tetraCompact.js';
import { tetragonFormat } from './tetragon.js';
import { topFormat } from './top.js';
import { traceeFormat } from './tracee.js';
import { traceeTableFormat } from './traceeTable.js';
import { velociraptorFormat } from './velociraptor.js';
import { volatilityFormat, volatilityJsonFormat } from './volatility.js';

/** Every format that is read. To add one: one file, one line here. */
export const FORMATS: readonly Format[] = [
  auditFormat,
  ausearchFormat,
  laurelFormat,
  procLinesFormat,
  procTreeFormat,
  procListsFormat,
  psFormat,
  ecsFormat,
  falcoFormat,
  falcoTextFormat,
  osqueryFormat,
  sysmonFormat,
  tetragonFormat,
  tetraCompactFormat,
  traceeFormat,
  traceeTableFormat,
  velociraptorFormat,
  volatilityFormat,
  volatilityJsonFormat,
  pstreeFormat,
  topFormat,
  forkstatFormat,
  execsnoopFormat,
  exitsnoopFormat,
  killsnoopFormat,
  threadsnoopFormat,
  socketsFormat,
  lsofFormat,
  lsofFieldsFormat,
  systemctlStatusFormat,
  systemctlShowFormat,
  syslogFormat,
  loginTextFormat,
  journalJsonFormat,
  journalExportFormat,
  journalVerboseFormat,
  journalBinaryFormat,
  auditctlFormat,
  accessLogFormat,
  utmpFormat,
  utmpdumpFormat,
  shellHistoryFormat,
  crontabFormat,
  wFormat,
  aureportFormat, ausearchCsvFormat, ausearchTextFormat,
  splunkCsvFormat(formatOf), splunkJsonFormat(formatOf), wazuhFormat(formatOf), shippedFormat(formatOf),
  azureFormat(formatOf), azureConnectionsFormat, auditYamlFormat(formatOf),
  bodyfileFormat,
  passwdFormat,
  groupFormat,
  systemdUnitFormat,
  systemctlListsFormat,
  containerTableFormat,
  containerJsonFormat,
  acctFormat,
  lastcommFormat,
  lastlogFormat,
  lastlogTextFormat,
  eventLinesFormat,
  straceFormat,
];

/** A format needs this much certainty to claim a member; below it the file counts as unknown. */
const FLOOR = 0.3;

/** The format whose content this is, from the head of a file; undefined when nobody recognises it. Content decides, the path only hints. */
export function formatOf(head: Uint8Array, path: string): Format | undefined {
  let best: Format | undefined;
  let certainty = FLOOR;
  for (const format of FORMATS) {
    const claim = format.sniff(head, path);
    if (claim > certainty) {
      best = format;
      certainty = claim;
    }
  }
  return best;
}
