// npm run walkthrough: scales the screenshots of scripts/screenshots.mjs down for the walkthrough.
//   FLOPLINE_IMAGES=/tmp/images   uses existing screenshots
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startBrowser } from './vscode/host.mjs';
import { root } from './vscode/install.mjs';

/** The width of a picture in pixels; the walkthrough shows it at about half that size. */
const width = 860;
const names = ['hints-googlenet', 'hover', 'fixes', 'cheaper', 'overview', 'compare'];

const before = process.env.FLOPLINE_IMAGES;
const temporary = before ?? mkdtempSync(join(tmpdir(), 'flopline-walkthrough-'));
const folder = join(root, 'walkthrough');
mkdirSync(folder, { recursive: true });
if (before === undefined) {
  const taken = spawnSync(process.execPath, [join(root, 'scripts/screenshots.mjs'), ...names], {
    env: { ...process.env, FLOPLINE_IMAGES: temporary },
    stdio: 'inherit',
  });
  if (taken.status !== 0) throw new Error('a picture could not be taken');
}
const browser = await startBrowser();
try {
  const page = await browser.newPage();
  for (const name of names) {
    const picture = `data:image/png;base64,${readFileSync(join(temporary, `${name}.png`)).toString('base64')}`;
    const small = await page.evaluate(
      async ([source, wide]) => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = wide;
        canvas.height = Math.round((image.height / image.width) * wide);
        const drawing = canvas.getContext('2d');
        drawing.imageSmoothingQuality = 'high';
        drawing.drawImage(image, 0, 0, canvas.width, canvas.height);
        return canvas.toDataURL('image/webp', 0.6);
      },
      [picture, width],
    );
    const bytes = Buffer.from(small.slice(small.indexOf(',') + 1), 'base64');
    writeFileSync(join(folder, `${name}.webp`), bytes);
    console.log(`walkthrough/${name}.webp ${Math.round(bytes.length / 1000)} kB`);
  }
} finally {
  await browser.close();
  if (before === undefined) rmSync(temporary, { recursive: true, force: true });
}
