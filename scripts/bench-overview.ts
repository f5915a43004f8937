// Benchmarks the overview: from an edit to the server's message, from there until Chromium has drawn the page, and the
// layout of a graph.
import {
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  type ProtocolConnection,
} from 'vscode-languageserver-protocol/node';
import { itemsOf } from '../client/overview/graph/items.ts';
import { headHeight, type Laid, Layouts, type Measure } from '../client/overview/graph/layout.ts';
import { type Network, received } from '../client/overview/network.ts';
import { defaultSettings, open, price, startPython } from '../server/src/core/index.ts';
import { written } from '../server/src/lsp/overview.ts';
import type { OverviewMessage } from '../server/src/protocol/index.ts';
import { type OverviewPage, type OverviewPages, startOverviewPages } from './vscode/page.mjs';

interface Client {
  readonly connection: ProtocolConnection;
  stop(): Promise<void>;
}

export interface OverviewBench {
  readonly start: () => Promise<Client>;
  readonly rounds: number;
  /** Texts by label: file name, language, and the edit (what is replaced by what). */
  readonly texts: readonly {
    readonly what: string;
    readonly name: string;
    readonly languageId: string;
    readonly text: string;
    readonly states: readonly [string, string];
  }[];
  /** A Python network with so many blocks; used for a ResNet-152. */
  readonly program: (depths: readonly number[]) => string;
}

/** YOLOv8x in Flopline YAML. */
export const yolov8x = `nc: 80
scales:
  x: [1.00, 1.25, 512]
backbone:
${[
  '[-1, 1, Conv, [64, 3, 2]]',
  '[-1, 1, Conv, [128, 3, 2]]',
  '[-1, 3, C2f, [128, True]]',
  '[-1, 1, Conv, [256, 3, 2]]',
  '[-1, 6, C2f, [256, True]]',
  '[-1, 1, Conv, [512, 3, 2]]',
  '[-1, 6, C2f, [512, True]]',
  '[-1, 1, Conv, [1024, 3, 2]]',
  '[-1, 3, C2f, [1024, True]]',
  '[-1, 1, SPPF, [1024, 5]]',
]
  .map(row => `  - ${row}`)
  .join('\n')}
head:
${[
  '[-1, 1, nn.Upsample, [None, 2, "nearest"]]',
  '[[-1, 6], 1, Concat, [1]]',
  '[-1, 3, C2f, [512]]',
  '[-1, 1, nn.Upsample, [None, 2, "nearest"]]',
  '[[-1, 4], 1, Concat, [1]]',
  '[-1, 3, C2f, [256]]',
  '[-1, 1, Conv, [256, 3, 2]]',
  '[[-1, 12], 1, Concat, [1]]',
  '[-1, 3, C2f, [512]]',
  '[-1, 1, Conv, [512, 3, 2]]',
  '[[-1, 9], 1, Concat, [1]]',
  '[-1, 3, C2f, [1024]]',
  '[[15, 18, 21], 1, Detect, [nc]]',
]
  .map(row => `  - ${row}`)
  .join('\n')}
`;

const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const sorted = (values: readonly number[]): readonly number[] => values.toSorted((a, b) => a - b);
const median = (values: readonly number[]): number => sorted(values)[values.length >> 1]!;
const late = (values: readonly number[]): number => sorted(values)[Math.floor(values.length * 0.95)]!;

export async function overviewBench({ start, rounds, texts, program }: OverviewBench): Promise<void> {
  const pages = await startOverviewPages();
  try {
    console.log('\n(o) Overview: edit → message over stdio, message → drawn in Chromium');
    for (const view of ['layers', 'graph'])
      for (const each of texts) {
        const page = await pages.open(view);
        await edits(start, page, view, each, rounds);
        await page.close();
      }
    await layouts(pages, program, rounds);
  } finally {
    await pages.close();
  }
}

