// The world of one machine: shapes by the operators' rules always, nodes while a forward pass is recorded.
import * as l10n from '@vscode/l10n';
import { Builder, checkInputs } from '../../graph/builder.ts';
import type { GraphNode, Guard, Part, Tensor } from '../../graph/graph.ts';
import { inputOf, Labelled, PlacedTensor, type Placement, type Segment } from '../../graph/segment.ts';
import * as ops from '../../ops/index.ts';
import type { AnyOp, Complaint, Op, Shape } from '../../ops/op.ts';
import { Snapshot } from '../../python/checkpoint.ts';
import type { Code } from '../../python/code.ts';
import type { Activation, Hooks, Machine } from '../../python/machine.ts';
import {
  type Decision,
  type Keywords,
  type MayRun,
  PyClass,
  PyList,
  PyTuple,
  poisonOf,
  Unknown,
  UnknownAccess,
  type Value,
  type Work,
} from '../../python/objects.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { type Reason, reasonOf } from '../../text/reason.ts';
import { typeAfter, typeRefused } from './accepted.ts';
import {
  type CallMemo,
  type Held,
  isNoList,
  type Question,
  type Recipe,
  type RecordedCall,
  recipes,
  resultOf,
} from './callMemo.ts';
import { isWhole } from './dtype.ts';
import { type DirectCall, type EndedCall, Frames, isInternal, type RowSpec, type Rows, rangeOf } from './frames.ts';
import { stridesAfter } from './layout.ts';
import { Lifetimes } from './lifetimes.ts';
import { Attempt, whyGuarded } from './mayRun.ts';
import type { ModuleInstance } from './nn/instance.ts';
import { tensorsIn } from './nn/state.ts';
import { sameList } from './print.ts';
import { madeOnce, mostValues, Storage, Values } from './storage.ts';
import { type DType, PyParameter, PyTensor } from './tensor.ts';
import { type ApplyOptions, type BegunRow, isModuleCall, type KnownRow, type ModuleCall, type World } from './world.ts';

const worlds = new WeakMap<Machine, Recording>();

/** The world of a machine, the same for all its native modules. */
export function worldOf(machine: Machine): Recording {
  let world = worlds.get(machine);
  if (!world) {
    world = new Recording(machine);
    worlds.set(machine, world);
  }
  return world;
}

/** What a tensor and an operator cost in memory and time, beside an element of a list. */
const tensorWork = 80;
const operatorWork = 100;

/** PyTorch has no tensors of more dimensions. */
const mostDimensions = 64;

export class Recording implements World {
  readonly machine: Machine;
  readonly classes: World['classes'];
  readonly #problems: Problem[] = [];
  readonly #seen = new Set<string>();
  readonly #sources = new Map<string, Values>();
  readonly #counted = new Map<PyParameter, GraphNode>();
  /** Whether the network that is called has a parameter; undefined is all of them. */
  #has: ((parameter: PyParameter) => boolean) | undefined;
  /** Where nodes of segments stand in the graph. */
  readonly #placements = new Map<GraphNode, Placement>();
  /** Tensors of the program that have a node, to be freed of it at the end. */
  readonly #read = new Set<PyTensor>();
  /** By problem, the constructor's argument that would fit: data for a fix. */
  readonly misfits = new Map<Problem, Misfit>();
  /** Asked for the module whose `forward` is called directly; set by `torch.nn`. */
  directCall: DirectCall = () => undefined;
  /** One of several values, which one is not known; undefined where nothing can stand for them. Set by `torch.nn`. */
  choose: Choose = () => undefined;
  /** Modules that were chosen from several so far: what stands for them, and how to see whether it was changed since. */
  readonly chosen: Chosen[] = [];
  /** What the program read values of, which the graph does not have: an index, the number of a loop. */
  readonly valuesRead = new Set<Tensor>();
  /** Counts the parameters of a module that no call has used so far; set while a network is recorded. */
  countLeft: (module: ModuleInstance, path: string) => void = () => {};
  /** Forgets what is known of the modules of a network; set by `torch.nn`. */
  forgetModules: () => void = () => {};
  /** Whether somebody has chosen indices by values so far. */
  followsChoices = false;
  /** What rows did in earlier readings of the same program. */
  memo: CallMemo | undefined;
  /** Whether the network is read as it runs in training. */
  isTraining = false;
  /** Whether gradients are recorded, as `torch.no_grad()` and its kin have it. */
  hasGradients = true;
  /** Functions that `@torch.no_grad()` and its kin stand above, and what they have it. */
  readonly decorated = new Map<Code, boolean>();
  /** Follows how long tensors are there, while somebody asks for it. */
  lifetimes: Lifetimes | undefined;
  #builder: Builder | undefined;
  #frames: Frames | undefined;
  #rows: Rows | undefined;
  #ended: readonly EndedCall[] = [];
  #row: Row | undefined;

