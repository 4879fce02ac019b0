// A real workbench in a headless Chromium, and the few gestures that tests and screenshots need.
// Start-up is slow and its first webview slower (3 to 8 s on two cores): use one workbench for many checks.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { onStop, root } from '../../scripts/command.mjs';
import { extensionHostLog, installExtension, keepLogs, newProfile, removeProfile, startServer } from '../../scripts/workbenchServer.mjs';
import { choosePath } from './pathBox.mjs';

/** Of VS Code's own themes: the setting's value, the name in the picker, the class of the drawn workbench. */
export const THEMES = {
  dark: { id: 'Dark Modern', label: 'Dark Modern', body: 'vs-dark' },
  light: { id: 'Light Modern', label: 'Light Modern', body: 'vs' },
  'high-contrast': { id: 'Default High Contrast', label: 'Dark High Contrast', body: 'hc-black' },
  'high-contrast-light': { id: 'Default High Contrast Light', label: 'Light High Contrast', body: 'hc-light' },
};

/** The first webview of a run may take this long. */
export const FIRST_WEBVIEW_MS = 60_000;

const CHROMIUM_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The Chromium of this machine (or the one that CHROMIUM names). Throws one line when there is none. */
export function chromiumPath() {
  const found = [process.env.CHROMIUM, ...CHROMIUM_PATHS].find((each) => each && existsSync(each));
  if (found === undefined) throw new Error('No Chromium was found. Install one (Debian: sudo apt-get install -y chromium) or name it in CHROMIUM.');
  return found;
}

export function launchChromium() {
  const quiet = ['--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'];
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-gpu', ...quiet] });
}

/**
 * Starts server and page, without going anywhere yet: call `ready()` next. Options:
 *   vsix          the packed extension to install
 *   development   else: the folder of an extension under development (VS Code draws no toasts in this mode)
 *   folder        the workspace folder
 *   settings      the profile's settings, beside the quiet ones
 *   theme         a key of THEMES
 *   output        where screenshots and, after a failure, logs go
 *   viewport      { width, height }, and `scale`: device pixels for each of them
 *   trusted       false: VS Code's restricted mode
 *   env           variables for the extension host
 */
export async function startWorkbench({
  vsix,
  development,
  folder,
  settings = {},
  theme = 'dark',
  output = path.join(root, 'test-results'),
  viewport = { width: 1440, height: 900 },
  env,
  scale = 1,
  trusted = true,
}) {
  const profile = newProfile({ trusted, settings: { 'window.autoDetectColorScheme': false, 'workbench.colorTheme': THEMES[theme].id, ...settings } });
  onStop(() => removeProfile(profile));
  let server;
  let browser;
  const close = async () => {
    await browser?.close();
    await server?.stop();
    removeProfile(profile);
  };
  try {
    if (vsix) await installExtension(profile, vsix);
    server = await startServer(profile, { smokeTest: development !== undefined, env });
    browser = await launchChromium();
    const context = await browser.newContext({ viewport, locale: 'en-GB', deviceScaleFactor: scale });
    await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.origin });
    // Nothing may leave this machine: such requests are counted and refused.
    const blocked = new Map();
    await context.route(
      (url) => url.protocol.startsWith('http') && url.hostname !== '127.0.0.1',
      (route) => {
        const { host } = new URL(route.request().url());
        blocked.set(host, (blocked.get(host) ?? 0) + 1);
        return route.abort();
      },
    );
    const page = await context.newPage();
    const errors = []; // what the page and its webviews threw or logged as errors
    page.on('pageerror', (error) => errors.push(String(error)));
    page.on('console', (message) => {
      // What the workbench says about itself (its own sign-in, two files that an open-source build lacks) is none of ours, unless it names us.
      const ours = !message.location().url.includes('/static/out/vs/') || /foundling/i.test(message.text());
      if (message.type() === 'error' && ours && !/status of 404/.test(message.text())) errors.push(message.text());
    });
    return gestures({ page, context, profile, server, blocked, errors, folder, development, theme, output, close });
  } catch (error) {
    await close();
    throw error;
  }
}

