// What a repository's own Python makes of a model file: its model class is constructed, and its rows are its modules.
import * as l10n from '@vscode/l10n';
import {
  type Keywords,
  noKeywords,
  type PyDict,
  PyFunction,
  PyList,
  PyModule,
  type Steps,
  Unknown,
  type Value,
} from '../../../python/objects.ts';
import type { Interpreter } from '../../../python/vm/interpreter.ts';
import type { Reason } from '../../../text/reason.ts';
import { ModuleInstance } from '../../../torch/python/nn/instance.ts';
import { named, setEntry } from '../../../torch/python/nn/natives.ts';
import { attribute } from './attribute.ts';
import { defineRuled, type Ruling } from './rules.ts';

/** What is read, as `yaml_model_load` of Ultralytics would hand it on. */
export interface Model {
  /** The text as values of Python. */
  readonly values: PyDict;
  /** Where the file lies, or its name. */
  readonly path: string;
  /** The scale that was asked for; undefined is what the file's name says. */
  readonly scale: string | undefined;
  /** Rows that are built; those below are left out. */
  readonly rows: number;
  /** The keys that have them, in order. */
  readonly lists: readonly string[];
  /** The module of the last row, which says what the network is for. */
  readonly last: string;
  readonly ruling: Ruling | undefined;
}

export interface Built {
  readonly model: ModuleInstance;
  /** What each row became, in order. */
  readonly rows: readonly Value[];
}

/** Why there is no network. */
export class Unbuilt {
  readonly reason: Reason;

  constructor(reason: Reason) {
    this.reason = reason;
  }
}

/** Constructs the model. What the program raises goes on to whoever asked. */
export function* build(machine: Interpreter, module: string, reader: Value, model: Model): Steps<Built | Unbuilt> {
  if (!(reader instanceof PyModule)) {
    const why = reader instanceof Unknown ? reader.reason.message : module;
    return new Unbuilt({ message: l10n.t('`{0}` cannot be imported: {1}', module, why) });
  }
  const { values, path, scale, rows, lists, ruling } = model;
  if (ruling) yield* defineRuled(machine, reader, ruling);
  // As yaml_model_load does; readers without scales do not look.
  const guess = yield* attribute(machine, reader, 'guess_model_scale');
  const letter = scale ?? (guess === undefined ? undefined : yield* machine.call(guess, [path]));
  if (letter !== undefined) setEntry(values, 'scale', letter);
  setEntry(values, 'yaml_file', path);
  cut(values, rows, lists);
  const cls = yield* classFor(machine, reader, model);
  if (cls === undefined) return new Unbuilt({ message: l10n.t('`{0}` has no model class that is known', module) });
  const built = yield* machine.call(cls, [values], quietly(machine, cls));
  if (built instanceof Unknown) return new Unbuilt(built.reason);
  const sequence = built instanceof ModuleInstance ? built.registered('model') : undefined;
  if (!(built instanceof ModuleInstance) || !(sequence instanceof ModuleInstance)) {
    const why = sequence instanceof Unknown ? sequence.reason.message : undefined;
    return new Unbuilt({ message: why ?? l10n.t('`{0}` keeps its layers in no `model`', module) });
  }
  return { model: built, rows: [...named(sequence.children)].map(([, value]) => value) };
}

/** As `YOLO(…)` of Ultralytics constructs it: without the summary that it would print. */
function quietly(machine: Interpreter, cls: Value): Keywords {
  const init = machine.lookup(cls, '__init__');
  if (!(init instanceof PyFunction)) return noKeywords;
  const { names, positionalOnly, positional, keywordOnly } = init.code.parameters;
  const isTaken = names.slice(positionalOnly, positional + keywordOnly).includes('verbose');
  return isTaken ? new Map([['verbose', false]]) : noKeywords;
}

/** Leaves out rows from some number on. */
function cut(values: PyDict, rows: number, lists: readonly string[]): void {
  let left = rows;
  for (const key of lists) {
    const list = [...values.entries.values()].find(entry => entry.key === key)?.value;
    if (!(list instanceof PyList)) continue;
    if (list.items.length > left) setEntry(values, key, new PyList(list.items.slice(0, left)));
    left = Math.max(0, left - list.items.length);
  }
}

/** The class that is constructed: `guess_model_task` and the `task_map` of Ultralytics; the others have one for all tasks. */
const classes: Readonly<Record<string, string>> = {
  detect: 'DetectionModel',
  segment: 'SegmentationModel',
  classify: 'ClassificationModel',
  pose: 'PoseModel',
  obb: 'OBBModel',
  semantic: 'SemanticSegmentationModel',
};

function* classFor(machine: Interpreter, reader: PyModule, { values, path, last }: Model): Steps<Value | undefined> {
  const names: string[] = [];
  const stem = path.replace(/^.*\//, '').replace(/\.ya?ml$/i, '');
  // `RTDETR`, `YOLOWorld` and `YOLOE` have classes of their own, which no task names.
  if (/^RTDETR/.test(last)) names.push('RTDETRDetectionModel');
  if (/^YOLOESeg/.test(last)) names.push('YOLOESegModel');
  else if (/^YOLOE/.test(last)) names.push('YOLOEModel');
  if (last === 'WorldDetect' || stem.includes('-world')) names.push('WorldModel');
  const guess = yield* attribute(machine, reader, 'guess_model_task');
  const task = guess === undefined ? undefined : yield* machine.call(guess, [values]);
  if (typeof task === 'string' && classes[task] !== undefined) names.push(classes[task]);
  if (/Segment$/.test(last)) names.push('SegmentationModel');
  names.push('DetectionModel', 'Model');
  for (const name of names) {
    const found = yield* attribute(machine, reader, name);
    if (found !== undefined && !(found instanceof Unknown)) return found;
  }
  return undefined;
}
