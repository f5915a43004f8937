// Names of rows and what `from` may speak of.
import type { Tensor } from '../../graph/graph.ts';
import { type Inputs, tensorsOf } from '../../graph/segment.ts';
import { type Entry, resolved, type YamlNode } from '../../syntax/tree.ts';
import { didYouMean, suggestion } from '../../text/spelling.ts';
import { described } from './expression.ts';
import type { Telling } from './telling.ts';
import type { Scope, Values } from './values.ts';

/** What hangs together in one list of rows: their outputs by position and by name, and the list around it. */
export class Names {
  readonly parent: Names | undefined;
  /** The rows themselves, to tell a later name from one that does not exist. */
  readonly list: readonly YamlNode[];
  readonly input: readonly Tensor[];
  readonly named = new Map<string, Inputs>();
  readonly rows: Inputs[] = [];
  /** Whether these are the rows of the network itself. */
  readonly isTop: boolean;

  constructor(parent: Names | undefined, list: readonly YamlNode[], input: readonly Tensor[], isTop = false) {
    this.parent = parent;
    this.list = list;
    this.input = input;
    this.isTop = isTop;
  }
}

export class References {
  readonly #values: Values;
  readonly #telling: Telling;
  /** What rows of the top list have read by reference, and the name that they gave themselves, since it was taken. */
  #taken: Taken = nothingTaken();

  constructor(values: Values, telling: Telling) {
    this.#values = values;
    this.#telling = telling;
  }

  /** What was read by reference since this was called last. */
  take(): Taken {
    const taken = this.#taken;
    this.#taken = nothingTaken();
    return taken;
  }

  /** The tensors that `from` speaks of; undefined where it speaks of nothing. Reports nothing. */
  find(node: YamlNode, names: Names, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] | undefined {
    const target = resolved(node);
    const found: Tensor[] = [];
    for (const item of target?.kind === 'sequence' ? target.items : [node]) {
      const tensors = this.#resolve(item, names, scope, flow, this.#values.quiet(), silent);
      if (!tensors) return undefined;
      found.push(...tensors);
    }
    return found;
  }

  /** The tensors that `from` speaks of, one unknown where it speaks of nothing, which is told. */
  of(node: YamlNode, names: Names, scope: Scope, flow: readonly Tensor[]): readonly Tensor[] {
    const target = resolved(node);
    const items = target?.kind === 'sequence' ? target.items : [node];
    const found: Tensor[] = [];
    for (const item of items) {
      found.push(
        ...(this.#resolve(item, names, scope, flow, this.#values, this.#tell) ??
          this.#telling.unknown('it reads a row that does not exist', [])),
      );
    }
    if (names.isTop) this.#taken.references.push({ node, found });
    return found;
  }

  /** Gives what a row hands on the name that the row has. */
  define(name: YamlNode | undefined, outputs: readonly Tensor[], names: Names): void {
    if (!name) return;
    const target = resolved(name);
    if (target?.kind !== 'scalar' || target.text === '') {
      this.#telling.tell(name, 'wrong-argument', 'A name is a word.');
    } else if (target.text === 'input' || target.text === 'previous') {
      this.#telling.tell(name, 'duplicate-name', `“${target.text}” has a meaning already. Use another name.`);
    } else {
      if (names.named.has(target.text)) {
        this.#telling.tell(
          name,
          'duplicate-name',
          `There is a row “${target.text}” above already. Give this one another name.`,
        );
      }
      names.named.set(target.text, outputs);
      if (names.isTop) this.#taken.name = target.text;
    }
  }

  readonly #tell: Tell = (node, code, message) => this.#telling.tell(node, code, message);

