// A reporter for node:test that shows the progress of the run, and each failure immediately: a counter line on a
// terminal, a line now and then in a log.
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
    // Tests defined in a shared fixture helper report the helper's file.
    if (/\.test\.\w+$/.test(data.file ?? '')) seen.add(data.file);
    if (data.details?.type === 'suite') continue;
    tests++;
    if (type === 'test:fail') {
      failures++;
      const place = data.file ? ` (${relative(process.cwd(), data.file)}${data.line ? `:${data.line}` : ''})` : '';
      const { error } = data.details;
      // node:test wraps the error that the test threw as its cause.
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
