// Edits of the network as changes of a program: a layer is the call that constructs it, and what it becomes stands in its
// place, so that whoever holds it and calls it need not change.
import {
  changesOf,
  type GraphEdit,
  type NewAttrs,
  type NewConv,
  type NewLayer,
  type Place,
  type Rewriter,
  type Width,
} from '../../graph/edit.ts';
import { type Graph, type GraphNode, useOf } from '../../graph/graph.ts';
import type { Conv } from '../../ops/index.ts';
import { nodesIn } from '../../program/syntax.ts';
import type { Expression, PythonTree } from '../../syntax/python/ast.ts';
import type { TextEdit } from '../../text/edit.ts';
import type { Range } from '../../text/range.ts';
import { CallText, type LayerClass } from './callText.ts';
import { Names } from './names.ts';
import { isMoved, isReadElsewhere } from './reads.ts';

/** The changes of the text; undefined where one of the edits cannot be said. */
export function rewrite(
  text: string,
  tree: PythonTree,
  graph: Graph,
  edits: readonly GraphEdit[],
): readonly TextEdit[] | undefined {
  // What is behind a damage may mean something else.
  return tree.problems.length > 0 ? undefined : changesOf(new Writer(text, tree, graph), edits);
}

/** What stands in a text for an activation; what is not here is not written. */
const activations: Readonly<Record<string, string>> = {
  relu: 'ReLU',
  relu6: 'ReLU6',
  silu: 'SiLU',
  gelu: 'GELU',
  mish: 'Mish',
  elu: 'ELU',
  selu: 'SELU',
  hardSwish: 'Hardswish',
  hardSigmoid: 'Hardsigmoid',
  sigmoid: 'Sigmoid',
  tanh: 'Tanh',
};

/** Operators between a map and the fully connected layer that reads it flattened. */
const passing: ReadonlySet<string> = new Set(['flatten', 'reshape', 'dropout', 'identity']);

/** A new layer as it is written, and the channels that it hands on. */
interface NewText {
  readonly texts: readonly string[];
  readonly out: string;
}

class Writer implements Rewriter {
  readonly #text: string;
  readonly #tree: PythonTree;
  readonly #graph: Graph;
  readonly #names: Names;
  readonly #calls = new Map<number, CallText>();
  readonly #edits: TextEdit[] = [];
  #nodes: ReadonlyMap<number, readonly GraphNode[]> | undefined;
  #consumers: ReadonlyMap<GraphNode, readonly GraphNode[]> | undefined;

  constructor(text: string, tree: PythonTree, graph: Graph) {
    this.#text = text;
    this.#tree = tree;
    this.#graph = graph;
    this.#names = new Names(tree);
  }

