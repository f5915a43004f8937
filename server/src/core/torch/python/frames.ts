// The frames of the graph follow the calls that are under way: they are opened when a node is added, and closed when the
// next one is added elsewhere.
import type { Builder, FrameSpec } from '../../graph/builder.ts';
import type { Site, SiteRole, Tensor } from '../../graph/graph.ts';
import type { Activation } from '../../python/machine.ts';
import type { Place } from '../../python/objects.ts';
import type { Range } from '../../text/range.ts';
import { isModuleCall } from './world.ts';

interface Wanted {
  readonly activation: Activation;
  readonly kind: 'module' | 'function' | 'statement';
  readonly tick: number;
}

interface Open extends Wanted {
  /** What came out last inside of it. */
  outputs: readonly Tensor[];
  /** The node that came next when it was opened. */
  readonly first: number;
}

/** A call of a module that has ended, with the nodes from `first` to `end` − 1. */
export interface RecordedCall {
  readonly module: object;
  readonly first: number;
  readonly end: number;
  readonly outputs: readonly Tensor[];
  /** False for what holds parameters of a module that no call has used. */
  readonly isCall?: boolean;
}

export class Frames {
  readonly #builder: Builder;
  readonly #open: Open[] = [];
  /** In the order in which they ended. */
  readonly calls: RecordedCall[] = [];

  constructor(builder: Builder) {
    this.#builder = builder;
  }

  /** Opens and closes frames until they are those of `top`. */
  follow(top: Activation | undefined): void {
    this.#become(wantedOf(top));
  }

  /** What was just recorded. */
  put(outputs: readonly Tensor[]): void {
    const innermost = this.#open.at(-1);
    if (innermost) innermost.outputs = outputs;
  }

  /** Closes the frame of a module's call with what the call returns. */
  leave(activation: Activation, outputs: readonly Tensor[]): void {
    const path = wantedOf(activation);
    const at = path.findLastIndex(({ kind }) => kind === 'module');
    if (at < 0) return;
    this.#become(path.slice(0, at + 1));
    this.put(outputs);
    this.#close(at);
  }

  closeAll(): void {
    this.#close(0);
  }

  #become(wanted: readonly Wanted[]): void {
    let shared = 0;
    while (shared < wanted.length && shared < this.#open.length && isSame(wanted[shared]!, this.#open[shared]!)) {
      shared++;
    }
    this.#close(shared);
    for (const each of wanted.slice(shared)) {
      this.#builder.open(specOf(each));
      this.#open.push({ ...each, outputs: [], first: this.#builder.next });
    }
  }

  #close(length: number): void {
    while (this.#open.length > length) {
      const { outputs, first, kind, activation } = this.#open.pop()!;
      this.#builder.close(outputs);
      if (kind === 'module' && isModuleCall(activation.tag))
        this.calls.push({ module: activation.tag.module, first, end: this.#builder.next, outputs });
      if (outputs.length > 0) this.put(outputs);
    }
  }
}

function isSame(a: Wanted, b: Wanted): boolean {
  return a.activation === b.activation && a.kind === b.kind && a.tick === b.tick;
}

/** From the outside in. */
function wantedOf(top: Activation | undefined): readonly Wanted[] {
  const wanted: Wanted[] = [];
  for (let activation = top; activation; activation = activation.parent) {
    const { code, statement, tick, tag } = activation;
    // From the inside out, and turned round in the end.
    if (code && statement) wanted.push({ activation, kind: 'statement', tick });
    if (code && (code.kind === 'function' || code.kind === 'lambda')) {
      wanted.push({ activation, kind: 'function', tick: 0 });
    }
    if (isModuleCall(tag)) wanted.push({ activation, kind: 'module', tick: 0 });
  }
  return wanted.reverse();
}

function specOf({ activation, kind }: Wanted): FrameSpec {
  const { code, file, tag } = activation;
  if (kind === 'module' && isModuleCall(tag)) {
    const sites: Site[] = [];
    if (tag.construct) sites.push(siteOf(tag.construct, 'construct'));
    if (tag.definition) sites.push(siteOf(tag.definition, 'definition'));
    return { label: tag.label, type: tag.type, summary: tag.summary, sites };
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

function siteOf({ file, range }: Place, role: SiteRole): Site {
  return file === undefined ? { range, role } : { range, role, file };
}
