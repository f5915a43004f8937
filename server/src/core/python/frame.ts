// A call that is under way, or a generator's body that waits.
import type { Range } from '../text/range.ts';
import { type Code, evaluated } from './code.ts';
import type { Activation } from './machine.ts';
import {
  type Cell,
  type PyFunction,
  type PyModule,
  PyObject,
  type Steps,
  type Unknown,
  type Value,
} from './objects.ts';

/** What becomes of the result of a call, in the frame below. */
export type Delivery =
  | 'push'
  | 'discard'
  /** Of `__init__`: the instance is the result of the call. */
  | 'instance'
  /** Of a generator that a native asks: undefined at its end. */
  | 'resume'
  /** The next value for a loop; undefined at the end. */
  | 'next'
  /** The next value for `yield from`; undefined at the end. */
  | 'from'
  /** The iterator for a loop. */
  | 'iterator'
  /** What is called as a method. */
  | 'method'
  /** Whether to jump. */
  | 'condition';

export class Frame implements Activation {
  parent: Frame | undefined;
  readonly code: Code | undefined;
  readonly fn: PyFunction | undefined;
  readonly module: PyModule | undefined;
  readonly base: number;
  pc = 0;
  sp = 0;
  readonly stack: (Value | undefined)[] = [];
  locals: (Value | undefined)[];
  cells: Cell[];
  /** The names of a module's or a class's body. */
  names: Map<string, Value> | undefined;
  tick = 0;
  tag: unknown = undefined;
  depth = 0;
  delivery: Delivery = 'push';
  instance: Value | undefined;
  generator: PyGenerator | undefined;
  /** Why code of it was skipped, last. */
  skipped: Unknown | undefined;
  /** A native in steps, what it was called with, and what it gets next. */
  steps: Steps<unknown> | undefined;
  given: readonly Value[] | undefined;
  inbox: Value | undefined;
  /** An unknown argument of a native: what it raises is not certain. */
  unknown: Unknown | undefined;
  receiver: Value | undefined;

  constructor(
    code: Code | undefined,
    fn: PyFunction | undefined,
    module: PyModule | undefined,
    base: number,
    locals: (Value | undefined)[],
    cells: Cell[],
  ) {
    this.code = code;
    this.fn = fn;
    this.module = module;
    this.base = base;
    this.locals = locals;
    this.cells = cells;
  }

  local(name: string): Value | undefined {
    const at = this.code?.locals.indexOf(name) ?? -1;
    const cell = this.code?.cells.indexOf(name) ?? -1;
    return this.names?.get(name) ?? (at >= 0 ? this.locals[at] : cell >= 0 ? this.cells[cell]?.value : undefined);
  }

  holds(value: Value): boolean {
    return this.locals.includes(value) || this.cells.some(cell => cell.value === value);
  }

  references(visit: (value: Value) => void): void {
    for (const value of this.locals) if (value !== undefined) visit(value);
    for (const { value } of this.cells) if (value !== undefined) visit(value);
    for (let at = 0; at < this.sp; at++) if (this.stack[at] !== undefined) visit(this.stack[at]!);
    for (const value of this.given ?? []) if (value !== undefined) visit(value);
  }

  get isResumed(): boolean {
    return this.generator !== undefined;
  }

  get file(): string | undefined {
    return this.code?.name === evaluated ? evaluated : this.module?.file;
  }

  get statement(): Range | undefined {
    return this.code?.statements[this.pc];
  }

  get expression(): Range | undefined {
    return this.code?.ranges[this.pc];
  }
}

/** A generator of the program, or a coroutine. */
export class PyGenerator extends PyObject {
  readonly kind: 'generator' | 'coroutine' | 'async_generator';
  /** Undefined once it is finished. */
  frame: Frame | undefined;
  isRunning = false;
  hasStarted = false;
  /** What it returned. */
  result: Value = null;
  /** How many values it gives is not known. */
  unknown: Unknown | undefined;
  readonly name: string;

  constructor(kind: 'generator' | 'coroutine' | 'async_generator', frame: Frame, name: string) {
    super();
    this.kind = kind;
    this.frame = frame;
    this.name = name;
  }
}

/** The arguments of a call that is put together. */
export class Arguments extends PyObject {
  readonly kind = 'arguments';
  readonly args: Value[] = [];
  readonly keywords = new Map<string, Value>();
  /** A `*` or `**` of what is not known. */
  unknown: Unknown | undefined;
}

/** The names of a module's or a class's body, handed to the call that runs it. */
export class Names extends PyObject {
  readonly kind = 'names';
  readonly map: Map<string, Value>;
  readonly cell: Cell | undefined;

  constructor(map: Map<string, Value>, cell?: Cell) {
    super();
    this.map = map;
    this.cell = cell;
  }
}
