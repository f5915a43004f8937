// The only file that knows js-yaml. Builds the tree from its event stream and recovers from errors, because js-yaml
// throws at the first one: the guilty line is repaired and the text parsed again, a bounded number of times.
import {
  COLLECTION_STYLE,
  EVENT_ID,
  type Event,
  getScalarValue,
  parseEvents,
  SCALAR_STYLE,
  YAMLException,
} from 'js-yaml';
import type { Problem, Result } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Alias, Entry, Mapping, Scalar, Sequence, YamlNode } from './tree.ts';

/** Collections nested deeper than this are not read (js-yaml's own default). */
export const maxNesting = 100;

/** The first document of a text as a tree, or undefined where there is nothing; never throws. */
export function parseYaml(text: string): Result<YamlNode | undefined> {
  const problems: Problem[] = [];
  const first = attempt(text);
  if (first.events) return { value: buildTree(text, first.events, unshifted), problems };
  return recover(text, first.failure);
}

interface Failure {
  /** Where the parser noticed, in the text that it was given. */
  readonly at: number;
  readonly reason: string;
}

type Attempt =
  | { readonly events: Event[]; readonly failure?: never }
  | { readonly failure: Failure; readonly events?: never };

function attempt(text: string): Attempt {
  if (text.trim() === '') return { events: [] };
  try {
    return { events: parseEvents(text, { maxDepth: maxNesting }) };
  } catch (error) {
    if (error instanceof YAMLException) {
      return { failure: { at: error.mark?.position ?? text.length, reason: error.reason } };
    }
    return { failure: { at: text.length, reason: 'this text is too deep or too strange to be read' } };
  }
}

// ——— Recovery ————————————————————————————————————————————————————————————————————————————————————————————————————

/** A line of the text with what stands there instead while parsing. Lines keep their number; lengths may differ. */
interface Patch {
  readonly line: number;
  readonly text: string;
}

function recover(text: string, firstFailure: Failure): Result<YamlNode | undefined> {
  const lines = text.split('\n');
  const starts = lineStarts(lines);
  const problems: Problem[] = [];
  const patches = new Map<number, string>();
  // A parse costs time in proportion to the text: few of them on a large one.
  let parses = Math.max(6, Math.min(40, Math.floor(4_000_000 / (text.length + 1))));
  let failure = firstFailure;
  while (parses > 0) {
    const patched = new Patched(lines, starts, patches);
    const errorLine = patched.lineAt(failure.at);
    let best: { patch: Patch; reach: number; failure: Failure } | undefined;
    for (const patch of repairs(patched.lines, errorLine)) {
      if (parses-- <= 0) break;
      const trial = new Patched(lines, starts, new Map(patches).set(patch.line, patch.text));
      const result = attempt(trial.text);
      if (result.events) {
        problems.push(problemAt(lines, starts, patch.line, errorLine, failure.reason));
        return { value: buildTree(trial.text, result.events, offset => trial.original(offset)), problems };
      }
      const reach = trial.lineAt(result.failure.at);
      // Of two that lead equally far, the one that keeps its row.
      const keeps = best?.patch.text === '' && patch.text !== '' && reach === best.reach;
      if (!best || reach > best.reach || keeps) best = { patch, reach, failure: result.failure };
    }
    if (!best || best.reach < errorLine) break;
    if (best.reach === errorLine && best.patch.text.trim() === '' && best.failure.at === failure.at) break;
    problems.push(problemAt(lines, starts, best.patch.line, errorLine, failure.reason));
    patches.set(best.patch.line, best.patch.text);
    failure = best.failure;
  }
  // No repair helps: what stands above the error is read, the rest is given up, and that is said.
  const patched = new Patched(lines, starts, patches);
  const errorLine = patched.lineAt(failure.at);
  problems.push(
    problemAt(lines, starts, errorLine, errorLine, `${failure.reason}; nothing below this line could be read`),
  );
  for (let cut = errorLine; cut > 0; cut = Math.floor(cut / 2)) {
    const above = new Patched(lines.slice(0, cut), starts, patches);
    const result = attempt(above.text);
    if (result.events)
      return { value: buildTree(above.text, result.events, offset => above.original(offset)), problems };
  }
  return { value: undefined, problems };
}

