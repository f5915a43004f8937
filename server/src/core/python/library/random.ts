// `random`, `time`, `datetime`, `uuid`: what they give differs from run to run.
import { native, nativeClass } from '../native.ts';
import { type Native, PyList, poison } from '../objects.ts';
import { moduleOf, quiet, varying } from './module.ts';

export const random = moduleOf('random', () => [
  quiet('seed', 'setstate'),
  varying(
    'random',
    ...[
      'random',
      'randint',
      'randrange',
      'uniform',
      'choice',
      'choices',
      'sample',
      'gauss',
      'normalvariate',
      'betavariate',
    ],
    ...[
      'expovariate',
      'lognormvariate',
      'triangular',
      'vonmisesvariate',
      'getrandbits',
      'getstate',
      'randbytes',
      'Random',
      'SystemRandom',
    ],
  ),
  [shuffle()],
]);

function shuffle(): Native {
  return native('shuffle', 'x', ([list], machine) => {
    if (list instanceof PyList && list.items.length > 1) poison(list, machine.unknown('random.shuffle()'));
    return null;
  });
}

export const secrets = moduleOf('secrets', () => [
  varying('secrets', 'token_hex', 'token_bytes', 'token_urlsafe', 'randbelow', 'choice', 'randbits'),
]);

export const time = moduleOf('time', () => [
  quiet('sleep', 'tzset'),
  varying(
    'time',
    'time',
    'time_ns',
    'perf_counter',
    'perf_counter_ns',
    'monotonic',
    'monotonic_ns',
    'process_time',
    'thread_time',
    'clock',
    'localtime',
    'gmtime',
    'strftime',
    'ctime',
    'asctime',
    'mktime',
    'strptime',
  ),
]);

export const datetime = moduleOf('datetime', machine => {
  const class_ = (name: string, methods: readonly string[]) => {
    const cls = nativeClass(machine, name, [], {}, { module: 'datetime' });
    for (const fn of varying(`datetime.${name}`, ...methods)) {
      fn.isStatic = true;
      cls.dict.set(fn.name, fn);
    }
    cls.unknownBase = machine.unknown(`datetime.${name}`);
    return cls;
  };
  return [
    {
      datetime: class_('datetime', [
        '__new__',
        'now',
        'today',
        'utcnow',
        'fromtimestamp',
        'utcfromtimestamp',
        'strptime',
        'fromisoformat',
        'combine',
      ]),
      date: class_('date', ['__new__', 'today', 'fromtimestamp', 'fromisoformat']),
      time: class_('time', ['__new__', 'fromisoformat']),
      timedelta: class_('timedelta', ['__new__']),
      timezone: class_('timezone', ['__new__']),
    },
  ];
});

export const uuid = moduleOf('uuid', () => [
  varying('uuid', 'uuid1', 'uuid3', 'uuid4', 'uuid5', 'UUID'),
  // The address of the pretended machine.
  [native('getnode', '', () => 0x0242ac110002)],
]);
