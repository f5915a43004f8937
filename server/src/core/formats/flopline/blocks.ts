// The block definitions of a text: `name(out, stride=1): [rows]`.
import * as l10n from '@vscode/l10n';
import { allEntries, resolved, type Scalar, type YamlNode } from '../../syntax/tree.ts';
import type { Problem } from '../../text/problem.ts';
import type { Range } from '../../text/range.ts';
import { clip } from '../../text/wording.ts';
import { operatorOf } from './operators.ts';
import { type Report, reportTo } from './report.ts';
import { lettersFrom } from './values.ts';
import { isStructure, reserved } from './words.ts';

export interface Block {
  readonly name: string;
  /** The range of `name(out, stride=1)`. */
  readonly header: Range;
  /** The range of the name. */
  readonly nameRange: Range;
  readonly parameters: readonly Parameter[];
  readonly rows: YamlNode;
}

export interface Parameter {
  readonly name: string;
  readonly range: Range;
  /** Its default as a node; undefined if the parameter is required. */
  readonly default: YamlNode | undefined;
}

export function readBlocks(
  node: YamlNode | undefined,
  problems: (problem: Problem) => void,
): ReadonlyMap<string, Block> {
  const blocks = new Map<string, Block>();
  const mapping = resolved(node);
  if (!mapping) return blocks;
  const report = reportTo(problems);
  if (mapping.kind !== 'mapping') {
    if (mapping.kind !== 'scalar' || mapping.text !== '') {
      report(node!, 'blocks-not-a-mapping', l10n.t('“blocks” must contain block definitions.'), {
        help: l10n.t('Start each with “name(parameters):”, with its list of rows below.'),
      });
    }
    return blocks;
  }
  for (const { key, value } of allEntries(mapping)) {
    if (key.kind !== 'scalar') {
      report(key, 'wrong-block-name', l10n.t('The name of a block must be a word.'), { help: headerHelp() });
      continue;
    }
    const block = headerOf(key, value, report);
    if (!block) continue;
    if (blocks.has(block.name)) {
      report(key, 'duplicate-block', l10n.t('A block above is already called “{0}”.', block.name), {
        help: l10n.t('Use another name.'),
      });
    } else if (operatorOf(block.name) || isStructure(block.name)) {
      report(
        key,
        'block-named-like-operator',
        l10n.t('“{0}” is the name of an operator, so this block can never be used.', block.name),
        { help: l10n.t('Use another name.') },
      );
    } else blocks.set(block.name, block);
  }
  return blocks;
}

/** Only the names of the blocks, to find rows that use one. */
export function blockNames(node: YamlNode | undefined): ReadonlySet<string> {
  return new Set(readBlocks(node, () => {}).keys());
}

const headerHelp = (): string => l10n.t('For example: “bottleneck(out, stride=1):”.');

function headerOf(key: Scalar, rows: YamlNode, report: Report): Block | undefined {
  const shift = lettersFrom(key);
  const at = (from: number, to: number): Range => (shift === undefined ? key : { from: shift + from, to: shift + to });
  const match = /^\s*([A-Za-z_][\w-]*)\s*(?:\((.*)\))?\s*$/s.exec(key.text);
  if (!match) {
    const message = l10n.t('“{0}” is not a block name with parameters.', clip(key.text, 60));
    report(key, 'wrong-block-name', message, { help: headerHelp() });
    return undefined;
  }
  const [, name, list] = match;
  const parameters: Parameter[] = [];
  if (list !== undefined && list.trim() !== '') {
    const start = key.text.indexOf('(') + 1;
    for (const { from, to } of pieces(list)) {
      const piece = list.slice(from, to);
      const parts = /^(\s*)([A-Za-z_]\w*)\s*(?:=(.*))?$/s.exec(piece);
      const space = piece.trim() === '' ? 0 : piece.length - piece.trimStart().length;
      const range = at(start + from + space, start + from + Math.max(piece.trimEnd().length, space));
      if (!parts) {
        report(range, 'wrong-parameter', l10n.t('“{0}” is not a parameter.', clip(piece.trim(), 60)), {
          help: l10n.t('Use a name, or a name with a default, such as “stride=1”.'),
        });
        continue;
      }
      const [, , parameter, written] = parts;
      const nameRange = at(start + from + space, start + from + space + parameter!.length);
      if (reserved.has(parameter!)) {
        report(
          nameRange,
          'reserved-parameter',
          l10n.t('“{0}” is reserved, so it cannot be the name of a parameter.', parameter!),
          { help: l10n.t('Use another name.') },
        );
      } else if (parameters.some(other => other.name === parameter)) {
        report(nameRange, 'duplicate-parameter', l10n.t('There are two parameters called “{0}”.', parameter!), {
          help: l10n.t('Rename one of them.'),
        });
      } else {
        const offset = to - from - (written?.length ?? 0) + from + start;
        parameters.push({
          name: parameter!,
          range: nameRange,
          default: written === undefined ? undefined : defaultOf(written, (a, b) => at(offset + a, offset + b)),
        });
      }
    }
  }
  const nameFrom = key.text.indexOf(name!);
  const nameRange = at(nameFrom, nameFrom + name!.length);
  return { name: name!, header: key, nameRange, parameters, rows };
}

/** The parts between commas outside of brackets. */
function pieces(list: string): Range[] {
  const found: Range[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= list.length; at++) {
    const char = list[at];
    if (char === '(' || char === '[') depth++;
    else if (char === ')' || char === ']') depth--;
    else if (char === undefined || (char === ',' && depth <= 0)) {
      found.push({ from, to: at });
      from = at + 1;
    }
  }
  return found;
}

function defaultOf(text: string, at: (from: number, to: number) => Range): YamlNode {
  const scalar = (from: number, to: number): Scalar => {
    const piece = text.slice(from, to);
    const lead = piece.length - piece.trimStart().length;
    const trimmed = piece.trim();
    const quoted = /^(['"])(.*)\1$/s.exec(trimmed);
    return {
      kind: 'scalar',
      text: quoted ? quoted[2]! : trimmed,
      style: quoted ? 'quoted' : 'plain',
      ...at(from + lead, from + lead + trimmed.length),
    };
  };
  const list = /^\s*\[(.*)\]\s*$/s.exec(text);
  if (!list) return scalar(0, text.length);
  const start = text.indexOf('[') + 1;
  const items = list[1]!.trim() === '' ? [] : pieces(list[1]!).map(({ from, to }) => scalar(start + from, start + to));
  return { kind: 'sequence', flow: true, items, ...at(0, text.length) };
}
