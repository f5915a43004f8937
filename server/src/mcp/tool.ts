// The interface of an MCP tool as plain data: the SDK is in a separate bundle, whose entry point is `serve.ts`.
import type { Access } from './access.ts';
import type { Refusal } from './refusal.ts';
import type { Schema } from './schema.ts';

/** The answer as text for people and models and as data for programs; or a refusal. */
export type Answer = { readonly text: string; readonly data: Readonly<Record<string, unknown>> } | Refusal;

/** The context of a call. */
export interface Call {
  /** Whether the client has canceled the call. */
  isCancelled(): boolean;
  /** Reports the progress of a long search. */
  progress(done: number, of: number, message: string): void;
}

/** The description of a tool, for clients and models. */
export interface ToolWords {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly input: Schema;
  /** The schema of `data`. */
  readonly output: Schema;
  /** Whether the tool never changes a file. */
  readonly isReadOnly: boolean;
}

/** What a tool may use. */
export interface Context extends Call {
  readonly access: Access;
  /** Lets other messages go first. */
  turn(): Promise<void>;
}

export interface Tool extends ToolWords {
  /** `args` conform to `input`. */
  run(args: never, context: Context): Promise<Answer>;
}

/** All tools, for the server. */
export interface Toolbox {
  readonly version: string;
  /** Instructions to the model for all tools. */
  readonly instructions: string;
  readonly tools: readonly ToolWords[];
  /** Whether the client is asked which folders may be read. */
  readonly asksForRoots: boolean;
  /** Sets these folders by URI. */
  setRoots(uris: readonly string[]): void;
  call(name: string, args: unknown, call: Call): Promise<Answer>;
}
