// Edits of a Darknet network as text: what each key becomes, and what cannot be said.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { darknet } from '../../../server/src/core/formats/darknet/index.ts';
import type { GraphEdit, NewAttrs, NewConv, NewLayer } from '../../../server/src/core/graph/edit.ts';
import { adviceCandidates, applyEdits, defaultSettings, priceAdvice } from '../../../server/src/core/index.ts';
import { parseCfg, placedSection } from '../../../server/src/core/syntax/cfg.ts';
import type { Range } from '../../../server/src/core/text/range.ts';
import { analysedOf } from '../../support/advice.ts';

/** A network of these sections, each given by its lines. */
const cfg = (...sections: readonly string[]): string => ['[net]', ...sections].join('\n\n').concat('\n');

const conv = (lines: string): string => `[convolutional]\n${lines}`;

function rewritten(text: string, edit: (sites: readonly Range[]) => readonly GraphEdit[]): string | undefined {
  const sites = parseCfg(text)
    .chunks.slice(1)
    .map(chunk => placedSection(chunk).range);
  const edits = darknet.open({ name: 'a.cfg', text }).rewrite!(edit(sites), {});
  return edits && applyEdits(text, edits);
}

/** The lines of the last section, after new values for it. */
function set(lines: string, attrs: NewAttrs): string | undefined {
  const text = rewritten(cfg(conv('filters=16'), conv(lines)), sites => [{ kind: 'set', item: sites[1]!, attrs }]);
  return text?.slice(text.lastIndexOf('[') + '[convolutional]\n'.length, -1);
}

/** The lines of the section that is put before one. */
function put(lines: string, layer: Partial<NewConv>): string | undefined {
  const text = rewritten(cfg(conv('filters=16'), conv(lines)), ([, item]) => [
    { kind: 'insert', before: { item: item!, norm: [], act: undefined }, layers: [{ ...pointwise, ...layer }] },
  ]);
  return text?.split('\n\n').at(2)?.replace('[convolutional]\n', '');
}

const pointwise: NewConv = {
  op: 'conv',
  depthwise: false,
  out: 8,
  kernel: [1, 1],
  strided: [false, false],
  border: 'none',
  norm: true,
  act: true,
};
const small = [3, 3];

describe('Darknet cfg, values of a section', () => {
  const cases: readonly [string, NewAttrs, string | undefined][] = [
    ['filters=64', { out: 40 }, 'filters=40'],
    ['filters = 64  # wide', { out: { times: 0.75, multiple: 8 } }, 'filters = 48  # wide'],
    ['filters=20', { out: { times: 0.5, multiple: 8 } }, 'filters=8'],
    // Of equal keys the first counts.
    ['filters=64\nfilters=32', { out: 40 }, 'filters=40\nfilters=32'],
    ['filters=64\nsize=5\npad=1', { kernel: small, border: 'half' }, 'filters=64\nsize=3\npad=1'],
    ['filters=64\nsize=5\npadding=2', { kernel: small, border: 'half' }, 'filters=64\nsize=3\npadding=1'],
    ['filters=64\nsize=5\npad=1\npadding=2', { kernel: small, border: 'half' }, 'filters=64\nsize=3\npad=1\npadding=2'],
    ['filters=64\nsize=5', { kernel: small, border: 'none' }, 'filters=64\nsize=3'],
    ['filters=64\nsize=3\npad=1', { kernel: [1, 1], border: 'none' }, 'filters=64\nsize=1\npad=1'],
    ['filters=64\nsize=3\npadding=1', { kernel: [1, 1], border: 'none' }, 'filters=64\nsize=1\npadding=0'],
    ['filters=64\nsize=3\ndilation=2', { kernel: [1, 1] }, 'filters=64\nsize=1\ndilation=1'],
    ['size=3\nstride=2\nstride_x=1', { strided: [false, false] }, 'size=3\nstride=1\nstride_x=1'],
    ['size=3\nstride=2', { strided: [true, true] }, 'size=3\nstride=2'],
    ['size=3\nstride=2', { strided: [true, false] }, undefined],
    ['size=3\nstride=1', { strided: [true, false] }, 'size=3\nstride=1'],
    // A blur does the step.
    ['size=3\nstride=2\nantialiasing=1', { strided: [false, false] }, undefined],
    ['filters=64\nsize=3', { groups: 4 }, 'filters=64\ngroups=4\nsize=3'],
    ['filters=64\ngroups=2\nsize=3', { groups: 4 }, 'filters=64\ngroups=4\nsize=3'],
    [
      '  filters    = 64\n  activation = relu',
      { groups: 4 },
      '  filters    = 64\n  groups     = 4\n  activation = relu',
    ],
    ['filters=64\nsize=3', { kernel: [1, 3] }, undefined],
    ['filters=64\nsize=3', { kernel: [3] }, undefined],
    ['filters=64\nsize=3', { bias: false }, undefined],
    ['size=3', { out: 8 }, undefined],
  ];
  for (const [lines, attrs, wanted] of cases) {
    it(`${lines.replaceAll('\n', ' ')}, ${JSON.stringify(attrs)}`, () => assert.equal(set(lines, attrs), wanted));
  }
});

