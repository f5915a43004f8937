// Generates the settings in package.json and package.nls.json, and docs/settings.md.
import * as l10n from '@vscode/l10n';
import manifest from '../../package.json' with { type: 'json' };
import {
  choiceKeys,
  clientSettings,
  commentKeys,
  isChoiceKey,
  type Language,
  type Setting,
  sentences,
  settingSections,
  settingTable,
} from '../../server/src/core/index.ts';
import { notice, table } from './markdown.ts';
import { speaking } from './speaking.ts';
import { walkthroughWords } from './walkthrough.ts';

const all: readonly (readonly [string, Setting<unknown>])[] = [...settingTable, ...clientSettings].map(
  ([key, setting]) => [`flopline.${key}`, setting],
);

/** package.json with the settings in its `contributes.configuration`. */
export function manifestWithSettings(before: string): string {
  const manifest = JSON.parse(before);
  const configuration = settingSections.map(({ id }, at) => ({
    id: `flopline.${id}`,
    title: `%${sectionWord(id)}%`,
    order: at + 1,
    properties: Object.fromEntries(
      all
        .filter(([name]) => sectionOf(name) === id)
        .map(([name, setting], order) => [name, { ...propertyOf(name, setting), order: order + 1 }]),
    ),
  }));
  // An existing key keeps its position.
  return `${JSON.stringify({ ...manifest, contributes: { ...manifest.contributes, configuration } }, null, 2)}\n`;
}

/** The section that a setting is in. */
function sectionOf(name: string): string {
  return settingSections.find(({ has }) => has(name.slice('flopline.'.length)))!.id;
}

const sectionWord = (id: string): string => `flopline.settings.${id}.title`;

function propertyOf(name: string, { schema, values }: Setting<unknown>): object {
  return {
    ...schema,
    // Choices can be set per folder.
    ...(isChoiceKey(name.slice('flopline.'.length)) && { scope: 'resource' }),
    ...(values && { markdownEnumDescriptions: schema.enum!.map(value => `%${wordOf(name, value)}%`) }),
    markdownDescription: `%${wordOf(name)}%`,
  };
}

/** package.nls.json and its translations: the texts that package.json refers to. */
export function manifestWords(language: Language = 'en'): string {
  return speaking(language, manifestWordsNow);
}

function manifestWordsNow(): string {
  const words = all.flatMap(([name, setting]) => [
    [wordOf(name), docOf(name, setting)],
    ...(setting.values?.() ?? []).map((meaning, index) => [wordOf(name, setting.schema.enum![index]!), meaning]),
  ]);
  const sections = settingSections.map(({ id, title }) => [sectionWord(id), title()]);
  return `${JSON.stringify(Object.fromEntries([...words, ...sections, ...titles(), ...walkthroughWords()]), null, 2)}\n`;
}

/** The values of `%key%` in package.json other than settings: titles of commands, views and menus. */
const titles = (): readonly (readonly [string, string])[] => [
  ['flopline.showMenu.title', l10n.t('Show Menu')],
  ['flopline.selectEntry.title', l10n.t('Select Network…')],
  ['flopline.selectInput.title', l10n.t('Set Input Size…')],
  ['flopline.selectScale.title', l10n.t('Select Scale…')],
  ['flopline.selectConvention.title', l10n.t('Select Counting Convention…')],
  ['flopline.selectWork.title', l10n.t('Select Inference or Training…')],
  ['flopline.selectDataType.title', l10n.t('Select Data Type…')],
  ['flopline.selectBatch.title', l10n.t('Set Batch Size…')],
  ['flopline.selectPhase.title', l10n.t('Select Phase…')],
  ['flopline.selectDialect.title', l10n.t('Select Dialect…')],
  ['flopline.insertLayerBelow.title', l10n.t('Insert Layer Below')],
  ['flopline.duplicateLayer.title', l10n.t('Duplicate Layer')],
  ['flopline.moveLayerUp.title', l10n.t('Move Layer Up')],
  ['flopline.moveLayerDown.title', l10n.t('Move Layer Down')],
  ['flopline.deleteLayer.title', l10n.t('Delete Layer')],
  ['flopline.makeCheaper.title', l10n.t('Make It Cheaper…')],
  ['flopline.openOverview.title', l10n.t('Open Overview')],
  ['flopline.compareWith.title', l10n.t('Compare With…')],
  ['flopline.showChanges.title', l10n.t('Show Changes')],
  ['flopline.copyReport.title', l10n.t('Copy Report as Markdown')],
  ['flopline.diagnose.title', l10n.t('Show How a Network Was Read')],
  ['flopline.toggleHints.title', l10n.t('Toggle Cost Hints')],
  ['flopline.restartServer.title', l10n.t('Restart Language Server')],
  ['flopline.refreshNetworks.title', l10n.t('Refresh Networks')],
  ['flopline.overview.name', l10n.t('Overview')],
  ['flopline.networks.name', l10n.t('Networks in This Workspace')],
  ['flopline.layerMenu.label', l10n.t('Flopline: Layer')],
  ['flopline.networkMenu.label', l10n.t('Flopline: Network')],
  ['flopline.saveAsFlopline.title', l10n.t('Save as Flopline YAML')],
  ['flopline.convertToPyTorch.title', l10n.t('Convert to PyTorch')],
  ['flopline.newNetwork.title', l10n.t('New Network…')],
  ['flopline.openExample.title', l10n.t('Open an Example…')],
  ['flopline.openWalkthrough.title', l10n.t('Get Started')],
  ['flopline.openSettings.title', l10n.t('Open Settings')],
];

