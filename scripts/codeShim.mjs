#!/usr/bin/env node
// Stands where @vscode/test-electron expects the `code` program of a desktop VS Code: same arguments, same environment, same exit code.
// Behind it are code-server and a headless Chromium, so the suites run in a real extension host where no desktop build can be had.
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { launchChromium } from '../test/e2e/workbench.mjs';
import { onStop } from './command.mjs';
import { extensionHostLog, newProfile, removeProfile, startServer } from './workbenchServer.mjs';

const MOST_MS = Number(process.env.FOUNDLING_SUITE_TIMEOUT_MS ?? 300_000);
// The workbench's own log comes the same way as the suites' output.
const NOISE =
  /additional builtin extensions|AccountPolicyGate|Long running operations|vsda|punycode|Creating a socket|connection token|reconnection-grace|Service Worker|AgentHost|search provider|ChatSession|authentication provider|\[lifecycle\]/;

const { development, tests, folder } = readArguments(process.argv.slice(2));
const profile = newProfile();
onStop(() => removeProfile(profile));
let server;
let browser;
let code = 1;
try {
  server = await startServer(profile, { smokeTest: true, env: extensionEnvironment() });
  browser = await launchChromium();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  await page.exposeFunction('codeAutomationLog', (type, values) => {
    if (!NOISE.test(String(values[0])))
      (console[type] ?? console.log)(...values.map((each) => (process.stdout.isTTY || typeof each !== 'string' ? each : stripVTControlCharacters(each))));
  });
  const ended = suiteEnd(page);
  const remote = (file) => `vscode-remote://${server.host}${file}`;
  const payload = [
    ...development.map((each) => ['extensionDevelopmentPath', remote(each)]),
    ['extensionTestsPath', remote(tests)],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  const where = folder === undefined ? 'ew=true' : `folder=${encodeURIComponent(folder)}`;
  await page.goto(`${server.origin}/?${where}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
  code = await ended;
} catch (error) {
  console.error(error.message);
  console.error(extensionHostLog(profile));
} finally {
  await browser?.close();
  await server?.stop();
  removeProfile(profile);
}
process.exit(code);

function readArguments(values) {
  const read = { development: [], tests: undefined, folder: undefined };
  for (const value of values) {
    const option = /^--(extensionDevelopmentPath|extensionTestsPath)=(.+)$/.exec(value);
    if (option?.[1] === 'extensionDevelopmentPath') read.development.push(path.resolve(option[2]));
    else if (option) read.tests = path.resolve(option[2]);
    else if (!value.startsWith('-')) read.folder ??= path.resolve(value);
  }
  if (read.tests === undefined) throw new Error('codeShim.mjs runs suites only: --extensionTestsPath=FILE is missing');
  return read;
}

/** Resolves with the suite's exit code. An extension host that never starts never says so: hence the limit. */
function suiteEnd(page) {
  return new Promise((resolve, reject) => {
    void page.exposeFunction('codeAutomationExit', (exitCode) => resolve(exitCode));
    page.on('crash', () => reject(new Error('the page crashed before the suite ended')));
    page.on('close', () => reject(new Error('the page was closed before the suite ended')));
    setTimeout(() => reject(new Error(`the suite did not end within ${MOST_MS / 1000} s`)), MOST_MS).unref();
  });
}

/** @vscode/test-electron hands the suite's variables to this program; the server hands them on to the extension host. */
function extensionEnvironment() {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => name.startsWith('FOUNDLING_') || name === 'CI'));
}