describe('Darknet cfg, a new section', () => {
  const half = { kernel: small, border: 'half' } as const;
  const depthwise = { depthwise: true, out: 16, kernel: small, strided: [true, true], border: 'kept' } as const;
  const all = 'batch_normalize=1\nfilters=64\nsize=5\nstride=2\npad=1\nactivation=mish';
  const cases: readonly [string, Partial<NewConv>, string | undefined][] = [
    [all, {}, 'batch_normalize=1\nfilters=8\nsize=1\nstride=1\npad=1\nactivation=mish'],
    [all, { norm: false, act: false }, 'filters=8\nsize=1\nstride=1\npad=1\nactivation=linear'],
    [all, { ...half, strided: [true, true] }, 'batch_normalize=1\nfilters=8\nsize=3\nstride=2\npad=1\nactivation=mish'],
    ['filters=64\nsize=5', { act: false }, 'filters=8\nsize=1\nactivation=linear'],
    ['filters=64\nsize=5\npadding=2', half, 'filters=8\nsize=3\npadding=1'],
    ['filters=64\nsize=5\npadding=2', {}, 'filters=8\nsize=1'],
    ['filters=64\nsize=5\npad=0', half, 'filters=8\nsize=3\npad=1'],
    [
      'filters=64\nsize=3\ndilation=2\npad=1\nstride_y=2',
      depthwise,
      'filters=16\ngroups=16\nsize=3\ndilation=2\npad=1\nstride_y=2',
    ],
    ['groups=1\nfilters=64\nsize=3\npadding=0', depthwise, 'groups=16\nfilters=16\nsize=3\npadding=0'],
    // Its weights are signs, and so are those of what it reads from; nothing else is the new layer’s.
    ['filters=64\nsize=3\nxnor=1\nbin_output=1\nshare_index=-1\nstopbackward=1', {}, 'filters=8\nsize=1\nxnor=1'],
    ['filters=64\nsize=3\nxnor=1', depthwise, undefined],
    ['filters=64\nsize=3\nstride=2', { strided: [true, false] }, undefined],
    ['filters=64\nsize=3', { kernel: [3, 1] }, undefined],
    ['filters=64\nsize=3', { out: { share: 0.5 } }, undefined],
  ];
  for (const [lines, layer, wanted] of cases) {
    it(`${lines.replaceAll('\n', ' ')}, ${JSON.stringify(layer)}`, () => assert.equal(put(lines, layer), wanted));
  }
});

