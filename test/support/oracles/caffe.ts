// A second, naive reader of networks: protobuf's text format by its specification, a handful of layers by BVLC's
// sources, and rejection of anything else. It shares no code with the reader under test.

export interface Costs {
  readonly params: number;
  readonly macs: number;
}

type Value = { readonly kind: 'string' | 'number' | 'word'; readonly text: string } | Message;
interface Message {
  readonly kind: 'message';
  readonly fields: readonly (readonly [string, Value])[];
}

/** The costs of a text if Caffe accepts it; undefined if it does not. */
export function strictCosts(text: string): Costs | undefined {
  try {
    return costsOf(parse(text));
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

class Refusal extends Error {}

function demand(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Refusal(why);
}

function parse(text: string): Message {
  const tokens: string[] = [];
  // Tokenizer::ConsumeZeroOrMore<Whitespace>: protobuf has no other white space.
  const lexer =
    /[ \t\r\n\v\f]+|#[^\n]*|("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[A-Za-z_]\w*|\.?\d[\w.]*|[-{}<>:;,[\]])/y;
  while (lexer.lastIndex < text.length) {
    const at = lexer.lastIndex;
    const match = lexer.exec(text);
    demand(match !== null, `no token at ${at}`);
    if (match[1] !== undefined) tokens.push(match[1]);
  }
  let next = 0;
  const fields = (close: string | undefined): Message => {
    const list: (readonly [string, Value])[] = [];
    for (;;) {
      if (tokens[next] === close) {
        next++;
        return { kind: 'message', fields: list };
      }
      const name = tokens[next++];
      demand(name !== undefined && /^[A-Za-z_]/.test(name), `no name: ${name}`);
      const colon = tokens[next] === ':';
      if (colon) next++;
      if (tokens[next] === '{' || tokens[next] === '<') {
        const end = tokens[next++] === '{' ? '}' : '>';
        list.push([name, fields(end)]);
      } else {
        demand(colon, `no colon behind ${name}`);
        list.push([name, scalar()]);
      }
      if (tokens[next] === ',' || tokens[next] === ';') next++;
    }
  };
  const scalar = (): Value => {
    let token = tokens[next++];
    demand(token !== undefined, 'no value');
    if (/^["']/.test(token)) {
      let whole = '';
      for (next--; /^["']/.test(tokens[next] ?? ''); next++) whole += tokens[next]!.slice(1, -1);
      return { kind: 'string', text: whole };
    }
    if (token === '-') token += tokens[next++] ?? '';
    if (/^-?(?:0|[1-9]\d*)(?:\.\d*)?$/.test(token)) return { kind: 'number', text: token };
    demand(/^[A-Za-z_]\w*$/.test(token), `no value: ${token}`);
    return { kind: 'word', text: token };
  };
  return fields(undefined);
}

/** Types of the fields that occur in the tests: s string, u unsigned integer, w word, else a message. */
const known: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  net: { name: 's', 'input*': 's', 'input_shape*': 'shape', 'layer*': 'layer' },
  shape: { 'dim*': 'u' },
  layer: {
    name: 's',
    type: 's',
    'bottom*': 's',
    'top*': 's',
    'param*': 'param',
    convolution_param: 'convolution',
    pooling_param: 'pooling',
    inner_product_param: 'inner',
    eltwise_param: 'eltwise',
    input_param: 'input',
  },
  param: { name: 's', lr_mult: 'u', decay_mult: 'u' },
  filler: { type: 's' },
  convolution: { num_output: 'u', 'kernel_size*': 'u', 'pad*': 'u', group: 'u', weight_filler: 'filler' },
  pooling: { pool: 'w', kernel_size: 'u', stride: 'u', pad: 'u' },
  inner: { num_output: 'u', weight_filler: 'filler' },
  eltwise: { operation: 'w' },
  input: { 'shape*': 'shape' },
};

const words: ReadonlySet<string> = new Set(['MAX', 'AVE', 'STOCHASTIC', 'SUM', 'PROD']);

function check({ fields }: Message, kind: string): void {
  const seen = new Set<string>();
  for (const [name, value] of fields) {
    const single = known[kind]![name];
    const wanted = single ?? known[kind]![`${name}*`];
    demand(wanted !== undefined, `${kind} has no ${name}`);
    demand(single === undefined || !seen.has(name), `${name} twice`);
    seen.add(name);
    if (value.kind === 'message') {
      demand(wanted in known, `${name} is no message`);
      check(value, wanted);
    } else if (wanted === 's') demand(value.kind === 'string', `${name} is a string`);
    else if (wanted === 'u') demand(value.kind === 'number' && /^\d+$/.test(value.text), `${name} is a number`);
    else demand(wanted === 'w' && value.kind === 'word' && words.has(value.text), `${name} is a word`);
  }
}

const all = ({ fields }: Message, name: string): readonly Value[] =>
  fields.flatMap(([own, value]) => (own === name ? [value] : []));
const texts = (message: Message, name: string): readonly string[] =>
  all(message, name).map(value => (value.kind === 'message' ? '' : value.text));
const inner = (message: Message, name: string): Message =>
  (all(message, name)[0] as Message | undefined) ?? { kind: 'message', fields: [] };
const number = (message: Message, name: string, standard: number): number =>
  Number(texts(message, name)[0] ?? standard);
const product = (sizes: readonly number[]): number => sizes.reduce((whole, size) => whole * size, 1);

function costsOf(net: Message): Costs {
  check(net, 'net');
  const blobs = new Map<string, readonly number[]>();
  let params = 0;
  let macs = 0;
  const feed = (name: string, shape: Message): void => {
    const dims = texts(shape, 'dim').map(Number);
    demand(
      dims.every(size => size > 0),
      'sizes are above 0',
    );
    demand(!blobs.has(name), `${name} is made twice`);
    // Costs are for one sample.
    blobs.set(name, dims.length > 0 ? [1, ...dims.slice(1)] : dims);
  };
  const inputs = texts(net, 'input');
  const shapes = all(net, 'input_shape') as readonly Message[];
  // UpgradeNetInput: there is no input without a shape; additional shapes are ignored.
  demand(shapes.length >= inputs.length, 'a shape for each input');
  inputs.forEach((name, at) => {
    feed(name, shapes[at]!);
  });
  for (const layer of all(net, 'layer') as readonly Message[]) {
    const [type] = texts(layer, 'type');
    const bottoms = texts(layer, 'bottom');
    const tops = texts(layer, 'top');
    const taken = bottoms.map(name => {
      const shape = blobs.get(name);
      demand(shape !== undefined, `no blob ${name}`);
      return shape;
    });
    tops.forEach((name, at) => {
      demand(!blobs.has(name) || bottoms[at] === name, `${name} is made twice`);
    });
    if (type === 'Input') {
      demand(bottoms.length === 0 && tops.length >= 1, 'Input has tops alone');
      const own = all(inner(layer, 'input_param'), 'shape') as readonly Message[];
      demand(own.length === 1 || own.length === tops.length, 'a shape for each top');
      tops.forEach((name, at) => {
        feed(name, own[own.length === 1 ? 0 : at]!);
      });
      demand(all(layer, 'param').length === 0, 'Input has no parameters');
      continue;
    }
    const x = taken[0];
    demand(x !== undefined, `${type} has a bottom`);
    const isInPlace = tops.some((name, at) => bottoms[at] === name);
    const most: Record<string, number> = { Convolution: 2, InnerProduct: 2, BatchNorm: 3 };
    demand(all(layer, 'param').length <= (most[type ?? ''] ?? 0), 'too many param');
    const put = (shape: readonly number[]): void => {
      demand(taken.length === 1 && tops.length === 1, `${type} has one bottom and one top`);
      blobs.set(tops[0]!, shape);
    };
    switch (type) {
      case 'Convolution': {
        const param = inner(layer, 'convolution_param');
        const out = number(param, 'num_output', 0);
        const group = number(param, 'group', 1);
        const spatial = x.slice(2);
        const each = (name: string, standard: number | undefined): readonly number[] => {
          const list = texts(param, name).map(Number);
          demand(list.length <= 1 || list.length === spatial.length, `${name} once or for each`);
          if (list.length === 0) demand(standard !== undefined || spatial.length === 0, `no ${name}`);
          return spatial.map((_, at) => (list.length === 1 ? list[0]! : (list[at] ?? standard!)));
        };
        const kernel = each('kernel_size', undefined);
        const pad = each('pad', 0);
        demand(x.length >= 2 && out > 0 && group > 0 && kernel.every(size => size > 0), 'sizes are above 0');
        demand(x[1]! % group === 0 && out % group === 0, 'groups divide');
        const map = spatial.map((size, at) => size + 2 * pad[at]! - kernel[at]! + 1);
        demand(map.every(size => size > 0) && !isInPlace, 'windows fit');
        const weights = out * (x[1]! / group) * product(kernel);
        params += weights + out;
        macs += weights * product(map);
        demand(taken.length === tops.length && taken.every(shape => String(shape) === String(x)), 'as many tops');
        macs += weights * product(map) * (taken.length - 1);
        for (const top of tops) blobs.set(top, [1, out, ...map]);
        break;
      }
      case 'InnerProduct': {
        const out = number(inner(layer, 'inner_product_param'), 'num_output', 0);
        demand(out > 0 && x.length >= 2 && !isInPlace, 'there is an output');
        params += out * product(x.slice(1)) + out;
        macs += out * product(x.slice(1));
        put([1, out]);
        break;
      }
      case 'Pooling': {
        const param = inner(layer, 'pooling_param');
        const kernel = number(param, 'kernel_size', 0);
        const stride = number(param, 'stride', 1);
        demand(x.length === 4 && kernel > 0 && stride > 0 && !isInPlace, 'a window');
        demand(
          texts(param, 'pool').every(word => ['MAX', 'AVE', 'STOCHASTIC'].includes(word)),
          'a method',
        );
        put([1, x[1]!, ...x.slice(2).map(size => Math.ceil((size - kernel) / stride) + 1)]);
        break;
      }
      case 'BatchNorm':
        demand(x.length >= 2, 'channels');
        demand(
          (all(layer, 'param') as readonly Message[]).every(param => number(param, 'lr_mult', 1) === 0),
          'statistics',
        );
        put(x);
        break;
      case 'ReLU':
        put(x);
        break;
      case 'Eltwise': {
        demand(
          texts(inner(layer, 'eltwise_param'), 'operation').every(word => ['SUM', 'PROD', 'MAX'].includes(word)),
          'an operation',
        );
        demand(
          taken.length >= 2 && tops.length === 1 && taken.every(shape => String(shape) === String(x)),
          'equal shapes',
        );
        blobs.set(tops[0]!, x);
        break;
      }
      default:
        throw new Refusal(`no type ${type}`);
    }
  }
  return { params, macs };
}
