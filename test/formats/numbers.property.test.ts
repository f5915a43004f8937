// Rows that are inserted, removed, copied, moved, cut and pasted by hand: the fix that is offered first gives the network
// that was meant, which is the one before with exactly those rows added, removed or moved.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  type Analysed,
  advance,
  applyEdits,
  type Document,
  defaultSettings,
  fixes,
  open,
  price,
} from '../../server/src/core/index.ts';

/** What a row reads: the row above whichever that is, or one that it names by its number. */
type Source = 'above' | { readonly row: object; readonly kind: 'relative' | 'absolute'; readonly written: number };

interface Row {
  /** Itself, whatever its number is. */
  readonly row: object;
  /** What tells it from the others: its channels. */
  readonly width: number;
  readonly sources: readonly Source[];
  /** The number that a comment gives it. */
  readonly comment: number | undefined;
}

interface Dialect {
  readonly name: string;
  readonly head: string;
  /** The lines of a row. */
  text(row: Row): string;
}

const written = (source: Source): number => (source === 'above' ? -1 : source.written);

const yolo: Dialect = {
  name: 'yolo.yaml',
  head: 'nc: 4\nscales:\n  n: [1, 1, 1024]\nhead: []\nbackbone:\n',
  text({ sources, width, comment }) {
    const from = sources.map(written);
    const number = comment === undefined ? '' : ` # ${comment}-P1/2`;
    return from.length === 1
      ? `  - [${from[0]}, 1, Conv, [${width}, 1, 1]]${number}\n`
      : `  - [[${from.join(', ')}], 1, Concat, [1]]${number}\n`;
  },
};

const darknet: Dialect = {
  name: 'net.cfg',
  head: '[net]\nwidth=32\nheight=32\nchannels=3\n\n',
  text({ sources, width, comment }) {
    const number = comment === undefined ? '' : `# ${comment}\n`;
    const [first, second] = sources;
    if (sources.length === 1 && first === 'above')
      return `${number}[convolutional]\nfilters=${width}\nsize=1\nactivation=linear\n\n`;
    return sources.length === 2 && first === 'above' && second !== 'above'
      ? `${number}[shortcut]\nfrom=${written(second!)}\nactivation=linear\n\n`
      : `${number}[route]\nlayers = ${sources.map(written).join(', ')}\n\n`;
  },
};

const textOf = (dialect: Dialect, rows: readonly Row[]): string =>
  dialect.head + rows.map(row => dialect.text(row)).join('');

let widths = 8;

/** A row at a place: it names some of the rows above. */
function rowAt(rows: readonly Row[], place: number, picks: readonly number[], comment?: number): Row {
  const sources = picks.map((pick): Source => {
    const back = (pick >> 1) % (place + 1);
    // The image has no number.
    if (back === 0 || place === 0) return 'above';
    const kind = pick % 2 === 0 ? 'absolute' : 'relative';
    // −1 is the row above, whichever that is.
    if (kind === 'relative' && back === 1) return 'above';
    return { row: rows[place - back]!.row, kind, written: kind === 'absolute' ? place - back : -back };
  });
  return { row: {}, width: ++widths, sources, comment };
}

/** A network in which nothing is unused: the last row reads what nobody has read. */
function networkOf(picks: readonly (readonly number[])[], isNumbered: boolean): Row[] {
  const rows: Row[] = [];
  for (const [place, list] of picks.entries()) rows.push(rowAt(rows, place, list, isNumbered ? place : undefined));
  const read = new Set(
    rows.flatMap(({ sources }, at) => sources.map(each => (each === 'above' ? rows[at - 1]?.row : each.row))),
  );
  const place = rows.length;
  const sources = rows.flatMap(({ row }, at): Source[] =>
    read.has(row) ? [] : [{ row, kind: 'absolute', written: at }],
  );
  rows.push({ row: {}, width: ++widths, sources: [...sources, 'above'], comment: isNumbered ? place : undefined });
  return rows;
}

type Step = readonly [
  kind: 'insert' | 'remove' | 'copy' | 'move' | 'cut',
  at: number,
  to: number,
  picks: readonly number[],
];

/** The texts of the rows after each edit of a step. */
function* edited(
  dialect: Dialect,
  rows: readonly Row[],
  [kind, at, to, picks]: Step,
  were: readonly Row[] = rows,
): Generator<readonly Row[]> {
  const place = at % rows.length;
  const row = rows[place]!;
  const without = rows.toSpliced(place, 1);
  // Of two rows that are the same, nothing in the text tells which one went.
  const bare = ({ comment: _, ...other }: Row): string => dialect.text({ ...other, comment: undefined });
  const isTwin = rows.filter(other => bare(other) === bare(row)).length > 1;
  if (isTwin && kind !== 'insert') return;
  switch (kind) {
    case 'insert': {
      const target = at % (rows.length + 1);
      const fresh = rowAt(rows, target, picks);
      // What looks like a row that was cut is that row.
      if (!were.some(other => bare(other) === bare(fresh))) yield rows.toSpliced(target, 0, fresh);
      return;
    }
    case 'remove':
      yield without;
      return;
    case 'copy': {
      const target = place + 1;
      // What counts back counts from the copy.
      const sources = row.sources.map((source): Source => {
        if (source === 'above' || source.kind === 'absolute') return source;
        const there = rows[target + source.written];
        return { ...source, row: there?.row ?? {} };
      });
      yield rows.toSpliced(target, 0, { ...row, row: {}, sources });
      return;
    }
    case 'move':
      yield without.toSpliced(to % rows.length, 0, row);
      return;
    case 'cut':
      yield without;
      yield without.toSpliced(to % rows.length, 0, row);
      return;
  }
}

