// npm run screenshots [-- NAME…]: what the README shows, taken from a real VS Code on examples/, into docs/images/.
//   FLOPLINE_THEME='Default High Contrast' FLOPLINE_IMAGES=/tmp/images   in other colours, elsewhere: to be looked at
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser, startServer } from './vscode/host.mjs';
import { root } from './vscode/install.mjs';
import { overviewOf, runCommand } from './vscode/overview.mjs';

const images = process.env.FLOPLINE_IMAGES ?? join(root, 'docs/images');
const theme = process.env.FLOPLINE_THEME ?? 'Dark Modern';
const examples = join(root, 'examples');
const yolo = 'gridspot.yaml';
const googlenet = 'googlenet.net.yaml';
const naive = 'googlenet-naive.net.yaml';
const darknet = 'tiny-detector.cfg';
const caffe = 'googlenet-head.prototxt';
const resnet = 'python/resnet18.py';
const gpt = 'python/gpt.py';
/** A file of a fork of YOLO of our own, with modules of its own. */
const fork = 'fork/models/tiny.yaml';
const budgets = `budgets:
  - files: ['examples/gridspot.yaml']
    scale: n
    limits: {macs: 1.1G, params: 500k}
  - files: ['examples/{squeezenet,mobilenet-v1,mobilenet-v2}.net.yaml']
    limits: {macs: 850M, bytes: 18MB, time: {device: phone, ms: 5}}
  - entries: ['examples/python/resnet18.py:resnet18()']
    limits: {macs: 600M, params: 12M, peak: 2MB}
devices:
  phone: {flops: {fp32: 500G}, bandwidth: 30GB/s}
`;

mkdirSync(images, { recursive: true });
const temporary = mkdtempSync(join(tmpdir(), 'flopline-screenshots-'));
const browser = await startBrowser();
const editor = await startServer({
  // As an extension in development the window would not have its colours.
  installed: true,
  test: true,
  settings: {
    'workbench.colorTheme': theme,
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
    'editor.hover.delay': 100,
    // The tooltips of lists come late and lie over them.
    'workbench.hover.delay': 60_000,
    'breadcrumbs.enabled': false,
  },
});

