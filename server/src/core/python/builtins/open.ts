// Files that a program opens: their text is what a reading sees of them, and what is written stays with the program.
import * as l10n from '@vscode/l10n';
import type { Machine } from '../machine.ts';
import { native, nativeClass, nativeSteps } from '../native.ts';
import {
  PyBytes,
  type PyClass,
  PyException,
  PyInstance,
  PyIterator,
  PyList,
  Raised,
  type Steps,
  Unknown,
  UnknownAccess,
  type Value,
} from '../objects.ts';
import { storageOf } from '../storage.ts';
import { utf8 } from './bytes.ts';
import { classOf, special, typeName } from './classes.ts';
import { collect, textOf, wholeOf } from './conversions.ts';
import { unsupported } from './limits.ts';
import { isAscii, stringText } from './text.ts';

/** An open file; a buffer in memory has no path. */
interface Opened {
  readonly path: string | undefined;
  readonly isBinary: boolean;
  readonly mayRead: boolean;
  readonly mayWrite: boolean;
  /** Characters; of a binary file one for each byte. */
  text: string | Unknown;
  at: number;
  isClosed: boolean;
}

const opened = new WeakMap<PyInstance, Opened>();
/** Whether it is a file, or a buffer, from which the program may still read. */
export const isOpen = (value: PyInstance): boolean => opened.get(value)?.isClosed === false;

const classes = new WeakMap<Machine, Map<string, PyClass>>();

/** A path as text: a str, or what has `__fspath__`. */
export function* pathText(value: Value, machine: Machine): Steps<string | Unknown> {
  if (value instanceof Unknown) return value;
  const text = textOf(value);
  if (text !== undefined) return text;
  if (value instanceof PyBytes) return machine.unknown('os.path with bytes');
  const method = special(value, '__fspath__', machine);
  if (method === undefined) {
    throw machine.raise('TypeError', `expected str, bytes or os.PathLike object, not ${typeName(value, machine)}`);
  }
  const result = yield* machine.call(method, [value]);
  return result instanceof Unknown ? result : (textOf(result) ?? '');
}

/** Why nothing is known of files. */
export function nowhere(machine: Machine): Unknown {
  return machine.unknown(l10n.t('Where the program lies is not known, so its files are not read'));
}

/** What Python raises for a file that is not there; unknown where no files can be seen at all. */
export function notThere(path: string, machine: Machine): Raised | UnknownAccess {
  if (!storageOf(machine).isSomewhere) {
    return new UnknownAccess(nowhere(machine));
  }
  return machine.raise('FileNotFoundError', `[Errno 2] No such file or directory: ${stringText(path)}`);
}

/** `open(path, …)`. */
export function* openFile(
  file: Value,
  mode: Value,
  encoding: Value,
  errors: Value,
  newline: Value,
  machine: Machine,
): Steps {
  if (typeof file === 'number' || typeof file === 'boolean') return unsupported(machine, 'open(int)');
  const written = yield* pathText(file, machine);
  if (written instanceof Unknown) return written;
  for (const each of [mode, encoding, errors, newline]) if (each instanceof Unknown) return each;
  const kind = textOf(mode) ?? 'r';
  if (!/^(?!.*(.).*\1)[rwaxbt+]+$/.test(kind) || kind.replace(/[bt+]/g, '').length !== 1) {
    throw machine.raise('ValueError', `invalid mode: ${stringText(kind)}`);
  }
  const storage = storageOf(machine);
  const path = storage.absolute(written);
  const isBinary = kind.includes('b');
  if (storage.isFolder(path)) {
    throw machine.raise('IsADirectoryError', `[Errno 21] Is a directory: ${stringText(written)}`);
  }
  const isThere = storage.exists(path);
  if (kind.includes('x') && isThere)
    throw machine.raise('FileExistsError', `[Errno 17] File exists: ${stringText(written)}`);
  let text: string | Unknown = '';
  if (kind.includes('w') || (!isThere && /[ax]/.test(kind))) storage.write(path, '');
  else {
    const found = storage.read(path);
    if (found === undefined) throw notThere(written, machine);
    text = contents(found, isBinary, textOf(encoding), textOf(errors), newline, machine);
  }
  return made(isBinary ? 'BufferedReader' : 'TextIOWrapper', machine, {
    path,
    isBinary,
    mayRead: /[r+]/.test(kind),
    mayWrite: /[wax+]/.test(kind),
    text,
    at: kind.includes('a') && typeof text === 'string' ? text.length : 0,
    isClosed: false,
  });
}

