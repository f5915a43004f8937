// `string`, `textwrap`, `ast`, `importlib`, `__future__`, `packaging.version` and other small modules.
import * as l10n from '@vscode/l10n';
import { textOf } from '../builtins/conversions.ts';
import { unsupported } from '../builtins/limits.ts';
import { stringText } from '../builtins/text.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps, strict } from '../native.ts';
import {
  type Native,
  notImplemented,
  type PyClass,
  PyInstance,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { missing, moduleOf } from './module.ts';

const lower = 'abcdefghijklmnopqrstuvwxyz';
const upper = lower.toUpperCase();
const punctuation = '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~';

export const string = moduleOf('string', () => [
  {
    ascii_lowercase: lower,
    ascii_uppercase: upper,
    ascii_letters: lower + upper,
    digits: '0123456789',
    hexdigits: '0123456789abcdefABCDEF',
    octdigits: '01234567',
    punctuation,
    whitespace: ' \t\n\r\x0b\x0c',
    printable: `0123456789${lower}${upper}${punctuation} \t\n\r\x0b\x0c`,
  },
  missing('string', 'Template', 'Formatter', 'capwords'),
]);

export const textwrap = moduleOf('textwrap', () => [
  [
    strict('dedent', 'text', ([value]) => {
      const lines = (textOf(value!) ?? '').replace(/^[ \t]+$/gm, '').split('\n');
      const margins = lines.filter(line => line.trim() !== '').map(line => /^[ \t]*/.exec(line)![0]);
      let margin = margins[0] ?? '';
      for (const other of margins) while (!other.startsWith(margin)) margin = margin.slice(0, -1);
      return lines.map(line => (line.startsWith(margin) ? line.slice(margin.length) : line)).join('\n');
    }),
  ],
  missing('textwrap', 'indent', 'wrap', 'fill', 'shorten', 'TextWrapper'),
]);

export const ast = moduleOf('ast', () => [
  [
    nativeSteps('literal_eval', 'node_or_string', function* ([node], machine) {
      if (node instanceof Unknown) return node;
      const text = textOf(node!);
      if (text === undefined) return machine.unknown('ast.literal_eval()');
      return yield* literal(text, machine);
    }),
  ],
  missing('ast', 'parse', 'dump', 'walk', 'NodeVisitor', 'NodeTransformer', 'unparse'),
]);

const constants: ReadonlyMap<string, Value> = new Map([
  ['None', null],
  ['True', true],
  ['False', false],
]);

/** The value of a literal; other expressions raise ValueError. */
function* literal(text: string, machine: Machine): Steps {
  const constant = constants.get(text);
  if (constant !== undefined) return constant;
  // Names and calls are refused before anything of them could run.
  const bare = text
    .replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, "''")
    .replace(/\b(?:None|True|False|set\(\))/g, '0');
  if (
    /(?<![\d.])\b(?!0[xXoObB])[A-Za-z_]\w*/.test(
      bare.replace(/\b[rbuRBU]{1,2}(?='')/g, '').replace(/\d[\deE_.jJ]*[+-]?/g, '0'),
    )
  ) {
    throw machine.raise('ValueError', `malformed node or string: ${text.slice(0, 80)}`);
  }
  return yield* machine.evaluate(text.trim());
}

export const importlib = moduleOf('importlib', machine => {
  const missingModule = machine.builtin('ModuleNotFoundError');
  void missingModule;
  return [
    [
      nativeSteps('import_module', 'name, package=None', function* ([name, pack], inner) {
        if (name instanceof Unknown) return name;
        const text = textOf(name!);
        if (text === undefined) return inner.unknown('importlib.import_module()');
        if (!text.startsWith('.')) return yield* inner.importModule(text);
        const base = textOf(pack!);
        if (base === undefined)
          throw inner.raise(
            'TypeError',
            `the 'package' argument is required to perform a relative import for '${text}'`,
          );
        const dots = /^\.+/.exec(text)![0].length;
        const parts = base.split('.');
        const up = parts.slice(0, parts.length - dots + 1);
        return yield* inner.importModule([...up, text.slice(dots)].filter(part => part !== '').join('.'));
      }),
      native('reload', 'module', ([module]) => module!),
      native('invalidate_caches', '', () => null),
    ],
    missing('importlib', 'find_loader'),
  ];
});

