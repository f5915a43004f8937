// What slips of the keyboard and cfg files of other programs come to.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Analysed, defaultSettings, formatOf, open, price, report } from '../../../server/src/core/index.ts';
import { applyEdits } from '../../../server/src/core/text/edit.ts';

const net = '[net]\nwidth=16\nheight=16\nchannels=4\n';
const conv = '[convolutional]\nfilters=8\nsize=3\npad=1\n';

describe('Darknet cfg, headers with a slip', () => {
  for (const header of [
    '[maxpool',
    '[maxpool]]',
    '[[maxpool]',
    '[max]pool',
    '[maxpool)',
    '[maxpol]',
    '[maxpoool]',
    '[mxapool]',
    '[Maxpool]',
    '[maxpool] # halves it',
    '[maxpool];',
    '[maxpool] size=2',
  ]) {
    it(`${header} is read as [maxpool], with an error and a fix`, () => {
      const analysed = priced(`${net}${conv}${header}\nsize=2\nstride=2\n[softmax]\n`);
      const { layers, totals } = report(analysed);
      assert.deepEqual(
        layers.map(({ op, repaired = false }) => [op, repaired]),
        [
          ['net', false],
          ['convolutional', false],
          ['maxpool', true],
          ['softmax', false],
        ],
      );
      assert.deepEqual([totals.complete, layers[2]!.outputs[0]], [true, [1, 8, 8, 8]]);
      fixed(analysed, 'broken-header');
    });
  }

  it('white space is nothing to Darknet', () => {
    for (const header of ['  [maxpool]', '[ maxpool ]', '[max pool]', '\t[maxpool]\r']) {
      const analysed = priced(`${net}${conv}${header}\nsize=2\nstride=2\n`);
      assert.deepEqual([codes(analysed), report(analysed).layers[2]!.repaired], [[], undefined], header);
    }
  });

  it('a name that may be another layer’s is not read as one', () => {
    for (const type of ['mlstm', 'maxpool2', 'con', 'implicits_add', 'shortcuts2']) {
      const { layers, totals } = report(priced(`${net}${conv}[${type}]\n`));
      assert.deepEqual([layers[2]!.op, layers[2]!.repaired, totals.complete], [type, undefined, false]);
    }
  });

  it('two headers in a line are two sections', () => {
    const analysed = priced(`${net}${conv}[avgpool][softmax]\n`);
    assert.deepEqual(
      report(analysed).layers.map(({ op }) => op),
      ['net', 'convolutional', 'avgpool', 'softmax'],
    );
    fixed(analysed, 'broken-header');
  });

  it('[net] is known by a slip, too', () => {
    for (const header of ['[net', 'net]', '[nt]', '[Net]', '[nett]', '']) {
      const text = `${header}\nwidth=16\nheight=16\nchannels=4\n${conv}`;
      assert.equal(formatOf({ name: 'a.cfg', text })?.id, 'darknet-cfg', header);
      const analysed = priced(text);
      const { layers, totals } = report(analysed);
      assert.deepEqual([layers[0]!.op, layers[0]!.repaired, totals.complete, totals.params], ['net', true, true, 296]);
      fixed(analysed, 'broken-header');
    }
  });

  it('without its opening bracket it is an option to Darknet, which goes on', () => {
    const analysed = priced(`${net}${conv}stride=1\nmaxpool]\nsize=2\nstride=2\n[softmax]\n`);
    const { layers, totals } = report(analysed);
    assert.deepEqual(
      layers.map(({ op }) => op),
      ['net', 'convolutional', 'softmax'],
    );
    assert.deepEqual([totals.complete, codes(analysed)], [true, ['broken-header']]);
    fixed(analysed, 'broken-header');
  });

  it('where Darknet does not go on, it is read as it was meant', () => {
    const text = `${net}${conv}convolutional]\nfilters=21\nsize=1\n[yolo]\nclasses=2\nmask=0,1,2\nnum=3\n`;
    const analysed = priced(text);
    const { layers, totals } = report(analysed);
    assert.deepEqual(
      layers.map(({ op, repaired = false }) => [op, repaired]),
      [
        ['net', false],
        ['convolutional', false],
        ['convolutional', true],
        ['yolo', false],
      ],
    );
    assert.deepEqual([totals.complete, totals.params], [true, 296 + 8 * 21 + 21]);
    fixed(analysed, 'broken-header');
  });

  it('with an = in front is an option without a name: Darknet goes on', () => {
    const analysed = priced(`${net}${conv}=[maxpool]\nsize=2\n[avgpool]\n`);
    const { layers, totals } = report(analysed);
    assert.deepEqual(
      layers.map(({ op, repaired = false }) => [op, repaired]),
      [
        ['net', false],
        ['convolutional', false],
        ['avgpool', false],
      ],
    );
    assert.deepEqual([totals.complete, totals.params], [true, 8 * 4 * 3 * 3 + 8]);
    fixed(analysed, 'broken-header');
  });

  it('with an = in front, where Darknet stops further down, is read as it was meant', () => {
    const analysed = priced(
      `${net}${conv}=[convolutional]\nfilters=21\nsize=1\n[yolo]\nclasses=2\nmask=0,1,2\nnum=3\n`,
    );
    assert.deepEqual(
      report(analysed).layers.map(({ op, repaired = false }) => [op, repaired]),
      [
        ['net', false],
        ['convolutional', false],
        ['convolutional', true],
        ['yolo', false],
      ],
    );
    fixed(analysed, 'broken-header');
  });

  it('stuck to the line above it is a part of a value', () => {
    const text = `${net}${conv}activation=linear[convolutional]\nfilters=21\nsize=1\n[yolo]\nclasses=2\nmask=0,1,2\nnum=3\n`;
    const analysed = priced(text);
    assert.deepEqual(
      report(analysed).layers.map(({ op, repaired = false }) => [op, repaired]),
      [
        ['net', false],
        ['convolutional', false],
        ['convolutional', true],
        ['yolo', false],
      ],
    );
    fixed(analysed, 'broken-header');
  });
});

