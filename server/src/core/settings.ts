// What a person may set; the same for the editor's settings, the CLI's flags and comments in the file.
import type { ConventionName } from './analysis/conventions.ts';
import type { InputSize } from './formats/format.ts';

export type Dtype = 'fp32' | 'fp16' | 'bf16' | 'int8';

/** Bytes of one element. */
export const bytesOf: Record<Dtype, number> = { fp32: 4, fp16: 2, bf16: 2, int8: 1 };

export interface AdviceSetting {
  readonly enabled: boolean;
  /** The share of the network's MACs or parameters from which a diagnostic points to it; absent where it has none. */
  readonly threshold?: number;
}

export interface Settings {
  readonly convention: ConventionName;
  readonly input: readonly InputSize[];
  /** Samples at once: memory of activations is times it, work and parameters are told for one sample. */
  readonly batch: number;
  readonly dtype: Dtype;
  readonly scale: string | undefined;
  readonly dialect: string | undefined;
  /** Caffe's phase: TRAIN or TEST. */
  readonly phase: string | undefined;
  readonly hints: {
    readonly enabled: boolean;
    /** With `${shape}`, `${cost}`, `${params}`, `${share}`, `${times}`, `${memory}`. */
    readonly template: string;
    /** How many of the costliest lines are marked. */
    readonly costliest: number;
  };
  readonly codeLens: { readonly enabled: boolean };
  readonly diagnostics: {
    /** A layer that holds more than this share of the parameters or MACs is told of. */
    readonly dominance: { readonly enabled: boolean; readonly threshold: number };
    /** An activation above so many bytes. */
    readonly hugeActivation: { readonly enabled: boolean; readonly threshold: number };
    readonly unusedOutput: { readonly enabled: boolean };
  };
  /** By piece of advice: `fatConvolution`. */
  readonly advice: Readonly<Record<string, AdviceSetting>>;
  /** Files above so many bytes (UTF-16 units) are not analysed, and say so. */
  readonly maxFileSize: number;
}

export const defaultSettings: Settings = {
  convention: 'macs',
  input: [],
  batch: 1,
  dtype: 'fp32',
  scale: undefined,
  dialect: undefined,
  phase: undefined,
  hints: { enabled: true, template: '${shape} · ${cost} · ${params}', costliest: 3 },
  codeLens: { enabled: true },
  diagnostics: {
    dominance: { enabled: true, threshold: 0.5 },
    hugeActivation: { enabled: true, threshold: 256e6 },
    unusedOutput: { enabled: true },
  },
  advice: {
    fatConvolution: { enabled: true, threshold: 0.1 },
    largeKernel: { enabled: true, threshold: 0.1 },
    squareKernel: { enabled: true },
    fullConvolution: { enabled: true },
    flattenedHead: { enabled: true, threshold: 0.1 },
    wideLayer: { enabled: true },
    ungroupedConvolution: { enabled: true },
    cancelledBias: { enabled: true },
    unusedLayer: { enabled: true },
    latePooling: { enabled: true },
    mergeableLayers: { enabled: true },
  },
  maxFileSize: 2_000_000,
};

/** Reads `3,320,320`, `3x320x320` or `image=1,3,320,320`, several separated by `;`; undefined when it is none. */
export function parseInput(text: string): readonly InputSize[] | undefined {
  const inputs: InputSize[] = [];
  for (const part of text.split(';')) {
    const match = /^\s*(?:([A-Za-z_][\w.-]*)\s*=\s*)?\[?\s*(\d{1,9}(?:\s*[,x×]\s*\d{1,9})*)\s*\]?\s*$/.exec(part);
    if (!match) return undefined;
    const sizes = match[2]!.split(/[,x×]/).map(Number);
    if (sizes.some(size => size < 1)) return undefined;
    inputs.push(match[1] === undefined ? { sizes } : { name: match[1], sizes });
  }
  return inputs;
}