describe('Darknet cfg, sections that come and go', () => {
  const insert =
    (index: number, layer: NewLayer = pointwise) =>
    (sites: readonly Range[]): GraphEdit[] => [
      { kind: 'insert', before: { item: sites[index]!, norm: [], act: undefined }, layers: [layer] },
    ];
  const remove =
    (index: number) =>
    (sites: readonly Range[]): GraphEdit[] => [{ kind: 'remove', item: sites[index]! }];

  it('line ends and gaps as they are', () => {
    const text = '[net]\r\n\r\n\r\n[conv]\r\nfilters=8\r\n\r\n\r\n[conv]\r\nfilters=16\r\nsize=3';
    const fresh = '[conv]\r\nfilters=8\r\nsize=1\r\n\r\n\r\n';
    assert.equal(rewritten(text, insert(1)), text.replace('[conv]\r\nfilters=16', `${fresh}[conv]\r\nfilters=16`));
  });

  it('below a heading, without a gap', () => {
    const text = '[net]\n# a\n[conv]\nfilters=8\n# b\n[conv]\nfilters=16\n';
    assert.equal(rewritten(text, insert(1)), text.replace('# b\n', '# b\n[conv]\nfilters=8\nsize=1\n'));
  });

  it('an average before a fully connected layer', () => {
    const text = cfg(conv('filters=8'), '[connected]\noutput=5');
    assert.equal(rewritten(text, insert(1, { op: 'globalAvgPool' })), text.replace('[conn', '[avgpool]\n\n[conn'));
  });

  it('layers that heads and losses name', () => {
    const named = (yolo: number, near: number, far: number): string =>
      `[contrastive]\nyolo_layer=${yolo}\n\n[yolo]\nembedding_layer=${near}\n\n[yolo]\nembedding_layer=${far}`;
    const text = cfg(conv('filters=8'), conv('filters=8'), named(3, -2, -4));
    const fixed = cfg(conv('filters=8'), conv('filters=8\nsize=1'), conv('filters=8'), named(4, -2, -5));
    assert.equal(rewritten(text, insert(1)), fixed);
  });

  it('numbers in comments: whose section is right below, and no others', () => {
    const text = cfg(
      conv('filters=8'),
      `# 1-1\n# 1 x1\n; 1: the first\n# 2\n# 1.5\n${conv('filters=8')}`,
      `# 2\n\n${conv('filters=8')}`,
    );
    const fixed = rewritten(text, insert(0));
    assert.ok(fixed !== undefined);
    assert.ok(fixed.includes('# 1-1\n# 1 x1\n; 2: the first\n# 2\n# 1.5\n[conv'), fixed);
    assert.ok(fixed.includes('\n# 2\n\n[conv'), fixed);
  });

  it('what nobody names goes, with its number; who shares its weights keeps it', () => {
    const text = cfg(conv('filters=8'), `# 1\n# keep\n${conv('filters=8\n; this too\nsize=1')}`, conv('filters=8'));
    const without = cfg(conv('filters=8'), '# keep\n; this too', conv('filters=8'));
    assert.equal(rewritten(text, remove(1)), without);
    assert.equal(rewritten(cfg(conv('filters=8'), conv('filters=8\nshare_index=0')), remove(0)), undefined);
  });

  it('a section with inputs by number goes where the next one has them too', () => {
    const text = cfg(conv('filters=8'), '[route]\nlayers=0', '[route]\nlayers=-1,0');
    assert.equal(rewritten(text, remove(1)), cfg(conv('filters=8'), '[route]\nlayers=-1,0'));
    assert.equal(rewritten(cfg(conv('filters=8'), '[route]\nlayers=0', conv('filters=8')), remove(1)), undefined);
  });

  it('what stands before a head keeps its filters', () => {
    const heads = [
      '[yolo]\nmask=0,1,2\nnum=3\nclasses=3',
      '[region]\nnum=3\nclasses=3',
      '[Gaussian_yolo]\nmask=0,1\nnum=2\nclasses=3',
    ];
    const body = conv('batch_normalize=1\nfilters=64\nsize=3\npad=1\nactivation=leaky');
    for (const head of heads) {
      const text = cfg(body, body, conv('filters=24\nsize=1\nactivation=linear'), head).replace(
        '[net]',
        '[net]\nwidth=32\nheight=32\nchannels=3',
      );
      const analysed = analysedOf('head.cfg', text, defaultSettings);
      let offered = 0;
      for (const candidate of adviceCandidates(analysed)) {
        const advice = priceAdvice(analysed, candidate);
        if (!advice || advice.refused !== null) continue;
        offered++;
        assert.ok(applyEdits(text, advice.edits).includes('filters=24\n'), advice.id);
      }
      assert.ok(offered > 5, head);
    }
  });
});
