// Parses the command line into a command, or into a message that says what is wrong with it.
import { type ParseArgsConfig, parseArgs } from 'node:util';
import * as l10n from '@vscode/l10n';
import {
  type BudgetWish,
  type ConversionTarget,
  conversionTargets,
  defaultSettings,
  isChoice,
  languageOf,
  languages,
  linesOf,
  parseBudget,
  type Setting,
  type Settings,
  sentences,
  settingTable,
  suggestion,
  textOf,
  withValues,
} from '../core/index.ts';
import { isFolder } from './files.ts';

const outputFormats = ['table', 'json', 'markdown', 'csv'] as const;
export type OutputFormat = (typeof outputFormats)[number];

export type Command =
  | { readonly kind: 'report'; readonly request: ReportRequest }
  | { readonly kind: 'advise'; readonly request: AdviseRequest }
  | { readonly kind: 'slim'; readonly request: SlimRequest }
  | { readonly kind: 'convert'; readonly request: ConvertRequest }
  | { readonly kind: 'doctor'; readonly request: DoctorRequest }
  | { readonly kind: 'diff'; readonly request: DiffRequest }
  /** The folders that tools may read; if empty, the MCP client names them. */
  | { readonly kind: 'mcp'; readonly folders: readonly string[] }
  | { readonly kind: 'check'; readonly request: CheckRequest }
  | { readonly kind: 'help' }
  | { readonly kind: 'version' }
  | { readonly kind: 'wrong'; readonly message: string };

/** Options that every command has. */
export interface SpecsRequest {
  /** Files and folders. */
  readonly paths: readonly string[];
  readonly settings: Settings;
  /** The settings given on the command line: they override comments in a file. */
  readonly given: ReadonlySet<string>;
  /** The name for the path `-`, standard input; undefined if `-` is not among the paths. */
  readonly inputName?: string | undefined;
}

export interface ReportRequest extends SpecsRequest {
  readonly format: OutputFormat;
  readonly blocks: boolean;
  /** Whether to price the other networks of a Python file too. */
  readonly entries: boolean;
  /** Whether to print one line per file. */
  readonly summary: boolean;
  /** How many layers to show, costliest first; undefined shows all, in file order. */
  readonly top: number | undefined;
  /** Whether to show the memory that each network takes. */
  readonly memory: boolean;
}

export interface AdviseRequest extends SpecsRequest {
  readonly format: 'table' | 'json';
  /** The id of the advice to apply. */
  readonly apply: string | undefined;
  /** Whether to print the change instead of applying it. */
  readonly dryRun: boolean;
}

export interface SlimRequest extends SpecsRequest {
  readonly format: 'table' | 'json';
  readonly wishes: readonly BudgetWish[];
  /** Whether the scale in effect may change too. */
  readonly scales: boolean;
  readonly apply: boolean;
  /** Whether to print the change instead of applying it. */
  readonly dryRun: boolean;
}

export interface ConvertRequest extends SpecsRequest {
  readonly target: ConversionTarget;
  /** The file or folder to write to; undefined means standard output. */
  readonly output: string | undefined;
}

export interface DoctorRequest extends SpecsRequest {
  readonly format: 'table' | 'json';
}

export interface DiffRequest {
  /** All files read from disk. */
  readonly paths: readonly string[];
  readonly before: DiffSource;
  readonly after: DiffSource;
  readonly format: 'table' | 'json' | 'markdown';
  /** Whether to show unchanged layers too. */
  readonly all: boolean;
}

/** One side of a comparison. */
export interface DiffSource {
  readonly path: string;
  /** A revision of its git repository; undefined means the file on disk. */
  readonly revision: string | undefined;
  readonly settings: Settings;
  readonly given: ReadonlySet<string>;
}

const checkFormats = ['text', 'json', 'sarif', 'github', 'markdown'] as const;

export interface CheckRequest extends SpecsRequest {
  readonly format: (typeof checkFormats)[number];
}