/** Of the packages that are there without their source. */
const versions: ReadonlyMap<string, string> = new Map([
  ['torch', '2.9.0'],
  ['torchvision', '0.24.0'],
  ['numpy', '1.26.4'],
  ['pyyaml', '6.0.3'],
]);

/** The version of a package that is known or lies in one of the roots. */
function installedVersion(name: string, machine: Machine): string | undefined {
  const plain = (text: string): string => text.toLowerCase().replace(/[-_.]+/g, '_');
  const { files, roots } = machine.options;
  for (const root of roots) {
    for (const folder of files.list(root)) {
      const [, label = '', version] = /^(.+?)-([^-]+)(?:-py[\d.]+)?\.(?:dist|egg)-info$/.exec(folder) ?? [];
      if (version !== undefined && plain(label) === plain(name)) return version;
    }
  }
  return versions.get(plain(name));
}

export const importlibMetadata = moduleOf('importlib.metadata', machine => [
  { PackageNotFoundError: machine.builtin('ModuleNotFoundError') },
  [
    strict('version', 'distribution_name', ([name], inner) => {
      const text = textOf(name!) ?? '';
      return installedVersion(text, inner) ?? unsupported(inner, `importlib.metadata.version(${stringText(text)})`);
    }),
  ],
  missing('importlib.metadata', 'distribution', 'distributions', 'metadata', 'requires', 'entry_points', 'files'),
]);

export const importlibUtil = moduleOf('importlib.util', machine => [
  [
    strict('find_spec', 'name, package=None', ([name], inner) => {
      const text = textOf(name!) ?? '';
      if (text.startsWith('.')) return unsupported(inner, 'importlib.util.find_spec()');
      const found = inner.locate(text);
      if (!found) return null;
      const spec = new PyInstance(nativeClass(machine, 'ModuleSpec', [], {}, { module: '_frozen_importlib' }));
      const unclear = unsupported(inner, 'ModuleSpec.loader');
      spec.set('name', text);
      spec.set('origin', found.path ?? unclear);
      spec.set('loader', unclear);
      return spec;
    }),
  ],
  missing('importlib.util', 'module_from_spec', 'spec_from_file_location', 'spec_from_loader'),
]);

const features = [
  'nested_scopes',
  'generators',
  'division',
  'absolute_import',
  'with_statement',
  'print_function',
  'unicode_literals',
  'barry_as_FLUFL',
  'generator_stop',
  'annotations',
];

export const future = moduleOf('__future__', machine => [
  Object.fromEntries(
    features.map(feature => [
      feature,
      new PyInstance(nativeClass(machine, '_Feature', [], {}, { module: '__future__' })),
    ]),
  ),
]);

/** `1.13.1+cu117` as its numbers. */
function release(text: string): readonly number[] | undefined {
  const match = /^\s*v?(\d+(?:\.\d+)*)(?:[+.]?[a-z0-9.+]*)?\s*$/i.exec(text);
  return match === null ? undefined : match[1]!.split('.').map(Number);
}

/** Whether a version comes before its release: `2.0.0a1`, `1.8.0.dev`. */
function isBefore(text: string): boolean {
  return /\d[._-]?(?:a|b|rc|alpha|beta|dev|pre)/i.test(text.split('+')[0]!);
}

function compared(a: readonly number[], b: readonly number[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const gap = (a[at] ?? 0) - (b[at] ?? 0);
    if (gap !== 0) return gap;
  }
  return 0;
}

