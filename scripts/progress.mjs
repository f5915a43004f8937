// A reporter for node:test: how far the run is, and each failure as soon as it is known. On a terminal one line that
// counts; in a log a line now and then.
import { relative } from 'node:path';
import { inspect } from 'node:util';
import { elapsed } from './elapsed.mjs';

const files = Number(process.env.FLOPLINE_TEST_FILES ?? 0);
const isTerminal = Boolean(process.stdout.isTTY);
const every = isTerminal ? 200 : 10_000;
const clear = isTerminal ? '\r\x1b[K' : '';

export default async function* progress(source) {
  const start = Date.now();
  const seen = new Set();
  let tests = 0;
  let failures = 0;
  let shown = start;
  const line = () => {
    const failed = failures > 0 ? `, ${failures} failed` : '';
    return `${clear}${seen.size} of ${files} files, ${tests} tests${failed}, ${elapsed(start)}${isTerminal ? '' : '\n'}`;
  };
  for await (const { type, data } of source) {
    if (type === 'test:stderr') yield `${clear}${data.message}`;
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    // Tests of a shared fixture helper say that they are in its file.
    if (/\.test\.\w+$/.test(data.file ?? '')) seen.add(data.file);
    if (data.details?.type === 'suite') continue;
    tests++;
    if (type === 'test:fail') {
      failures++;
      const place = data.file ? ` (${relative(process.cwd(), data.file)}${data.line ? `:${data.line}` : ''})` : '';
      const { error } = data.details;
      // The cause is what the test threw; around it node:test says that it failed.
      const cause = error?.cause ?? error;
      const text = cause instanceof Error ? (cause.stack ?? cause.message) : inspect(cause);
      yield `${clear}✖ ${data.name}${place}\n${text.replace(/^/gm, '    ')}\n`;
    }
    if (Date.now() - shown < every) continue;
    shown = Date.now();
    yield line();
  }
  yield `${line()}${isTerminal ? '\n' : ''}`;
}
