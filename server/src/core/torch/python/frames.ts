// The frames of the graph follow the calls that are under way: they are opened when a node is added, and closed when the
// next one is added elsewhere.
import type { Builder, FrameSpec } from '../../graph/builder.ts';
import type { Site, SiteRole, Tensor } from '../../graph/graph.ts';
import type { Activation } from '../../python/machine.ts';
import type { Place } from '../../python/objects.ts';
import type { Range } from '../../text/range.ts';
import { isModuleCall, type ModuleCall } from './world.ts';

/** Files of Flopline's own that stand for packages: what happens inside of them is theirs, and has no place. */
const library = '<library>';

export function isInternal({ file }: Activation): boolean {
  return file?.startsWith(library) ?? false;
}

/** A module's call that has ended. */
export interface EndedCall {
  readonly module: object;
  /** Its nodes: from `first` to the one before `end`. */
  readonly first: number;
  readonly end: number;
  readonly outputs: readonly Tensor[];
}

interface Wanted {
  readonly activation: Activation;
  readonly kind: 'module' | 'function' | 'statement';
  readonly tick: number;
  readonly call: ModuleCall | undefined;
}

interface Open extends Wanted {
  readonly first: number;
  /** What came out last inside of it. */
  outputs: readonly Tensor[];
}

/** Modules that stand for rows of another text: what is around their calls has no frames. */
export interface Rows {
  /** The frame of a module that is one; undefined for the others. */
  frameOf(module: object): FrameSpec | undefined;
  /** The call of one ends: what else belongs to it is added now, inside its frame. */
  ends(module: object): void;
}

export class Frames {
  /** In the order in which they ended. */
  readonly ended: EndedCall[] = [];
  readonly #builder: Builder;
  readonly #direct: DirectCall;
  readonly #rows: Rows | undefined;
  readonly #open: Open[] = [];

  constructor(builder: Builder, direct: DirectCall, rows?: Rows) {
    this.#builder = builder;
    this.#direct = direct;
    this.#rows = rows;
  }

  /** Opens and closes frames until they are those of `top`. */
  follow(top: Activation | undefined): void {
    this.#become(this.#wanted(top));
  }

  /** What was just recorded. */
  put(outputs: readonly Tensor[]): void {
    const innermost = this.#open.at(-1);
    if (innermost) innermost.outputs = outputs;
  }

  /** Closes the frame of a module's call with what the call returns. */
  leave(activation: Activation, outputs: readonly Tensor[]): void {
    const path = this.#wanted(activation);
    const at = path.findLastIndex(({ kind }) => kind === 'module');
    if (at < 0) return;
    // What is around the rows has a frame only where it does something itself.
    if (this.#rows && !this.#rowIn(path) && !isSame(path[0]!, this.#open[0] ?? {})) return;
    this.#become(path.slice(0, at + 1));
    const { call } = path[at]!;
    if (call && this.#rows?.frameOf(call.module)) this.#rows.ends(call.module);
    this.put(outputs);
    this.#close(at);
  }

  closeAll(): void {
    this.#close(0);
  }

  #wanted(top: Activation | undefined): readonly Wanted[] {
    const wanted = wantedOf(top, this.#direct);
    const row = this.#rowIn(wanted);
    return row ? wanted.slice(wanted.indexOf(row)) : wanted;
  }

  #rowIn(path: readonly Wanted[]): Wanted | undefined {
    return this.#rows && path.find(({ call }) => call && this.#rows!.frameOf(call.module));
  }

  #become(wanted: readonly Wanted[]): void {
    let shared = 0;
    while (shared < wanted.length && shared < this.#open.length && isSame(wanted[shared]!, this.#open[shared]!)) {
      shared++;
    }
    this.#close(shared);
    for (const each of wanted.slice(shared)) {
      this.#builder.open(specOf(each, this.#rows));
      this.#open.push({ ...each, first: this.#builder.next, outputs: [] });
    }
  }

  #close(length: number): void {
    while (this.#open.length > length) {
      const { outputs, call, first } = this.#open.pop()!;
      this.#builder.close(outputs);
      if (call) this.ended.push({ module: call.module, first, end: this.#builder.next, outputs });
      if (outputs.length > 0) this.put(outputs);
    }
  }
}

function isSame(a: Wanted, b: Partial<Wanted>): boolean {
  return a.activation === b.activation && a.kind === b.kind && a.tick === b.tick;
}

/** The call of a module whose `forward` the program calls by itself; undefined for every other call. */
export type DirectCall = (activation: Activation) => ModuleCall | undefined;

/** From the outside in. */
function wantedOf(top: Activation | undefined, direct: DirectCall): readonly Wanted[] {
  const wanted: Wanted[] = [];
  for (let activation = top; activation; activation = activation.parent) {
    const { code, statement, tick, tag } = activation;
    const isShown = code && !isInternal(activation);
    // From the inside out, and turned round in the end.
    if (isShown && statement) wanted.push({ activation, kind: 'statement', tick, call: undefined });
    if (isShown && (code.kind === 'function' || code.kind === 'lambda')) {
      wanted.push({ activation, kind: 'function', tick: 0, call: undefined });
    }
    const call = isModuleCall(tag) ? tag : code?.name === 'forward' ? direct(activation) : undefined;
    if (call) wanted.push({ activation, kind: 'module', tick: 0, call });
  }
  return wanted.reverse();
}

function specOf({ activation, kind, call }: Wanted, rows: Rows | undefined): FrameSpec {
  const { code, file } = activation;
  if (kind === 'module' && call) {
    const sites: Site[] = [];
    if (call.construct && !isInternalFile(call.construct)) sites.push(siteOf(call.construct, 'construct'));
    if (call.definition && !isInternalFile(call.definition)) sites.push(siteOf(call.definition, 'definition'));
    const own: FrameSpec = { label: call.label, type: call.type, summary: call.summary, sites };
    const row = rows?.frameOf(call.module);
    return row ? { ...own, ...row, sites: [...(row.sites ?? []), ...sites] } : own;
  }
  if (kind === 'function') {
    const place = { file, range: rangeOf(activation, code!.head) };
    return { label: code!.name, type: 'function', sites: [siteOf(place, 'definition')] };
  }
  const place = { file, range: rangeOf(activation, activation.statement!) };
  return { label: '', type: 'statement', sites: [siteOf(place, 'call')] };
}

export function rangeOf({ base }: Activation, { from, to }: Range): Range {
  return { from: base + from, to: base + to };
}

function isInternalFile({ file }: Place): boolean {
  return file?.startsWith(library) ?? false;
}

function siteOf({ file, range }: Place, role: SiteRole): Site {
  return file === undefined ? { range, role } : { range, role, file };
}