/** `packaging.version.Version` and `distutils.version.LooseVersion`, by the numbers of a release. */
function versionClass(machine: Machine, name: string, module: string): PyClass {
  const textIn = (value: Value): string | undefined => {
    const found = value instanceof PyInstance ? value.get('_text') : undefined;
    return typeof found === 'string' ? found : textOf(value);
  };
  const order = (label: string, test: (sign: number) => boolean): Native =>
    native(label, 'self, other', ([self, other], inner) => {
      if (other instanceof Unknown) return other;
      const [left, right] = [textIn(self!), textIn(other!)];
      if (left === undefined || right === undefined) return notImplemented;
      const [a, b] = [release(left), release(right)];
      if (a === undefined || b === undefined || isBefore(left) || isBefore(right))
        return inner.unknown(`${name}(${left})`);
      return test(compared(a, b));
    });
  return nativeClass(
    machine,
    name,
    [],
    {
      __init__: native('__init__', 'self, version=None', ([self, version], inner) => {
        const text = textOf(version!);
        (self as PyInstance).set('_text', text ?? inner.unknown(`${name}()`));
        const numbers = text === undefined ? undefined : release(text);
        const part = (at: number): Value => numbers?.[at] ?? (numbers === undefined ? inner.unknown(`${name}()`) : 0);
        (self as PyInstance).set('major', part(0));
        (self as PyInstance).set('minor', part(1));
        (self as PyInstance).set('micro', part(2));
        (self as PyInstance).set('release', numbers === undefined ? inner.unknown(`${name}()`) : new PyTuple(numbers));
        (self as PyInstance).set(
          'version',
          name === 'LooseVersion' ? inner.unknown('LooseVersion.version') : (text ?? null),
        );
        return null;
      }),
      __str__: native('__str__', 'self', ([self]) => textIn(self!) ?? (self as PyInstance).get('_text')!),
      __lt__: order('__lt__', sign => sign < 0),
      __le__: order('__le__', sign => sign <= 0),
      __gt__: order('__gt__', sign => sign > 0),
      __ge__: order('__ge__', sign => sign >= 0),
      __eq__: order('__eq__', sign => sign === 0),
      __ne__: order('__ne__', sign => sign !== 0),
    },
    { module },
  );
}

export const packagingVersion = moduleOf('packaging.version', machine => {
  const version = versionClass(machine, 'Version', 'packaging.version');
  return [
    { Version: version, LegacyVersion: version, InvalidVersion: machine.builtin('ValueError') },
    [
      nativeSteps('parse', 'version', function* ([text], inner) {
        if (text instanceof Unknown) return text;
        return yield* inner.call(version, [text!]);
      }),
    ],
  ];
});

export const pkgResources = moduleOf('pkg_resources', machine => {
  const version = versionClass(machine, 'Version', 'packaging.version');
  return [
    {
      DistributionNotFound: machine.builtin('ModuleNotFoundError'),
      VersionConflict: nativeClass(
        machine,
        'VersionConflict',
        [machine.builtin('Exception') as PyClass],
        {},
        { module: 'pkg_resources' },
      ),
    },
    [
      nativeSteps('parse_version', 'v', function* ([text], inner) {
        if (text instanceof Unknown) return text;
        return yield* inner.call(version, [text!]);
      }),
    ],
    missing('pkg_resources', 'require', 'get_distribution', 'parse_requirements', 'resource_filename'),
  ];
});

export const packaging = moduleOf('packaging', () => []);

export const distutilsVersion = moduleOf('distutils.version', machine => [
  {
    LooseVersion: versionClass(machine, 'LooseVersion', 'distutils.version'),
    StrictVersion: versionClass(machine, 'StrictVersion', 'distutils.version'),
  },
]);

export const fractions = moduleOf('fractions', () => [missing('fractions', 'Fraction', 'gcd')]);

/** Why the network, other processes and files are unknown. */
export function outside(): string {
  return l10n.t('Files, processes and the network are beyond what is read');
}
