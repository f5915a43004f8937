// The content of a `flopline.yaml`.
import type { YamlNode } from '../syntax/tree.ts';
import type { Problem } from '../text/problem.ts';
import type { Located } from './shape.ts';

export interface Project {
  /** The path of the file, absolute and with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** The text as a tree. */
  readonly root: YamlNode | undefined;
  readonly problems: readonly Problem[];
  readonly budgets: readonly Budget[];
  /** Cost rules by module name. */
  readonly modules: ReadonlyMap<string, Located<Rule>>;
  readonly devices: ReadonlyMap<string, Located<Device>>;
  /** Absolute folders: the root of imports, and the one whose packages may be read. */
  readonly source: Located<string> | undefined;
  readonly python: Located<string> | undefined;
}

/** The maximum cost of networks. */
export interface Budget {
  /** Globs of files, relative to the project's folder; or entries of Python files, `models/net.py:Net()`. */
  readonly files?: readonly Located<string>[];
  readonly entries?: readonly Located<string>[];
  /** The input size to count at, if not the network's own; a string is in the syntax of comments. */
  readonly input?: Located<readonly Size[] | string>;
  readonly scale?: Located<string>;
  /** The data type of parameters and activations, which determines sizes in bytes and a device's speed. */
  readonly dtype?: Located<string>;
  readonly limits?: Limits;
}

/** The sizes of an input: without the batch if it has no name, else as the framework takes them. */
export interface Size {
  readonly name?: string;
  readonly sizes: readonly number[];
}

export interface Limits {
  readonly macs?: Located<number>;
  readonly params?: Located<number>;
  /** Size of all parameters. */
  readonly bytes?: Located<number>;
  /** Peak memory of activations, in bytes. */
  readonly peak?: Located<number>;
  readonly time?: { readonly device?: Located<string>; readonly ms?: Located<number> };
}

/** A cost rule: the cost of a module whose source cannot be read. */
export interface Rule {
  /** Names for the arguments of a row, in order. */
  readonly arguments?: readonly RuleParameter[];
  /** The number of output channels; undefined if the body determines it. */
  readonly channels?: ChannelsRule;
  /** Rows of Flopline YAML. */
  readonly body?: YamlNode;
  /** An error in the rule, because of which it is not used. */
  readonly fault?: Problem;
}

export interface RuleParameter {
  readonly name: string;
  /** The default; undefined if the argument is required. */
  readonly default: number | boolean | string | null | undefined;
}

export type ChannelsRule =
  /** The channels of the first input, or of all inputs together. */
  | { readonly kind: 'same' | 'sum' }
  /** An argument of the row (0-based), either multiplied by the scale's width or taken literally. */
  | { readonly kind: 'argument'; readonly index: number; readonly isScaled: boolean };

/** The performance of a device. */
export interface Device {
  /** Operations per second by data type. */
  readonly flops?: ReadonlyMap<string, Located<number>>;
  /** Bytes per second. */
  readonly bandwidth?: number;
}
