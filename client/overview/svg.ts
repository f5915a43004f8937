// Helpers for SVG charts.
const space = 'http://www.w3.org/2000/svg';

export function part(
  name: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly (Node | string)[]
): SVGElement {
  const made = document.createElementNS(space, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  made.append(...children);
  return made;
}

/** An entry of the legend: a sample of the line and its label. */
export function swatch(className: string, words: string): HTMLElement {
  const line = part('svg', { viewBox: '0 0 24 10', width: 24, height: 10, 'aria-hidden': 'true' });
  line.append(part('path', { class: className, d: 'M1 5H23' }));
  const own = document.createElement('span');
  own.className = 'swatch';
  own.append(line, words);
  return own;
}

/** Grid lines at zero, half and all of `most`, with their amounts in the left margin. */
export function levels(
  most: number,
  y: (amount: number) => number,
  left: number,
  right: number,
  text: (amount: number) => string,
): readonly SVGElement[] {
  return [0, most / 2, most].flatMap(amount => [
    part('line', { class: 'axis', x1: left, x2: right, y1: y(amount), y2: y(amount) }),
    part('text', { x: left - 6, y: y(amount) + 4, 'text-anchor': 'end' }, text(amount)),
  ]);
}
