// The networks that a file holds, found in its syntax: nothing is run for it.

import {
  callsInside,
  dottedName,
  isDefinition,
  methodOf,
  namesInside,
  nodesIn,
  requiredOf,
} from '../../program/syntax.ts';
import type {
  CallExpression,
  ClassDef,
  Expression,
  FunctionDef,
  PythonTree,
  Statement,
} from '../../syntax/python/ast.ts';
import { settingComments } from '../../text/pragma.ts';
import type { Range } from '../../text/range.ts';
import type { ProgramEntry, UnbuiltClass } from '../format.ts';

/** What a file defines that may build a network. */
export interface Outline {
  /** The first is read unless another is chosen. */
  readonly entries: readonly ProgramEntry[];
  /** The classes of modules, with the range of their heads. */
  readonly classes: readonly Head[];
  /** Those that no entry names and that need arguments. */
  readonly unbuilt: readonly UnbuiltClass[];
  /** Functions of the file itself. */
  readonly functions: readonly Head[];
}

interface Head {
  readonly name: string;
  readonly head: Range;
}

/** So many networks of a file are listed. */
const mostEntries = 200;

/**
 * The networks of a file, in this order: those that comments name; those that its own code calls on a tensor that is made
 * there (under `__main__`, in `test()` and the like); functions that need no arguments and return a module; classes of
 * modules that need none and are no part of others; modules that are values of the file. Functions that no other one uses come
 * first, and classes that are made of the most others.
 */
export function outlineOf(text: string, tree: PythonTree): Outline {
  const file = new File(text, tree);
  const found = [...commented(text), ...file.uses(), ...file.functions(), ...file.classes(), ...file.values()];
  // Of a network that a comment or a use says more of, only those are entries.
  const ranks = new Map<string, number>();
  for (const entry of found)
    ranks.set(entry.expression, Math.min(rankOf(entry), ranks.get(entry.expression) ?? rankOf(entry)));
  const byExpression = new Map<string, ProgramEntry>();
  for (const entry of found) {
    const key =
      entry.from === 'comment' || entry.from === 'use' ? `${entry.expression} ${entry.inputs}` : entry.expression;
    const isKnown = ranks.get(entry.expression)! < rankOf(entry);
    if (!isKnown && !byExpression.has(key)) byExpression.set(key, entry);
  }
  const entries = [...byExpression.values()].slice(0, mostEntries);
  return {
    entries,
    unbuilt: file.unbuilt(entries),
    classes: file.moduleClasses(),
    functions: file.heads(),
  };
}

/** The lower, the more an entry says of its network. */
function rankOf({ from }: ProgramEntry): number {
  return from === 'comment' ? 1 : from === 'use' ? 2 : 3;
}

/** `# flopline: Net(num_classes=10) input=1,3,32,32`. */
function commented(text: string): readonly ProgramEntry[] {
  if (!text.includes('flopline')) return [];
  return settingComments(text).flatMap(({ call, words }): ProgramEntry[] => {
    if (!call) return [];
    const inputs = words.find(({ key }) => key === 'input' || key === 'inputs');
    return [
      { expression: call.text, range: call.range, from: 'comment', inputs: inputs && `${inputs.key}=${inputs.value}` },
    ];
  });
}

interface Placed<T> {
  readonly node: T;
  /** What its ranges are relative to. */
  readonly start: number;
}

/** A name that a statement of a test binds. */
interface Binding {
  /** What it is in the names of the file; undefined where that cannot be said. */
  readonly text: string | undefined;
  readonly kind: 'module' | 'tensor' | 'other';
  readonly range: Range | undefined;
}

type Bindings = Map<string, Binding>;

/** Functions that only try out what the file defines. */
const tryingOut = /^_?(?:test|main|demo|check|debug|example|run|sanity|try|verify|profile|benchmark)/i;
/** What makes a tensor from sizes or numbers. */
const makers =
  /^torch\.(?:randn|rand|zeros|ones|empty|full|randint|arange|linspace|eye|tensor|as_tensor|Tensor|(?:Float|Long|Double|Half|Int|Bool|Byte)Tensor|(?:randn|rand|zeros|ones|empty|full|randint)_like)$/;
