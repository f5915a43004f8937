// The module `contextlib`.

import { special } from '../builtins/classes.ts';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import { PyClass, PyInstance, PyTuple, Raised, type Steps, Unknown, type Value } from '../objects.ts';
import { keywordsOf, updateWrapper } from './functools.ts';
import { missing, moduleOf } from './module.ts';

/** A context whose body runs where a generator stands at its `yield`. */
function generatorContext(machine: Machine): PyClass {
  return nativeClass(
    machine,
    '_GeneratorContextManager',
    [],
    {
      __enter__: nativeSteps('__enter__', 'self', function* ([self], inner) {
        const generator = (self as PyInstance).get('gen')!;
        if (generator instanceof Unknown) return generator;
        const value = yield* inner.next(generator);
        if (value === undefined) throw inner.raise('RuntimeError', "generator didn't yield");
        return value;
      }),
      __exit__: nativeSteps('__exit__', 'self, typ, value, traceback', function* ([self, type, value], inner) {
        const generator = (self as PyInstance).get('gen')!;
        if (generator instanceof Unknown) return null;
        if (type === null) {
          const rest = yield* inner.next(generator);
          if (rest !== undefined && !(rest instanceof Unknown))
            throw inner.raise('RuntimeError', "generator didn't stop");
          return false;
        }
        // The exception goes on inside of the generator, at its `yield`.
        const thrower = yield* inner.getAttribute(generator, 'throw');
        try {
          yield* inner.call(thrower, [value!]);
        } catch (error) {
          if (error instanceof Raised && error.exception === value) return false;
          if (error instanceof Raised && error.exception.cls.name === 'StopIteration') return true;
          throw error;
        }
        throw inner.raise('RuntimeError', "generator didn't stop after throw()");
      }),
      // As a decorator: a new context for each call.
      __call__: nativeSteps('__call__', 'self, func', function* ([self, fn], inner) {
        const wrapped = nativeSteps('inner', '*args, **kwargs', function* ([args, keywords], deep) {
          const make = (self as PyInstance).get('make')!;
          const context = yield* deep.call(make, []);
          return yield* within(context, deep, () => deep.call(fn!, (args as PyTuple).items, keywordsOf(keywords!)));
        });
        return yield* updateWrapper(wrapped, fn!, inner);
      }),
    },
    { module: 'contextlib' },
  );
}

/** Runs steps between a context's `__enter__` and its `__exit__`. */
function* within(context: Value, machine: Machine, body: () => Steps): Steps {
  if (context instanceof Unknown) return yield* body();
  yield* machine.call(special(context, '__enter__', machine)!, [context]);
  const exit = special(context, '__exit__', machine)!;
  let result: Value;
  try {
    result = yield* body();
  } catch (error) {
    if (!(error instanceof Raised)) throw error;
    const handled = yield* machine.call(exit, [context, error.exception.cls, error.exception, null]);
    const truth = yield* machine.truth(handled);
    if (truth === true) return null;
    throw error;
  }
  yield* machine.call(exit, [context, null, null, null]);
  return result;
}

function simple(
  machine: Machine,
  name: string,
  exit: (self: PyInstance, type: Value, machine: Machine) => Value,
): PyClass {
  return nativeClass(
    machine,
    name,
    [],
    {
      __init__: native('__init__', 'self, *args', ([self, args]) => {
        (self as PyInstance).set('args', args!);
        return null;
      }),
      __enter__: native('__enter__', 'self', ([self]) => {
        const args = (self as PyInstance).get('args');
        return name === 'suppress' || !(args instanceof PyTuple) || args.items.length === 0 ? null : args.items[0]!;
      }),
      __exit__: native('__exit__', 'self, *excinfo', ([self, info], inner) =>
        exit(self as PyInstance, (info as PyTuple).items[0] ?? null, inner),
      ),
    },
    { module: 'contextlib' },
  );
}

