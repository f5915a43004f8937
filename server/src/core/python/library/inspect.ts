// The module `inspect`, as far as model files ask what a function takes.

import * as l10n from '@vscode/l10n';
import { defaultOf } from '../attributes.ts';
import { ofClass, special } from '../builtins/classes.ts';
import { collect } from '../builtins/conversions.ts';
import { dictOf } from '../builtins/dict.ts';
import type { Machine } from '../machine.ts';
import { bindingOf, native, nativeClass, nativeSteps } from '../native.ts';
import {
  Native,
  PyBoundMethod,
  PyClass,
  PyDict,
  PyFunction,
  PyInstance,
  PyList,
  PyModule,
  PyTuple,
  type Steps,
  Unknown,
  type Value,
} from '../objects.ts';
import { namedTuple } from './collections.ts';
import { attribute } from './functools.ts';
import { missing, moduleOf } from './module.ts';

interface Parameter {
  readonly name: string;
  readonly kind: 0 | 1 | 2 | 3 | 4;
  readonly standard: Value | undefined;
}

/** The parameters of a callable, without one that is bound; undefined where they are not known. */
function* parametersOf(fn: Value, machine: Machine): Steps<readonly Parameter[] | undefined> {
  if (fn instanceof PyBoundMethod) {
    const inner = yield* parametersOf(fn.callee, machine);
    return inner?.slice(1);
  }
  if (fn instanceof PyFunction) {
    const wrapped = fn.dict?.get('__wrapped__');
    if (wrapped !== undefined) return yield* parametersOf(wrapped, machine);
    const { parameters, locals } = fn.code;
    const { names, positional, keywordOnly } = parameters;
    const first = positional - fn.defaults.length;
    const standards: Value[] = [];
    for (const each of fn.defaults) standards.push(yield* defaultOf(each, machine));
    const list: Parameter[] = names.slice(0, positional).map((name, index) => ({
      name,
      kind: index < parameters.positionalOnly ? 0 : 1,
      standard: index >= first ? standards[index - first] : undefined,
    }));
    if (parameters.rest >= 0) list.push({ name: locals[parameters.rest]!, kind: 2, standard: undefined });
    for (const name of names.slice(positional, positional + keywordOnly)) {
      const standard = fn.keywordDefaults.get(name);
      list.push({ name, kind: 3, standard: standard === undefined ? undefined : yield* defaultOf(standard, machine) });
    }
    if (parameters.keywords >= 0) list.push({ name: locals[parameters.keywords]!, kind: 4, standard: undefined });
    return list;
  }
  if (fn instanceof Native) {
    if (fn.signature === undefined) return undefined;
    const binding = bindingOf(fn.signature);
    return binding.names.map((name, index) => ({
      name,
      kind:
        index === binding.rest
          ? 2
          : index === binding.keywords
            ? 4
            : index < binding.positionalOnly
              ? 0
              : index < binding.positional
                ? 1
                : 3,
      standard: binding.defaults[index],
    }));
  }
  if (fn instanceof PyClass) {
    const init = ofClass(fn, '__init__');
    if (init instanceof PyFunction || init instanceof Native) return (yield* parametersOf(init, machine))?.slice(1);
    const make = ofClass(fn, '__new__');
    return make instanceof PyFunction ? (yield* parametersOf(make, machine))?.slice(1) : undefined;
  }
  if (fn instanceof PyInstance && fn.cls.name === 'partial' && fn.dict?.has('func')) {
    const inner = yield* parametersOf(fn.dict.get('func')!, machine);
    return inner && boundInPart(inner, fn.dict.get('args'), fn.dict.get('keywords'));
  }
  if (fn instanceof PyInstance) {
    const call = special(fn, '__call__', machine);
    return call instanceof PyFunction ? (yield* parametersOf(call, machine))?.slice(1) : undefined;
  }
  return undefined;
}

