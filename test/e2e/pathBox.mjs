// VS Code's own box of paths: it asks for a file or folder wherever no window of the system can, as in a browser.
// A press means the folder that the box lists. One that comes before what was typed is listed moves the box there and does no more; and nothing shows that it looks a path up: its progress
// bar waits 0.8 s, and stops early when a look-up is given up for a newer one. But list and meant folder change in one step, so the list tells when a press counts.
import { readdirSync } from 'node:fs';
import path from 'node:path';

const PLACEHOLDER = 'Folder path';
const WAIT = 20_000;

/**
 * Types a path into the box that is or will be open, waits until the box stands in its folder, and takes it: with the button of that name, or with Enter where none is named.
 * A folder's path ends with a slash. Resolves when the box is closed; throws what the box shows when it does not come to that.
 */
export async function choosePath(page, target, button) {
  const isFolder = target.endsWith(path.sep);
  const folder = isFolder ? target : path.join(path.dirname(target), path.sep);
  const first = await step(page, 'open and list a folder', ({ names }) => names.length > 0);
  for (const stop of first.value.slice(0, first.value.lastIndexOf(path.sep) + 1) === folder ? [] : wayTo(folder, first)) {
    await type(page, stop);
    await step(page, `list ${stop}`, (state) => state.value === stop && listsAll(state, stop));
  }
  if (!isFolder) await type(page, target);
  // In a list of files to open the one that is typed is chosen; a folder is taken as typed, and whatever is chosen would be taken in its stead.
  await step(page, `take ${target} as typed`, ({ value, chosen }) => value === target && chosen.every((name) => !isFolder && name === path.basename(target)));
  if (button === undefined) await page.keyboard.press('Enter');
  else await page.locator('.quick-input-widget:visible .monaco-button', { hasText: button }).click({ timeout: WAIT });
  await step(page, `close upon ${button ?? 'Enter'}`, ({ isOpen }) => !isOpen);
}

/** Replaces what stands in the box, as hands on a keyboard do. */
async function type(page, text) {
  await page.locator(`.quick-input-widget:visible input[placeholder="${PLACEHOLDER}"]:focus`).waitFor({ timeout: WAIT });
  await page.keyboard.press('Control+A');
  await page.keyboard.insertText(text);
}

/** The folders to go through. Where the box lists by chance just what the folder holds, its list would not tell when it has come there: then by the folder above, whose list has another name. */
function wayTo(folder, state) {
  if (!listsAll(state, folder)) return [folder];
  const above = path.join(folder, '..', path.sep);
  if (listsAll(state, above)) throw new Error(`${state.value}, ${folder} and the folder above it hold the same names: no list tells them apart.`);
  return [above, folder];
}

/** True when the box lists what a folder holds: every folder in it, of its files those that the box was asked for, and nothing else. Of a long list the page holds the beginning. */
function listsAll({ names, total }, folder) {
  const held = readdirSync(folder, { withFileTypes: true });
  const listed = names.filter((name) => name !== '..');
  const count = total - (names.length - listed.length);
  const folders = held.filter((entry) => entry.isDirectory());
  const isWhole = names.length < total || folders.every(({ name }) => listed.includes(name));
  return isWhole && count >= folders.length && count <= held.length && listed.every((name) => held.some((entry) => entry.name === name));
}

/** Waits until the box is in a state, and answers it; throws with the state that it stays in. */
async function step(page, what, isReached) {
  const deadline = Date.now() + WAIT;
  for (;;) {
    const state = await page.evaluate(boxState, PLACEHOLDER);
    if (isReached(state)) return state;
    if (Date.now() > deadline) throw new Error(`The box of paths did not ${what}; it is at ${JSON.stringify(state)}.`);
    await page.waitForTimeout(30);
  }
}

/** Runs in the page: what the box shows. */
function boxState(placeholder) {
  const input = document.querySelector(`.quick-input-widget input[placeholder="${placeholder}"]`);
  if (!input?.checkVisibility()) return { isOpen: false, value: '', names: [], total: 0, chosen: [], says: '' };
  const widget = input.closest('.quick-input-widget');
  const rows = [...widget.querySelectorAll('.monaco-list-row')];
  const named = (each) => each.getAttribute('aria-label');
  return {
    isOpen: true,
    value: input.value,
    names: rows.map(named),
    total: Number(rows[0]?.getAttribute('aria-setsize') ?? 0),
    chosen: rows.filter((row) => row.classList.contains('focused')).map(named),
    says: widget.querySelector('.quick-input-message')?.textContent ?? '',
  };
}
