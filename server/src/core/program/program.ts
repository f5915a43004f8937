// What is said of programs: where they are, what they are called with, what they are made of.
import type { GraphNode, Site, Tensor } from '../graph/graph.ts';
import type { Files } from '../python/files.ts';
import type { Problem } from '../text/problem.ts';
import type { Reason } from '../text/reason.ts';

/** Where a program is. */
export interface ProgramSource {
  /** Absolute and with forward slashes; undefined for a text that is in no file. */
  readonly path?: string | undefined;
  /** The files around it; without them nothing is imported. */
  readonly files?: Files | undefined;
}

/** Folders that a person has named, absolute and with forward slashes. */
export interface Roots {
  /** From which imports are resolved, in place of the folders around the text. */
  readonly source?: string | undefined;
  /** An environment of Python, or a folder of installed packages. */
  readonly python?: string | undefined;
  /** False where no Python is to say what the rows of other texts mean. */
  readonly repository?: boolean | undefined;
}

/**
 * An input size that a person set: without a name, sizes without the batch; with a name, with it. In a format of
 * programs, sizes are as the program takes them.
 */
export interface InputSize {
  readonly name?: string | undefined;
  readonly sizes: readonly number[];
  /** The type of its elements (`int64`), where it is not a floating-point number. */
  readonly dtype?: string | undefined;
}

/** The other files that a text was read with. */
export interface Imports {
  /** The folders from which imports were resolved, in order. */
  readonly roots: readonly string[];
  /** Whose folder holds the text: its repository, where one was found. */
  readonly repository: string | undefined;
  /** Those that were read, with their texts. */
  readonly read: ReadonlyMap<string, string>;
  /** Imports that were not found, with the reason. */
  readonly missing: readonly MissingImport[];
  /** Those of the files with a part that Python cannot read; parses all of each, in steps. */
  refused(): Generator<unknown, readonly RefusedFile[]>;
}

/** A file that Python does not import, because it cannot read a part of it. */
export interface RefusedFile {
  readonly path: string;
  /** The first one; its range is in the file. */
  readonly problem: Problem;
}

export interface MissingImport {
  readonly name: string;
  readonly why: string;
}

/** A module of a program's network. */
export interface ModuleRow {
  /** Its path in the tree: `layer1.0.conv1`. */
  readonly name: string;
  readonly type: string;
  /** Where it was made. */
  readonly site: Site | undefined;
  /** How often it was called. */
  readonly calls: number;
  /** Whether it holds no other modules. */
  readonly leaf: boolean;
  /** Of its first call. */
  readonly outputs: readonly Tensor[];
  /** Learnable parameters of it and all inside it, each once. */
  readonly params: number;
  /** Why `params` is not known; NaN then. */
  readonly why: Reason | undefined;
  /** The nodes that are its own work and no module's inside it. */
  readonly own: readonly GraphNode[];
  /** Whether it is one of several modules, one of which is called: which one depends on values. */
  readonly isOneOf: boolean;
  /** The index of the module that holds it; −1 for the network. */
  readonly parent: number;
}
