// Helpers that create and observe DOM elements.

type Attributes = Readonly<Record<string, string | number | boolean | undefined>>;

/** Creates an element with attributes and content. Attributes that are undefined or false are omitted. */
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

/** Calls `changed` with the width of an element in pixels, capped at `most`, whenever it changes. */
export function observeWidth(target: Element, most: number, changed: (width: number) => void): void {
  let width = 0;
  new ResizeObserver(entries => {
    const now = Math.min(most, entries.at(-1)?.contentRect.width ?? 0);
    if (now === width || now === 0) return;
    width = now;
    changed(now);
  }).observe(target);
}