function gestures({ page, context, profile, server, blocked, errors, folder, development, theme, output, close }) {
  let current = theme;
  const remote = (file) => `vscode-remote://${server.host}${encodeURI(path.resolve(file))}`;

  const workbench = {
    page,
    context,
    profile,
    server,
    blocked,
    errors,
    close,

    /** Goes to the workbench and waits until it is restored. `open`: a file to open at once (its editor follows the profile's associations). */
    async ready({ open } = {}) {
      const payload = [
        ['skipWelcome', 'true'],
        ['skipReleaseNotes', 'true'],
      ];
      if (development) payload.push(['extensionDevelopmentPath', remote(development)]);
      if (open) payload.push(['openFile', remote(open)]);
      const where = folder ? `folder=${encodeURIComponent(path.resolve(folder))}` : 'ew=true';
      await page.goto(`${server.origin}/?${where}&payload=${encodeURIComponent(JSON.stringify(payload))}`);
      await page.waitForFunction(() => performance.getEntriesByName('code/LifecyclePhase/Restored').length > 0, undefined, { timeout: 60_000 });
    },

    /** Presses a key that opens the quick input, types, and takes the first row that holds `row`. Start-up moves the focus: retried as a whole. */
    async pick(key, text, row) {
      for (let attempt = 1; ; attempt++) {
        try {
          await page.keyboard.press(key);
          const input = page.locator('.quick-input-widget:visible');
          await input.locator('input[type=text]').fill(text, { timeout: 3_000 });
          await input.locator('.monaco-list-row', { hasText: row }).first().click({ timeout: 5_000 });
          return;
        } catch (cause) {
          if (attempt === 5) throw new Error(`the quick input never offered ${JSON.stringify(row)} for ${JSON.stringify(text)}`, { cause });
          await page.keyboard.press('Escape');
        }
      }
    },

    /** Opens a file of the workspace by its name in the editor that the associations give. */
    async open(name) {
      await workbench.pick('Control+P', name, path.basename(name));
      await page.locator('.tabs-container .tab.active', { hasText: path.basename(name) }).waitFor();
    },

    /** Runs a command by its title in the palette. */
    async command(title) {
      await workbench.pick('F1', `>${title}`, title);
    },

    /** Answers VS Code's own box of paths: {@link choosePath}. */
    choosePath: (target, button) => choosePath(page, target, button),

    /** A box asks this and has the keyboard: what is typed now is its answer. */
    async isAsked(prompt) {
      const box = page.locator('.quick-input-widget:visible');
      await box.locator('.quick-input-message', { hasText: prompt }).or(box.locator(`input[placeholder^="${prompt}"]`)).first().waitFor({ timeout: 20_000 });
      await box.locator('input[type=text]:focus').waitFor({ timeout: 20_000 });
    },

    /** The document of the visible webview. VS Code keeps hidden ones in the page. */
    webview() {
      return page.locator('iframe.webview.ready').filter({ visible: true }).last().contentFrame().frameLocator('iframe#active-frame');
    },

    /** The frame, of whatever webview (never the workbench itself), in which the selector finds something visible. */
    async frameWith(selector, timeoutMs = 30_000) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        for (const frame of page.frames()) if (frame !== page.mainFrame() && (await holds(frame, selector))) return frame;
        if (Date.now() > deadline) throw new Error(`no frame holds ${selector}`);
        await page.waitForTimeout(50);
      }
    },

    /**
     * Waits until VS Code has given the keyboard back to a page whose menu was open. It gives it to the frame around the page and 50 ms later to the page itself, unless it takes that frame for left,
     * which it asks every 50 ms: then the keyboard would stay around the page (`_doFocus` and `trackFocus` of its webviews). The last step is taken here, so that this is no matter of luck.
     */
    async keyboardBackIn(frame) {
      const hasFocus = (each) => each.waitForFunction(() => document.hasFocus(), undefined, { timeout: 20_000 });
      await hasFocus(frame.parentFrame());
      await frame.evaluate(() => window.focus());
      await hasFocus(frame);
    },

    /** Changes the colour theme and waits until it is drawn. (A running workbench does not notice a change of its settings file here.) */
    async theme(name) {
      const body = page.locator(`.monaco-workbench.${THEMES[name].body}`).first();
      if (name !== current) {
        await workbench.command('Preferences: Color Theme');
        await workbench.choose(THEMES[name].label);
        current = name;
      }
      await body.waitFor();
      await workbench.settled();
    },

    /** Types into the quick input that is open and takes the first row that holds the text. */
    async choose(text) {
      const input = page.locator('.quick-input-widget:visible');
      await input.locator('input[type=text]').fill(text);
      await input.locator('.monaco-list-row', { hasText: text }).first().click();
      await input.waitFor({ state: 'hidden' });
    },

    /** Waits until nothing was drawn anew for a moment, for screenshots. Never assert on it. */
    async settled(quietMs = 500, mostMs = 8_000) {
      const end = Date.now() + mostMs;
      let last = await page.screenshot();
      for (let since = Date.now(); Date.now() - since < quietMs && Date.now() < end;) {
        await page.waitForTimeout(120);
        const next = await page.screenshot();
        if (!next.equals(last)) since = Date.now();
        last = next;
      }
    },

    /** Writes `<output>/<name>.png` and answers its path. */
    async shot(name) {
      mkdirSync(output, { recursive: true });
      const file = path.join(output, `${name}.png`);
      await page.screenshot({ path: file });
      return file;
    },

    /** After a failure: a screenshot, the logs of server and extension host, the page's errors. */
    async keepTraces(name) {
      const traces = path.join(output, `${name}-failed`);
      mkdirSync(traces, { recursive: true });
      await page.screenshot({ path: path.join(traces, 'page.png') }).catch((error) => errors.push(`no screenshot: ${error.message}`));
      writeFileSync(path.join(traces, 'page-errors.txt'), errors.join('\n'));
      keepLogs(profile, traces);
      return traces;
    },

    extensionHostLog: () => extensionHostLog(profile),
  };
  return workbench;
}

async function holds(frame, selector) {
  try {
    return (await frame.locator(selector).filter({ visible: true }).count()) > 0;
  } catch {
    return false; // the frame went away between the list and the question
  }
}