  constructor(machine: Machine) {
    this.machine = machine;
    const object = machine.builtin('object') as PyClass;
    const tuple = machine.builtin('tuple') as PyClass;
    const derived = (name: string, module: string, base: PyClass): PyClass =>
      new PyClass(name, module, [base], base.mro);
    const tensor = derived('Tensor', 'torch', object);
    this.classes = {
      Tensor: tensor,
      Parameter: derived('Parameter', 'torch.nn.parameter', tensor),
      Size: derived('Size', 'torch', tuple),
      Module: derived('Module', 'torch.nn.modules.module', object),
    };
  }

  get isRecording(): boolean {
    return this.#builder !== undefined;
  }

  /** The row of another text that is read. */
  get owner(): object | undefined {
    return this.#row;
  }

  /** What was reported, in the constructors and in the recording. */
  get problems(): readonly Problem[] {
    return this.#problems;
  }

  /** What was reported is of no interest any more. */
  forget(): void {
    this.#problems.length = 0;
    this.#seen.clear();
    this.misfits.clear();
  }

  /** Nothing was recorded yet. */
  reset(): void {
    this.forget();
    this.#counted.clear();
    this.#has = undefined;
    this.#placements.clear();
    this.#row = undefined;
    this.memo = undefined;
    this.#ended = [];
    this.chosen.length = 0;
    this.valuesRead.clear();
    this.followsChoices = false;
    this.forgetModules();
    this.isTraining = false;
    this.hasGradients = true;
  }

  /** The calls of modules in the last recording, in the order in which they ended. */
  get moduleCalls(): readonly EndedCall[] {
    return this.#ended;
  }

  /** From now on nodes are added to `builder`; `end` closes the frames that are open. `rows` are of another text. */
  record(builder: Builder, rows?: Rows, lifetimes = false): void {
    this.#builder = builder;
    this.#rows = rows;
    const { Module } = this.classes;
    this.lifetimes = lifetimes ? new Lifetimes(({ cls }) => cls.mro.includes(Module)) : undefined;
    this.#frames = new Frames(builder, activation => this.directCall(activation), rows, !lifetimes);
    this.#ended = this.#frames.ended;
  }

