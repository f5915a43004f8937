// Benchmarks as ratios within one run: absolute times differ between machines, ratios hardly do.
//   npm run bench [-- --quick] [SECTION…]
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { load, parseEvents } from 'js-yaml';
import {
  CodeActionRequest,
  createProtocolConnection,
  DidChangeTextDocumentNotification,
  DidOpenTextDocumentNotification,
  ExitNotification,
  HoverRequest,
  InitializedNotification,
  InitializeRequest,
  InlayHintRequest,
  type ProtocolConnection,
  PublishDiagnosticsNotification,
  ShutdownRequest,
} from 'vscode-languageserver-protocol/node';
import { pytorch as pythonFormat } from '../server/src/core/formats/pytorch/index.ts';
import {
  type Analysed,
  completions,
  defaultSettings,
  diffReport,
  open,
  price,
  signatureHelp,
} from '../server/src/core/index.ts';
import { detectors } from '../test/support/detectors.ts';
import { yolov3 } from '../test/support/yolov3.ts';
import { overviewBench, yolov8x } from './bench-overview.ts';
import { activationTimes } from './vscode/activation.mjs';

const root = join(import.meta.dirname, '..');
const quick = process.argv.includes('--quick');
const rounds = quick ? 5 : 15;
/**
 * Edits before the measurement, as many as in two minutes of typing: by then the measured code is compiled, on both
 * sides. Fewer in long texts, whose rows exercise the code as well.
 */
const warmEdits = (rows: number): number => (quick ? 5 : rows > 1000 ? 30 : 300);

/** Rows with a single operator each, of changing kinds. */
function ownRows(count: number): string {
  const rows = [
    '  - conv: {out: 64, kernel: 3, padding: same}',
    '  - batchnorm',
    '  - relu',
    '  - conv: {out: 64, kernel: 1}',
    '  - relu',
  ];
  return `name: bench\ninput: [3, 64, 64]\nlayers:\n${Array.from({ length: count }, (_, index) => rows[index % rows.length]).join('\n')}\n`;
}

function yoloRows(count: number): string {
  const rows = Array.from(
    { length: count },
    (_, index) => `  - [-1, 1, Conv, [${index % 2 ? 64 : 32}, 3, 1]] # ${index}`,
  );
  return `nc: 80\nbackbone:\n${rows.slice(0, -1).join('\n')}\nhead:\n${rows.at(-1)}\n`;
}

/** A Darknet network of residual blocks, with as many sections as asked for. */
function darknetSections(count: number): string {
  const conv = (filters: number, size: number): string =>
    `[convolutional]\nbatch_normalize=1\nfilters=${filters}\nsize=${size}\nstride=1\npad=1\nactivation=leaky\n`;
  const block = [conv(32, 1), conv(64, 3), '[shortcut]\nfrom=-3\nactivation=linear\n'];
  const sections = Array.from({ length: count - 1 }, (_, index) => block[index % 3]);
  return `[net]\nbatch=64\nwidth=32\nheight=32\nchannels=3\n\n${[conv(64, 3), ...sections].join('\n')}`;
}

/**
 * ResNet-152 for Caffe with one field per line, about 7,000 lines; the authors' own file if it is beside the project.
 */
function resNet152(): string {
  const authors = join(root, '../shared/corpus/caffe-prototxt/msra__ResNet-152-deploy/ResNet-152-deploy.prototxt');
  if (existsSync(authors)) return readFileSync(authors, 'utf8');
  return bottlenecks([3, 8, 36, 3]);
}

function bottlenecks(depths: readonly number[]): string {
  const layers = ['name: "ResNet"\ninput: "data"\ninput_dim: 1\ninput_dim: 3\ninput_dim: 224\ninput_dim: 224\n'];
  const layer = (name: string, type: string, bottoms: readonly string[], top: string, more = ''): void => {
    const lines = bottoms.map(bottom => `\tbottom: "${bottom}"\n`).join('');
    layers.push(`layer {\n${lines}\ttop: "${top}"\n\tname: "${name}"\n\ttype: "${type}"\n${more}}\n\n`);
  };
  const conv = (name: string, bottom: string, out: number, kernel: number, stride: number): void => {
    const fields = [
      `num_output: ${out}`,
      `kernel_size: ${kernel}`,
      `pad: ${kernel >> 1}`,
      `stride: ${stride}`,
      'bias_term: false',
    ];
    layer(name, 'Convolution', [bottom], name, `\tconvolution_param {\n\t\t${fields.join('\n\t\t')}\n\t}\n`);
    layer(`bn_${name}`, 'BatchNorm', [name], name, '\tbatch_norm_param {\n\t\tuse_global_stats: true\n\t}\n');
    layer(`scale_${name}`, 'Scale', [name], name, '\tscale_param {\n\t\tbias_term: true\n\t}\n');
  };
  const relu = (blob: string): void => layer(`relu_${blob}`, 'ReLU', [blob], blob);
  conv('conv1', 'data', 64, 7, 2);
  relu('conv1');
  layer(
    'pool1',
    'Pooling',
    ['conv1'],
    'pool1',
    '\tpooling_param {\n\t\tkernel_size: 3\n\t\tstride: 2\n\t\tpool: MAX\n\t}\n',
  );
  let last = 'pool1';
  depths.forEach((depth, stage) => {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < depth; block++) {
      const name = `res${stage + 2}_${block}`;
      const stride = block === 0 && stage > 0 ? 2 : 1;
      let shortcut = last;
      if (block === 0) {
        shortcut = `${name}_1`;
        conv(shortcut, last, 4 * width, 1, stride);
      }
      conv(`${name}_2a`, last, width, 1, stride);
      relu(`${name}_2a`);
      conv(`${name}_2b`, `${name}_2a`, width, 3, 1);
      relu(`${name}_2b`);
      conv(`${name}_2c`, `${name}_2b`, 4 * width, 1, 1);
      layer(name, 'Eltwise', [shortcut, `${name}_2c`], name);
      relu(name);
      last = name;
    }
  });
  layer('pool5', 'Pooling', [last], 'pool5', '\tpooling_param {\n\t\tglobal_pooling: true\n\t\tpool: AVE\n\t}\n');
  layer('fc', 'InnerProduct', ['pool5'], 'fc', '\tinner_product_param {\n\t\tnum_output: 1000\n\t}\n');
  return layers.join('');
}

/** A single pass of a plain tokenizer over the same text, as a baseline. */
const prototxtTokens =
  /#[^\n]*|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|[-+]?[\d.][\w.+-]*|[{}<>:[\],;]|\s+/g;

