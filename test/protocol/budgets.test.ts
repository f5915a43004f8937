// Budgets in the server over stdio: the problem at the head, the changes that meet the budget, the tests in an editor.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type { BudgetResult, BudgetTest, Requests } from '../../server/src/protocol/index.ts';
import { folderOf } from '../support/folders.ts';
import { type Session, startSession, until } from './session.ts';

const yolo = `nc: 80
scales:
  n: [0.33, 0.25, 1024]
  s: [0.33, 0.50, 1024]
backbone:
  - [-1, 1, Conv, [64, 3, 2]]
  - [-1, 1, Conv, [128, 3, 2]]
  - [-1, 3, C2f, [128, True]]
head:
  - [-1, 1, Conv, [256, 3, 2]]
  - [-1, 1, Classify, [nc]]
`;
const net = `from torch import nn


class Net(nn.Sequential):
    def __init__(self, classes=10):
        super().__init__(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, classes))
`;
const project = (macs: string): string => `budgets:
  - files: ['models/*.yaml']
    input: [3, 64, 64]
    scale: s
    limits: {macs: ${macs}, params: 100M}
  - entries: ['net.py:Net(classes=5)']
    input: [3, 10, 10]
    limits: {params: 200}
`;

const overBudget = async (session: Session, uri: string) => {
  const found = await session.problems(uri);
  return found
    .filter(({ code }) => code === 'over-budget' || code === 'budget-unknown')
    .map(problem => ({ ...problem, message: String(problem.message) }));
};

/** Waits until the newest publication has no violated budget. */
async function untilWithin(session: Session, uri: string): Promise<void> {
  await until(() =>
    session.publications
      .findLast(each => each.uri === uri)
      ?.diagnostics.every(({ code }) => code !== 'over-budget' && code !== 'budget-unknown'),
  );
}

const uriOf = (folder: string, name: string): string => pathToFileURL(join(folder, name)).toString();

function judge(session: Session, test: BudgetTest): Promise<BudgetResult | null> {
  const { uri, project: own, index, entry } = test;
  const params: Requests['flopline/judge']['params'] = { textDocument: { uri }, project: own, index, entry };
  return session.connection.sendRequest('flopline/judge', params);
}

function budgetsIn(session: Session, uri: string): Promise<readonly BudgetTest[] | null> {
  return session.connection.sendRequest('flopline/budgets', { textDocument: { uri } });
}

test('over budget is an error at the head that names what brings the network back, and a quick fix makes it', async () => {
  const folder = folderOf({ 'flopline.yaml': project('25M'), 'models/y.yaml': yolo, 'net.py': net });
  await using session = await startSession({ folder, initializationOptions: { tellChanges: true } });
  const uri = await session.open('y.yaml', yolo, 'yaml', join(folder, 'models'));
  const [problem, ...others] = await overBudget(session, uri);
  assert.deepEqual(others, []);
  assert.equal(problem?.severity, 1);
  assert.equal(problem?.range.start.line, 0);
  assert.match(
    problem?.message ?? '',
    /^Over budget: [\d.]+M MACs \(limit 25\.0M, \+\d+ %\)\. The budget is for scale s, input 3×64×64\. The costliest layers are model\.\d \(\w+\) with /,
  );
  const places = problem?.relatedInformation?.map(({ location: { uri: at, range } }) => `${at} ${range.start.line}`);
  assert.equal(places?.[0], `${uriOf(folder, 'flopline.yaml')} 1`);
  assert.equal(places?.length, 4);
  const { budget } = (await session.summary(uri))!;
  assert.equal(budget?.status, 'over');
  assert.match(budget?.messages[0] ?? '', /^Over budget: /);

  // The search starts when typing pauses.
  await until(() =>
    session.publications.some(
      each => each.uri === uri && /brings? it back: /.test(each.diagnostics.map(({ message }) => message).join()),
    ),
  );
  const actions = await session.actionsAt(uri, problem!.range, ['quickfix']);
  const [action] = actions.filter(({ title }) => / to get back within budget: /.test(title));
  assert.ok(action, actions.map(({ title }) => title).join('\n'));
  assert.equal(action.isPreferred, false);
  assert.equal(action.diagnostics?.[0]?.code, 'over-budget');
  const text = await session.apply(uri, action);
  assert.notEqual(text, yolo);
  assert.deepEqual(await overBudget(session, uri), []);
  const after = (await session.summary(uri))!.budget;
  assert.equal(after?.status, 'ok');
  assert.match(after?.messages[0] ?? '', /^Within budget: [\d.]+M MACs \(limit 25\.0M\)/);
});

test('choices in the editor do not affect the verdict of a budget', async () => {
  const folder = folderOf({ 'flopline.yaml': project('25M') });
  await using session = await startSession({ folder, settings: { scale: 'n', input: '32' } });
  const uri = await session.open('y.yaml', yolo, 'yaml', join(folder, 'models'));
  const [before] = await overBudget(session, uri);
  await session.choose({ [uri]: { scale: 'n', input: '3,320,320', dtype: 'fp16' } });
  await until(() => session.publications.filter(each => each.uri === uri).length > 1);
  const [chosen] = await overBudget(session, uri);
  assert.match(before?.message ?? '', /for scale s, input 3×64×64/);
  assert.ok(chosen?.message.startsWith(before!.message));
});

