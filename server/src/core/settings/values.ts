// Builds the settings object from values by key.
import type { Settings } from './settings.ts';
import { settingTable } from './table.ts';

/** A copy of the settings with other values at some keys, such as `hints.enabled`. */
export function withValues(settings: Settings, values: ReadonlyMap<string, unknown>): Settings {
  let changed: object = settings;
  for (const [key, value] of values) changed = placed(changed, key.split('.'), value);
  return changed as Settings;
}

function placed(node: object, [name, ...rest]: readonly string[], value: unknown): object {
  const inner = (node as Record<string, object | undefined>)[name!] ?? {};
  return { ...node, [name!]: rest.length === 0 ? value : placed(inner, rest, value) };
}

/** Complete, because the table has a typed default for every key. */
export const defaultSettings: Settings = withValues(
  { chosen: {} } as Settings,
  new Map([...settingTable].map(([key, setting]) => [key, setting.default])),
);
