// Small makers of elements.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** An element with attributes, of which those that are undefined or false are left out, and what is in it. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  setAttributes(made, attributes);
  made.append(...children);
  return made;
}

export function setAttributes(target: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) target.removeAttribute(name);
    else {
      const text = value === true ? '' : String(value);
      if (target.getAttribute(name) !== text) target.setAttribute(name, text);
    }
  }
}

/** Says how wide an element is, in pixels and at most `most`, whenever that changes. */
export function observeWidth(target: Element, most: number, changed: (width: number) => void): void {
  let width = 0;
  new ResizeObserver(entries => {
    const now = Math.min(most, entries.at(-1)?.contentRect.width ?? 0);
    if (now === width || now === 0) return;
    width = now;
    changed(now);
  }).observe(target);
}
