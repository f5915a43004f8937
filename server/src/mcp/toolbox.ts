// The list of all tools, and how a tool is called.
import { setImmediate } from 'node:timers/promises';
import * as l10n from '@vscode/l10n';
import { pathOfUri, sentences, suggestion } from '../core/index.ts';
import { Access } from './access.ts';
import { complaint } from './schema.ts';
import type { Tool, Toolbox } from './tool.ts';
import { advise } from './tools/advise.ts';
import { apply } from './tools/apply.ts';
import { check } from './tools/check.ts';
import { diff } from './tools/diff.ts';
import { explain } from './tools/explain.ts';
import { report } from './tools/report.ts';
import { slim } from './tools/slim.ts';

/** In the order in which clients list them. */
const tools: readonly (() => Tool)[] = [report, explain, advise, apply, slim, diff, check];

/** `folders` may be read. If empty, the client names them; until it does, only the current folder. */
export function toolbox(folders: readonly string[], version: string): Toolbox {
  let access = new Access(folders.length > 0 ? folders : ['.']);
  const all = tools.map(tool => tool());
  return {
    version,
    instructions: l10n.t(
      'Flopline counts what neural networks cost (MACs, parameters, memory, shapes) from their source, exactly and without running them. Measure before you change a network (report), and after it (diff). For a cheaper network, do not guess: “advise” lists changes with their exact savings, “slim” reaches a budget, and “apply” makes one change with all references. Text that is not saved can be given as “text”.',
    ),
    tools: all,
    asksForRoots: folders.length === 0,
    setRoots: uris => {
      const paths = uris.flatMap(uri => (uri.startsWith('file:') ? (pathOfUri(uri) ?? []) : []));
      if (paths.length > 0) access = new Access(paths);
    },
    call: async (name, args, call) => {
      const tool = all.find(each => each.name === name);
      const names = all.map(each => each.name);
      if (!tool) return { refused: sentences(l10n.t('There is no tool “{0}”.', name), suggestion(name, names)) };
      const wrong = complaint(args, tool.input);
      if (wrong !== undefined) return { refused: wrong };
      return tool.run(args as never, { ...call, access, turn: () => setImmediate() });
    },
  };
}
