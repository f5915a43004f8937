// Generates docs/advice.md: all advice with the result of its example, and the proposals for networks in examples/.
import { type AdviceRule, adviceRules } from '../../server/src/core/advice/index.ts';
import {
  type Advice,
  type Analysed,
  adviceCandidates,
  applyEdits,
  defaultSettings,
  exact,
  isWithin,
  percent,
  priceAdvice,
  type Slimmed,
  shareChange,
  si,
  slim,
} from '../../server/src/core/index.ts';
import { example, link, notice, priced, table } from './markdown.ts';

/** The networks of examples/ whose proposals are shown. */
const networks: readonly (readonly [title: string, file: string])[] = [
  ['VGG-16', 'vgg16.net.yaml'],
  ['ResNet-50', 'resnet50.net.yaml'],
  ['GoogLeNet without bottlenecks', 'googlenet-naive.net.yaml'],
  ['a detector like YOLOv8n', 'trispot.yaml'],
  ['a detector like YOLOv4', 'csp-pan.cfg'],
];

/** The reduction in the last table. */
const goal = 0.3;

export function advicePage(): string {
  const contents = table(
    ['Advice', 'What it proposes', 'A hint from'],
    adviceRules.map(({ code, summary }) => [link(code), summary(), threshold(code)]),
  );
  const shown = networks.map(([title, file]) => ({ title, file, analysed: example(file) }));
  return `${[
    notice,
    '# Advice',
    'What makes a network cheaper. Flopline finds a place for a change, makes the change in a copy of your text, and offers it with the difference of the totals before and after. A change that causes a new problem, changes a shape where it should not, or saves less than 5 % of the layer is not offered; where you would expect it, it is listed with the reason.',
    'In the editor, put the cursor on a layer and ask for quick fixes or refactorings (`Ctrl+.`); hints mark the layers where advice saves most. `Flopline: Make It Cheaper…` searches for a few changes that reach a budget. In the terminal: `flopline advise FILE`, `flopline slim FILE --macs 300M`.',
    contents,
    'In Python, advice changes the call that constructs a layer (`nn.Conv2d(…)`, `nn.Linear(…)`) in the file that is open: new layers stand with it in an `nn.Sequential(…)` in its place, and widths that are expressions stay expressions (`planes // 4`). A call that makes several layers changes all of them (`×16` in the price). It is left alone where the program reads attributes of the layer or asks for its class, gives it to a function, or passes arguments as `*args` or `**kwargs`. Fewer channels, and removed or moved layers, are not offered: other lines would have to change with them.',
    'A hint is shown where the layer has at least that share of the whole. Thresholds and a switch for each piece of advice are [settings](settings.md); `# flopline-ignore fat-convolution` above a line silences the hint there.',
    'The numbers do not say what happens to accuracy: all changes but those that compute the same need training and evaluation.',
    ...adviceRules.map(section),
    '## On whole networks',
    'The best proposal of each kind on the files of [examples](../examples), by MACs saved in total, then parameters. A row of a YOLO file changes as a whole: what is inside a module such as C2f belongs to the framework.',
    proposals(shown),
    `### ${percent(goal)} less work`,
    `The changes that \`flopline slim FILE --macs -${goal * 100}%\` finds. At most eight gentle ones (which take at most a quarter of the channels, or a third of the repeats) are preferred to fewer drastic ones; no layer changes twice.`,
    slimmedNetworks(shown),
  ].join('\n\n')}\n`;
}

function threshold(code: string): string {
  const name = code.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
  const share = defaultSettings.advice[name]?.threshold;
  return share === undefined ? '' : percent(share);
}

function section({ code, summary, docs }: AdviceRule): string {
  const { what, why, not, paper, example: text, exampleFile = 'example.net.yaml' } = docs;
  const analysed = priced(exampleFile, text);
  const advice = offersOn(analysed).find(found => found.code === code);
  if (!advice) throw new Error(`The example of ${code} has no offer of it.`);
  const { title, before, after, edits } = advice;
  return [
    `## ${code}`,
    `*Proposes: ${summary()}.* ${what}`,
    `**Why.** ${why}`,
    ['```diff', ...changedLines(text, applyEdits(text, edits)), '```'].join('\n'),
    `“${title}”`,
    table(
      ['', 'before', 'after', ''],
      (['macs', 'params'] as const).map(metric => [
        metric === 'macs' ? 'MACs' : 'Parameters',
        exact(before[metric]),
        exact(after[metric]),
        shareChange(after[metric], before[metric]),
      ]),
      ' rrr',
    ),
    `**When not.** ${not}`,
    ...(paper === '' ? [] : [`*${paper}*`]),
  ].join('\n\n');
}