  end(): void {
    this.#frames?.closeAll();
    this.#builder = undefined;
    this.#rows = undefined;
    this.#frames = undefined;
    this.countLeft = () => {};
    this.lifetimes = undefined;
    for (const tensor of this.#read) tensor.node = undefined;
    this.#read.clear();
  }

  beginRow(module: ModuleInstance, args: readonly Value[], named: Keywords): KnownRow | Row | undefined {
    // Who asks how long tensors are there wants to see all of them at work.
    if (this.#row || this.lifetimes) return undefined;
    const { memo, machine } = this;
    const spec = this.#builder && this.#rows?.rowOf(module);
    const isOwned = memo?.owns(module) === true;
    if (this.#builder ? !spec : !isOwned) return undefined;
    this.#frames?.closeAll();
    const values = [...args, ...[...named].flat()];
    let question: Question | undefined;
    let before: Held | undefined;
    if (isOwned) {
      const gradients = this.isTraining && this.#recordsGradients();
      const key = [this.#builder !== undefined, this.isTraining, gradients, ...(spec?.key ?? [])];
      question = memo!.question(key, values);
      const answer = question && memo!.find(module, question, ({ recorded }) => !recorded || this.#isFirst(recorded));
      if (answer) {
        const placement = answer.recorded && this.#placed(answer.recorded, question!, spec!);
        if (placement || !answer.recorded) {
          machine.skip(answer.work);
          const result = resultOf(answer, question!.print, (tensor, output) => {
            if (placement && output !== undefined) this.attach(tensor, placement.outputs[output]!);
          });
          if (placement) this.#rows!.stands(module);
          return { kind: 'known', result };
        }
      }
      before = question && memo!.before(module, question);
      // What an earlier row has counted, or has read for the first time.
      const isOfOthers = (each: object): boolean =>
        each instanceof PyTensor &&
        (each.node !== undefined || (each instanceof PyParameter && this.#counted.has(each)));
      if (before?.print.objects.some(isOfOthers)) before = undefined;
    }
    this.#builder?.beginSegment();
    const lists = (question?.print.objects ?? []).flatMap((each, number) =>
      each instanceof PyList ? [[number, each, [...each.items]] as const] : [],
    );
    const given = question && memo!.print(question.print.objects.filter(isNoList))?.tokens;
    const asked = question &&
      before &&
      given && { question, held: before, snapshot: new Snapshot(before.print.objects), given, lists };
    const row = new Row(module, asked, machine.work, asked && memo!.trace());
    this.#row = row;
    return row;
  }

  /** A row's call has ended, with a result or without one. */
  endRow(row: BegunRow, result: Value | undefined): void {
    this.#row = undefined;
    if (!(row instanceof Row)) return;
    const codes = row.trace?.();
    const builder = this.#builder;
    const { module, counted } = row;
    // What a list holds that something unknown may have changed cannot be made again.
    const asked = row.asked?.lists.some(([, list]) => poisonOf(list)) ? undefined : row.asked;
    const lists = (asked?.lists ?? []).filter(([, list, items]) => !sameList(list.items, items));
    const left = result === undefined ? undefined : knownTensorsIn([result, ...lists.map(([, list]) => list)]);
    const outputs = left ?? [];
    let placed:
      | { readonly segment: Segment; readonly labelled: Labelled; readonly ports: readonly number[] }
      | undefined;
    const own = new Map<PyTensor, Tensor>();
    if (builder) {
      const nodes = outputs.map(tensor => this.node(tensor));
      this.#frames!.closeAll();
      const { segment, inputs } = builder.endSegment(nodes);
      for (const tensor of row.read) if (tensor.node) own.set(tensor, tensor.node);
      const labelled = new Labelled(segment);
      const { prefix, number, start } = this.#rows!.rowOf(module)!;
      const at = builder.place(labelled.next(builder.rows, prefix, number), inputs.map(inputOf), start)!;
      const placement = builder.rows.placement(at);
      for (const node of segment.nodes) this.#placements.set(node, placement);
      placed = { segment, labelled, ports: inputs.map(tensor => asked?.question.print.nodes.indexOf(tensor) ?? -1) };
      for (const [index, tensor] of outputs.entries()) this.attach(tensor, placement.outputs[index]!);
    }
    if (!asked || !codes || result === undefined || !left || row.isLabelledFromOutside) return;
    if (placed && (!placed.segment.isClosed || placed.ports.includes(-1))) return;
    const { question } = asked;
    const done = this.machine.work;
    const work = { steps: done.steps - row.work.steps, charged: done.charged - row.work.charged };
    this.memo!.keep(module, question, asked, codes, held => {
      const recipe = recipes(question.print, held, outputs);
      const changed: [number, readonly Recipe[]][] = [];
      for (const [number, { items }] of lists) {
        const all = items.flatMap(item => recipe(item) ?? []);
        if (all.length < items.length) return undefined;
        changed.push([number, all]);
      }
      const returned = recipe(result);
      const answer = returned && { result: returned, lists: changed, recorded: undefined, work };
      if (!answer || !placed) return answer;
      if (counted.some(([parameter]) => held.numberOf(parameter) === undefined)) return undefined;
      const attached: (readonly [PyTensor, Tensor])[] = [];
      for (const [tensor, node] of own) {
        // What everybody has.
        if (question.print.isShared(tensor)) return undefined;
        if (held.numberOf(tensor) !== undefined) attached.push([tensor, node]);
      }
      for (const object of held.objects)
        if (object instanceof PyTensor && object.node && !own.has(object)) return undefined;
      return { ...answer, recorded: { segment: placed.labelled, ports: placed.ports, counted, attached } };
    });
  }

  /** Puts what a row did before where it stands now; undefined where the graph has no room for it. */
  #placed(recorded: RecordedCall, { print }: Question, { prefix, number, start }: RowSpec): Placement | undefined {
    const { segment, ports, counted, attached } = recorded;
    const { rows } = this.#builder!;
    const inputs = ports.map(port => inputOf(this.#resolved(print.nodes[port]!)));
    const at = this.#builder!.place(segment.next(rows, prefix, number), inputs, start);
    if (at === undefined) return undefined;
    const placement = rows.placement(at);
    for (const [parameter, node] of counted) {
      this.#placements.set(node, placement);
      this.#counted.set(parameter, node);
    }
    for (const [tensor, node] of attached) this.attach(tensor, placement.tensor(node));
    return placement;
  }

  /** Whether no row before has counted its parameters, or has read its buffers, as where a module is called twice. */
  #isFirst({ counted, attached }: RecordedCall): boolean {
    return (
      !counted.some(([parameter]) => this.#counted.has(parameter)) &&
      !attached.some(([tensor]) => tensor.node !== undefined)
    );
  }

  /** A tensor as the graph has it, where it was made in a row that has ended. */
  #resolved(tensor: Tensor): Tensor {
    if (tensor instanceof PlacedTensor || this.#placements.size === 0) return tensor;
    return this.#placements.get(tensor.node)?.tensor(tensor) ?? tensor;
  }

  labelledFromOutside(module: ModuleInstance): void {
    // A row has a label of its own.
    if (this.#row && this.#row.module !== module) this.#row.isLabelledFromOutside = true;
  }

  tensor(shape: Shape | undefined, dtype: DType = 'float32', why?: Reason): PyTensor {
    if (shape && shape.length > mostDimensions) {
      throw this.machine.raise('RuntimeError', `tensor has too many (>${mostDimensions}) dims`);
    }
    this.machine.charge(tensorWork);
    const tensor = new PyTensor(this.classes.Tensor, shape, dtype);
    tensor.why = why;
    if (this.lifetimes) tensor.isMade = true;
    if (shape === undefined) tensor.hasType = false;
    return tensor;
  }

  known(shape: Shape, values: Float64Array, dtype: DType): PyTensor {
    const tensor = this.tensor(shape, dtype);
    if (values.length <= mostValues) tensor.storage = new Storage(this.#valuesOf(values));
    return tensor;
  }

  #valuesOf(values: Float64Array): Values {
    // Numbers and sizes, which the program writes down again and again.
    const isShort = values.length <= 16 && !values.some(value => Object.is(value, -0));
    return isShort ? this.source(values.join(), () => Values.of(values)) : Values.of(values);
  }

  source(key: string, make: () => Values): Values {
    return madeOnce(this.#sources, key, make);
  }

  filled(shape: Shape, value: number, dtype: DType): PyTensor {
    const tensor = this.tensor(shape, dtype);
    const size = shape.reduce((product, length) => product * length, 1);
    if (size <= mostValues) {
      const make = (): Values => new Values(size, () => new Float64Array(size).fill(value));
      tensor.storage = new Storage(Object.is(value, -0) ? make() : this.source(`${size} times ${value}`, make));
    }
    return tensor;
  }

  apply<A extends object>(op: Op<A>, attrs: NoInfer<A>, inputs: readonly PyTensor[], options?: ApplyOptions): PyTensor {
    return this.applyAll(op, attrs, inputs, options)[0]!;
  }

  applyAll<A extends object>(
    op: Op<A>,
    attrs: NoInfer<A>,
    inputs: readonly PyTensor[],
    options?: ApplyOptions,
  ): readonly PyTensor[] {
    this.machine.charge(operatorWork);
    const refused = typeRefused(op, inputs);
    if (refused) throw this.machine.raise('RuntimeError', refused);
    const dtype = options?.dtype ?? typeAfter(op, inputs);
    const { shapes, why, failed } = this.#inferred(op, attrs, inputs, options?.unknown);
    const hasType = inputs.every(input => input.hasType);
    const isDetached = this.isTraining && ((hasType && isWhole(dtype)) || !this.#recordsGradients());
    const full: ApplyOptions | undefined = isDetached ? { ...options, training: 'detached' } : options;
    const nodes = this.#builder && this.#added(this.#builder, op, attrs, inputs, full, failed);
    return shapes.map((shape, port) => {
      const tensor = this.tensor(shape, dtype, why);
      tensor.strides = shape && stridesAfter(op, attrs, inputs, shape);
      if (!hasType) tensor.hasType = false;
      if (nodes) {
        this.attach(tensor, nodes[port]!);
        this.lifetimes?.type(nodes[port]!, dtype);
      }
      return tensor;
    });
  }

  /** Whether gradients are recorded where the program is. */
  #recordsGradients(): boolean {
    if (this.decorated.size === 0) return this.hasGradients;
    for (let activation = this.machine.top; activation; activation = activation.parent) {
      const decorated = activation.code && this.decorated.get(activation.code);
      if (decorated !== undefined) return decorated && this.hasGradients;
    }
    return this.hasGradients;
  }

  /** Its place in the graph from now on. */
  attach(tensor: PyTensor, node: Tensor): void {
    tensor.node = node;
    tensor.version = tensor.storage?.version ?? 0;
    this.#read.add(tensor);
    this.#row?.read.push(tensor);
  }

  /** A result was written over another tensor, or it is that very tensor. */
  overwrites(result: PyTensor, memory: PyTensor, isSame = false): void {
    if (!result.node || !memory.node) return;
    if (isSame) this.lifetimes?.isSame(result.node, memory.node);
    else this.lifetimes?.lies(result.node, memory.node);
  }

  complain(complaint: Complaint): Reason {
    const { code, message, help, short, fits } = complaint;
    const problem = this.report({ severity: 'error', code, message, help, short });
    const call = fits && this.#moduleCall();
    if (problem && fits && call) this.misfits.set(problem, { call, ...fits });
    return short === undefined ? { message } : { message, short };
  }

  /** Reports a problem at the innermost place of the text that is read, with the calls around it. */
  report(problem: Omit<Problem, 'range' | 'related'>): Problem | undefined {
    let range: Range | undefined;
    const related: { range: Range; message: string; file?: string }[] = [];
    for (let activation = this.machine.top; activation; activation = activation.parent) {
      const { code, file, expression, statement } = activation;
      const row = range ? undefined : this.#rowOf(activation);
      if (row) range = row;
      const place = expression ?? statement;
      if (!code || !place || isInternal(activation)) continue;
      const own = rangeOf(activation, place);
      if (!range && file === undefined) range = own;
      else if (!range) related.push({ range: own, message: l10n.t('Here, in {0}.', code.qualifiedName), file: file! });
      else if (file === undefined) related.push({ range: own, message: l10n.t('Called from here.') });
      else related.push({ range: own, message: l10n.t('Called from here.'), file });
    }
    const own: Problem = { ...problem, range: range ?? { from: 0, to: 0 }, ...(related.length > 0 && { related }) };
    const key = `${own.range.from} ${own.range.to} ${own.code} ${own.message}`;
    if (this.memo) this.memo.events++;
    if (this.#seen.has(key)) return undefined;
    this.#seen.add(key);
    this.#problems.push(own);
    return own;
  }

  /** The place of the row that an activation calls. */
  #rowOf({ tag }: Activation): Range | undefined {
    return isModuleCall(tag) ? this.#rows?.rowOf(tag.module)?.range : undefined;
  }

  /** The innermost module that is called. */
  #moduleCall(): ModuleCall | undefined {
    for (let activation = this.machine.top; activation; activation = activation.parent) {
      if (isModuleCall(activation.tag)) return activation.tag;
    }
    return undefined;
  }

  node(tensor: PyTensor): Tensor {
    const builder = this.#builder;
    if (!builder) throw new Error('Nothing is recorded.');
    const { storage } = tensor;
    if (!tensor.node) {
      this.#frames!.follow(this.machine.top);
      this.attach(tensor, this.#source(builder, tensor));
    } else if (storage?.written && storage.version > tensor.version && tensor.shape) {
      // Something was written into it through a view.
      this.#frames!.follow(this.machine.top);
      const inputs = [this.#resolved(tensor.node), this.#resolved(storage.written)];
      this.attach(tensor, builder.add(ops.written, { shape: tensor.shape }, inputs));
    }
    return this.#resolved(tensor.node!);
  }

  opaque(why: Unknown | Reason | string, inputs: readonly PyTensor[], shape?: Shape): PyTensor {
    const reason = why instanceof Unknown ? why.reason : reasonOf(why);
    const tensor = this.tensor(shape, inputs[0]?.dtype, reason);
    tensor.strides = undefined;
    tensor.hasType = false;
    if (this.#builder) {
      const nodes = inputs.map(input => this.node(input));
      this.#frames!.follow(this.machine.top);
      this.lifetimes?.step(this.machine.top, this.#builder.next);
      const node = this.#builder.unknown(reason, nodes, shape);
      this.#frames!.put([node]);
      this.attach(tensor, node);
    }
    return tensor;
  }

  /**
   * What `build` makes of tensors, in the frame of the call that is under way: a part of a network that no Python says.
   * While nothing is recorded, its shapes.
   */
  fragment(
    inputs: readonly PyTensor[],
    build: (builder: Builder, inputs: readonly Tensor[]) => readonly Tensor[],
  ): readonly PyTensor[] {
    const builder = this.#builder;
    if (!builder) {
      const apart = new Builder();
      const ports = inputs.map(({ shape, why }, at) => apart.input(String(at), shape, why));
      return build(apart, ports).map(({ shape, why }) => this.tensor(shape, 'float32', why));
    }
    const nodes = inputs.map(input => this.node(input));
    this.#frames!.follow(this.machine.top);
    this.lifetimes?.step(this.machine.top, builder.next);
    const outputs = build(builder, nodes);
    this.#frames!.put(outputs);
    return outputs.map(output => {
      const tensor = this.tensor(output.shape, 'float32', output.why);
      this.attach(tensor, output);
      return tensor;
    });
  }

  /** From now on only parameters that the network has count: PyTorch knows nothing of those in a plain list. */
  countOnly(has: (parameter: PyParameter) => boolean): void {
    this.#has = has;
  }

  /** Whether a parameter counts; one that does not is a constant with a value. */
  counts(parameter: PyParameter): boolean {
    return this.#has?.(parameter.standsFor?.[0] ?? parameter) ?? true;
  }

  countedBy(parameter: PyParameter): GraphNode | undefined {
    const node = this.#counted.get(parameter.standsFor?.[0] ?? parameter);
    return node && (this.#placements.get(node)?.node(node) ?? node);
  }

  count(parameter: PyParameter, node: GraphNode): void {
    this.#counted.set(parameter, node);
    this.#row?.counted.push([parameter, node]);
  }

  leave(activation: Activation, outputs: readonly PyTensor[]): void {
    if (!this.#builder) return;
    const nodes = outputs.map(output => this.node(output));
    this.#frames!.leave(activation, nodes);
  }

  /** The program looks at values of a tensor, and goes by them. */
  readsValues(tensor: PyTensor): void {
    if (this.#builder && tensor.node) this.valuesRead.add(this.node(tensor));
  }

  /** What may be done of statements of which data decide whether they run; undefined where nothing can. */
  mayRun({ is, of }: Decision): MayRun | undefined {
    // Rows of another text are read by themselves; who asks how long tensors are there wants to see one run.
    if (this.#builder && (this.lifetimes || (this.#rows && !this.#row))) return undefined;
    const part = is === 'some' ? (of as Part | undefined) : undefined;
    return new Attempt(this, { why: whyGuarded(), outer: this.#builder?.guard, part });
  }

  openGuard(guard: Guard): void {
    if (this.#builder) this.#builder.guard = guard;
  }

  /** `lost`: why the work that was recorded is no upper bound, if it is none. */
  closeGuard(lost: Reason | undefined): void {
    const builder = this.#builder;
    if (!builder) {
      const { machine } = this;
      if (lost) machine.options.hooks?.unknownBranch?.(new Unknown(lost), machine);
      return;
    }
    if (lost) {
      this.follow();
      builder.boundless(lost);
    }
    builder.guard = builder.guard?.outer;
  }

  /** Opens the frames of the call that is under way, for what is added to the builder directly. */
  follow(): void {
    this.#frames?.follow(this.machine.top);
  }

  /** Why it is not known what modules do that were chosen: their call has changed them, and nobody knows which ones. */
  changedChoices(): readonly Reason[] {
    const changed = this.chosen.filter(({ isChanged }) => isChanged());
    this.chosen.length = 0;
    return changed.map(({ why }) => why);
  }

  /** Shapes by the operator's rules, and why it cannot work. */
  #inferred<A extends object>(op: Op<A>, attrs: A, inputs: readonly PyTensor[], unknown?: Reason): Inferred {
    const shapes: Shape[] = [];
    for (const { shape, why } of inputs) {
      if (shape === undefined) {
        return { shapes: [undefined], why: why ?? reasonOf(l10n.t('the shape of its input is not known')) };
      }
      shapes.push(shape);
    }
    const complaint = checkInputs(op, attrs, shapes);
    if (complaint) {
      const why = this.complain(complaint);
      return { shapes: [complaint.output], why, failed: { why, output: complaint.output } };
    }
    const outputs = op.shape ? [op.shape(attrs, shapes)] : op.shapes!(attrs, shapes);
    if (!outputs.some(shape => shape.some(Number.isNaN))) return { shapes: outputs };
    const why = inputs.find(input => input.why)?.why ?? unknown ?? reasonOf(l10n.t('a size is not known'));
    return { shapes: outputs, why };
  }

  #added(
    builder: Builder,
    op: AnyOp,
    attrs: object,
    inputs: readonly PyTensor[],
    options: ApplyOptions | undefined,
    failed: Inferred['failed'],
  ): readonly Tensor[] {
    const nodes = inputs.map(input => this.node(input));
    this.#frames!.follow(this.machine.top);
    this.lifetimes?.step(this.machine.top, builder.next);
    const outputs = builder.addAll(op, attrs, nodes, failed ? { ...options, failed } : options);
    this.#frames!.put(outputs);
    return outputs;
  }

  /** What the graph did not make itself: a parameter, or a constant. */
  #source(builder: Builder, tensor: PyTensor): Tensor {
    const { shape } = tensor;
    if (!shape || shape.some(Number.isNaN)) {
      return builder.unknown(tensor.why ?? l10n.t('a size is not known'), [], shape);
    }
    if (!(tensor instanceof PyParameter && this.counts(tensor))) {
      const constant = builder.add(ops.constant, { shape }, []);
      this.lifetimes?.type(constant, tensor.dtype);
      if (tensor.isMade) this.lifetimes?.made(constant);
      return constant;
    }
    const shares = this.countedBy(tensor);
    const training = this.isTraining && !tensor.requiresGrad ? 'frozen' : undefined;
    const node = builder.add(ops.parameter, { shape, role: tensor.role }, [], { shares, training });
    if (!shares) this.count(tensor, node.node);
    return node;
  }
}

/** The call of a row that is under way. */
class Row implements BegunRow {
  readonly kind = 'begun';
  readonly module: ModuleInstance;
  /** What it depends on; undefined where it is not to be remembered. */
  readonly asked: Asked | undefined;
  /** What had been done before it. */
  readonly work: Work;
  /** Ends the note of what is called; undefined where it is not to be remembered. */
  readonly trace: (() => ReadonlySet<Code | string>) | undefined;
  readonly read: PyTensor[] = [];
  readonly counted: (readonly [PyParameter, GraphNode])[] = [];
  isLabelledFromOutside = false;

  constructor(module: ModuleInstance, asked: Asked | undefined, work: Work, trace: Row['trace']) {
    this.module = module;
    this.asked = asked;
    this.work = work;
    this.trace = trace;
  }
}

interface Asked {
  readonly question: Question;
  /** What the module holds. */
  readonly held: Held;
  readonly snapshot: Snapshot;
  /** What of what it is called with is no list. */
  readonly given: readonly unknown[];
  /** The lists: number, list, and what it holds. */
  readonly lists: readonly (readonly [number, PyList, readonly Value[]])[];
}

/** What stands for one of several values: undefined where nothing can. `list` is the module that holds them. */
export type Choose = (values: readonly Value[], why: Unknown, list?: ModuleInstance) => Value | undefined;

/** A module that stands for one of several. */
export interface Chosen {
  readonly isChanged: () => boolean;
  readonly why: Reason;
}

/** A module that does not fit its input, and the argument of its constructor that would. */
export interface Misfit {
  readonly call: ModuleCall;
  readonly attr: string;
  readonly value: number;
}

interface Inferred {
  readonly shapes: readonly (Shape | undefined)[];
  readonly why?: Reason | undefined;
  readonly failed?: { readonly why: Reason; readonly output: Shape | undefined };
}

/** What the world wants to know of the machine's run. */
export const torchHooks: Pick<Hooks, 'unknownCall' | 'unknownBranch'> = {
  unknownCall(callee, args, keywords, machine) {
    const tensors: PyTensor[] = [];
    const collect = (value: Value, depth: number): void => {
      if (value instanceof PyTensor) tensors.push(value);
      else if ((value instanceof PyList || value instanceof PyTuple) && depth < 3) {
        for (const item of value.items) collect(item, depth + 1);
      }
    };
    for (const value of [...args, ...keywords.values()]) collect(value, 0);
    const world = worldOf(machine);
    if (tensors.length > 0 && world.isRecording) world.opaque(callee, tensors);
    return callee;
  },
  unknownBranch(why, machine) {
    const world = worldOf(machine);
    if (world.isRecording) world.opaque(why, []);
  },
};

/** The tensors in some values; undefined where it is not known what one of them holds. */
function knownTensorsIn(values: readonly Value[]): readonly PyTensor[] | undefined {
  try {
    return values.flatMap(value => tensorsIn(value));
  } catch (error) {
    if (error instanceof UnknownAccess) return undefined;
    throw error;
  }
}
