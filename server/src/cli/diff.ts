import { dirname } from 'node:path';
import * as l10n from '@vscode/l10n';
import {
  type Analysed,
  clipColumns,
  type DiffFile,
  type DiffReport,
  diffCells,
  diffCounts,
  diffHead,
  diffReport,
  diffTitle,
  diffTotals,
  type Files,
  markdownDiff,
  orderOf,
  type ReportWords,
} from '../core/index.ts';
import { corePath, Disk } from '../host/disk.ts';
import { blobIn, FilesOfRevision, revisionOf } from '../host/git.ts';
import type { DiffRequest, DiffSource, ExitCode } from './arguments.ts';
import { type Content, candidates, contentIn, contentOf, reasonOf } from './files.ts';
import { document } from './json.ts';
import { complaintsAbout, Effects, mostBytes, readSpec, type Streams } from './specs.ts';
import { aligned, ruled } from './table.ts';

/** `flopline diff`: returns the exit code. */
export function runDiff(request: DiffRequest, streams: Streams): ExitCode {
  const say = (text: string): void => streams.err(`flopline: ${text}\n`);
  const { missing } = candidates(request.paths);
  for (const path of missing) say(l10n.t('No such file or folder: “{0}”.', path));
  if (missing.length > 0) return 2;

  const disk = new Disk();
  const sides = [readSide(request.before, disk), readSide(request.after, disk)] as const;
  for (const refused of new Set(sides.flatMap(side => ('refused' in side ? [side.refused] : [])))) say(refused);
  const [before, after] = sides;
  if ('refused' in before || 'refused' in after)
    return sides.some(side => 'refused' in side && side.code === 2) ? 2 : 1;

  const diff = diffReport(before.analysed, after.analysed, { before: before.file, after: after.file });
  const words = { unit: after.analysed.model.convention.unit, shapeOrder: orderOf(after.analysed) };
  switch (request.format) {
    case 'json':
      streams.out(document(diff));
      break;
    case 'markdown':
      streams.out(markdownDiff(diff, words, request.all));
      break;
    case 'table':
      streams.out(diffTable(diff, words, request.all));
      break;
  }
  let worst: ExitCode = 0;
  const projects = new Set([before, after].map(({ analysed }) => analysed.document.source.project));
  for (const project of projects) {
    for (const line of project ? complaintsAbout(project, disk) : []) {
      say(line);
      worst = 1;
    }
  }
  for (const { analysed, file } of [before, after]) {
    for (const { severity, message, code, range } of analysed.problems) {
      if (severity !== 'error') continue;
      const { line, character } = analysed.document.lines.position(range.from);
      streams.err(`${nameOf(file)}:${line + 1}:${character + 1}: ${severity}: ${message} (${code})\n`);
      worst = 1;
    }
  }
  for (const complaint of withoutEffect(request, before.analysed, after.analysed)) {
    say(complaint);
    worst = 1;
  }
  return worst;
}

interface Side {
  readonly file: DiffFile;
  readonly analysed: Analysed;
}

interface Refusal {
  readonly refused: string;
  readonly code: ExitCode;
}

function readSide(source: DiffSource, disk: Disk): Side | Refusal {
  const { path, revision } = source;
  const most = mostBytes(source.settings);
  let content: Content;
  let files: Files = disk;
  if (revision === undefined) {
    try {
      content = contentOf({ path, named: true }, most);
    } catch (error) {
      return { refused: l10n.t('“{0}” could not be read: {1}.', path, reasonOf(error)), code: 1 };
    }
  } else {
    const found = revisionOf(dirname(path), revision);
    switch (found) {
      case 'no git':
        return { refused: l10n.t('git is not installed, or not in the PATH.'), code: 1 };
      case 'no repository':
        return { refused: l10n.t('“{0}” is not in a git repository.', path), code: 1 };
      case 'no revision':
        return { refused: l10n.t('The git repository of “{0}” has no revision “{1}”.', path, revision), code: 2 };
    }
    const bytes = blobIn(found, corePath(path));
    if (!bytes) return { refused: l10n.t('There is no file “{0}” in revision “{1}”.', path, revision), code: 1 };
    content = contentIn(bytes, path, bytes.length, most);
    files = new FilesOfRevision(found, disk);
  }
  const spec = readSpec({ path, content, files }, source);
  if (typeof spec === 'string') return { refused: spec, code: 1 };
  const file = revision === undefined ? { file: path } : { file: path, revision };
  if (spec.analysed) return { file, analysed: spec.analysed };
  return { refused: `${nameOf(file)}: ${spec.document.problems[0]?.message ?? l10n.t('Not analyzed.')}`, code: 1 };
}

function nameOf({ file, revision }: DiffFile): string {
  return revision === undefined ? file : `${revision}:${file}`;
}

/** Options without effect on their side; an option for both sides has to have an effect on at least one. */
function withoutEffect({ before, after }: DiffRequest, ...sides: readonly [Analysed, Analysed]): readonly string[] {
  const looks = [before, after].map(({ settings }, at) => {
    const effects = new Effects(settings);
    const asked = effects.missing();
    effects.note(sides[at]);
    return { asked, missing: effects.missing() };
  });
  const [first, second] = looks as [(typeof looks)[0], (typeof looks)[0]];
  const left = (look: typeof first, other: typeof first): readonly string[] =>
    look.missing.filter(complaint => !other.asked.includes(complaint) || other.missing.includes(complaint));
  return [...new Set([...left(first, second), ...left(second, first)])];
}

/** A row per changed layer, and the totals. */
function diffTable(diff: DiffReport, words: ReportWords, all: boolean): string {
  const rows = diffCells(diff, words, all).map(({ mark, line, name, op, output, ...cells }) => {
    const texts = [mark, line, clipColumns(name, 36), clipColumns(op, 24), output];
    return [...texts, cells.value, cells.change, cells.params, cells.paramsChange];
  });
  const totals = diffTotals(diff);
  const foot = ['', '', l10n.t('total'), '', '', totals.value, totals.change, totals.params, totals.paramsChange];
  const lines = aligned(
    [diffHead(words), ...rows, foot],
    ['start', 'end', 'start', 'start', 'end', 'end', 'end', 'end', 'end'],
  );
  const [top = '', ...others] = ruled(lines);
  const rule = others[0]!;
  return [
    `${diffTitle(diff.before, diff.after)} → ${diffTitle(diff.after, diff.before)}`,
    '',
    top,
    ...(rows.length > 0 ? others.slice(0, -1) : []),
    rule,
    others.at(-1),
    '',
    diffCounts(diff),
    '',
  ].join('\n');
}
