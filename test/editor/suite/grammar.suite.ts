// The grammars, with the tokenizer and the YAML grammar of the VS Code that these tests run in.
import { type CheckScopes, loadGrammar } from './tokenizer.ts';

suite('The grammar of *.net.yaml', () => {
  let check: CheckScopes;

  suiteSetup(async () => {
    check = await loadGrammar('source.flopline');
  });

  const operator = /^support\.function\.flopline$/;
  const key = /^entity\.name\.tag\.yaml$/;
  const number = /^constant\.numeric/;
  const parameter = /^variable\.parameter\.flopline$/;
  const structure = /^keyword\.control\.flopline$/;

  test('rows are operators, their attributes are keys', () => {
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

  test('comments for Flopline stand out', () => {
    check('# flopline: input=3,320,320\n# a comment', [
      ['flopline:', /^keyword\.other\.directive\.flopline$/],
      ['a comment', /^comment/],
    ]);
  });
});

suite('The grammar of Darknet’s cfg', () => {
  let check: CheckScopes;

  suiteSetup(async () => {
    check = await loadGrammar('source.darknet-cfg');
  });

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

  test('comments, on separate lines and after values', () => {
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

suite('The grammar of *.prototxt', () => {
  let check: CheckScopes;

  suiteSetup(async () => {
    check = await loadGrammar('source.prototxt');
  });

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

  test('the V1 format, enums, numbers and comments for Flopline', () => {
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
