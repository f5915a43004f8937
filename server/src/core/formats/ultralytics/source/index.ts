// A model file that lies in a repository which reads it with Python of its own: what that makes of it.

import * as l10n from '@vscode/l10n';
import { refusedFiles } from '../../../program/refused.ts';
import { type Files, noFiles } from '../../../python/files.ts';
import { valueOfYaml } from '../../../python/library/yaml.ts';
import { damageOf } from '../../../syntax/damage.ts';
import { type Mapping, resolved } from '../../../syntax/tree.ts';
import { value11 } from '../../../syntax/yaml11.ts';
import type { Problem } from '../../../text/problem.ts';
import type { ReadOptions, Spec } from '../../format.ts';
import { Readings, readOn } from '../../readings.ts';
import { argumentValue } from '../arguments.ts';
import { channelsOf, headOf, modelName, scaleOf, type Text } from '../header.ts';
import { variantsOf } from '../read.ts';
import { claimOf } from '../repairs.ts';
import { sectionsOf } from '../sections.ts';
import { type FoundReader, readersBeside } from './find.ts';
import { readBySource, type SourceReading, type SourceRow, type SourceTask } from './read.ts';
import { shownPath } from './refusal.ts';

export class SourceReader {
  readonly #text: Text;
  readonly #reader: FoundReader;
  readonly #root: Mapping | undefined;
  readonly #readings = new Readings();

  constructor(text: Text, reader: FoundReader, root: Mapping | undefined) {
    this.#text = text;
    this.#reader = reader;
    this.#root = root;
  }

  read(options: ReadOptions): Spec {
    return readOn(this.#steps(options));
  }

  *prepare(options: ReadOptions): Generator<void, void> {
    yield* this.#steps(options);
  }

  #steps(options: ReadOptions): Generator<void, Spec> {
    const { input, scale, shapeOrder, places, training = false, lifetimes = false } = options;
    // Where places are shown is of one text that is shown.
    if (places) return this.#reading(options);
    return this.#readings.of(JSON.stringify([input, scale, shapeOrder, training, lifetimes]), () =>
      this.#reading(options),
    );
  }

  *#reading(options: ReadOptions): Generator<void, Spec> {
    const { source, document, top, lists } = this.#text;
    const { files = noFiles } = source;
    const reader = this.#reader;
    const sections = sectionsOf(top, document, lists);
    const problems: Problem[] = [...sections.problems];
    const head = headOf(top);
    const damages = [...document.damages, ...sections.damages];
    const rows = sections.rows.map(({ chunk: { node }, start }): SourceRow => {
      const range = { from: node.from + start, to: node.to + start };
      const parts = resolved(node);
      const written = parts?.kind === 'sequence' ? resolved(parts.items[2]) : undefined;
      const name = written?.kind === 'scalar' ? value11(written) : undefined;
      const args = parts?.kind === 'sequence' ? resolved(parts.items[3]) : undefined;
      const damage = damageOf(damages, { ...node, ...range });
      return {
        range,
        module:
          written && typeof name === 'string'
            ? { name, range: { from: written.from + start, to: written.to + start } }
            : undefined,
        args:
          args?.kind === 'sequence'
            ? args.items.map(each => ({
                value: argumentValue(each, new Map()),
                range: { from: each.from + start, to: each.to + start },
              }))
            : undefined,
        repaired: damage?.repaired === true,
        damage: damage && !damage.repaired ? damage.why : undefined,
      };
    });
    const variants = variantsOf(top);
    const names = variants.map(({ name }) => name);
    const ignored: Problem[] = [];
    const variant = scaleOf(source.name, top, names, options.scale, head, ignored);
    const size = rows.at(-1)?.module?.name === 'Classify' ? 224 : 640;
    const [set] = options.input ?? [];
    const sizes = set ? (set.name === undefined ? set.sizes : set.sizes.slice(1)) : undefined;
    const root = this.#root;
    const task = (by: FoundReader): SourceTask => ({
      reader: by,
      files,
      rules: source.rules,
      values: machine => (root ? valueOfYaml(root, machine) : null),
      path: source.path ?? source.name,
      scale: options.scale !== undefined && names.includes(options.scale) ? options.scale : undefined,
      rows,
      lists,
      input: [1, ...(sizes ?? [channelsOf(top, ignored), size, size])],
      head,
      order: options.shapeOrder ?? 'chw',
      training: options.training ?? false,
      lifetimes: options.lifetimes ?? false,
      places: options.places,
    });
    const { reading, by } = yield* readByEither(task, reader, files);
    for (const problem of reading.problems) problems.push(problem);
    if (rows.length === 0) {
      const message = l10n.t('This file has no rows under `backbone` and `head`.');
      problems.push({ range: head, severity: 'error', code: 'empty-network', message });
    }
    return {
      model: modelName(source.name, variant),
      graph: reading.graph,
      problems,
      head,
      variants,
      variant,
      claim: claimOf(source.text, variants, variant),
      reader: shownPath(by),
      imports: {
        roots: by.roots,
        repository: by.repository,
        read: reading.read,
        missing: reading.missing,
        refused: () => refusedFiles(reading.read),
      },
    };
  }
}

/**
 * What a repository's reader makes of a text; or another one beside it, where that reads all of it, and the first one does
 * not know a name of it or takes one image where the other takes two (`models/yolo_test.py` of forks for RGB and infrared).
 * What else the first one refuses is wrong for whoever trains with it, whatever an older copy says.
 */
function* readByEither(
  task: (by: FoundReader) => SourceTask,
  reader: FoundReader,
  files: Files,
): Generator<void, { readonly reading: SourceReading; readonly by: FoundReader }> {
  const reading = yield* readBySource(task(reader));
  if (!isRefused(reading)) return { reading, by: reader };
  const isOfNames = reading.problems.some(({ short }) => /^(?:Name|Key|Attribute)Error$/.test(short ?? ''));
  for (const other of readersBeside(reader, files)) {
    const again = yield* readBySource(task(other));
    if (!isRefused(again) && (isOfNames || again.images > reading.images)) return { reading: again, by: other };
  }
  return { reading, by: reader };
}

function isRefused({ problems }: SourceReading): boolean {
  return problems.some(({ severity, code }) => severity === 'error' || code === 'unknown-network');
}
