import { expect, test } from 'vitest';
import { createEngine } from '../../../src/engine/index.js';
import { collectReport, htmlReport } from '../../../src/report/index.js';
import { auditLines, DOUBLE_FORK, portsOver, sourceOf } from '../engine/smallHost.js';

test('what is missing is told in a sentence, and the rules that would record it, a line each, are opened where somebody wants them', async () => {
  const engine = createEngine(portsOver([sourceOf(auditLines(DOUBLE_FORK))]));
  await engine.ask('open', { sources: ['x'] });
  const html = htmlReport(await collectReport(engine.ask, { now: 1_795_532_400_000_000, title: 'T' }));
  await engine.close();
  expect(html).toMatch(/<li>Missing: No change of cron and at jobs is on record[^<]*<details class="rules"><summary>To record it<\/summary><pre>-w \/etc\/crontab -p wa -k cron\n-w /);
  expect(html).not.toContain('To record them:');
});