/** As `_signature_get_partial` does: what is bound by its name has that default, and is passed by name from there on. */
function boundInPart(
  parameters: readonly Parameter[],
  args: Value | undefined,
  keywords: Value | undefined,
): readonly Parameter[] {
  let left = args instanceof PyTuple ? args.items.length : 0;
  const named = keywords instanceof PyDict ? keywords.entries : undefined;
  let isNamed = false;
  const list: Parameter[] = [];
  for (const parameter of parameters) {
    const { name, kind } = parameter;
    if (kind <= 1 && left > 0) {
      left--;
      continue;
    }
    const given = kind === 1 || kind === 3 ? named?.get(name) : undefined;
    isNamed ||= given !== undefined && kind === 1;
    if (isNamed && kind === 2) continue;
    list.push({ name, kind: isNamed && kind === 1 ? 3 : kind, standard: given ? given.value : parameter.standard });
  }
  return list;
}

const kindNames = ['POSITIONAL_ONLY', 'POSITIONAL_OR_KEYWORD', 'VAR_POSITIONAL', 'KEYWORD_ONLY', 'VAR_KEYWORD'];

export const inspect = moduleOf('inspect', machine => {
  const empty = nativeClass(machine, '_empty', [], {}, { module: 'inspect' });
  const parameterClass = nativeClass(machine, 'Parameter', [], { empty }, { module: 'inspect' });
  for (const [index, name] of kindNames.entries()) parameterClass.dict.set(name, index);
  const signatureClass = nativeClass(machine, 'Signature', [], { empty }, { module: 'inspect' });
  const is = (name: string, test: (value: Value) => boolean | Unknown) =>
    native(name, 'object', ([value]) => (value instanceof Unknown ? value : test(value!)));
  function* signature(fn: Value, inner: Machine): Steps {
    if (fn instanceof Unknown) return fn;
    const parameters = yield* parametersOf(fn, inner);
    if (parameters === undefined) return inner.unknown('inspect.signature()');
    const annotations = yield* attribute(fn, '__annotations__', inner);
    const annotationOf = (name: string): Value => {
      const found = annotations instanceof PyDict ? annotations.entries.get(name)?.value : undefined;
      return found === undefined ? empty : found;
    };
    const made = new PyInstance(signatureClass);
    made.set(
      'parameters',
      dictOf(
        parameters.map(({ name, kind, standard }) => {
          const object = new PyInstance(parameterClass);
          object.set('name', name);
          object.set('kind', kind);
          object.set('default', standard === undefined ? empty : standard);
          object.set('annotation', annotationOf(name));
          return [name, object] as const;
        }),
      ),
    );
    made.set('return_annotation', annotationOf('return'));
    return made;
  }
  return [
    { Parameter: parameterClass, Signature: signatureClass, _empty: empty },
    [
      nativeSteps('signature', 'callable, *, follow_wrapped=True', function* ([fn], inner) {
        return yield* signature(fn!, inner);
      }),
      nativeSteps('getfullargspec', 'func', function* ([fn], inner) {
        return yield* argumentNames(fn!, inner);
      }),
      nativeSteps('getargspec', 'func', function* ([fn], inner) {
        return yield* argumentNames(fn!, inner);
      }),
      is('isclass', value => value instanceof PyClass),
      is('isfunction', value => value instanceof PyFunction),
      is('ismethod', value => value instanceof PyBoundMethod),
      is('ismodule', value => value instanceof PyModule),
      is('isbuiltin', value => value instanceof Native),
      is(
        'isroutine',
        value => value instanceof PyFunction || value instanceof PyBoundMethod || value instanceof Native,
      ),
      is('isgenerator', value => value !== null && typeof value === 'object' && value.kind === 'generator'),
      is('isgeneratorfunction', value => value instanceof PyFunction && value.code.isGenerator),
      is('iscoroutinefunction', value => value instanceof PyFunction && value.code.isAsync),
      nativeSteps('getmembers', 'object, predicate=None', function* ([object, predicate], inner) {
        if (object instanceof Unknown) return object;
        const listed = yield* inner.call(inner.builtin('dir'), [object!]);
        const names = yield* collect(listed, inner);
        if (names instanceof Unknown) return names;
        const pairs: Value[] = [];
        for (const name of names) {
          const value = yield* attribute(object!, String(name), inner);
          if (value === undefined) continue;
          if (predicate !== null) {
            const truth = yield* inner.truth(yield* inner.call(predicate!, [value]));
            if (truth instanceof Unknown) return truth;
            if (!truth) continue;
          }
          pairs.push(new PyTuple([name, value]));
        }
        return new PyList(pairs);
      }),
      nativeSteps('stack', 'context=1', (_, inner) => calls(inner)),
      nativeSteps('getmodule', 'object', function* ([object], inner) {
        const name = yield* attribute(object!, '__module__', inner);
        return typeof name === 'string' ? yield* inner.importModule(name) : null;
      }),
      native('getmro', 'cls', ([cls]) => (cls instanceof PyClass ? new PyTuple(cls.mro) : cls!)),
      native('cleandoc', 'doc', ([doc]) => doc!),
      nativeSteps('getdoc', 'object', function* ([object], inner) {
        const doc = yield* attribute(object!, '__doc__', inner);
        return doc === undefined ? null : doc;
      }),
      native('unwrap', 'func', ([fn]) => (fn instanceof PyFunction ? (fn.dict?.get('__wrapped__') ?? fn) : fn!)),
    ],
    missing(
      'inspect',
      'getsource',
      'getsourcefile',
      'getsourcelines',
      'getfile',
      'currentframe',
      'getframeinfo',
      'getargvalues',
    ),
  ];
});

