import type { OverviewMessage } from '../../server/src/protocol/index.ts';

/** A page, by what a person does with it; milliseconds until it has drawn that. */
export interface OverviewPage {
  show(message: OverviewMessage): Promise<number>;
  /** Opens all blocks of the graph: how long that took, and how many boxes there are. */
  openAll(): Promise<readonly [time: number, boxes: number]>;
  close(): Promise<void>;
}

export interface OverviewPages {
  open(view: string): Promise<OverviewPage>;
  close(): Promise<void>;
}

export function startOverviewPages(): Promise<OverviewPages>;
