// Darknet's cfg files, of AlexeyAB's fork and of pjreddie's original: YOLOv1 to v4, and classifiers (docs/darknet.md).
import { parseCfg } from '../../syntax/cfg.ts';
import type { Problem } from '../../text/problem.ts';
import type { Format, Native, Reader, ReadOptions, Source, Spec } from '../format.ts';
import { authorOf, type Dialect, dialectOf, dialects } from './dialect.ts';
import { asDivided, asMeant, type Reading } from './headers.ts';
import { sectionOf } from './keys.ts';
import { type Built, build } from './network.ts';
import { isDarknet, isForeign } from './recognise.ts';
import { rewrite } from './rewrite.ts';
import { atoi } from './values.ts';

export const darknet: Format = {
  id: 'darknet-cfg',
  label: 'Darknet cfg',
  choices: { dialect: dialects },
  languages: ['darknet-cfg'],
  shapeOrder: 'whc',
  // Many programs have .cfg files. Authors attach theirs to issues as .cfg.txt.
  recognises: ({ name, text }) => /\.cfg(?:\.txt)?$/i.test(name) && isDarknet(text),
  isForeign: ({ text }) => isForeign(text),
  open,
};

function open(source: Source): Reader {
  const cfg = parseCfg(source.text);
  const divided = asDivided(source.text, cfg);
  const reading = chosen(divided, asMeant(source.text, cfg, divided));
  return {
    problems: [],
    read: options => read(source, reading, options),
    // What is to be mended first is not changed.
    rewrite: edits => (isDamaged(reading) ? undefined : rewrite(source.text, reading.sections, edits)),
  };
}

function isDamaged({ sections, damage, before }: Reading): boolean {
  if (damage || before.options.length + before.strays.length > 0) return true;
  return sections.some(section => section.damage || section.swallowed);
}

/**
 * What Darknet goes on with is read as Darknet does, even where a header was meant to stand in a line; what it stops at is
 * read as it was meant.
 */
function chosen(divided: Reading, meant: Reading | undefined): Reading {
  if (!meant) return divided;
  if (divided.damage || divided.before.options.length + divided.before.strays.length > 0) return meant;
  const written = dialectOf(divided.sections);
  const refuses = (dialect: Dialect): boolean => build(divided, dialect, undefined, false).stops;
  return (written ? refuses(written) : dialects.every(refuses)) ? meant : divided;
}

function read(source: Source, reading: Reading, options: ReadOptions): Spec {
  const problems: Problem[] = [];
  const { sections } = reading;
  const written = dialectOf(sections);
  const head = sections[0]?.header ?? { from: 0, to: 0 };
  const wanted = dialects.find(name => name === options.dialect);
  let dialect = wanted ?? written ?? 'alexeyab';
  const checks = true;
  let built: Built = build(reading, dialect, options.input?.[0], checks);
  // Nothing else says whose it is, and AlexeyAB's Darknet refuses it.
  if (!wanted && !written && built.acrossSizes) {
    const { section } = built.acrossSizes;
    const message = `This shortcut adds layers of different sizes, which only ${authorOf.pjreddie} does; the file is read as it would. AlexeyAB’s stops here.`;
    problems.push({ range: section.header, severity: 'information', code: 'only-pjreddie', message });
    dialect = 'pjreddie';
    built = build(reading, dialect, options.input?.[0], checks);
  }
  if (sections.length <= 1) {
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
    batch: batchOf(reading),
  };
}

/** `batch=`, as it is written: Darknet works on batch/subdivisions images at once. */
function batchOf({ sections: [net] }: Reading): number | undefined {
  if (!net || sectionOf(net.type)?.name !== 'net') return undefined;
  const option = net.options.find(({ key, hiddenBy }) => key === 'batch' && !hiddenBy);
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
  releases: () => [{ counter: 'darknet', attempts: () => [[{ input: [], factor: 1 }]] }],
};
