// The command line as data: what is asked for, or what is wrong with it.
import { parseArgs } from 'node:util';
import {
  type BudgetWish,
  bytesOf,
  conventionOf,
  conventions,
  type Dtype,
  defaultSettings,
  type InputSize,
  parseBudget,
  parseInput,
  type Settings,
  suggestion,
} from '../core/index.ts';

const outputFormats = ['table', 'json', 'markdown', 'csv'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export type Command =
  | { readonly kind: 'report'; readonly request: ReportRequest }
  | { readonly kind: 'advise'; readonly request: AdviseRequest }
  | { readonly kind: 'slim'; readonly request: SlimRequest }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string };

/** What every command is told. */
export interface SpecsRequest {
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly settings: Settings;
  /** The settings that the command line gives: they win over comments in a file. */
  readonly given: ReadonlySet<string>;
}

export interface ReportRequest extends SpecsRequest {
  readonly format: OutputFormat;
  readonly blocks: boolean;
}

export interface AdviseRequest extends SpecsRequest {
  readonly format: 'table' | 'json';
  /** The id of the advice that is to be followed. */
  readonly apply: string | undefined;
  /** Whether the change is shown instead of made. */
  readonly dryRun: boolean;
}

export interface SlimRequest extends SpecsRequest {
  readonly format: 'table' | 'json';
  readonly wishes: readonly BudgetWish[];
  readonly apply: boolean;
  /** Whether the change is shown instead of made. */
  readonly dryRun: boolean;
}

export const help = `Flopline shows what every line of a neural-network spec costs, and what makes it cheaper.

Usage
  flopline report FILE|FOLDER… [options]
  flopline advise FILE|FOLDER… [options]
  flopline advise FILE --apply ID [--dry-run] [options]
  flopline slim FILE|FOLDER --macs BUDGET [--params BUDGET] [--apply|--dry-run] [options]

Options
  --format NAME       table (default), json; for report markdown or csv too
  --input SIZE        input size without the batch, as in 3,320,320; by name with it, as in
                      image=1,3,320,320. Several: give the option again.
  --scale NAME        scale of a YOLO family: n, s, m, l, x
  --convention NAME   what is counted: ${conventions.map(({ name }) => name).join(', ')} (default macs)
  --dialect NAME      whose modules the rows mean, where formats are spelled alike: ultralytics, yolov12,
                      yolov13, yolov5, yolov7, yolov9, scaledyolov4, yolov5-face, yolov5-lite,
                      tph-yolov5; alexeyab, pjreddie
  --phase NAME        which layers of a Caffe network there are: TRAIN or TEST (default)
  --dtype NAME        number type that bytes are counted in: ${Object.keys(bytesOf).join(', ')} (default fp32)
  --batch N           samples at once, for peak memory (default 1); counts are for one sample
  --max-file-size N   files of more characters are not analysed (default ${defaultSettings.maxFileSize})
  --help, --version

report
  --blocks            adds what is inside each row

advise lists changes that make the network cheaper, each tried on the text; its price is the
difference of the totals.
  --apply ID          makes one of them in the file
  --dry-run           with --apply: prints a unified diff instead

slim looks for a few changes that bring the network within a budget.
  --macs BUDGET       as in 300M (at most), -30% (less than now), 1.2G
  --params BUDGET     as in 2M, -50%
  --apply             makes the changes in the file
  --dry-run           prints a unified diff

Folders are searched for specs; other files in them are skipped. What the command line sets wins
over “# flopline: …” comments in a file.

Exit code
  0  every file was read, and no spec has errors
  1  a spec has errors; a file could not be read, is too large or is not a spec; a setting could not
     be applied (a scale that the file does not have); a change is not offered; a budget is not
     reached, or a part of the network is not known, so nobody can say
  2  wrong usage: an unknown option, a path that does not exist, nothing there to read
`;

