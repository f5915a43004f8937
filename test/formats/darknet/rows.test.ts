// What sections mean, in both dialects: shapes, parameters and work by hand, from the sources that formats/darknet names.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Analysed,
  defaultSettings,
  formatOf,
  hover,
  lenses,
  open,
  price,
  report,
  type Settings,
  symbols,
} from '../../../server/src/core/index.ts';

type Dialect = 'alexeyab' | 'pjreddie';

/** Output, parameters, MACs and what Darknet counts, of one layer. */
type Row = readonly [shape: readonly number[], params: number, macs: number, flops?: number];

const net = '[net]\nwidth=16\nheight=16\nchannels=4\n';
const conv = '[conv]\nfilters=8\nsize=3\npad=1\nactivation=linear\n';

describe('Darknet cfg, layers', () => {
  describe('convolutional', () => {
    row('size/2 is the border with any pad', '[conv]\nfilters=2\nsize=5\npad=7\npadding=0', [[2, 16, 16], 202, 51_200]);
    row('padding is read without pad', '[conv]\nfilters=2\nsize=3\npadding=2', [[2, 18, 18], 74, 23_328]);
    row(
      'strides of their own',
      '[conv]\nfilters=2\nsize=3\npad=1\nstride=2\nstride_x=4',
      [[2, 8, 4], 74, 2304],
      'alexeyab',
    );
    row(
      'pjreddie’s has one stride',
      '[conv]\nfilters=2\nsize=3\npad=1\nstride=2\nstride_x=4',
      [[2, 8, 8], 74, 4608],
      'pjreddie',
    );
    row('a dilated window keeps the size with pad', '[conv]\nfilters=2\nsize=3\npad=1\ndilation=3', [
      [2, 16, 16],
      74,
      18_432,
    ]);
    row('without pad the size is reckoned as if not dilated', '[conv]\nfilters=2\nsize=3\ndilation=3', [
      [2, 14, 14],
      74,
      14_112,
    ]);
    row('batch normalization has its shift for a bias', '[conv]\nfilters=2\nsize=1\nbatch_normalize=1', [
      [2, 16, 16],
      12,
      2048,
    ]);
    row('cbn is one, too', '[conv]\nfilters=2\nsize=1\ncbn=1', [[2, 16, 16], 12, 2048]);
    row('groups', '[conv]\nfilters=8\nsize=3\npad=1\ngroups=4', [[8, 16, 16], 80, 18_432, 36_864]);
    row('xnor has no groups, and a 32nd of the BFLOPs', '[conv]\nfilters=8\nsize=3\npad=1\ngroups=4\nxnor=1', [
      [8, 16, 16],
      296,
      73_728,
      4608,
    ]);
    row(
      'xnor with groups at pjreddie’s',
      '[conv]\nfilters=8\nsize=3\npad=1\ngroups=4\nxnor=1',
      [[8, 16, 16], 80, 18_432],
      'pjreddie',
    );
    row(
      'antialiasing slides by 1 and blurs with fixed weights; the layer holds what is before',
      '[conv]\nfilters=2\nsize=3\npad=1\nstride=2\nantialiasing=1',
      [[2, 16, 16], 74, 18_432, 36_864],
    );
    row('the next layer gets what is behind', '[conv]\nfilters=2\nstride=2\nantialiasing=1\n[dropout]', [
      [2, 8, 8],
      0,
      0,
    ]);
    row('of 2×2 without a border', '[conv]\nfilters=2\nsize=3\nstride=2\npadding=2\nantialiasing=2\n[dropout]', [
      [2, 9, 9],
      0,
      0,
    ]);
    row('others read what it holds', '[conv]\nfilters=2\nstride=2\nantialiasing=1\n[route]\nlayers=0', [
      [2, 16, 16],
      0,
      0,
      0,
    ]);
    row('up to stride − 1 too large a window has one position', '[conv]\nfilters=2\nsize=18\nstride=4', [
      [2, 1, 1],
      2594,
      2592,
      5184,
    ]);
    row('groups that do not divide the filters', '[conv]\nfilters=9\nsize=3\npad=1\ngroups=2', [
      [9, 16, 16],
      171,
      41_472,
    ]);
    row('groups that do not divide the channels', '[conv]\nfilters=2\ngroups=3', [[2, 16, 16], 4, 512, 1024]);
    row(
      'weights in use again count once',
      `${conv}[route]\nlayers=-1\n[conv]\nfilters=8\nsize=3\npad=1\n[conv]\nshare_index=-1\nfilters=8\nsize=3\npad=1\nbatch_normalize=0`,
      [[8, 16, 16], 0, 147_456],
    );
    row('normalization across channels', '[conv]\nfilters=2\nsize=1\nactivation=normalize_channels', [
      [2, 16, 16],
      10,
      2048,
    ]);
  });

  describe('other layers with weights', () => {
    row('deconvolutional: by input positions', '[deconv]\nfilters=2\nsize=4\nstride=2\npadding=1', [
      [2, 32, 32],
      130,
      32_768,
    ]);
    row(
      'connected: `inputs` goes before the image',
      '[connected]\noutput=10',
      [[10], 780, 770, 0],
      'alexeyab',
      `${net}inputs=77\n`,
    );
    row(
      'connected: even where it is larger',
      '[connected]\noutput=1',
      [[1], 2001, 2000, 0],
      'pjreddie',
      `${net}inputs=2000\n`,
    );
    row('a window of its own white space', '[conv]\nfilters=2\nsize=\v3\npad=\f1', [[2, 16, 16], 74, 18_432]);
    row('connected: no BFLOPs', '[connected]\noutput=10', [[10], 10_250, 10_240, 0]);
    row('connected with batch normalization', '[connected]\noutput=10\nbatch_normalize=1', [[10], 10_260, 10_240, 0]);
    row('what is connected is an image of 1×1', '[connected]\noutput=10\n[conv]\nfilters=3', [[3, 1, 1], 33, 30]);
    row('local: filters of its own at each of 14² positions', '[local]\nfilters=2\nsize=3', [
      [2, 14, 14],
      14 * 14 * 74,
      14 * 14 * 72,
      0,
    ]);
    row('local with pad: as many as the input, by the stride', '[local]\nfilters=2\nsize=3\nstride=2\npad=1', [
      [2, 8, 8],
      64 * 74,
      64 * 72,
    ]);
    row('local: up to stride − 1 too large', '[local]\nfilters=2\nsize=18\nstride=4', [[2, 1, 1], 2594, 2592]);
    row('batchnorm', '[batchnorm]', [[4, 16, 16], 8, 0]);
    row('implicit', '[implicit]\nfilters=6\natoms=2', [[6, 2, 1], 12, 0]);
  });

  describe('pooling', () => {
    row('maxpool: size − 1 is the border of both sides', '[maxpool]\nsize=3\nstride=1', [[4, 16, 16], 0, 0, 9 * 1024]);
    row('size is the stride where not given', '[maxpool]\nstride=3', [[4, 6, 6], 0, 0, 9 * 144]);
    row('padding=0', '[maxpool]\nsize=2\nstride=2\npadding=0', [[4, 8, 8], 0, 0, 1024]);
    row('odd borders', '[maxpool]\nsize=2\nstride=1', [[4, 16, 16], 0, 0, 4096]);
    row('of channels', '[maxpool]\nmaxpool_depth=1\nout_channels=2', [[2, 16, 16], 0, 0, 1024]);
    row('of channels that do not come out even', '[maxpool]\nmaxpool_depth=1\nout_channels=3', [
      [3, 16, 16],
      0,
      0,
      1024,
    ]);
    row('a border larger than the window', '[maxpool]\nsize=2\nstride=2\npadding=3', [[4, 9, 9], 0, 0, 1296]);
    row('up to stride − 1 too large a window', '[maxpool]\nsize=19\nstride=4\npadding=0', [[4, 1, 1], 0, 0, 1444]);
    row('antialiased: the blur has no part', '[maxpool]\nsize=2\nstride=2\nantialiasing=1', [[4, 16, 16], 0, 0, 4096]);
    row('of which the next layer gets what is behind', '[maxpool]\nsize=2\nstride=2\nantialiasing=1\n[max]', [
      [4, 8, 8],
      0,
      0,
      256,
    ]);
    row('local_avgpool', '[local_avgpool]\nsize=4\nstride=4', [[4, 4, 4], 0, 0, 1024]);
    row('avgpool', '[avgpool]', [[4, 1, 1], 0, 0, 0]);
  });

  describe('route and shortcut', () => {
    row('numbers from 0 are places, negative ones count back', `${conv}${conv}[route]\nlayers=-1,0`, [
      [16, 16, 16],
      0,
      0,
      0,
    ]);
    row('a part of each', `${conv}${conv}[route]\nlayers=-1,0\ngroups=2\ngroup_id=1`, [[8, 16, 16], 0, 0]);
    row('pjreddie’s has no groups', `${conv}[route]\nlayers=-1\ngroups=2`, [[8, 16, 16], 0, 0], 'pjreddie');
    row('a comment behind a number', `${conv}[route]\nlayers=0 # P3`, [[8, 16, 16], 0, 0]);
    row('a comma too many is layer 0', `${conv}[maxpool]\nsize=1\n[route]\nlayers=-1,`, [[16, 16, 16], 0, 0]);
    row('groups that do not divide cut within a channel', `[conv]\nfilters=5\n[route]\nlayers=-1\ngroups=2`, [
      [2, 16, 16],
      0,
      0,
      0,
    ]);
    row(
      'so that a vector of it is longer than its channels',
      `[conv]\nfilters=5\n[route]\nlayers=-1\ngroups=2\ngroup_id=1\n[connected]\noutput=2`,
      [[2], 2 * 640 + 2, 2 * 640],
      'alexeyab',
    );
    row('the sum is divided, not each', `[conv]\nfilters=3\n[conv]\nfilters=5\n[route]\nlayers=-1,-2\ngroups=2`, [
      [4, 16, 16],
      0,
      0,
    ]);
    row(
      'layers of other sizes make a vector',
      `[maxpool]\nstride=2\n[conv]\nfilters=3\n[route]\nlayers=-1,-2\n[connected]\noutput=2`,
      [[2], 2 * 448 + 2, 2 * 448],
    );
    row(
      'of which groups take a part',
      `[maxpool]\nstride=2\n[upsample]\n[route]\nlayers=-1,-2\ngroups=3`,
      [[426], 0, 0],
      'alexeyab',
    );
    row('commas in a comment are layer 0', `${conv}[conv]\n[route]\nlayers=-1 # the last, not the first`, [
      [9, 16, 16],
      0,
      0,
    ]);
    row('shortcut', `${conv}${conv}[shortcut]\nfrom=-2`, [[8, 16, 16], 0, 0, 2048]);
    row('of several', `${conv}${conv}${conv}[shortcut]\nfrom=-2,-3`, [[8, 16, 16], 0, 0, 4096]);
    row(
      'weights for each layer',
      `${conv}${conv}[shortcut]\nfrom=-2\nweights_type=per_feature\nweights_normalization=relu`,
      [[8, 16, 16], 2, 0, 4096],
    );
    row(
      'weights for each channel',
      `${conv}${conv}[shortcut]\nfrom=-2\nweights_type=per_channel\nweights_normalization=softmax`,
      [[8, 16, 16], 16, 0, 4096],
    );
    row(
      'fewer channels there',
      `[conv]\nfilters=3\nsize=1\n${conv}[shortcut]\nfrom=-2`,
      [[8, 16, 16], 0, 0, 2048],
      'alexeyab',
    );
    row(
      'more channels there',
      `${conv}[conv]\nfilters=3\nsize=1\n[shortcut]\nfrom=-2`,
      [[3, 16, 16], 0, 0, 768],
      'alexeyab',
    );
    row(
      'a larger image there',
      `${conv}[conv]\nfilters=16\nsize=3\nstride=2\npad=1\n[shortcut]\nfrom=-2`,
      [[16, 8, 8], 0, 0],
      'pjreddie',
    );
    row(
      'a smaller one',
      `${conv}[conv]\nfilters=16\nsize=3\nstride=2\npad=1\n[route]\nlayers=0\n[shortcut]\nfrom=1`,
      [[8, 16, 16], 0, 0],
      'pjreddie',
    );
    row('scale_channels', `${conv}[avgpool]\n[conv]\nfilters=8\n[scale_channels]\nfrom=0`, [[8, 16, 16], 0, 0, 0]);
    row('scale_channels by position', `${conv}[conv]\nfilters=1\n[scale_channels]\nfrom=0\nscale_wh=1`, [
      [8, 16, 16],
      0,
      0,
      0,
    ]);
    row('sam', `${conv}${conv}[sam]\nfrom=-2`, [[8, 16, 16], 0, 0, 0]);
  });

  describe('pixels', () => {
    row('crop takes the centre', '[crop]\ncrop_height=9\ncrop_width=12', [[4, 9, 12], 0, 0]);
    row('reorg', '[reorg]\nstride=2', [[16, 8, 8], 0, 0]);
    row('reorg leaves out what does not come out even', '[reorg]\nstride=3', [[36, 5, 5], 0, 0]);
    row('backwards, too', '[conv]\nfilters=6\n[reorg]\nstride=2\nreverse=1', [[1, 32, 32], 0, 0]);
    row('a crop may be larger', '[crop]\ncrop_height=20\ncrop_width=12', [[4, 20, 12], 0, 0]);
    row('reorg3d backwards', '[reorg3d]\nstride=2\nreverse=1', [[1, 32, 32], 0, 0]);
    row('reorg with more behind', '[reorg]\nstride=2\nextra=5', [[1029], 0, 0], 'pjreddie');
    row('upsample', '[upsample]', [[4, 32, 32], 0, 0, 0]);
    row('downsample', '[upsample]\nstride=-4', [[4, 4, 4], 0, 0, 0]);
    row('history', '[history]\nhistory_size=3', [[12, 16, 16], 0, 0]);
  });

  describe('what passes on', () => {
    row('dropout', '[dropout]\nprobability=.5', [[4, 16, 16], 0, 0, 0]);
    row('dropout of a vector', '[connected]\noutput=3\n[dropout]', [[3], 0, 0]);
    row('lrn', '[lrn]\nsize=5', [[4, 16, 16], 0, 0]);
    row('activation', '[activation]\nactivation=mish', [[4, 16, 16], 0, 0]);
    row('logistic', '[logistic]', [[4, 16, 16], 0, 0], 'pjreddie');
    row('l2norm', '[l2norm]', [[4, 16, 16], 0, 0], 'pjreddie');
    row('silence', '[silence]', [[4, 16, 16], 0, 0]);
    row('softmax makes a vector', '[softmax]', [[1024], 0, 0]);
    row('softmax in groups', '[softmax]\ngroups=4', [[1024], 0, 0]);
    row('cost makes a vector', '[cost]', [[1024], 0, 0]);
    row('yolo', '[conv]\nfilters=18\n[yolo]\nmask=0,1,2\nnum=9\nclasses=1', [[18, 16, 16], 0, 0, 0]);
    row('yolo without a mask has all anchors', '[conv]\nfilters=12\n[yolo]\nnum=2\nclasses=1', [[12, 16, 16], 0, 0]);
    row('Gaussian_yolo', '[conv]\nfilters=30\n[Gaussian_yolo]\nmask=0,1,2\nnum=9\nclasses=1', [[30, 16, 16], 0, 0]);
    row('region', '[conv]\nfilters=12\n[region]\nnum=2\nclasses=1\ncoords=4', [[12, 16, 16], 0, 0]);
    row('detection', '[connected]\noutput=98\n[detection]\nnum=1\nclasses=0\ncoords=1\nside=7', [[98], 0, 0]);
    row('iseg', '[conv]\nfilters=5\n[iseg]\nclasses=3\nids=2', [[5, 16, 16], 0, 0], 'pjreddie');
    row('contrastive', '[conv]\nfilters=6\n[yolo]\nclasses=1\n[contrastive]\nyolo_layer=-1', [[1536], 0, 0]);
  });

  describe('recurrent layers, for one step', () => {
    const vector = '[net]\ninputs=10\ntime_steps=5\n';
    row(
      'rnn: a state of its own size',
      '[rnn]\nhidden=4\noutput=3',
      [[3], 44 + 20 + 15, 40 + 16 + 12, 0],
      'alexeyab',
      vector,
    );
    row('rnn: the state is the output', '[rnn]\noutput=3', [[3], 33 + 12 + 12, 30 + 9 + 9], 'pjreddie', vector);
    row('gru', '[gru]\noutput=3', [[3], 3 * (33 + 12), 3 * 39, 0], 'alexeyab', vector);
    row('lstm', '[lstm]\noutput=3', [[3], 4 * (33 + 12), 4 * 39, 0], 'alexeyab', vector);
    row(
      'lstm with batch normalization',
      '[lstm]\noutput=3\nbatch_normalize=1',
      [[3], 4 * (36 + 15), 4 * 39],
      'alexeyab',
      vector,
    );
    row(
      'crnn',
      '[crnn]\nhidden=2\noutput=3\npad=1',
      [[3, 16, 16], 74 + 38 + 57, 256 * (72 + 36 + 54), 512 * 162],
      'alexeyab',
    );
    row(
      'crnn, other keys and 3×3',
      '[crnn]\nhidden_filters=2\noutput_filters=3',
      [[3, 16, 16], 74 + 38 + 57, 256 * 162],
      'pjreddie',
    );
    row(
      'crnn: the width for the height',
      '[crnn]\nhidden_filters=2\noutput_filters=3',
      [[3, 8, 16], 74 + 38 + 57, 128 * 162],
      'pjreddie',
      '[net]\nwidth=8\nheight=16\nchannels=4\n',
    );
    row('conv_lstm: its state has the size of the input', '[conv_lstm]\noutput=2\npad=1\nstride=2', [
      [2, 8, 8],
      4 * (74 + 38),
      64 * 4 * 108,
      128 * 4 * 108 + 9 * 128,
    ]);
    row('conv_lstm: 9 more an element', '[conv_lstm]\noutput=2\npad=1', [
      [2, 16, 16],
      4 * (74 + 38),
      256 * 4 * 108,
      512 * 4 * 108 + 9 * 512,
    ]);
    row('with peepholes 12, and three more', '[conv_lstm]\noutput=2\npad=1\npeephole=1', [
      [2, 16, 16],
      4 * (74 + 38) + 3 * 38,
      256 * (4 * 108 + 108),
      512 * 540 + 12 * 512,
    ]);
    row('with a bottleneck', '[conv_lstm]\noutput=2\npad=1\nbottleneck=1', [
      [2, 16, 16],
      4 * 74 + 74,
      256 * 5 * 72,
      512 * 360 + 9 * 512,
    ]);
  });
});

