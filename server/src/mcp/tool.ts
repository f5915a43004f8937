// What a tool of the Model Context Protocol is, as plain data: the SDK is in a bundle of its own, which `serve.ts` begins.
import type { Access } from './access.ts';
import type { Refusal } from './refusal.ts';
import type { Schema } from './schema.ts';

/** What a tool answers: for people and models, and the same for programs; or why it does nothing. */
export type Answer = { readonly text: string; readonly data: Readonly<Record<string, unknown>> } | Refusal;

/** What is known of a call besides its arguments. */
export interface Call {
  /** Whether nobody waits for the answer any more. */
  isCancelled(): boolean;
  /** Says how far a long search is. */
  progress(done: number, of: number, message: string): void;
}

/** What a client shows of a tool, and a model reads. */
export interface ToolWords {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  /** Of `data`. */
  readonly output: Schema;
  /** Whether it never changes a file. */
  readonly isReadOnly: boolean;
}

/** What a tool may use. */
export interface Context extends Call {
  readonly access: Access;
  /** Lets other messages go first. */
  turn(): Promise<void>;
}

export interface Tool extends ToolWords {
  /** `args` are what `input` asks for. */
  run(args: never, context: Context): Promise<Answer>;
}

/** All tools, for whoever serves them. */
export interface Toolbox {
  readonly version: string;
  /** What a model is told of all of them. */
  readonly instructions: string;
  readonly tools: readonly ToolWords[];
  /** Whether the client says which folders may be read. */
  readonly asksForRoots: boolean;
  /** Takes the addresses of those folders. */
  setRoots(uris: readonly string[]): void;
  call(name: string, args: unknown, call: Call): Promise<Answer>;
}
