// The entry point of the suites in a browser, bundled into the extension.
import './mocha.ts';
import * as vscode from 'vscode';
import './web.suite.ts';
import '../suite/budgets.suite.ts';
import '../suite/features.suite.ts';
import '../suite/python.suite.ts';
import '../suite/source.suite.ts';
// Last: listing all networks reads all files.
import '../suite/networks.suite.ts';

interface Row {
  readonly title: string;
  readonly state: 'passed' | 'failed' | 'pending';
  readonly milliseconds: number;
  readonly error?: string;
}

export async function run(): Promise<void> {
  const rows: Row[] = [];
  const { extensionUri } = vscode.extensions.getExtension('flopline.flopline')!;
  const address = extensionUri.with({ path: '/report' }).toString(true);
  // Sent after every test, so a run that hangs leaves its results so far.
  const report = (isDone: boolean): Promise<unknown> =>
    fetch(address, { method: 'POST', body: JSON.stringify({ rows, isDone }) });
  const add = (row: Row): void => {
    rows.push(row);
    report(false).catch(() => {});
  };
  await new Promise<void>(resolve => {
    const runner = mocha.run(() => resolve());
    runner.on('pass', test => add({ title: test.fullTitle(), state: 'passed', milliseconds: test.duration ?? 0 }));
    runner.on('pending', test => add({ title: test.fullTitle(), state: 'pending', milliseconds: 0 }));
    runner.on('fail', (test, error: Error) =>
      add({ title: test.fullTitle(), state: 'failed', milliseconds: 0, error: error.stack ?? String(error) }),
    );
  });
  await report(true);
}
