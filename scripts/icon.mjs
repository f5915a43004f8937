// npm run icon: renders icons/flopline.svg to the extension's PNG icon.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startBrowser } from './vscode/host.mjs';
import { root } from './vscode/install.mjs';

const size = 256;
const svg = readFileSync(join(root, 'icons/flopline.svg'), 'utf8');
const browser = await startBrowser();
try {
  const page = await browser.newPage({ viewport: { width: size, height: size } });
  await page.setContent(`<style>body { margin: 0 }</style>${svg}`);
  writeFileSync(join(root, 'icons/flopline.png'), await page.screenshot({ omitBackground: true }));
} finally {
  await browser.close();
}
