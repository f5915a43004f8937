// docs/settings.md: what package.json offers to the editor.
import manifest from '../../package.json' with { type: 'json' };
import { pragmaKeys } from '../../server/src/core/text/pragma.ts';
import { notice, table } from './markdown.ts';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly description?: string;
  readonly markdownDescription?: string;
  readonly enum?: readonly string[];
  readonly enumDescriptions?: readonly string[];
}

export function settingsPage(): string {
  const properties = Object.entries(manifest.contributes.configuration.properties as Record<string, Property>);
  const chosen = properties.filter(([, { enumDescriptions }]) => enumDescriptions);
  return `${[
    notice,
    '# Settings',
    table(
      ['Setting', 'Value', 'Default', 'Meaning'],
      properties.map(([name, property]) => [
        `\`${name}\``,
        valuesOf(property),
        `\`${JSON.stringify(property.default)}\``,
        property.markdownDescription ?? property.description ?? '',
      ]),
    ),
    ...chosen.flatMap(([name, property]) => [
      `## Values of ${name}`,
      table(
        ['Value', 'Meaning'],
        property.enum!.map((value, index) => [`\`${value}\``, property.enumDescriptions![index]!]),
      ),
    ]),
    '## In the file itself',
    `A comment anywhere in a file sets ${pragmaKeys.map(key => `\`${key}\``).join(', ')} for this file, over the editor's settings: \`# flopline: input=3,320,320 dtype=fp16\`. The command line's options win over both.`,
    'A comment `# flopline-ignore CODE` behind a line, or on a line of its own above it, keeps the problem with that code from being told there; without a code, all of them. `# flopline-ignore-file CODE` does so for the whole file. The code stands behind each problem, as in `dominant-layer`.',
    '## Commands',
    table(
      ['Command', 'Id'],
      manifest.contributes.commands.map(({ category, title, command }) => [`${category}: ${title}`, `\`${command}\``]),
    ),
  ].join('\n\n')}\n`;
}

function valuesOf({ type, enum: values }: Property): string {
  return values ? values.map(value => (value === '' ? 'empty' : `\`${value}\``)).join(', ') : type;
}
