// Imports that cannot be found, and what stands for them.
import * as l10n from '@vscode/l10n';
import { libraryModules } from '../library/index.ts';
import type { Machine } from '../machine.ts';
import { type ImportKind, Unknown } from '../objects.ts';
import type { ImportMissing } from './interpreter.ts';

/** What stands for imports that cannot be found. */
export class MissingImports {
  readonly #machine: Machine;
  readonly #unknowns = new Map<string, Unknown>();
  /** What stands for the names that modules known in part may have. */
  readonly #partial = new Set<Unknown>();
  /** One for each package, or part of a library. */
  readonly missing: ImportMissing[] = [];
  /** All of them. */
  readonly all: ImportMissing[] = [];

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  /** In what it keeps them. */
  get books(): readonly object[] {
    return [this.#unknowns, this.#partial, this.missing, this.all];
  }

  import(name: string, kind = importKind(name)): Unknown {
    let unknown = this.#unknowns.get(name);
    if (!unknown) {
      const top = name.split('.')[0]!;
      const message = l10n.t('“{0}” cannot be found', name);
      const place = this.#machine.place();
      unknown = new Unknown({ message, short: message }, place, kind);
      this.#unknowns.set(name, unknown);
      const isOfLibrary = libraryModules.has(top) || this.#machine.options.natives.has(top);
      const missing = { name, place, reason: unknown.reason, isOfLibrary };
      this.all.push(missing);
      if (!this.missing.some(each => each.name === top || each.name === name)) this.missing.push(missing);
    }
    return unknown;
  }

  /** What stands for the names of a module that is known in part. */
  partOf(name: string): Unknown {
    const message = l10n.t('“{0}” is known in part', name);
    const rest = new Unknown({ message, short: message }, undefined, 'name');
    this.#unknowns.set(name, rest);
    this.#partial.add(rest);
    return rest;
  }

  /** An attribute of a module that was not found: with an identity of its own. */
  member(parent: Unknown, name: string): Unknown {
    for (const [known, unknown] of this.#unknowns) {
      if (unknown !== parent) continue;
      const full = `${known}.${name}`;
      if (this.#partial.has(parent)) return this.import(full);
      let member = this.#unknowns.get(full);
      if (!member) {
        member = new Unknown(parent.reason, parent.place, importKind(name));
        this.#unknowns.set(full, member);
      }
      return member;
    }
    return parent;
  }

  isRegistry(callee: Unknown): boolean {
    for (const [name, unknown] of this.#unknowns) {
      if (unknown === callee) return /register/i.test(name.slice(name.lastIndexOf('.') + 1));
    }
    return false;
  }
}

/** By its last name: `torchvision.extension._HAS_OPS`, `__version__`. */
function importKind(name: string): ImportKind {
  if (/(?:^|\.)(?:__\w+__|_*[A-Z][A-Z0-9_]*_[A-Z0-9_]*)$/.test(name)) return 'constant';
  return /(?:^|\.)_*[A-Z]\w*$/.test(name) ? 'class' : 'name';
}
