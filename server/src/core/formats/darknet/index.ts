// Darknet's cfg files, of AlexeyAB's fork and of pjreddie's original: YOLOv1 to v4, and classifiers (docs/darknet.md).
import { type Cfg, firstSectionIs, parseCfg } from '../../syntax/cfg.ts';
import type { Problem } from '../../text/problem.ts';
import type { Format, Native, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { authorOf, type Dialect, dialectOf, dialects } from './dialect.ts';
import { sectionOf } from './keys.ts';
import { type Built, build } from './network.ts';
import { rewrite } from './rewrite.ts';
import { atoi } from './row.ts';

export const darknet: Format = {
  id: 'darknet-cfg',
  label: 'Darknet cfg',
  languages: ['darknet-cfg'],
  // Many programs have .cfg files; Darknet's start with [net]. Their authors attach them to issues as .cfg.txt.
  recognises: ({ name, text }) => /\.cfg(?:\.txt)?$/i.test(name) && firstSectionIs(text, ['net', 'network']),
  open,
};

/** What a change of the text looks at. */
export interface Kept {
  readonly cfg: Cfg;
}

function open(source: Source): Reader {
  const cfg = parseCfg(source.text);
  const written = dialectOf(cfg);
  return {
    problems: [],
    kept: { cfg } satisfies Kept,
    read: options => read(source, cfg, written, options),
    rewrite: edits => rewrite(source.text, cfg, edits),
  };
}

function read(source: Source, cfg: Cfg, written: Dialect | undefined, options: ReadOptions): Spec {
  const problems: Problem[] = [];
  const head = cfg.sections[0]?.header ?? { from: 0, to: 0 };
  const wanted = options.dialect ? dialects.find(name => name === options.dialect) : undefined;
  if (options.dialect && !wanted) {
    // A setting for all files may name the dialect of another format.
    const message = `“${options.dialect}” is not a dialect of these files. There are ${dialects.join(' and ')}.`;
    problems.push({ range: head, severity: 'information', code: 'wrong-setting', message });
  }
  let dialect = wanted ?? written ?? 'alexeyab';
  const checks = options.main !== false;
  let built: Built = build(cfg, dialect, options.input?.[0], checks);
  // Nothing else says whose it is, and AlexeyAB's Darknet refuses it.
  if (!wanted && !written && built.acrossSizes) {
    const { section } = built.acrossSizes;
    const message = `This shortcut adds layers of different sizes, which only ${authorOf.pjreddie} does; the file is read as it would. AlexeyAB’s stops here.`;
    problems.push({ range: section.header, severity: 'information', code: 'only-pjreddie', message });
    dialect = 'pjreddie';
    built = build(cfg, dialect, options.input?.[0], checks);
  }
  if (cfg.sections.length <= 1) {
    const message = 'This file has no layers: sections such as [convolutional] are missing.';
    problems.push({ range: head, severity: 'error', code: 'empty-network', message });
  }
  return {
    model: source.name.replace(/\.cfg(?:\.txt)?$/i, ''),
    dialect,
    graph: built.graph,
    problems: [...problems, ...built.problems],
    head,
    variants: [],
    native: dialect === 'alexeyab' ? native : undefined,
    batch: batchOf(cfg),
  };
}

/** `batch=`, as it is written: Darknet works on batch/subdivisions images at once. */
function batchOf(cfg: Cfg): number | undefined {
  const [net] = cfg.sections;
  if (!net || sectionOf(net.type)?.name !== 'net') return undefined;
  const option = net.options.find(({ key }) => key === 'batch');
  const batch = option ? atoi(option.value) : 1;
  return batch > 1 && batch <= 2 ** 31 ? batch : undefined;
}

/** “Total BFLOPS”, which parse_network_cfg_custom prints. */
const native: Native = {
  convention: 'darknet',
  label: 'BFLOPs',
  unit: 1e9,
  // %5.3f.
  digits: 3,
  by: 'Darknet',
  // `float bflops` there, and in each layer.
  precision: 'single',
  caveat:
    'Two for each multiply-accumulate of a convolution (a 32nd of that with xnor), one for each element of a pooling window and of a shortcut, nothing for connected and recurrent layers.',
  attempts: () => [{ input: [], factor: 1 }],
};