function prototxt(): void {
  const text = resNet152();
  const [ours, tokens] = inTurn(
    () => costs('bench.prototxt', text),
    () => {
      let length = 0;
      for (const [token] of text.matchAll(prototxtTokens)) length += token.length;
      if (length < text.length / 2) throw new Error('the tokenizer reads too little');
    },
  ) as [number, number];
  console.log(
    `\n(f) ResNet-152’s prototxt, ${text.split('\n').length} lines: text to costs ${ms(ours)} (aim: at most 10.5 ms, half of what Netscope takes); a tokenizer ${ms(tokens)} → ${times(ours / tokens)}`,
  );
  const stages = [4, 16, 64];
  const found = inTurn(
    ...stages.map(blocks => {
      const small = bottlenecks([blocks, blocks, blocks, blocks]);
      return () => {
        for (let again = 0; again < 64 / blocks; again++) costs('bench.prototxt', small);
      };
    }),
  );
  const each = stages.map((blocks, at) => `${4 * blocks} blocks ${times(found[at]! / found.at(-1)!)}`);
  console.log(`  growth, time for each block as a multiple of that at ${4 * stages.at(-1)!}: ${each.join(', ')}`);
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Medians in ms of several functions measured in turn, so that load affects all of them; after a warm-up. */
function inTurn(...bodies: readonly (() => void)[]): number[] {
  for (let warm = 0; warm < rounds; warm++) for (const body of bodies) body();
  const times = bodies.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, body] of bodies.entries()) {
      const start = performance.now();
      body();
      times[index]!.push(performance.now() - start);
    }
  }
  return times.map(median);
}

function costs(name: string, text: string): void {
  const analysed = price(open({ name, text }, defaultSettings)!, defaultSettings)!;
  if (!(analysed.model.totals.macs.value > 0)) throw new Error(`${name} costs nothing`);
}

const ms = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} ms`;
const times = (value: number): string => `${value.toFixed(2)}×`;

function textToCosts(): void {
  console.log('\n(a) Text to costs in process, beside js-yaml on the same text (aim: our YAML at most 2×)');
  for (const [what, name, make] of [
    ['our YAML', 'bench.net.yaml', ownRows],
    ['YOLO YAML', 'bench.yaml', yoloRows],
  ] as const) {
    const text = make(10_000);
    const [ours, whole, events] = inTurn(
      () => costs(name, text),
      () => load(text),
      () => parseEvents(text, {}),
    ) as [number, number, number];
    console.log(
      `  ${what}, 10,000 rows: ${ms(ours)}; load ${ms(whole)}, events ${ms(events)} → ${times(ours / whole)} of load`,
    );
  }
}

function cfgToCosts(): void {
  console.log('\n(f) A Darknet cfg to costs in process, beside one pass of a tokeniser of regular expressions');
  const text = yolov3();
  const token = /\[[^\]\n]*\]|[#;][^\n]*|[^=\s]+|=|[ \t]+|\n/g;
  const [ours, tokens] = inTurn(
    () => costs('yolov3.cfg', text),
    () => {
      let length = 0;
      for (const [found] of text.matchAll(token)) length += found.length;
      if (length !== text.length) throw new Error(`only ${length} of ${text.length} characters are tokens`);
    },
  ) as [number, number];
  const lines = text.split('\n').length;
  console.log(`  YOLOv3, ${lines} lines: ${ms(ours)}; tokens ${ms(tokens)} → ${times(ours / tokens)}`);
  const sizes = [300, 1200, 4800];
  const found = inTurn(
    ...sizes.map(darknetSections).map((cfg, index) => () => {
      for (let again = 0; again < 4800 / sizes[index]!; again++) costs('bench.cfg', cfg);
    }),
  );
  console.log(
    `  time for each section: ${sizes.map((size, index) => `${size} sections ${times(found[index]! / found[0]!)}`).join(', ')}`,
  );
}

function growth(): void {
  console.log('\n(e) Growth: time for each row, as a multiple of that at 10,000 rows (linear: about 1)');
  const sizes = [100, 1000, 10_000];
  const measure = (what: string, make: (count: number) => string, body: (text: string) => void): void => {
    // Repeat short ones, so that they are measurable.
    const found = inTurn(
      ...sizes.map(size => {
        const text = make(size);
        return () => {
          for (let again = 0; again < 10_000 / size; again++) body(text);
        };
      }),
    );
    console.log(`  ${what}: ${sizes.map((size, at) => `${size} rows ${times(found[at]! / found[2]!)}`).join(', ')}`);
  };
  measure('our YAML', ownRows, text => costs('bench.net.yaml', text));
  measure('YOLO YAML', yoloRows, text => costs('bench.yaml', text));
  // Building a tree of ten thousand rows costs more memory traffic than ten of a thousand, in any parser.
  measure('js-yaml’s load of our YAML', ownRows, text => void load(text));
}

interface Client {
  readonly connection: ProtocolConnection;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** Our server with the options that the extension uses. */
const startOurs = (): Promise<Client> =>
  start('--min-semi-space-size=32', '--max-semi-space-size=64', join(root, 'dist/server.js'), '--stdio');

async function start(...args: readonly string[]): Promise<Client> {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'ignore'] });
  const connection = createProtocolConnection(child.stdout!, child.stdin!);
  // Servers request settings and register capabilities; null is a valid answer to all of these.
  connection.onRequest('workspace/configuration', ({ items }: { items: unknown[] }) => items.map(() => null));
  connection.onRequest('client/registerCapability', () => null);
  for (const refresh of ['inlayHint', 'codeLens']) connection.onRequest(`workspace/${refresh}/refresh`, () => null);
  connection.onUnhandledNotification(() => undefined);
  connection.listen();
  await connection.sendRequest(InitializeRequest.type, {
    processId: process.pid,
    rootUri: null,
    capabilities: { textDocument: { inlayHint: {}, hover: {} } },
  });
  await connection.sendNotification(InitializedNotification.type, {});
  return {
    connection,
    process: child,
    stop: async () => {
      await connection.sendRequest(ShutdownRequest.type, undefined);
      await connection.sendNotification(ExitNotification.type);
      connection.dispose();
    },
  };
}

/** Resident memory in bytes, if the system reports it. */
function memory({ process: child }: Client): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

async function edits(): Promise<void> {
  const peer = createRequire(import.meta.url).resolve('yaml-language-server/bin/yaml-language-server');
  console.log(
    '\n(b) Edit → answer over stdio: our inlay hints for 60 lines, beside yaml-language-server’s hover on the same edits',
  );
  for (const [name, languageId, make] of [
    ['bench.net.yaml', 'flopline', ownRows],
    ['bench.yaml', 'yaml', yoloRows],
  ] as const) {
    const ours = await startOurs();
    const theirs = await start(peer, '--stdio');
    for (const [count, aim] of [
      [200, 5],
      [1000, 10],
      [10_000, 10],
    ] as const) {
      const text = make(count);
      const uri = `file:///bench/${count}/${name}`;
      for (const [client, id] of [
        [ours, languageId],
        [theirs, 'yaml'],
      ] as const) {
        await client.connection.sendNotification(DidOpenTextDocumentNotification.type, {
          textDocument: { uri, languageId: id, version: 1, text },
        });
      }
      // Overtype a width in the middle; not every row has one.
      const all = text.split('\n');
      const line = all.findIndex((row, index) => index >= count / 2 && /\d\d/.test(row));
      const at = all[line]!.search(/\d\d/);
      const range = { start: { line: line - 30, character: 0 }, end: { line: line + 30, character: 0 } };
      const edit = async (client: Client, version: number): Promise<number> => {
        const begin = performance.now();
        await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
          textDocument: { uri, version },
          contentChanges: [
            {
              range: { start: { line, character: at }, end: { line, character: at + 2 } },
              text: version % 2 ? '64' : '32',
            },
          ],
        });
        if (client === ours) {
          const hints = await client.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range });
          if (!hints || hints.length < 30) throw new Error(`only ${hints?.length} hints on ${uri}`);
        } else {
          await client.connection.sendRequest(HoverRequest.type, {
            textDocument: { uri },
            position: { line, character: at },
          });
        }
        return performance.now() - begin;
      };
      const warm = warmEdits(count);
      // Repeat fast edits more often.
      const measured = count > 1000 ? rounds : 3 * rounds;
      const mine: number[] = [];
      const peers: number[] = [];
      for (let round = 0; round < measured + warm; round++) {
        mine.push(await edit(ours, round + 2));
        peers.push(await edit(theirs, round + 2));
      }
      const [a, b] = [median(mine.slice(warm)), median(peers.slice(warm))];
      console.log(`  ${name}, ${count} rows: ${ms(a)} against ${ms(b)} → ${times(b / a)} faster (aim ${aim}×)`);
    }
    console.log(
      `  (c) memory after it: ${Math.round(memory(ours) / 1e6)} MB against ${Math.round(memory(theirs) / 1e6)} MB`,
    );
    await Promise.all([ours.stop(), theirs.stop()]);
  }
}

