// The settings for package.json and package.nls.json, and docs/settings.md.
import manifest from '../../package.json' with { type: 'json' };
import {
  choiceKeys,
  clientSettings,
  commentKeys,
  isChoiceKey,
  type Setting,
  settingTable,
} from '../../server/src/core/index.ts';
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
    // Choices may differ from folder to folder.
    ...(isChoiceKey(name.slice('flopline.'.length)) && { scope: 'resource' }),
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
    '## Choices per file',
    `${choiceKeys.map(key => `\`${key}\``).join(', ')} are choices. For each of them, the first of these that says something takes precedence:`,
    [
      '1. the command line,',
      '2. a comment in the file,',
      '3. what was chosen for this file,',
      '4. the settings of the folder, the workspace and the user,',
      '5. the default: for input size, scale, dialect and phase, what the file says or its framework takes.',
    ].join('\n'),
    'The menu of the status bar has a picker for each. It shows the totals that every value would give, and asks where the value applies: **This file** remembers it under the file’s address and changes nothing else. **Write it into the file** writes the comment. **This workspace** changes the setting. **Back to the default** removes the comment and what was chosen for the file. A file that is renamed or moved in the editor keeps its choices; a deleted one forgets them.',
    'What is typed as an input size is checked against the file. For an image, `320`, `320x320` and `3,320,320` are the same: one number is height and width, two are height × width, three are channels, height and width. In Darknet files, where images are written width × height, two different numbers are refused as ambiguous. Several inputs are set by name, as in `image=320;state=1,16`.',
    '### In any editor',
    [
      'The server asks for the section `flopline` of each open document with its address (`workspace/configuration` with `scopeUri`), so an editor can answer differently for each file. What was chosen for a file is a layer of its own above that, which an editor sends as plain data:',
      '',
      '- `initializationOptions.choices`: an object from addresses to choices, `{"file:///models/a.yaml": {"scale": "s", "input": "320"}}`. Keys and values are those of a comment; an empty string is the file’s own value, whatever the settings say.',
      '- the notification `flopline/didChangeChoices` with `{"choices": {…}}` of the same form: the choices of these files now, `{}` for none. Other files keep theirs. Hints, lenses, problems and outline follow.',
      '',
      'The request `flopline/summary` (`{"textDocument": {"uri": …}}`) answers with the `choices` of a file: what can be chosen, what is in effect and its `origin` (`comment`, `file`, `settings` or `default`). `flopline/outcome` (with `key` and `value`, null for the default) answers with the totals that a value would give, or why it is refused. `flopline/choiceEdits` answers with the edits that write it into the file.',
    ].join('\n'),
    '## In the file itself',
    'A comment anywhere in a file sets one or more of these for that file: `# flopline: input=3,320,320 dtype=fp16`.',
    table(
      ['Setting', 'Comment', 'Command line'],
      commentKeys.map(key => {
        const { comment, option } = settingTable.get(key)!;
        return [`\`flopline.${key}\``, `\`# flopline: ${key}=${comment}\``, option ? `\`--${key} ${comment}\`` : ''];
      }),
    ),
    '`scale`, `dialect` and `phase` apply to some formats only: in other files, the setting is ignored, and a comment is reported. A size that does not fit the network is reported and not used.',
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
