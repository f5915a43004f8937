// Icons of buttons, in the color of the surrounding text.
const signs = {
  flame: 'M1 2h14v3H1zm0 4h8v3H1zm9 0h5v3h-5zM1 10h3v3H1zm4 0h4v3H5z',
  expand: 'M8 9.6 4.4 6l-.9.9L8 11.4l4.5-4.5-.9-.9zM8 5.6 4.4 2l-.9.9L8 7.4l4.5-4.5-.9-.9z',
  collapse: 'M8 3.4 3.5 7.9l.9.9L8 5.2l3.6 3.6.9-.9zM8 7.4l-4.5 4.5.9.9L8 9.2l3.6 3.6.9-.9z',
  smaller: 'M3 7.5h10v1H3z',
  larger: 'M7.5 3h1v4.5H13v1H8.5V13h-1V8.5H3v-1h4.5z',
  fit: 'M2 2h4v1H3v3H2zm8 0h4v4h-1V3h-3zM2 10h1v3h3v1H2zm11 0h1v4h-4v-1h3zM5 5h6v6H5zm1 1v4h4V6z',
  svg: 'M3 2h1v3H3zm9 0h1v3h-1zM2 5h3v3H2zm9 0h3v3h-3zM5 6h6v1H5zm3-4h0M7.5 8h1v2.5l1.6-1.6.7.7L8 12.4 5.200 9.600l.7-.7 1.600 1.600zM2 13h12v1H2z',
  png: 'M2 3h12v10H2zm1 1v6.300l3-3 2.500 2.500 1.500-1.500 3 3V4zm7.500 1a1 1 0 1 1 0 2 1 1 0 0 1 0-2z',
} as const;

export function icon(name: keyof typeof signs): SVGSVGElement {
  const space = 'http://www.w3.org/2000/svg';
  const drawing = document.createElementNS(space, 'svg');
  const attributes = { viewBox: '0 0 16 16', width: '16', height: '16', fill: 'currentColor', 'aria-hidden': 'true' };
  for (const [key, value] of Object.entries(attributes)) drawing.setAttribute(key, value);
  const path = document.createElementNS(space, 'path');
  path.setAttribute('d', signs[name]);
  drawing.append(path);
  return drawing;
}
