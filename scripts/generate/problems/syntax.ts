// Syntax problems, independent of the network.
import type { ProblemExample } from './example.ts';

const yaml = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({ file: 'a.net.yaml', text });
/** A row of a YOLO file between two others. */
const row = (text: string): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'yolo.yaml',
  text: `nc: 80\nbackbone:\n  - [-1, 1, Conv, [16, 3, 2]]\n${text}\n  - [-1, 1, Conv, [64, 3, 2]]\nhead: []\n`,
});

/** Fields of a layer in a prototxt, below its input. */
const proto = (layer: string): Pick<ProblemExample, 'file' | 'text'> => ({
  file: 'deploy.prototxt',
  text: `layer {\n  name: "data" type: "Input" top: "data"\n  input_param { shape { dim: 1 dim: 3 dim: 8 dim: 8 } }\n}\n${layer}`,
});

export const problems: readonly ProblemExample[] = [
  {
    code: 'yaml-stray-tab',
    file: 'a.yaml',
    text: 'nc: 2\nbackbone:\n  - [-1, 1, Conv\t, [8, 3, 1]]\nhead:\n  - [[0], 1, Detect, [nc]]\n',
    why: 'YAML allows tabs between tokens, but PyYAML (scanner.py), which reads these files, does not.',
  },
  {
    code: 'duplicate-key',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - conv: {out: 8, kernel: 3, kernel: 1}\n'),
    why: 'PyYAML silently keeps the last of duplicate keys.',
  },
  {
    code: 'unknown-anchor',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - conv: *settings\n'),
    why: 'An alias `*name` refers to an anchor `&name` above it.',
  },
  {
    code: 'yaml-colon-without-space',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - conv:\n      out:8\n      kernel: 3\n'),
    why: 'In YAML, a colon without a space is part of the word.',
  },
  {
    code: 'yaml-dash-without-space',
    ...row('  -[-1, 1, Conv, [32, 3, 2]]'),
    why: 'In YAML, a dash without a space is part of the word.',
  },
  {
    code: 'yaml-documents',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - relu\n---\nlayers: []\n'),
    why: 'PyYAML’s safe_load: “expected a single document in the stream”.',
  },
  {
    code: 'yaml-double-comma',
    ...row('  - [-1, 1,, Conv, [32, 3, 2]]'),
    why: 'A list in brackets has no empty entries.',
  },
  {
    code: 'yaml-full-width',
    ...row('  - [-1, 1，Conv, [32, 3, 2]]'),
    why: 'Input methods and word processors insert such characters instead of the ASCII ones YAML needs.',
  },
  {
    code: 'yaml-indentation',
    ...row('   - [-1, 1, Conv, [32, 3, 2]]'),
    why: 'Rows of a list are aligned.',
  },
  {
    code: 'yaml-key-type',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - {[1]: 2}\n'),
    why: 'PyYAML builds Python dictionaries, whose keys must be hashable.',
  },
  {
    code: 'yaml-leading-colon',
    ...row('  - [-1, 1, :Conv, [32, 3, 2]]'),
    why: 'PyYAML (scanner.py, check_plain) is stricter here than the YAML specification.',
  },
  {
    code: 'yaml-missing-colon',
    ...yaml('input: [3, 8, 8]\nlayers\n  - relu\n'),
    why: 'A key is followed by a colon and a space, or a colon at the end of the line.',
  },
  {
    code: 'yaml-missing-comma',
    ...row('  - [-1, 1, Conv [32, 3, 2]]'),
    why: 'Entries of a list in brackets are separated by commas.',
  },
  {
    code: 'yaml-missing-dash',
    ...row('  [-1, 1, Conv, [32, 3, 2]]'),
    why: 'Each row of a list begins with a dash; without it, its place is unclear.',
  },
  {
    code: 'yaml-no-key',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - : 8\n'),
    why: 'The name of an operator or an attribute is missing.',
  },
  {
    code: 'yaml-not-a-row',
    ...row('  Conv 32 3 2 "'),
    why: 'The line keeps its place, so row numbers below it stay right, but its cost is unknown.',
  },
  {
    code: 'yaml-syntax',
    ...yaml('input: [3, 8, 8]\nlayers:\n  - relu: {a: b: c: }}\n  - relu\n'),
    why: 'The YAML parser’s own message is in parentheses.',
  },
  {
    code: 'yaml-tab',
    ...row('\t- [-1, 1, Conv, [32, 3, 2]]'),
    why: 'The YAML specification forbids tabs in indentation.',
  },
  {
    code: 'yaml-tag',
    ...yaml('input: !!python/tuple [3, 8, 8]\nlayers:\n  - relu\n'),
    why: 'Frameworks read files with PyYAML’s safe loader, which only knows the tags of YAML itself.',
  },
  {
    code: 'yaml-text-after-row',
    ...row('  - [-1, 1, Conv, [32, 3, 2]] 1-P2/4'),
    why: 'After the last bracket of a row, only a comment may follow.',
  },
  {
    code: 'yaml-trailing-comma',
    ...row('  - [-1, 1, Conv, [32, 3, 2]],'),
    why: 'Commas separate entries only inside brackets.',
  },
  {
    code: 'yaml-unclosed-bracket',
    ...row('  - [-1, 1, Conv, [32, 3, 2]'),
    why: 'Every opening bracket needs a closing one.',
  },
  {
    code: 'yaml-unmatched-quote',
    ...row('  - [-1, 1, "Conv, [32, 3, 2]]'),
    why: 'Quotes come in pairs.',
  },
  {
    code: 'yaml-unopened-bracket',
    ...row('  - [-1, 1, Conv, 32, 3, 2]]'),
    why: 'Every closing bracket needs an opening one.',
  },
  {
    code: 'yaml-wrong-bracket',
    ...row('  - [-1, 1, Conv, [32, 3, 2}]'),
    why: 'A list is closed by “]”, a mapping by “}”.',
  },
  {
    code: 'missing-colon',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom "data" top: "relu"\n}\n'),
    why: 'Protobuf’s text format requires a colon after a field name; it is optional only before a brace.',
  },
  {
    code: 'missing-comma',
    ...proto(
      'layer {\n  name: "cut" type: "Slice" bottom: "data" top: "a" top: "b" top: "c"\n  slice_param { slice_point: [1 2] }\n}\n',
    ),
    why: 'Protobuf’s text format separates the values of a list by commas.',
  },
  {
    code: 'missing-value',
    ...proto(
      'layer {\n  name: "conv" type: "Convolution" bottom: "data" top: "conv"\n  convolution_param { num_output: }\n}\n',
    ),
    why: 'Caffe rejects a field without a value; most likely it is still being typed.',
  },
  {
    code: 'semicolon-in-list',
    ...proto(
      'layer {\n  name: "pool" type: "Pooling" bottom: "data" top: "pool"\n  pooling_param { kernel_size: [2; 2] }\n}\n',
    ),
    why: 'Protobuf’s text format separates the values of a list by commas.',
  },
  {
    code: 'stray-brace',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data" top: "relu"\n}\n}\n'),
    why: 'Each closing brace ends the message that was opened last.',
  },
  {
    code: 'stray-separator',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data",, top: "relu"\n}\n'),
    why: 'At most one comma or semicolon may follow a field.',
  },
  {
    code: 'stray-text',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data" top: "relu" !\n}\n'),
    why: 'Protobuf’s text format consists of fields and comments only.',
  },
  {
    code: 'unclosed-brace',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data" top: "relu"\n'),
    why: 'A message ends at its closing brace.',
  },
  {
    code: 'unclosed-bracket',
    ...proto(
      'layer {\n  name: "pool" type: "Pooling" bottom: "data" top: "pool"\n  pooling_param { kernel_size: [2 }\n}\n',
    ),
    why: 'A list of values ends at its closing bracket.',
  },
  {
    code: 'unclosed-extension',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data" top: "relu"\n  [caffe.note: 1\n}\n'),
    why: 'The name of an extension is in brackets.',
  },
  {
    code: 'unclosed-string',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data top: "relu"\n}\n'),
    why: 'A string ends on the line it starts on, with the same quote.',
  },
  {
    code: 'wrong-brace',
    ...proto('layer {\n  name: "relu" type: "ReLU" bottom: "data" top: "relu"\n>\n'),
    why: 'A message that begins with “{” ends with “}”, one that begins with “<” with “>”.',
  },
];
