// The settings for package.json and package.nls.json, and docs/settings.md.
import manifest from '../../package.json' with { type: 'json' };
import { clientSettings, commentKeys, type Setting, settingTable } from '../../server/src/core/index.ts';
import { notice, table } from './markdown.ts';

const all: readonly (readonly [string, Setting<unknown>])[] = [...settingTable, ...clientSettings].map(
  ([key, setting]) => [`flopline.${key}`, setting],
);

/** package.json with the settings in its `contributes.configuration`. */
export function manifestWithSettings(before: string): string {
  const manifest = JSON.parse(before);
  const properties = Object.fromEntries(all.map(([name, setting]) => [name, propertyOf(name, setting)]));
  const configuration = { title: 'Flopline', properties };
  // A key that is there already stays in its place.
  return `${JSON.stringify({ ...manifest, contributes: { ...manifest.contributes, configuration } }, null, 2)}\n`;
}

function propertyOf(name: string, { schema, values }: Setting<unknown>): object {
  return {
    ...schema,
    ...(values && { markdownEnumDescriptions: schema.enum!.map(value => `%${wordOf(name, value)}%`) }),
    markdownDescription: `%${wordOf(name)}%`,
  };
}

/** package.nls.json: the words that package.json refers to. */
export function manifestWords(): string {
  const words = all.flatMap(([name, setting]) => [
    [wordOf(name), docOf(name, setting)],
    ...(setting.values?.() ?? []).map((meaning, index) => [wordOf(name, setting.schema.enum![index]!), meaning]),
  ]);
  return `${JSON.stringify(Object.fromEntries(words), null, 2)}\n`;
}

/** The key of a setting's description, or of what one of its values means. */
function wordOf(name: string, value?: string): string {
  return value === undefined ? `${name}.description` : `${name}.values.${value || 'empty'}`;
}

function docOf(name: string, { doc, comment }: Setting<unknown>): string {
  if (comment === undefined) return doc();
  return `${doc()} A comment in the file takes precedence: \`# flopline: ${name.slice('flopline.'.length)}=${comment}\`.`;
}

export function settingsPage(): string {
  return `${[
    notice,
    '# Settings',
    table(
      ['Setting', 'Value', 'Default', 'Meaning'],
      all.map(([name, { schema, doc }]) => [
        `\`${name}\``,
        schema.enum?.map(valueText).join(', ') ?? schema.type,
        `\`${JSON.stringify(schema.default)}\``,
        doc(),
      ]),
    ),
    ...all.flatMap(([name, { schema, values }]) =>
      values
        ? [
            `## Values of ${name}`,
            table(
              ['Value', 'Meaning'],
              values().map((meaning, index) => [valueText(schema.enum![index]!), meaning]),
            ),
          ]
        : [],
    ),
    '## In the file itself',
    'A comment anywhere in a file sets one or more of these for that file: `# flopline: input=3,320,320 dtype=fp16`.',
    table(
      ['Setting', 'Comment', 'Command line'],
      commentKeys.map(key => {
        const { comment, option } = settingTable.get(key)!;
        return [`\`flopline.${key}\``, `\`# flopline: ${key}=${comment}\``, option ? `\`--${key} ${comment}\`` : ''];
      }),
    ),
    'The command line takes precedence over a comment, and a comment over the settings of the editor. `scale`, `dialect` and `phase` apply to some formats only: in other files, the setting is ignored, and a comment is reported.',
    'A comment `# flopline-ignore CODE` at the end of a line, or on its own line above it, silences the problem with that code on the line; without a code, all problems. `# flopline-ignore-file CODE` does the same for the whole file. Each problem shows its code, such as `dominant-layer`.',
    '## Commands',
    table(
      ['Command', 'Id'],
      manifest.contributes.commands.map(({ category, title, command }) => [`${category}: ${title}`, `\`${command}\``]),
    ),
  ].join('\n\n')}\n`;
}

function valueText(value: string): string {
  return value === '' ? 'empty' : `\`${value}\``;
}