let page;
const shots = {
  // Networks in Python, as they are written.
  'hints-resnet': () => take('hints-resnet', resnet, async () => {}, { width: 1280, height: 1080 }),
  'hints-gpt': () =>
    take(
      'hints-gpt',
      gpt,
      async () => {
        await scrollTo(lineOf(gpt, /^class CausalSelfAttention/));
        await pointAt(gpt, lineOf(gpt, /c_attn = nn\.Linear/), 'Linear');
      },
      { width: 1280, height: 1080 },
    ),
  'hints-yolo': () => take('hints-yolo', yolo),
  'hints-googlenet': () => take('hints-googlenet', googlenet, async () => {}, { width: 1280, height: 800 }),
  lens: () => take('lens', yolo, async () => {}, { height: 300 }),
  hover: () =>
    take('hover', googlenet, async () => {
      const row = lineOf(googlenet, /conv:.*kernel: 3/, lineOf(googlenet, /^layers:/));
      await scrollTo(row - 3);
      await pointAt(googlenet, row, 'conv');
    }),
  // What each input size would give.
  choices: () =>
    take(
      'choices',
      yolo,
      async () => {
        await page.keyboard.press('Control+1');
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('>Flopline: Set Input Size');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Set Input Size' }).first().waitFor();
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: /Back to the default.*MACs/ }).waitFor();
      },
      { height: 560 },
    ),
  // What a number in the list of inputs names.
  'hover-reference': () =>
    take('hover-reference', yolo, async () => {
      await scrollTo(lineOf(yolo, /^head:/));
      await pointAt(yolo, lineOf(yolo, /\[-1, 12\]/), '12');
    }),
  'hints-darknet': () => take('hints-darknet', darknet),
  'hints-caffe': () => take('hints-caffe', caffe),
  // The same network as everybody counts it.
  conventions: () =>
    take('conventions', yolo, async () => {
      await pointAt(yolo, lineOf(yolo, /^nc:/), 'nc');
    }),
  // What a click on the light bulb of a fat convolution offers, each at its price.
  fixes: () =>
    take(
      'fixes',
      naive,
      async () => {
        const row = lineOf(naive, /kernel: 3/, lineOf(naive, /^blocks:/));
        await goTo(row);
        await offered(4);
      },
      { width: 1200 },
    ),
  // What Make It Cheaper finds, with the line of the change that has the focus.
  cheaper: () =>
    take(
      'cheaper',
      yolo,
      async () => {
        await page.keyboard.press('Control+1');
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('Flopline: Make It Cheaper');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Make It Cheaper' }).first().waitFor();
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: '−30 % MACs' }).first().click();
        const changes = page.locator('.quick-input-list .monaco-list-row', { hasText: /Line \d+, model/ });
        await changes.first().waitFor();
        await page.keyboard.press('ArrowDown');
      },
      { width: 1200, height: 760 },
    ),
  // What may stand in the inputs of a Concat: what fits goes first, and of one that does not fit it says why.
  completion: () =>
    take('completion', yolo, async () => {
      const row = lineOf(yolo, /\[-1, 12\]/);
      await scrollTo(row - 14);
      await goTo(row, textOf(yolo, row).indexOf('12]') + 1);
      await appears('.suggest-widget .monaco-list-row', 'Control+Space', 4);
      while (!/does not fit/.test(await page.locator('.suggest-widget .monaco-list-row.focused').textContent()))
        await page.keyboard.press('ArrowDown');
      // Once more, for the details.
      await page.keyboard.press('Control+Space');
      await page.locator('.suggest-details', { hasText: 'differ' }).waitFor();
    }),
  // The arguments of a module, while one of them is written.
  signature: () =>
    take(
      'signature',
      yolo,
      async () => {
        const row = lineOf(yolo, /C3k2/);
        await scrollTo(row - 7);
        await goTo(row, textOf(yolo, row).indexOf('False') + 1);
        await appears('.parameter-hints-widget.visible .signature', 'Control+Shift+Space', 1);
      },
      { height: 460 },
    ),
  // Who reads a row, by its number or as the row above.
  references: () =>
    take('references', yolo, async () => {
      const row = lineOf(yolo, /# 12$/);
      await scrollTo(row - 4);
      await goTo(row, textOf(yolo, row).indexOf('C2f') + 1);
      await appears('.reference-zone-widget .ref-tree .monaco-list-row', 'Shift+F12', 2);
      // Where the files of the pictures are is of no interest.
      await page.addStyleTag({ content: '.peekview-title .dirname { display: none; }' });
    }),
  // What can be done with the row at the cursor.
  rows: () =>
    take(
      'rows',
      yolo,
      async () => {
        const row = lineOf(yolo, /C3k2/);
        await scrollTo(row - 8);
        await goTo(row);
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('Flopline Layer');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Move Layer Up' }).first().waitFor();
      },
      { height: 500 },
    ),
  // A row that was just inserted: what it costs below, and the fix of the numbers that it made old.
  numbers: () =>
    take(
      'numbers',
      yolo,
      async () => {
        const row = lineOf(yolo, /SPPF/);
        await goTo(row);
        await page.keyboard.press('End');
        await page.keyboard.press('Enter');
        await page.keyboard.press('Home');
        await page.keyboard.press('Shift+End');
        await page.keyboard.insertText('  - [-1, 1, Conv, [512, 3, 1]]');
        await page.locator('.squiggly-warning').nth(1).waitFor();
        await scrollTo(row - 3);
        await goTo(row + 1);
        await offered(2);
      },
      { height: 560 },
    ),
  // Where the cost of a network is, down to its operators.
  overview: () =>
    take(
      'overview',
      googlenet,
      async () => {
        const frame = await openOverview();
        await frame.locator('.body .row', { hasText: '3b' }).locator('.twistie').click();
      },
      { width: 1400, height: 820 },
    ),
  'overview-python': () =>
    take(
      'overview-python',
      resnet,
      async () => {
        const frame = await openOverview();
        await frame.locator('.body .row', { hasText: 'stages' }).first().locator('.twistie').click();
        await goTo(lineOf(resnet, /self\.conv2\(y\)/));
        await frame.locator('.body .row[aria-current="true"]').first().waitFor();
      },
      { width: 1400, height: 820 },
    ),
  // What flows from layer to layer, inside of a block and around it.
  'overview-graph': () =>
    take(
      'overview-graph',
      googlenet,
      async () => {
        const frame = await openGraph();
        await frame.locator('.drawing .item[aria-label^="3b "] .target').click();
        await goTo(lineOf(googlenet, /as: 3b|name: 3b/));
        await frame.locator('.drawing .item[aria-current="true"]').first().waitFor();
      },
      { width: 1400, height: 820 },
    ),
  'overview-graph-fork': () =>
    take(
      'overview-graph-fork',
      fork,
      async () => {
        const frame = await openGraph();
        await frame.locator('.drawing .item[aria-label^="model.1 "] .target').click();
      },
      { width: 1400, height: 820 },
    ),
  'overview-graph-python': () =>
    take(
      'overview-graph-python',
      resnet,
      async () => {
        const frame = await openGraph();
        await frame.locator('.drawing .item[aria-label^="stages "] .target').click();
        await frame.locator('.drawing .item[aria-label^="2 Residual"] .target').click();
        await goTo(lineOf(resnet, /self\.conv2\(y\)/));
        await frame.locator('.drawing .item[aria-current="true"]').first().waitFor();
      },
      { width: 1400, height: 820 },
    ),
  // What other widths would cost, beside the theory.
  'overview-sweep': () =>
    take(
      'overview-sweep',
      yolo,
      async () => {
        const frame = await openOverview();
        await frame.locator('#sweep-tab').click();
        await frame.locator('.sweep tbody tr').first().waitFor();
        await frame.locator('.sweep select').first().selectOption('width');
        await frame.locator('.sweep tbody tr', { hasText: /×3.*B$/ }).waitFor();
      },
      { width: 1400, height: 720 },
    ),
  // What is there while a network in Python runs, by an ideal runtime and by PyTorch.
  'overview-memory': () =>
    take(
      'overview-memory',
      resnet,
      async () => {
        const frame = await openOverview();
        await frame.locator('#memory-tab').click();
        await frame.locator('#memory tbody tr').first().waitFor();
      },
      { width: 1400, height: 720 },
    ),
  // Which layers wait for arithmetic, and which for memory.
  'overview-time': () =>
    take(
      'overview-time',
      googlenet,
      async () => {
        const frame = await openOverview();
        await frame.locator('#time-tab').click();
        await frame.locator('#time tbody tr').first().waitFor();
      },
      { width: 1400, height: 720 },
    ),
  // All views of one network, to be looked at.
  'views-googlenet': () => takeViews('views-googlenet', googlenet),
  'views-fork': () => takeViews('views-fork', fork),
  'views-python': () => takeViews('views-python', resnet),
  // A network over its budget, with the changes that bring it back.
  budget: () =>
    take(
      'budget',
      yolo,
      async () => {
        await page.locator('.squiggly-error').first().waitFor();
        await goTo(lineOf(yolo, /^nc:/));
        await offered(1);
      },
      { width: 1200, height: 560, project: budgets },
    ),
  // Budgets as tests.
  tests: () =>
    take(
      'tests',
      yolo,
      async () => {
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('>Testing: Focus on Test Explorer View');
        await page
          .locator('.quick-input-list .monaco-list-row', { hasText: 'Focus on Test Explorer' })
          .first()
          .waitFor();
        await page.keyboard.press('Enter');
        const items = page.locator('.test-explorer .monaco-list-row');
        await items.nth(4).waitFor();
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('>Test: Run All Tests');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Run All Tests' }).first().waitFor();
        await page.keyboard.press('Enter');
        await page
          .locator('.test-explorer .monaco-list-row', { hasText: /MACs \(limit/ })
          .nth(3)
          .waitFor();
      },
      { width: 1280, height: 700, project: budgets },
    ),
  // The networks of the workspace with their totals; one of them has an error.
  networks: () =>
    take(
      'networks',
      yolo,
      async () => {
        await replaceLine(lineOf(yolo, /SPPF/), text => text.replace('SPPF', 'SPPFF'));
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('>Focus on Networks in This Workspace');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Networks in This' }).first().waitFor();
        await page.keyboard.press('Enter');
        const rows = page.locator('.part.sidebar .monaco-list-row');
        await rows.filter({ hasText: 'savings' }).first().waitFor();
        // The files above would take half of the room.
        await page
          .locator('.part.sidebar .pane-header', { hasText: /workspace|networks/i })
          .first()
          .click();
        await page
          .locator('.part.sidebar .monaco-list-row', { hasText: /^examples\d*$/ })
          .last()
          .click();
        await rows.filter({ hasText: /MACs/ }).nth(12).waitFor();
      },
      { width: 1280, height: 760 },
    ),
  // What an edit has changed, beside what was saved.
  compare: () =>
    take(
      'compare',
      yolo,
      async () => {
        await replaceLine(lineOf(yolo, /C3k2/), text => text.replace('C3k2', 'C2f').replace(', False, 0.25', ', True'));
        await page.keyboard.press('F1');
        await page.locator('.quick-input-widget:visible').waitFor();
        await page.keyboard.type('Flopline: Compare With');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Compare With' }).first().waitFor();
        await page.keyboard.press('Enter');
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Last save' }).first().click();
        await page.locator('.monaco-diff-editor').first().waitFor();
        await page
          .locator('.monaco-diff-editor .view-line', { hasText: /[−+]\d+\s%/ })
          .first()
          .waitFor();
      },
      { width: 1500, height: 640 },
    ),
  problems: () =>
    take('problems', yolo, async () => {
      // Two mistakes that people make: a map of another size to concatenate with, and a row that does not exist.
      await replaceLine(lineOf(yolo, /\[-1, 12\]/), text => text.replace('[-1, 12]', '[-1, 15]'));
      await replaceLine(lineOf(yolo, /Detect/), text => text.replace('[15, 18]', '[15, 19]'));
      await page.keyboard.press('Control+Shift+M');
      await page.locator('.markers-panel .monaco-list-row').nth(1).waitFor();
      await scrollTo(lineOf(yolo, /SPPF/) - 2);
    }),
};

const wanted =
  process.argv.length > 2 ? process.argv.slice(2) : Object.keys(shots).filter(name => !name.startsWith('views-'));
try {
  for (const name of wanted) await shots[name]();
} catch (error) {
  console.error(error);
  await page?.screenshot({ path: join(tmpdir(), 'flopline-screenshot-error.png') }).catch(() => {});
  process.exitCode = 1;
} finally {
  await browser.close().catch(() => {});
  await editor.stop();
  rmSync(temporary, { recursive: true, force: true });
}

/** Opens a file in a fresh window, waits for its hints, lets `act` do something and takes the picture. */
async function take(name, file, act = async () => {}, { width = 1040, height = 640, project } = {}) {
  page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: 1.5, colorScheme: 'dark' });
  page.setDefaultTimeout(45_000);
  // The editor keeps what was changed in a file: each picture has files of its own.
  const workspace = join(temporary, name);
  cpSync(examples, join(workspace, 'examples'), { recursive: true });
  if (file === fork)
    cpSync(join(root, 'test/editor/workspace/fork'), join(workspace, 'examples/fork'), { recursive: true });
  if (project !== undefined) writeFileSync(join(workspace, 'flopline.yaml'), project);
  const { remote, address } = editor;
  await page.goto(
    address(workspace, [
      ['skipWelcome', 'true'],
      ['openFile', remote(join(workspace, 'examples', file))],
    ]),
  );
  await page.locator('.editor-instance .view-lines').first().waitFor();
  await page.waitForFunction(() => /MACs/.test(document.querySelector('.view-lines')?.textContent ?? ''));
  // That of a program may be below what is in view.
  await page.locator('.contentWidgets .codelens-decoration').first().waitFor({ state: 'attached' });
  const kind = theme.includes('Contrast') ? '.hc-black, .hc-light' : theme.includes('Light') ? '.vs' : '.vs-dark';
  await page.locator(`.monaco-workbench:is(${kind})`).waitFor();
  // The side bar would take a third of the picture.
  if (await page.locator('.part.sidebar').isVisible()) await page.keyboard.press('Control+B');
  await page.locator('.part.sidebar').waitFor({ state: 'hidden' });
  await act();
  await save(name);
  await page.close();
}

