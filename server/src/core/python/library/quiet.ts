// `warnings`, `logging`, `traceback`, `gc` and others whose effects are none of a reading's concern.
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import { type PyClass, PyInstance, PyList, type Value } from '../objects.ts';
import { missing, moduleOf, quiet } from './module.ts';

/** A class all of whose named methods do nothing. */
function idle(
  machine: Machine,
  module: string,
  name: string,
  methods: readonly string[],
  more: Readonly<Record<string, Value>> = {},
): PyClass {
  return nativeClass(
    machine,
    name,
    [],
    {
      __init__: native('__init__', 'self, *args, **kwargs', () => null),
      __enter__: native('__enter__', 'self', ([self]) => self!),
      __exit__: native('__exit__', 'self, *excinfo', () => null),
      ...Object.fromEntries(methods.map(method => [method, native(method, 'self, *args, **kwargs', () => null)])),
      ...more,
    },
    { module },
  );
}

export const warnings = moduleOf('warnings', machine => [
  {
    catch_warnings: idle(machine, 'warnings', 'catch_warnings', [], {
      __enter__: native('__enter__', 'self', () => new PyList([])),
    }),
    filters: new PyList([]),
  },
  quiet('warn', 'warn_explicit', 'simplefilter', 'filterwarnings', 'resetwarnings', 'showwarning'),
  [native('deprecated', 'message, /, **kwargs', () => native('decorator', 'f', ([fn]) => fn!))],
  missing('warnings', 'formatwarning'),
]);

const levels: Readonly<Record<string, number>> = {
  CRITICAL: 50,
  FATAL: 50,
  ERROR: 40,
  WARNING: 30,
  WARN: 30,
  INFO: 20,
  DEBUG: 10,
  NOTSET: 0,
};
const logs = ['debug', 'info', 'warning', 'warn', 'error', 'exception', 'critical', 'fatal', 'log'];

export const logging = moduleOf('logging', machine => {
  const handlerMethods = [
    'setLevel',
    'setFormatter',
    'addFilter',
    'removeFilter',
    'flush',
    'close',
    'emit',
    'handle',
    'acquire',
    'release',
    'format',
  ];
  const logger = idle(
    machine,
    'logging',
    'Logger',
    [...logs, 'setLevel', 'addHandler', 'removeHandler', 'addFilter', 'removeFilter', 'handle'],
    {
      isEnabledFor: native('isEnabledFor', 'self, level', () => false),
      getEffectiveLevel: native('getEffectiveLevel', 'self', () => 30),
      hasHandlers: native('hasHandlers', 'self', () => false),
      getChild: native('getChild', 'self, suffix', ([self]) => self!),
      level: 0,
      propagate: true,
      disabled: false,
    },
  );
  const root = new PyInstance(logger);
  const make = (name: Value, made = new PyInstance(logger)): Value => {
    made.set('name', name);
    made.set('handlers', new PyList([]));
    made.set('root', root);
    return made;
  };
  make('root', root);
  const named = {
    name: null,
    level: 0,
    formatter: null,
    set_name: native('set_name', 'self, name', ([self, name]) => {
      if (self instanceof PyInstance) self.set('name', name!);
      return null;
    }),
    get_name: nativeSteps('get_name', 'self', ([self], inner) => inner.getAttribute(self!, 'name')),
  };
  const handlers = ['Handler', 'StreamHandler', 'FileHandler', 'NullHandler'];
  const classes = ['Formatter', 'Filter', 'LoggerAdapter', 'LogRecord'];
  return [
    levels,
    { Logger: logger, root, lastResort: null },
    Object.fromEntries(handlers.map(name => [name, idle(machine, 'logging', name, handlerMethods, named)])),
    Object.fromEntries(classes.map(name => [name, idle(machine, 'logging', name, handlerMethods)])),
    quiet(
      ...logs,
      'basicConfig',
      'disable',
      'captureWarnings',
      'addLevelName',
      'setLoggerClass',
      'shutdown',
      'setLogRecordFactory',
    ),
    [
      native('getLogger', 'name=None', ([name]) => (name === null || name === 'root' ? root : make(name!))),
      native('getLevelName', 'level', ([level], inner) => {
        const found = Object.entries(levels).find(([, value]) => value === level)?.[0];
        return found ?? inner.unknown('logging.getLevelName()');
      }),
      native('getLoggerClass', '', () => logger),
    ],
  ];
});

export const traceback = moduleOf('traceback', () => [
  quiet('print_exc', 'print_exception', 'print_stack', 'print_tb'),
  missing('traceback', 'format_exc', 'format_exception', 'format_tb', 'extract_tb', 'extract_stack', 'format_stack'),
]);

export const gc = moduleOf('gc', () => [
  quiet('enable', 'disable', 'freeze', 'unfreeze', 'set_threshold'),
  [native('collect', 'generation=2', () => 0), native('isenabled', '', () => true)],
]);

export const atexit = moduleOf('atexit', () => [
  [native('register', 'func, /, *args, **kwargs', ([fn]) => fn!)],
  quiet('unregister'),
]);

export const weakref = moduleOf('weakref', machine => [
  {
    WeakValueDictionary: machine.builtin('dict'),
    WeakKeyDictionary: machine.builtin('dict'),
    WeakSet: machine.builtin('set'),
  },
  [
    // What a reading holds is never collected.
    native('ref', 'object, callback=None, /', ([object]) => native('ref', '', () => object!)),
    native('proxy', 'object, callback=None, /', ([object]) => object!),
    native('WeakMethod', 'method, callback=None', ([method]) => native('ref', '', () => method!)),
    native('finalize', 'obj, func, /, *args, **kwargs', () => native('finalize', '', () => null)),
  ],
]);

export const threading = moduleOf('threading', machine => {
  const lock = idle(machine, 'threading', 'lock', ['release'], {
    acquire: native('acquire', 'self, *args, **kwargs', () => true),
    locked: native('locked', 'self', () => false),
  });
  return [
    {
      local: nativeClass(machine, 'local', [], {}, { module: 'threading' }),
    },
    ['Lock', 'RLock', 'Condition', 'Semaphore', 'BoundedSemaphore'].map(name =>
      native(name, '*args, **kwargs', () => new PyInstance(lock)),
    ),
    missing('threading', 'Thread', 'Timer', 'Event', 'Barrier', 'current_thread', 'active_count', 'get_ident'),
  ];
});

export const unittest = moduleOf('unittest', machine => [
  { TestCase: nativeClass(machine, 'TestCase', [], {}, { module: 'unittest' }) },
  quiet('main'),
  ['skip', 'skipIf', 'skipUnless'].map(name =>
    nativeSteps(name, '*args, **kwargs', function* () {
      return native('decorator', 'item', ([item]) => item!);
    }),
  ),
  missing('unittest', 'TestSuite', 'TestLoader', 'TextTestRunner', 'mock'),
]);
