// How long Flopline takes to activate in a real VS Code, as “Developer: Startup Performance” says.
import { startBrowser, startServer } from './host.mjs';
import { openWindow, overviewWorkspace, runCommand } from './overview.mjs';

/**
 * The activation times of so many windows, in milliseconds: loading the client's code, and running `activate`.
 * @param {number} windows
 */
export async function activationTimes(windows) {
  const { folder, remove } = overviewWorkspace();
  const browser = await startBrowser();
  const editor = await startServer({ installed: true });
  const times = [];
  try {
    for (let window = 0; window < windows; window++) {
      const page = await openWindow(browser, editor, folder, 'gridspot.yaml');
      await runCommand(page, 'Developer: Startup Performance');
      times.push(await timesIn(page));
      await page.close();
    }
  } finally {
    await browser.close().catch(() => {});
    await editor.stop();
    remove();
  }
  return times;
}

/** Reads the row of Flopline in the table of activations: `| flopline.flopline | … | load | activate | … |`. */
async function timesIn(page) {
  const row = page.locator('.editor-instance .view-line', { hasText: /flopline\.flopline.*\|/ }).first();
  await page.locator('.editor-instance .view-line', { hasText: 'System Info' }).first().waitFor();
  for (let tries = 0; tries < 40 && (await row.count()) === 0; tries++) await page.keyboard.press('PageDown');
  const cells = (await row.textContent())
    .replaceAll('\u00a0', ' ')
    .split('|')
    .map(cell => cell.trim());
  const [load, activate] = cells.filter(cell => /^\d+$/.test(cell)).map(Number);
  return { load, activate };
}