/** A title, resolving `%key%`. */
function titleOf(title: string): string {
  return titles().find(([key]) => title === `%${key}%`)?.[1] ?? title;
}

/** The key for the description of a setting or of one of its values. */
function wordOf(name: string, value?: string): string {
  return value === undefined ? `${name}.description` : `${name}.values.${value || 'empty'}`;
}

function docOf(name: string, { doc, comment }: Setting<unknown>): string {
  if (comment === undefined) return doc();
  const written = `# flopline: ${name.slice('flopline.'.length)}=${comment}`;
  return sentences(doc(), l10n.t('A comment in the file takes precedence: `{0}`.', written));
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
    `${choiceKeys.map(key => `\`${key}\``).join(', ')} can be chosen for a single file. The first of these that sets a value takes precedence:`,
    [
      '1. the command line,',
      '2. a comment in the file,',
      '3. what was chosen for this file,',
      '4. the settings of the folder, the workspace and the user,',
      '5. the default: for input size, scale, dialect and phase, what the file says, or else the default of its framework.',
    ].join('\n'),
    'The menu of the status bar has a picker for each. It shows the totals with each value, and asks where the value applies: **This file** remembers it for the file alone and leaves the text and other files as they are. **Write it into the file** adds the comment. **This workspace** changes the setting. **Back to the default** removes the comment and what was chosen for the file; if a setting is in effect, it asks whether to keep the setting for other files. A file that is renamed or moved in the editor keeps its choices; a deleted one forgets them.',
    'An input size is checked against the file as you type. For an image, `320`, `320x320` and `3,320,320` are the same: one number is both height and width, two are height × width, three are channels, height and width. In Darknet files, where shapes are width × height × channels, two different numbers are refused as ambiguous. Set several inputs by name, as in `image=320;state=1,16`.',
    '### In other editors',
    [
      'The server asks for the section `flopline` of each open document with the document’s URI as `scopeUri` (`workspace/configuration`), so an editor can configure each file separately. Choices for single files take precedence over that. An editor sends them as plain data:',
      '',
      '- `initializationOptions.choices`: choices by URI, such as `{"file:///models/a.yaml": {"scale": "s", "input": "320"}}`. Keys and values are those of a comment; an empty string is the default, whatever the settings are.',
      '- the notification `flopline/didChangeChoices` with `{"choices": {…}}` in the same form: what is chosen for these files from now on, `{}` for nothing. Other files keep their choices. Hints, code lenses, problems and the outline are refreshed.',
      '',
      'Three requests help to build a picker. Each takes `{"textDocument": {"uri": …}}`:',
      '',
      '- `flopline/summary` returns, among other things, `choices`: for each, its possible values, the value in effect and its `origin` (`comment`, `file`, `settings` or `default`).',
      '- `flopline/outcome` with `key` and `value` (null for the default) returns the totals with that value, or why it is refused.',
      '- `flopline/choiceEdits` with `key` and `value` returns the edits that write it as a comment; null removes it.',
      '',
      'For networks in Python, `initializationOptions` take besides:',
      '',
      '- `python`: the environment that the editor uses, by its folder or its interpreter, for files whose settings name none; `isTrusted`: false reads no file outside of the workspace. The notification `flopline/didChangePython` changes both later.',
      '- `entryCommand`: the command run by the code lens that switches between the networks of a file. `inputCommand`: the command run by **Set input…**; it receives the URI, the network, and the range and text of an edit that inserts a comment for the person to complete. Without these commands, the lenses are not shown.',
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
      manifest.contributes.commands.map(({ category, title, command }) => [
        `${category}: ${titleOf(title)}`,
        `\`${command}\``,
      ]),
    ),
  ].join('\n\n')}\n`;
}

function valueText(value: string): string {
  return value === '' ? 'empty' : `\`${value}\``;
}
