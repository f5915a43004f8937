// Everything that users can read about a spec.
import { readdirSync, readFileSync } from 'node:fs';
import {
  type Analysed,
  adviceCandidates,
  fixes,
  hintDetail,
  hints,
  hover,
  lenses,
  priceAdvice,
  problemsWithHints,
  type SymbolNode,
  summary,
  summaryMarkdown,
  symbols,
} from '../../server/src/core/index.ts';

const root = new URL('../../', import.meta.url);
const isSpec = (name: string): boolean => /\.(?:ya?ml|cfg|prototxt)$/.test(name);

/** The examples, and the fixtures of all formats. */
export const specs: readonly { readonly name: string; readonly text: string }[] = [
  'examples/',
  ...readdirSync(new URL('test/formats/', root)).map(name => `test/formats/${name}/fixtures/`),
]
  .flatMap(folder => {
    try {
      return readdirSync(new URL(folder, root)).map(name => folder + name);
    } catch {
      return [];
    }
  })
  .filter(isSpec)
  .map(path => ({ name: path.split('/').at(-1)!, text: readFileSync(new URL(path, root), 'utf8') }));

/**
 * All texts about a spec, each with its kind; hovers at every `step`th character, and up to `advice` pieces of advice.
 */
export function* texts(
  analysed: Analysed,
  { step, advice: most }: { readonly step: number; readonly advice: number },
): Generator<readonly [string, string]> {
  const whole = { from: 0, to: analysed.document.source.text.length };
  const { lines } = analysed.document;
  for (const { line, label } of hints(analysed, whole)) {
    yield [`hint ${line + 1}`, label];
    yield [`detail ${line + 1}`, hintDetail(analysed, line)];
  }
  yield* problemTexts(problemsWithHints(analysed));
  for (const { title, tooltip } of lenses(analysed)) {
    yield ['lens', title];
    yield ['tooltip of the lens', tooltip ?? ''];
  }
  yield* symbolTexts(symbols(analysed));
  const text = analysed.document.source.text;
  for (let at = 0; at < text.length && at < 3000; at += step) {
    const found = hover(analysed, at);
    if (found) yield [`hover ${lines.lineAt(at) + 1}`, found.markdown];
  }
  for (const { fix } of fixes(analysed, whole)) yield ['fix', fix.title];
  for (const candidate of adviceCandidates(analysed).slice(0, most)) {
    const advice = priceAdvice(analysed, candidate);
    if (!advice) continue;
    yield [`title of ${advice.code}`, advice.title];
    yield [`why of ${advice.code}`, advice.why];
    yield [`refusal of ${advice.code}`, advice.refused ?? ''];
  }
  const { text: status, detail, native } = summary(analysed);
  yield ['status bar', status];
  yield ['menu', detail];
  yield ['menu', native ?? ''];
  yield ['tooltip of the status bar', summaryMarkdown(analysed)];
}

export function* problemTexts(list: ReturnType<typeof problemsWithHints>): Generator<readonly [string, string]> {
  for (const { code, message, help, short, related, fixes } of list) {
    yield [code, message];
    yield [code, help ?? ''];
    yield [code, short ?? ''];
    for (const other of related ?? []) yield [`related of ${code}`, other.message];
    for (const { title } of fixes ?? []) yield [`fix of ${code}`, title];
  }
}

function* symbolTexts(list: readonly SymbolNode[]): Generator<readonly [string, string]> {
  for (const { detail, children } of list) {
    yield ['symbol', detail];
    yield* symbolTexts(children);
  }
}