/** What to try, most likely first: candidates for the guilty line, and for each the gentlest repair first. */
function* repairs(lines: readonly string[], errorLine: number): Generator<Patch> {
  const guilty = new Set<number>();
  const open = openLineAbove(lines, errorLine);
  if (open !== undefined) guilty.add(open);
  guilty.add(errorLine);
  const above = previousContent(lines, errorLine);
  if (above !== undefined) guilty.add(above);
  for (const line of guilty) {
    const text = lines[line];
    if (text === undefined || text.trim() === '') continue;
    if (/^ *\t/.test(text)) {
      // A tab stands for the indentation of a neighbour, most likely one that is an item if this is one.
      const content = text.trimStart();
      const neighbours = [lines[previousContent(lines, line) ?? -1] ?? '', lines[line + 1] ?? ''];
      const alike = neighbours.filter(neighbour => neighbour.trimStart().startsWith('-') === content.startsWith('-'));
      for (const neighbour of alike) yield { line, text: /^ */.exec(neighbour)![0] + content };
    }
    const closed = closeOpen(text);
    if (closed !== undefined) yield { line, text: closed };
    // A key that is only half typed: `- conv` above its settings, or `na` among keys.
    const dash = /^(\s*-\s)/.exec(text) ?? /^(\s*-)$/.exec(text.trimEnd());
    if (!dash && /^\s*[\w.]+\s*$/.test(text)) yield { line, text: `${text.trimEnd()}:` };
    // A row that disappears would shift every absolute index below it: an empty item holds its place.
    if (dash) yield { line, text: `${dash[1]!.trimEnd()} ~` };
    yield { line, text: '' };
  }
}

/** The line at or above `line` (not far) that leaves a bracket or a quote open. */
function openLineAbove(lines: readonly string[], line: number): number | undefined {
  for (let at = Math.min(line, lines.length - 1); at >= 0 && at >= line - 50; at--) {
    const text = lines[at]!;
    if (text.trim() !== '' && closeOpen(text) !== undefined) return at;
  }
  return undefined;
}

