// `flopline check`: which networks it looks at, what it prints, its exit code.
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { startPython } from '../../server/src/core/index.ts';
import { complaintOf, runCli } from '../support/cli.ts';

const small = (channels: number): string => `input: [3, 32, 32]
layers:
  - conv: {out: ${channels}, kernel: 3, padding: same}
`;
const macsOf = (channels: number): number => 27 * channels * 1024;
const net = `from torch import nn


class Net(nn.Sequential):
    def __init__(self, classes=10):
        super().__init__(nn.Conv2d(3, 8, 3), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, classes))
`;

const here = process.cwd();
const folders: string[] = [];
before(() => startPython());
afterEach(() => process.chdir(here));
after(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A repository with these files; the command runs in it. */
function enter(files: Readonly<Record<string, string>>, at = '.'): string {
  const folder = mkdtempSync(join(tmpdir(), 'flopline-check-'));
  folders.push(folder);
  mkdirSync(join(folder, '.git'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  process.chdir(join(folder, at));
  return folder;
}

const files = {
  'flopline.yaml': `budgets:
  - files: ['models/**/*.net.yaml']
    limits: {macs: 300k}
  - entries: ['net.py:Net(classes=5)']
    input: [3, 10, 10]
    limits: {params: 300}
`,
  'models/a.net.yaml': small(8),
  'models/deep/b.net.yaml': small(16),
  'models/note.net.yaml.txt': 'nothing',
  'other.net.yaml': small(64),
  'net.py': net,
};

interface Row {
  readonly file: string;
  readonly entry?: string;
  readonly status: string;
  readonly limits: object;
  readonly actual: object;
  readonly costliest: readonly { readonly line: number; readonly op: string }[];
}

function check(...argv: string[]): { readonly code: number; readonly rows: readonly Row[]; readonly err: string } {
  const { code, out, err } = runCli('check', '--format', 'json', ...argv);
  const { schema, files: rows } = out === '' ? { schema: 1, files: [] } : JSON.parse(out);
  assert.equal(schema, 1);
  return { code, rows, err };
}

const statuses = (...argv: string[]): string[] => check(...argv).rows.map(({ file, status }) => `${file} ${status}`);

describe('check', () => {
  it('looks at all that the nearest project file has budgets for', () => {
    enter(files);
    const { code, rows } = check();
    assert.equal(code, 1);
    assert.deepEqual(
      rows.map(({ file, entry, status, limits, actual }) => ({ file, entry, status, limits, actual })),
      [
        {
          file: 'models/a.net.yaml',
          entry: undefined,
          status: 'ok',
          limits: { macs: 300_000 },
          actual: { macs: macsOf(8) },
        },
        {
          file: 'models/deep/b.net.yaml',
          entry: undefined,
          status: 'over',
          limits: { macs: 300_000 },
          actual: { macs: macsOf(16) },
        },
        {
          file: 'net.py',
          entry: 'Net(classes=5)',
          status: 'ok',
          limits: { params: 300 },
          actual: { params: 269 },
        },
      ],
    );
    assert.deepEqual(
      rows[2]!.costliest.map(({ line, op }) => `${op} ${line}`),
      ['Conv2d 6', 'Linear 6'],
    );
  });

  it('looks at the same from a folder inside', () => {
    const folder = enter(files, 'models/deep');
    assert.deepEqual(statuses(), [
      `${join(folder, 'models/a.net.yaml')} ok`,
      'b.net.yaml over',
      `${join(folder, 'net.py')} ok`,
    ]);
  });

  it('looks at what paths name, and says which of them no budget is for', () => {
    enter(files);
    const one = check('models/a.net.yaml', 'other.net.yaml');
    assert.equal(one.code, 0);
    assert.deepEqual(
      one.rows.map(({ file }) => file),
      ['models/a.net.yaml'],
    );
    assert.equal(one.err, 'flopline: No budget is for “other.net.yaml”.\n');
    assert.deepEqual(statuses('models'), ['models/a.net.yaml ok', 'models/deep/b.net.yaml over']);
    assert.deepEqual(statuses('net.py'), ['net.py ok']);
    // Changed in a commit, as pre-commit names it.
    assert.equal(check('flopline.yaml').rows.length, 3);
    assert.equal(check('flopline.yaml', 'models/a.net.yaml').rows.length, 3);
  });

  it('leaves to a project within what it governs', () => {
    enter({ ...files, 'models/deep/flopline.yaml': 'budgets: [{files: "*.net.yaml", limits: {macs: 1G}}]\n' });
    assert.deepEqual(statuses(), ['models/a.net.yaml ok', 'net.py ok']);
    assert.deepEqual(statuses('models'), ['models/a.net.yaml ok', 'models/deep/b.net.yaml ok']);
  });

  it('is not content with a budget that checks nothing', () => {
    enter({
      ...files,
      'flopline.yaml':
        'budgets: [{files: [gone.cfg, models/a.net.yaml], limits: {macs: 1G}}, {files: "*.prototxt", limits: {macs: 1}}]\n',
    });
    const { code, rows, err } = check();
    assert.equal(code, 1);
    assert.equal(rows.length, 1);
    assert.match(
      err,
      /^flopline\.yaml:1:20: There is no file “gone\.cfg”, so this budget checks nothing\. .*\[budget-without-network\]$/m,
    );
    assert.match(err, /^flopline\.yaml:1:\d+: No file matches “\*\.prototxt”, so this budget checks nothing\./m);
  });

  it('is not content with what is no network, unless a glob happens to mean it', () => {
    enter({
      ...files,
      'flopline.yaml': 'budgets: [{files: ["models/*", notes.txt], limits: {macs: 1G}}]\n',
      'notes.txt': 'x',
    });
    const { code, rows, err } = check();
    assert.equal(code, 1);
    assert.deepEqual(
      rows.map(({ file }) => file),
      ['models/a.net.yaml'],
    );
    assert.match(err, /^flopline\.yaml:1:\d+: “notes\.txt” is not a network spec/m);
    assert.match(err, /Skipped 1 file that is not a network spec/);
  });

  it('says what is wrong in the project file, and does not pass', () => {
    enter({ ...files, 'flopline.yaml': 'budgets: [{files: "models/a.net.yaml", limits: {macs: 1G, parms: 3}}]\n' });
    const { code, rows, err } = check();
    assert.equal(code, 1);
    assert.equal(rows[0]?.status, 'ok');
    assert.match(err, /^flopline\.yaml:1:\d+: .*“parms”.* \[unknown-key\]$/m);
  });

  it('does not pass where something is not known', () => {
    enter({ ...files, 'models/deep/b.net.yaml': `${small(8)}  - mystery: 3\n` });
    const { code, rows } = check('models/deep');
    assert.equal(code, 1);
    assert.equal(rows[0]?.status, 'unknown');
    const { complete, why } = rows[0] as unknown as { complete: boolean; why: string };
    assert.equal(complete, false);
    assert.match(why, /mystery/);
  });

  it('is wrong usage without a project file, without budgets, or with a path that does not exist', () => {
    enter({ 'a.net.yaml': small(8) });
    assert.equal(check().code, 2);
    assert.match(check().err, /There is no flopline\.yaml here or in a folder above it/);
    enter({ 'flopline.yaml': 'source: .\n' });
    assert.equal(check().code, 2);
    enter(files);
    assert.equal(check('gone.cfg').code, 2);
    assert.match(complaintOf('check', '--format', 'csv'), /“csv” is not an output format of check/);
    assert.match(complaintOf('check', '--scale', 'n'), /check has no --scale: the budgets/);
  });
});

describe('the formats of check', () => {
  it('text names each network, what is over with its costliest layers, and the sum', () => {
    enter(files);
    const { out, code } = runCli('check');
    assert.equal(code, 1);
    assert.equal(
      out,
      `ok    models/a.net.yaml (input 3×32×32): 221k MACs (limit 300k)
over  models/deep/b.net.yaml (input 3×32×32): 442k MACs (limit 300k, +47 %)
      models/deep/b.net.yaml:1:1: The costliest layer is conv.0 (conv) with 442k MACs (100 %).
ok    net.py (Net(classes=5), input 3×10×10): 269 params (limit 300)

1 of 3 over budget.
`,
    );
  });

  it('markdown is a table for a pull request', () => {
    enter({ ...files, 'models/a|b.net.yaml': small(8) });
    const { out } = runCli('check', '--format', 'markdown');
    const lines = out.split('\n');
    assert.equal(lines[0], '### 1 of 4 over budget.');
    assert.equal(lines[2], '|  | network | budget for | MACs | params |');
    assert.equal(lines[4], '| ✅ | models/a.net.yaml | input 3×32×32 | 221k of 300k |  |');
    assert.equal(lines[6], '| ❌ | models/deep/b.net.yaml | input 3×32×32 | **442k of 300k (+47 %)** |  |');
    // Every row has as many cells as the head.
    for (const line of lines.slice(2, 8)) assert.equal(line.replaceAll('\\|', '').split('|').length, 7, line);
    assert.match(out, /^- models\/deep\/b\.net\.yaml \(input 3×32×32\): The costliest layer is conv\.0/m);
  });

  it('github escapes what a workflow command cannot hold', () => {
    enter({
      ...files,
      'flopline.yaml': 'budgets: [{files: "models/**", limits: {macs: 300k}}]\n',
      'models/a, 50%:b.net.yaml': small(64),
    });
    const { out, code } = runCli('check', '--format', 'github');
    assert.equal(code, 1);
    const commands = out.trimEnd().split('\n').map(parseCommand);
    assert.deepEqual(
      commands.map(({ command, properties: { file, line, col, title } }) => ({ command, file, line, col, title })),
      ['models/a, 50%:b.net.yaml', 'models/deep/b.net.yaml'].map(file => ({
        command: 'error',
        file,
        line: '1',
        col: '1',
        title: 'Flopline: over-budget',
      })),
    );
    assert.match(commands[1]!.message, /^Over budget: 442k MACs \(limit 300k, \+47 %\)\. /);
    assert.ok(!/[%](?!25|0A|0D|3A|2C)/.test(out), out);
  });

  /** As the runner reads a command (actions/runner, src/Runner.Common/ActionCommand.cs). */
  function parseCommand(line: string) {
    const [, command = '', list = '', message = ''] = /^::(\w+) (.*?)::(.*)$/.exec(line) ?? [];
    const unescaped = (text: string): string =>
      text
        .replaceAll('%0D', '\r')
        .replaceAll('%0A', '\n')
        .replaceAll('%3A', ':')
        .replaceAll('%2C', ',')
        .replaceAll('%25', '%');
    const properties = Object.fromEntries(
      list.split(',').map((pair): [string, string] => {
        const at = pair.indexOf('=');
        return [pair.slice(0, at), unescaped(pair.slice(at + 1))];
      }),
    );
    return { command, properties, message: unescaped(message) };
  }

  it('sarif is what SARIF 2.1.0 demands of a log', () => {
    enter({
      ...files,
      'models/deep/ä b.net.yaml': `${small(8)}  - mystery: 3\n`,
      'flopline.yaml': `${files['flopline.yaml']}  - {files: gone.cfg, limits: {macs: 1}}\n`,
    });
    const { out, code } = runCli('check', '--format', 'sarif');
    assert.equal(code, 1);
    const log = JSON.parse(out);
    const isValid = new Ajv({ allErrors: true, strict: false }).compile(sarifSchema);
    assert.equal(isValid(log), true, JSON.stringify(isValid.errors, null, 1));
    const [run] = log.runs;
    const { rules } = run.tool.driver;
    for (const result of run.results) assert.equal(rules[result.ruleIndex].id, result.ruleId);
    assert.deepEqual(
      run.results.map(
        (result: {
          ruleId: string;
          level: string;
          locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number } } }[];
        }) => {
          const { artifactLocation, region } = result.locations[0]!.physicalLocation;
          return `${result.level} ${result.ruleId} ${artifactLocation.uri}:${region.startLine}`;
        },
      ),
      [
        'error budget-without-network flopline.yaml:7',
        'error over-budget models/deep/b.net.yaml:1',
        'warning budget-unknown models/deep/%C3%A4%20b.net.yaml:1',
      ],
    );
    assert.equal(run.results[1].relatedLocations[0].physicalLocation.artifactLocation.uri, 'flopline.yaml');
    assert.equal(run.results[1].relatedLocations[1].physicalLocation.region.startLine, 3);
  });

  it('sarif without results is a log as well', () => {
    enter(files);
    const { out, code } = runCli('check', 'models/a.net.yaml', '--format', 'sarif');
    assert.equal(code, 0);
    assert.deepEqual(JSON.parse(out).runs[0].results, []);
    assert.equal(runCli('check', 'models/a.net.yaml', '--format', 'github').out, '');
  });
});

