// One line of a correct model file is damaged. Rows above it stay; where PyYAML takes the text its reading is ours, and
// where it does not, totals are not complete or are those of a repaired row.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  defaultSettings,
  type FileReport,
  open,
  price,
  type RowReport,
  report,
} from '../../../server/src/core/index.ts';
import { type Damaged, damaged } from '../../support/damage.ts';

const folders = [new URL('../../../examples/', import.meta.url), new URL('./fixtures/', import.meta.url)];
const texts = folders.flatMap(folder =>
  readdirSync(folder)
    .filter(name => /(?<!\.net)\.yaml$/.test(name))
    .map(name => readFileSync(new URL(name, folder), 'utf8')),
);
const specs = texts.filter(text => costs(text)?.problems.every(({ severity }) => severity !== 'error'));

describe('Model files with one damaged line', () => {
  it('keep the rows above it, and never hide what was refused', () => {
    assert.ok(specs.length > 0);
    fc.assert(
      fc.property(damaged(specs), ({ text, line }) => {
        const now = costs(text);
        if (!now) return;
        const before = costs(specs.find(spec => sameElsewhere(spec, text, line))!)!;
        const above = before.layers.filter(layer => layer.line! <= line);
        // Where the damaged line sets something for all rows, or the dialect, rows may change.
        if (/^\s*(?:-|\[)/.test(text.split('\n')[line]!) && before.totals.complete && !changesAll(before, now)) {
          for (const [index, layer] of above.entries()) {
            assert.deepEqual(costOf(now.layers[index]!), costOf(layer), text);
          }
        }
        checkHonest(now, text);
      }),
      { numRuns: 400 },
    );
  });

  it('mean what PyYAML makes of them', context => {
    const samples = fc.sample(damaged(specs), { numRuns: 400, seed: 9 });
    const verdicts = pyYaml(samples);
    if (!verdicts) return context.skip('there is no python3 with PyYAML here');
    let refused = 0;
    for (const [index, { text }] of samples.entries()) {
      const now = costs(text);
      const verdict: string | null = verdicts[index]!;
      if (!now) continue;
      if (verdict === null) {
        refused++;
        const slip = now.problems.some(({ severity }) => severity === 'error');
        assert.ok(slip, text);
        checkHonest(now, text);
        continue;
      }
      const meant = costs(verdict);
      const repaired = now.layers.some(layer => layer.repaired);
      if (!meant || repaired || !now.totals.complete) continue;
      assert.deepEqual(
        [now.totals.complete, now.totals.macs, now.totals.params],
        [meant.totals.complete, meant.totals.macs, meant.totals.params],
        `${text}\n—\n${verdict}`,
      );
    }
    assert.ok(refused > 50, `only ${refused} were refused`);
  });
});

/** A row that could not be read makes totals incomplete; a repaired one has an error on its line. */
function checkHonest({ layers, totals, problems }: FileReport, text: string): void {
  for (const { repaired, line } of layers) {
    if (repaired)
      assert.ok(
        problems.some(problem => problem.severity === 'error' && problem.line >= line! - 1),
        text,
      );
  }
  if (layers.some(({ complete }) => !complete)) assert.equal(totals.complete, false, text);
  const unread = problems.some(({ code, message }) => code === 'yaml-syntax' && message.startsWith('This line'));
  if (unread) assert.equal(totals.complete, false, text);
}

const costOf = ({ name, op, params, macs, outputs }: RowReport) => ({ name, op, params, macs, outputs });

function changesAll(before: FileReport, now: FileReport): boolean {
  return before.layers.length !== now.layers.length && now.layers.length === 0;
}

function sameElsewhere(spec: string, text: string, line: number): boolean {
  const [a, b] = [spec.split('\n'), text.split('\n')];
  return a.length === b.length && a.every((each, index) => index === line || each === b[index]);
}

function costs(text: string): FileReport | undefined {
  const document = open({ name: 'model.yaml', text }, defaultSettings);
  const analysed = document && price(document, defaultSettings);
  return analysed && report(analysed);
}

/** What PyYAML reads, written again so that nothing is left to read otherwise; null where it refuses. */
function pyYaml(samples: readonly Damaged[]): readonly (string | null)[] | undefined {
  const program = `
import json, sys, yaml
def text(v):
    if isinstance(v, bool) or v is None: return {True: 'true', False: 'false', None: 'null'}[v]
    if isinstance(v, (int, float)): return str(v).replace('inf', '.inf').replace('nan', '.nan')
    if isinstance(v, list): return '[' + ', '.join(map(text, v)) + ']'
    if isinstance(v, dict): return '{' + ', '.join(text(k) + ': ' + text(x) for k, x in v.items()) + '}'
    return json.dumps(str(v))
def top(d):
    lines = []
    for k, v in d.items():
        lines.append((k if isinstance(k, str) and k.isidentifier() else text(k)) + ':')
        if isinstance(v, list) and v and all(isinstance(r, list) for r in v): lines += ['  - ' + text(r) for r in v]
        else: lines[-1] += ' ' + text(v)
    return '\\n'.join(lines)
out = []
for t in json.load(sys.stdin):
    try:
        d = yaml.safe_load(t)
        out.append(top(d) if isinstance(d, dict) else None)
    except Exception: out.append(None)
json.dump(out, sys.stdout)
`;
  const input = JSON.stringify(samples.map(({ text }) => text));
  const { status, stdout } = spawnSync('python3', ['-c', program], { input, encoding: 'utf8', maxBuffer: 1 << 28 });
  return status === 0 ? (JSON.parse(stdout) as (string | null)[]) : undefined;
}
