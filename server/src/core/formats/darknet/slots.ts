// Completion in a cfg: headers, keys of a section, values of a key. Looks at lines, so it works in a section that is
// not complete yet.
import * as l10n from '@vscode/l10n';
import type { Range } from '../../text/range.ts';
import type { Item, Target } from '../reference.ts';
import { lineAt, type Offer, type Slot } from '../slot.ts';
import { activationNames, activationOf } from './activations.ts';
import { namesLayers } from './references.ts';
import { type Dialect, type Key, keyOf, type SectionKind, sectionOf, sectionTypes } from './words.ts';

export function slotAt(text: string, dialect: Dialect, items: readonly Item[], offset: number): Slot | undefined {
  const line = lineAt(text, offset);
  const head = text.slice(line.from, offset);
  const rest = text.slice(offset, line.to);
  if (/^\s*[#;]/.test(head)) return undefined;
  const bracket = /^\s*\[(\w*)$/.exec(head);
  if (bracket) return headerSlot(text, dialect, line, offset - bracket[1]!.length, offset);
  const kind = kindAbove(text, line.from);
  const word = /^\s*(\w*)$/.exec(head);
  if (word) {
    const from = offset - word[1]!.length;
    const to = offset + (/^\w*/.exec(rest)?.[0].length ?? 0);
    const isBare = text.slice(to, line.to).trim() === '';
    if (!isBare && !(to > from && /^\s*=/.test(text.slice(to, line.to)))) return undefined;
    const keys = kind ? keyOffers(text, dialect, kind, line, isBare) : [];
    const isFree = isBare && (line.from === 0 || text.slice(0, line.from).trimEnd().length < line.from - 1);
    const sections = isFree ? sectionOffers(text.slice(0, line.from), dialect, true, true) : [];
    return {
      range: { from, to: isBare ? line.to : to },
      offers: isFree && word[1] === '' ? [...sections, ...keys] : [...keys, ...sections],
    };
  }
  const option = /^\s*(\w+)\s*=\s*(.*)$/.exec(head);
  const key = option && kind ? keyOf(kind, option[1]!) : undefined;
  if (!option || !kind || !key || /[#;]/.test(option[2]!)) return undefined;
  const typed = /[^,\s]*$/.exec(option[2]!)![0];
  const range = { from: offset - typed.length, to: offset + (/^[^,\s#;]*/.exec(rest)?.[0].length ?? 0) };
  const offers = namesLayers(kind, option[1]!)
    ? layerOffers(items, line, key)
    : valueOffers(option[1]!, key, dialect, kind.name === 'net');
  return { range, offers };
}

/** The section that a line is in. */
function kindAbove(text: string, lineFrom: number): SectionKind | undefined {
  const above = text.slice(0, lineFrom);
  let to = above.length;
  while (to > 0) {
    const from = above.lastIndexOf('\n', to - 2) + 1;
    const found = /^\s*\[([^\]]*)\]/.exec(above.slice(from, to));
    if (found) return sectionOf(found[1]!.trim());
    to = from;
  }
  return undefined;
}

/** The keys that a new section starts with. */
const begun: Readonly<Record<string, readonly (readonly [key: string, value: string])[]>> = {
  net: [
    ['width', '416'],
    ['height', '416'],
    ['channels', '3'],
  ],
  convolutional: [
    ['batch_normalize', '1'],
    ['filters', '32'],
    ['size', '3'],
    ['stride', '1'],
    ['pad', '1'],
    ['activation', 'leaky'],
  ],
  deconvolutional: [
    ['filters', '32'],
    ['size', '2'],
    ['stride', '2'],
    ['activation', 'leaky'],
  ],
  connected: [
    ['output', '1000'],
    ['activation', 'linear'],
  ],
  maxpool: [
    ['size', '2'],
    ['stride', '2'],
  ],
  local_avgpool: [
    ['size', '2'],
    ['stride', '2'],
  ],
  upsample: [['stride', '2']],
  reorg: [['stride', '2']],
  route: [['layers', '-1']],
  shortcut: [
    ['from', '-1'],
    ['activation', 'linear'],
  ],
  scale_channels: [['from', '-1']],
  sam: [['from', '-1']],
  dropout: [['probability', '.5']],
  activation: [['activation', 'leaky']],
};

const bodyOf = (name: string): string =>
  (begun[name] ?? []).map(([key, value], at) => `\n${key}=\${${at + 1}:${value}}`).join('');

function headerSlot(text: string, dialect: Dialect, line: Range, from: number, offset: number): Slot {
  const rest = /^\w*\]?/.exec(text.slice(offset, line.to))![0];
  const below = text.slice(line.to).replace(/^\r?\n/, '');
  const isBare = /^\s*(?:$|\r?\n|\[)/.test(below) && text.slice(offset + rest.length, line.to).trim() === '';
  return {
    range: { from, to: offset + rest.length },
    offers: sectionOffers(text.slice(0, line.from), dialect, isBare, false),
  };
}

/** Sections with the keys they start with; `opens`: the opening bracket is inserted too. */
function sectionOffers(above: string, dialect: Dialect, isBare: boolean, opens: boolean): readonly Offer[] {
  const hasNet = /^[^#;\n]*\[/m.test(above);
  const offers = sectionTypes.flatMap((type): Offer[] => {
    const kind = sectionOf(type)!;
    if ((kind.only ?? dialect) !== dialect || kind.name !== type || (hasNet && type === 'net')) return [];
    const name = `${opens ? '[' : ''}${type}]`;
    return [
      {
        kind: 'operator',
        label: opens ? `[${type}]` : type,
        doc: kind.doc,
        snippet: isBare ? name + bodyOf(type) : name,
      },
    ];
  });
  return opens ? [...offers, ...parts()] : offers;
}

/** Network parts that consist of several sections. */
function parts(): readonly Offer[] {
  const conv = (filters: string, size: number, at: number, activation = 'leaky', normalized = true): string =>
    `[convolutional]\n${normalized ? 'batch_normalize=1\n' : ''}filters=\${${at}:${filters}}\nsize=${size}\nstride=1\npad=1\nactivation=${activation}`;
  const anchors = '10,13, 16,30, 33,23, 30,61, 62,45, 59,119, 116,90, 156,198, 373,326';
  const detector = `${conv('255', 1, 1, 'linear', false)}\n\n[yolo]\nmask=0,1,2\nanchors=${anchors}\nclasses=\${2:80}\nnum=9`;
  return [
    {
      kind: 'snippet',
      label: 'residual',
      doc: () => l10n.t('A residual block: two convolutions, and their input added.'),
      snippet: `${conv('32', 1, 1)}\n\n${conv('64', 3, 2)}\n\n[shortcut]\nfrom=-3\nactivation=linear`,
    },
    {
      kind: 'snippet',
      label: 'inception',
      doc: () => l10n.t('An Inception module: paths side by side, joined along the channels.'),
      snippet: `${conv('32', 1, 1)}\n\n[route]\nlayers=-2\n\n${conv('32', 1, 2)}\n\n${conv('64', 3, 3)}\n\n[route]\nlayers=-1,-4`,
    },
    {
      kind: 'snippet',
      label: 'detector head',
      doc: () => l10n.t('A detector’s head: (classes + 5) × 3 filters, and the boxes that they mean.'),
      snippet: detector,
    },
  ];
}

/** The keys that a section does not have yet. */
function keyOffers(text: string, dialect: Dialect, kind: SectionKind, line: Range, isBare: boolean): readonly Offer[] {
  const written = writtenKeys(text, line);
  const first = (begun[kind.name] ?? []).map(([key]) => key);
  const names = [...first, ...Object.keys(kind.keys).filter(name => !first.includes(name))];
  return names.flatMap((name): Offer[] => {
    const key = keyOf(kind, name);
    if (!key || written.has(name) || (key.only ?? dialect) !== dialect) return [];
    const value = begun[kind.name]?.find(([other]) => other === name)?.[1] ?? sampleOf(key);
    return [
      {
        kind: 'key',
        label: name,
        detail: key.default,
        doc: key.doc,
        snippet: isBare ? `${name}=\${1:${value}}` : name,
      },
    ];
  });
}

/** A harmless value: the default if it can be written. */
function sampleOf({ default: byDefault, kind, min, choices }: Key): string {
  if (byDefault !== undefined && (kind === 'text' ? /^\w+$/ : /^-?[\d.]+$/).test(byDefault)) return byDefault;
  return choices?.[0] ?? String(min ?? 1);
}

/** The keys of the section around a line, except that line's. */
function writtenKeys(text: string, line: Range): ReadonlySet<string> {
  const found = new Set<string>();
  const start = Math.max(0, text.lastIndexOf('\n[', line.from - 1));
  const next = text.indexOf('\n[', line.to);
  for (const part of [text.slice(start, line.from), text.slice(line.to, next < 0 ? text.length : next)])
    for (const [, key] of part.matchAll(/^[ \t]*(\w+)[ \t]*=/gm)) found.add(key!);
  return found;
}

/** The layers above: counted back from the section, then from the first layer. */
function layerOffers(items: readonly Item[], line: Range, key: Key): readonly Offer[] {
  const index = items.filter(({ range }) => range.from < line.from).length - 1;
  const offers: Offer[] = [];
  const offer = (at: number, label: string): void => {
    const target: Target = { index: at, range: items[at]!.range };
    offers.push({ kind: 'reference', label, target, doc: key.doc });
  };
  for (let at = index - 1; at >= 0; at--) offer(at, String(at - index));
  for (let at = index - 1; at >= 0; at--) offer(at, String(at));
  return offers;
}

function valueOffers(name: string, key: Key, dialect: Dialect, isNet: boolean): readonly Offer[] {
  const { choices, default: byDefault, doc } = key;
  if (name === 'activation' || name === 'lstm_activation')
    return activationNames(dialect).map(label => ({ kind: 'choice', label, doc: activationOf(label, dialect)!.doc }));
  if (choices) return choices.map(label => ({ kind: 'choice', label, doc }));
  if (key.kind !== 'int' && key.kind !== 'number') return [];
  const labels = new Set<string>();
  // A network has no default for its width.
  if (byDefault !== undefined && /^-?[\d.]+$/.test(byDefault) && !(isNet && byDefault === '0')) labels.add(byDefault);
  // For a flag, the useful value is 1.
  if (key.kind === 'int' && key.min === undefined && byDefault === '0') labels.add('1');
  return [...labels].map(label => ({
    kind: 'value',
    label,
    detail: label === byDefault ? l10n.t('default') : '',
    doc,
  }));
}
