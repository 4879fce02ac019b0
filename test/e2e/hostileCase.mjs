// The example case as somebody would have left it who knows where its text will be shown: names, arguments, users, file names and title attack the reader.
import { cpSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Text of evidence that must stay text: markup, links that run commands, icons, terminal escapes, direction controls, a line end, the start of a formula. */
export const PAYLOAD = '=<img src=x onerror=alert(1)>[go](command:workbench.action.closeAllEditors)$(flame)\u001b[31m\u202e\n@1';
const COMM = '=<b>[x](u)\u202e'; // the kernel keeps 15 bytes
const USER = '-<a href=command:x>u</a>';
const FILE = '=<b>$(bug)[f](command:x).audit.log';

/** Makes the case in a folder from the example: the gravest alert (openssl, pid 2464198) has become hostile. Answers its manifest. */
export function hostileCase(example, folder) {
  cpSync(example, folder, { recursive: true });
  rmSync(path.join(folder, 'verdicts'), { recursive: true });
  const log = path.join(folder, 'evidence/audit.log');
  writeFileSync(log, hostileLog(readFileSync(log, 'utf8')));
  renameSync(log, path.join(folder, 'evidence', FILE));
  const manifest = path.join(folder, 'case.foundling.json');
  const { evidence, ...rest } = JSON.parse(readFileSync(manifest, 'utf8'));
  const [{ id, host, zone }] = evidence; // its hash was another file's
  writeFileSync(manifest, JSON.stringify({ ...rest, title: PAYLOAD, evidence: [{ id, host, zone, path: `evidence/${FILE}` }] }, null, 2));
  return manifest;
}

const hex = (text) => Buffer.from(text).toString('hex').toUpperCase();

function hostileLog(text) {
  const lines = text.split('\n');
  const serialOf = (line) => /audit\([\d.]+:(\d+)\)/.exec(line)?.[1];
  const own = new Set(lines.filter((line) => / pid=2464198 /.test(line)).map(serialOf));
  return lines
    .map((line) => {
      const user = line.replace(/="analyst"/g, `="${USER}"`);
      if (!own.has(serialOf(line))) return user;
      return user
        .replace(/ comm="[^"]*"/, ` comm=${hex(COMM)}`)
        .replace(/ exe="\/usr\/bin\/openssl"/, ` exe=${hex(`/tmp/${PAYLOAD}`)}`)
        .replace(/ name="\/usr\/bin\/openssl"/, ` name=${hex(`/tmp/${PAYLOAD}`)}`)
        .replace(/ a1="s_client"/, ` a1=${hex(PAYLOAD)}`);
    })
    .join('\n');
}