  changes(): readonly TextEdit[] | undefined {
    const found = [...this.#edits];
    for (const call of this.#calls.values()) {
      const edits = call.changes();
      if (!edits) return undefined;
      found.push(...edits);
    }
    return found;
  }

  // ——— Edits —————————————————————————————————————————————————————————————————————————————————————————————————————

  insert({ item }: Place, layers: readonly NewLayer[]): boolean {
    const [first] = layers;
    if (first?.op === 'globalAvgPool') return layers.length === 1 && this.#pool(item);
    const call = this.#call(item);
    const uses = this.#uses(item);
    if (!call || call.cls === 'Linear' || uses.length === 0 || !this.#mayBeWrapped(call)) return false;
    // The groups that one use has need not be those of another network in the file.
    if (call.has('groups') && call.literal('groups') !== 1) return false;
    const written: string[] = [];
    const own = call.reused('in_channels');
    if (own === undefined) return false;
    let reads: string = own;
    for (const layer of layers) {
      const next: NewText | undefined = layer.op === 'conv' ? this.#newConv(call, uses, layer, reads) : undefined;
      if (!next) return false;
      written.push(...next.texts);
      reads = next.out;
    }
    if (reads !== own && !call.set('in_channels', reads)) return false;
    return call.wrap(written, this.#names.beside(call.callee, 'Sequential'));
  }

  /** `nn.Conv2d(cin, cin // 4, 1, bias=False)`, with a normalization and an activation where it has them. */
  #newConv(call: CallText, uses: readonly GraphNode[], layer: NewConv, reads: string): NewText | undefined {
    const out = layer.depthwise ? reads : this.#widthText(call, uses, layer.out);
    const cls = this.#names.beside(call.callee, call.cls);
    const isWritten = String(layer.kernel) === String((uses[0]!.attrs as Conv).kernel);
    const kernel = isWritten ? call.reused('kernel_size') : sizesText(layer.kernel);
    if (out === undefined || cls === undefined || kernel === undefined) return undefined;
    const args = [reads, out, call.isKeyword('kernel_size') ? `kernel_size=${kernel}` : kernel];
    const keep = (name: string): boolean => {
      if (!call.has(name)) return true;
      const value = call.reused(name);
      if (value !== undefined) args.push(`${name}=${value}`);
      return value !== undefined;
    };
    const stride = this.#strideText(call, layer.strided, layer.kernel.length);
    if (stride === undefined) return undefined;
    if (stride !== '') args.push(`stride=${stride}`);
    const hasBorder = layer.border !== 'none' && layer.kernel.some(size => size > 1);
    if (layer.border === 'kept') {
      if (!keep('padding') || !keep('dilation')) return undefined;
    } else if (hasBorder) {
      const border = this.#borderText(call, layer.kernel);
      if (border === undefined) return undefined;
      args.push(`padding=${border}`);
    }
    if (layer.depthwise) args.push(`groups=${reads}`);
    if (layer.norm) args.push('bias=False');
    else if (!keep('bias')) return undefined;
    if (hasBorder && !keep('padding_mode')) return undefined;
    if (!keep('device') || !keep('dtype')) return undefined;
    const texts = [`${cls}(${args.join(', ')})`];
    const { norm, act } = this.#behind(uses[0]!);
    if (layer.norm) {
      const name = norm?.op.name === 'batchNorm' && this.#names.beside(call.callee, `BatchNorm${call.rank}d`);
      if (!name) return undefined;
      const beside = ['device', 'dtype'].flatMap(key => (call.has(key) ? [`${key}=${call.reused(key)}`] : []));
      texts.push(`${name}(${[out, ...beside].join(', ')})`);
    }
    if (layer.act) {
      const made = act && this.#activationText(call, act);
      if (made === undefined) return undefined;
      texts.push(made);
    }
    return { texts, out };
  }

  /** The channels that a new layer hands on, in terms of what the program says where it can be said so. */
  #widthText(call: CallText, uses: readonly GraphNode[], width: Width): string | undefined {
    const reads = call.reused('in_channels');
    if (reads === undefined) return undefined;
    if (typeof width !== 'number') return call.share('in_channels', width.share);
    if (call.literal('in_channels') !== undefined) return String(width);
    const channels = uses[0]!.inputs[0]?.shape?.[1] ?? Number.NaN;
    for (const share of [1, 1 / 2, 1 / 4, 1 / 8, 1 / 16, 3 / 4, 3 / 8, 3 / 2]) {
      if (channels * share === width) return call.share('in_channels', share);
    }
    const hands = call.reused('out_channels');
    return hands !== undefined && (uses[0]!.attrs as Conv).out === width ? hands : String(width);
  }

  /** Empty where it has none to write; with it the layer behind loses it. */
  #strideText(call: CallText, strided: readonly boolean[], rank: number): string | undefined {
    if (!call.has('stride') || strided.every(each => !each)) return '';
    const literal = call.sizes('stride', rank);
    if (literal?.every(step => step === 1)) return '';
    if (strided.every(Boolean)) {
      const text = call.reused('stride');
      return text !== undefined && call.set('stride', null) ? text : undefined;
    }
    if (!literal) return undefined;
    return sizesText(literal.map((step, axis) => (strided[axis] ? step : 1)));
  }

