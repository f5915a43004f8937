// Reads a `flopline.yaml`. Never fails: a part that cannot be read is reported and then ignored.

import * as l10n from '@vscode/l10n';
import type { Files } from '../python/files.ts';
import { lookUp, resolved, type YamlNode } from '../syntax/tree.ts';
import { parseYaml } from '../syntax/yaml.ts';
import { foldersAbove, joined, parentOf } from '../text/folders.ts';
import type { Problem } from '../text/problem.ts';
import { sentences } from '../text/sentences.ts';
import { suggestion } from '../text/spelling.ts';
import { builtInDevices } from './devices.ts';
import type { Project, Rule } from './project.ts';
import { type Located, reportTo } from './shape.ts';
import { top } from './table.ts';

/** What the file is called, in the project's folder. */
export const projectFile = 'flopline.yaml';
/** How many parent folders are searched for it. */
const mostLevels = 32;

/** Reads a text as the project file at `path`. */
export function readProject(text: string, path: string): Project {
  const { value: root, problems: found } = parseYaml(text);
  const problems: Problem[] = [...found];
  const report = reportTo(problems);
  const written = (root && top.read(root, report, '')) ?? {};
  const folder = parentOf(path);
  const absolute = (named: Located<string> | undefined): Located<string> | undefined =>
    named && { ...named, value: joined(folder, named.value) };
  const { budgets = [], modules = new Map(), devices = new Map() } = written;
  const starts = startsIn(root);
  for (const { limits } of budgets) {
    const device = limits?.time?.device;
    if (!device || devices.has(device.value) || builtInDevices.has(device.value)) continue;
    const names = [...devices.keys(), ...builtInDevices.keys()];
    const message = l10n.t('There is no device “{0}” under `devices`.', device.value);
    const help =
      devices.size === 0
        ? l10n.t('Add it: {0}.', `\`devices: {${device.value}: {flops: {fp32: 10T}, bandwidth: 300GB/s}}\``)
        : sentences(suggestion(device.value, names), l10n.t('The devices are {0}.', names.join(', ')));
    report(device.range, 'unknown-device', message, { help });
  }
  return {
    path,
    text,
    root,
    problems,
    budgets,
    modules: new Map([...modules].map(([name, rule]) => [name, withFault(rule, starts, problems)])),
    devices,
    source: absolute(written.source),
    python: absolute(written.python),
  };
}

/** The offsets at which keys begin, at the top level and under `modules`. */
function startsIn(root: YamlNode | undefined): readonly number[] {
  const keys = (node: YamlNode | undefined): readonly number[] => {
    const target = resolved(node);
    return target?.kind === 'mapping' ? target.entries.map(({ key }) => key.from) : [];
  };
  return [...keys(root), ...keys(lookUp(root, 'modules'))];
}

/** Attaches the first error inside a rule to it: what is left of such a rule may mean something else. */
function withFault(rule: Located<Rule>, starts: readonly number[], problems: readonly Problem[]): Located<Rule> {
  const { from } = rule.range;
  const end = Math.min(...starts.filter(start => start > from), Number.POSITIVE_INFINITY);
  const fault = problems.find(({ range, severity }) => severity === 'error' && range.to > from && range.from < end);
  return fault ? { ...rule, value: { ...rule.value, fault } } : rule;
}

/** Problems for folders that the file names but that do not exist or cannot be read. */
export function missingFolders({ source, python }: Project, files: Files): readonly Problem[] {
  return [source, python].flatMap((named): Problem[] => {
    if (!named || files.isFolder(named.value) || files.read(named.value) !== undefined) return [];
    return [
      {
        range: named.range,
        severity: 'warning',
        code: 'missing-folder',
        message: l10n.t('The folder {0} does not exist, or may not be read.', named.value),
        help: l10n.t('A path is relative to the folder of `flopline.yaml`.'),
      },
    ];
  });
}

/** A cache of project files by path and text. */
export class Projects {
  readonly #known = new Map<string, Project>();

  /**
   * The project file that governs a file: the nearest one in the folders above, up to `last`, or else to its
   * repository.
   */
  of(path: string, files: Files, last?: string): Project | undefined {
    for (const folder of foldersAbove(parentOf(path), mostLevels)) {
      const at = joined(folder, projectFile);
      const text = files.read(at);
      if (text !== undefined) return this.read(text, at);
      if (folder === last || (last === undefined && files.list(folder).includes('.git'))) break;
    }
    return undefined;
  }

  read(text: string, path: string): Project {
    const known = this.#known.get(path);
    if (known?.text === text) return known;
    const project = readProject(text, path);
    this.#known.set(path, project);
    return project;
  }
}