describe('Darknet cfg, whose it is', () => {
  const is = (text: string, expected: Dialect, settings: Partial<Settings> = {}): void =>
    assert.equal(priced(text, settings).spec.dialect, expected);

  it('AlexeyAB’s where nothing else is said', () => is(`${net}${conv}`, 'alexeyab'));
  it('by sections', () => is(`${net}[deconv]`, 'pjreddie'));
  it('by the state of a recurrent layer', () => {
    is('[net]\ninputs=3\n[rnn]\noutput=3', 'pjreddie');
    is('[net]\ninputs=3\n[rnn]\noutput=3\nhidden=3', 'alexeyab');
  });
  it('by a setting, and a comment', () => {
    is(`${net}${conv}`, 'pjreddie', { dialect: 'pjreddie' });
    is(`# flopline: dialect=pjreddie\n${net}${conv}`, 'pjreddie');
  });
  it('by a shortcut across sizes, and says so', () => {
    const across = `${conv}[conv]\nfilters=8\nsize=3\nstride=2\npad=1\n[shortcut]\nfrom=0`;
    const analysed = priced(net + across);
    assert.equal(analysed.spec.dialect, 'pjreddie');
    assert.deepEqual(
      analysed.problems.map(({ code, severity }) => [code, severity]),
      [['only-pjreddie', 'information']],
    );
    // With a key that only AlexeyAB's reads it is wrong.
    const other = priced(`${net}mosaic=1\n${across}`);
    assert.equal(other.spec.dialect, 'alexeyab');
    assert.deepEqual(
      other.problems.map(({ code, severity }) => [code, severity]),
      [['shortcut-size-mismatch', 'error']],
    );
  });
});