/** The rows with every number as it was meant; what is gone, or below, cannot be named. */
function meant(rows: readonly Row[]): readonly Row[] {
  const places = new Map(rows.map(({ row }, place) => [row, place]));
  return rows.map((row, place) => ({
    ...row,
    comment: row.comment === undefined ? undefined : place,
    sources: row.sources.map((source): Source => {
      const there = source === 'above' ? undefined : places.get(source.row);
      if (source === 'above' || there === undefined || there >= place) return source;
      return { ...source, written: source.kind === 'absolute' ? there : there - place };
    }),
  }));
}

const picks = fc.array(fc.nat(15), { minLength: 1, maxLength: 3 });
const network = fc.array(picks, { minLength: 4, maxLength: 9 });
const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('insert' as const, 'remove' as const, 'copy' as const, 'move' as const, 'cut' as const),
  fc.nat(30),
  fc.nat(30),
  picks,
);

const references = (lines: string): string => lines.replaceAll(/#.*/g, '');

/** What the fix makes of a text that is offered first; undefined where none is. */
function fixed(analysed: Analysed): string | undefined {
  const { text } = analysed.document.source;
  const offers = fixes(analysed, { from: 0, to: text.length }).filter(({ fix }) => !fix.accepts);
  if (!analysed.numbers || analysed.numbers.edits.length === 0) return undefined;
  return offers[0] && applyEdits(text, offers[0].fix.edits);
}

describe('rows that come, go and move', () => {
  for (const dialect of [yolo, darknet]) {
    for (const isNumbered of [false, true]) {
      it(`${dialect.name}, ${isNumbered ? 'numbered' : 'without numbers'}`, () => {
        let compared = 0;
        fc.assert(
          fc.property(network, fc.array(step, { minLength: 1, maxLength: 3 }), (list, steps) => {
            let rows: readonly Row[] = networkOf(list, isNumbered);
            const opened = (lines: readonly Row[], earlier?: Document): Document =>
              open({ name: dialect.name, text: textOf(dialect, lines) }, defaultSettings, earlier)!;
            let analysed = price(opened(rows), defaultSettings)!;
            const were: Row[] = [...rows];
            for (const each of steps) {
              for (const after of edited(dialect, rows, each, were)) {
                rows = after;
                were.push(...rows);
                if (rows.length < 3) return;
                const document = opened(rows, analysed.document);
                analysed = price(document, defaultSettings, advance(analysed, document), analysed)!;
              }
            }
            const { text } = analysed.document.source;
            const wanted = textOf(dialect, meant(rows));
            const result = fixed(analysed);
            if (result === undefined) assert.equal(references(text), references(wanted));
            else assert.equal(result, wanted);
            if (result === undefined) return;
            // Until then rows cost what they cost afterwards, and every layer is where it is.
            const after = price(open({ name: dialect.name, text: wanted }, defaultSettings)!, defaultSettings, {
              rows: [],
              numbers: 'trusted',
            })!;
            // Where references to rows that are gone make it wrong, what was there stands in.
            if (after.problems.some(({ severity }) => severity === 'error')) return;
            assert.deepEqual(linesOf(analysed), linesOf(after));
            compared++;
          }),
          { numRuns: 120 },
        );
        assert.ok(compared > 0, `compared ${compared} times`);
      });
    }
  }

  for (const dialect of [yolo, darknet]) {
    it(`${dialect.name}, opened afterwards, where comments say it`, () => {
      let offered = 0;
      fc.assert(
        fc.property(network, step, (list, one) => {
          let rows: readonly Row[] = networkOf(list, true);
          for (const after of edited(dialect, rows, one)) rows = after;
          const text = textOf(dialect, rows);
          const wanted = textOf(dialect, meant(rows));
          const analysed = price(open({ name: dialect.name, text }, defaultSettings)!, defaultSettings)!;
          const result = fixed(analysed);
          if (result !== undefined) {
            offered++;
            assert.equal(result, wanted);
          }
          // Two numbers after a row without one say that it is new, if it goes on with the row above.
          const [kind, at, , sources] = one;
          const isSaid = kind === 'insert' && at % rows.length < rows.length - 2 && sources.includes(0);
          if (isSaid && references(text) !== references(wanted)) assert.equal(result, wanted);
        }),
        { numRuns: 120 },
      );
      assert.ok(offered > 3, `offered ${offered} times`);
    });
  }
});

/** What every line outputs and costs. */
function linesOf({ model }: Analysed): unknown {
  return [...model.lineCosts()].map(({ line, cost, frames }) => [
    line,
    cost.macs.value,
    frames.map(({ outputs }) => outputs.map(({ shape }) => shape)),
  ]);
}
