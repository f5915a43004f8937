// A chart with a current place: the arrow keys move it, a click selects one, Enter goes to its line and the space bar
// shows it.
import { element, observeWidth, setAttributes } from './dom.ts';

export interface SliderOptions {
  /** The name of the chart for screen readers. */
  readonly label: string;
  readonly width: number;
  /** The number of places; 0 if there is no chart. */
  readonly count: () => number;
  readonly current: () => number;
  /** Where Page Up (-1) and Page Down (1) go. */
  readonly page: (direction: -1 | 1) => number;
  /** The current place as text for screen readers. */
  readonly text: () => string;
  readonly draw: (width: number) => SVGElement;
  /** The place under the pointer, `x` pixels from the left of a drawing of this width. */
  readonly placeAt: (target: EventTarget | null, x: number, width: number) => number | undefined;
  readonly move: (to: number) => void;
  readonly reveal: (focus: boolean) => void;
}

export interface Slider {
  readonly element: HTMLElement;
  render(): void;
}

/** `width` is the maximum width of the drawing in pixels. */
export function createSlider(options: SliderOptions): Slider {
  const { count, current, move, reveal } = options;
  const chart = element('div', { class: 'curve', role: 'slider', tabindex: 0 });
  let width = 0;

  const render = (): void => {
    if (count() === 0) return;
    setAttributes(chart, {
      'aria-label': options.label,
      'aria-valuemin': 1,
      'aria-valuemax': count(),
      'aria-valuenow': current() + 1,
      'aria-valuetext': options.text(),
    });
    chart.replaceChildren(options.draw(width));
  };

  chart.addEventListener('keydown', event => {
    if (count() === 0) return;
    const to = keys[event.key]?.(options);
    if (to !== undefined) move(to);
    else if (event.key === 'Enter') reveal(true);
    else if (event.key === ' ') reveal(false);
    else return;
    event.preventDefault();
  });
  chart.addEventListener('click', event => {
    if (count() === 0) return;
    const to = options.placeAt(event.target, event.clientX - chart.getBoundingClientRect().left, width);
    if (to === undefined) return;
    move(to);
    reveal(false);
  });
  observeWidth(chart, options.width, now => {
    width = now;
    render();
  });
  return { element: chart, render };
}

const keys: Readonly<Record<string, (options: SliderOptions) => number>> = {
  ArrowRight: ({ current }) => current() + 1,
  ArrowUp: ({ current }) => current() + 1,
  ArrowLeft: ({ current }) => current() - 1,
  ArrowDown: ({ current }) => current() - 1,
  PageDown: ({ page }) => page(1),
  PageUp: ({ page }) => page(-1),
  Home: () => 0,
  End: ({ count }) => count() - 1,
};
