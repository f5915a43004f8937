// Problems of Flopline YAML.
import type { ProblemExample } from './example.ts';

const yaml = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({ file: 'a.net.yaml', text });
const rows = (...lines: readonly string[]): Pick<ProblemExample, 'file' | 'text'> =>
  yaml(`input: [3, 8, 8]\nlayers:\n${lines.map(line => `  - ${line}\n`).join('')}`);
const block = (header: string, body: string, ...lines: readonly string[]): Pick<ProblemExample, 'file' | 'text'> =>
  yaml(`input: [3, 8, 8]\nblocks:\n  ${header}:${body}\nlayers:\n${lines.map(line => `  - ${line}\n`).join('')}`);
const value = (text: string): Pick<ProblemExample, 'file' | 'text'> => rows(`conv: {out: ${text}, kernel: 1}`);

export const problems: readonly ProblemExample[] = [
  {
    code: 'asymmetric-padding',
    ...rows('convtranspose: {out: 8, kernel: 2, padding: {left: 1}}'),
    why: 'PyTorch’s transposed convolutions and average pooling take one padding for both sides of a dimension.',
  },
  {
    code: 'block-named-like-operator',
    ...block('relu()', '\n    - tanh', 'relu'),
    why: 'Operators are looked up first.',
  },
  {
    code: 'blocks-not-a-mapping',
    ...yaml('input: [3, 8, 8]\nblocks: [relu]\nlayers:\n  - relu\n'),
    why: 'Each block has a name, so `blocks` is a mapping from headers to rows.',
  },
  {
    code: 'division-by-zero',
    ...value('$(channels // 0)'),
    why: 'Every expression must have a value.',
  },
  {
    code: 'duplicate-block',
    ...block('pair(out)', '\n    - relu\n  pair(n):\n    - tanh', 'pair: 3'),
    why: 'Blocks are used by name; the first definition counts.',
  },
  {
    code: 'duplicate-name',
    ...rows('{relu: , name: stem}', '{tanh: , name: stem}'),
    why: 'Rows below would read the last one of that name, which may not be the one that was meant.',
  },
  {
    code: 'duplicate-parameter',
    ...block('pair(a, a)', '\n    - relu', 'pair: 1'),
    why: 'Each parameter of a block is used by its name.',
  },
  {
    code: 'empty-block',
    ...block('pair(out)', '', 'pair: 3'),
    why: 'A block without rows passes its input through.',
  },
  {
    code: 'empty-row',
    ...rows('relu', ''),
    why: 'An empty row passes its input through; most likely it is still being typed.',
  },
  {
    code: 'expression-nested-too-deep',
    ...value(`$(${'-'.repeat(60)}8)`),
    why: 'An expression nested this deep is assumed to be a mistake.',
  },
  {
    code: 'expression-syntax',
    ...value('$(8 +)'),
    why: 'An expression consists of numbers, names, `+ - * / // %`, comparisons, `and`, `or`, `not` and a few functions.',
  },
  {
    code: 'expression-too-long',
    ...value(`$(${'1 + '.repeat(150)}1)`),
    why: 'An expression this long is assumed to be a mistake.',
  },
  {
    code: 'key-set-twice',
    ...rows('{conv: {out: 8, kernel: 1}, out: 16}'),
    why: 'Attributes may be nested under the operator or next to it; the first one found counts.',
  },
  {
    code: 'key-without-operator',
    ...rows('{from: input, axis: 1}'),
    why: 'A row without an operator can only have `from`, `name` and `if`.',
  },
  {
    code: 'later-reference',
    ...rows('{relu: , from: head}', '{tanh: , name: head}'),
    why: 'Rows are computed from top to bottom.',
  },
  {
    code: 'layers-not-a-list',
    ...yaml('input: [3, 8, 8]\nlayers: {relu: }\n'),
    why: 'The order of the rows is the order of execution.',
  },
  {
    code: 'let-not-a-mapping',
    ...yaml('input: [3, 8, 8]\nlet: 64\nlayers:\n  - relu\n'),
    why: 'Rows use the values under `let` by name.',
  },
  {
    code: 'missing-argument',
    ...rows('conv: {out: 8}'),
    why: 'Attributes without a default must be given; docs/operators.md lists them.',
  },
  {
    code: 'missing-branches',
    ...rows('branches:'),
    why: 'Without paths, there is nothing to join.',
  },
  {
    code: 'missing-input',
    ...yaml('layers:\n  - conv: {out: 8, kernel: 3}\n'),
    why: 'All shapes and costs follow from the input size.',
  },
  {
    code: 'missing-input-size',
    ...yaml('input: []\nlayers:\n  - relu\n'),
    why: 'Sizes are written without the batch; a vector has one.',
  },
  {
    code: 'missing-layers',
    ...yaml('input: [3, 8, 8]\n'),
    why: 'A network is its list of layers.',
  },
  {
    code: 'missing-rows',
    ...rows('residual:'),
    why: 'A residual adds the output of its rows to their input; a repeat repeats its rows.',
  },
  {
    code: 'missing-times',
    ...rows('repeat: {layers: [relu]}'),
    why: 'The number of repetitions has no default.',
  },
  {
    code: 'no-same-padding',
    ...rows('convtranspose: {out: 8, kernel: 2, padding: same}'),
    why: '`same` makes the output size input × stride, as in Keras. With an even kernel and a stride of 1, that takes an output padding as large as the stride, which PyTorch rejects.',
  },
  {
    code: 'not-a-boolean',
    ...rows('conv: {out: 8, kernel: 1, bias: maybe}'),
    why: 'In YAML 1.2 only `true` and `false` are truth values; `yes` and `no` are words.',
  },
  {
    code: 'not-a-name',
    ...rows('relu: {name: }'),
    why: 'Other rows use the name in `from`.',
  },
  {
    code: 'not-a-network',
    ...yaml('- conv: {out: 8, kernel: 3}\n- relu\n'),
    why: 'The rows of a network belong under `layers:`.',
  },
  {
    code: 'not-a-number',
    ...value('eight'),
    why: 'A size is a number, `$name` or an expression in `$( )`.',
  },
  {
    code: 'not-a-reference',
    ...rows('relu: {from: 3}'),
    why: 'References count backward from the row, so only negative numbers are valid.',
  },
  {
    code: 'not-a-row',
    ...yaml('x-pool: &pool maxpool\ninput: [3, 8, 8]\nlayers:\n  - {*pool : 2}\n'),
    why: 'A row begins with the name of an operator or of a block, written out.',
  },
  {
    code: 'not-a-whole-number',
    ...value('8.5'),
    why: 'Channels and sizes are whole numbers.',
  },
  {
    code: 'output-out-of-range',
    ...rows('chunk: {chunks: 2, name: halves, axis: 2}', 'relu: {from: halves.2}'),
    why: 'Outputs of a row are counted from 0.',
  },
  {
    code: 'recursive-block',
    ...block('loop(n)', '\n    - loop: $n', 'loop: 4'),
    why: 'A block may use other blocks, but never itself, directly or indirectly.',
  },
  {
    code: 'reference-in-front-of-list',
    ...rows('relu', 'tanh: {from: -3}'),
    why: '−1 is the row above; for the first row, it is the input of the list.',
  },
  {
    code: 'reserved-name',
    ...rows('relu: {name: input}'),
    why: '`input` and `previous` have a fixed meaning in `from`.',
  },
  {
    code: 'reserved-parameter',
    ...block('pair(from)', '\n    - relu', 'relu'),
    why: 'Every row takes `name`, `from`, `if` and `repeats`, and words such as `and` and `true` have a meaning in expressions.',
  },
  {
    code: 'row-is-a-list',
    ...rows('[relu, tanh]'),
    why: 'Rows are computed one after the other; parallel paths are `branches`.',
  },
  {
    code: 'rows-not-a-list',
    ...block('pair(out)', ' relu', 'pair: 3'),
    why: 'A block is a list of rows, like `layers`.',
  },
  {
    code: 'spatial-dimensions-mismatch',
    ...rows('conv1d: {out: 8, kernel: 3}'),
    why: 'A name ending in 1d, 2d or 3d requires that many spatial dimensions, as in PyTorch.',
  },
  {
    code: 'too-many-arguments',
    ...block('pair(out)', '\n    - conv: {out: $out, kernel: 1}', 'pair: [8, 3]'),
    why: 'Positional arguments are bound to the parameters of the block in order.',
  },
  {
    code: 'unexpected-value',
    ...rows('relu: 3'),
    why: 'The operator has no attribute that a bare value could set.',
  },
  {
    code: 'unknown-activation',
    ...rows('conv: {out: 8, kernel: 1, act: rleu}'),
    why: 'docs/operators.md lists the activations.',
  },
  {
    code: 'unknown-choice',
    ...rows('maxpool: {kernel: 2, rounding: up}'),
    why: 'Some attributes accept only certain words.',
  },
  {
    code: 'unknown-function',
    ...value('$clamp(channels)'),
    why: 'Only these functions are supported; nothing is executed.',
  },
  {
    code: 'unknown-key',
    ...rows('conv: {out: 8, kernal: 1, kernel: 1}'),
    why: 'Flopline reports every unknown key instead of ignoring it, because a misspelled one silently leaves the default.',
  },
  {
    code: 'unknown-operator',
    ...rows('cnv: {out: 8, kernel: 1}'),
    why: 'The first key of a row is an operator, a block of the file, or `branches`, `residual` or `repeat`.',
  },
  {
    code: 'unknown-padding',
    ...rows('conv: {out: 8, kernel: 3, padding: sane}'),
    why: '`same` makes the output size input / stride, `valid` means no padding; anything else must be a number.',
  },
  {
    code: 'unknown-parameter',
    ...block('pair(out)', '\n    - conv: {out: $width, kernel: 1}', 'pair: 8'),
    why: 'Names in an expression are the parameters of the block, those under `let`, and `channels` and `features` of the row’s input.',
  },
  {
    code: 'unknown-reference',
    ...rows('{relu: , name: stem}', 'add: steam'),
    why: 'A row can read the input, a row above it in the same list, or a row above the enclosing list.',
  },
  {
    code: 'value-below-minimum',
    ...value('0'),
    why: 'Each attribute has a minimum; docs/operators.md lists them.',
  },
  {
    code: 'value-expected',
    ...value('{width: 8}'),
    why: 'Attributes take a number, a word or a list of them.',
  },
  {
    code: 'value-without-key',
    ...rows('embedding: 3'),
    why: 'None of the operator’s attributes is an obvious choice for a bare value.',
  },
  {
    code: 'wrong-block-name',
    ...block('two words(x)', '\n    - relu', 'relu'),
    why: 'A block has a name of letters, digits, underscores and dashes, and its parameters in parentheses.',
  },
  {
    code: 'wrong-input-name',
    ...yaml('input: {3d: [3, 8, 8]}\nlayers:\n  - relu\n'),
    why: 'Rows refer to an input by name in `from`, where a number would count rows.',
  },
  {
    code: 'wrong-input-size',
    ...yaml('input: [3, 0, 8]\nlayers:\n  - relu\n'),
    why: 'A size is a whole number, or “?” if it is unknown.',
  },
  {
    code: 'wrong-let-name',
    ...yaml('input: [3, 8, 8]\nlet: {my width: 8}\nlayers:\n  - relu\n'),
    why: 'Expressions use the name, so it cannot contain spaces or punctuation.',
  },
  {
    code: 'wrong-operand',
    ...yaml('input: [3, 8, 8]\nlet: {size: wide}\nlayers:\n  - conv: {out: $(size * 2), kernel: 1}\n'),
    why: 'Arithmetic needs numbers; conditions take true, false or a number.',
  },
  {
    code: 'wrong-parameter',
    ...block('pair(3x)', '\n    - relu', 'relu'),
    why: 'A parameter is a name, optionally with a default.',
  },
];
