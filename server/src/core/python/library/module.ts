// How the modules of the standard library are made.
import * as l10n from '@vscode/l10n';
import type { Reason } from '../../text/reason.ts';
import { notSupported, unsupported } from '../builtins/limits.ts';
import type { Machine } from '../machine.ts';
import { native } from '../native.ts';
import { type Native, PyModule, type Value } from '../objects.ts';

export type Module = (machine: Machine) => PyModule;
type Members = Readonly<Record<string, Value>>;

/** A module of natives and constants. A name that it lacks is unknown: the real module may have it. */
export function moduleOf(
  name: string,
  members: (machine: Machine) => readonly (Members | readonly Native[])[],
): Module {
  return machine => {
    const module = new PyModule(name);
    for (const part of members(machine)) {
      if (Array.isArray(part)) {
        for (const fn of part as readonly Native[]) {
          fn.isStatic = true;
          module.dict.set(fn.name, fn);
        }
      } else for (const [key, value] of Object.entries(part)) module.dict.set(key, value);
    }
    module.lazy = key => (key.startsWith('__') ? undefined : unsupported(machine, `${name}.${key}`));
    return module;
  };
}

/** A module nothing of which can be known without running the program: what is called or read there is unknown. */
export function unknownModule(name: string, why?: () => string): Module {
  return machine => {
    const module = new PyModule(name);
    module.lazy = key =>
      key.startsWith('__') ? undefined : why ? machine.unknown(why()) : unsupported(machine, `${name}.${key}`);
    return module;
  };
}

/** Functions that do nothing here, and give nothing back. */
export function quiet(...names: readonly string[]): readonly Native[] {
  return names.map(name => native(name, '*args, **kwargs', () => null));
}

/** Functions whose results differ from run to run. */
export function varying(module: string, ...names: readonly string[]): readonly Native[] {
  return unknownResults(names, name => {
    return { message: l10n.t('The result of {0} differs from run to run', `${module}.${name}()`) };
  });
}

/** Functions that are known, but not computed. */
export function missing(module: string, ...names: readonly string[]): readonly Native[] {
  return unknownResults(names, name => notSupported(`${module}.${name}()`));
}

/** The reason is said once: a program may call them a hundred thousand times. */
function unknownResults(names: readonly string[], why: (name: string) => Reason): readonly Native[] {
  return names.map(name => {
    let reason: Reason | undefined;
    return native(name, '*args, **kwargs', (_, machine) => {
      reason ??= why(name);
      return machine.unknown(reason);
    });
  });
}
