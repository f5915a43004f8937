// When a view asks the server again: as soon as another document is shown, and once typing pauses after an edit.
import type { Network } from './network.ts';

/** Reads what the view needs; resolves to true once it has everything. Another read may start in the meantime. */
export type Read = (network: Network, isCurrent: () => boolean) => Promise<boolean>;

export interface Refresh {
  /** The network shown; undefined while the view is hidden. */
  readonly network: () => Network | undefined;
  /** Shows a network, or hides the view. */
  show(next: Network | undefined): void;
  /** Reads at once, because the user chose something else in the view. */
  start(): void;
}

/** `pause`: milliseconds without an edit before the view is read again. */
export function createRefresh(pause: number, read: Read): Refresh {
  let network: Network | undefined;
  let latest: Network | undefined;
  let run = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  const start = async (): Promise<void> => {
    const own = ++run;
    const asked = network;
    if (asked && (await read(asked, () => own === run))) latest = asked;
  };

  return {
    network: () => network,
    show: next => {
      network = next;
      clearTimeout(waiting);
      if (!next) run++;
      else if (next !== latest) waiting = setTimeout(start, latest?.uri === next.uri ? pause : 0);
    },
    start,
  };
}
