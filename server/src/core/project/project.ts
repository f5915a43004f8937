// What a project says of its networks: `flopline.yaml`, read.
import type { YamlNode } from '../syntax/tree.ts';
import type { Problem } from '../text/problem.ts';
import type { Located } from './shape.ts';

export interface Project {
  /** Where the file lies, absolute and with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text as a tree. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly Problem[];
  readonly budgets: readonly Budget[];
  /** By name of a module: what it costs where its source cannot be read. */
  readonly modules: ReadonlyMap<string, Located<Rule>>;
  readonly devices: ReadonlyMap<string, Located<Device>>;
  /** Folders, absolute: from which imports are resolved, and whose packages may be read. */
  readonly source: Located<string> | undefined;
  readonly python: Located<string> | undefined;
}

/** What networks may cost. */
export interface Budget {
  /** Globs of files, relative to the project's folder; or entries of Python files, `models/net.py:Net()`. */
  readonly files?: readonly Located<string>[];
  readonly entries?: readonly Located<string>[];
  /** The size that is counted at, where it is not the network's own; a text is what a comment would set. */
  readonly input?: Located<readonly Size[] | string>;
  readonly scale?: Located<string>;
  /** The type of parameters and activations: sizes in bytes, and the speed of a device. */
  readonly dtype?: Located<string>;
  readonly limits?: Limits;
}

/** The sizes of an input: without a name without the batch, with a name as its framework takes them. */
export interface Size {
  readonly name?: string;
  readonly sizes: readonly number[];
}

export interface Limits {
  readonly macs?: Located<number>;
  readonly params?: Located<number>;
  /** Of all parameters. */
  readonly bytes?: Located<number>;
  /** Peak memory of activations, in bytes. */
  readonly peak?: Located<number>;
  readonly time?: { readonly device?: Located<string>; readonly ms?: Located<number> };
}

/** What a module costs whose source cannot be read. */
export interface Rule {
  /** Names of the arguments of a row, in their order. */
  readonly arguments?: readonly RuleParameter[];
  /** How many channels come out; undefined is what the body outputs. */
  readonly channels?: ChannelsRule;
  /** Rows of Flopline YAML. */
  readonly body?: YamlNode;
  /** What is wrong with it: then it says nothing. */
  readonly fault?: Problem;
}

export interface RuleParameter {
  readonly name: string;
  /** What it is where a row does not write it; undefined: it must be written. */
  readonly default: number | boolean | string | null | undefined;
}

export type ChannelsRule =
  /** Those of the first input; those of all inputs together. */
  | { readonly kind: 'same' | 'sum' }
  /** An argument of the row, counted from 0; scaled by the width of the network's scale, or as it is written. */
  | { readonly kind: 'argument'; readonly index: number; readonly isScaled: boolean };

/** What a device can do. */
export interface Device {
  /** Operations a second, by data type. */
  readonly flops?: ReadonlyMap<string, Located<number>>;
  /** Bytes a second. */
  readonly bandwidth?: number;
}
