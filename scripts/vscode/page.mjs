// Loads the overview page without an editor, to measure the page alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from './host.mjs';
import { root } from './install.mjs';

/** Approximately the colors of a dark theme. */
const colors = {
  'editor-background': '#1f1f1f',
  'sideBar-background': '#181818',
  foreground: '#cccccc',
  descriptionForeground: '#9d9d9d',
  focusBorder: '#0078d4',
  'charts-blue': '#3794ff',
  'charts-green': '#89d185',
  'charts-orange': '#d18616',
  'charts-purple': '#b180d7',
  'charts-red': '#f14c4c',
  'charts-yellow': '#cca700',
  'font-family': 'system-ui, sans-serif',
  'font-size': '13px',
  'input-background': '#313131',
  'input-foreground': '#cccccc',
  'button-background': '#0078d4',
  'button-foreground': '#ffffff',
  'icon-foreground': '#cccccc',
  'panel-border': '#2b2b2b',
  'editorWidget-border': '#454545',
};

/** Opens pages in a headless Chromium. */
export async function startOverviewPages() {
  const browser = await startBrowser();
  return { open: view => openPage(browser, view), close: () => browser.close() };
}

async function openPage(browser, view) {
  const page = await browser.newPage({ viewport: { width: 720, height: 900 } });
  const style = Object.entries(colors).map(([name, value]) => `--vscode-${name}: ${value};`);
  await page.setContent('<!DOCTYPE html><title>Overview</title><body data-place="tab"></body>');
  await page.addStyleTag({ content: `:root { ${style.join(' ')} }` });
  await page.addStyleTag({ content: readFileSync(join(root, 'dist/overview.css'), 'utf8') });
  await page.evaluate(
    state => {
      globalThis.acquireVsCodeApi = () => ({ postMessage: () => {}, getState: () => state, setState: () => {} });
      // The page has drawn one frame later; while a graph is being laid out, it is marked as busy.
      globalThis.drawn = async begin => {
        do await new Promise(resolve => requestAnimationFrame(() => setTimeout(resolve)));
        while (document.querySelector('[aria-busy]'));
        return performance.now() - begin;
      };
    },
    { view },
  );
  await page.addScriptTag({ content: readFileSync(join(root, 'dist/overview.js'), 'utf8') });
  return {
    page,
    show: message =>
      page.evaluate(data => {
        const begin = performance.now();
        window.dispatchEvent(new MessageEvent('message', { data: { type: 'overview', message: data } }));
        return globalThis.drawn(begin);
      }, message),
    openAll: () =>
      page.evaluate(async () => {
        const begin = performance.now();
        document.querySelector('#graph [aria-label="Open all blocks"]').click();
        return [await globalThis.drawn(begin), document.querySelectorAll('.drawing .item').length];
      }),
    close: () => page.close(),
  };
}