  /** Half of a kernel, where the border of the program is a number, or named. */
  #borderText(call: CallText, kernel: readonly number[]): string | undefined {
    if (call.isUndilated === false) return undefined;
    if (call.string('padding') === 'same') return "'same'";
    if (call.sizes('padding', kernel.length) === undefined) return undefined;
    return sizesText(kernel.map(size => (size - 1) / 2));
  }

  #activationText(call: CallText, { op, attrs }: GraphNode): string | undefined {
    if (op.name === 'leakyRelu') {
      const { slope } = attrs as { slope?: number };
      const name = this.#names.beside(call.callee, 'LeakyReLU');
      return name === undefined || slope === undefined ? undefined : `${name}(${slope})`;
    }
    const cls = activations[op.name];
    const name = cls && this.#names.beside(call.callee, cls);
    if (!name) return undefined;
    // As the program makes its other ones.
    const inPlace = new RegExp(`\\b${cls}\\((?:inplace=)?True\\)`).test(this.#text);
    return inPlace ? `${name}(inplace=True)` : `${name}()`;
  }

  set(item: Range, { out, kernel, strided, border, groups, bias }: NewAttrs): boolean {
    const call = this.#call(item);
    // Who reads it says himself how many channels it has.
    if (!call || out !== undefined) return false;
    if (bias !== undefined && !this.#setBias(call, bias)) return false;
    if (call.cls === 'Linear') return !kernel && !strided && !border && groups === undefined;
    if (groups !== undefined) {
      if (call.has('groups') && call.literal('groups') !== 1) return false;
      if (!call.set('groups', groups === 1 ? null : String(groups))) return false;
    }
    if (kernel) {
      const isOne = kernel.every(size => size === 1);
      // A depthwise layer in front of it has the kernel as it is written; any other kernel is not to be frozen.
      if (!isOne && call.sizes('kernel_size', kernel.length) === undefined) return false;
      if (border === 'half') {
        const text = this.#borderText(call, kernel);
        if (text === undefined || !call.set('padding', text)) return false;
      }
      if (isOne && !call.set('dilation', null)) return false;
      if (!call.set('kernel_size', sizesText(kernel))) return false;
    }
    if (border === 'none' && !call.set('padding', null)) return false;
    if (border === 'none' && kernel?.every(size => size === 1) && !call.set('padding_mode', null)) return false;
    if (strided && call.has('stride')) {
      if (strided.every(each => !each)) return call.set('stride', null);
      const literal = call.sizes('stride', strided.length);
      if (!literal) return false;
      return call.set('stride', sizesText(literal.map((step, axis) => (strided[axis] ? step : 1))));
    }
    return true;
  }

  #setBias(call: CallText, bias: boolean): boolean {
    // Whether a layer has one may be a choice of whoever makes it.
    if (call.has('bias') && call.boolean('bias') === undefined) return false;
    if (isReadElsewhere(this.#tree, call.targets, name => name === 'bias')) return false;
    return call.set('bias', bias ? null : 'False');
  }

  remove(): boolean {
    return false;
  }

  move(): boolean {
    return false;
  }

  // ——— Averages in front of a fully connected layer ——————————————————————————————————————————————————————————————

  /** The item flattens a map, or is the fully connected layer; the layer reads the channels alone then. */
  #pool(item: Range): boolean {
    const reader = this.#nodesAt(item).find(({ op }) => passing.has(op.name));
    const map = reader?.inputs[0]?.shape;
    if (!reader || !map || map.length < 4) return false;
    let node: GraphNode | undefined = reader;
    while (node && node.op.name !== 'linear') node = passing.has(node.op.name) ? this.#sole(node) : undefined;
    const place = node && placeOf(node);
    const head = place && this.#call(place);
    if (head?.cls !== 'Linear' || this.#uses(place!).length !== 1) return false;
    const channels = map[1]!;
    const area = map.slice(2).reduce((product, length) => product * length, 1);
    if (node!.inputs[0]!.shape?.at(-1) !== channels * area) return false;
    const features = head.product('in_features', channels, area);
    if (features === undefined || !head.set('in_features', features)) return false;
    return this.#poolInText(item, map.length - 2);
  }

  #poolInText(item: Range, rank: number): boolean {
    const found = this.#expressionAt(item);
    if (!found) return this.#poolInStatement(item, rank);
    const { node, start } = found;
    const callee = node.kind === 'Call' ? node.callee : undefined;
    const name = callee && this.#names.resolved(callee);
    if (name === 'torch.nn.Flatten') {
      const call = new CallText(
        this.#text,
        this.#tree,
        node as Extract<Expression, { kind: 'Call' }>,
        start,
        'Flatten',
      );
      const pool = this.#names.beside(callee!, `AdaptiveAvgPool${rank}d`);
      this.#calls.set(item.from, call);
      return pool !== undefined && call.wrap([`${pool}(1)`], this.#names.beside(callee!, 'Sequential'));
    }
    return this.#poolInStatement(item, rank);
  }

  /** `x.view(…)`, `torch.flatten(x, 1)`: what is flattened is averaged first. */
  #poolInStatement({ from, to }: Range, rank: number): boolean {
    const found: { readonly node: Expression; readonly start: number }[] = [];
    for (const { start, block } of this.#tree.chunks) {
      if (start > from || start + block.text.length < to) continue;
      for (const node of nodesIn(block.statements)) {
        if (node.kind !== 'Call' || node.callee.kind !== 'Attribute') continue;
        if (start + node.range.from < from || start + node.range.to > to) continue;
        if (!['view', 'reshape', 'flatten'].includes(node.callee.name)) continue;
        const flattened = this.#names.resolved(node.callee) === 'torch.flatten' ? node.args[0] : node.callee.value;
        if (flattened) found.push({ node: flattened, start });
      }
    }
    const [only, ...others] = found;
    if (!only || others.length > 0) return false;
    if (!['Name', 'Attribute', 'Call', 'Subscript'].includes(only.node.kind)) return false;
    const at = only.start + only.node.range.to;
    const axes = Array.from({ length: rank }, (_, axis) => axis + 2).join(', ');
    this.#edits.push({ from: at, to: at, text: `.mean((${axes}), keepdim=True)` });
    return true;
  }

  // ——— What stands in the text ———————————————————————————————————————————————————————————————————————————————————

  /** The call of `nn.Conv2d` and the like that an item is; undefined where it is anything else. */
  #call(item: Range): CallText | undefined {
    const known = this.#calls.get(item.from);
    if (known) return known;
    const found = this.#expressionAt(item);
    if (found?.node.kind !== 'Call') return undefined;
    const name = this.#names.resolved(found.node.callee);
    const [, cls] = /^torch\.nn\.(?:modules\.(?:conv|linear)\.)?(Conv[123]d|Linear)$/.exec(name ?? '') ?? [];
    if (!cls) return undefined;
    const call = new CallText(this.#text, this.#tree, found.node, found.start, cls as LayerClass);
    if (!call.isPlain) return undefined;
    this.#calls.set(item.from, call);
    return call;
  }

  #expressionAt({ from, to }: Range): { readonly node: Expression; readonly start: number } | undefined {
    for (const { start, block } of this.#tree.chunks) {
      if (start > from || start + block.text.length < to) continue;
      for (const node of nodesIn(block.statements)) {
        if (node.kind !== 'Call' || start + node.range.from !== from || start + node.range.to !== to) continue;
        return { node, start };
      }
    }
    return undefined;
  }

  /** Whether a sequence may stand where the layer is: nobody looks at what it is, or takes it for anything but a module. */
  #mayBeWrapped(call: CallText): boolean {
    return isMoved(this.#tree, this.#names, call) && !isReadElsewhere(this.#tree, call.targets);
  }

  /** Convolutions and fully connected layers that an item makes. */
  #uses(item: Range): readonly GraphNode[] {
    return this.#nodesAt(item).filter(({ op }) => op.name === 'conv' || op.name === 'linear');
  }

  #nodesAt({ from }: Range): readonly GraphNode[] {
    if (!this.#nodes) {
      const map = new Map<number, GraphNode[]>();
      for (const node of this.#graph.nodes) {
        const place = placeOf(node);
        if (!place) continue;
        const there = map.get(place.from);
        if (there) there.push(node);
        else map.set(place.from, [node]);
      }
      this.#nodes = map;
    }
    return this.#nodes.get(from) ?? [];
  }

  /** Who alone reads a node. */
  #sole(node: GraphNode): GraphNode | undefined {
    if (!this.#consumers) {
      const map = new Map<GraphNode, GraphNode[]>();
      for (const each of this.#graph.nodes) {
        for (const input of each.inputs) {
          const there = map.get(input.node);
          if (there) there.push(each);
          else map.set(input.node, [each]);
        }
      }
      this.#consumers = map;
    }
    const consumers = this.#consumers.get(node) ?? [];
    return consumers.length === 1 ? consumers[0] : undefined;
  }

  /** The normalization and the activation behind a layer. */
  #behind(main: GraphNode): { readonly norm: GraphNode | undefined; readonly act: GraphNode | undefined } {
    let norm: GraphNode | undefined;
    for (let node = this.#sole(main); node?.inputs.length === 1; node = this.#sole(node)) {
      if (node.op.kind === 'norm') norm ??= node;
      else return { norm, act: node.op.kind === 'activation' ? node : undefined };
    }
    return { norm, act: undefined };
  }
}

/** Where the frame of a node stands. */
function placeOf({ frame }: GraphNode): Range | undefined {
  for (let at: GraphNode['frame'] | undefined = frame; at; at = at.parent) if (at.sites.length > 0) return useOf(at);
  return undefined;
}

/** `3`, `(3, 1)`. */
function sizesText(sizes: readonly number[]): string {
  const [first] = sizes;
  return sizes.every(size => size === first) ? String(first) : `(${sizes.join(', ')})`;
}