/** The same for formats that no other server reads. */
async function otherEdits(): Promise<void> {
  console.log(
    '\n(h) Edit that leaves shapes alone → our inlay hints for 60 lines over stdio, in the formats that no peer reads',
  );
  const size = ['size=3', 'size=5'] as const;
  const bias = ['bias_term: false', 'bias_term: true'] as const;
  for (const [name, languageId, what, text, states] of [
    ['bench.cfg', 'darknet-cfg', '600 sections of Darknet', darknetSections(600), size],
    ['long.cfg', 'darknet-cfg', '10,000 sections of Darknet', darknetSections(10_000), size],
    ['bench.prototxt', 'prototxt', 'ResNet-152 of Caffe', resNet152(), bias],
    ['long.prototxt', 'prototxt', '5,000 layers of Caffe', bottlenecks([104, 104, 104, 104]), bias],
  ] as const) {
    const client = await startOurs();
    const uri = `file:///bench/${name}`;
    await client.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId, version: 1, text },
    });
    // Change a layer in the middle, and change it back.
    const all = text.split('\n');
    const line = all.findIndex((words, index) => index >= all.length / 2 && words.includes(states[0]));
    const at = all[line]!.indexOf(states[0]);
    // This many characters make up about one row or layer.
    const warm = warmEdits(text.length / 200);
    const taken: number[] = [];
    for (let round = 0; round < 3 * rounds + warm; round++) {
      const begin = performance.now();
      const [old, written] = round % 2 ? [states[1], states[0]] : states;
      await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
        textDocument: { uri, version: round + 2 },
        contentChanges: [
          { range: { start: { line, character: at }, end: { line, character: at + old.length } }, text: written },
        ],
      });
      const range = { start: { line: line - 30, character: 0 }, end: { line: line + 30, character: 0 } };
      const hints = await client.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range });
      if (!hints || hints.length < 3) throw new Error(`only ${hints?.length} hints on ${uri}`);
      taken.push(performance.now() - begin);
    }
    const measured = taken.slice(warm).toSorted((a, b) => a - b);
    const most = measured[Math.floor(measured.length * 0.95)]!;
    console.log(`  ${what}, ${all.length} lines: ${ms(median(measured))}, 19 of 20 within ${ms(most)}`);
    await client.stop();
  }
}

/** Compares a network with an edited version, from analyzed texts to the complete report; then measures typing. */
async function comparison(): Promise<void> {
  console.log('\n(m) Comparison: the report of two texts that are analysed');
  const name = 'bench.prototxt';
  const analysed = (text: string): Analysed => price(open({ name, text }, defaultSettings)!, defaultSettings)!;
  const edited = (text: string): string => {
    const at = text.indexOf('bias_term: false', text.length >> 1);
    return `${text.slice(0, at)}bias_term: true${text.slice(at + 'bias_term: false'.length)}`;
  };
  for (const [what, text] of [
    ['ResNet-152 of Caffe', resNet152()],
    ...[7, 13, 26, 52].map(
      depth => [`${16 * depth} blocks`, bottlenecks([4 * depth, 4 * depth, 4 * depth, 4 * depth])] as const,
    ),
  ] as const) {
    const taken = Array.from({ length: rounds }, () => {
      // Analyze both anew: results of a comparison are cached.
      const [before, after] = [analysed(text), analysed(edited(text))];
      const layers = after.model.graph.nodeCount;
      const begin = performance.now();
      const { rows } = diffReport(before, after, { before: { file: name }, after: { file: name } });
      const time = performance.now() - begin;
      if (rows.filter(({ status }) => status !== 'same').length !== 1) throw new Error('more than the edit differs');
      return { time, layers };
    });
    const time = median(taken.map(each => each.time));
    console.log(
      `  ${what}, ${taken[0]!.layers} operators: ${ms(time)}, ${ms((1000 * time) / taken[0]!.layers)} per 1,000`,
    );
  }

  const pairs = quick ? 1 : 4;
  console.log(
    `  Edit → hints for 60 lines over stdio, with and without a comparison shown (aim: 1.03×); ${pairs} pairs of servers`,
  );
  for (const typed of [
    ['typed.prototxt', 'prototxt', resNet152(), ['bias_term: false', 'bias_term: true']],
    ['typed.cfg', 'darknet-cfg', darknetSections(600), ['size=3', 'size=5']],
    ['typed.yaml', 'yaml', yoloRows(1000), ['64', '32']],
    ['typed.net.yaml', 'flopline', ownRows(1000), ['out: 64', 'out: 32']],
    [
      'typed.py',
      'python',
      `${pythonResNet([3, 8, 36, 3])}\n# flopline: resnet152() input=1,3,224,224\n`,
      ['inplace=True', 'inplace=1'],
    ],
  ] as const) {
    const found: Typed[] = [];
    // How V8 compiles a process differs by as much as a comparison costs: so several processes.
    for (let pair = 0; pair < pairs; pair++) found.push(await typedCompared(typed));
    const shown = (of: (typed: Typed) => readonly [plain: number, compared: number]): string => {
      const all = found.map(of);
      const [plain, compared] = [median(all.map(([time]) => time)), median(all.map(([, time]) => time))];
      const ratios = all.map(([own, other]) => other / own).toSorted((a, b) => a - b);
      return `${ms(compared)} against ${ms(plain)} → ${times(median(ratios))} (${times(ratios[0]!)} to ${times(ratios.at(-1)!)})`;
    };
    console.log(
      `  ${typed[0]}, ${typed[2].split('\n').length} lines: ${shown(({ atOnce }) => atOnce)}; asked ${editorWaits} ms later: ${shown(({ later }) => later)}`,
    );
  }
}