/** ExitStack: contexts and functions that are left in the opposite order. */
function exitStack(machine: Machine): PyClass {
  const stacks = new WeakMap<PyInstance, { readonly exit: Value; readonly context: Value | undefined }[]>();
  const of = (self: Value) => {
    const stack = stacks.get(self as PyInstance) ?? [];
    stacks.set(self as PyInstance, stack);
    return stack;
  };
  return nativeClass(
    machine,
    'ExitStack',
    [],
    {
      __enter__: native('__enter__', 'self', ([self]) => self!),
      enter_context: nativeSteps('enter_context', 'self, cm', function* ([self, context], inner) {
        if (context instanceof Unknown) return context;
        const enter = special(context!, '__enter__', inner);
        const exit = special(context!, '__exit__', inner);
        if (enter === undefined || exit === undefined) {
          throw inner.raise('TypeError', 'object does not support the context manager protocol');
        }
        const result = yield* inner.call(enter, [context!]);
        of(self!).push({ exit, context });
        return result;
      }),
      callback: native('callback', 'self, callback, /, *args, **kwds', ([self, fn, args, keywords]) => {
        const exit = nativeSteps('callback', '*excinfo', function* (_, inner) {
          yield* inner.call(fn!, (args as PyTuple).items, keywordsOf(keywords!));
          return null;
        });
        of(self!).push({ exit, context: undefined });
        return fn!;
      }),
      push: native('push', 'self, exit', ([self, exit]) => {
        of(self!).push({ exit: exit!, context: undefined });
        return exit!;
      }),
      close: nativeSteps('close', 'self', function* ([self], inner) {
        return yield* leave(of(self!), inner, null, null);
      }),
      pop_all: native('pop_all', 'self', (_, inner) => inner.unknown('ExitStack.pop_all()')),
      __exit__: nativeSteps('__exit__', 'self, typ, value, traceback', function* ([self, type, value], inner) {
        return yield* leave(of(self!), inner, type!, value!);
      }),
    },
    { module: 'contextlib' },
  );

  function* leave(
    stack: { readonly exit: Value; readonly context: Value | undefined }[],
    inner: Machine,
    type: Value,
    value: Value,
  ): Steps {
    let isHandled = false;
    while (stack.length > 0) {
      const { exit, context } = stack.pop()!;
      const info = isHandled ? [null, null, null] : [type, value, null];
      const result = yield* inner.call(exit, context === undefined ? info : [context, ...info]);
      const truth = yield* inner.truth(result);
      if (truth === true && type !== null) isHandled = true;
    }
    return isHandled;
  }
}

export const contextlib = moduleOf('contextlib', machine => {
  const context = generatorContext(machine);
  const decorator = nativeClass(
    machine,
    'ContextDecorator',
    [],
    {
      __call__: nativeSteps('__call__', 'self, func', function* ([self, fn], inner) {
        const wrapped = nativeSteps('inner', '*args, **kwargs', function* ([args, keywords], deep) {
          return yield* within(self!, deep, () => deep.call(fn!, (args as PyTuple).items, keywordsOf(keywords!)));
        });
        return yield* updateWrapper(wrapped, fn!, inner);
      }),
    },
    { module: 'contextlib' },
  );
  return [
    {
      suppress: simple(machine, 'suppress', (self, type, inner) => {
        if (!(type instanceof PyClass)) return false;
        const { items } = self.get('args') as PyTuple;
        const unknown = items.find(item => item instanceof Unknown);
        if (items.some(item => item instanceof PyClass && type.mro.includes(item))) return true;
        void inner;
        return unknown === undefined ? false : unknown;
      }),
      nullcontext: simple(machine, 'nullcontext', () => null),
      redirect_stdout: simple(machine, 'redirect_stdout', () => null),
      redirect_stderr: simple(machine, 'redirect_stderr', () => null),
      ExitStack: exitStack(machine),
      ContextDecorator: decorator,
      AbstractContextManager: nativeClass(
        machine,
        'AbstractContextManager',
        [],
        {
          __enter__: native('__enter__', 'self', ([self]) => self!),
          __exit__: native('__exit__', 'self, *excinfo', () => null),
        },
        { module: 'contextlib' },
      ),
    },
    [
      nativeSteps('contextmanager', 'func', function* ([fn], inner) {
        const helper = nativeSteps('helper', '*args, **kwds', function* ([args, keywords], deep) {
          const self = new PyInstance(context);
          const make = nativeSteps('make', '', function* (_, at) {
            return yield* at.call(helper, (args as PyTuple).items, keywordsOf(keywords!));
          });
          self.set('gen', yield* deep.call(fn!, (args as PyTuple).items, keywordsOf(keywords!)));
          self.set('make', make);
          return self;
        });
        return yield* updateWrapper(helper, fn!, inner);
      }),
      native('closing', 'thing', ([thing], inner) => {
        void thing;
        return inner.unknown('contextlib.closing()');
      }),
    ],
    missing('contextlib', 'asynccontextmanager', 'AsyncExitStack', 'aclosing', 'chdir'),
  ];
});
