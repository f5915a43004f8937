// The server in Simplified Chinese: the language follows the locale, the setting and the environment.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Session, type SessionOptions, startSession, until } from './session.ts';

const text = `nc: 80
scales:
  n: [0.33, 0.25, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
  - [-1, 3, C2f, [128, True]]
  - [-1, 1, Mystery, [256]]
head:
  - [-1, 1, Classify, [nc]]
`;

async function opened(options: SessionOptions): Promise<{ readonly session: Session; readonly uri: string }> {
  const session = await startSession(options);
  return { session, uri: await session.open('yolov8n.yaml', text) };
}

async function isChinese(options: SessionOptions): Promise<boolean> {
  const { session, uri } = await opened(options);
  await using _ = session;
  const problems = await session.problems(uri);
  return /不是 Ultralytics 的模块/.test(JSON.stringify(problems.map(({ message }) => message)));
}

test('Hints, hovers, problems, lens, outline, completion and fixes are in the language of the editor', async () => {
  const { session, uri } = await opened({ locale: 'zh-cn', modern: true });
  await using _ = session;
  const problems = await session.problems(uri);
  assert.deepEqual(
    problems.filter(({ code }) => code === 'unknown-module').map(({ message }) => message),
    ['“Mystery”不是 Ultralytics 的模块，因此其开销和形状未知。'],
  );
  const labels = await session.hints(uri);
  assert.ok(
    labels.some(label => label.endsWith('16×112×112 · 5.42M MACs · 464 参数')),
    labels.join('\n'),
  );
  assert.ok(
    labels.some(label => label.endsWith('? 未知模块 Mystery')),
    labels.join('\n'),
  );
  const hover = JSON.stringify(await session.hover(uri, 'C2f'));
  assert.match(hover, /跨阶段局部块，其 n 个瓶颈的输出都送入最后的 1×1 卷积。/);
  assert.match(hover, /感受野/);
  const lenses = await session.lenses(uri);
  assert.match(JSON.stringify(lenses), /规模 n/);
  const actions = await session.actions(uri, 'C2f');
  assert.ok(
    actions.some(({ title }) => /[\u4e00-\u9fff]/.test(title)),
    actions.map(({ title }) => title).join('\n'),
  );
});

test('The setting overrides the locale, and the environment is used if the client sends no locale', async () => {
  const env = { LC_ALL: 'zh_CN.UTF-8' };
  assert.equal(await isChinese({ locale: 'zh-CN' }), true);
  assert.equal(await isChinese({ locale: 'en' }), false);
  assert.equal(await isChinese({ locale: 'en', settings: { language: 'zh-cn' } }), true);
  assert.equal(await isChinese({ locale: 'zh-cn', settings: { language: 'en' } }), false);
  assert.equal(await isChinese({ locale: 'zh-cn', settings: { language: 'auto' } }), true);
  assert.equal(await isChinese({ env }), true);
  // The environment does not override the client's locale.
  assert.equal(await isChinese({ locale: 'en', env }), false);
  assert.equal(await isChinese({ locale: 'ja', env }), false);
  assert.equal(await isChinese({}), false);
});

test('A client without configuration requests sends the setting at the start, or later', async () => {
  const initializationOptions = { settings: { language: 'zh-cn' } };
  assert.equal(await isChinese({ configuration: false, initializationOptions }), true);
});

test('After a change of language, all texts are created again', async () => {
  const { session, uri } = await opened({ locale: 'en' });
  await using _ = session;
  assert.match(JSON.stringify(await session.problems(uri)), /is not a module of Ultralytics/);
  await session.configure({ language: 'zh-cn' });
  await until(() => session.refreshes.includes('workspace/inlayHint/refresh'));
  assert.match(JSON.stringify(await session.hover(uri, 'C2f')), /跨阶段局部块/);
  const labels = await session.hints(uri);
  assert.ok(
    labels.some(label => label.endsWith('? 未知模块 Mystery')),
    labels.join('\n'),
  );
  await until(() => /不是 Ultralytics 的模块/.test(JSON.stringify(session.publications.at(-1)?.diagnostics)));
});