const common = {
  format: { type: 'string' },
  input: { type: 'string', multiple: true },
  scale: { type: 'string' },
  convention: { type: 'string' },
  dialect: { type: 'string' },
  phase: { type: 'string' },
  dtype: { type: 'string' },
  batch: { type: 'string' },
  'max-file-size': { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const commands = {
  report: { ...common, blocks: { type: 'boolean' } },
  advise: { ...common, apply: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  slim: {
    ...common,
    macs: { type: 'string' },
    params: { type: 'string' },
    apply: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
} as const;

type Name = keyof typeof commands;

export function parseCommand(argv: readonly string[]): Command {
  const args = argv.flatMap((argument, index) => {
    // A budget may begin with a minus, which would be an option.
    if (isBudgetValue(argv, index)) return [];
    return isBudgetValue(argv, index + 1) ? [`${argument}=${argv[index + 1]}`] : [argument];
  });
  const all = { ...commands.report, ...commands.slim, ...commands.advise };
  const loose = parseArgs({ args, options: all, allowPositionals: true, strict: false });
  const [command] = loose.positionals;
  if (loose.values.help || command === 'help') return { kind: 'help' };
  if (loose.values.version) return { kind: 'version' };
  switch (command) {
    case 'report':
      return parsed(args, 'report', (values, request) => {
        const format = outputFormats.find(name => name === (values.format ?? 'table'));
        if (!format)
          return wrong(`“${values.format}” is not an output format. Use one of ${outputFormats.join(', ')}.`);
        return { kind: 'report', request: { ...request, format, blocks: values.blocks ?? false } };
      });
    case 'advise':
      return parsed(args, 'advise', ({ format: wish, apply, 'dry-run': dryRun = false }, request) => {
        const format = formatOf(wish);
        if (!format) return wrong(`“${wish}” is not an output format of advise. Use table or json.`);
        if (dryRun && apply === undefined) return wrong('--dry-run shows one change. Name it with --apply ID.');
        if (apply !== undefined && request.paths.length > 1) return wrong('--apply changes one file. Name just one.');
        return { kind: 'advise', request: { ...request, format, apply, dryRun } };
      });
    case 'slim':
      return parsed(
        args,
        'slim',
        ({ format: wish, macs, params, apply = false, 'dry-run': dryRun = false }, request) => {
          const format = formatOf(wish);
          if (!format) return wrong(`“${wish}” is not an output format of slim. Use table or json.`);
          if (request.paths.length > 1) return wrong('slim works on one file or folder. Name just one.');
          const wishes: BudgetWish[] = [];
          for (const [metric, text] of [
            ['macs', macs],
            ['params', params],
          ] as const) {
            if (text === undefined) continue;
            const budget = parseBudget(text, metric);
            if (typeof budget === 'string') return wrong(budget);
            wishes.push(...budget);
          }
          if (wishes.length === 0) return wrong('slim needs a budget, as in --macs 300M, --macs -30% or --params 2M.');
          return { kind: 'slim', request: { ...request, format, wishes, apply, dryRun } };
        },
      );
    case undefined:
      return wrongOption(args, common) ?? wrong('Say what to do, as in “flopline report FILE”.');
    default:
      return wrong(`There is no command “${command}”.${suggestion(command, Object.keys(commands))}`);
  }
}

const isBudgetValue = (argv: readonly string[], index: number): boolean =>
  /^--(?:macs|params)$/.test(argv[index - 1] ?? '') && /^-\s*[\d.]/.test(argv[index] ?? '');

const formatOf = (wish = 'table'): 'table' | 'json' | undefined =>
  wish === 'table' || wish === 'json' ? wish : undefined;

type Options<N extends Name> = (typeof commands)[N];
type Values<N extends Name> = ReturnType<typeof parseArgs<{ options: Options<N>; allowPositionals: true }>>['values'];

function parsed<N extends Name>(
  args: string[],
  name: N,
  finish: (values: Values<N>, request: SpecsRequest) => Command,
): Command {
  const complaint = wrongOption(args, commands[name]);
  if (complaint) return complaint;
  const { values, positionals } = parseArgs({ args, options: commands[name] as Options<N>, allowPositionals: true });
  const paths = positionals.slice(1);
  if (paths.length === 0) return wrong(`Name at least one file or folder, as in “flopline ${name} network.yaml”.`);
  const settings = settingsOf(values as Values<Name>);
  if (typeof settings === 'string') return wrong(settings);
  return finish(values, { paths, settings, given: new Set(Object.keys(values)) });
}

/** What is wrong with the options, in words. */
function wrongOption(args: string[], options: typeof common): Command | undefined {
  try {
    parseArgs({ args, options, allowPositionals: true });
    return undefined;
  } catch (error) {
    // node:util says which option and why in its first sentence; the rest is about quoting.
    const message = error instanceof Error ? error.message.split(/\. |\n/)[0]! : String(error);
    const option = /'--?([\w-]+)/.exec(message)?.[1] ?? '';
    return wrong(`${message}.${suggestion(option, Object.keys(options))}`);
  }
}

/** Settings, or what is wrong with an option. */
function settingsOf(values: Values<Name>): Settings | string {
  const input: InputSize[] = [];
  for (const text of values.input ?? []) {
    const sizes = parseInput(text);
    if (!sizes) return inputComplaint(text);
    input.push(...sizes);
  }
  const convention = conventionOf(values.convention ?? defaultSettings.convention);
  if (!convention) {
    const names = conventions.map(({ name }) => name);
    return `“${values.convention}” is not a counting convention.${suggestion(values.convention!, names)} Use one of ${names.join(', ')}.`;
  }
  const dtype = values.dtype ?? defaultSettings.dtype;
  if (!Object.hasOwn(bytesOf, dtype)) {
    return `“${dtype}” is not a number type. Use one of ${Object.keys(bytesOf).join(', ')}.`;
  }
  const batch = Number(values.batch ?? 1);
  if (!Number.isInteger(batch) || batch < 1 || batch > 1e6) {
    return `“${values.batch}” is not a batch size. Write a whole number from 1 to 1,000,000, as in --batch 8.`;
  }
  const maxFileSize = Number(values['max-file-size'] ?? defaultSettings.maxFileSize);
  if (!Number.isInteger(maxFileSize) || maxFileSize < 1) {
    return `“${values['max-file-size']}” is not a file size. Write a number of characters, as in --max-file-size 5000000.`;
  }
  return {
    ...defaultSettings,
    maxFileSize,
    input,
    convention: convention.name,
    dtype: dtype as Dtype,
    batch,
    scale: values.scale,
    dialect: values.dialect,
    phase: values.phase,
  };
}

/** What is wrong with `--input`: sizes that are not numbers, or the whole way it is written. */
function inputComplaint(text: string): string {
  const how =
    'Write sizes without the batch, as in --input 3,224,224, or with a name and the batch, as in --input image=1,3,224,224.';
  const sizes = text.replace(/^[^=]*=/, '').split(/[,x×;]/);
  const odd = sizes.length > 1 ? sizes.find(size => !/^\s*\[?\s*0*[1-9]\d{0,8}\s*\]?\s*$/.test(size)) : undefined;
  const part = odd === undefined || odd.trim() === '' ? '' : ` “${odd.trim()}” is not a whole number ≥ 1.`;
  return `“${text}” is not an input size.${part} ${how}`;
}

function wrong(message: string): Command {
  return { kind: 'wrong', message };
}
