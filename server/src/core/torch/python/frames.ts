// The frames of the graph follow the calls that are under way: they are opened when a node is added, and closed when the
// next one is added elsewhere.
import type { Builder, FrameSpec } from '../../graph/builder.ts';
import type { Site, SiteRole, Tensor } from '../../graph/graph.ts';
import { placedNotes } from '../../graph/segment.ts';
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

class Open implements Wanted {
  readonly activation: Activation;
  readonly kind: Wanted['kind'];
  readonly tick: number;
  readonly call: ModuleCall | undefined;
  first = 0;
  /** What came out last inside of it. */
  outputs: readonly Tensor[] = none;

  constructor(activation: Activation, kind: Wanted['kind'], tick: number, call: ModuleCall | undefined) {
    this.activation = activation;
    this.kind = kind;
    this.tick = tick;
    this.call = call;
  }
}

const none: readonly Tensor[] = [];

/** The call of a module whose `forward` the program calls by itself; undefined for every other call. */
export type DirectCall = (activation: Activation) => ModuleCall | undefined;

/** A row of another text. */
export interface RowSpec {
  /** Its frame: places are those in the row. */
  readonly frame: FrameSpec;
  /** Where it lies in that text. */
  readonly range: Range;
  /** Where its places begin. */
  readonly start: number;
  /** Its label is `prefix` + `number`. */
  readonly prefix: string;
  readonly number: number;
  /** What its frame depends on, beside its module's class and its number. */
  readonly key: readonly unknown[];
}

/** Modules that stand for rows of another text: what is around their calls has no frames. */
export interface Rows {
  /** The row that a module is; undefined for the others. */
  rowOf(module: object): RowSpec | undefined;
  /** The call of one ends: what else belongs to it is added now, inside its frame. */
  ends(module: object): void;
  /** What one did before stands in the graph again, with all that belongs to it. */
  stands(module: object): void;
}

export class Frames {
  /** In the order in which they ended. */
  readonly ended: EndedCall[] = [];
  readonly #builder: Builder;
  readonly #direct: DirectCall;
  readonly #rows: Rows | undefined;
  readonly #isInSegments: boolean;
  readonly #open: Open[] = [];
  /** The calls that are followed, from the inside out: a list that is used again for every node. */
  readonly #chain: Activation[] = [];

  /** `isInSegments` says whether rows are segments, whose places are their own. */
  constructor(builder: Builder, direct: DirectCall, rows?: Rows, isInSegments = true) {
    this.#isInSegments = isInSegments;
    this.#builder = builder;
    this.#direct = direct;
    this.#rows = rows;
  }

  /** Opens and closes frames until they are those of `top`. */
  follow(top: Activation | undefined): void {
    this.#become(this.#follow(top), false);
  }

  /** What was just recorded. */
  put(outputs: readonly Tensor[]): void {
    const { length } = this.#open;
    if (length > 0) this.#open[length - 1]!.outputs = outputs;
  }

  /** Closes the frame of a module's call with what the call returns. */
  leave(activation: Activation, outputs: readonly Tensor[]): void {
    let called: Activation | undefined = activation;
    let call = this.#callOf(activation);
    while (called && !call) {
      called = called.parent;
      call = called && this.#callOf(called);
    }
    if (!called || !call) return;
    const length = this.#follow(called);
    // What is around the rows has a frame only where it does something itself.
    if (this.#rows && !this.#isRow(this.#chain[length - 1]!) && !this.#isOpen(length)) return;
    this.#become(length, true);
    const at = this.#open.length - 1;
    if (this.#rows?.rowOf(call.module)) this.#rows.ends(call.module);
    this.put(outputs);
    this.#close(at);
  }

  closeAll(): void {
    this.#close(0);
  }

  #callOf(activation: Activation): ModuleCall | undefined {
    const { tag, code } = activation;
    if (isModuleCall(tag)) return tag;
    return code?.name === 'forward' ? this.#direct(activation) : undefined;
  }

  /** Puts the calls that have frames into the chain, from a row on if there is one; how many they are. */
  #follow(top: Activation | undefined): number {
    const chain = this.#chain;
    let length = 0;
    for (let activation = top; activation; activation = activation.parent) chain[length++] = activation;
    if (!this.#rows) return length;
    for (let at = length - 1; at >= 0; at--) if (this.#isRow(chain[at]!)) return at + 1;
    return length;
  }

  #isRow(activation: Activation): boolean {
    const call = this.#rows && this.#callOf(activation);
    return call !== undefined && this.#rows!.rowOf(call.module) !== undefined;
  }

  /** Whether the outermost frame of the chain is the one that is open. */
  #isOpen(length: number): boolean {
    const [open] = this.#open;
    for (let at = length - 1; at >= 0; at--) {
      const activation = this.#chain[at]!;
      const kind = this.#callOf(activation) ? 'module' : kindOf(activation);
      if (!kind) continue;
      return open?.activation === activation && open.kind === kind && open.tick === tickOf(activation, kind);
    }
    return false;
  }

  /** From the outside in; of the innermost call only the module that is called, where nothing inside of it is asked for. */
  #become(length: number, endsWithModule: boolean): void {
    const chain = this.#chain;
    let shared = 0;
    for (let at = length - 1; at >= 0; at--) {
      const activation = chain[at]!;
      const call = this.#callOf(activation);
      if (call) this.#enter(shared++, activation, 'module', 0, call);
      if (at === 0 && endsWithModule) break;
      const { code } = activation;
      if (!code || isInternal(activation)) continue;
      if (code.kind === 'function' || code.kind === 'lambda') this.#enter(shared++, activation, 'function', 0);
      if (activation.statement) this.#enter(shared++, activation, 'statement', activation.tick);
    }
    this.#close(shared);
  }

  /** Opens a frame, unless it is the one that is open there. */
  #enter(at: number, activation: Activation, kind: Wanted['kind'], tick: number, call?: ModuleCall): void {
    const open = this.#open[at];
    if (open && open.activation === activation && open.kind === kind && open.tick === tick) return;
    this.#close(at);
    const next = new Open(activation, kind, tick, call);
    this.#builder.open(specOf(next, this.#rows, this.#isInSegments));
    next.first = this.#builder.next;
    this.#open.push(next);
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

/** The outermost frame of a call itself; undefined where it has none. */
function kindOf(activation: Activation): 'function' | 'statement' | undefined {
  const { code, statement } = activation;
  if (!code || isInternal(activation)) return undefined;
  if (code.kind === 'function' || code.kind === 'lambda') return 'function';
  return statement && 'statement';
}

const tickOf = ({ tick }: Activation, kind: Wanted['kind']): number => (kind === 'statement' ? tick : 0);

function specOf({ activation, kind, call }: Wanted, rows: Rows | undefined, isInSegments: boolean): FrameSpec {
  const { code, file } = activation;
  if (kind === 'module' && call) {
    const sites: Site[] = [];
    if (call.construct && !isInternalFile(call.construct)) sites.push(siteOf(call.construct, 'construct'));
    if (call.definition && !isInternalFile(call.definition)) sites.push(siteOf(call.definition, 'definition'));
    const own: FrameSpec = { label: call.label, type: call.type, summary: call.summary, sites };
    const spec = rows?.rowOf(call.module);
    if (!spec) return own;
    const row = isInSegments ? spec.frame : placedNotes(spec.frame, spec.start);
    const { sites: named = [] } = row;
    const isDefined = named.some(({ role }) => role === 'definition');
    return { ...own, ...row, sites: [...named, ...sites.filter(({ role }) => !isDefined || role !== 'definition')] };
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
