import fc from 'fast-check';

/** Networks of layers that the naive reader supports, as text in several styles. */
export const caffeNetworks: fc.Arbitrary<string> = fc
  .record({
    hand: fc.constantFrom('wide', 'narrow', 'flat'),
    size: fc.constantFrom(12, 17),
    filters: fc.array(fc.constantFrom(4, 6, 8), { minLength: 1, maxLength: 3 }),
    isResidual: fc.boolean(),
    isPooled: fc.boolean(),
    isNormed: fc.boolean(),
    isInput: fc.boolean(),
  })
  .map(({ hand, size, filters, isResidual, isPooled, isNormed, isInput }) => {
    const layers: string[][] = [];
    const head = isInput
      ? ['name: "net"', 'input: "data"', `input_shape { dim: 1 dim: 3 dim: ${size} dim: ${size} }`]
      : ['name: "net"'];
    if (!isInput) {
      const shape = `shape { dim: 1 dim: 3 dim: ${size} dim: ${size} }`;
      layers.push(['name: "data"', 'type: "Input"', 'top: "data"', `input_param { ${shape} }`]);
    }
    let last = 'data';
    filters.forEach((filter, at) => {
      const own = `conv${at}`;
      const filler = 'weight_filler { type: "xavier" }';
      layers.push([
        `name: "${own}"`,
        'type: "Convolution"',
        `bottom: "${last}"`,
        `top: "${own}"`,
        'param { lr_mult: 1 decay_mult: 1 }',
        'convolution_param {',
        `  num_output: ${filter}`,
        '  kernel_size: 3',
        `  pad: 1${at === 1 ? ' group: 2' : ''}`,
        `  ${filler}`,
        '}',
      ]);
      if (isNormed) layers.push([`name: "bn${at}"`, 'type: "BatchNorm"', `bottom: "${own}"`, `top: "${own}"`]);
      layers.push([`name: "relu${at}"`, 'type: "ReLU"', `bottom: "${own}"`, `top: "${own}"`]);
      last = own;
    });
    if (isResidual) {
      const sum = 'eltwise_param { operation: SUM }';
      layers.push(['name: "sum"', 'type: "Eltwise"', `bottom: "${last}"`, `bottom: "${last}"`, 'top: "sum"', sum]);
      last = 'sum';
    }
    if (isPooled) {
      const pooling = 'pooling_param { pool: MAX kernel_size: 2 stride: 2 }';
      layers.push(['name: "pool"', 'type: "Pooling"', `bottom: "${last}"`, 'top: "pool"', pooling]);
      last = 'pool';
    }
    layers.push([
      'name: "fc"',
      'type: "InnerProduct"',
      `bottom: "${last}"`,
      'top: "fc"',
      'inner_product_param { num_output: 10 }',
    ]);
    const written = layers.map(fields => {
      if (hand === 'flat') return ['layer {', ...fields.map(field => field.trim()), '}'].join('\n');
      return hand === 'wide'
        ? ['layer {', ...fields.map(field => `  ${field}`), '}'].join('\n')
        : `layer { ${fields.map(field => field.trim()).join(' ')} }`;
    });
    return [...head, ...written].join('\n');
  });
