// How long a program keeps its tensors, as CPython does: as long as something refers to them. It is looked at where an
// operator runs, so a tensor is there from the operator that makes it to the last one that runs while it is referred to.
import type { GraphNode, Life, Tensor } from '../../graph/graph.ts';
import { Arguments, PyGenerator } from '../../python/frame.ts';
import type { Activation } from '../../python/machine.ts';
import {
  PyBoundMethod,
  PyDict,
  PyInstance,
  PyIterator,
  PyList,
  PySet,
  PyTuple,
  UnknownAccess,
  type Value,
} from '../../python/objects.ts';
import { bytesOf } from './dtype.ts';
import { type DType, PyTensor } from './tensor.ts';

/** So many values are looked at in one reading; a program that holds more of them has lives that are not known. */
const mostLooks = 20_000_000;
/** Objects within objects are followed so far. */
const deepest = 12;

const none: readonly number[] = [];

/** What a call that is under way refers to, as long as it does not go on. */
interface Held {
  readonly activation: Activation;
  readonly tensors: ReadonlySet<Tensor>;
}

export class Lifetimes {
  /** From the outermost call to the innermost. */
  #calls: Held[] = [];
  /** Modules keep what is set on them when nobody looks. */
  readonly #modules = new Map<PyInstance, ReadonlySet<Tensor>>();
  readonly #isModule: (value: PyInstance) => boolean;
  readonly #ends = new Map<Tensor, number>();
  readonly #memory = new Map<Tensor, Tensor>();
  readonly #bytes = new Map<Tensor, number>();
  readonly #copied = new Map<Tensor, readonly number[]>();
  readonly #made = new Set<Tensor>();
  readonly #same = new Set<Tensor>();
  /** The last node so far. */
  #now = -1;
  #looks = 0;

  constructor(isModule: (value: PyInstance) => boolean) {
    this.#isModule = isModule;
  }

  /** A node with this number is about to run. */
  step(top: Activation | undefined, id: number): void {
    if (this.#looks > mostLooks) return;
    const chain: Activation[] = [];
    for (let activation = top; activation; activation = activation.parent) chain.push(activation);
    chain.reverse();
    // A call has not gone on if what it calls is still what it was.
    let same = 0;
    while (same < chain.length && this.#calls[same]?.activation === chain[same]) same++;
    for (let at = 1; at < same; at++) if (chain[at]!.isResumed) same = Math.min(same, at);
    const first = Math.max(0, same - 1);
    for (let at = first; at < this.#calls.length; at++) this.#release(this.#calls[at]!.tensors);
    this.#now = id;
    this.#calls = this.#calls.slice(0, first);
    for (const activation of chain.slice(first)) {
      const look = new Look(this.#isModule);
      activation.references(value => look.at(value, 0));
      this.#looks += look.count;
      for (const module of look.modules) this.#seen(module);
      this.#calls.push({ activation, tensors: look.tensors });
    }
  }

  /** A result was written over another tensor. */
  lies(result: Tensor, memory: Tensor): void {
    if (result !== memory) this.#memory.set(result, memory);
  }

  /** A result is what went in. */
  isSame(result: Tensor, memory: Tensor): void {
    this.lies(result, memory);
    this.#same.add(result);
  }

  /** A view that had to be copied. */
  copies(result: Tensor): void {
    this.#memory.set(result, result);
  }

  /** Some inputs of an operator are copied first. */
  copiesInputs(result: Tensor, inputs: readonly number[]): void {
    if (inputs.length > 0) this.#copied.set(result, inputs);
  }

  /** A constant that the program makes while the network runs. */
  made(constant: Tensor): void {
    this.#made.add(constant);
  }

  type(result: Tensor, dtype: DType): void {
    if (dtype !== 'float32') this.#bytes.set(result, bytesOf(dtype));
  }

  /** Undefined where there was too much to follow. */
  finish(nodes: readonly GraphNode[]): ReadonlyMap<Tensor, Life> | undefined {
    for (const { tensors } of this.#calls) this.#release(tensors);
    for (const tensors of this.#modules.values()) for (const tensor of tensors) this.#ends.set(tensor, nodes.length);
    if (this.#looks > mostLooks) return undefined;
    const lives = new Map<Tensor, Life>();
    for (const node of nodes) {
      const [source] = node.inputs;
      for (const tensor of node.outputs) {
        const own = this.#memory.get(tensor) ?? (node.op.kind === 'view' && source ? source : tensor);
        lives.set(tensor, {
          end: Math.max(node.id, this.#ends.get(tensor) ?? 0),
          memory: own === tensor ? tensor : (lives.get(own)?.memory ?? tensor),
          isGiven: node.op.name === 'parameter' || (node.op.name === 'constant' && !this.#made.has(tensor)),
          copied: this.#copied.get(tensor) ?? none,
          isSame: this.#same.has(tensor),
          bytes: this.#bytes.get(tensor) ?? 0,
        });
      }
    }
    return lives;
  }

  /** They were there up to now. */
  #release(tensors: ReadonlySet<Tensor>): void {
    for (const tensor of tensors) this.#ends.set(tensor, this.#now);
  }

  #seen(module: PyInstance): void {
    const look = new Look(this.#isModule);
    for (const value of module.dict?.values() ?? []) look.at(value, 1);
    this.#looks += look.count;
    const before = this.#modules.get(module);
    if (before) for (const tensor of before) if (!look.tensors.has(tensor)) this.#ends.set(tensor, this.#now - 1);
    if (look.tensors.size > 0) this.#modules.set(module, look.tensors);
    else this.#modules.delete(module);
  }
}

/** Follows references from a call, or from a module, to tensors of the graph. */
class Look {
  readonly tensors = new Set<Tensor>();
  readonly modules = new Set<PyInstance>();
  count = 0;
  readonly #isModule: (value: PyInstance) => boolean;
  readonly #seen = new Set<object>();

  constructor(isModule: (value: PyInstance) => boolean) {
    this.#isModule = isModule;
  }

  at(value: Value, depth: number): void {
    this.count++;
    if (value === null || typeof value !== 'object') return;
    if (value instanceof PyTensor) {
      if (value.node) this.tensors.add(value.node);
      return;
    }
    if (depth > deepest || this.#seen.has(value)) return;
    this.#seen.add(value);
    try {
      for (const inside of this.#inside(value)) this.at(inside, depth + 1);
    } catch (error) {
      // What it holds is not known.
      if (!(error instanceof UnknownAccess)) throw error;
    }
  }

  #inside(value: object): Iterable<Value> {
    if (value instanceof PyList || value instanceof PyTuple) return value.items;
    if (value instanceof PyDict) return [...value.entries.values()].map(entry => entry.value);
    if (value instanceof PySet) return [];
    if (value instanceof PyIterator) return value.over;
    if (value instanceof PyBoundMethod) return [value.self];
    if (value instanceof Arguments) return [...value.args, ...value.keywords.values()];
    if (value instanceof PyGenerator) {
      const found: Value[] = [];
      value.frame?.references(each => found.push(each));
      return found;
    }
    if (value instanceof PyInstance) {
      if (!this.#isModule(value)) return value.dict?.values() ?? [];
      this.modules.add(value);
    }
    return [];
  }
}