/** Everything that is offered. */
function offersOn(analysed: Analysed): Advice[] {
  return adviceCandidates(analysed).flatMap(candidate => {
    const advice = priceAdvice(analysed, candidate);
    return advice?.refused === null ? [advice] : [];
  });
}

/** A short text before and after, as a line diff. */
function changedLines(before: string, after: string): string[] {
  const [a, b] = [before, after].map(text => text.trimEnd().split('\n')) as [string[], string[]];
  const common = a.map(() => b.map(() => 0));
  const at = (i: number, j: number): number => common[i]?.[j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--)
      common[i]![j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
  }
  const lines: string[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length; ) {
    if (i < a.length && j < b.length && a[i] === b[j]) {
      lines.push(`  ${a[i++]}`);
      j++;
    } else if (i < a.length && (j === b.length || at(i + 1, j) >= at(i, j + 1))) lines.push(`- ${a[i++]}`);
    else lines.push(`+ ${b[j++]}`);
  }
  return lines;
}

interface Shown {
  readonly title: string;
  readonly file: string;
  readonly analysed: Analysed;
}

function proposals(shown: readonly Shown[]): string {
  const rows = shown.flatMap(({ title, file, analysed }) => {
    const offers = offersOn(analysed);
    return adviceRules.flatMap(({ code }) => {
      const own = offers.filter(advice => advice.code === code);
      const [best] = own.toSorted((a, b) => a.after.macs - b.after.macs || a.after.params - b.after.params);
      if (!best) return [];
      const { before, after, range, change } = best;
      return [
        [
          `[${title}](../examples/${file})`,
          link(code),
          String(own.length),
          String(analysed.document.lines.lineAt(range.from) + 1),
          change,
          shareChange(after.macs, before.macs),
          shareChange(after.params, before.params),
        ],
      ];
    });
  });
  return table(['Network', 'Advice', 'Offers', 'Line', 'The best', 'MACs', 'Parameters'], rows, '  rr rr');
}

function slimmedNetworks(shown: readonly Shown[]): string {
  const rows = shown.flatMap(({ title, file, analysed }) => {
    const macs = Math.floor((1 - goal) * analysed.model.totals.macs.value);
    const found = run(slim(analysed, { macs }));
    if (found.steps.length === 0) return [];
    const { before, after, steps } = found;
    const lines = steps.map(({ advice, choice }) => {
      const line = analysed.document.lines.lineAt(choice.origin) + 1;
      return `${line}: ${advice.change}`;
    });
    const count = steps.length > 4 ? [...lines.slice(0, 3), `… and ${steps.length - 3} more`] : lines;
    return [
      [
        `[${title}](../examples/${file})`,
        isWithin(after, { macs }) ? 'reached' : 'not reached',
        `${si(before.macs)} → ${si(after.macs)}`,
        shareChange(after.macs, before.macs),
        shareChange(after.params, before.params),
        count.join('; '),
      ],
    ];
  });
  return table(['Network', '', 'MACs', '', 'Parameters', 'Line: change'], rows, '  rrr');
}

function run(search: Generator<unknown, Slimmed>): Slimmed {
  for (;;) {
    const next = search.next();
    if (next.done) return next.value;
  }
}
