// Tests the tools for agents in a real editor: the extension declares them, and the editor starts and lists them.
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './install.mjs';
import { isVisible, openWindow } from './overview.mjs';

/** A row of the report: our server is among the editor's MCP servers, starts, and has all tools. */
export async function walkAgents(browser, editor, payload) {
  const title = 'agents: the editor knows the tools, and starts them';
  const start = Date.now();
  const folder = mkdtempSync(join(tmpdir(), 'flopline-agents-'));
  let page;
  const item = text => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  /**
   * Picks an action for the server once it is in some state. Lists close when another part of the editor takes the
   * focus during startup; then tries again.
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
        // The list of commands is still changing, so a click could hit another row.
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
    // With agents disabled, the tools must not be declared.
    writeFileSync(join(folder, '.vscode/settings.json'), JSON.stringify({ 'chat.disableAIFeatures': false }));
    page = await openWindow(browser, editor, folder, 'gridspot.yaml', { payload });
    await choose('Stopped', 'Start Server');
    const line = page.locator('.panel .view-line', { hasText: 'Discovered 7 tools' }).first();
    // On a busy machine, the output may appear late, or another part of the editor may take its place.
    for (let tries = 0; tries < 3; tries++) {
      await choose('Running', 'Show Output');
      if (await isVisible(line, 15_000)) break;
    }
    await line.waitFor();
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
