// npm run screenshots: what the README shows, taken from a real VS Code on examples/, into docs/images/.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser, startServer } from './vscode/host.mjs';
import { root } from './vscode/install.mjs';

const images = join(root, 'docs/images');
const examples = join(root, 'examples');
const yolo = 'gridspot.yaml';
const googlenet = 'googlenet.net.yaml';

mkdirSync(images, { recursive: true });
const temporary = mkdtempSync(join(tmpdir(), 'flopline-screenshots-'));
const workspace = join(temporary, 'examples');
cpSync(examples, workspace, { recursive: true });
const browser = await startBrowser();
const editor = await startServer({
  settings: {
    'workbench.colorTheme': 'Default Dark Modern',
    'workbench.activityBar.location': 'hidden',
    'workbench.layoutControl.enabled': false,
    'window.commandCenter': false,
    'editor.minimap.enabled': false,
    'editor.fontSize': 14,
    'editor.fontFamily': "'DejaVu Sans Mono', monospace",
    'editor.inlayHints.fontFamily': "'DejaVu Sans Mono', monospace",
    'editor.renderLineHighlight': 'none',
    'editor.occurrencesHighlight': 'off',
    'editor.matchBrackets': 'never',
    'editor.guides.indentation': false,
    'editor.stickyScroll.enabled': false,
    'editor.hover.delay': 100,
    'breadcrumbs.enabled': false,
  },
});

let page;
try {
  await take('hints-yolo', yolo, async () => {});
  await take('hints-googlenet', googlenet, async () => {
    await goTo(lineOf(googlenet, /^layers:/) - 2);
  });
  await take('lens', googlenet, async () => {}, { height: 260 });
  await take('hover', googlenet, async () => {
    const row = lineOf(googlenet, /conv:.*kernel: 3/, lineOf(googlenet, /^layers:/));
    await goTo(row - 1);
    await pointAt(row, 'conv');
    await page.locator('.monaco-hover:visible .monaco-hover-content', { hasText: 'MACs' }).first().waitFor();
  });
  await take('problems', yolo, async () => {
    // A mistake that people make: a concatenation of two maps of different sizes.
    const row = lineOf(yolo, /Concat/);
    const text = textOf(yolo, row);
    await goTo(row);
    await page.keyboard.press('Home');
    await page.keyboard.press('Home');
    await page.keyboard.press('Shift+End');
    await page.keyboard.insertText(text.replace(/\[-1, ?\d+\]/, '[-1, 2]'));
    await page.keyboard.press('Control+Shift+M');
    await page.locator('.markers-panel .monaco-list-row').nth(1).waitFor();
    await goTo(row - 4);
  });
} catch (error) {
  console.error(error);
  await page?.screenshot({ path: join(temporary, 'error.png') }).catch(() => {});
  process.exitCode = 1;
} finally {
  await browser.close().catch(() => {});
  await editor.stop();
  rmSync(temporary, { recursive: true, force: true });
}

/** Opens a file in a fresh window, waits for its hints, lets `act` do something and takes the picture. */
async function take(name, file, act, { width = 1120, height = 680 } = {}) {
  page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 2 });
  page.setDefaultTimeout(45_000);
  const { remote, address } = editor;
  await page.goto(
    address(workspace, [
      ['extensionDevelopmentPath', remote(root)],
      ['skipWelcome', 'true'],
      ['openFile', remote(join(workspace, file))],
    ]),
  );
  await page.locator('.editor-instance .view-lines').first().waitFor();
  await page.waitForFunction(() => /MACs/.test(document.querySelector('.view-lines')?.textContent ?? ''));
  await page.locator('.contentWidgets .codelens-decoration').first().waitFor();
  // The side bar would take a third of the picture.
  if (await page.locator('.part.sidebar').isVisible()) await page.keyboard.press('Control+B');
  await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
  await act();
  await settle();
  await page.screenshot({ path: join(images, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
  await page.close();
}

/** Waits until two pictures in a row are the same. */
async function settle() {
  let last;
  for (let tries = 0; tries < 40; tries++) {
    await page.waitForTimeout(250);
    const now = (await page.screenshot()).toString('base64');
    if (now === last) return;
    last = now;
  }
}

/** Puts the cursor on a 1-based line and that line to the top. */
async function goTo(line) {
  await page
    .locator('.editor-instance .view-lines')
    .first()
    .click({ position: { x: 400, y: 5 } });
  await page.keyboard.press('Control+G');
  await page.keyboard.type(`${line}`);
  await page.keyboard.press('Enter');
}

async function pointAt(line, word) {
  const text = textOf(googlenet, line).trim();
  const row = page.locator('.view-line', { hasText: text.slice(0, 30) }).first();
  const box = await row.locator('span', { hasText: word }).last().boundingBox();
  await page.mouse.move(box.x + 10, box.y + box.height / 2, { steps: 4 });
}

/** The 1-based number of the first line from `from` on that matches. */
function lineOf(file, pattern, from = 1) {
  const index = linesOf(file).findIndex((text, at) => at + 1 >= from && pattern.test(text));
  if (index < 0) throw new Error(`${file} has no line ${pattern}`);
  return index + 1;
}

function textOf(file, line) {
  return linesOf(file)[line - 1];
}

function linesOf(file) {
  return readFileSync(join(examples, file), 'utf8').split('\n');
}
