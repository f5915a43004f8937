// Tests the graph of the overview in a real editor: mouse, keyboard, and exported pictures.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Runs the tests on gridspot.yaml with the tools of the overview's walk. */
export async function walkGraph({ page, frame, folder, attempt, eventually, goTo, line, focused }) {
  const box = name => frame.locator(`.drawing .item[aria-label^="${name}"]`);
  const label = async name => (await box(name).first().getAttribute('aria-label')) ?? '';
  const isBox = async name => (await focused()).startsWith(name) || focused();
  await attempt('the graph opens a block, and a click on a layer shows its line', async () => {
    await frame.locator('#graph-tab').click();
    await box('images').waitFor();
    assert.match(
      await label('model.2 '),
      /^model\.2 C2f 103M · 8\.5 %, 24×160×160, 103,219,200 MACs, reads model\.1, is read by model\.3$/,
    );
    assert.equal(await box('model.2 ').getAttribute('aria-expanded'), 'false');
    await box('model.2 ').locator('.twistie .target').click();
    await box('cv2 Conv').waitFor();
    assert.equal(await box('model.2 ').getAttribute('aria-expanded'), 'true');
    await box('model.4 ').click();
    await line(14);
    await box('cv2 Conv').click();
    await line(12);
  });
  await attempt('the box in the graph follows the cursor', async () => {
    await goTo(19);
    await eventually('the box', async () => {
      const current = await frame
        .locator('.drawing .item[aria-current="true"]')
        .evaluateAll(all => all.map(own => own.getAttribute('aria-label')));
      return (current.length === 1 && current[0].startsWith('model.9 ')) || current;
    });
    // It has been scrolled into view.
    const [own, canvas] = [await box('model.9 ').boundingBox(), await frame.locator('.canvas').boundingBox()];
    assert.ok(own.y >= canvas.y && own.y + own.height <= canvas.y + canvas.height, JSON.stringify([own, canvas]));
  });
  await attempt('an edit changes the graph, and what is open stays open', async () => {
    const before = await label('model.9 ');
    const move = () => frame.locator('.world').getAttribute('transform');
    const at = await move();
    await goTo(19);
    const write = async text => {
      await page.keyboard.press('Home');
      await page.keyboard.press('Shift+End');
      await page.keyboard.insertText(text);
    };
    await write('- [-1, 1, Conv, [1024, 3, 1]]');
    await eventually('the box', async () => (await box('model.9 Conv').count()) === 1);
    assert.notEqual(await label('model.9 '), before);
    assert.equal(await box('model.2 ').getAttribute('aria-expanded'), 'true');
    assert.equal((await move()).split('scale')[1], at.split('scale')[1]);
    await write('- [-1, 1, SPPF, [512, 5]] # 9');
    await eventually('the box as it was', async () => (await label('model.9 SPPF').catch(() => '')) === before);
  });
  await attempt('the graph is walked by the keyboard alone', async () => {
    await frame.locator('#graph input[type="search"]').focus();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Home');
    await eventually('the input', () => isBox('images'));
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await eventually('along the edges', () => isBox('model.1 '));
    await page.keyboard.press('ArrowDown');
    await eventually('into the open block', () => isBox('cv1 Conv'));
    await page.keyboard.press('Escape');
    await eventually('the block around', () => isBox('model.2 '));
    await page.keyboard.press('Enter');
    assert.equal(await box('model.2 ').getAttribute('aria-expanded'), 'false');
    await eventually('the focus, which stays', () => isBox('model.2 '));
    await page.keyboard.press('Enter');
    assert.equal(await box('model.2 ').getAttribute('aria-expanded'), 'true');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await eventually('what is inside', () => isBox('chunk'));
    await page.keyboard.press('ArrowUp');
    await eventually('and back', () => isBox('cv1 Conv'));
    for (const key of ['Escape', 'Enter', 'ArrowDown']) await page.keyboard.press(key);
    await eventually('over the closed block', () => isBox('model.3 '));
    await page.keyboard.press(' ');
    await line(13);
    await eventually('the focus, which stays', () => isBox('model.3 '));
    const transform = () => frame.locator('.world').getAttribute('transform');
    const before = await transform();
    await page.keyboard.press('+');
    assert.notEqual(await transform(), before);
    await page.keyboard.press('0');
    await page.keyboard.press('End');
    await eventually('the last layer', () => isBox('model.19 '));
    // Enter on a layer without content goes to its line.
    await page.keyboard.press('ArrowUp');
    await eventually('what it reads', async () => !(await focused()).startsWith('model.19') || focused());
    await frame.locator('#graph input[type="search"]').focus();
    await page.keyboard.type('model.11');
    await page.keyboard.press('Enter');
    await eventually('what is found', async () => {
      const text = await frame.locator('#graph .count').textContent();
      return /^1 of \d+$/.test(text) || text;
    });
    await page.keyboard.press('Tab');
    await eventually('the first of them', () => isBox('model.11 Concat'));
    await page.keyboard.press('Enter');
    await line(23);
    await page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
    await frame.locator('#graph input[type="search"]').fill('');
  });
  await attempt('the graph is saved as SVG and PNG', async () => {
    const saved = async (name, ending) => {
      await frame.locator(`#graph button[aria-label="Save as ${ending.toUpperCase()}"]`).click();
      await page.locator('.quick-input-widget:visible').waitFor();
      await page.locator('.quick-input-widget input').first().waitFor();
      await eventually('the name', async () => {
        const value = await page.locator('.quick-input-widget input[type="text"]').first().inputValue();
        return value.endsWith(`/${name}.${ending}`) || value;
      });
      await page.keyboard.press('Enter');
      const path = join(folder, `${name}.${ending}`);
      await eventually('the file', async () => existsSync(path) && readFileSync(path).length > 0);
      return readFileSync(path);
    };
    const svg = (await saved('gridspot', 'svg')).toString();
    assert.match(svg, /^<svg [^>]*width="\d+"/);
    assert.ok(
      svg.includes('model.19') && svg.includes('24×160×160') && !svg.includes('var(--') && !svg.includes('class='),
    );
    const png = await saved('gridspot', 'png');
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const [, width] = /width="(\d+)"/.exec(svg);
    assert.equal(png.readUInt32BE(16), 2 * Number(width));
  });
}