  #resolve(
    node: YamlNode,
    names: Names,
    scope: Scope,
    flow: readonly Tensor[],
    values: Values,
    tell: Tell,
  ): readonly Tensor[] | undefined {
    const target = resolved(node);
    const value = target?.kind === 'scalar' ? values.scalar(target, scope, flow, node) : null;
    if (value === undefined) return undefined;
    if (typeof value === 'number' && Number.isInteger(value) && value < 0) {
      const position = names.rows.length + value;
      if (position >= 0) return tensorsOf(names.rows[position]!);
      if (position === -1) return names.input;
      tell(
        node,
        'unknown-reference',
        `${-value} rows above this one is before the first row of this list. Use ${-names.rows.length - 1} at most, or a name.`,
      );
      return undefined;
    }
    if (typeof value !== 'string') {
      tell(
        node,
        'wrong-argument',
        `This is ${described(value)}, which names no row. Use the name of a row above, “input”, or −1 for the row above.`,
      );
      return undefined;
    }
    const found = this.#named(value, names, flow);
    if (found) return found;
    const piece = /^(.+)\.(\d{1,6})$/.exec(value);
    const whole = piece && this.#named(piece[1]!, names, flow);
    if (whole) {
      const part = whole[Number(piece[2])];
      if (part) return [part];
      // Where nothing is known about a row, neither is the number of its outputs.
      if (whole.some(({ node: at, shape }) => at.why !== undefined && shape === undefined)) return [whole[0]!];
      tell(
        node,
        'unknown-reference',
        `“${piece[1]}” outputs ${whole.length} tensor${whole.length === 1 ? '' : 's'}, counted from 0. Use ${whole.length === 1 ? `“${piece[1]}”` : `“${piece[1]}.${whole.length - 1}” at most`}.`,
      );
      return undefined;
    }
    if (tell !== silent) unknownReference(node, value, names, tell);
    return undefined;
  }

  #named(name: string, names: Names, flow: readonly Tensor[]): readonly Tensor[] | undefined {
    if (name === 'previous') return flow;
    for (let at: Names | undefined = names; at; at = at.parent) {
      if (at.isTop && at !== names) this.#taken.isFar = true;
      const found = at.named.get(name);
      if (found) return tensorsOf(found);
      if (!at.parent && name === 'input') return at.input;
    }
    return undefined;
  }
}

function unknownReference(node: YamlNode, name: string, names: Names, tell: Tell): void {
  const known = ['input'];
  let later = false;
  for (let at: Names | undefined = names; at; at = at.parent) {
    known.push(...at.named.keys());
    later ||= namesIn(at.list).has(name);
  }
  const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
  tell(
    node,
    'unknown-reference',
    later
      ? `“${shown}” comes later or is this row itself. A row can only read rows above it.`
      : `No row above is called “${shown}”.${suggestion(name, known)} ${didYouMean(name, known) ? '' : 'Give a row above this name with “name:”.'}`.trimEnd(),
  );
}

type Tell = (node: YamlNode, code: string, message: string) => void;

const silent: Tell = () => {};

interface Taken {
  readonly references: { readonly node: YamlNode; readonly found: readonly Tensor[] }[];
  name: string | undefined;
  /** Whether a row inside a row has read outside of it. */
  isFar: boolean;
}

function nothingTaken(): Taken {
  return { references: [], name: undefined, isFar: false };
}

/** How a row is called in hovers and reports: by its name, or by its operator and position. */
export function labelOf(name: YamlNode | undefined, type: string, index: number): string {
  const target = resolved(name);
  return target?.kind === 'scalar' && target.text !== '' ? target.text : `${type}.${index}`;
}

/** The names that rows of a list give themselves. */
function namesIn(list: readonly YamlNode[]): ReadonlySet<string> {
  const found = new Set<string>();
  const take = (entries: readonly Entry[]): void => {
    for (const { key, value } of entries) {
      const name = resolved(value);
      if (key.kind === 'scalar' && key.text === 'name' && name?.kind === 'scalar') found.add(name.text);
    }
  };
  for (const item of list) {
    const row = resolved(item);
    if (row?.kind !== 'mapping') continue;
    take(row.entries);
    for (const { value } of row.entries) {
      const attrs = resolved(value);
      if (attrs?.kind === 'mapping') take(attrs.entries);
    }
  }
  return found;
}
