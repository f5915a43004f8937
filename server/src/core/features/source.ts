// Where the meaning of a text comes from, if that is another file: the Python that reads it, the classes of its rows.
import * as l10n from '@vscode/l10n';
import type { Frame, Site, SiteRole } from '../graph/graph.ts';
import type { Analysed } from '../pipeline.ts';
import { Lines } from '../text/lines.ts';
import { textOfFile } from './otherFiles.ts';
import { codeSpan, plainMarkdown } from './wording.ts';

/** Which reader defines the rows, as plain text: `Read by models/yolo.py`; empty if the format itself does. */
export function readerLines({ spec: { reader, tables, mirrors } }: Analysed): readonly string[] {
  if (reader !== undefined) return [l10n.t('Read by {0}', reader)];
  const whose = mirrors ?? tables;
  return whose === undefined ? [] : [l10n.t('Read by Flopline’s tables of {0}', whose)];
}

/** `Defined in [models/blocks.py:24](…), read by `models/yolo.py`.`; empty if the meaning comes from our tables. */
export function sourceText(analysed: Analysed, frame: Frame): string {
  const { reader } = analysed.spec;
  if (reader === undefined) return '';
  const site = otherSite(frame, 'definition');
  const link = site && linkTo(analysed, site);
  if (link === undefined) return l10n.t('Read by {0}.', codeSpan(reader));
  return l10n.t('Defined in {0}, read by {1}.', link, codeSpan(reader));
}

/** A site of a frame in another file. */
export function otherSite({ sites }: Frame, wanted: SiteRole): Site | undefined {
  return sites.find(({ role, file }) => role === wanted && file !== undefined);
}

/** A link to a place in another file, with its own name or a label in Markdown. */
export function linkTo({ document, spec }: Analysed, { range, file }: Site, label?: string): string | undefined {
  const text = file === undefined ? undefined : textOfFile(document, spec, file);
  if (file === undefined || text === undefined) return undefined;
  const place = `${shownPath(file, spec.imports?.repository)}:${new Lines(text).lineAt(range.from) + 1}`;
  const line = place.slice(place.lastIndexOf(':') + 1);
  return `[${label ?? plainMarkdown(place)}](${addressOf(file)}#L${line}${label === undefined ? '' : ` "${place.replace(/["\\|]/g, '')}"`})`;
}

function shownPath(file: string, repository: string | undefined): string {
  return repository !== undefined && file.startsWith(`${repository}/`) ? file.slice(repository.length + 1) : file;
}

/** Escapes a path for a Markdown link. */
function addressOf(path: string): string {
  const address = encodeURI(path).replace(/[?#()|]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
  return `file://${address.startsWith('/') ? '' : '/'}${address}`;
}