describe('Darknet cfg, the file', () => {
  it('is known by its first section, whatever its language', () => {
    const known = (name: string, text: string, languageId?: string): string | undefined =>
      formatOf({ name, text, languageId })?.id;
    assert.equal(known('a.cfg', '# x\n[net]\n'), 'darknet-cfg');
    assert.equal(known('a.cfg', '[network]\nwidth=4', 'properties'), 'darknet-cfg');
    assert.equal(known('a.cfg.txt', '[net]'), 'darknet-cfg');
    assert.equal(known('setup.cfg', '[metadata]\nname = x\n[net]\n', 'ini'), undefined);
    assert.equal(known('a.ini', '[net]'), undefined);
    assert.equal(known('Untitled-1', '', 'darknet-cfg'), 'darknet-cfg');
  });

  it('tells its batch, and costs one image', () => {
    const { spec, model } = priced(`${net.replace('[net]', '[net]\nbatch=64\nsubdivisions=8')}${conv}`);
    assert.equal(spec.batch, 64);
    assert.equal(model.totals.macs.value, 256 * 9 * 4 * 8);
  });

  it('may have another input', () => {
    const { model } = priced(`${net}${conv}`, { input: [{ sizes: [4, 8, 8] }] });
    assert.equal(model.totals.macs.value, 64 * 9 * 4 * 8);
  });

  it('has an outline, a lens, and hovers on sections and keys', () => {
    const text = `${net}${conv}`;
    const analysed = priced(text);
    assert.deepEqual(
      symbols(analysed)[0]!.children.map(({ name }) => name),
      ['net', 'layer 0'],
    );
    assert.match(lenses(analysed)[0]!.title, /73\.7k MACs/);
    assert.match(hover(analysed, text.indexOf('[conv]'))!.markdown, /layer 0.*convolutional/);
    assert.match(hover(analysed, text.indexOf('pad=1'))!.markdown, /size\/2/);
    assert.match(hover(analysed, text.indexOf('linear'))!.markdown, /No activation\./);
  });

  it('a detector ends in its heads, so that nobody is told of an unused one', () => {
    const text = `${net}[conv]\nfilters=18\n[yolo]\nmask=0,1,2\nnum=6\nclasses=1\n[route]\nlayers=0\n[yolo]\nmask=3,4,5\nnum=6\nclasses=1`;
    const { problems } = report(priced(text));
    assert.deepEqual(problems, []);
  });
});

