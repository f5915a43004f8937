// The signs on buttons. They have the colour of the text around them.
const signs = {
  flame: 'M1 2h14v3H1zm0 4h8v3H1zm9 0h5v3h-5zM1 10h3v3H1zm4 0h4v3H5z',
  expand: 'M8 9.6 4.4 6l-.9.9L8 11.4l4.5-4.5-.9-.9zM8 5.6 4.4 2l-.9.9L8 7.4l4.5-4.5-.9-.9z',
  collapse: 'M8 3.4 3.5 7.9l.9.9L8 5.2l3.6 3.6.9-.9zM8 7.4l-4.5 4.5.9.9L8 9.2l3.6 3.6.9-.9z',
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
