// Deferred parsing of imported files: function bodies are parsed when they are first called. Most never are.
import type { ClassDef, Expression, FunctionDef, PythonBlock, Statement } from './ast.ts';
import { type LogicalLine, logicalLines } from './lines.ts';
import { placed } from './placement.ts';
import { read, Unreadable } from './read.ts';
import { blockOfLines, isRegularBlock, readBlock } from './recover.ts';

/** A body that was left out: its complete lines. */
interface Body {
  readonly lines: readonly LogicalLine[];
  readonly from: number;
  readonly to: number;
}

/** A function whose body is parsed on demand. */
class DeferredFunction implements FunctionDef {
  readonly kind = 'FunctionDef';
  readonly range: FunctionDef['range'];
  readonly name: string;
  readonly nameRange: FunctionDef['nameRange'];
  readonly isAsync: boolean;
  readonly typeParameters: readonly string[];
  readonly parameters: FunctionDef['parameters'];
  readonly returns: FunctionDef['returns'];
  readonly decorators: FunctionDef['decorators'];
  readonly head: FunctionDef['head'];
  readonly deferred: NonNullable<FunctionDef['deferred']>;
  readonly #definition: FunctionDef;
  readonly #text: string;
  readonly #body: Body;
  #statements: readonly Statement[] | undefined;

  constructor(definition: FunctionDef, text: string, body: Body) {
    this.range = definition.range;
    this.name = definition.name;
    this.nameRange = definition.nameRange;
    this.isAsync = definition.isAsync;
    this.typeParameters = definition.typeParameters;
    this.parameters = definition.parameters;
    this.returns = definition.returns;
    this.decorators = definition.decorators;
    this.head = definition.head;
    this.deferred = { usesClass: /\b(?:super|__class__)\b/.test(text.slice(body.from, body.to)) };
    this.#definition = definition;
    this.#text = text;
    this.#body = body;
  }