test('an edit of the limits is seen at once, and a text that cannot be read is unknown', async () => {
  const folder = folderOf({ 'flopline.yaml': project('25M') });
  await using session = await startSession({ folder });
  const uri = await session.open('y.yaml', yolo, 'yaml', join(folder, 'models'));
  const file = await session.open('flopline.yaml', project('25M'), 'yaml', folder);
  assert.equal((await overBudget(session, uri)).length, 1);
  await session.edit(file, '25M', '900M');
  await untilWithin(session, uri);
  // While a row is being typed, temporary unknowns are not reported.
  await session.edit(uri, '[-1, 1, Conv, [128, 3, 2]]', '[-1, 1, Mystery, [128, 3, 2]]');
  assert.deepEqual(await overBudget(session, uri), []);
  const text = yolo.replace('[-1, 1, Conv, [128, 3, 2]]', '[-1, 1, Mystery, [128, 3, 2]]');
  const other = await session.open('other.yaml', text, 'yaml', join(folder, 'models'));
  const [unknown] = await overBudget(session, other);
  assert.equal(unknown?.code, 'budget-unknown');
  assert.equal(unknown?.severity, 2);
  assert.equal((await session.summary(other))?.budget?.status, 'unknown');
  await session.edit(other, 'nc: 80', '# flopline-ignore-file budget-unknown\nnc: 80');
  assert.deepEqual(await overBudget(session, other), []);
});

test('a network in a Python file is checked with the entry of its budget', async () => {
  const folder = folderOf({ 'flopline.yaml': project('25M'), 'net.py': net });
  await using session = await startSession({ folder, initializationOptions: { tellChanges: true } });
  const uri = await session.open('net.py', net, 'python', folder);
  await until(() =>
    session.publications.some(each => each.uri === uri && each.diagnostics.some(({ code }) => code === 'over-budget')),
  );
  const [problem] = await overBudget(session, uri);
  assert.match(
    problem?.message ?? '',
    /^Over budget: 269 params \(limit 200, \+35 %\)\. The budget is for Net\(classes=5\), input 3×10×10\./,
  );
  assert.equal(problem?.range.start.line, 3);
  // A client requests the totals again once the verdict is known.
  const count = session.changes.length;
  await session.edit(uri, 'nn.Conv2d(3, 8, 3)', 'nn.Conv2d(3, 8, 1)');
  await untilWithin(session, uri);
  await until(() => session.changes.length > count);
  assert.equal((await session.summary(uri))?.budget?.status, 'ok');
});

test('nothing is reported without a project file, or for files without a budget', async () => {
  const folder = folderOf({ 'flopline.yaml': project('25M'), 'other.yaml': yolo });
  await using session = await startSession({ folder });
  const other = await session.open('other.yaml', yolo, 'yaml', folder);
  assert.deepEqual(await overBudget(session, other), []);
  assert.equal((await session.summary(other))?.budget, null);
  const nowhere = await session.open('y.yaml', yolo, 'yaml', '/nowhere/models');
  assert.deepEqual(await overBudget(session, nowhere), []);
});

test('budgets are tests, of files that are open or not', async () => {
  const folder = folderOf({
    'flopline.yaml': project('25M'),
    'models/y.yaml': yolo,
    'models/note.txt': '',
    'models/data.yaml': 'names: [a]\n',
    'net.py': net,
  });
  await using session = await startSession({ folder });
  const uri = uriOf(folder, 'flopline.yaml');
  const tests = await budgetsIn(session, uri);
  assert.deepEqual(
    tests?.map(({ path, entry, limits, index, range }) => [path, entry, limits, index, range.start.line]),
    [
      ['models/y.yaml', null, 'scale s, ≤ 25.0M MACs, ≤ 100M params', 0, 1],
      ['net.py', 'Net(classes=5)', '≤ 200 params', 1, 5],
    ],
  );
  const [first, second] = tests!;
  const over = await judge(session, first!);
  assert.equal(over?.status, 'over');
  assert.match(over?.figure ?? '', /^[\d.]+M MACs \(limit 25\.0M, \+\d+ %\) and [\d.]+k params \(limit 100M\)$/);
  assert.match(over?.message ?? '', /^Over budget: .* The costliest layers are /);
  assert.equal(over?.range.start.line, 0);
  assert.equal(over?.related[0]?.uri, uri);
  const python = await judge(session, second!);
  assert.equal(python?.figure, '269 params (limit 200, +35 %)');
  assert.equal(python?.range.start.line, 3);
  // Unsaved text counts.
  const open = await session.open('y.yaml', yolo, 'yaml', join(folder, 'models'));
  await session.edit(open, '[-1, 3, C2f, [128, True]]', '[-1, 1, Conv, [16, 1, 1]]');
  assert.equal((await judge(session, first!))?.status, 'ok');
  // So do changes on disk.
  writeFileSync(
    join(folder, 'net.py'),
    net.replace('nn.Conv2d(3, 8, 3)', 'nn.Conv2d(3, 1, 3)').replace('(8, classes)', '(1, classes)'),
  );
  assert.equal((await judge(session, second!))?.status, 'ok');
  assert.equal(await judge(session, { ...first!, index: 7 }), null);
  assert.equal(await judge(session, { ...first!, uri: uriOf(folder, 'models/gone.yaml') }), null);
  assert.equal(await budgetsIn(session, uriOf(folder, 'nothing/flopline.yaml')), null);
});