/** Milliseconds that VS Code waits at least before it asks for the hints of a changed text. */
const editorWaits = 25;

/** Times without a comparison and with one: from an edit to its hints, and from a question that is asked later. */
interface Typed {
  readonly atOnce: readonly [plain: number, compared: number];
  readonly later: readonly [plain: number, compared: number];
}

/** The time of an edit in two servers in turn, without a comparison and with one. */
async function typedCompared([file, languageId, text, states]: readonly [
  file: string,
  languageId: string,
  text: string,
  states: readonly [string, string],
]): Promise<Typed> {
  const clients = [await startOurs(), await startOurs()] as const;
  const uri = `file:///bench/${file}`;
  const textDocument = { uri, languageId, version: 1, text };
  for (const { connection } of clients)
    await connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  const base = { kind: 'revision', label: 'HEAD', name: file, languageId, text };
  await clients[1].connection.sendNotification('flopline/didChangeBase', { uri, base });
  const all = text.split('\n');
  const isProgram = languageId === 'python';
  const line = all.findIndex((words, index) => index >= (isProgram ? 0 : all.length / 2) && words.includes(states[0]));
  const at = all[line]!.indexOf(states[0]);
  const edit = async ({ connection }: Client, round: number, waits: boolean): Promise<number> => {
    const [old, written] = round % 2 ? [states[1], states[0]] : states;
    const range = { start: { line, character: at }, end: { line, character: at + old.length } };
    let begin = performance.now();
    await connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: round + 2 },
      contentChanges: [{ range, text: written }],
    });
    if (waits) {
      await new Promise(resolve => setTimeout(resolve, editorWaits));
      begin = performance.now();
    }
    const within = { start: { line: Math.max(0, line - 30), character: 0 }, end: { line: line + 30, character: 0 } };
    const hints = await connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range: within });
    if (!hints?.length) throw new Error(`no hints on ${uri}`);
    return performance.now() - begin;
  };
  const warm = isProgram ? warmEdits(1001) : warmEdits(all.length / 20);
  let next = 0;
  const taken = async (count: number, waits: boolean): Promise<readonly [number[], number[]]> => {
    const times: [number[], number[]] = [[], []];
    for (const end = next + count; next < end; next++) {
      // Each is the first one as often, in both states of the text.
      const order = next & 2 ? ([1, 0] as const) : ([0, 1] as const);
      for (const which of order) times[which].push(await edit(clients[which], next, waits));
    }
    return times;
  };
  await taken(warm, false);
  const [atOnce, later] = [await taken(10 * rounds, false), await taken(4 * rounds, true)];
  await Promise.all(clients.map(client => client.stop()));
  const medians = ([plain, compared]: readonly [number[], number[]]) => [median(plain), median(compared)] as const;
  return { atOnce: medians(atOnce), later: medians(later) };
}

async function startUp(): Promise<void> {
  const text = ownRows(200);
  const found: number[] = [];
  const bare: number[] = [];
  for (let round = 0; round < Math.min(rounds, 7); round++) {
    const begin = performance.now();
    const client = await startOurs();
    const uri = 'file:///bench/start.net.yaml';
    await client.connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri, languageId: 'flopline', version: 1, text },
    });
    const range = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
    await client.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range });
    found.push(performance.now() - begin);
    await client.stop();
    const again = performance.now();
    await new Promise(resolve => spawn(process.execPath, ['-e', '0']).on('exit', resolve));
    bare.push(performance.now() - again);
  }
  const [a, b] = [median(found), median(bare)];
  console.log(
    `\n(d) Start of the server to the first hints: ${ms(a)}, ${times(a / b)} of starting Node itself (${ms(b)})`,
  );
}

/** ResNet-152 written out: 3, 8, 36 and 3 bottlenecks. */
function resnetRows(): string {
  const conv = (out: number, kernel: number, stride: number, act: boolean): string =>
    `conv: {out: ${out}, kernel: ${kernel}, stride: ${stride}, padding: same, norm: batch${act ? ', act: relu' : ''}}`;
  const blocks = [3, 8, 36, 3].flatMap((count, stage) =>
    Array.from({ length: count }, (_, index) => {
      const width = 64 << stage;
      const stride = stage > 0 && index === 0 ? 2 : 1;
      const shortcut = index === 0 ? `    shortcut:\n      - ${conv(4 * width, 1, stride, false)}\n` : '';
      const rows = [conv(width, 1, 1, true), conv(width, 3, stride, true), conv(4 * width, 1, 1, false)];
      return `  - residual:\n${rows.map(row => `      - ${row}\n`).join('')}${shortcut}    act: relu\n`;
    }),
  );
  const head = '  - globalavgpool\n  - flatten\n  - linear: 1000\n';
  const stem = `  - ${conv(64, 7, 2, true)}\n  - maxpool: {kernel: 3, stride: 2, padding: 1}\n`;
  return `name: ResNet-152\ninput: [3, 224, 224]\nlayers:\n${stem}${blocks.join('')}${head}`;
}

