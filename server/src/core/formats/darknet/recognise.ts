// Recognizes Darknet's .cfg files: many programs have such files, and some of these begin with [network] too.
import { type CfgSection, parseCfg, placedSection, sectionsOf } from '../../syntax/cfg.ts';
import { isOfPyTorch } from './pytorch.ts';
import { asMeant, divided } from './repairs.ts';
import { keyOf, sectionOf } from './words.ts';

/** Section names that other programs may use as well. */
const commonNames: ReadonlySet<string> = new Set([
  'local',
  'crop',
  'route',
  'cost',
  'detection',
  'region',
  'activation',
  'history',
  'empty',
  'logistic',
  'contrastive',
  'normalization',
  'sam',
]);

/** Keys that every section may have, so they do not identify one. */
const commonKeys: ReadonlySet<string> = new Set(['learning_rate', 'clip', 'truth', 'smooth']);

/** Whether a text contains something that only Darknet has. */
export function isDarknet(text: string): boolean {
  return speaks(text) || (firstOf(text)?.type === 'net' && !saysMore(text));
}

/** Whether a text contains something that Darknet does not have, and nothing that it does. */
export function isForeign(text: string): boolean {
  return !speaks(text) && saysMore(text);
}

function saysMore(text: string): boolean {
  if (parseCfg(text).before.options.length > 0) return true;
  for (const { type, options } of sectionsOf(text)) {
    const kind = sectionOf(type);
    if (!kind || options.some(({ key }) => !keyOf(kind, key))) return true;
  }
  return false;
}

/** The first section is nearly always enough. */
function firstOf(text: string): CfgSection | undefined {
  return sectionsOf(text).next().value;
}

function speaks(text: string): boolean {
  if (sectionOf(firstOf(text)?.type ?? '')?.name === 'net' && says(sectionsOf(text))) return true;
  const cfg = parseCfg(text);
  const { sections } = asMeant(text, cfg) ?? {
    sections: cfg.chunks.flatMap((chunk, at) => divided(text, placedSection(chunk), at === 0)),
  };
  return says(sections);
}

function says(sections: Iterable<CfgSection>): boolean {
  let first: CfgSection | undefined;
  for (const section of sections) {
    first ??= section;
    // A fragment without [net] must be unmistakable.
    if (sectionOf(first.type)?.name !== 'net') {
      if (isLayer(section) && !commonNames.has(sectionOf(section.type)!.name)) return true;
    } else if ((section === first && isNet(first)) || isLayer(section) || isOfPyTorch(section.type)) return true;
  }
  return false;
}

/** Keys such as channels and policy are common words, so most of the section must be Darknet's. */
function isNet({ type, options }: CfgSection): boolean {
  const kind = sectionOf(type)!;
  const known = options.filter(({ key }) => keyOf(kind, key)).length;
  return known >= (type === 'net' ? 2 : 3) || known > options.length - known;
}

function isLayer({ type, options }: CfgSection): boolean {
  const kind = sectionOf(type);
  if (!kind || kind.name === 'net') return false;
  if (options.length === 0) return !commonNames.has(kind.name);
  return options.some(({ key }) => !commonKeys.has(key) && keyOf(kind, key) !== undefined);
}
