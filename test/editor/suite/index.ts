// What VS Code loads inside its extension host (`extensionTestsPath`): runs the suites beside this file.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

interface Row {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'pending';
  readonly milliseconds: number;
  readonly error?: string;
}

/** Writes one row per test to `FLOPLINE_TEST_REPORT`, and rejects if a test has failed. */
export async function run(): Promise<void> {
  const grep = process.env.FLOPLINE_GREP;
  const mocha = new Mocha({ ui: 'tdd', timeout: 30_000, color: false, ...(grep ? { grep } : {}) });
  for (const name of readdirSync(__dirname).sort())
    if (name.endsWith('.suite.js')) mocha.addFile(join(__dirname, name));
  const rows: Row[] = [];
  const report = process.env.FLOPLINE_TEST_REPORT;
  // Written after every test, so a run that hangs leaves its results so far.
  const add = (row: Row): void => {
    rows.push(row);
    if (report) writeFileSync(report, JSON.stringify(rows, null, 2));
  };
  const failures = await new Promise<number>(resolve => {
    const runner = mocha.run(resolve);
    runner.on('pass', test => add({ title: test.fullTitle(), state: 'passed', milliseconds: test.duration ?? 0 }));
    runner.on('pending', test => add({ title: test.fullTitle(), state: 'pending', milliseconds: 0 }));
    runner.on('fail', (test, error: Error) =>
      add({ title: test.fullTitle(), state: 'failed', milliseconds: 0, error: error.stack ?? String(error) }),
    );
  });
  if (failures > 0) throw new Error(`${failures} tests failed`);
  if (rows.length === 0) throw new Error('no test was run');
}