/** What each exit code means; the README is generated from this. */
export const exitCodes = (): readonly (readonly [ExitCode, string])[] => [
  [0, l10n.t('every file was read and no spec has errors')],
  [
    1,
    l10n.t(
      'a spec has errors; a file is not a spec, could not be read or is too large; a setting could not be applied, such as a scale the file does not have; a change is not offered; a budget is not met, or cannot be checked because part of the network is unknown',
    ),
  ],
  [
    2,
    l10n.t(
      'wrong usage: an unknown option or value, a path that does not exist, a folder without specs, an unknown advice ID',
    ),
  ],
];

/** 0 all is well, 1 a spec has errors, could not be read or misses what was asked for, 2 wrong usage. */
export type ExitCode = 0 | 1 | 2;

export function help(): string {
  return l10n.t(
    `Flopline shows what every line of a neural-network spec costs, and how to make it cheaper.

Usage
  flopline report FILE|FOLDER… [options]
  flopline advise FILE|FOLDER… [options]
  flopline advise FILE --apply ID [--dry-run] [options]
  flopline slim FILE|FOLDER --macs BUDGET [--params BUDGET] [--apply|--dry-run] [options]
  flopline diff BEFORE AFTER [options]
  flopline diff --git REVISION FILE [options]
  flopline check [FILE|FOLDER…] [options]
  flopline convert FILE --to flopline|pytorch [--output FILE] [options]
  flopline doctor FILE [options]
  flopline mcp [FOLDER…]

Options
{0}

report
{1}

advise lists changes that make the network cheaper. Each has been tried on the file; its price is the
difference in totals.
{2}

slim searches for a few changes that bring the network within a budget.
{3}

diff compares two networks layer by layer, also of different formats. Layers are matched by name and
structure, so an inserted layer shifts nothing.
{5}

check holds networks against the budgets of flopline.yaml: those that the paths name, or all that the
nearest flopline.yaml has budgets for. Formats: text (default), json, sarif, github, markdown.

convert writes the network in Flopline YAML or as a PyTorch module. What is written is read back: it is
the same network, or it is refused with the layer that cannot be said.
{6}

doctor says how a Python file is read: which network and input, from which folders, with which files.

mcp serves these commands as tools to an agent (Model Context Protocol, over standard input and output).
Only files in the folders are read; by default those of the agent’s workspace.

Folders are searched for specs; other files in them are skipped. Options take precedence over
“# flopline: …” comments in a file.

Exit code
{4}
`,
    listed([
      [
        '--format NAME',
        l10n.t('Output format: table (default) or json; for report and diff, also markdown; for report, also csv.'),
      ],
      ...[...settable].map(([key, setting]): Line => [`--${optionOf(key)} ${setting.option}`, meaningOf(setting)]),
      [
        '--lang NAME',
        l10n.t('Language of the output: {0}. Default: LC_ALL, LC_MESSAGES or LANG.', languages.join(', ')),
      ],
      ['--no-source', l10n.t('Read YOLO files by Flopline’s own tables, whatever repository they lie in.')],
      ['--help, --version', ''],
    ]),
    listed([
      ['--blocks', l10n.t('Also show what is inside each row.')],
      ['--entries', l10n.t('Also price the other networks of a Python file.')],
      ['--memory', l10n.t('Also the memory of inference and of a training step, in the table and in JSON.')],
      ['--name FILE', l10n.t('What standard input is called, where a path is “-”, such as net.cfg.')],
      ['--summary', l10n.t('One line per file, without layers.')],
      ['--top N', l10n.t('Only the N costliest layers, the costliest first.')],
    ]),
    listed([
      ['--apply ID', l10n.t('Apply one of the changes to the file.')],
      ['--dry-run', l10n.t('With --apply: print a unified diff instead.')],
    ]),
    listed([
      ['--macs BUDGET', l10n.t('A limit such as 300M or 0.7x (of the cost now), or a reduction such as -30%.')],
      ['--params BUDGET', l10n.t('A limit such as 2M, or a reduction such as -50%.')],
      ['--scales', l10n.t('Also change the scale in effect: its depth, width and channel limit.')],
      ['--apply', l10n.t('Apply the changes to the file.')],
      ['--dry-run', l10n.t('Print a unified diff instead.')],
    ]),
    listed(
      exitCodes().map(([code, meaning]) => [String(code), meaning]),
      3,
    ),
    listed([
      ['--git REVISION', l10n.t('Compare FILE with what it was in this revision (HEAD, a branch, A..B).')],
      ['--before KEY=VALUE', l10n.t('An option for the first side alone, such as scale=n. Can be repeated.')],
      ['--after KEY=VALUE', l10n.t('The same for the second side. With either, one FILE can be both sides.')],
      ['--all', l10n.t('Also list the layers that are the same.')],
    ]),
    listed([
      ['--to NAME', l10n.t('The language: flopline or pytorch.')],
      ['-o, --output FILE', l10n.t('Write to this file, or to a file in this folder, instead of the terminal.')],
    ]),
  );
}

