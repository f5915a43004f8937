// The page of an overview without an editor around it: for what is measured of the page alone.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './install.mjs';

/** The colours of a theme that is about that of a dark editor. */
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

/** Opens it; what it says is in `sent`, and `receive` is what it is sent. */
export async function openOverviewPage(browser, { width = 720, height = 900, state } = {}) {
  const page = await browser.newPage({ viewport: { width, height } });
  const style = Object.entries(colors).map(([name, value]) => `--vscode-${name}: ${value};`);
  await page.setContent(
    `<!DOCTYPE html><html lang="en"><head><title>Overview</title></head><body data-place="tab"></body></html>`,
  );
  await page.addStyleTag({ content: `:root { ${style.join(' ')} }` });
  await page.addStyleTag({ content: readFileSync(join(root, 'dist/overview.css'), 'utf8') });
  await page.evaluate(kept => {
    globalThis.sent = [];
    globalThis.acquireVsCodeApi = () => ({
      postMessage: message => void globalThis.sent.push(message),
      getState: () => kept,
      setState: () => {},
    });
  }, state);
  await page.addScriptTag({ content: readFileSync(join(root, 'dist/overview.js'), 'utf8') });
  return page;
}
