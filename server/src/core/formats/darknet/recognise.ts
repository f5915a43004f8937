// Whether a .cfg is Darknet's: many programs have such files, and some of those begin with [network], too.
import { type Cfg, type CfgSection, parseCfg } from '../../syntax/cfg.ts';
import { asDivided, asMeant } from './headers.ts';
import { keyOf, sectionOf } from './keys.ts';
import { isOfPyTorch } from './pytorch.ts';

/** Sections whose names are words that other programs have use for. */
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

/** What every section may have, so that it says nothing about this one. */
const commonKeys: ReadonlySet<string> = new Set(['learning_rate', 'clip', 'truth', 'smooth']);

/** Whether there is something in a text that only Darknet has. */
export function isDarknet(text: string): boolean {
  const cfg = parseCfg(text);
  return speaks(text, cfg) || (cfg.sections[0]?.type === 'net' && !saysMore(cfg));
}

/** Whether there is something in a text that Darknet does not have, and nothing of it is Darknet's. */
export function isForeign(text: string): boolean {
  const cfg = parseCfg(text);
  return saysMore(cfg) && !speaks(text, cfg);
}

function saysMore({ sections, before }: Cfg): boolean {
  if (before.options.length > 0) return true;
  return sections.some(({ type, options }) => {
    const kind = sectionOf(type);
    return !kind || options.some(({ key }) => !keyOf(kind, key));
  });
}

function speaks(text: string, cfg: Cfg): boolean {
  if (sectionOf(cfg.sections[0]?.type ?? '')?.name === 'net' && says(cfg.sections)) return true;
  const divided = asDivided(text, cfg);
  return says((asMeant(text, cfg, divided) ?? divided).sections);
}

function says(sections: readonly CfgSection[]): boolean {
  const [first] = sections;
  if (!first) return false;
  // A fragment without [net] must be unmistakable.
  if (sectionOf(first.type)?.name !== 'net')
    return sections.some(section => isLayer(section) && !commonNames.has(sectionOf(section.type)!.name));
  return isNet(first) || sections.some(section => isLayer(section) || isOfPyTorch(section.type));
}

/** Keys such as channels and policy are words of others, too: most of the section must be Darknet's. */
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
