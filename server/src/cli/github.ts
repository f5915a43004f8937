// Workflow commands of GitHub Actions, which annotate the files of a pull request.
import { textOf } from '../core/index.ts';
import type { Checked } from './checked.ts';

/** One command per line; empty if there are no problems. */
export function githubAnnotations({ findings }: Checked): string {
  return findings
    .map(({ path, lines, problem }) => {
      const { line, character } = lines.position(problem.range.from);
      const properties = [
        `file=${property(path)}`,
        `line=${line + 1}`,
        `col=${character + 1}`,
        `title=${property(`Flopline: ${problem.code}`)}`,
      ].join(',');
      const command = problem.severity === 'error' ? 'error' : problem.severity === 'warning' ? 'warning' : 'notice';
      return `::${command} ${properties}::${data(textOf(problem))}\n`;
    })
    .join('');
}

// Escaped as in actions/toolkit (packages/core/src/command.ts, escapeData and escapeProperty).
function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