async function codeActions(): Promise<void> {
  console.log('\n(g) Code actions with prices, on each line with a layer in turn (aim: 50 ms in the median)');
  const client = await startOurs();
  const files = [
    ['trispot.yaml', 'yaml', readFileSync(join(root, 'examples/trispot.yaml'), 'utf8')],
    ['csp-pan.cfg', 'darknet-cfg', readFileSync(join(root, 'examples/csp-pan.cfg'), 'utf8')],
    ['resnet152.net.yaml', 'flopline', resnetRows()],
  ] as const;
  for (const [name, languageId, text] of files) {
    const lines = [...text.split('\n').entries()].flatMap(([line, content]) =>
      /conv|linear/i.test(content) ? [line] : [],
    );
    await measureActions(client, name, languageId, text, lines, 1);
  }
  await client.stop();
}

/** Published detectors if they are beside the project, and our own in their style. */
function detectorTexts(): readonly (readonly [name: string, text: string])[] {
  const folder = join(root, '../shared/corpus/ultralytics-yaml');
  const published = [
    ['y5v70__yolov5s', 'yolov5s.yaml'],
    ['u84101__yolov8', 'yolov8.yaml'],
    ['u84101__yolo11', 'yolo11.yaml'],
    ['u84101__yolo26', 'yolo26.yaml'],
    ['wky7__deploy-yolov7-tiny-silu', 'yolov7-tiny-silu.yaml'],
  ] as const;
  return [
    ...published.flatMap(([entry, name]): [string, string][] => {
      const path = join(folder, entry, name);
      return existsSync(path) ? [[name, readFileSync(path, 'utf8')]] : [];
    }),
    ...detectors.map(({ file, text }) => [file, text] as const),
  ];
}

async function rowActions(): Promise<void> {
  console.log('\n(h) Code actions with prices, on 50 rows of a detector at random (aim: 15 ms in the median)');
  const client = await startOurs();
  for (const [name, text] of detectorTexts()) {
    const rows = [...text.split('\n').entries()].flatMap(([line, content]) =>
      /^\s*(?:-\s*)?\[+.*\b[A-Z]\w+, *\[/.test(content) ? [line] : [],
    );
    const some = Array.from({ length: 50 }, () => rows[Math.floor(Math.random() * rows.length)]!);
    // Only a few requests per text, because trials are cached by text.
    await measureActions(client, name, 'yaml', text, some, 10);
  }
  await client.stop();
}

/** Requests the code actions on lines of a text, twice: once to warm up. The text is edited `edits` times. */
async function measureActions(
  client: Client,
  name: string,
  languageId: string,
  text: string,
  lines: readonly number[],
  edits: number,
): Promise<void> {
  const uri = `file:///bench/actions/${name}`;
  let version = 1;
  const contents = text.split('\n');
  const textDocument = { uri, languageId, version, text };
  await client.connection.sendNotification(DidOpenTextDocumentNotification.type, { textDocument });
  let found: number[] = [];
  let offers = 0;
  let published = (): void => {};
  client.connection.onNotification(PublishDiagnosticsNotification.type, params => {
    if (params.uri === uri && params.version === version) published();
  });
  for (let round = 0; round < 2; round++) {
    found = [];
    offers = 0;
    for (const [at, line] of lines.entries()) {
      if (at % Math.ceil(lines.length / edits) === 0) {
        // Clients request fixes only once there are problems.
        const settled = new Promise<void>(resolve => {
          published = resolve;
        });
        await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
          textDocument: { uri, version: ++version },
          contentChanges: [{ text: `${text}${'\n'.repeat(version)}` }],
        });
        const all = { start: { line: 0, character: 0 }, end: { line: contents.length, character: 0 } };
        await client.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range: all });
        await settled;
      }
      const range = { start: { line, character: 0 }, end: { line, character: contents[line]!.length } };
      const params = { textDocument: { uri }, range, context: { diagnostics: [] } };
      const begin = performance.now();
      const answer = await client.connection.sendRequest(CodeActionRequest.type, params);
      found.push(performance.now() - begin);
      offers += answer?.length ?? 0;
    }
  }
  console.log(
    `  ${name}: ${ms(median(found))}, at most ${ms(Math.max(...found))}; ${(offers / found.length).toFixed(1)} offers on a line`,
  );
}

/** Completion and signature help at many places of a text that is already analyzed, as in an editor. */
function completion(): void {
  console.log('\n(g) Completion and signature help in process, at 200 places of a text (aim: median at most 15 ms)');
  const example = (name: string): [string, string] => [name, readFileSync(join(root, 'examples', name), 'utf8')];
  const texts = [
    example('inception-v3.net.yaml'),
    example('trispot.yaml'),
    example('csp-pan.cfg'),
    example('googlenet-head.prototxt'),
    ['1,000 rows.net.yaml', ownRows(1000)],
    ['1,000 rows.yaml', yoloRows(1000)],
    ['yolov3.cfg', yolov3()],
    ['resnet152.prototxt', resNet152()],
  ] as const;
  for (const [name, text] of texts) {
    const analysed = price(open({ name, text }, defaultSettings)!, defaultSettings)!;
    const found: number[] = [];
    let offers = 0;
    for (let at = 0; at < 200; at++) {
      const offset = Math.floor(((at + 0.5) * text.length) / 200);
      const begin = performance.now();
      const list = completions(analysed, offset);
      signatureHelp(analysed, offset);
      if (list.length === 0) continue;
      found.push(performance.now() - begin);
      offers += list.length;
    }
    if (found.length < 20) throw new Error(`only ${found.length} places of ${name} have a completion`);
    const slow = found.toSorted((a, b) => a - b)[Math.floor(found.length * 0.95)]!;
    console.log(
      `  ${name}: ${ms(median(found))}, 95 % at most ${ms(slow)}; ${Math.round(offers / found.length)} offers`,
    );
  }
}

