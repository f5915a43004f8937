// Output of `flopline check` for people: lines in a terminal, and a Markdown table for pull requests.
import * as l10n from '@vscode/l10n';
import {
  conditionsText,
  costliestText,
  type LimitKey,
  limitCell,
  limitKeys,
  markdownCell,
  padEnd,
  textOf,
  type Verdict,
  verdictText,
  width,
} from '../core/index.ts';
import { type Checked, type CheckRow, isVerdict, placeText } from './checked.ts';

/** A line per network, its problems below it, and the summary. */
export function checkText({ rows, findings }: Checked): string {
  const words = rows.map(({ verdict: { status } }) => statusWord(status));
  const most = Math.max(0, ...words.map(width));
  const lines = rows.flatMap((row, at) => {
    const { verdict, document, path } = row;
    const head = `${padEnd(words[at]!, most)}  ${l10n.t('{0}: {1}', nameOf(row), verdictText(verdict))}`;
    if (verdict.status === 'ok') return [head];
    const { spec } = verdict.analysed ?? {};
    const place = spec ? placeText(path, document.lines, { range: spec.head }) : path;
    const more = verdict.status === 'over' ? costliestText(verdict) : verdict.why;
    return [head, ...(more === undefined ? [] : [`${' '.repeat(most)}  ${place} ${more}`])];
  });
  const others = findings
    .filter(({ problem: { code } }) => !isVerdict(code))
    .map(({ path, lines: own, problem }) => `${placeText(path, own, problem)} ${textOf(problem)} [${problem.code}]`);
  return `${[...lines, ...(lines.length > 0 && others.length > 0 ? [''] : []), ...others, '', sumText(rows)].join('\n')}\n`;
}

/** `models/yolov8.yaml (scale n, input 3×640×640)`. */
function nameOf({ path, verdict }: CheckRow): string {
  const conditions = conditionsText(verdict);
  return conditions === '' ? path : l10n.t('{0} ({1})', path, conditions);
}

function statusWord(status: Verdict['status']): string {
  switch (status) {
    case 'ok':
      return l10n.t('ok');
    case 'over':
      return l10n.t('over');
    case 'unknown':
      return l10n.t('unknown');
  }
}

function sumText(rows: readonly CheckRow[]): string {
  const count = (wanted: Verdict['status']): number =>
    rows.filter(({ verdict: { status } }) => status === wanted).length;
  const [over, unknown] = [count('over'), count('unknown')];
  if (rows.length === 0) return l10n.t('No networks were checked.');
  if (over + unknown === 0)
    return rows.length === 1
      ? l10n.t('The network is within its budget.')
      : l10n.t('All {0} networks are within their budgets.', rows.length);
  if (unknown === 0) return l10n.t('{0} of {1} over budget.', over, rows.length);
  if (over === 0) return l10n.t('{0} of {1} unknown.', unknown, rows.length);
  return l10n.t('{0} of {1} over budget, {2} unknown.', over, rows.length, unknown);
}

/** A table with a column per limited quantity, and the budget violations below it. */
export function checkMarkdown({ rows }: Checked): string {
  const keys = limitKeys.filter(key => rows.some(({ verdict }) => verdict.limits.some(limit => limit.key === key)));
  const head = ['', l10n.t('network'), l10n.t('budget for'), ...keys.map(columnName)];
  const cells = rows.map(({ path, verdict }) => [
    markOf(verdict.status),
    markdownCell(path),
    markdownCell(conditionsText(verdict)),
    ...keys.map(key => {
      const limit = verdict.limits.find(each => each.key === key);
      if (!limit) return '';
      const text = markdownCell(limitCell(limit));
      return limit.status === 'ok' ? text : `**${text}**`;
    }),
  ]);
  const table = [head, ['---', '---', '---', ...keys.map(() => '--:')], ...cells];
  const details = rows.flatMap(row => {
    const { verdict } = row;
    if (verdict.status === 'ok') return [];
    const more = verdict.status === 'over' ? costliestText(verdict) : verdict.why;
    return [`- ${l10n.t('{0}: {1}', markdownCell(nameOf(row)), markdownCell(more ?? ''))}`];
  });
  const parts = [
    `### ${sumText(rows)}`,
    ...(rows.length > 0 ? [table.map(line => `| ${line.join(' | ')} |`).join('\n')] : []),
    ...(details.length > 0 ? [details.join('\n')] : []),
  ];
  return `${parts.join('\n\n')}\n`;
}

function markOf(status: Verdict['status']): string {
  return { ok: '✅', over: '❌', unknown: '❔' }[status];
}

function columnName(key: LimitKey): string {
  switch (key) {
    case 'macs':
      return l10n.t('MACs');
    case 'params':
      return l10n.t('params');
    case 'bytes':
      return l10n.t('parameters');
    case 'peak':
      return l10n.t('peak memory');
    case 'time':
      return l10n.t('time (estimate)');
  }
}