/** What a program sees of the text of a file. Bytes that are no UTF-8 have become replacement characters before. */
function contents(
  text: string | Unknown,
  isBinary: boolean,
  encoding: string | undefined,
  errors: string | undefined,
  newline: Value,
  machine: Machine,
): string | Unknown {
  if (text instanceof Unknown) return text;
  const isUtf8 = encoding === undefined || /^(?:utf[-_]?8|utf[-_]8[-_]sig|u8)$/i.test(encoding);
  if (text.includes('\ufffd') && (isBinary || !isUtf8 || errors !== 'ignore')) {
    return machine.unknown(l10n.t('The file has bytes that are not UTF-8'));
  }
  if (isBinary) return utf8(text);
  if (!isUtf8 && !isAscii(text)) {
    // Each byte beyond ASCII is left out.
    if (/^(?:us-)?ascii$/i.test(encoding) && errors === 'ignore') return text.replace(/[^\0-\x7f]/g, '');
    if (/^(?:latin[-_]?1|iso[-_]?8859[-_]?1)$/i.test(encoding)) return utf8(text);
    return machine.unknown(l10n.t('The file has other characters than ASCII, read as {0}', encoding ?? ''));
  }
  const valid = text.replaceAll('\ufffd', '');
  return newline === null ? valid.replace(/\r\n?/g, '\n') : valid;
}

function made(name: string, machine: Machine, state: Opened): PyInstance {
  const file = new PyInstance(fileClass(name, machine));
  opened.set(file, state);
  if (state.path !== undefined) file.set('name', state.path);
  return file;
}

/** `io.StringIO` or `io.BytesIO`. */
export function buffer(isBinary: boolean, initial: Value, machine: Machine): Value {
  if (initial instanceof Unknown) return initial;
  const text = initial === null ? '' : initial instanceof PyBytes ? initial.text : textOf(initial);
  if (text === undefined) return unsupported(machine, `io.BytesIO(${typeName(initial, machine)})`);
  return made(isBinary ? 'BytesIO' : 'StringIO', machine, {
    path: undefined,
    isBinary,
    mayRead: true,
    mayWrite: true,
    text,
    at: 0,
    isClosed: false,
  });
}

/** What is left to read of an open file; undefined for what is none. */
export function rest(file: Value): Value | undefined {
  const state = file instanceof PyInstance ? opened.get(file) : undefined;
  if (!state) return undefined;
  return state.text instanceof Unknown ? state.text : taken(state, state.text, state.text.length);
}

/** Writes a text into an open file; false for what is none. */
export function writeInto(file: Value, text: string | Unknown, machine: Machine): boolean {
  const state = file instanceof PyInstance ? opened.get(file) : undefined;
  if (!state) return false;
  put(state, text, machine);
  return true;
}

function put(state: Opened, text: string | Unknown, machine: Machine): void {
  if (state.text instanceof Unknown) return;
  if (text instanceof Unknown) state.text = text;
  else {
    machine.charge(text.length);
    state.text = state.text.slice(0, state.at) + text + state.text.slice(state.at + text.length);
    state.at += text.length;
  }
  if (state.path !== undefined) storageOf(machine).write(state.path, state.text);
}

/** The next part of a file as a value. */
function taken(state: Opened, text: string, to: number): Value {
  const part = text.slice(state.at, to);
  state.at = Math.max(state.at, Math.min(to, text.length));
  return state.isBinary ? new PyBytes(part) : part;
}

/** The next line with its end; undefined at the end of the file. */
function line(state: Opened, text: string): Value | undefined {
  if (state.at >= text.length) return undefined;
  const end = text.indexOf('\n', state.at);
  return taken(state, text, end < 0 ? text.length : end + 1);
}

function fileClass(name: string, machine: Machine): PyClass {
  return classOnce(name, machine, () =>
    nativeClass(machine, name, [], members(), { module: '_io', getAttribute: attribute }),
  );
}

/** `io.UnsupportedOperation`. */
export function unsupportedOperation(machine: Machine): PyClass {
  const name = 'UnsupportedOperation';
  return classOnce(name, machine, () =>
    nativeClass(
      machine,
      name,
      ['OSError', 'ValueError'].map(base => classOf(base, machine)),
      {},
      { module: 'io' },
    ),
  );
}

function refused(message: string, machine: Machine): Raised {
  return new Raised(new PyException(unsupportedOperation(machine), [message]));
}

/** Each class is made once for a machine. */
function classOnce(name: string, machine: Machine, make: () => PyClass): PyClass {
  let known = classes.get(machine);
  if (!known) {
    known = new Map();
    classes.set(machine, known);
  }
  let cls = known.get(name);
  if (!cls) {
    cls = make();
    known.set(name, cls);
  }
  return cls;
}

function attribute(self: Value, name: string): Value | undefined {
  const state = self instanceof PyInstance ? opened.get(self) : undefined;
  return name === 'closed' && state ? state.isClosed : undefined;
}

function stateOf(self: Value, machine: Machine): Opened {
  const state = self instanceof PyInstance ? opened.get(self) : undefined;
  if (!state) throw machine.raise('TypeError', 'no file');
  if (state.isClosed) throw machine.raise('ValueError', 'I/O operation on closed file.');
  return state;
}

