import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hintDetail, hover } from '../../server/src/core/features/hover.ts';
import type { Settings } from '../../server/src/core/settings/index.ts';
import { rangeOf, sketch } from '../support/sketch.ts';

/** What the hover on the nth occurrence of some words holds, and over which words it lies. */
function checkHover(
  text: string,
  words: string,
  expected: { readonly over: string; readonly holds: readonly (string | RegExp)[]; readonly lacks?: readonly string[] },
  settings: Partial<Settings> & { readonly native?: boolean } = {},
): void {
  const { native = false, ...rest } = settings;
  const found = hover(sketch(text, rest, { native }), rangeOf(text, words).from);
  assert.ok(found, `no hover on “${words}”`);
  assert.equal(text.slice(found.range.from, found.range.to), expected.over);
  for (const part of expected.holds) {
    if (typeof part === 'string') assert.ok(found.markdown.includes(part), `“${part}” is not in\n${found.markdown}`);
    else assert.match(found.markdown, part);
  }
  for (const part of expected.lacks ?? [])
    assert.ok(!found.markdown.includes(part), `“${part}” is in\n${found.markdown}`);
}

const inception = 'input 256 28 28\nc1 = conv 192 3\nc2 = conv 8 1\nc3 = conv 8 1\n';

test('A layer says its formula with its numbers, costs, share and rank', () => {
  checkHover(inception, 'c1', {
    over: 'c1 = conv 192 3',
    holds: [
      '**c1** — `conv` · `256×28×28` → `192×28×28`',
      '|  | MACs | params | activations |',
      '|  | 347M | 443k (1.77 MB) | 151k (602 kB) |',
      /\| share \| 99\.\d % \| 99\.\d % \| /,
      /\| rank \| 1 of 3 \| 1 of 3 \| /,
      '`28² · 3² · 256 · 192` = 347M MACs (346,816,512)',
      'Slides K×K filters',
      'weights 442,368 · biases 192',
      'receptive field 3×3, stride 1',
    ],
  });
  // 2 · 346,816,512 over (28²·256 + 28²·192 + 442,560) · 4 bytes.
  checkHover(inception, 'c1', { over: 'c1 = conv 192 3', holds: ['arithmetic intensity 218 FLOPs/byte'] });
});

test('Another convention has its own row; bytes follow the dtype', () => {
  checkHover(
    inception,
    'c1',
    {
      over: 'c1 = conv 192 3',
      holds: ['| MACs | FLOPs (flops) | params |', '| 347M | 694M | 443k (885 kB in fp16) |'],
    },
    {
      convention: 'flops',
      dtype: 'fp16',
    },
  );
});

test('An argument says what it means, and whose it is', () => {
  checkHover(inception, '192', {
    over: '192',
    holds: ['Argument 1 of `conv`.', '**c1** `conv` · `192×28×28` · 347M MACs'],
  });
});

test('A composite says what it does and what is inside, repeats together', () => {
  checkHover('input 8 16 16\nk = compose 16\n', 'k =', {
    over: 'k = compose 16',
    holds: [
      'Two convolutions and a shortcut.',
      '| `cv1` Conv | 16×16×16 | 295k |',
      '| `m` Conv ×2 | 16×16×16 | 131k |',
    ],
    lacks: [' = '],
  });
});

test('A row of a block says where it is used', () => {
  const text = 'input 3 32 32\nblock b\n  x = conv 8 3\n  y = conv 8 3 2\nu1 = use b\nu2 = use b\n';
  checkHover(text, 'x =', {
    over: 'x = conv 8 3',
    holds: ['**x** — `conv` ×2', '`32²…16²`', '| `u1 › x` | 8×32×32 |', '| `u2 › x` |'],
  });
  checkHover(text, 'block', { over: 'block b', holds: ['**b** ×2', '| `u1` | 8×16×16 |'] });
  checkHover(text, 'u1', { over: 'u1 = use b', holds: ['| `x` conv | 8×32×32 |'] });
});

test('What is unknown says why, and nothing more', () => {
  checkHover('c1 = conv 8 3\nm1 = mystery\nc2 = conv 8 3\n', 'c1', {
    over: 'c1 = conv 8 3',
    holds: ['`3×?×?` → `8×?×?`', '`?² · 3² · 3 · 8`', 'Unknown: input size unknown'],
    lacks: ['NaN', ' = ?'],
  });
  checkHover('input 3 8 8\nc1 = conv 8 3\nm1 = mystery\nc2 = conv 8 3\n', 'm1', {
    over: 'm1 = mystery',
    holds: ['Unknown: The module “mystery” is not known.'],
    lacks: ['receptive field', 'NaN'],
  });
});

test('Peers that count otherwise are named, with what they count', () => {
  const text = 'input 8 4 4\nn1 = norm\nc1 = conv 8 3\n';
  checkHover(text, 'n1', {
    over: 'n1 = norm',
    holds: [
      'thop counts 512 MACs here: +512 batch norm (4 per element).',
      'fvcore counts 256 MACs here: +256 batch norm (2 per element).',
    ],
  });
  checkHover(text, 'c1', { over: 'c1 = conv 8 3', holds: [], lacks: ['thop', 'fvcore'] });
  checkHover(
    text,
    'n1',
    { over: 'n1 = norm', holds: ['Ultralytics counts 1.02k FLOPs here: +1.02k batch norm (8 per element).'] },
    { native: true },
  );
});

test('The head shows every convention side by side, and the native figure with its caveat', () => {
  checkHover(
    '# net\ninput 3 32 32\nc1 = conv 8 3\n',
    '# net',
    {
      over: '# net',
      holds: [
        '221k MACs · 224 params · 896 B · peak 45.1 kB · input 3×32×32',
        '| **macs** | **221k MACs** |',
        '| flops | 442k FLOPs |',
        '| all-ops | ',
        'Ultralytics prints **0.0018 GFLOPs**',
        'It counts 2 per MAC',
      ],
    },
    { native: true },
  );
});

test('A member of the family says what it costs', () => {
  checkHover('scales n s\ninput 3 32 32\nc1 = conv 8 3\n', 's\n', {
    over: 's',
    holds: ['at scale `s`', '442k MACs · 448 params'],
  });
});

test('Nothing is said where nothing stands; the hint’s detail is the line’s hover', () => {
  const analysed = sketch(inception);
  assert.equal(hover(analysed, inception.length), undefined);
  assert.equal(hintDetail(analysed, 1), hover(analysed, inception.indexOf('c1'))?.markdown);
  assert.equal(hintDetail(analysed, 99), '');
});

test('A name of the user’s is no markup', () => {
  const text = 'input 3 8 8\n[x](command:y)|<b> = conv 8 3\n';
  checkHover(text, '[x]', { over: '[x](command:y)|<b> = conv 8 3', holds: ['\\[x\\](command:y)\\|&lt;b\\>'] });
});
