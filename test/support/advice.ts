// What must hold for all advice in any format: checked on the edited text, independent of how the advice was found.
import assert from 'node:assert/strict';
import type { Frame, GraphNode } from '../../server/src/core/graph/graph.ts';
import {
  type Advice,
  type Analysed,
  adviceCandidates,
  applyEdits,
  type Candidate,
  open,
  price,
  priceAdvice,
  type RowReport,
  report,
  type Settings,
  type TextEdit,
} from '../../server/src/core/index.ts';
import { mapOffset } from '../../server/src/core/text/edit.ts';

export function analysedOf(name: string, text: string, settings: Settings): Analysed {
  const document = open({ name, text }, settings);
  const analysed = document && price(document, settings);
  assert.ok(analysed, `${name} is not recognised`);
  return analysed;
}

/** Prices the candidates in a text (every n-th of them), checks what is offered, and counts by code. */
export function checkAllAdvice(name: string, text: string, settings: Settings, every = 1): Tally {
  const analysed = analysedOf(name, text, settings);
  const tally: Tally = { offered: {}, refused: {}, dropped: {} };
  const ids = new Set<string>();
  const count = (kind: keyof Tally, code: string): void => {
    tally[kind][code] = (tally[kind][code] ?? 0) + 1;
  };
  for (const [index, candidate] of adviceCandidates(analysed).entries()) {
    assert.ok(!ids.has(candidate.id), `${candidate.id} is there twice`);
    ids.add(candidate.id);
    if (index % every !== 0) continue;
    const advice = priceAdvice(analysed, candidate);
    if (!advice) count('dropped', candidate.code);
    else if (advice.refused !== null) count('refused', candidate.code);
    else {
      count('offered', candidate.code);
      checkAdvice(analysed, candidate, advice, settings);
    }
  }
  return tally;
}

export interface Tally {
  readonly offered: Record<string, number>;
  readonly refused: Record<string, number>;
  readonly dropped: Record<string, number>;
}

export function addTallies(into: Tally, other: Tally): void {
  for (const kind of ['offered', 'refused', 'dropped'] as const) {
    for (const [code, count] of Object.entries(other[kind])) into[kind][code] = (into[kind][code] ?? 0) + count;
  }
}

export function checkAdvice(before: Analysed, candidate: Candidate, advice: Advice, settings: Settings): void {
  const { name, text } = before.document.source;
  const fixed = applyEdits(text, advice.edits);
  const told = (what: string): string => `${name}, ${advice.id}: ${what}\n${JSON.stringify(advice.edits)}\n${fixed}`;
  let end = 0;
  for (const edit of advice.edits.toSorted((a, b) => a.from - b.from || a.to - b.to)) {
    assert.ok(edit.from >= end && edit.to >= edit.from && edit.to <= text.length, told('edits overlap'));
    end = edit.to;
  }
  assert.equal(applyEdits(fixed, inverse(text, advice.edits)), text, told('undo'));
  const after = analysedOf(name, fixed, settings);
  const left = before.problems.map(({ code }) => code);
  for (const { code, message } of after.problems) {
    const at = left.indexOf(code);
    assert.ok(at >= 0, told(`a new problem: ${message}`));
    left.splice(at, 1);
  }
  const [was, is] = [report(before, { blocks: true }), report(after, { blocks: true })];
  assert.deepEqual(is.input, was.input, told('input'));
  assert.deepEqual(outputsOf(after), outputsOf(before), told('outputs of the network'));
  assert.equal(is.totals.macs! - was.totals.macs!, advice.after.macs - advice.before.macs, told('MACs'));
  assert.equal(is.totals.params! - was.totals.params!, advice.after.params - advice.before.params, told('parameters'));
  assert.ok(advice.after.macs <= advice.before.macs, told('it saves'));
  const here = / ([\d.]+)([kMGT]?) → \S+ MACs here/.exec(advice.title);
  const scale = { '': 1, k: 1e3, M: 1e6, G: 1e9, T: 1e12 }[here?.[2] ?? ''] ?? 1;
  // Texts show three significant digits.
  assert.ok(
    !here || Number(here[1]) * scale <= 1.005 * advice.before.macs,
    told(`more here than in all: ${advice.title}`),
  );
  // Rows that should not change are still there, in order.
  const { lines } = before.document;
  const { footprint, here: own, consumers = [] } = candidate.fix;
  const free = new Set([...footprint, ...own, ...consumers].map(({ from }) => lines.lineAt(from) + 1));
  const shapes = shapesOf(is.layers);
  let at = 0;
  for (const { line, outputs } of flat(was.layers)) {
    if (line === null || free.has(line)) continue;
    const found = shapes.indexOf(JSON.stringify(outputs), at);
    assert.ok(found >= 0, told(`line ${line} no longer hands on ${JSON.stringify(outputs)}`));
    at = found + 1;
  }
  checkWiring(before, after, candidate, advice, told);
  const comments = commentsOf(fixed);
  const goes = candidate.fix.edits.filter(({ kind }) => kind === 'remove').length;
  let numbers = 0;
  for (const comment of commentsOf(text)) {
    // A comment that is only the number of a section is removed with it.
    if (comment === '#' && name.endsWith('.cfg') && !comments.includes(comment) && numbers++ < goes) continue;
    const there = comments.indexOf(comment);
    assert.ok(there >= 0, told(`the comment ${comment} is gone`));
    comments.splice(there, 1);
  }
}

