// Pictures of the tree page: both parent views, sessions, an orphan with its thread, its records, the search.
//   npm run screenshots -- EVIDENCE OUTDIR --steps test/e2e/treeSteps.mjs
export default async function treeSteps({ workbench, webview, shot }) {
  const page = workbench.page;
  const tree = webview().locator('#tree');
  const press = async (key) => {
    await tree.press(key);
    await workbench.settled(300);
  };
  await tree.click({ position: { x: 120, y: 60 } });
  await shot('tree-recorded');
  for (let i = 0; i < 12; i++) await tree.press('n');
  await workbench.settled(300);
  await shot('orphan-recorded');
  await press('p');
  await shot('orphan-created');
  await press('p');
  await webview()
    .locator('.raw-record')
    .first()
    .evaluate((record) => record.scrollIntoView({ block: 'start' }));
  await workbench.settled(300);
  await shot('raw-records');
  await webview().locator('vscode-button[title^="Move the details"]').click();
  for (let i = 0; i < 4; i++) await tree.press('+');
  await workbench.settled(300);
  await shot('time-zoomed');
  await tree.press('0');
  await webview().locator('vscode-dropdown').first().click();
  await webview().locator('vscode-option', { hasText: 'By session' }).click();
  await workbench.settled(300);
  await shot('by-session');
  await webview().locator('vscode-checkbox', { hasText: 'Orphans only' }).click();
  await workbench.settled(300);
  await shot('orphans-only');
  await webview().locator('vscode-checkbox', { hasText: 'Orphans only' }).click();
  await tree.press('/');
  await page.keyboard.type('sleep');
  await workbench.settled(500);
  await page.keyboard.press('Enter');
  await workbench.settled(300);
  await shot('search');
}