type Line = readonly [name: string, meaning: string];

/** Names with descriptions beside them. Names are ASCII and never translated, so their length is their width. */
function listed(lines: readonly Line[], column = 20): string {
  const gap = `\n${' '.repeat(column + 2)}`;
  return lines
    .map(([name, meaning]) => `  ${`${name} `.padEnd(column)}${linesOf(meaning, 98 - column).join(gap)}`.trimEnd())
    .join('\n');
}

/** The settings that have a command line option. */
const settable = new Map([...settingTable].filter(([, { option }]) => option));

function meaningOf({ doc, schema, default: value }: Setting<unknown>): string {
  return sentences(
    doc(),
    schema.enum && l10n.t('One of {0}.', schema.enum.filter(name => name !== '').join(', ')),
    schema.default === '' ? undefined : l10n.t('Default: {0}.', String(schema.default)),
    Array.isArray(value) ? l10n.t('Can be repeated.') : undefined,
  );
}

/** `maxFileSize` → `max-file-size`. */
function optionOf(key: string): string {
  return key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`);
}

const common = {
  format: { type: 'string' },
  lang: { type: 'string' },
  'no-source': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const;

const settingOptions: Readonly<Record<string, { readonly type: 'string'; readonly multiple: boolean }>> =
  Object.fromEntries(
    [...settable].map(([key, setting]) => [
      optionOf(key),
      { type: 'string', multiple: Array.isArray(setting.default) },
    ]),
  );

const commands = {
  report: {
    ...common,
    blocks: { type: 'boolean' },
    entries: { type: 'boolean' },
    memory: { type: 'boolean' },
    summary: { type: 'boolean' },
    top: { type: 'string' },
    name: { type: 'string' },
  },
  advise: { ...common, apply: { type: 'string' }, 'dry-run': { type: 'boolean' } },
  slim: {
    ...common,
    macs: { type: 'string' },
    params: { type: 'string' },
    scales: { type: 'boolean' },
    apply: { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  convert: {
    help: common.help,
    version: common.version,
    to: { type: 'string' },
    output: { type: 'string', short: 'o' },
  },
  doctor: common,
  check: common,
  diff: {
    ...common,
    git: { type: 'string' },
    before: { type: 'string', multiple: true },
    after: { type: 'string', multiple: true },
    all: { type: 'boolean' },
  },
  mcp: { lang: common.lang, help: common.help, version: common.version },
} as const;

type Name = keyof typeof commands;

/** The value of `--lang`, wherever it is: it is needed before any message about the other options. */
export function languageOption(argv: readonly string[]): string | undefined {
  const at = argv.findLastIndex(argument => argument === '--lang' || argument.startsWith('--lang='));
  return at < 0 ? undefined : argv[at] === '--lang' ? argv[at + 1] : argv[at]!.slice('--lang='.length);
}

export function parseCommand(argv: readonly string[]): Command {
  const args = argv.flatMap((argument, index) => {
    // A budget may start with a minus, and must not be taken for an option.
    if (isBudgetValue(argv, index)) return [];
    return isBudgetValue(argv, index + 1) ? [`${argument}=${argv[index + 1]}`] : [argument];
  });
  const all = {
    ...settingOptions,
    ...commands.report,
    ...commands.slim,
    ...commands.advise,
    ...commands.diff,
    ...commands.convert,
  };
  const loose = parseArgs({ args, options: all, allowPositionals: true, strict: false });
  const [command] = loose.positionals;
  const language = languageOption(argv);
  if (language !== undefined && languageOf(language) === undefined)
    return wrong(l10n.t('“{0}” is not a language of Flopline. Use one of {1}.', language, languages.join(', ')));
  if (loose.values.help || command === 'help') return { kind: 'help' };
  if (loose.values.version) return { kind: 'version' };
  switch (command) {
    case 'report':
      return parsed(args, 'report', (values, request) => {
        const format = outputFormats.find(name => name === (values.format ?? 'table'));
        if (!format)
          return wrong(
            l10n.t('“{0}” is not an output format. Use one of {1}.', String(values.format), outputFormats.join(', ')),
          );
        const { blocks = false, entries = false, memory = false, summary = false, top } = values;
        if (top !== undefined && !/^[1-9]\d{0,8}$/.test(top))
          return wrong(l10n.t('“{0}” is not a number of layers.', top));
        if (summary && (blocks || top !== undefined))
          return wrong(l10n.t('--summary shows no layers. Leave out --blocks and --top.'));
        if (summary && entries) return wrong(l10n.t('--summary shows one network per file. Leave out --entries.'));
        if (memory && (summary || format === 'csv' || format === 'markdown'))
          return wrong('--memory is for the table and for JSON. Leave out --summary and other formats.');
        const limit = top === undefined ? undefined : Number(top);
        const inputName = values.name;
        const inputs = request.paths.filter(path => path === '-').length;
        if (inputs > 1) return wrong(l10n.t('Standard input (-) can be read once.'));
        if ((inputs === 1) !== (inputName !== undefined))
          return wrong(l10n.t('Standard input (-) and --name FILE go together: its name says what it is.'));
        return {
          kind: 'report',
          request: { ...request, inputName, format, blocks, entries, summary, memory, top: limit },
        };
      });
    case 'advise':
      return parsed(args, 'advise', ({ format: wish, apply, 'dry-run': dryRun = false }, request) => {
        const format = formatOf(wish);
        if (!format) return wrong(l10n.t('“{0}” is not an output format of advise. Use table or json.', String(wish)));
        if (dryRun && apply === undefined) return wrong(l10n.t('--dry-run shows one change. Name it with --apply ID.'));
        if (apply !== undefined && request.paths.length > 1)
          return wrong(l10n.t('--apply changes one file. Name just one.'));
        return { kind: 'advise', request: { ...request, format, apply, dryRun } };
      });
    case 'slim':
      return parsed(
        args,
        'slim',
        ({ format: wish, macs, params, scales = false, apply = false, 'dry-run': dryRun = false }, request) => {
          const format = formatOf(wish);
          if (!format) return wrong(l10n.t('“{0}” is not an output format of slim. Use table or json.', String(wish)));
          if (request.paths.length > 1) return wrong(l10n.t('slim works on one file or folder. Name just one.'));
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
          if (wishes.length === 0)
            return wrong(l10n.t('slim needs a budget, as in --macs 300M, --macs -30% or --params 2M.'));
          return { kind: 'slim', request: { ...request, format, wishes, scales, apply, dryRun } };
        },
      );
    case 'convert':
      return parsed(args, 'convert', ({ to, output }, request) => {
        const target = conversionTargets.find(name => name === to);
        if (!target)
          return wrong(
            to === undefined
              ? l10n.t('Say the language, as in --to flopline or --to pytorch.')
              : l10n.t('“{0}” is not a language that convert writes. Use flopline or pytorch.', String(to)),
          );
        if (request.paths.length > 1) return wrong(l10n.t('convert writes one network. Name just one file.'));
        return { kind: 'convert', request: { ...request, target, output } };
      });
    case 'doctor':
      return parsed(args, 'doctor', ({ format: wish }, request) => {
        const format = formatOf(wish);
        if (!format) return wrong(l10n.t('“{0}” is not an output format of doctor. Use table or json.', String(wish)));
        return { kind: 'doctor', request: { ...request, format } };
      });
    case 'diff':
      return parsed(args, 'diff', diffCommand);
    case 'mcp':
      return mcpCommand(args);
    case 'check':
      return parsed(args, 'check', checkCommand);
    case undefined:
      return (
        wrongOption(args, { ...settingOptions, ...common }) ??
        wrong(l10n.t('Say what to do, as in “flopline report FILE”.'))
      );
    default:
      return wrong(
        sentences(l10n.t('There is no command “{0}”.', command), suggestion(command, Object.keys(commands))),
      );
  }
}

function mcpCommand(args: string[]): Command {
  const complaint = wrongOption(args, commands.mcp);
  if (complaint) return complaint;
  const folders = parseArgs({ args, options: commands.mcp, allowPositionals: true }).positionals.slice(1);
  const wrongOne = folders.find(folder => !isFolder(folder));
  return wrongOne === undefined ? { kind: 'mcp', folders } : wrong(l10n.t('“{0}” is not a folder.', wrongOne));
}

/** Options that a budget determines itself. */
const ofBudgets = ['input', 'inputs', 'scale', 'entry', 'dtype', 'convention', 'batch', 'work'] as const;

function checkCommand({ format: wish = 'text' }: Values<'check'>, request: SpecsRequest): Command {
  const format = checkFormats.find(name => name === wish);
  if (!format)
    return wrong(
      l10n.t('“{0}” is not an output format of check. Use one of {1}.', String(wish), checkFormats.join(', ')),
    );
  const option = ofBudgets.find(key => request.given.has(key));
  if (option)
    return wrong(l10n.t('check has no --{0}: the budgets in flopline.yaml, or else the files, say it.', option));
  return { kind: 'check', request: { ...request, format } };
}

/** Compares two files, or two revisions of one file. */
function diffCommand(values: Values<'diff'>, { paths }: SpecsRequest): Command {
  const { format: wish = 'table', git, before = [], after = [], all = false, ...shared } = values;
  const format = (['table', 'json', 'markdown'] as const).find(name => name === wish);
  if (!format)
    return wrong(l10n.t('“{0}” is not an output format of diff. Use table, json or markdown.', String(wish)));
  const own = [sideOptions('before', before), sideOptions('after', after)] as const;
  for (const found of own) if (typeof found === 'string') return wrong(found);
  const [first = '', second = first, ...others] = paths;
  const mayBeOne = git !== undefined || before.length > 0 || after.length > 0;
  if (paths.length === 1 && !mayBeOne)
    return wrong(
      l10n.t('diff compares two networks. Name two files, or one with --git REVISION, --before or --after.'),
    );
  if (git !== undefined && paths.length > 1)
    return wrong(l10n.t('--git compares one file with itself. Name just one.'));
  if (others.length > 0) return wrong(l10n.t('diff compares two networks. Name just two files.'));
  const revisions = git?.split('..', 2) ?? [];
  if (git !== undefined && (git.startsWith('-') || revisions.includes('') || git.includes('...')))
    return wrong(l10n.t('“{0}” is not a revision, or two such as main..HEAD.', git));
  const sides: DiffSource[] = [];
  for (const [at, path] of [first, second].entries()) {
    const options = { ...shared, ...(own[at] as Readonly<Record<string, unknown>>) };
    const settings = settingsOf(options);
    if (typeof settings === 'string') return wrong(settings);
    sides.push({ path, revision: revisions[at], settings, given: new Set(Object.keys(options)) });
  }
  const [old, now] = sides as [DiffSource, DiffSource];
  return { kind: 'diff', request: { paths, before: old, after: now, format, all } };
}

/** The options of `--before scale=n` and the like, or an error message. */
function sideOptions(side: 'before' | 'after', written: readonly string[]): Readonly<Record<string, unknown>> | string {
  const options: Record<string, unknown> = {};
  for (const each of written) {
    const [, key = '', value = ''] = /^\s*([\w-]+)\s*=(.*)$/s.exec(each) ?? [];
    const option = settingOptions[key];
    if (key === '') return l10n.t('“{0}” is not KEY=VALUE, as in {1} scale=n.', each, `--${side}`);
    if (!option)
      return sentences(l10n.t('“{0}” cannot be set for one side.', key), suggestion(key, Object.keys(settingOptions)));
    options[key] = option.multiple ? [...((options[key] as string[]) ?? []), value] : value;
  }
  return options;
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
  const options = { ...settingOptions, ...(commands[name] as Options<N>) };
  const complaint = wrongOption(args, options);
  if (complaint) return complaint;
  const { values, positionals } = parseArgs({ args, options, allowPositionals: true });
  const paths = positionals.slice(1);
  if (paths.length === 0 && name !== 'check')
    return wrong(l10n.t('Name at least one file or folder, as in “flopline {0} network.yaml”.', name));
  const settings = settingsOf(values);
  if (typeof settings === 'string') return wrong(settings);
  const asked = 'no-source' in values && values['no-source'] ? { ...settings, repository: false } : settings;
  return finish(values, { paths, settings: asked, given: new Set(Object.keys(values)) });
}

/** The error message for invalid options. */
function wrongOption(args: string[], options: NonNullable<ParseArgsConfig['options']>): Command | undefined {
  try {
    parseArgs({ args, options, allowPositionals: true });
    return undefined;
  } catch (error) {
    return wrong(optionComplaint(error, options));
  }
}

/** The error of node:util's parser in the current language: the first sentence of the original names the option. */
function optionComplaint(error: unknown, options: NonNullable<ParseArgsConfig['options']>): string {
  const { code, message } = error as Error & { readonly code?: string };
  const first = message.split(/\. |\n/)[0]!;
  const option = /'(?:-\w, )?(--?[\w-]+)/.exec(first)?.[1];
  const name = option?.replace(/^-+/, '') ?? '';
  if (option === undefined) return first;
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION')
    return sentences(l10n.t('Unknown option “{0}”.', option), suggestion(name, Object.keys(options)));
  if (code === 'ERR_PARSE_ARGS_INVALID_OPTION_VALUE')
    return options[name]?.type === 'boolean'
      ? l10n.t('The option “{0}” takes no value.', option)
      : l10n.t('The option “{0}” needs a value.', option);
  return first;
}

/** The settings, or an error message. */
function settingsOf(options: Readonly<Record<string, unknown>>): Settings | string {
  const values = new Map<string, unknown>();
  for (const [key, { read, default: value }] of settable) {
    const written = options[optionOf(key)];
    if (written === undefined) continue;
    const parts: unknown[] = [];
    for (const part of [written].flat()) {
      const found = read(part);
      // Valid scales, dialects and phases depend on the file.
      if ('message' in found && !isChoice(key)) return textOf(found);
      parts.push('value' in found ? found.value : part);
    }
    values.set(key, Array.isArray(value) ? parts.flat() : parts[0]);
  }
  return withValues(defaultSettings, values);
}

function wrong(message: string): Command {
  return { kind: 'wrong', message };
}