/** Remaining layers read the same layers as before, even if another tensor has the same shape. */
function checkWiring(
  before: Analysed,
  after: Analysed,
  { fix }: Candidate,
  { edits }: Advice,
  told: (what: string) => string,
): void {
  const moved = mapOffset(edits);
  const free = new Set([...fix.here, ...fix.footprint, ...(fix.consumers ?? [])].map(({ from }) => from));
  const now = wiringOf(after);
  for (const [site, sources] of wiringOf(before)) {
    const place = free.has(site) ? undefined : moved(site);
    const wanted = sources.map(source => (source < 0 ? source : moved(source)));
    if (place === undefined || wanted.includes(undefined)) continue;
    assert.deepEqual(now.get(place), wanted, told(`what stands at ${site} reads others`));
  }
}

/** By an item's offset, the items that it reads, in order, over all its uses; −1 is an input of the network. */
function wiringOf({ model: { graph } }: Analysed): Map<number, number[]> {
  const found = new Map<number, number[]>();
  const siteOf = ({ frame }: GraphNode): number => {
    for (let at: Frame | undefined = frame; at; at = at.parent) if (at.sites[0]) return at.sites[0].range.from;
    return -1;
  };
  for (const node of graph.nodes) {
    const own = siteOf(node);
    if (own < 0) continue;
    const list = found.get(own) ?? [];
    found.set(own, list);
    for (const { node: source } of node.inputs) {
      const from = siteOf(source);
      if (from !== own) list.push(from);
    }
  }
  return found;
}

/** The edits that revert the edited text. */
function inverse(text: string, edits: readonly TextEdit[]): TextEdit[] {
  let shift = 0;
  return edits
    .toSorted((a, b) => a.from - b.from || a.to - b.to)
    .map(({ from, to, text: fresh }) => {
      const at = from + shift;
      shift += fresh.length - (to - from);
      return { from: at, to: at + fresh.length, text: text.slice(from, to) };
    });
}

/** Comments without a row number at their start. */
function commentsOf(text: string): string[] {
  return text
    .split(/\r\n|\n|\r/)
    .flatMap(line => /(?:^|\s)(#.*)$/.exec(line)?.[1] ?? [])
    .map(comment => comment.replace(/^#\s*\d+/, '#').trim());
}

function* flat(rows: readonly RowReport[]): Generator<RowReport> {
  for (const row of rows) {
    yield row;
    if (row.children) yield* flat(row.children);
  }
}

function shapesOf(rows: readonly RowReport[]): string[] {
  return [...flat(rows)].map(({ outputs }) => JSON.stringify(outputs));
}

function outputsOf({ model }: Analysed): string[] {
  return model.graph.outputs.map(({ shape }) => String(shape));
}