/** The parts of the OASIS schema of SARIF 2.1.0 that a log of ours uses, with what it demands of them. */
const sarifSchema = {
  type: 'object',
  required: ['version', 'runs'],
  properties: {
    $schema: { type: 'string', format: undefined },
    version: { enum: ['2.1.0'] },
    runs: { type: 'array', minItems: 0, items: { $ref: '#/definitions/run' } },
  },
  additionalProperties: false,
  definitions: {
    run: {
      type: 'object',
      required: ['tool'],
      properties: {
        tool: {
          type: 'object',
          required: ['driver'],
          properties: { driver: { $ref: '#/definitions/toolComponent' } },
          additionalProperties: false,
        },
        columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
        results: { type: 'array', items: { $ref: '#/definitions/result' } },
      },
      additionalProperties: false,
    },
    toolComponent: {
      type: 'object',
      required: ['name'],
      properties: {
        name: { type: 'string' },
        version: { type: 'string' },
        semanticVersion: { type: 'string', pattern: '^\\d+\\.\\d+\\.\\d+' },
        informationUri: { type: 'string', pattern: '^https://' },
        rules: {
          type: 'array',
          uniqueItems: true,
          items: {
            type: 'object',
            required: ['id'],
            properties: {
              id: { type: 'string' },
              name: { type: 'string' },
              shortDescription: { $ref: '#/definitions/message' },
              helpUri: { type: 'string', pattern: '^https://' },
            },
            additionalProperties: false,
          },
        },
      },
      additionalProperties: false,
    },
    message: {
      type: 'object',
      required: ['text'],
      properties: { text: { type: 'string', minLength: 1 } },
      additionalProperties: false,
    },
    result: {
      type: 'object',
      required: ['message'],
      properties: {
        ruleId: { type: 'string' },
        ruleIndex: { type: 'integer', minimum: -1 },
        level: { enum: ['none', 'note', 'warning', 'error'] },
        message: { $ref: '#/definitions/message' },
        locations: { type: 'array', items: { $ref: '#/definitions/location' } },
        relatedLocations: { type: 'array', uniqueItems: true, items: { $ref: '#/definitions/location' } },
      },
      additionalProperties: false,
    },
    location: {
      type: 'object',
      properties: {
        id: { type: 'integer', minimum: -1 },
        message: { $ref: '#/definitions/message' },
        physicalLocation: {
          type: 'object',
          required: ['artifactLocation'],
          properties: {
            artifactLocation: {
              type: 'object',
              properties: {
                // RFC 3986: no spaces, nothing beyond ASCII.
                uri: { type: 'string', pattern: "^[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]+$" },
                uriBaseId: { type: 'string' },
              },
              additionalProperties: false,
            },
            region: {
              type: 'object',
              properties: {
                startLine: { type: 'integer', minimum: 1 },
                startColumn: { type: 'integer', minimum: 1 },
                endLine: { type: 'integer', minimum: 1 },
                endColumn: { type: 'integer', minimum: 1 },
              },
              additionalProperties: false,
            },
          },
          additionalProperties: false,
        },
      },
      additionalProperties: false,
    },
  },
};