async function save(name) {
  await settle();
  await page.screenshot({ path: join(images, `${name}.png`) });
  console.log(join(images, `${name}.png`));
}

/** A picture of each view of the overview, and of some things that are done in it. */
async function takeViews(name, file) {
  const act = async () => {
    const frame = await openOverview();
    const tab = async view => {
      await frame.locator(`#${view}-tab`).click();
      await frame.locator(`#${view}`).locator('tbody tr:visible, .empty:visible, .canvas:visible').first().waitFor();
      // What changes while the server is asked.
      await page.waitForTimeout(800);
    };
    await save(`${name}-table`);
    for (const view of ['graph', 'memory']) {
      await tab(view);
      await save(`${name}-${view}`);
    }
    await frame.locator('#memory select').first().selectOption('training');
    await page.waitForTimeout(800);
    await save(`${name}-training`);
    await tab('time');
    await save(`${name}-time`);
    await tab('sweep');
    await page.waitForTimeout(1500);
  };
  await take(`${name}-sweep`, file, act, { width: 1400, height: 900 });
}

/** Opens the overview beside the text. */
async function openOverview() {
  await page.keyboard.press('Control+1');
  await runCommand(page, 'Flopline: Open Overview');
  return overviewOf(page);
}

async function openGraph() {
  const frame = await openOverview();
  await frame.locator('#graph-tab').click();
  await frame.locator('.drawing .item').first().waitFor();
  return frame;
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

/** Puts the cursor on a 1-based line, at its start or at a 1-based column. */
async function goTo(line, column) {
  // Into the editor, wherever the focus was.
  await page.keyboard.press('Control+1');
  await page.keyboard.press('Control+G');
  await page.locator('.quick-input-widget:visible').waitFor();
  await page.keyboard.type(column === undefined ? `${line}` : `${line}:${column}`);
  await page.keyboard.press('Enter');
  await page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
}

/** Opens the list of fixes, with so many at least; before the editor knows the problems of a file it has none. */
async function offered(count) {
  await appears('.action-widget .monaco-list-row', 'Control+.', count);
}

/** Presses a key until so many of what it opens are there: an editor that has just started may have nothing to show yet. */
async function appears(selector, key, count) {
  const last = page.locator(selector).nth(count - 1);
  for (let tries = 0; tries < 15 && !(await last.isVisible()); tries++) {
    await page.keyboard.press(key);
    await last.waitFor({ timeout: 2000 }).catch(() => page.keyboard.press('Escape'));
  }
  await last.waitFor();
}

/** Puts a 1-based line to the top. */
async function scrollTo(line) {
  await goTo(9999);
  await goTo(Math.max(1, line));
  // VS Code puts a line that it jumps to into the middle.
  for (let lines = 0; lines < 40; lines++) {
    const box = await page
      .locator('.line-numbers', { hasText: new RegExp(`^${line}$`) })
      .first()
      .boundingBox();
    if (!box || box.y < 70) break;
    await page.keyboard.press('Control+ArrowDown');
    await page.waitForTimeout(30);
  }
}

/** Types another text over a 1-based line. */
async function replaceLine(line, change) {
  await goTo(line);
  await page.keyboard.press('Home');
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+End');
  await page.keyboard.insertText(change(textOf(yolo, line)));
}

/** Points at a word of a 1-based line, or of its hint, until the hover is there. */
async function pointAt(file, line, word) {
  const number = page.locator('.line-numbers', { hasText: new RegExp(`^${line}$`) }).first();
  const top = (await number.boundingBox()).y;
  const hover = page.locator('.monaco-hover:visible .monaco-hover-content', { hasText: 'MACs' }).first();
  for (let tries = 0; tries < 20; tries++) {
    const box = await boxOf(word, top);
    if (!box) throw new Error(`“${word}” is not shown on line ${line} of ${file}`);
    // From elsewhere, slowly: the editor looks under the mouse only while it moves.
    await page.mouse.move(box.x + box.width / 2, box.y + 200);
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2, { steps: 12 });
    const seen = await hover.waitFor({ timeout: 1500 }).then(
      () => true,
      () => false,
    );
    if (seen) return;
  }
  throw new Error(`“${word}” on line ${line} of ${file} has no hover`);
}

/** The innermost text at a height that has the word. */
async function boxOf(word, top) {
  for (const span of (await page.locator('.view-line span', { hasText: word }).all()).reverse()) {
    const box = await span.boundingBox();
    if (box && Math.abs(box.y - top) <= 10) return box;
  }
  return undefined;
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