/** A Python ResNet with so many bottlenecks in each of its four stages. */
function pythonResNet(depths: readonly number[]): string {
  return `import torch
from torch import nn


def convolution(inputs, outputs, size=1, stride=1):
    return nn.Conv2d(inputs, outputs, size, stride, padding=size // 2, bias=False)


class Bottleneck(nn.Module):
    def __init__(self, inputs, width, stride=1):
        super().__init__()
        outputs = 4 * width
        self.reduce = convolution(inputs, width)
        self.norm1 = nn.BatchNorm2d(width)
        self.spatial = convolution(width, width, 3, stride)
        self.norm2 = nn.BatchNorm2d(width)
        self.expand = convolution(width, outputs)
        self.norm3 = nn.BatchNorm2d(outputs)
        self.act = nn.ReLU(inplace=True)
        self.shortcut = None
        if stride != 1 or inputs != outputs:
            self.shortcut = nn.Sequential(convolution(inputs, outputs, 1, stride), nn.BatchNorm2d(outputs))

    def forward(self, x):
        identity = x if self.shortcut is None else self.shortcut(x)
        out = self.act(self.norm1(self.reduce(x)))
        out = self.act(self.norm2(self.spatial(out)))
        out = self.norm3(self.expand(out))
        return self.act(out + identity)


class ResNet(nn.Module):
    def __init__(self, depths=(${depths.join(', ')}), classes=1000):
        super().__init__()
        self.stem = nn.Sequential(
            convolution(3, 64, 7, 2), nn.BatchNorm2d(64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1)
        )
        inputs = 64
        stages = []
        for stage, depth in enumerate(depths):
            width = 64 * 2**stage
            blocks = []
            for block in range(depth):
                blocks.append(Bottleneck(inputs, width, 2 if stage > 0 and block == 0 else 1))
                inputs = 4 * width
            stages.append(nn.Sequential(*blocks))
        self.stages = nn.Sequential(*stages)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.head = nn.Linear(inputs, classes)

    def forward(self, x):
        x = self.stages(self.stem(x))
        return self.head(torch.flatten(self.pool(x), 1))


def resnet152():
    return ResNet()
`;
}

/** torchvision's networks, if its sources are available: TORCHVISION names the package's folder. */
const torchvision = [process.env.TORCHVISION, '/usr/lib/python3/dist-packages/torchvision'].find(
  folder => folder !== undefined && existsSync(join(folder, 'models/resnet.py')),
);

interface Network {
  readonly path: string;
  readonly entry: string;
  /** A word on a line of the network. */
  readonly word: string;
}

function networks(folder: string): readonly Network[] {
  const example = (name: string): string => join(root, 'examples/python', name);
  const own = join(folder, 'resnet152.py');
  writeFileSync(own, pythonResNet([3, 8, 36, 3]));
  const found: Network[] = [
    { path: own, entry: 'resnet152()', word: 'self.reduce(' },
    { path: example('vit.py'), entry: '', word: 'def forward' },
    { path: example('gpt.py'), entry: '', word: 'def forward' },
  ];
  if (torchvision) {
    const model = (name: string): string => join(torchvision, 'models', name);
    found.push(
      { path: model('resnet.py'), entry: 'resnet152()', word: 'self.conv1(' },
      { path: model('swin_transformer.py'), entry: 'swin_t()', word: 'self.norm1(' },
      { path: model('vision_transformer.py'), entry: 'vit_b_16()', word: 'self.ln_1(' },
    );
  }
  return found;
}

/** The wall time of a process. */
function duration(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): number {
  const begin = performance.now();
  const { status, error } = spawnSync(command, args, { stdio: 'ignore', env: { ...process.env, ...env } });
  if (error || status !== 0) throw error ?? new Error(`${command} ${args.join(' ')} failed`);
  return performance.now() - begin;
}

type Start = readonly [command: string, args: readonly string[], env?: NodeJS.ProcessEnv | undefined];

/** Without V8's code cache of earlier runs (scripts/start-code.cjs). */
const uncached = { FLOPLINE_CODE_CACHE: '' };

/** Runs programs in turn: the median and minimum of each. */
function starts(...commands: readonly Start[]): string[] {
  const found = commands.map((): number[] => []);
  for (let round = 0; round < Math.min(rounds, 7); round++)
    for (const [at, [command, args, env]] of commands.entries()) found[at]!.push(duration(command, args, env));
  return found.map(taken => `${ms(median(taken))} (at least ${ms(Math.min(...taken))})`);
}

