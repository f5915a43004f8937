// SARIF 2.1.0, which code scanning tools and many editors read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { repository, version } from '../../../package.json';
import { Lines, type Problem, type Range, textOf } from '../core/index.ts';
import { shown } from './budgeted.ts';
import type { Checked } from './checked.ts';

/** A SARIF run with a result for each problem. */
export function sarif({ rows, findings }: Checked): string {
  const codes = [...new Set(findings.map(({ problem: { code } }) => code))].sort();
  const page = `${repository.url.replace(/\.git$/, '')}/blob/main/docs/problems.md`;
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'Flopline',
            semanticVersion: version,
            version,
            informationUri: repository.url.replace(/\.git$/, ''),
            rules: codes.map(id => ({
              id,
              name: pascal(id),
              shortDescription: { text: summaryOf(id) },
              helpUri: `${page}#${id}`,
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results: findings.map(({ path, lines, problem }) => {
          const row = rows.find(each => each.path === path);
          return {
            ruleId: problem.code,
            ruleIndex: codes.indexOf(problem.code),
            level: levelOf(problem),
            message: { text: textOf(problem) },
            locations: [{ physicalLocation: placeOf(path, lines, problem.range) }],
            ...relatedOf(path, lines, problem, file => {
              const text =
                file === row?.document.source.project?.path
                  ? row.document.source.project.text
                  : row?.verdict.analysed?.spec.imports?.read.get(file);
              return text === undefined ? undefined : new Lines(text);
            }),
          };
        }),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function relatedOf(
  path: string,
  lines: Lines,
  { related = [] }: Problem,
  linesOf: (file: string) => Lines | undefined,
): { readonly relatedLocations?: readonly object[] } {
  const places = related.flatMap(({ file, range, message }) => {
    const own = file === undefined ? lines : linesOf(file);
    return own
      ? [{ physicalLocation: placeOf(file === undefined ? path : shown(file), own, range), message: { text: message } }]
      : [];
  });
  return places.length === 0 ? {} : { relatedLocations: places.map((place, id) => ({ id: id + 1, ...place })) };
}

function placeOf(path: string, lines: Lines, { from, to }: Range): object {
  const [start, end] = [lines.position(from), lines.position(to)];
  const file = isAbsolute(path)
    ? { uri: pathToFileURL(path).toString() }
    : { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' };
  return {
    artifactLocation: file,
    region: {
      startLine: start.line + 1,
      startColumn: start.character + 1,
      endLine: end.line + 1,
      endColumn: end.character + 1,
    },
  };
}

function levelOf({ severity }: Problem): string {
  return severity === 'error' || severity === 'warning' ? severity : 'note';
}

const pascal = (code: string): string => code.replace(/(?:^|-)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Rule names are for tools and are not translated. */
function summaryOf(code: string): string {
  switch (code) {
    case 'over-budget':
      return 'A network costs more than its budget allows.';
    case 'budget-unknown':
      return 'It cannot be told whether a network is within its budget.';
    case 'budget-without-network':
      return 'A budget names no network, so it checks nothing.';
    default:
      return 'Something is wrong in the project file.';
  }
}