describe('Darknet cfg, lines with a slip', () => {
  it('a key without a value hides the line below; one that ends in = does not', () => {
    const filters = (lines: string): unknown =>
      report(priced(`${net}[convolutional]\n${lines}\n`)).layers[1]!.outputs[0]![1];
    assert.deepEqual(
      ['filters\nfilters=9', 'filters=\nfilters=9', 'filters=9\nfilters', 'filters 9'].map(filters),
      [1, 9, 9, 1],
    );
    assert.deepEqual(codes(priced(`${net}[convolutional]\nfilters\nfilters=9\n`)), ['hiding-line']);
  });

  it('a missing = has a fix', () => {
    for (const line of ['groups 2', 'groups:2', 'groups＝2']) fixed(priced(`${net}${conv}${line}\n`), 'missing-equals');
  });

  it('a byte order mark is an error with a fix, above a comment as well', () => {
    for (const text of [`\ufeff${net}${conv}`, `\ufeff# mine\n${net}${conv}`]) {
      const analysed = priced(text);
      const [problem] = analysed.problems;
      assert.deepEqual([problem!.severity, problem!.range], ['error', { from: 0, to: 1 }]);
      assert.deepEqual([report(analysed).layers[0]!.repaired, report(analysed).totals.complete], [true, true]);
      fixed(analysed, 'byte-order-mark');
    }
  });

  it('lines above [net]: junk becomes a comment, a key of [net] leaves the total open', () => {
    const junk = priced(`my network\n${net}${conv}`);
    assert.deepEqual([report(junk).totals.complete, report(junk).layers[0]!.repaired], [true, true]);
    fixed(junk, 'line-before-net');
    const key = priced(`channels=3\n${net}${conv}`);
    assert.deepEqual([report(key).totals.complete, codes(key)], [false, ['line-before-net']]);
  });

  it('what Darknet stops at has no total', () => {
    const { totals, layers } = report(priced(`${net}${conv}[yolo]\nclasses=2\n`));
    assert.deepEqual([totals.complete, totals.params, layers[2]!.complete], [false, 296, false]);
    const policy = report(priced(`[net]\npolicy=steps\n${net.slice(6)}${conv}`));
    assert.equal(policy.totals.complete, false);
  });

  it('carriage returns are told of where the original reads the file', () => {
    const text = `${net}${conv}`.replaceAll('\n', '\r\n');
    assert.deepEqual([codes(priced(text)), codes(priced(text, 'pjreddie'))], [[], ['carriage-return']]);
  });
});