async function python(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'flopline-bench-'));
  try {
    const all = networks(folder);
    const cli = join(root, 'dist/cli.js');
    console.log(
      '\n(p) Python: the command line from its start to its end, beside “import torch” (aim: at most 400 ms)',
    );
    const hasTorch = spawnSync('/usr/bin/python3', ['-c', 'import torch'], { stdio: 'ignore' }).status === 0;
    const report = ({ path, entry }: Network, env?: NodeJS.ProcessEnv): Start => [
      process.execPath,
      [cli, 'report', path, ...(entry === '' ? [] : ['--entry', entry, '--input', '1,3,224,224'])],
      env,
    ];
    const cold = all.filter(({ entry }) => entry === 'resnet152()');
    const importing: Start = ['/usr/bin/python3', ['-c', 'import torch']];
    const taken = starts(
      ...cold.flatMap(each => [report(each), report(each, uncached)]),
      ...(hasTorch ? [importing] : []),
    );
    for (const [at, { path }] of cold.entries()) {
      console.log(`  ${path.slice(-40)}: ${taken[2 * at]}; without the cache of compiled code ${taken[2 * at + 1]}`);
    }
    console.log(`  import torch: ${hasTorch ? taken.at(-1) : 'not there'}`);

    console.log('  Cold start of the other formats, beside the build that BASE names (aim: as before)');
    const base = process.env.BASE;
    for (const name of ['trispot.yaml', 'csp-pan.cfg', 'googlenet-head.prototxt', 'resnet50.net.yaml']) {
      const file = join(root, 'examples', name);
      const started = (program: string, env?: NodeJS.ProcessEnv): Start => [
        process.execPath,
        [program, 'report', file],
        env,
      ];
      const [own, fresh, before] = starts(started(cli), started(cli, uncached), ...(base ? [started(base)] : []));
      console.log(
        `  ${name}: ${own}; without the cache of compiled code ${fresh}${before ? `; against ${before}` : ''}`,
      );
    }

    console.log('  Edit → hints for 60 lines over stdio (aim: 30 ms in the median, 19 of 20 within 60 ms)');
    for (const network of all) await pythonEdits(network);

    console.log(
      '  Growth: time for each block from text to costs, as a multiple of that of the largest (linear: about 1)',
    );
    await pythonFormat.parser!.load();
    const sizes = [1, 2, 4];
    const found = inTurn(
      ...sizes.map(factor => {
        const text = pythonResNet([3, 8, 36, 3].map(depth => depth * factor));
        return () => {
          for (let again = 0; again < 4 / factor; again++) costs('resnet.py', text);
        };
      }),
    );
    console.log(
      `  ${sizes.map((factor, at) => `${50 * factor} blocks ${times(found[at]! / found.at(-1)!)}`).join(', ')}`,
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function pythonEdits({ path, entry, word }: Network): Promise<void> {
  const client = await startOurs();
  const uri = pathToFileURL(path).href;
  const comment = entry === '' ? '' : `\n# flopline: ${entry} input=1,3,224,224\n`;
  const text = readFileSync(path, 'utf8') + comment;
  await client.connection.sendNotification(DidOpenTextDocumentNotification.type, {
    textDocument: { uri, languageId: 'python', version: 1, text },
  });
  const all = text.split('\n');
  const line = all.findIndex(words => words.includes(word));
  if (line < 0) throw new Error(`${path} has no ${word}`);
  const end = all[line]!.length;
  const range = { start: { line: Math.max(0, line - 30), character: 0 }, end: { line: line + 30, character: 0 } };
  const hints = async (): Promise<number> =>
    (await client.connection.sendRequest(InlayHintRequest.type, { textDocument: { uri }, range }))?.length ?? 0;
  const first = performance.now();
  while ((await hints()) === 0) {
    if (performance.now() - first > 30_000) throw new Error(`no hints on ${path}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
  const warm = quick ? 20 : 200;
  const taken: number[] = [];
  for (let round = 0; round < warm + 100; round++) {
    const begin = performance.now();
    // Type a comment after the code of the line: its function is parsed again, and the whole network is read again.
    const change = round % 2 ? { from: end, to: end + 3, text: '' } : { from: end, to: end, text: '  #' };
    await client.connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri, version: round + 2 },
      contentChanges: [
        { range: { start: { line, character: change.from }, end: { line, character: change.to } }, text: change.text },
      ],
    });
    if ((await hints()) === 0) throw new Error(`no hints on ${path}`);
    taken.push(performance.now() - begin);
  }
  const measured = taken.slice(warm).toSorted((a, b) => a - b);
  const [middle, most] = [median(measured), measured[Math.floor(measured.length * 0.95)]!];
  console.log(
    `  ${path.slice(-40)}${entry === '' ? '' : `, ${entry}`}: ${ms(middle)}, 19 of 20 within ${ms(most)}, at least ${ms(measured[0]!)}; ${Math.round(memory(client) / 1e6)} MB after ${warm + 100} edits`,
  );
  await client.stop();
}

// ——— Model files of forks, read by their own Python —————————————————————————————————————————————————————————————————

interface Fork {
  readonly folder: string;
  /** Model files; the first one is edited. */
  readonly models: readonly string[];
  /** A Python file with modules. */
  readonly modules: string;
}

/** The forks in the folder that FORKS names; it may be a fork itself. */
function forksIn(folder: string): readonly Fork[] {
  const folders = [folder, ...readdirSync(folder).map(name => join(folder, name))];
  return folders.flatMap(each => {
    const [reader, modules] = [
      ['ultralytics/nn/tasks.py', 'ultralytics/nn/modules/block.py'],
      ['models/yolo.py', 'models/common.py'],
    ].find(paths => paths.every(path => existsSync(join(each, path)))) ?? [undefined, undefined];
    if (!reader || !modules) return [];
    const places = join(each, reader.startsWith('models') ? 'models' : 'ultralytics/cfg/models');
    const models = readdirSync(places, { recursive: true, encoding: 'utf8' })
      .filter(name => /\.ya?ml$/.test(name))
      .map(name => join(places, name))
      .filter(path => /^backbone:/m.test(readFileSync(path, 'utf8')) && editable.test(readFileSync(path, 'utf8')))
      .toSorted();
    // Prefer a model with modules of the fork.
    const own = models.find(path => /yolo11-[A-Z]/.test(path)) ?? models[0];
    return own === undefined ? [] : [{ folder: each, models: [own, ...models], modules: join(each, modules) }];
  });
}

/** The channels in a row. */
const editable = /(?<=\n *- \[-1, *\d+, *Conv, *\[)\d+/;

/** Processor time so far in milliseconds, with a resolution of ten. */
function processorTime({ process: child }: Client): number {
  try {
    const [, fields] = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ');
    const all = fields!.split(' ');
    return (Number(all[11]) + Number(all[12])) * 10;
  } catch {
    return Number.NaN;
  }
}

async function forks(): Promise<void> {
  const folder = process.env.FORKS;
  console.log('\n(f) YOLO model files that their repository reads: hints over stdio (time, and processor time)');
  if (folder === undefined) console.log('  FORKS names no folder of repositories');
  else for (const fork of forksIn(folder)) await forkHints(fork);
}

/** Wall time and processor time. */
type Taken = readonly [time: number, used: number];

/** A server with the ways to open a file, and to wait from a change to the hints. */
async function forkServer() {
  const client = await startOurs();
  const { connection } = client;
  const taken = async (path: string, change: () => Promise<void>): Promise<Taken> => {
    const [begin, used] = [performance.now(), processorTime(client)];
    await change();
    const range = { start: { line: 0, character: 0 }, end: { line: 60, character: 0 } };
    const textDocument = { uri: pathToFileURL(path).href };
    while (((await connection.sendRequest(InlayHintRequest.type, { textDocument, range }))?.length ?? 0) === 0) {
      if (performance.now() - begin > 60_000) throw new Error(`no hints on ${path}`);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    return [performance.now() - begin, processorTime(client) - used];
  };
  const opened = (path: string, languageId = 'yaml') =>
    connection.sendNotification(DidOpenTextDocumentNotification.type, {
      textDocument: { uri: pathToFileURL(path).href, languageId, version: 1, text: readFileSync(path, 'utf8') },
    });
  return { client, taken, opened };
}

/** Milliseconds in which a server may read ahead. */
const readsAhead = 5000;

async function forkHints({ folder, models, modules }: Fork): Promise<void> {
  const [model, ...all] = models as [string, ...string[]];
  const others = all.filter(path => path !== model).slice(0, quick ? 3 : 10);
  const { client, taken, opened } = await forkServer();
  const { connection } = client;
  let version = 1;
  const replaced = (path: string, text: string) =>
    connection.sendNotification(DidChangeTextDocumentNotification.type, {
      textDocument: { uri: pathToFileURL(path).href, version: ++version },
      contentChanges: [{ text }],
    });
  const shown = (all: readonly Taken[]): string =>
    `${ms(median(all.map(([time]) => time)))}, ${ms(all.reduce((sum, [, used]) => sum + used, 0) / all.length)} of a processor`;
  const first = await taken(model, () => opened(model));
  const text = readFileSync(model, 'utf8');
  const later: Taken[] = [];
  for (const path of others) later.push(await taken(path, () => opened(path)));
  const count = quick ? 10 : 30;
  const row: Taken[] = [];
  // Use another width each time, so that cached rows do not help.
  for (let round = 0; round < count + 10; round++)
    row.push(await taken(model, () => replaced(model, text.replace(editable, String(64 + 8 * round)))));
  const own = readFileSync(modules, 'utf8');
  await opened(modules, 'python');
  const module: Taken[] = [];
  for (let round = 0; round < count; round++)
    module.push(await taken(model, () => replaced(modules, own.replace(/^class .*:$/m, `$&  # ${round}`))));
  console.log(`  ${folder.slice(-40)}, ${model.slice(model.lastIndexOf('/') + 1)}`);
  console.log(`    first hints ${shown([first])} (aim: 1.5 s)`);
  console.log(`    others of its models ${shown(later)} (aim: 100 ms)`);
  console.log(`    edit of a row ${shown(row.slice(10))} (aim: 30 ms)`);
  console.log(
    `    edit of its modules ${shown(module)} (aim: 200 ms); ${Math.round(memory(client) / 1e6)} MB at the end`,
  );
  await client.stop();
  // The same as a person does it, who looks at the first one for a while.
  const slow = await forkServer();
  await slow.taken(model, () => slow.opened(model));
  await new Promise(resolve => setTimeout(resolve, readsAhead));
  const after: Taken[] = [];
  for (const path of others) after.push(await slow.taken(path, () => slow.opened(path)));
  console.log(`    others of its models after a pause of ${readsAhead / 1000} s ${shown(after)}`);
  await slow.client.stop();
}

/** `flopline check` as a separate process, over copies of specs with a budget for all of them. */
function check(): void {
  console.log('\n(g) flopline check: a process of its own, from its start to its exit code');
  const specs = process.env.SPECS;
  const text = darknetSections(75);
  const counts = quick ? [10, 20] : [20, 40, 80];
  let before: number | undefined;
  for (const count of counts) {
    const files = Array.from(
      { length: count },
      (_, at) => [`net-${at}.cfg`, text.replace('[net]', `[net]\n# ${at}`)] as const,
    );
    const { time, statuses } = checked(files);
    const each = time / count;
    const growth = before === undefined ? '' : `, ${(each / before).toFixed(2)} of the time per file before`;
    console.log(`  ${count} cfgs of 75 sections: ${ms(time)}, ${ms(each)} a file${growth} (${statuses})`);
    before = each;
  }
  if (specs === undefined) {
    console.log('  SPECS names no folder of specs');
    return;
  }
  const found = readdirSync(specs, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.(?:cfg|prototxt|ya?ml)$/.test(name),
  );
  const { time, statuses } = checked(
    found.map((name, at) => [
      `${at}/${name.slice(name.lastIndexOf('/') + 1)}`,
      readFileSync(join(specs, name), 'utf8'),
    ]),
  );
  console.log(`  ${found.length} files of SPECS: ${ms(time)}, ${ms(time / found.length)} a file (${statuses})`);
}

/** The fastest of a few checks of these files, and its output. */
function checked(files: readonly (readonly [name: string, text: string])[]): {
  readonly time: number;
  readonly statuses: string;
} {
  const folder = mkdtempSync(join(tmpdir(), 'flopline-bench-'));
  try {
    mkdirSync(join(folder, '.git'));
    writeFileSync(
      join(folder, 'flopline.yaml'),
      "budgets: [{files: '**', limits: {macs: 10G, params: 60M, peak: 200MB}}]\n",
    );
    for (const [name, text] of files) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    let time = Number.POSITIVE_INFINITY;
    let out = '';
    for (let round = 0; round < (quick ? 2 : 5); round++) {
      const begin = performance.now();
      const run = spawnSync(process.execPath, [join(root, 'dist/cli.js'), 'check', '--format', 'json'], {
        cwd: folder,
        encoding: 'utf8',
        maxBuffer: 1e9,
      });
      time = Math.min(time, performance.now() - begin);
      out = run.stdout;
    }
    const counts = new Map<string, number>();
    for (const { status } of JSON.parse(out).files as readonly { readonly status: string }[])
      counts.set(status, (counts.get(status) ?? 0) + 1);
    return { time, statuses: [...counts].map(([status, count]) => `${count} ${status}`).join(', ') };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The overview of YOLOv8x, ResNet-152 and 10,000 rows. */
function overview(): Promise<void> {
  return overviewBench({
    start: startOurs,
    rounds,
    texts: [
      { what: 'YOLOv8x', name: 'yolov8x.yaml', languageId: 'yaml', text: yolov8x, states: ['[512]', '[480]'] },
      {
        what: 'ResNet-152 of Caffe',
        name: 'resnet.prototxt',
        languageId: 'prototxt',
        text: resNet152(),
        states: ['bias_term: false', 'bias_term: true'],
      },
      {
        what: 'ResNet-152 in Python',
        name: 'resnet152.py',
        languageId: 'python',
        text: `${pythonResNet([3, 8, 36, 3])}\n# flopline: resnet152() input=1,3,224,224\n`,
        states: ['AdaptiveAvgPool2d(1)', 'AdaptiveMaxPool2d(1)'],
      },
      {
        what: '10,000 rows',
        name: 'long.net.yaml',
        languageId: 'flopline',
        text: ownRows(10_000),
        states: ['out: 64, kernel: 3', 'out: 64, kernel: 5'],
      },
    ],
    program: pythonResNet,
  });
}

/** As “Developer: Startup Performance” has it, for a window that opens on a YOLO file. */
async function activation(): Promise<void> {
  console.log('\n(v) Activation in VS Code: loading the code, and activate()');
  const times = await activationTimes(quick ? 1 : 5);
  const all = (of: 'load' | 'activate'): string => times.map(time => `${time[of]} ms`).join(', ');
  console.log(`  load ${all('load')}; activate ${all('activate')}`);
}

const sections: Record<string, () => void | Promise<void>> = {
  text: textToCosts,
  cfg: cfgToCosts,
  prototxt,
  growth,
  completion,
  edits,
  start: startUp,
  actions: codeActions,
  rows: rowActions,
  'other-edits': otherEdits,
  compare: comparison,
  python,
  forks,
  check,
  overview,
  activation,
};

const wanted = process.argv.slice(2).filter(word => !word.startsWith('--'));
const [only] = wanted;
if (wanted.length === 1 && only && sections[only]) await sections[only]();
else {
  console.log(`Node ${process.version}, medians of ${rounds} rounds in turn`);
  for (const name of wanted.length > 0 ? wanted : Object.keys(sections)) {
    if (!sections[name])
      throw new Error(`There is no section “${name}”. There are ${Object.keys(sections).join(', ')}.`);
    // A separate process for each, so that none is affected by another one's memory.
    const args = [...process.execArgv, import.meta.filename, name, ...(quick ? ['--quick'] : [])];
    const { status } = spawnSync(process.execPath, args, { stdio: 'inherit' });
    if (status !== 0) process.exit(status ?? 1);
  }
}
