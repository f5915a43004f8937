// An editor's configuration, which may hold anything, as settings.
import { bytesOf, conventions, type Dtype, defaultSettings, parseInput, type Settings } from '../core/index.ts';

/** Reads the section `flopline`. A value that cannot be used is told of and the default stands. */
export function readSettings(section: unknown): {
  readonly settings: Settings;
  readonly complaints: readonly string[];
} {
  const complaints: string[] = [];
  const read = <T>(path: string, fallback: T, parse: (value: unknown) => T | undefined): T => {
    const value = at(section, path);
    if (value === undefined || value === null) return fallback;
    const parsed = parse(value);
    if (parsed === undefined) {
      complaints.push(`flopline.${path} cannot be ${JSON.stringify(value)}; ${JSON.stringify(fallback)} is used.`);
      return fallback;
    }
    return parsed;
  };
  const { hints, codeLens, diagnostics } = defaultSettings;
  const { dominance, hugeActivation, unusedOutput } = diagnostics;
  const input = read('input', '', text);
  const sizes = input.trim() === '' ? [] : parseInput(input);
  if (!sizes) complaints.push(`flopline.input “${input}” is no input size; write sizes without the batch: 3,224,224.`);
  const settings: Settings = {
    convention: read(
      'convention',
      defaultSettings.convention,
      value => conventions.find(({ name }) => name === value)?.name,
    ),
    input: sizes ?? [],
    batch: read('batch', defaultSettings.batch, whole(1, 1e6)),
    dtype: read('dtype', defaultSettings.dtype, value =>
      typeof value === 'string' && Object.hasOwn(bytesOf, value) ? (value as Dtype) : undefined,
    ),
    scale: read('scale', '', text) || undefined,
    dialect: read('dialect', '', text) || undefined,
    phase: read('phase', '', text) || undefined,
    hints: {
      enabled: read('hints.enabled', hints.enabled, flag),
      template: read('hints.template', hints.template, text),
      costliest: read('hints.costliest', hints.costliest, whole(0, 1000)),
    },
    codeLens: { enabled: read('codeLens.enabled', codeLens.enabled, flag) },
    diagnostics: {
      dominance: {
        enabled: read('diagnostics.dominance.enabled', dominance.enabled, flag),
        threshold: read('diagnostics.dominance.threshold', dominance.threshold, between(0, 1)),
      },
      hugeActivation: {
        enabled: read('diagnostics.hugeActivation.enabled', hugeActivation.enabled, flag),
        threshold: read('diagnostics.hugeActivation.threshold', hugeActivation.threshold, between(0, Number.MAX_VALUE)),
      },
      unusedOutput: { enabled: read('diagnostics.unusedOutput.enabled', unusedOutput.enabled, flag) },
    },
    advice: Object.fromEntries(
      Object.entries(defaultSettings.advice).map(([piece, { enabled, threshold }]) => [
        piece,
        {
          enabled: read(`advice.${piece}.enabled`, enabled, flag),
          ...(threshold === undefined
            ? {}
            : { threshold: read(`advice.${piece}.threshold`, threshold, between(0, 1)) }),
        },
      ]),
    ),
    maxFileSize: read('maxFileSize', defaultSettings.maxFileSize, whole(0, Number.MAX_SAFE_INTEGER)),
  };
  return { settings, complaints };
}

/** `hints.enabled` in nested objects, as VS Code answers, or under the dotted name, as some editors send. */
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

const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
const flag = (value: unknown): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

function between(least: number, most: number): (value: unknown) => number | undefined {
  return value => (typeof value === 'number' && value >= least && value <= most ? value : undefined);
}

function whole(least: number, most: number): (value: unknown) => number | undefined {
  const inside = between(least, most);
  return value => (Number.isInteger(value) ? inside(value) : undefined);
}