/** The calls under way, the innermost first; an import that was put off is under way where it is first needed. */
function* calls(machine: Machine): Steps {
  const fields = ['frame', 'filename', 'lineno', 'function', 'code_context', 'index'];
  const info = yield* namedTuple(['FrameInfo', new PyList(fields), false, null], machine);
  const frames: Value[] = [];
  for (let at = machine.top; at; at = at.parent) {
    if (!at.code) continue;
    const file = at.file ?? at.fn?.globals.file ?? null;
    const filename = file ?? machine.unknown(l10n.t('where the program lies'));
    const [frame, line] = [machine.unknown('inspect.stack().frame'), machine.unknown('inspect.stack().lineno')];
    frames.push(yield* machine.call(info, [frame, filename, line, at.fn?.code.name ?? '<module>', null, null]));
  }
  return new PyList(frames);
}

/** getfullargspec: of the names, the first is that of a method's own object. */
function* argumentNames(fn: Value, machine: Machine): Steps {
  if (fn instanceof Unknown) return fn;
  const bare = fn instanceof PyBoundMethod ? fn.callee : fn instanceof PyClass ? (ofClass(fn, '__init__') ?? fn) : fn;
  const parameters = yield* parametersOf(bare, machine);
  if (parameters === undefined) return machine.unknown('inspect.getfullargspec()');
  const positional = parameters.filter(({ kind }) => kind < 2);
  const named = parameters.filter(({ kind }) => kind === 3);
  const spec = new PyInstance(nativeClass(machine, 'FullArgSpec', [], {}, { module: 'inspect' }));
  spec.set('args', new PyList(positional.map(({ name }) => name)));
  spec.set('varargs', parameters.find(({ kind }) => kind === 2)?.name ?? null);
  spec.set('varkw', parameters.find(({ kind }) => kind === 4)?.name ?? null);
  spec.set('keywords', spec.get('varkw')!);
  const standards = positional.filter(({ standard }) => standard !== undefined).map(({ standard }) => standard!);
  spec.set('defaults', standards.length > 0 ? new PyTuple(standards) : null);
  spec.set('kwonlyargs', new PyList(named.map(({ name }) => name)));
  const keywordStandards = named.filter(({ standard }) => standard !== undefined);
  spec.set(
    'kwonlydefaults',
    keywordStandards.length > 0
      ? dictOf(keywordStandards.map(({ name, standard }) => [name, standard!] as const))
      : null,
  );
  spec.set('annotations', new PyDict());
  return spec;
}
