// The grammar with the tokenizer and the YAML grammar of the VS Code that these tests run in.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** What is used of vscode-textmate. */
interface Grammar {
  tokenizeLine(line: string, before: unknown): { tokens: Token[]; ruleStack: unknown };
}
interface Token {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly scopes: readonly string[];
}

type Expected = readonly (readonly [word: string, scope: RegExp])[];

/** A suite for one grammar; `check` compares the innermost scope of words, in the order of the text. */
function suiteOf(
  title: string,
  scope: string,
  tests: (check: (text: string, expected: Expected) => void) => void,
): void {
  suite(title, () => {
    let grammar: Grammar;
    let start: unknown;

    suiteSetup(async () => {
      const modules = ['node_modules', 'node_modules.asar'].map(name => join(vscode.env.appRoot, name));
      const folder = modules.find(path => existsSync(join(path, 'vscode-textmate')));
      assert.ok(folder, 'VS Code has its tokenizer');
      const load = createRequire(join(folder, 'index.js'));
      const textmate = load('vscode-textmate');
      const oniguruma = load('vscode-oniguruma');
      await oniguruma.loadWASM(readFileSync(join(folder, 'vscode-oniguruma/release/onig.wasm')).buffer);
      const files = grammarFiles();
      const registry = new textmate.Registry({
        onigLib: Promise.resolve({
          createOnigScanner: (sources: string[]) => new oniguruma.OnigScanner(sources),
          createOnigString: (text: string) => new oniguruma.OnigString(text),
        }),
        loadGrammar: async (scope: string) => {
          const file = files.get(scope);
          return file ? textmate.parseRawGrammar(readFileSync(file, 'utf8'), file) : null;
        },
      });
      grammar = await registry.loadGrammar(scope);
      start = textmate.INITIAL;
    });

    tests((text, expected) => {
      let stack = start;
      const tokens = text.split('\n').flatMap(line => {
        const { tokens: found, ruleStack } = grammar.tokenizeLine(line, stack);
        stack = ruleStack;
        return found.map(({ startIndex, endIndex, scopes }) => ({
          word: line.slice(startIndex, endIndex).trim(),
          scope: scopes.at(-1)!,
        }));
      });
      let from = 0;
      for (const [word, scope] of expected) {
        const at = tokens.findIndex((token, index) => index >= from && token.word === word);
        assert.ok(at >= 0, `${word} is a token of ${JSON.stringify(tokens)}`);
        assert.match(tokens[at]!.scope, scope, word);
        from = at + 1;
      }
    });
  });
}

suiteOf('The grammar of *.net.yaml', 'source.flopline', check => {
  const operator = /^support\.function\.flopline$/;
  const key = /^entity\.name\.tag\.yaml$/;
  const number = /^constant\.numeric/;
  const parameter = /^variable\.parameter\.flopline$/;
  const structure = /^keyword\.control\.flopline$/;

  test('rows are operators, what they are told are keys', () => {
    check('layers:\n  - conv: {out: 64, kernel: 3}\n  - relu # often\n  - linear:\n      out: 10', [
      ['layers', key],
      ['conv', operator],
      ['out', key],
      ['64', number],
      ['kernel', key],
      ['relu', operator],
      ['#', /comment/],
      ['linear', operator],
      ['out', key],
      ['10', number],
    ]);
  });

  test('branches and residuals are structure, rows in brackets are operators', () => {
    check('layers:\n  - branches:\n      - [conv: {out: 4}, conv: {out: 8}]\n  - residual:\n      - relu', [
      ['branches', structure],
      ['conv', operator],
      ['conv', operator],
      ['residual', structure],
      ['relu', operator],
    ]);
  });

  test('blocks have parameters, and arithmetic on them', () => {
    check('blocks:\n  bottleneck(width, ratio=4):\n    - conv: $width\n    - conv: {out: "$(width * ratio // 2)"}', [
      ['bottleneck', /^entity\.name\.function\.flopline$/],
      ['width', parameter],
      ['ratio', parameter],
      ['4', number],
      ['conv', operator],
      ['width', parameter],
      ['conv', operator],
      ['width', parameter],
      ['*', /^keyword\.operator/],
      ['ratio', parameter],
      ['//', /^keyword\.operator/],
      ['2', number],
    ]);
  });

  test('comments that speak to Flopline stand out', () => {
    check('# flopline: input=3,320,320\n# a comment', [
      ['flopline:', /^keyword\.other\.directive\.flopline$/],
      ['a comment', /^comment/],
    ]);
  });
});

suiteOf('The grammar of Darknet’s cfg', 'source.darknet-cfg', check => {
  const section = /^entity\.name\.section\.darknet-cfg$/;
  const key = /^variable\.other\.property\.darknet-cfg$/;
  const number = /^constant\.numeric\.darknet-cfg$/;

  test('sections, keys and values', () => {
    check('[net]\nwidth = 416\n[route]\nlayers=-1, 61\nactivation=leaky', [
      ['net', section],
      ['width', key],
      ['=', /^keyword\.operator/],
      ['416', number],
      ['route', section],
      ['layers', key],
      ['-1', number],
      [',', /^punctuation/],
      ['61', number],
      ['activation', key],
      ['leaky', /^string\.unquoted/],
    ]);
  });

  test('comments, on lines of their own and behind values', () => {
    check('# flopline: dialect=pjreddie\n; a comment\nfilters=232 #192\n[yolo] # no', [
      ['flopline:', /^keyword\.other\.directive/],
      ['a comment', /^comment/],
      ['232', number],
      ['#192', /^comment/],
      ['yolo', section],
      ['# no', /^invalid/],
    ]);
  });
});

suiteOf('The grammar of Caffe’s prototxt', 'source.prototxt', check => {
  test('messages, fields, types and blobs', () => {
    check('layer {\n  name: "a" # why\n  type: "Convolution"\n  bottom: \'x\'\n  convolution_param < pad: 1 >\n}', [
      ['layer', /^entity\.name\.tag\.prototxt$/],
      ['name', /^variable\.other\.property/],
      ['a', /^string\.quoted\.double/],
      ['#', /comment/],
      ['type', /^variable\.other\.property/],
      ['Convolution', /^entity\.name\.type/],
      ['bottom', /^keyword\.other\.blob/],
      ['x', /^string\.quoted\.single/],
      ['convolution_param', /^entity\.name\.tag/],
      ['pad', /^variable\.other\.property/],
      ['1', /^constant\.numeric/],
    ]);
  });

  test('the older form, enums, numbers and comments that speak to Flopline', () => {
    check('# flopline: phase=TRAIN\nlayers { type: POOLING pool: MAX scale: 0.00390625 bias_term: false }', [
      ['flopline:', /^keyword\.other\.directive\.flopline$/],
      ['layers', /^entity\.name\.tag/],
      ['POOLING', /^entity\.name\.type/],
      ['MAX', /^constant\.other\.enum/],
      ['0.00390625', /^constant\.numeric/],
      ['false', /^constant\.language/],
    ]);
  });
});

/** The files of our grammars and of the YAML grammars, by scope. */
function grammarFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const { extensionPath, packageJSON } of vscode.extensions.all) {
    const grammars: { scopeName: string; path: string }[] = packageJSON.contributes?.grammars ?? [];
    for (const { scopeName, path } of grammars)
      if (/^source\.(yaml|flopline|darknet-cfg|prototxt)/.test(scopeName))
        files.set(scopeName, join(extensionPath, path));
  }
  return files;
}
