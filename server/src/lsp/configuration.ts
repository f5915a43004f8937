// Reads settings from an editor's configuration, which may contain anything.
import * as l10n from '@vscode/l10n';
import {
  defaultSettings,
  type Language,
  languageSetting,
  languages,
  type Settings,
  sentences,
  settingTable,
  textOf,
  withValues,
} from '../core/index.ts';

/** Reads the section `flopline`. An invalid value is reported and replaced by the default. */
export function readSettings(section: unknown): {
  readonly settings: Settings;
  readonly complaints: readonly string[];
} {
  const values = new Map<string, unknown>();
  const complaints: string[] = [];
  for (const [key, { read, schema }] of [...settingTable, ['language', languageSetting] as const]) {
    const written = at(section, key);
    if (written === undefined || written === null) continue;
    const found = read(written);
    if ('value' in found) {
      if (settingTable.has(key)) values.set(key, found.value);
    } else {
      const used = l10n.t('The default is used: {0}.', JSON.stringify(schema.default));
      complaints.push(`flopline.${key}: ${sentences(textOf(found), used)}`);
    }
  }
  return { settings: withValues(defaultSettings, values), complaints };
}

/** The language that the section selects; undefined if it leaves that to the editor. */
export function readLanguage(section: unknown): Language | undefined {
  const found = languageSetting.read(at(section, 'language'));
  return 'value' in found ? languages.find(language => language === found.value) : undefined;
}

/** The value of `hints.enabled` in nested objects, as VS Code sends it, or under the dotted key, as some editors do. */
function at(section: unknown, path: string): unknown {
  if (typeof section !== 'object' || section === null) return undefined;
  if (Object.hasOwn(section, path)) return (section as Record<string, unknown>)[path];
  let value: unknown = section;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Record<string, unknown>)[name];
  }
  return value;
}