async function edits(
  start: OverviewBench['start'],
  page: OverviewPage,
  view: string,
  { what, name, languageId, text, states }: OverviewBench['texts'][number],
  rounds: number,
): Promise<void> {
  const client = await start();
  const uri = `file:///bench/${name}`;
  let arrive: (message: OverviewMessage) => void = () => {};
  client.connection.onNotification('flopline/overview', (message: OverviewMessage) => arrive(message));
  const next = (): Promise<OverviewMessage> =>
    new Promise(resolve => {
      arrive = resolve;
    });
  const all = text.split('\n');
  const line = all.findIndex((words, index) => index >= all.length / 2 && words.includes(states[0]));
  const at = all[line]!.indexOf(states[0]);
  const first = next();
  let begin = performance.now();
  await client.connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId, version: 1, text },
  });
  await client.connection.sendNotification('flopline/didShowOverview', { uri });
  const whole = await first;
  const opened = [performance.now() - begin, await page.show(whole)] as const;
  const sending: number[] = [];
  const drawing: number[] = [];
  for (let round = 0; round < 2 * rounds; round++) {
    const [old, other] = round % 2 ? [states[1], states[0]] : states;
    const message = next();
    begin = performance.now();
    await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: round + 2 },
      contentChanges: [
        { range: { start: { line, character: at }, end: { line, character: at + old.length } }, text: other },
      ],
    });
    const found = await message;
    sending.push(performance.now() - begin);
    drawing.push(await page.show(found));
    // Pause like a typist, so that the server's idle work does not delay the next edit.
    await new Promise(resolve => setTimeout(resolve, 60));
  }
  await client.stop();
  const sums = sending.map((time, index) => time + drawing[index]!);
  console.log(
    `  ${view}, ${what}: ${ms(median(sums))} in the median (${ms(median(sending))} + ${ms(median(drawing))}), 19 of 20 within ${ms(late(sums))}; opened in ${ms(opened[0])} + ${ms(opened[1])}`,
  );
}

const measure: Measure = {
  item: item => ({ width: 60 + 6 * Math.min(20, item.name.length), height: item.inside ? headHeight : 42 }),
  label: shapes => ({ width: 6 * (shapes[0]?.length ?? 0), height: 14 }),
};

function laidOut(network: Network, isOpen: (id: string) => boolean): Laid {
  const steps = new Layouts().of(itemsOf(network, isOpen).root, measure);
  for (;;) {
    const next = steps.next();
    if (next.done) return next.value;
  }
}

async function layouts(pages: OverviewPages, program: OverviewBench['program'], rounds: number): Promise<void> {
  await startPython();
  const messageOf = (depths: readonly number[]): OverviewMessage => {
    const name = 'resnet.py';
    const text = `${program(depths)}\n# flopline: ResNet() input=1,3,224,224\n`;
    const document = open({ name, text }, defaultSettings)!;
    const { rows, lines, ...rest } = written(price(document, defaultSettings)!, undefined);
    return { uri: `file:///${name}`, serial: 0, content: { ...rest, rows: [{ rows }], lines } };
  };
  const networkOf = (message: OverviewMessage): Network => received(undefined, message) as Network;
  const timed = (network: Network, isOpen: (id: string) => boolean): number => {
    const times: number[] = [];
    for (let round = 0; round < Math.max(3, rounds >> 1); round++) {
      const begin = performance.now();
      laidOut(network, isOpen);
      times.push(performance.now() - begin);
    }
    return median(times);
  };
  const resnet = networkOf(messageOf([3, 8, 36, 3]));
  const countOf = (laid: Laid): number =>
    laid.items.reduce((sum, { inside }) => sum + 1 + (inside ? countOf(inside) : 0), 0);
  console.log('\n    Layout of the graph of a ResNet-152 in Python, nothing known of an earlier one');
  for (const [what, isOpen] of [
    ['closed', () => false],
    ['opened', () => true],
  ] as const)
    console.log(`  ${what}: ${countOf(laidOut(resnet, isOpen))} boxes in ${ms(timed(resnet, isOpen))}`);
  const page = await pages.open('graph');
  const shown = await page.show(messageOf([3, 8, 36, 3]));
  const [opened, boxes] = await page.openAll();
  await page.close();
  console.log(`  in Chromium: shown in ${ms(shown)}, all opened and drawn in ${ms(opened)} (${boxes} boxes)`);
  const sizes = [
    [12, 12, 12, 12],
    [25, 25, 25, 25],
    [50, 50, 50, 50],
  ].map(depths => {
    const network = networkOf(messageOf(depths));
    return timed(network, () => true) / depths.reduce((sum, depth) => sum + depth);
  });
  console.log(
    `  for each block, all opened: ${sizes.map((size, at) => `${[48, 100, 200][at]} blocks ${ms(size)} (${(size / sizes[0]!).toFixed(2)}×)`).join(', ')}`,
  );
}
