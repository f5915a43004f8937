/** Milliseconds of one window. */
export interface Activation {
  readonly load: number;
  readonly activate: number;
}

export function activationTimes(windows: number): Promise<readonly Activation[]>;