/** Methods that give the same module or tensor back. */
const passing = new Set([
  'to',
  'cuda',
  'cpu',
  'eval',
  'train',
  'float',
  'double',
  'half',
  'requires_grad_',
  'type',
  'long',
  'int',
]);
/** Deepest nesting of an expression that is looked into. */
const deepest = 40;

class File {
  readonly #text: string;
  readonly #classes = new Map<string, Placed<ClassDef>>();
  readonly #functions = new Map<string, Placed<FunctionDef>>();
  /** What imported names are: `nn` is `torch.nn`. Of the file's own package, with dots in front. */
  readonly #imports = new Map<string, string>();
  /** The statements of the file itself, those under conditions included, without those of `__main__`. */
  readonly #statements: Placed<Statement>[] = [];
  readonly #main: Placed<Statement>[] = [];
  readonly #isModule = new Map<string, boolean>();
  readonly #returnsModule = new Map<string, boolean>();
  /** How many definitions are looked into from one to the next. */
  #depth = 0;
  readonly #mentions = new Map<string, ReadonlySet<string>>();

  constructor(text: string, tree: PythonTree) {
    this.#text = text;
    for (const { start, block } of tree.chunks) this.#collect(block.statements, start, 0);
  }

  #collect(statements: readonly Statement[], start: number, depth: number): void {
    for (const node of statements) {
      this.#statements.push({ node, start });
      switch (node.kind) {
        case 'ClassDef':
          this.#classes.set(node.name, { node, start });
          break;
        case 'FunctionDef':
          this.#functions.set(node.name, { node, start });
          break;
        case 'Import':
          for (const { name, as } of node.names)
            this.#imports.set(as ?? name.split('.')[0]!, as === undefined ? name.split('.')[0]! : name);
          break;
        case 'ImportFrom':
          for (const { name, as } of node.names)
            this.#imports.set(
              as ?? name,
              `${'.'.repeat(node.level)}${node.module}${node.module === '' ? '' : '.'}${name}`,
            );
          break;
        case 'If':
          if (isMainTest(node.test)) {
            this.#statements.pop();
            for (const each of node.body) this.#main.push({ node: each, start });
          } else if (depth < deepest) {
            this.#collect(node.body, start, depth + 1);
            this.#collect(node.orElse, start, depth + 1);
          }
          break;
        case 'Try':
          if (depth >= deepest) break;
          this.#collect(node.body, start, depth + 1);
          for (const { body } of node.handlers) this.#collect(body, start, depth + 1);
          this.#collect(node.orElse, start, depth + 1);
          this.#collect(node.finalBody, start, depth + 1);
          break;
        case 'With':
          if (depth < deepest) this.#collect(node.body, start, depth + 1);
          break;
      }
    }
  }

  moduleClasses(): Outline['classes'] {
    return [...this.#classes].flatMap(([name, { node, start }]) =>
      this.#isModuleClass(name) ? [{ name, head: moved(node.head, start) }] : [],
    );
  }

  unbuilt(entries: readonly ProgramEntry[]): readonly UnbuiltClass[] {
    const built = new Set(entries.flatMap(({ expression }) => /^[A-Za-z_]\w*/.exec(expression) ?? []));
    return this.moduleClasses().flatMap(({ name, head }) => {
      const needs = this.#needs(name);
      return needs && needs.length > 0 && !built.has(name) ? [{ name, head, needs }] : [];
    });
  }

  heads(): Outline['functions'] {
    return [...this.#functions].map(([name, { node, start }]) => ({ name, head: moved(node.head, start) }));
  }

  functions(): readonly ProgramEntry[] {
    const names = [...this.#functions].flatMap(([name, { node }]) =>
      !name.startsWith('_') &&
      requiredOf(node.parameters, false).length === 0 &&
      this.#isFactory(name) &&
      this.#buildsMore(name)
        ? [name]
        : [],
    );
    const used = this.#used();
    const ordered = [...names.filter(name => !used.has(name)), ...names.filter(name => used.has(name))];
    return ordered.map(name => {
      const { node, start } = this.#functions.get(name)!;
      return { expression: `${name}()`, range: moved(node.head, start), from: 'function', inputs: undefined };
    });
  }

  classes(): readonly ProgramEntry[] {
    // A class that another is derived from is a network of its own.
    const parts = new Set(
      [...this.#classes].flatMap(([name, { node }]) =>
        node.body.flatMap(each => [...namesInside(each)].filter(inner => inner !== name)),
      ),
    );
    const names = [...this.#classes.keys()].filter(
      name => this.#isModuleClass(name) && this.#needsNothing(name) && !parts.has(name),
    );
    const reach = new Map(names.map(name => [name, this.#reach(name).size]));
    return names
      .sort((a, b) => reach.get(b)! - reach.get(a)!)
      .map(name => {
        const { node, start } = this.#classes.get(name)!;
        return { expression: `${name}()`, range: moved(node.head, start), from: 'class', inputs: undefined };
      });
  }

  /** `model = nn.Sequential(…)` in the file itself. */
  values(): readonly ProgramEntry[] {
    return this.#statements.flatMap(({ node, start }): ProgramEntry[] => {
      if (node.kind !== 'Assign' || node.targets.length !== 1) return [];
      const [target] = node.targets;
      if (target?.kind !== 'Name' || !this.#isModuleValue(node.value, new Map(), 0)) return [];
      // A loss, or a single layer, is no network.
      const layers = [...nodesIn(node.value)].flatMap(each =>
        each.kind === 'Call' ? (this.#resolved(each.callee) ?? []) : [],
      );
      const isPlain = layers.every(
        name => !this.#classes.has(name) && !this.#functions.has(name) && /^torch\.nn\./.test(name),
      );
      if (isPlain && !layers.includes('torch.nn.Sequential')) return [];
      if (this.#needsNothing(this.#textOf(node.value, start).replace(/\(\).*$/s, ''))) return [];
      return [{ expression: target.name, range: moved(node.range, start), from: 'value', inputs: undefined }];
    });
  }

  /** Networks that are built and called on tensors that are made at the same place. */
  uses(): readonly ProgramEntry[] {
    const found: ProgramEntry[] = [];
    this.#usesIn(this.#main, new Map(), found);
    for (const [name, { node, start }] of this.#functions) {
      if (!tryingOut.test(name) || requiredOf(node.parameters, false).length > 0) continue;
      const bindings: Bindings = new Map();
      const { positionalOnly, positional, keywordOnly } = node.parameters;
      for (const { name: parameter, default: value } of [...positionalOnly, ...positional, ...keywordOnly])
        bindings.set(parameter, this.#bound(value!, start, new Map()));
      this.#usesIn(
        node.body.map(each => ({ node: each, start })),
        bindings,
        found,
      );
    }
    this.#usesIn(
      this.#statements.filter(({ node }) => !isDefinition(node)),
      new Map(),
      found,
      this.#assignedOnce(),
    );
    return found;
  }

  #usesIn(
    statements: readonly Placed<Statement>[],
    bindings: Bindings,
    found: ProgramEntry[],
    lasting: ReadonlySet<string> = new Set(),
    depth = 0,
  ): void {
    for (const { node, start } of statements) {
      // What is inside a compound statement is seen once, with the names that are bound there.
      const inner = blocksOf(node);
      if (inner.length === 0) this.#callsIn(node, start, bindings, found);
      if (node.kind === 'Assign' || (node.kind === 'AnnAssign' && node.value)) {
        const bound = this.#bound(node.value!, start, bindings);
        for (const target of node.kind === 'Assign' ? node.targets : [node.target]) {
          if (target.kind === 'Name') {
            // A name of the file itself stays what it is there.
            const isLasting = lasting.has(target.name) && bound.kind !== 'module';
            bindings.set(target.name, isLasting ? { ...bound, text: target.name } : bound);
          } else for (const name of namesIn(target)) bindings.set(name, unsaid);
        }
      } else if (!isDefinition(node)) for (const name of boundBy(node)) bindings.set(name, unsaid);
      if (depth < deepest)
        for (const block of inner)
          this.#usesIn(
            block.map(each => ({ node: each, start })),
            bindings,
            found,
            lasting,
            depth + 1,
          );
    }
  }

  /** Names of the file that one statement alone binds. */
  #assignedOnce(): ReadonlySet<string> {
    const counts = new Map<string, number>();
    for (const { node } of this.#statements) {
      const names =
        node.kind === 'Assign'
          ? node.targets.flatMap(namesIn)
          : node.kind === 'AnnAssign'
            ? namesIn(node.target)
            : boundBy(node);
      for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return new Set([...counts].flatMap(([name, count]) => (count === 1 ? [name] : [])));
  }

  #callsIn(statement: Statement, start: number, bindings: Bindings, found: ProgramEntry[]): void {
    if (isDefinition(statement)) return;
    for (const node of nodesIn(statement, each => each.kind !== 'Lambda')) {
      if (node.kind !== 'Call') continue;
      const use = this.#use(node, start, bindings);
      if (use) found.push(use);
    }
  }

  #use(call: CallExpression, start: number, bindings: Bindings): ProgramEntry | undefined {
    const { callee, args, keywords } = call;
    const direct = this.#moduleOf(callee, start, bindings);
    if (direct) {
      if (args.length + keywords.length === 0 || args.some(({ kind }) => kind === 'Starred')) return undefined;
      const values = [...args, ...keywords.map(({ value }) => value)].map(value => this.#bound(value, start, bindings));
      if (!values.some(({ kind }) => kind === 'tensor') || values.some(({ text }) => text === undefined))
        return undefined;
      const named = [...args.map(() => ''), ...keywords.map(({ name }) => (name === undefined ? '**' : `${name}=`))];
      return entryOf(direct, call, start, `inputs=${values.map(({ text }, at) => named[at]! + text).join(', ')}`);
    }
    // Tools that count: summary(net, (3, 224, 224)).
    const tool = this.#resolved(callee);
    const [model, given] = args;
    const size =
      given ?? keywords.find(({ name }) => name === 'input_size' || name === 'input_res' || name === 'inputs')?.value;
    if (tool === undefined || !model || !size) return undefined;
    const counted = this.#moduleOf(model, start, bindings);
    if (!counted) return undefined;
    const { text, kind } = this.#bound(size, start, bindings);
    if (text === undefined) return undefined;
    if (/(?:^|\.)(?:FlopCountAnalysis|profile)$/.test(tool)) {
      const list =
        size.kind === 'Tuple' && size.elements.length === 1
          ? this.#bound(size.elements[0]!, start, bindings)
          : undefined;
      if (kind !== 'tensor' && list?.kind !== 'tensor') return undefined;
      return entryOf(counted, call, start, `inputs=${list?.text ?? text}`);
    }
    const sizes =
      size.kind === 'Tuple'
        ? size.elements.flatMap(each => (each.kind === 'Constant' && each.type === 'int' ? [Number(each.value)] : []))
        : [];
    if (size.kind !== 'Tuple' || sizes.length !== size.elements.length || sizes.length === 0) return undefined;
    if (/^(?:torchsummaryX?|ptflops|pytorch_model_summary)\b.*\b(?:summary|get_model_complexity_info)$/.test(tool))
      return entryOf(counted, call, start, `input=${[1, ...sizes].join(',')}`);
    return /^torchinfo\..*summary$/.test(tool) ? entryOf(counted, call, start, `input=${sizes.join(',')}`) : undefined;
  }

  /** The network that an expression is, where a test has built it. */
  #moduleOf(expression: Expression, start: number, bindings: Bindings): Binding | undefined {
    const bound =
      expression.kind === 'Name'
        ? bindings.get(expression.name)
        : expression.kind === 'Call'
          ? this.#bound(expression, start, bindings)
          : undefined;
    return bound?.kind === 'module' && bound.text !== undefined ? bound : undefined;
  }

  #bound(value: Expression, start: number, bindings: Bindings, depth = 0): Binding {
    if (depth > deepest) return unsaid;
    const again = (inner: Expression): Binding => this.#bound(inner, start, bindings, depth + 1);
    if (value.kind === 'Name') return bindings.get(value.name) ?? { text: value.name, kind: 'other', range: undefined };
    const text = this.#inlined(value, start, bindings);
    const range = moved(value.range, start);
    if (value.kind !== 'Call') return { text, kind: 'other', range };
    const { callee, args } = value;
    if (callee.kind === 'Attribute' && passing.has(callee.name)) {
      const self = again(callee.value);
      // The device is none of ours; another type is another tensor.
      if (self.kind === 'module') return self;
      if (self.kind === 'tensor')
        return {
          ...self,
          text: ['cuda', 'cpu', 'requires_grad_'].includes(callee.name) ? self.text : (text ?? self.text),
        };
    }
    const name = this.#resolved(callee);
    if (name !== undefined && makers.test(name))
      return { text: this.#withoutDevice(value, start, bindings) ?? text, kind: 'tensor', range };
    const [first] = args;
    if (
      name !== undefined &&
      first &&
      /(?:^|\.)(?:Variable|DataParallel|DistributedDataParallel|compile|script)$/.test(name)
    )
      return again(first);
    return { text, kind: this.#isModuleValue(value, new Map(), 0) ? 'module' : 'other', range };
  }

  /** A tensor where it is made, wherever that is. */
  #withoutDevice(call: CallExpression, start: number, bindings: Bindings): string | undefined {
    if (!call.keywords.some(({ name }) => name === 'device')) return undefined;
    const parts = [
      ...call.args.map(arg => this.#inlined(arg, start, bindings)),
      ...call.keywords.flatMap(({ name, value }) => {
        if (name === 'device') return [];
        const text = this.#inlined(value, start, bindings);
        return [text === undefined ? undefined : name === undefined ? `**${text}` : `${name}=${text}`];
      }),
    ];
    if (parts.includes(undefined)) return undefined;
    return `${this.#textOf(call.callee, start)}(${parts.join(', ')})`;
  }

  /** An expression in the names of the file: those that a test binds are replaced by what they are. */
  #inlined(expression: Expression, start: number, bindings: Bindings): string | undefined {
    const changes: { readonly range: Range; readonly text: string }[] = [];
    for (const node of nodesIn(expression)) {
      if (node.kind === 'Lambda' || node.kind === 'NamedExpression' || node.kind === 'Await' || node.kind === 'Yield')
        return undefined;
      if (node.kind === 'BrokenExpression' || node.kind === 'YieldFrom') return undefined;
      if (node.kind !== 'Name') continue;
      const bound = bindings.get(node.name);
      if (!bound) continue;
      if (bound.text === undefined) return undefined;
      changes.push({
        range: moved(node.range, start),
        text: /^[\w.]+$/.test(bound.text) ? bound.text : `(${bound.text})`,
      });
    }
    const { from, to } = moved(expression.range, start);
    if (to - from > longest) return undefined;
    let text = '';
    let at = from;
    for (const change of changes.sort((a, b) => a.range.from - b.range.from)) {
      text += this.#text.slice(at, change.range.from) + change.text;
      at = change.range.to;
    }
    text += this.#text.slice(at, to);
    if (text.length > longest) return undefined;
    // On one line, as an expression is written elsewhere; a comment between its lines would end it there.
    return text.includes('\n')
      ? text.includes('#') || /(['"])\1\1/.test(text)
        ? undefined
        : text.replace(/\s*\\?\r?\n\s*/g, ' ')
      : text;
  }

  #textOf({ range }: Expression, start: number): string {
    return this.#text.slice(range.from + start, range.to + start);
  }

  /** A name by what it was imported as: `torch.randn`. */
  #resolved(expression: Expression): string | undefined {
    const name = dottedName(expression);
    if (name === undefined) return undefined;
    const [first, ...rest] = name.split('.');
    return [this.#imports.get(first!) ?? first!, ...rest].join('.');
  }

  /** Whether an expression is a module: a call of a class or function that makes one, or of what gives it back. */
  #isModuleValue(expression: Expression, locals: ReadonlyMap<string, readonly Expression[]>, depth: number): boolean {
    if (depth > deepest) return false;
    const again = (inner: Expression): boolean => this.#isModuleValue(inner, locals, depth + 1);
    switch (expression.kind) {
      case 'Name':
        return (
          locals
            .get(expression.name)
            ?.some(
              value => value !== expression && this.#isModuleValue(value, without(locals, expression.name), depth + 1),
            ) ?? false
        );
      case 'Conditional':
        return again(expression.body) || again(expression.orElse);
      case 'Call': {
        const { callee, args } = expression;
        if (callee.kind === 'Attribute' && passing.has(callee.name)) return again(callee.value);
        const name = this.#resolved(callee);
        if (name === undefined) return false;
        const [first] = args;
        if (first && /(?:^|\.)(?:DataParallel|DistributedDataParallel|compile|script)$/.test(name)) return again(first);
        const own = callee.kind === 'Name' ? callee.name : '';
        if (this.#classes.has(own)) return this.#isModuleClass(own);
        if (this.#functions.has(own)) return this.#isFactory(own);
        return this.#isForeignModule(name);
      }
      default:
        return false;
    }
  }

  /** Whether an imported name is a class of modules, or makes one, as far as its name says. */
  #isForeignModule(name: string): boolean {
    if (/^torch\.nn\.(?!functional\b|init\b|utils\b|Parameter\b)/.test(name)) return true;
    if (/^torchvision\.models\.|^timm\.(?:models\.|create_model)/.test(name))
      return /\.[a-z]\w*$|\.[A-Z]\w*(?:Net|Former|ViT|VGG)\w*$/i.test(name);
    // A class of the repository's own, or of a package of networks.
    return (
      /^\.|^[a-z_]\w*\./.test(name) &&
      !/^(?:torch|numpy|np|os|sys|collections|math|random|argparse)\./.test(name) &&
      /(?:^|\.)_?[A-Z][A-Za-z0-9]*(?:Net|Module|Model|Former|Transformer|ViT|VGG|GAN|Generator|Discriminator|Encoder|Decoder|Backbone)\w*$/.test(
        name,
      )
    );
  }

  #isModuleClass(name: string): boolean {
    const known = this.#isModule.get(name);
    if (known !== undefined) return known;
    const definition = this.#classes.get(name)?.node;
    if (!definition || this.#depth > deepest) return false;
    this.#isModule.set(name, false);
    this.#depth++;
    const bases = definition.bases.map(base => this.#resolved(base));
    const hasForward = methodOf(definition, 'forward') !== undefined;
    const found = bases.some(base => {
      if (base === undefined) return false;
      if (this.#classes.has(base)) return this.#isModuleClass(base);
      if (/^torch\.nn\.(?!functional\b|Parameter\b)|\b(?:Lightning)?Module$/.test(base)) return true;
      // Of another file: a forward pass says what it is, and so does its name.
      return (
        !/^(?:torch\.|object$|Exception$)/.test(base) &&
        !/\bFunction$/.test(base) &&
        (hasForward || this.#isForeignModule(base))
      );
    });
    this.#depth--;
    this.#isModule.set(name, found);
    return found;
  }

  /** Whether a class can be called without arguments. */
  #needsNothing(name: string): boolean {
    return this.#needs(name)?.length === 0;
  }

  /** The arguments that a class cannot be called without; undefined where that is not known. */
  #needs(name: string, depth = 0): readonly string[] | undefined {
    const definition = this.#classes.get(name)?.node;
    if (!definition || depth > deepest) return undefined;
    const init = methodOf(definition, '__init__');
    if (init) return requiredOf(init.parameters, true);
    const [base] = definition.bases;
    const resolved = base && this.#resolved(base);
    if (resolved === undefined) return undefined;
    if (this.#classes.has(resolved)) return this.#needs(resolved, depth + 1);
    return /\b(?:Lightning)?Module$/.test(resolved) ? [] : undefined;
  }

  /** Whether a function returns a module. */
  #isFactory(name: string): boolean {
    const known = this.#returnsModule.get(name);
    if (known !== undefined) return known;
    const definition = this.#functions.get(name)?.node;
    if (!definition || this.#depth > deepest) return false;
    this.#returnsModule.set(name, false);
    this.#depth++;
    const { returned, locals } = returnsOf(definition);
    // What takes weights that were trained is a network, whatever its class is called.
    const isPublished = [...definition.parameters.positional, ...definition.parameters.keywordOnly].some(
      parameter => parameter.name === 'pretrained' || parameter.name === 'weights',
    );
    const found = returned.some(value => this.#isModuleValue(value, locals, 0)) || (isPublished && returned.length > 0);
    this.#depth--;
    this.#returnsModule.set(name, found);
    return found;
  }

  /** Whether a function builds a network, and not one layer of torch's: `get_activation()`. */
  #buildsMore(name: string): boolean {
    const { positional, keywordOnly } = this.#functions.get(name)!.node.parameters;
    return (
      [...positional, ...keywordOnly].some(({ name: parameter }) => parameter === 'pretrained') ||
      [...this.#reach(name)].some(other => other !== name && this.#isModuleClass(other)) ||
      callsInside(this.#functions.get(name)!.node).some(node => {
        const resolved = this.#resolved(node.callee);
        return (
          resolved !== undefined &&
          (/\bSequential$/.test(resolved) || (!resolved.startsWith('torch.') && this.#isForeignModule(resolved)))
        );
      })
    );
  }

  /** Names of classes and functions of the file that a definition mentions, and those that these mention. */
  #reach(name: string): ReadonlySet<string> {
    const found = new Set<string>([name]);
    for (const each of found) for (const other of this.#mentioned(each)) found.add(other);
    return found;
  }

  #mentioned(name: string): ReadonlySet<string> {
    let found = this.#mentions.get(name);
    if (!found) {
      const definition = (this.#classes.get(name) ?? this.#functions.get(name))?.node;
      const names = definition ? namesInside(definition) : [];
      found = new Set(
        [...names].filter(other => other !== name && (this.#classes.has(other) || this.#functions.has(other))),
      );
      this.#mentions.set(name, found);
    }
    return found;
  }

  /** What other classes use, and functions that are none of those that try things out. */
  #used(): ReadonlySet<string> {
    const users = [...this.#classes.keys(), ...[...this.#functions.keys()].filter(name => !tryingOut.test(name))];
    return new Set(users.flatMap(user => [...this.#mentioned(user)]));
  }
}

/** What a function returns, and what the names in it are assigned. */
interface Returns {
  readonly returned: readonly Expression[];
  readonly locals: ReadonlyMap<string, readonly Expression[]>;
}

const returns = new WeakMap<FunctionDef, Returns>();

function returnsOf(definition: FunctionDef): Returns {
  const known = returns.get(definition);
  if (known) return known;
  const locals = new Map<string, Expression[]>();
  const returned: Expression[] = [];
  for (const node of nodesIn(definition, each => !isDefinition(each) && each.kind !== 'Lambda')) {
    if (node.kind === 'Return' && node.value) returned.push(node.value);
    if (node.kind !== 'Assign') continue;
    for (const target of node.targets)
      if (target.kind === 'Name') locals.set(target.name, [...(locals.get(target.name) ?? []), node.value]);
  }
  const found = { returned, locals };
  returns.set(definition, found);
  return found;
}

const unsaid: Binding = { text: undefined, kind: 'other', range: undefined };
/** Longer expressions are no entries. */
const longest = 400;

const moved = ({ from, to }: Range, start: number): Range => ({ from: from + start, to: to + start });

function entryOf(module: Binding, call: CallExpression, start: number, inputs: string): ProgramEntry {
  return { expression: module.text!, range: module.range ?? moved(call.range, start), from: 'use', inputs };
}

/** `__name__ == '__main__'`. */
function isMainTest(test: Expression): boolean {
  if (test.kind !== 'Compare' || test.values.length !== 2 || test.operators[0] !== '==') return false;
  const isName = (value: Expression | undefined): boolean => value?.kind === 'Name' && value.name === '__name__';
  const isMain = (value: Expression | undefined): boolean =>
    value?.kind === 'Constant' && value.type === 'str' && value.value === '__main__';
  const [a, b] = test.values;
  return (isName(a) && isMain(b)) || (isMain(a) && isName(b));
}

/** The statements inside a statement that is no definition. */
function blocksOf(node: Statement): readonly (readonly Statement[])[] {
  switch (node.kind) {
    case 'If':
    case 'For':
    case 'While':
      return [node.body, node.orElse];
    case 'With':
      return [node.body];
    case 'Try':
      return [node.body, ...node.handlers.map(({ body }) => body), node.orElse, node.finalBody];
    default:
      return [];
  }
}

/** The names that a statement binds itself, other than by an assignment. */
function boundBy(node: Statement): readonly string[] {
  switch (node.kind) {
    case 'For':
      return namesIn(node.target);
    case 'With':
      return node.items.flatMap(({ target }) => (target ? namesIn(target) : []));
    case 'AugAssign':
      return namesIn(node.target);
    case 'Broken':
      return node.targets.flatMap(namesIn);
    default:
      return [];
  }
}

const namesIn = (target: Expression): readonly string[] => {
  if (target.kind === 'Name') return [target.name];
  if (target.kind === 'Tuple' || target.kind === 'List') return target.elements.flatMap(namesIn);
  return target.kind === 'Starred' ? namesIn(target.value) : [];
};

function without<K, V>(map: ReadonlyMap<K, V>, key: K): ReadonlyMap<K, V> {
  const copy = new Map(map);
  copy.delete(key);
  return copy;
}
