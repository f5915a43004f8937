// Files that are imported: the bodies of their functions are read when they are first called. Most never are.
import type { ClassDef, FunctionDef, PythonBlock, Statement } from './ast.ts';
import { type LogicalLine, logicalLines } from './lines.ts';
import { read, Unreadable } from './read.ts';
import { blockOfLines, isRegularBlock, readBlock } from './recover.ts';

/** A body that was left out: its lines, which are whole. */
interface Body {
  readonly lines: readonly LogicalLine[];
  readonly from: number;
  readonly to: number;
}

/** A function the body of which is read when it is asked for. */
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
    this.#text = text;
    this.#body = body;
  }

  get body(): readonly Statement[] {
    if (!this.#statements) {
      const { lines, from, to } = this.#body;
      const whole = read(this.#text, lines, from, to);
      this.#statements = whole instanceof Unreadable ? blockOfLines(this.#text, lines) : whole;
    }
    return this.#statements;
  }
}

const definition = /^(?:async[ \t]+)?def\s/;
const classHead = /^class\s/;
/** A shorter body is read at once. */
const shortest = 40;

/** A chunk without the bodies of its functions and methods, which are read when they are asked for. */
export function readDeferred(text: string): PythonBlock {
  const lines = logicalLines(text);
  if (!isRegularBlock(lines)) return readBlock(text);
  const first = lines.findIndex(({ from }) => text[from] !== '@');
  const top = lines[first];
  if (!top) return readBlock(text);
  const isClass = classHead.test(text.slice(top.from, top.from + 6));
  const level = isClass ? lines[first + 1] : top;
  if (!level || (isClass && !top.opensBlock)) return readBlock(text);
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
    // A name in its place, so that all ranges are those of the text.
    plain += text.slice(written, start.from) + '_'.repeat(to - start.from);
    written = to;
    bodies.set(start.from, { lines: inside, from: start.from, to });
    kept.push({ ...start, to, opensBlock: false, gaps: [] });
    at = end - 1;
  }
  if (bodies.size === 0) return readBlock(text);
  plain += text.slice(written);
  const statements = read(plain, kept, 0, plain.length);
  if (statements instanceof Unreadable) return readBlock(text);
  const used = { count: 0 };
  const result = statements.map(statement => withBodies(statement, text, bodies, used, true));
  return used.count === bodies.size ? { text, statements: result, problems: [] } : readBlock(text);
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
