// The command line as data: what is asked for, or what is wrong with it.
import { parseArgs } from 'node:util';
import {
  bytesOf,
  conventionOf,
  conventions,
  type Dtype,
  defaultSettings,
  type InputSize,
  parseInput,
  type Settings,
  suggestion,
} from '../core/index.ts';

export const outputFormats = ['table', 'json', 'markdown', 'csv'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export type Command =
  | { readonly kind: 'report'; readonly request: ReportRequest }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string };

export interface ReportRequest {
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly format: OutputFormat;
  readonly settings: Settings;
  /** The settings that the command line gives: they win over comments in a file. */
  readonly given: ReadonlySet<string>;
  readonly blocks: boolean;
}

export const help = `Flopline tells what every line of a neural-network spec costs.

Usage
  flopline report FILE|FOLDER… [options]

Options
  --format NAME       table (default), json, markdown or csv
  --input SIZE        input size without the batch, as in 3,320,320; by name with it, as in
                      image=1,3,320,320. Several: give the option again.
  --scale NAME        scale of a YOLO family: n, s, m, l, x
  --convention NAME   what is counted: ${conventions.map(({ name }) => name).join(', ')} (default macs)
  --dialect NAME      whose modules the rows mean, where formats are spelled alike: ultralytics, yolov5;
                      alexeyab, pjreddie
  --phase NAME        which layers of a Caffe network there are: TRAIN or TEST (default)
  --dtype NAME        number type that bytes are told in: ${Object.keys(bytesOf).join(', ')} (default fp32)
  --batch N           samples at once, for peak memory (default 1); counts are for one sample
  --blocks            rows with what is inside them
  --help, --version

Folders are searched for specs; other files are skipped. What the command line sets wins over
“# flopline: …” comments in a file.

Exit code: 0 when every file could be read, 1 when a spec has errors, 2 for wrong usage.
`;

const commands = ['report'] as const;

const options = {
  format: { type: 'string' },
  input: { type: 'string', multiple: true },
  scale: { type: 'string' },
  convention: { type: 'string' },
  dialect: { type: 'string' },
  phase: { type: 'string' },
  dtype: { type: 'string' },
  batch: { type: 'string' },
  blocks: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

export function parseCommand(argv: readonly string[]): Command {
  let parsed: ReturnType<typeof parse>;
  try {
    parsed = parse(argv);
  } catch (error) {
    // node:util says which option and why in its first sentence; the rest is about quoting.
    const message = error instanceof Error ? error.message.split(/\. |\n/)[0]! : String(error);
    const option = /'--?([\w-]+)/.exec(message)?.[1] ?? '';
    return wrong(`${message}.${suggestion(option, Object.keys(options))}`);
  }
  const { values, positionals } = parsed;
  if (values.help || positionals[0] === 'help') return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const [command, ...paths] = positionals;
  if (command === undefined) return wrong('Say what to do, as in “flopline report FILE”.');
  if (command !== 'report') return wrong(`There is no command “${command}”.${suggestion(command, commands)}`);
  if (paths.length === 0) return wrong('Name at least one file or folder, as in “flopline report network.yaml”.');

  const format = outputFormats.find(name => name === (values.format ?? 'table'));
  if (!format) {
    return wrong(`“${values.format}” is no output format. Use one of ${outputFormats.join(', ')}.`);
  }
  const settings = settingsOf(values);
  if (typeof settings === 'string') return wrong(settings);
  const given = new Set(Object.keys(values));
  return { kind: 'report', request: { paths, format, settings, given, blocks: values.blocks ?? false } };
}

function parse(argv: readonly string[]) {
  return parseArgs({ args: [...argv], options, allowPositionals: true });
}

/** Settings, or what is wrong with an option. */
function settingsOf(values: ReturnType<typeof parse>['values']): Settings | string {
  const input: InputSize[] = [];
  for (const text of values.input ?? []) {
    const sizes = parseInput(text);
    if (!sizes) return `“${text}” is no input size. Write sizes without the batch, as in --input 3,224,224.`;
    input.push(...sizes);
  }
  const convention = conventionOf(values.convention ?? defaultSettings.convention);
  if (!convention) {
    const names = conventions.map(({ name }) => name);
    return `“${values.convention}” is no counting convention.${suggestion(values.convention!, names)} Use one of ${names.join(', ')}.`;
  }
  const dtype = values.dtype ?? defaultSettings.dtype;
  if (!Object.hasOwn(bytesOf, dtype)) {
    return `“${dtype}” is no number type. Use one of ${Object.keys(bytesOf).join(', ')}.`;
  }
  const batch = Number(values.batch ?? 1);
  if (!Number.isInteger(batch) || batch < 1 || batch > 1e6) {
    return `“${values.batch}” is no batch size. Write a whole number from 1, as in --batch 8.`;
  }
  return {
    ...defaultSettings,
    input,
    convention: convention.name,
    dtype: dtype as Dtype,
    batch,
    scale: values.scale,
    dialect: values.dialect,
    phase: values.phase,
  };
}

function wrong(message: string): Command {
  return { kind: 'wrong', message };
}
