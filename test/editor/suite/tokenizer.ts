// Tests grammars with the tokenizer of the VS Code in which the tests run.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import * as vscode from 'vscode';

/** The part of vscode-textmate that is used. */
interface Grammar {
  tokenizeLine(line: string, before: unknown): { tokens: Token[]; ruleStack: unknown };
}
interface Token {
  readonly startIndex: number;
  readonly endIndex: number;
  readonly scopes: readonly string[];
}

/** Checks the innermost scope of words, in text order. */
export type CheckScopes = (text: string, expected: readonly (readonly [word: string, scope: RegExp])[]) => void;

/** Loads one of our grammars, with the ones of VS Code that it includes. */
export async function loadGrammar(scopeName: string): Promise<CheckScopes> {
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
  const grammar: Grammar = await registry.loadGrammar(scopeName);
  return (text, expected) => check(grammar, textmate.INITIAL, text, expected);
}

function check(grammar: Grammar, start: unknown, text: string, expected: Parameters<CheckScopes>[1]): void {
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
}

/** The files of our grammars and of the YAML grammar, by scope. */
function grammarFiles(): Map<string, string> {
  const files = new Map<string, string>();
  for (const { extensionPath, packageJSON } of vscode.extensions.all) {
    const grammars: { scopeName: string; path: string }[] = packageJSON.contributes?.grammars ?? [];
    for (const { scopeName, path } of grammars)
      if (/^source\.(yaml|flopline|prototxt|darknet-cfg)/.test(scopeName))
        files.set(scopeName, join(extensionPath, path));
  }
  return files;
}