/** One that is read from, and its text. */
function readable(self: Value, machine: Machine): readonly [Opened, string | Unknown] {
  const state = stateOf(self, machine);
  if (!state.mayRead) throw refused('not readable', machine);
  return [state, state.text];
}

function members(): Readonly<Record<string, Value>> {
  const closed = (self: Value): Value => {
    const state = self instanceof PyInstance ? opened.get(self) : undefined;
    if (state) state.isClosed = true;
    return null;
  };
  const whether = (label: string, answer: (state: Opened) => boolean) =>
    native(label, 'self', ([self], machine) => answer(stateOf(self!, machine)));
  const lines = (self: Value, machine: Machine): PyIterator | Unknown => {
    const [state, text] = readable(self, machine);
    if (text instanceof Unknown) return text;
    return new PyIterator(() => line(state, text));
  };
  return {
    __enter__: native('__enter__', 'self', ([self]) => self!),
    __exit__: native('__exit__', 'self, *excinfo', ([self]) => closed(self!)),
    close: native('close', 'self', ([self]) => closed(self!)),
    flush: native('flush', 'self', () => null),
    fileno: native('fileno', 'self', (_, machine) => unsupported(machine, 'fileno()')),
    isatty: whether('isatty', () => false),
    readable: whether('readable', state => state.mayRead),
    writable: whether('writable', state => state.mayWrite),
    seekable: whether('seekable', () => true),
    __iter__: native('__iter__', 'self', ([self], machine) => lines(self!, machine)),
    __next__: native('__next__', 'self', ([self], machine) => {
      const [state, text] = readable(self!, machine);
      if (text instanceof Unknown) return text;
      const next = line(state, text);
      if (next === undefined) throw machine.raise('StopIteration', '', true);
      return next;
    }),
    read: nativeSteps('read', 'self, size=-1, /', function* ([self, size], machine) {
      const [state, text] = readable(self!, machine);
      if (text instanceof Unknown) return text;
      const count = size === null ? -1 : yield* wholeOf(size!, machine);
      if (count instanceof Unknown) return count;
      return taken(state, text, count < 0 ? text.length : state.at + Number(count));
    }),
    readline: native('readline', 'self, size=-1, /', ([self, size], machine) => {
      const [state, text] = readable(self!, machine);
      if (text instanceof Unknown) return text;
      if (size !== -1) return unsupported(machine, 'readline(size)');
      return line(state, text) ?? taken(state, text, text.length);
    }),
    readlines: native('readlines', 'self, hint=-1, /', ([self, hint], machine) => {
      const [state, text] = readable(self!, machine);
      if (text instanceof Unknown) return text;
      if (hint !== -1) return unsupported(machine, 'readlines(hint)');
      const all: Value[] = [];
      for (let next = line(state, text); next !== undefined; next = line(state, text)) all.push(next);
      return new PyList(all);
    }),
    write: native('write', 'self, text, /', ([self, value], machine) => {
      const state = stateOf(self!, machine);
      if (!state.mayWrite) throw refused('not writable', machine);
      const text = value instanceof Unknown ? value : value instanceof PyBytes ? value.text : textOf(value!);
      if (text === undefined || (typeof text === 'string' && value instanceof PyBytes !== state.isBinary)) {
        const wanted = state.isBinary ? 'a bytes-like object is required' : 'write() argument must be str';
        throw machine.raise('TypeError', `${wanted}, not ${typeName(value!, machine)}`);
      }
      put(state, text, machine);
      return text instanceof Unknown ? text : text.length;
    }),
    writelines: nativeSteps('writelines', 'self, lines, /', function* ([self, items], machine) {
      const state = stateOf(self!, machine);
      if (!state.mayWrite) throw refused('not writable', machine);
      const all = yield* collect(items!, machine);
      for (const item of all instanceof Unknown ? [all] : all) {
        const text = item instanceof Unknown ? item : item instanceof PyBytes ? item.text : textOf(item);
        put(state, text ?? unsupported(machine, 'writelines()'), machine);
      }
      return null;
    }),
    tell: native('tell', 'self', ([self], machine) => {
      const state = stateOf(self!, machine);
      return state.text instanceof Unknown ? state.text : state.at;
    }),
    seek: nativeSteps('seek', 'self, offset, whence=0, /', function* ([self, offset, whence], machine) {
      const state = stateOf(self!, machine);
      const [by, from] = [yield* wholeOf(offset!, machine), yield* wholeOf(whence!, machine)];
      if (by instanceof Unknown || from instanceof Unknown || state.text instanceof Unknown) return null;
      state.at = Number(by) + (Number(from) === 0 ? 0 : Number(from) === 1 ? state.at : state.text.length);
      return state.at;
    }),
    getvalue: native('getvalue', 'self', ([self], machine) => {
      const state = stateOf(self!, machine);
      if (state.text instanceof Unknown) return state.text;
      return state.isBinary ? new PyBytes(state.text) : state.text;
    }),
  };
}
