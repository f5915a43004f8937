// Exports a drawing as SVG or PNG, with the colors it has on the screen (those of the theme).
import { part } from './drawing.ts';
import type { Size } from './layout.ts';

const copied = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-linejoin',
  'paint-order',
  'opacity',
  'font-family',
  'font-size',
  'font-weight',
  'text-anchor',
];

/** The margin around the drawing. */
const margin = 16;

/** The whole drawing as it looks, including what is out of view. */
export function svgOf(world: SVGGElement, defs: SVGDefsElement | null, size: Size, title: string): string {
  const { width, height } = around(size);
  const svg = part('svg', { width, height, viewBox: `${-margin} ${-margin} ${width} ${height}` });
  svg.append(part('title', {}, title));
  if (defs) svg.append(styled(defs));
  const back = getComputedStyle(document.body).backgroundColor;
  svg.append(part('rect', { x: -margin, y: -margin, width, height, fill: back }));
  const content = styled(world);
  content.removeAttribute('transform');
  svg.append(content);
  return new XMLSerializer().serializeToString(svg);
}

/** A copy with all computed styles inlined, so its look depends on nothing around it. */
function styled<T extends SVGElement>(original: T): T {
  const copy = original.cloneNode(true) as T;
  const [originals, copies] = [original, copy].map(root => [root, ...root.querySelectorAll<SVGElement>('*')]);
  for (const [at, own] of originals!.entries()) {
    const made = copies![at]!;
    const style = getComputedStyle(own);
    // Invisible click targets are left out.
    if (style.fill === 'none' && style.stroke === 'none' && own.classList.contains('target')) {
      made.remove();
      continue;
    }
    for (const name of copied) {
      const value = style.getPropertyValue(name);
      if (value !== '') made.setAttribute(name, value);
    }
    for (const name of ['class', 'tabindex', 'role', 'aria-label', 'aria-expanded', 'aria-current', 'data-id', 'id'])
      if (name !== 'id' || own.localName !== 'marker') made.removeAttribute(name);
  }
  return copy;
}

const around = ({ width, height }: Size): Size => ({
  width: Math.ceil(width) + 2 * margin,
  height: Math.ceil(height) + 2 * margin,
});

/** Limits of a canvas: pixels per side, and in total. */
const most = { side: 16_000, area: 100_000_000 };

/** The same as a PNG, at twice the size if the canvas allows it. */
export async function pngOf(svg: string, size: Size): Promise<Uint8Array> {
  const { width, height } = around(size);
  const scale = Math.min(2, most.side / width, most.side / height, Math.sqrt(most.area / (width * height)));
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = Math.max(1, Math.floor(width * scale));
  canvas.height = Math.max(1, Math.floor(height * scale));
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>(resolve => canvas.toBlob(resolve, 'image/png'));
  return new Uint8Array(await blob!.arrayBuffer());
}
