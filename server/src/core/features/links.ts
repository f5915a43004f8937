import * as l10n from '@vscode/l10n';
import type { Document } from '../pipeline.ts';
import type { Range } from '../text/range.ts';

export interface Link {
  readonly range: Range;
  readonly url: string;
  readonly tooltip: string;
}

/** Links for paper ids in the text: `arXiv:1512.03385`, `doi:10.1109/CVPR.2016.90`. */
export function links({ source: { text } }: Document): readonly Link[] {
  const found: Link[] = [];
  const add = (match: RegExpExecArray, base: string): void => {
    const id = match[1]!;
    const range = { from: match.index, to: match.index + match[0].length };
    found.push({ range, url: base + id, tooltip: l10n.t('Open the paper') });
  };
  for (const match of text.matchAll(/\barXiv:[ \t]?(\d{4}\.\d{4,5}(?:v\d+)?|[a-z-]+(?:\.[A-Z]{2})?\/\d{7})\b/gi))
    add(match, 'https://arxiv.org/abs/');
  for (const match of text.matchAll(/\bdoi:[ \t]?(10\.\d{4,9}\/[\w./()-]*\w)/gi)) add(match, 'https://doi.org/');
  return found;
}
