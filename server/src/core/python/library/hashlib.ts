// The module `hashlib`: SHA-256 alone.
import { typeName } from '../builtins/classes.ts';
import { native, nativeClass } from '../native.ts';
import { PyBytes, PyInstance, Unknown, type Value } from '../objects.ts';
import { missing, moduleOf } from './module.ts';

/** The first bits of the fractional parts of roots of the first primes (FIPS 180-4). */
const { start, rounds } = constants();

function constants(): { readonly start: readonly number[]; readonly rounds: readonly number[] } {
  const primes: number[] = [];
  for (let number = 2; primes.length < 64; number++)
    if (primes.every(prime => number % prime !== 0)) primes.push(number);
  const bits = (root: number): number => ((root - Math.floor(root)) * 2 ** 32) | 0;
  return {
    start: primes.slice(0, 8).map(prime => bits(Math.sqrt(prime))),
    rounds: primes.map(prime => bits(Math.cbrt(prime))),
  };
}

const turned = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

/** The SHA-256 of bytes, each a character, in hexadecimal digits. */
export function sha256(bytes: string): string {
  const length = Math.ceil((bytes.length + 9) / 64) * 16;
  const words = new Int32Array(length);
  for (let at = 0; at < bytes.length; at++) words[at >> 2]! |= bytes.charCodeAt(at) << (24 - (at % 4) * 8);
  words[bytes.length >> 2]! |= 0x80 << (24 - (bytes.length % 4) * 8);
  words[length - 2] = Math.floor(bytes.length / 2 ** 29);
  words[length - 1] = bytes.length << 3;
  const hash = Int32Array.from(start);
  const w = new Int32Array(64);
  for (let block = 0; block < length; block += 16) {
    for (let at = 0; at < 64; at++) {
      if (at < 16) w[at] = words[block + at]!;
      else {
        const [a, b] = [w[at - 15]!, w[at - 2]!];
        const small = turned(a, 7) ^ turned(a, 18) ^ (a >>> 3);
        const large = turned(b, 17) ^ turned(b, 19) ^ (b >>> 10);
        w[at] = (w[at - 16]! + small + w[at - 7]! + large) | 0;
      }
    }
    let [a, b, c, d, e, f, g, h] = hash as unknown as [number, number, number, number, number, number, number, number];
    for (let at = 0; at < 64; at++) {
      const large = turned(e, 6) ^ turned(e, 11) ^ turned(e, 25);
      const first = (h + large + ((e & f) ^ (~e & g)) + rounds[at]! + w[at]!) | 0;
      const second = ((turned(a, 2) ^ turned(a, 13) ^ turned(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
    }
    for (const [at, word] of [a, b, c, d, e, f, g, h].entries()) hash[at] = (hash[at]! + word) | 0;
  }
  return [...hash].map(word => (word >>> 0).toString(16).padStart(8, '0')).join('');
}

export const hashlib = moduleOf('hashlib', machine => {
  const cls = nativeClass(
    machine,
    'HASH',
    [],
    {
      update: native('update', 'self, data, /', ([self, data], inner) => {
        const object = self as PyInstance;
        const before = object.get('_data')!;
        if (data !== undefined && !(data instanceof Unknown) && !(data instanceof PyBytes))
          throw inner.raise('TypeError', `object supporting the buffer API required, not ${typeName(data, inner)}`);
        object.set(
          '_data',
          before instanceof PyBytes && data instanceof PyBytes ? new PyBytes(before.text + data.text) : data!,
        );
        return null;
      }),
      hexdigest: native('hexdigest', 'self', ([self]) => {
        const data = (self as PyInstance).get('_data')!;
        return data instanceof PyBytes ? sha256(data.text) : data;
      }),
      copy: native('copy', 'self', ([self]) => {
        const copy = new PyInstance((self as PyInstance).cls);
        copy.set('_data', (self as PyInstance).get('_data')!);
        return copy;
      }),
    },
    { module: '_hashlib' },
  );
  return [
    [
      native('sha256', 'data=..., *, usedforsecurity=True', ([data], inner) => {
        if (data instanceof Unknown) return data;
        const object = new PyInstance(cls);
        const bytes: Value = data instanceof PyBytes ? data : new PyBytes('');
        if (typeof data === 'string') throw inner.raise('TypeError', 'Strings must be encoded before hashing');
        object.set('_data', bytes);
        return object;
      }),
    ],
    missing('hashlib', 'md5', 'sha1', 'sha224', 'sha384', 'sha512', 'blake2b', 'blake2s', 'new'),
  ];
});
