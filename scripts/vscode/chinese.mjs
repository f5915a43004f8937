// An editor that was started in Simplified Chinese: what Flopline says in it, in all the places where it says something.
import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from './host.mjs';
import { root } from './install.mjs';
import { isVisible, openWindow, overviewOf, overviewWorkspace } from './overview.mjs';

/** Walks through it: a row of a report for each place. */
export async function walkChinese(browser) {
  const { folder, remove } = overviewWorkspace();
  const rows = [];
  const editor = await startServer({ test: true, locale: 'zh-cn', settings: { 'editor.hover.delay': 100 } });
  let page;
  const attempt = async (title, run) => {
    const start = Date.now();
    try {
      await run();
      rows.push({ title: `an editor in Chinese: ${title}`, state: 'passed', milliseconds: Date.now() - start });
    } catch (error) {
      await page?.screenshot({ path: join(tmpdir(), `flopline-chinese-${rows.length}.png`) });
      const what = error instanceof Error ? (error.stack ?? error.message) : String(error);
      const milliseconds = Date.now() - start;
      rows.push({ title: `an editor in Chinese: ${title}`, state: 'failed', milliseconds, error: what });
    }
  };
  const item = text => page.locator('.quick-input-list .monaco-list-row', { hasText: text }).first();
  const command = async title => {
    await page.keyboard.press('Control+1');
    await page.keyboard.press('F1');
    await page.locator('.quick-input-widget:visible').waitFor();
    await page.keyboard.type(title);
    await item(`Flopline: ${title}`).waitFor();
    await page.keyboard.press('Enter');
  };
  try {
    page = await openWindow(browser, editor, folder, 'gridspot.yaml', {
      payload: [['extensionDevelopmentPath', editor.remote(root)]],
      locale: 'zh-CN',
    });
    page.setDefaultTimeout(20_000);
    await attempt('hints and the line above the network', async () => {
      await page.locator('.view-line', { hasText: '参数' }).nth(5).waitFor();
      await page.locator('.codelens-decoration', { hasText: '参数' }).first().waitFor();
    });
    await attempt('hover', async () => {
      const word = page.locator('.view-line span', { hasText: /^SPPF$/ }).last();
      const hover = page.locator('.monaco-hover:visible', { hasText: '输出' }).first();
      for (let tries = 0; tries < 8; tries++) {
        const box = await word.boundingBox();
        await page.mouse.move(box.x + 4, box.y + 200);
        await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 10 });
        if (await isVisible(hover, 2000)) break;
      }
      const text = await hover.textContent();
      assert.match(text, /参数/);
      assert.doesNotMatch(text, /parameters|Output|Input/);
      await page.mouse.move(5, 5);
    });
    await attempt('problems', async () => {
      await page.keyboard.press('Control+1');
      await page.keyboard.press('Control+G');
      await page.locator('.quick-input-widget:visible').waitFor();
      await page.keyboard.type('19');
      await page.keyboard.press('Enter');
      await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+End');
      await page.keyboard.insertText('- [-1, 1, Mystery, [512, 5]]');
      await page.keyboard.press('Control+Shift+M');
      await page.locator('.markers-panel .monaco-list-row', { hasText: '不是 Ultralytics 的模块' }).first().waitFor();
      await page.keyboard.press('Control+Shift+M');
      await page.keyboard.press('Control+1');
      await page.keyboard.press('Control+Z');
    });
    await attempt('pickers', async () => {
      await command('设置输入尺寸');
      await item(/恢复默认.*MACs/).waitFor();
      await page.keyboard.press('Escape');
      await command('新建网络');
      // Each template has its totals.
      await page.locator('.quick-input-list .monaco-list-row', { hasText: '参数' }).nth(7).waitFor();
      await page.keyboard.press('Escape');
    });
    await attempt('the menu', async () => {
      await page.keyboard.press('Control+1');
      await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
      await page.locator('.statusbar-item', { hasText: 'MACs' }).first().click();
      await item('复制 Markdown 报告').waitFor();
      const labels = page.locator('.quick-input-list .monaco-list-row .quick-input-list-label');
      const items = await labels.allTextContents();
      assert.ok(items.length > 8);
      assert.ok(
        items.every(text => /[\u4e00-\u9fff]/.test(text)),
        items.join(' | '),
      );
      await page.keyboard.press('Escape');
    });
    await attempt('the overview', async () => {
      await command('打开概览');
      const frame = await overviewOf(page);
      assert.equal(await frame.locator('html').getAttribute('lang'), 'zh-cn');
      const tabs = await frame.getByRole('tab').allTextContents();
      assert.deepEqual(tabs, ['层', '计算图', '内存', '耗时', '扫描']);
      for (const name of ['memory', 'time', 'sweep']) {
        await frame.locator(`#${name}-tab`).click();
        await frame.locator(`#${name} tbody tr`).first().waitFor();
        const heads = await frame
          .locator(`#${name} :is(thead th, dt, .legend, .notes p:first-child)`)
          .allTextContents();
        assert.deepEqual(
          heads.filter(text => /[A-Za-z]{5}/.test(text.replace('PyTorch', ''))),
          [],
        );
      }
    });
  } finally {
    await page?.close().catch(() => {});
    await editor.stop();
    remove();
  }
  return rows;
}
