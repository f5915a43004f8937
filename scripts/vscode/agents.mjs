// The tools for agents as the editor has them: declared by the extension, started, asked for what they are.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './install.mjs';
import { openWindow } from './overview.mjs';

/** A row of a report: the server of our tools is among those of the editor, starts, and has all tools. */
export async function walkAgents(browser, editor, payload) {
  const title = 'agents: the editor knows the tools, and starts them';
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'flopline-agents-'));
  let page;
  const item = text => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  /**
   * Chooses what can be done with the server while it is in some state. Lists close when something else takes the focus,
   * as other parts of the editor do while they start: then once more.
   */
  const choose = async (state, action) => {
    for (let tries = 1; ; tries++)
      try {
        page.setDefaultTimeout(8000);
        await page.keyboard.press('Escape');
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('MCP: List Servers');
        await item('MCP: List Servers').waitFor();
        // The list of commands goes on changing: what is under the pointer may be another row.
        await page.keyboard.press('Enter');
        await item(new RegExp(`^Flopline${state}`)).click();
        await item(action).click();
        return;
      } catch (error) {
        if (tries === 8) throw error;
      }
  };
  try {
    cpSync(join(root, 'examples/gridspot.yaml'), join(folder, 'gridspot.yaml'));
    mkdirSync(join(folder, '.vscode'));
    // Without agents there is nobody to declare tools to.
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify({ 'chat.disableAIFeatures': false }));
    page = await openWindow(browser, editor, folder, 'gridspot.yaml', { payload });
    await choose('Stopped', 'Start Server');
    await choose('Running', 'Show Output');
    await page.locator('.panel .view-line', { hasText: 'Discovered 7 tools' }).first().waitFor();
    return { title, state: 'passed', milliseconds: Date.now() - start };
  } catch (error) {
    await page?.screenshot({ path: join(tmpdir(), 'flopline-agents.png') }).catch(() => {});
    const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { title, state: 'failed', milliseconds: Date.now() - start, error: what };
  } finally {
    await page?.close().catch(() => {});
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
