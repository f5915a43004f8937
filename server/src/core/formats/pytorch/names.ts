// What names of a program are, as far as its imports say it.

import { dottedName, nodesIn } from '../../program/syntax.ts';
import type { Expression, PythonTree } from '../../syntax/python/ast.ts';

export class Names {
  /** What a name stands for: `nn` is `torch.nn`. */
  readonly #imports = new Map<string, string>();
  /** Names that a star brings from `torch.nn`. */
  #hasStar = false;
  /** What the program defines itself. */
  readonly #own = new Set<string>();

  constructor({ chunks }: PythonTree) {
    for (const { block } of chunks) {
      for (const node of nodesIn(block.statements)) {
        if (node.kind === 'Import') {
          for (const { name, as } of node.names) {
            const [head] = name.split('.');
            this.#imports.set(as ?? head!, as === undefined ? head! : name);
          }
        } else if (node.kind === 'ImportFrom' && node.level === 0) {
          for (const { name, as } of node.names) {
            if (name !== '*') this.#imports.set(as ?? name, `${node.module}.${name}`);
            else if (node.module === 'torch.nn') this.#hasStar = true;
          }
        } else if (node.kind === 'ClassDef' || node.kind === 'FunctionDef') this.#own.add(node.name);
      }
    }
  }

  /** `torch.nn.Conv2d` for `nn.Conv2d`; undefined for what no import says. */
  resolved(expression: Expression): string | undefined {
    const dotted = dottedName(expression);
    if (dotted === undefined) return undefined;
    const [head, ...rest] = dotted.split('.');
    if (this.#own.has(head!)) return undefined;
    const stands = this.#imports.get(head!);
    if (stands !== undefined) return [stands, ...rest].join('.');
    return this.#hasStar && rest.length === 0 ? `torch.nn.${head}` : undefined;
  }

  /** How another class of `torch.nn` is written beside a name of one: `nn.Sequential` beside `nn.Conv2d`. */
  beside(callee: Expression, cls: string): string | undefined {
    const dotted = dottedName(callee);
    if (dotted === undefined) return undefined;
    const prefix = dotted.slice(0, dotted.lastIndexOf('.') + 1);
    const names = (of: string): string[] => [...this.#imports].flatMap(([name, full]) => (full === of ? [name] : []));
    if (prefix !== '' && callee.kind === 'Attribute' && this.resolved(callee.value) === 'torch.nn') return prefix + cls;
    const [own] = names(`torch.nn.${cls}`);
    if (own !== undefined) return own;
    const [nn] = names('torch.nn');
    if (nn !== undefined) return `${nn}.${cls}`;
    const [torch] = names('torch');
    if (torch !== undefined) return `${torch}.nn.${cls}`;
    return this.#hasStar && !this.#own.has(cls) ? cls : undefined;
  }
}