  get body(): readonly Statement[] {
    if (!this.#statements) {
      const { lines, from, to } = this.#body;
      const whole = read(this.#text, lines, from, to);
      const body = whole instanceof Unreadable ? blockOfLines(this.#text, lines) : whole;
      const [own] = placed([{ ...this.#definition, body }], this.#text).statements;
      this.#statements = own?.kind === 'FunctionDef' ? own.body : body;
    }
    return this.#statements;
  }
}

const definition = /^(?:async[ \t]+)?def\s/;
const classHead = /^class\s/;
/** Shorter bodies are parsed at once. */
const shortest = 40;

/** A chunk that only defines a function or class; its statements are parsed on demand. */
class DeferredBlock implements PythonBlock {
  readonly text: string;
  readonly defines: string;
  readonly problems = [];
  #statements: readonly Statement[] | undefined;

  constructor(text: string, defines: string) {
    this.text = text;
    this.defines = defines;
  }

  get statements(): readonly Statement[] {
    this.#statements ??= namesListed(this.text) ?? readBodiesLater(this.text, logicalLines(this.text)).statements;
    return this.#statements;
  }
}

/** `CATEGORIES = ["person", …]`: only strings without escapes. */
const listOfNames = /^([A-Za-z_]\w*) = \[\s*((?:"[^"\\\r\n]*",\s*)+(?:"[^"\\\r\n]*"\s*)?)\]$/;

/** Parses a long list of names without the grammar; undefined for anything else. */
function namesListed(text: string): readonly Statement[] | undefined {
  const [, name = '', items = ''] = listOfNames.exec(text) ?? [];
  if (name === '' || text.includes('""')) return undefined;
  const from = text.length - 1 - items.length;
  const elements = [...items.matchAll(/"([^"]*)"/g)].map((match): Expression => {
    const start = from + match.index;
    return { kind: 'Constant', type: 'str', value: match[1]!, range: { from: start, to: start + match[0].length } };
  });
  const nameRange = { from: 0, to: name.length };
  const range = { from: 0, to: text.length };
  const list: Expression = { kind: 'List', elements, range: { from: name.length + 3, to: text.length } };
  return [{ kind: 'Assign', targets: [{ kind: 'Name', name, range: nameRange }], value: list, range }];
}

/** A chunk of an imported file. With `mayWait`, a chunk that only defines a name is parsed when that name is needed. */
export function readDeferred(text: string, lines: readonly LogicalLine[], mayWait: boolean): PythonBlock {
  if (!mayWait) return readBodiesLater(text, lines);
  const listed = text.length > 1000 ? listOfNames.exec(text)?.[1] : undefined;
  if (listed !== undefined && !listed.startsWith('__') && !text.includes('""')) return new DeferredBlock(text, listed);
  const name = isRegularBlock(lines) ? definedName(text, lines) : undefined;
  return name === undefined ? readBodiesLater(text, lines) : new DeferredBlock(text, name);
}

const functionHead = /^(?:async[ \t]+)?def[ \t]+([A-Za-z_]\w*)[ \t]*\(([\s\S]*)\)[ \t]*(?:->[^()=]*)?:$/;
/** The head of a class whose bases have no hooks for derived classes. */
const classHeadOf =
  /^class[ \t]+([A-Za-z_]\w*)[ \t]*(?:\([ \t]*(?:(?:torch\.)?nn\.Module|object|Exception|)[ \t]*\))?[ \t]*:$/;
const literal = String.raw`(?:None|True|False|[-+]?[\d.][\w.]*|"[^"\\\n]*"|'[^'\\\n]*')`;
/**
 * A default whose evaluation does not depend on when it happens: a literal, a tuple of literals, a member of a class
 * (`Mode.BILINEAR`), a constant of a module (`sizes.NEAREST`).
 */
const plainDefault = new RegExp(
  String.raw`^\s*(?:${literal}|\(\s*${literal}\s*(?:,\s*${literal}\s*)*,?\s*\)|[A-Z]\w*\.\w+|[A-Za-z_][\w.]*\.[A-Z][A-Z0-9_]*)\s*(?:,|#|$)`,
);
/** Decorators of methods, and function decorators without effect. */
const plainDecorator = /^@(?:property|staticmethod|classmethod|(?:abc\.)?abstractmethod|torch\.jit\.\w+|\w+\.setter)$/;
const plainWrapper = /^@torch\.(?:jit\.(?:unused|ignore|export)|no_grad\(\)|inference_mode\(\))$/;
const plainAssignment =
  /^[A-Za-z_]\w*[ \t]*(?::[^=()]*)?(?:=[ \t]*(?:None|True|False|[-+]?[\d.][\w.]*|"[^"\\\n]*"|'[^'\\\n]*')[ \t]*)?$/;

/** The name a chunk defines, if that is its only effect: it can then run whenever the name is first needed. */
function definedName(text: string, lines: readonly LogicalLine[]): string | undefined {
  const at = lines.findIndex(line => !plainWrapper.test(text.slice(line.from, line.to)));
  const [top, first] = at > 0 ? lines.slice(at) : lines;
  if (!top || !first) return undefined;
  const head = text.slice(top.from, top.to);
  const name = isPlainFunction(head);
  // The machine looks up `__getattr__` itself.
  if (name !== undefined) return name.startsWith('__') ? undefined : name;
  const cls = classHeadOf.exec(head)?.[1];
  if (cls === undefined || at > 0) return undefined;
  for (const line of lines.slice(1)) {
    if (line.indent > first.indent) continue;
    const own = text.slice(line.from, line.to);
    const isPlain = line.opensBlock
      ? isPlainFunction(own) !== undefined
      : /^(?:pass$|[rR]?"{3}|[rR]?'{3}|[rR]?"[^"\n]*"$)/.test(own) ||
        plainDecorator.test(own) ||
        plainAssignment.test(own);
    if (!isPlain) return undefined;
  }
  return cls;
}

function isPlainFunction(head: string): string | undefined {
  const [, name, parameters = ''] = functionHead.exec(head) ?? [];
  if (name === undefined) return undefined;
  // Annotations are never evaluated.
  const defaults = parameters.split('=').slice(1);
  const isWhole = defaults.every(each => plainDefault.test(each)) && areBalanced(parameters);
  return isWhole ? name : undefined;
}

/** Whether brackets are balanced; brackets in strings may make it false. */
function areBalanced(text: string): boolean {
  let depth = 0;
  for (const char of text) {
    if (char === '(' || char === '[' || char === '{') depth++;
    else if ((char === ')' || char === ']' || char === '}') && --depth < 0) return false;
  }
  return depth === 0;
}

/** A chunk without the bodies of its functions and methods, which are parsed on demand. */
function readBodiesLater(text: string, lines: readonly LogicalLine[]): PythonBlock {
  if (!isRegularBlock(lines)) return readBlock(text, lines);
  const first = lines.findIndex(({ from }) => text[from] !== '@');
  const top = lines[first];
  if (!top) return readBlock(text, lines);
  const isClass = classHead.test(text.slice(top.from, top.from + 6));
  const level = isClass ? lines[first + 1] : top;
  if (!level || (isClass && !top.opensBlock)) return readBlock(text, lines);
  const kept: LogicalLine[] = [];
  const bodies = new Map<number, Body>();
  let plain = '';
  let written = 0;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!;
    kept.push(line);
    if (line.indent !== level.indent || !line.opensBlock) continue;
    if (!definition.test(text.slice(line.from, line.from + 40))) continue;
    let end = at + 1;
    while (end < lines.length && lines[end]!.indent > line.indent) end++;
    const inside = lines.slice(at + 1, end);
    const [start] = inside;
    if (!start) continue;
    const { to } = inside.at(-1)!;
    if (to - start.from < shortest) continue;
    // Replace the body by a name of the same length, so that all ranges stay valid.
    plain += text.slice(written, start.from) + '_'.repeat(to - start.from);
    written = to;
    bodies.set(start.from, { lines: inside, from: start.from, to });
    kept.push({ ...start, to, opensBlock: false, gaps: [] });
    at = end - 1;
  }
  if (bodies.size === 0) return readBlock(text, lines);
  plain += text.slice(written);
  const statements = read(plain, kept, 0, plain.length);
  if (statements instanceof Unreadable) return readBlock(text, lines);
  const used = { count: 0 };
  const result = statements.map(statement => withBodies(statement, text, bodies, used, true));
  return used.count === bodies.size ? { text, statements: result, problems: [] } : readBlock(text, lines);
}

function withBodies(
  statement: Statement,
  text: string,
  bodies: ReadonlyMap<number, Body>,
  used: { count: number },
  isTop: boolean,
): Statement {
  if (statement.kind === 'FunctionDef') {
    const body = bodies.get(statement.body[0]?.range.from ?? -1);
    if (!body) return statement;
    used.count++;
    return new DeferredFunction(statement, text, body);
  }
  if (statement.kind !== 'ClassDef' || !isTop) return statement;
  const inside = statement.body.map(each => withBodies(each, text, bodies, used, false));
  return { ...statement, body: inside } satisfies ClassDef;
}