describe('Darknet cfg, fixes', () => {
  /** Makes the first repair of each problem, one after the other, and wants a file without any. */
  const repaired = (text: string): string => {
    for (let round = 0; round < 9; round++) {
      const [problem] = priced(text).problems;
      if (!problem) return text;
      const [first] = problem.fixes ?? [];
      assert.ok(first, `${problem.code} can be mended: ${problem.message}`);
      for (const { from, to, text: insert } of first.edits.toSorted((a, b) => b.from - a.from)) {
        text = text.slice(0, from) + insert + text.slice(to);
      }
    }
    assert.fail('it does not end');
  };

  it('the filters before a head', () => {
    const head = '[yolo]\nmask=0,1\nclasses=4\nnum=3';
    assert.equal(repaired(`${net}[conv]\nfilters = 1 9 # 19?\n${head}`), `${net}[conv]\nfilters = 18 # 19?\n${head}`);
    assert.equal(repaired(`${net}[conv]\n${head}`), `${net}[conv]\nfilters=18\n${head}`);
    // The layer that chose the channels may stand further up.
    const far = `${net}[conv]\nfilters=FILTERS\nactivation=linear\n[maxpool]\nstride=2\n[route]\nlayers=-1\n${head}`;
    assert.equal(repaired(far.replace('FILTERS', '99')), far.replace('FILTERS', '18'));
  });

  it('words and numbers', () => {
    assert.equal(
      repaired(`${net}[conv]\nfilers=3\nsize=3.0\npad=1\nactivation=Leaky`),
      `${net}[conv]\nfilters=3\nsize=3\npad=1\nactivation=leaky`,
    );
    assert.equal(repaired(`${net}[convolutionl]\nfilters=3`), `${net}[convolutional]\nfilters=3`);
    assert.equal(repaired(`${net}[conv] # 0\nfilters=3`), `${net}[conv]\nfilters=3`);
    assert.equal(repaired(`${net}${conv}[route]\nlayers=-1, 0 ,`), `${net}${conv}[route]\nlayers=-1, 0 `);
  });

  it('the size of the input', () => {
    const body = '[conv]\nfilters=6\nstride=8\nsize=8\npadding=0\nactivation=linear\n[yolo]\nclasses=1\nnum=1';
    const sized = (width: number): string => `[net]\nwidth=${width}\nheight=16\nchannels=3\n${body}`;
    assert.equal(repaired(sized(31)), sized(32));
    assert.equal(repaired(sized(33)), sized(32));
  });
});

function row(title: string, body: string, [shape, params, macs, flops]: Row, dialect?: Dialect, head = net): void {
  it(title, () => {
    const analysed = priced(`${head}${body}\n`, { dialect });
    assert.deepEqual(
      analysed.problems.filter(({ severity }) => severity === 'error'),
      [],
    );
    const { model, spec } = analysed;
    const last = spec.graph.root.children.at(-1)!;
    const cost = model.costOf(last);
    const found: Row = [last.outputs[0]!.shape!.slice(1), cost.params.value, cost.macs.value];
    assert.deepEqual(found, [shape, params, macs]);
    assert.ok(cost.params.complete && cost.macs.complete);
    if (flops !== undefined) assert.equal(model.under('darknet').costOf(last).value.value, flops, 'BFLOPs');
  });
}

function priced(text: string, settings: Partial<Settings> = {}): Analysed {
  const all = { ...defaultSettings, ...settings };
  return price(open({ name: 'x.cfg', text }, all)!, all)!;
}