describe('Darknet cfg, files of others', () => {
  const known = (text: string, languageId?: string, name = 'a.cfg') => formatOf({ name, text, languageId })?.id;

  it('something in it must be Darknet’s', () => {
    for (const text of [
      '[network]\nhost = localhost\nport = 8080\n[logging]\nlevel = info\n[users]\nadmin = yes\n',
      '[net]\nhostname=a\n[route]\ngateway=10.0.0.1\n',
      '[network]\nssid=home\nchannels=11\n',
      '[network]\nmtu=1500\n[local]\nport=1\n[region]\nname=eu\n',
      '[metadata]\nname = x\n',
    ]) {
      assert.equal(known(text), undefined, text);
      assert.equal(known(text, 'darknet-cfg', 'yolo.cfg'), undefined, text);
    }
  });

  it('one key or section of a layer is enough, whatever else is in it', () => {
    for (const text of [
      '[net]',
      '[network]\nbatch=1\n',
      '[net]\nmine=1\nyours=2\n[convolutional]\nfilters=3\n',
      '[network]\nmine=1\n[maxpool]\n',
      '[net]\nmine=1\n[implicit_add]\n',
    ])
      assert.equal(known(text), 'darknet-cfg', text);
    assert.equal(known('', 'darknet-cfg', 'Untitled-1'), 'darknet-cfg');
  });

  it('YOLOR’s is reported once, and no fix makes another network of it', () => {
    const layer = `${conv}activation=silu\n[implicit_add]\nfilters=8\n[shift_channels]\nfrom=-1\n`;
    const analysed = priced(`${net}${layer.repeat(5)}`);
    assert.deepEqual(codes(analysed), ['pytorch-cfg']);
    const { layers, totals } = report(analysed);
    assert.deepEqual([totals.complete, layers[2]!.complete, layers[3]!.complete], [false, false, false]);
    assert.equal(layers[1]!.params, 296);
  });

  it('silu is reported once, with a fix for all', () => {
    const analysed = priced(`${net}${`${conv}activation=silu\n`.repeat(3)}`);
    assert.match(analysed.problems[0]!.help!, /swish/);
    fixed(analysed, 'unknown-activation');
  });
});

describe('Darknet cfg, heads and routes that disagree with what is around them', () => {
  const head = (lines: string, dialect?: string) =>
    priced(`${net}[convolutional]\nfilters=21\n[yolo]\nclasses=2\n${lines}\n`, dialect);

  it('anchors are num pairs', () => {
    assert.deepEqual(codes(head('num=3\nanchors=1,2, 3,4, 5,6')), []);
    assert.deepEqual(codes(head('mask=0,1,2\nnum=6\nanchors=1,2, 3,4, 5,6')), []);
    assert.deepEqual(codes(head('num=3\nanchors=1,2, 3,4, 5')), ['too-few-anchors']);
    assert.deepEqual(codes(head('mask=3,4,5\nnum=6\nanchors=1,2, 3,4, 5,6')), ['too-few-anchors']);
    const many = head('mask=0,1,2\nnum=3\nanchors=1,2, 3,4, 5,6, 7,8');
    assert.deepEqual([many.problems[0]!.severity, report(many).totals.complete], ['warning', true]);
    fixed(many, 'too-many-anchors');
    // The original writes past the end of its buffer.
    const over = head('mask=0,1,2\nnum=3\nanchors=1,2, 3,4, 5,6, 7,8', 'pjreddie');
    assert.deepEqual([over.problems[0]!.severity, report(over).totals.complete], ['error', false]);
  });

  it('a route of more groups than channels is a vector', () => {
    const { layers, totals } = report(priced(`${net}${conv}[route]\nlayers=-1\ngroups=16\n[connected]\noutput=2\n`));
    assert.deepEqual([layers[2]!.outputs[0], layers[3]!.params, totals.complete], [[1, 128], 258, true]);
    const none = priced(`${net}${conv}[route]\nlayers=-1\ngroups=5000\n`);
    assert.deepEqual([codes(none), report(none).totals.complete], [['more-groups-than-channels'], false]);
  });

  it('[detection] asks a convolution for filters, not for output', () => {
    const analysed = priced(`${net}${conv}[detection]\nclasses=2\ncoords=4\nnum=2\nside=16\n`);
    assert.match(analysed.problems[0]!.help!, /filters=12/);
    fixed(analysed, 'filters-mismatch');
  });

  it('[reorg] with extra is a vector at pjreddie’s, who alone reads it', () => {
    const shape = (extra: string, dialect?: string) =>
      report(priced(`${net}[reorg]\nstride=2\nextra=${extra}\n`, dialect)).layers[1]!.outputs[0];
    assert.deepEqual(
      [shape('1'), shape('-24'), shape('0'), shape('1', 'alexeyab')],
      [
        [1, 1025],
        [1, 1000],
        [1, 16, 8, 8],
        [1, 16, 8, 8],
      ],
    );
  });
});

function priced(text: string, dialect?: string): Analysed {
  const settings = { ...defaultSettings, dialect };
  return price(open({ name: 'a.cfg', text }, settings)!, settings)!;
}

const codes = ({ problems }: Analysed): string[] => problems.map(({ code }) => code);

/** The fix of a problem removes it, and every error. */
function fixed(analysed: Analysed, code: string): void {
  const { text } = analysed.document.source;
  const problem = analysed.problems.find(each => each.code === code);
  assert.ok(problem?.fixes?.[0], `no fix for ${code} in ${text}`);
  const after = priced(applyEdits(text, problem.fixes[0].edits), analysed.settings.dialect);
  assert.deepEqual(
    after.problems.filter(each => each.code === code || each.severity === 'error'),
    [],
  );
}
