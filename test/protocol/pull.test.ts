// Clients that pull problems, and capabilities that are negotiated at the start.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { DocumentDiagnosticReport } from 'vscode-languageserver-protocol/node';
import { type Session, type SessionOptions, startSession } from './session.ts';

const network = `name: pulled
input: [3, 32, 32]
layers:
  - conv: {out: 8, kernel: 3}
  - conv: {out: 16, kernel: 99}
`;

function codesOf(report: DocumentDiagnosticReport): readonly unknown[] {
  assert.equal(report.kind, 'full');
  return report.items.map(({ code }) => code);
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 15_000;
  while (!holds()) {
    assert.ok(Date.now() < end, 'it does not come');
    await new Promise(resolve => setTimeout(resolve, 10));
  }
}

async function withSession(options: SessionOptions, use: (session: Session) => Promise<void>): Promise<void> {
  const session = await startSession(options);
  try {
    await use(session);
  } finally {
    await session.end();
  }
}

describe('problems that an editor asks for', () => {
  it('are answered for the newest text, with a result id, and are not pushed', () =>
    withSession({ pull: true }, async session => {
      assert.deepEqual(session.capabilities?.capabilities.diagnosticProvider, {
        identifier: 'flopline',
        interFileDependencies: true,
        workspaceDiagnostics: false,
      });
      const uri = await session.open('pulled.net.yaml', network);
      const first = await session.pull(uri);
      assert.deepEqual(codesOf(first), ['kernel-larger-than-input']);
      const again = await session.pull(uri, first.resultId);
      assert.deepEqual(again, { kind: 'unchanged', resultId: first.resultId });
      await session.edit(uri, '99', '3');
      const mended = await session.pull(uri, first.resultId);
      assert.deepEqual(codesOf(mended), []);
      assert.deepEqual(codesOf(await session.pull(uri, first.resultId)), []);
      assert.deepEqual(session.publications, []);
    }));

  it('are none for a text that is no network', () =>
    withSession({ pull: true }, async session => {
      const uri = await session.open('compose.yaml', 'services:\n  web: {image: nginx}\n');
      assert.deepEqual(codesOf(await session.pull(uri)), []);
    }));

  it('are requested again when another file or a setting changes them', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'flopline-pull-'));
    const refreshed = (session: Session): boolean => session.refreshes.includes('workspace/diagnostic/refresh');
    try {
      writeFileSync(join(folder, 'pulled.net.yaml'), network);
      writeFileSync(
        join(folder, 'flopline.yaml'),
        'budgets:\n  - files: [pulled.net.yaml]\n    limits: {params: 1G}\n',
      );
      await withSession({ pull: true, folder }, async session => {
        const uri = await session.open('pulled.net.yaml', network.replace('99', '3'), 'yaml', folder);
        assert.deepEqual(codesOf(await session.pull(uri)), []);
        const project = await session.open(
          'flopline.yaml',
          'budgets:\n  - files: [pulled.net.yaml]\n    limits: {params: 10}\n',
          'yaml',
          folder,
        );
        await until(() => refreshed(session));
        assert.deepEqual(codesOf(await session.pull(uri)), ['over-budget']);
        assert.deepEqual(codesOf(await session.pull(project)), []);
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are pushed to a client that does not support refreshing, or that prefers it', async () => {
    for (const options of [{}, { pull: true, initializationOptions: { diagnostics: 'push' } }] as const)
      await withSession(options, async session => {
        assert.equal(session.capabilities?.capabilities.diagnosticProvider, undefined);
        const uri = await session.open('pulled.net.yaml', network);
        assert.deepEqual(
          (await session.problems(uri)).map(({ code }) => code),
          ['kernel-larger-than-input'],
        );
      });
  });
});

describe('positions', () => {
  const name = '模型🙂';

  it('count UTF-16 units, which every client knows, and the server says so', async () => {
    for (const encodings of [undefined, ['utf-8', 'utf-32', 'utf-16'], ['utf-16']])
      await withSession({ ...(encodings && { encodings }) }, async session => {
        assert.equal(session.capabilities?.capabilities.positionEncoding, 'utf-16');
        const uri = await session.open(
          'wide.net.yaml',
          `input: [3, 8, 8]\nlayers: [{conv: {out: 4, name: ${name}, kernel: 99}}]\n`,
        );
        const [problem] = await session.problems(uri);
        assert.equal(problem?.code, 'kernel-larger-than-input');
        assert.deepEqual(problem.range, session.rangeOf(uri, '99'));
        assert.equal(problem.range.start.character, `layers: [{conv: {out: 4, name: ${name}, kernel: `.length);
      });
  });
});
