// Generates docs/modules.md: the modules for rows of YOLO files, by dialect.
import { dialects } from '../../server/src/core/formats/ultralytics/dialects/index.ts';
import type { AnyModule } from '../../server/src/core/formats/ultralytics/module.ts';
import { nn } from '../../server/src/core/formats/ultralytics/modules/nn.ts';
import type { PyValue } from '../../server/src/core/python/value.ts';
import type { Param, Since } from '../../server/src/core/torch/signature.ts';
import { link, notice, table } from './markdown.ts';

export function modulesPage(): string {
  const groups = [
    ...dialects.map(({ id, by, modules }) => ({
      title: `${by} (dialect ${id})`,
      modules: [...modules.values()],
    })),
    { title: 'PyTorch layers, in every dialect', modules: [...nn.values()] },
  ];
  return `${[
    notice,
    '# YOLO modules',
    'The modules that rows `[from, repeats, module, args]` of a YOLO file can use. Each is counted as its forward pass in evaluation mode, unfused. Parameters are in the order of the constructor; the ones that the framework fills in itself (`c1`, `n`, `ch`, and `reg_max` and `end2end` of heads) are not in the row.',
    groups.map(({ title, modules }) => `- ${link(title)}: ${modules.length} modules`).join('\n'),
    ...groups.flatMap(({ title, modules }) => [`## ${title}`, ...modules.map(section)]),
  ].join('\n\n')}\n`;
}

function section({ name, summary, since, params, many }: AnyModule): string {
  const list = Object.entries<Param>(params);
  const words = [summary(), ...(many ? ['Takes several inputs.'] : []), ...sinceOf(since)];
  const parts = [`### ${name}`, words.join(' ')];
  if (list.length > 0) {
    parts.push(
      table(
        ['Parameter', 'Value', 'Default', 'Meaning'],
        list.map(([key, param]) => [
          `\`${key}\``,
          kindOf(param),
          defaultOf(param),
          [param.doc(), ...sinceOf(param.since)].join(' '),
        ]),
      ),
    );
  }
  return parts.join('\n\n');
}

function sinceOf(since: Since | undefined): readonly string[] {
  return since === undefined ? [] : [since.before?.() ?? `Since ${since.by} ${since.version}.`];
}

const kinds: Readonly<Record<Param['kind'], string>> = {
  int: 'whole number',
  number: 'number',
  ints: 'whole number or [height, width]',
  boolean: 'True or False',
  text: 'text',
  any: 'any',
};

function kindOf({ kind, min }: Param): string {
  return min === undefined ? kinds[kind] : `${kinds[kind]} ≥ ${min}`;
}

function defaultOf({ default: value }: Param): string {
  return value === undefined ? '**required**' : `\`${python(value)}\``;
}

/** A value in Python syntax. */
function python(value: PyValue): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return `'${value}'`;
  return typeof value === 'object' ? `[${value.map(python).join(', ')}]` : String(value);
}
