// The docs and the schema say what the sources say, and the schema takes what our reader takes.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Ajv } from 'ajv';
import { load } from 'js-yaml';
import { documents, stored } from '../scripts/generate/documents.ts';
import { areas } from '../scripts/generate/problems/index.ts';
import { adviceRules } from '../server/src/core/advice/index.ts';
import { namesOf, operators } from '../server/src/core/formats/flopline/operators.ts';
import { defaultSettings, open, price } from '../server/src/core/index.ts';
import type { OpExample } from '../server/src/core/ops/op.ts';
import { formerCodes } from '../server/src/core/text/codes.ts';

describe('generated files are what npm run generate writes', () => {
  for (const document of documents) {
    it(document.path, () => {
      const text = stored(document);
      assert.equal(text, document.content(text));
    });
  }
});

describe('the schema', () => {
  const schema = JSON.parse(readFileSync(new URL('../schemas/flopline.schema.json', import.meta.url), 'utf8'));
  const validate = new Ajv({ strict: false }).compile(schema);
  const faults = (text: string): string[] =>
    validate(load(text)) ? [] : validate.errors!.map(({ instancePath, message }) => `${instancePath} ${message}`);

  const examples = new URL('../examples/', import.meta.url);
  for (const file of readdirSync(examples, { recursive: true }).map(String)) {
    if (!file.endsWith('.net.yaml')) continue;
    it(`takes ${file}`, () => assert.deepEqual(faults(readFileSync(new URL(file, examples), 'utf8')), []));
  }

  it('takes every operator under all its names, with all its attributes', () => {
    for (const operator of operators) {
      for (const name of namesOf(operator)) {
        const rows = (operator.op.examples as readonly OpExample<object>[]).map(({ attrs }) => {
          const own = Object.entries(attrs).filter(([key, value]) => value !== undefined && !operator.preset?.[key]);
          return { [name]: Object.fromEntries(own) };
        });
        assert.ok(validate({ layers: rows }), `${name}: ${JSON.stringify(validate.errors)}`);
      }
    }
  });

  const accepted: Readonly<Record<string, string>> = {
    'expressions and lists of them':
      'conv: {out: $(2 * 8), kernel: [3, "$(1 + 2)"], if: $(channels == 3), repeats: $(1 + 1)}',
    'names with capitals and dashes': 'Max-Pool2d: {kernel: 2}',
    'a bare word': 'relu',
    'a word that is set to true': 'relu: true',
    'nothing yet': '',
    'attributes beside the operator': '{softmax: , axis: 1}',
    'an attribute that is an operator too, beside': '{conv: 4, kernel: 1, bias: false}',
    'a name that is a number': '{relu: {name: 4}}',
    'padding by sides': 'conv: {out: 4, kernel: 3, padding: {top: 1, left: 1}}',
    'groups by a word': 'conv: {out: 6, kernel: 3, groups: depthwise}',
    'normalization with attributes': 'conv: {out: 4, kernel: 1, norm: {group: {groups: 2}}, act: {leakyrelu: 0.1}}',
    'branches as lists': 'branches: [[relu], tanh, [conv: {out: 3, kernel: 1}]]',
    'branches by name, one called as a key': 'branches: {one: [relu], name: [tanh], join: add}',
    'a residual of one row': 'residual: relu',
    'a residual with its keys beside': '{residual: [relu], act: relu, shortcut: [tanh], repeats: 2}',
    'repeat with layers beside': '{repeat: 2, layers: [relu]}',
    'a row without an operator': '{from: [input], name: again}',
    'a block': '{pair: {width: 4}, name: mine, repeats: 2}',
    'a block with a bare value': 'pair: 4',
    'an open end': 'slice: {axis: 1, end: .inf}',
    'negative axes': 'concat: {from: [-1, input], axis: -1}',
  };
  for (const [what, row] of Object.entries(accepted)) {
    it(`takes ${what}, as our reader does`, () => {
      const text = `input: [3, 8, 8]\nlet: {w: 4}\nblocks:\n  pair(width, b=1):\n    - conv: {out: $width, kernel: 1}\nlayers:\n  - ${row}\n`;
      assert.deepEqual(faults(text), []);
      const { problems } = price(open({ name: 'row.net.yaml', text }, defaultSettings)!, defaultSettings)!;
      assert.deepEqual(
        problems.filter(({ severity }) => severity === 'error'),
        [],
      );
    });
  }

  const refused: Readonly<Record<string, string>> = {
    'a key that the top does not know': 'inputs: [3, 8, 8]',
    'a size of nothing': 'input: [0, 8, 8]',
    'an attribute that the operator does not know': 'layers: [conv: {out: 4, kernal: 3}]',
    'a word for a number': 'layers: [conv: {out: four, kernel: 3}]',
    'a number below the least': 'layers: [conv: {out: 0, kernel: 3}]',
    'half a kernel': 'layers: [conv: {out: 4, kernel: 2.5}]',
    'a choice that there is not': 'layers: [maxpool: {kernel: 2, rounding: up}]',
    'padding by a wrong word': 'layers: [conv: {out: 4, kernel: 3, padding: sane}]',
    'a value that means nothing': 'layers: [relu: 3]',
    'a row that is a list': 'layers: [[relu]]',
    'an unknown way to join': 'layers: [branches: {a: [relu], join: sum}]',
    'a row after this one': 'layers: [add: {from: [1, 2]}]',
    'layers that are no list': 'layers: {conv: 3}',
    'a block whose name is two words': 'blocks: {two words: [relu]}',
  };
  for (const [what, text] of Object.entries(refused)) {
    it(`refuses ${what}, as our reader does`, () => {
      assert.notDeepEqual(faults(text), []);
      const source = /^input:/m.test(text) ? text : `input: [3, 8, 8]\n${text}`;
      const { problems } = price(open({ name: 'row.net.yaml', text: source }, defaultSettings)!, defaultSettings)!;
      assert.ok(problems.some(({ severity }) => severity === 'error'));
    });
  }
});

describe('the page of problems', () => {
  const entries = new Set(areas.flatMap(({ problems }) => problems.map(({ code }) => code)));
  // What advice offers without pointing to it is on the page of advice.
  for (const { code } of adviceRules) entries.add(code);

  it('has every code of the sources', () => {
    const core = new URL('../server/src/core/', import.meta.url);
    const missing = readdirSync(core, { recursive: true })
      .map(String)
      .filter(name => name.endsWith('.ts'))
      .flatMap(name => [...readFileSync(new URL(name, core), 'utf8').matchAll(/\bcode(?::| =) '([a-z][\w-]+)'/g)])
      .map(([, code]) => code!)
      .filter(code => !entries.has(code));
    assert.deepEqual([...new Set(missing)], []);
  });

  it('has every code that was renamed', () => {
    assert.deepEqual(
      Object.keys(formerCodes).filter(code => !entries.has(code)),
      [],
    );
  });
});
