// npm run animation: the animated PNG at the top of the README, recorded in a real VS Code on examples/.
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { animated } from './vscode/apng.mjs';
import { startBrowser, startServer } from './vscode/host.mjs';
import { root } from './vscode/install.mjs';

const file = 'googlenet-naive.net.yaml';
const size = { width: 960, height: 540 };

const temporary = mkdtempSync(join(tmpdir(), 'flopline-moving-'));
const browser = await startBrowser();
const editor = await startServer({
  installed: true,
  test: true,
  settings: {
    'workbench.colorTheme': 'Dark Modern',
    'window.autoDetectHighContrast': false,
    'workbench.activityBar.location': 'hidden',
    'workbench.layoutControl.enabled': false,
    'window.commandCenter': false,
    'editor.minimap.enabled': false,
    'editor.fontSize': 13,
    'editor.fontFamily': "'DejaVu Sans Mono', monospace",
    'editor.inlayHints.fontFamily': "'DejaVu Sans Mono', monospace",
    'editor.renderLineHighlight': 'none',
    'editor.occurrencesHighlight': 'off',
    'editor.matchBrackets': 'never',
    'editor.guides.indentation': false,
    'editor.stickyScroll.enabled': false,
    'editor.cursorBlinking': 'solid',
    'editor.hover.delay': 100,
    'workbench.hover.delay': 60_000,
    'breadcrumbs.enabled': false,
  },
});

const frames = [];
let page;
try {
  const workspace = join(temporary, 'network');
  cpSync(join(root, 'examples'), workspace, { recursive: true });
  page = await browser.newPage({ viewport: size, colorScheme: 'dark' });
  page.setDefaultTimeout(45_000);
  const open = [
    ['skipWelcome', 'true'],
    ['openFile', editor.remote(join(workspace, file))],
  ];
  await page.goto(editor.address(workspace, open));
  await page.waitForFunction(() => /MACs/.test(document.querySelector('.view-lines')?.textContent ?? ''));
  await page.locator('.contentWidgets .codelens-decoration').first().waitFor();
  if (await page.locator('.part.sidebar').isVisible()) await page.keyboard.press('Control+B');
  await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
  await settle();
  await frame(2500);

  // Type another stride: all layers below follow.
  await goTo(lineOf('stride: 2'), 'stride: 2'.length);
  await frame(900);
  await page.keyboard.press('Backspace');
  await page.keyboard.type('1');
  await settle();
  await frame(2200);
  await page.keyboard.press('Control+Z');
  await page.keyboard.press('Control+Z');
  await settle();
  await frame(1200);

  // The quick fixes of a wide convolution, each with its savings.
  await goTo(lineOf('kernel: 3'));
  const actions = page.locator('.action-widget .monaco-list-row');
  for (let tries = 0; tries < 15 && !(await actions.nth(1).isVisible()); tries++) {
    await page.keyboard.press('Control+.');
    await actions
      .nth(1)
      .waitFor({ timeout: 2000 })
      .catch(() => page.keyboard.press('Escape'));
  }
  await settle();
  await frame(3000);
  await page.keyboard.press('Enter');
  await actions.first().waitFor({ state: 'hidden' });
  await settle();
  await frame(2500);

  // “Make It Cheaper”: a few changes that save a third.
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget:visible').waitFor();
  await page.keyboard.type('Flopline: Make It Cheaper');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Make It Cheaper' }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-list .monaco-list-row', { hasText: '−30 % MACs' }).first().waitFor();
  await settle();
  await frame(1500);
  await page.locator('.quick-input-list .monaco-list-row', { hasText: '−30 % MACs' }).first().click();
  await page
    .locator('.quick-input-list .monaco-list-row', { hasText: /Line \d+/ })
    .first()
    .waitFor();
  await settle();
  await frame(3500);
  const picture = animated(frames);
  if (picture.length > 1_000_000) throw new Error(`${picture.length} bytes are too many`);
  writeFileSync(join(root, 'docs/images/flopline.png'), picture);
  console.log(`docs/images/flopline.png: ${frames.length} frames, ${Math.round(picture.length / 1000)} kB`);
} catch (error) {
  console.error(error);
  await page?.screenshot({ path: join(tmpdir(), 'flopline-moving-error.png') }).catch(() => {});
  process.exitCode = 1;
} finally {
  await browser.close().catch(() => {});
  await editor.stop();
  rmSync(temporary, { recursive: true, force: true });
}

async function frame(ms) {
  frames.push({ png: await page.screenshot(), ms });
}

/** Waits until two consecutive screenshots are equal. */
async function settle() {
  let last;
  for (let tries = 0; tries < 40; tries++) {
    await page.waitForTimeout(250);
    const now = (await page.screenshot()).toString('base64');
    if (now === last) return;
    last = now;
  }
}

/** Puts the cursor so many characters after the start of the text that was found. */
async function goTo({ line, column }, behind = 0) {
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+G');
  await page.locator('.quick-input-widget:visible').waitFor();
  await page.keyboard.type(`${line}:${column + behind}`);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** The first 1-based position of a text in the file. */
function lineOf(text) {
  const lines = readFileSync(join(root, 'examples', file), 'utf8').split('\n');
  const line = lines.findIndex(each => each.includes(text));
  if (line < 0) throw new Error(`${file} has no “${text}”`);
  return { line: line + 1, column: lines[line].indexOf(text) + 1 };
}
