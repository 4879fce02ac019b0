// Draws media/icon.svg as media/icon.png, which the extension's manifest names (it takes no SVG). Run after changing the drawing: npm run icon.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './command.mjs';
import { launchChromium } from '../test/e2e/workbench.mjs';

const SIZE = 128;
const browser = await launchChromium();
try {
  const page = await browser.newPage({ viewport: { width: SIZE, height: SIZE } });
  await page.setContent(`<style>body{margin:0;background:transparent}svg{display:block}</style>${readFileSync(path.join(root, 'media/icon.svg'), 'utf8')}`);
  await page.screenshot({ path: path.join(root, 'media/icon.png'), omitBackground: true });
} finally {
  await browser.close();
}
process.exit(0);