function previousContent(lines: readonly string[], line: number): number | undefined {
  for (let at = line - 1; at >= 0 && at >= line - 50; at--) {
    if (/^\s*[^#\s]/.test(lines[at]!)) return at;
  }
  return undefined;
}

/** The line with its open quote and brackets closed (or a surplus bracket gone); undefined when it is balanced. */
function closeOpen(line: string): string | undefined {
  const stack: string[] = [];
  let quote = '';
  let quoteAt = 0;
  let end = line.length;
  let surplus = -1;
  for (let at = 0; at < line.length; at++) {
    const char = line[at]!;
    if (quote) {
      if (char === '\\' && quote === '"') at++;
      else if (char === quote) quote = '';
    } else if ((char === '"' || char === "'") && /[\s[{,:]/.test(line[at - 1] ?? ' ')) {
      quote = char;
      quoteAt = at;
    } else if (char === '#' && (at === 0 || /\s/.test(line[at - 1]!))) {
      end = at;
      break;
    } else if (char === '[') stack.push(']');
    else if (char === '{') stack.push('}');
    else if (char === ']' || char === '}') {
      if (stack.at(-1) === char) stack.pop();
      else if (surplus < 0) surplus = at;
    }
  }
  if (surplus >= 0 && stack.length === 0 && !quote) return `${line.slice(0, surplus)} ${line.slice(surplus + 1)}`;
  if (!quote && stack.length === 0) return undefined;
  let content = line.slice(0, end).trimEnd();
  if (quote) {
    // The quote swallowed the brackets behind it: close it before them where that balances the line.
    const inside = content.slice(quoteAt + 1);
    const tail = /[\]}]+$/.exec(inside)?.[0] ?? '';
    if (tail && tail === stack.toReversed().join(''))
      return content.slice(0, content.length - tail.length) + quote + tail;
    content += quote;
  }
  return content + stack.reverse().join('');
}

function problemAt(
  lines: readonly string[],
  starts: readonly number[],
  guilty: number,
  noticed: number,
  reason: string,
): Problem {
  const text = lines[guilty] ?? '';
  const from = starts[guilty]! + (text.length - text.trimStart().length);
  const to = starts[guilty]! + text.trimEnd().length;
  const range: Range = { from, to: Math.max(from, to) };
  const open = closeOpen(text);
  const advice = /^\s*\t/.test(text)
    ? 'YAML is indented with spaces, not with tabs.'
    : open !== undefined
      ? 'Look for a bracket or a quote that is not closed.'
      : 'Look at the indentation, the colon behind the key, and the dash before the item.';
  return {
    range,
    severity: 'error',
    code: 'yaml-syntax',
    message: `This line is not YAML: ${reason}${noticed > guilty ? ` (noticed on line ${noticed + 1})` : ''}. ${advice} The lines around it keep their costs.`,
  };
}

/** The text with some lines replaced, and the way back from its offsets to those of the original. */
class Patched {
  readonly text: string;
  readonly lines: readonly string[];
  readonly #starts: readonly number[];
  readonly #originalStarts: readonly number[];
  readonly #originalLines: readonly string[];

  constructor(lines: readonly string[], starts: readonly number[], patches: ReadonlyMap<number, string>) {
    const patched = lines.slice();
    for (const [line, text] of patches) if (line < patched.length) patched[line] = text;
    this.lines = patched;
    this.text = patched.join('\n');
    this.#originalLines = lines;
    this.#originalStarts = starts;
    this.#starts = lineStarts(patched);
  }

  lineAt(offset: number): number {
    const starts = this.#starts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  original(offset: number): number {
    const line = this.lineAt(offset);
    const column = Math.min(offset - this.#starts[line]!, this.#originalLines[line]!.length);
    return this.#originalStarts[line]! + column;
  }
}

function lineStarts(lines: readonly string[]): number[] {
  const starts: number[] = [];
  let at = 0;
  for (const line of lines) {
    starts.push(at);
    at += line.length + 1;
  }
  return starts;
}

// ——— The tree ————————————————————————————————————————————————————————————————————————————————————————————————————

type OpenSequence = { kind: 'sequence'; from: number; to: number; flow: boolean; items: YamlNode[] };
type OpenMapping = { kind: 'mapping'; from: number; to: number; flow: boolean; entries: Entry[] };
interface Open {
  readonly node: OpenSequence | OpenMapping;
  /** Whether a bracket opened it: a pair in a flow list (`[a: b]`) has none. */
  readonly bracketed: boolean;
  readonly anchor: string | undefined;
  key: YamlNode | undefined;
}

const unshifted = (offset: number): number => offset;

function buildTree(text: string, events: readonly Event[], original: (offset: number) => number): YamlNode | undefined {
  const anchors = new Map<string, Exclude<YamlNode, Alias>>();
  const stack: Open[] = [];
  let root: YamlNode | undefined;
  // The end of the last thing read, in the parsed text: where an empty value is, and a flow collection's bracket after it.
  let end = 0;

  const place = (node: YamlNode): void => {
    const open = stack.at(-1);
    if (!open) root ??= node;
    else if (open.node.kind === 'sequence') open.node.items.push(node);
    else if (open.key === undefined) open.key = node;
    else {
      open.node.entries.push({ key: open.key, value: node });
      open.key = undefined;
    }
  };

  for (const event of events) {
    switch (event.type) {
      case EVENT_ID.DOCUMENT:
        // Only the first document is a spec.
        if (root) return root;
        break;
      case EVENT_ID.SCALAR: {
        let from = event.valueStart;
        let to = event.valueEnd;
        const style =
          event.style === SCALAR_STYLE.PLAIN
            ? 'plain'
            : event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED
              ? 'quoted'
              : 'block';
        const content = from < 0 ? '' : event.fast ? text.slice(from, to) : getScalarValue(text, event);
        if (from < 0) {
          // An empty value stands behind the `:` or `-` that it belongs to.
          const mark = emptyAt(text, Math.max(end, event.anchorEnd, event.tagEnd));
          from = mark;
          to = mark;
        } else if (style === 'quoted') {
          from--;
          to++;
        }
        end = to;
        const scalar: Scalar = { kind: 'scalar', from: original(from), to: original(to), text: content, style };
        if (event.anchorStart >= 0) anchors.set(text.slice(event.anchorStart, event.anchorEnd), scalar);
        place(scalar);
        break;
      }
      case EVENT_ID.SEQUENCE:
      case EVENT_ID.MAPPING: {
        const from = original(event.start);
        const flow = event.style === COLLECTION_STYLE.FLOW;
        stack.push({
          node:
            event.type === EVENT_ID.SEQUENCE
              ? { kind: 'sequence', from, to: from, flow, items: [] }
              : { kind: 'mapping', from, to: from, flow, entries: [] },
          bracketed: flow && text[event.start] === (event.type === EVENT_ID.SEQUENCE ? '[' : '{'),
          anchor: event.anchorStart >= 0 ? text.slice(event.anchorStart, event.anchorEnd) : undefined,
          key: undefined,
        });
        end = flow ? event.start + 1 : event.start;
        break;
      }
      case EVENT_ID.ALIAS: {
        const name = text.slice(event.anchorStart, event.anchorEnd);
        end = event.anchorEnd;
        place({
          kind: 'alias',
          from: original(event.anchorStart - 1),
          to: original(end),
          name,
          target: anchors.get(name),
        });
        break;
      }
      case EVENT_ID.POP: {
        const open = stack.pop();
        if (!open) break;
        if (open.bracketed) end = closingBracket(text, end, open.node.kind === 'sequence' ? ']' : '}');
        open.node.to = original(end);
        const node: Sequence | Mapping = open.node;
        if (open.anchor !== undefined) anchors.set(open.anchor, node);
        place(node);
        break;
      }
    }
  }
  return root;
}

/** The offset behind the bracket that closes a flow collection whose last part ends at `from`. */
function closingBracket(text: string, from: number, bracket: string): number {
  for (let at = from; at < text.length; at++) {
    const char = text[at]!;
    if (char === bracket) return at + 1;
    if (char === '#') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) return text.length;
      at = lineEnd;
    }
  }
  return text.length;
}

/** Where an empty value stands: behind the next `:`, `-` or `,` on the same line, else here. */
function emptyAt(text: string, from: number): number {
  for (let at = from; at < text.length; at++) {
    const char = text[at];
    if (char === ':' || char === '-' || char === '?') return at + 1;
    if (char === '#') {
      const lineEnd = text.indexOf('\n', at);
      if (lineEnd < 0) return from;
      at = lineEnd;
    } else if (char !== ' ' && char !== '\n' && char !== '\r' && char !== '\t') return from;
  }
  return from;
}
