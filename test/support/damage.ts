// Damages one line of a correct text in the way of typos and input methods.
import fc from 'fast-check';

export interface Damaged {
  /** The text before the damage. */
  readonly whole: string;
  readonly text: string;
  /** The damaged line, 0-based. */
  readonly line: number;
  /** Whether only a single punctuation mark is missing or doubled. */
  readonly isSign: boolean;
}

const wide: Readonly<Record<string, string>> = {
  ',': '，',
  ':': '：',
  '[': '［',
  ']': '］',
  '{': '｛',
  '}': '｝',
  '"': '“',
  '=': '＝',
  ';': '；',
  '#': '＃',
};

/** Damages a line, given the next one; `sign` is the position of a punctuation mark, −1 if there is none. */
type Slip = (line: string, at: number, sign: number, next: string) => readonly string[];

const inLine =
  (slip: (line: string, at: number, sign: number) => string): Slip =>
  (line, at, sign, next) => [slip(line, at % (line.length + 1), sign), next];

const cut = (line: string, from: number, length: number): string =>
  from < 0 ? line : line.slice(0, from) + line.slice(from + length);
const put = (line: string, at: number, text: string): string =>
  at < 0 ? line : line.slice(0, at) + text + line.slice(at);

const loseSign = inLine((line, _, sign) => cut(line, sign, 1));
const doubleSign = inLine((line, _, sign) => put(line, sign, line[sign] ?? ''));

const slips: readonly Slip[] = [
  loseSign,
  doubleSign,
  inLine((line, at) => ' '.repeat(1 + (at % 3)) + line),
  inLine((line, at) => line.replace(/^ +/, margin => margin.slice(1 + (at % 2)))),
  inLine(line => line.replace(/^ +/, '\t')),
  inLine(line => line.replace('- ', '')),
  inLine(line => line.replace('- ', '-')),
  inLine(line => line.replace('- ', '－ ')),
  inLine(line => line.replace(/[:=]/, '')),
  inLine(line => line.replace(/[:=]/, ' ')),
  inLine(line => line.replace(/([:=]).*/, '$1')),
  inLine((line, _, sign) => (sign < 0 ? line : put(cut(line, sign, 1), sign, wide[line[sign]!] ?? ''))),
  // The full-width space of an input method, only in rows: in keys and settings PyYAML takes it for a letter, we for a
  // space.
  inLine((line, at) => {
    const space = /^\s*-/.test(line) ? line.indexOf(' ', at) : -1;
    return space < 0 ? line : put(cut(line, space, 1), space, '\u3000');
  }),
  inLine((line, at) => cut(line, at, 1 + (at % 4))),
  inLine((line, at) => line.slice(0, at)),
  ...['x', '7', ' ', '\n'].map(text => inLine((line, at) => put(line, at, text))),
  (_line, _at, _sign, next) => [next],
  (line, _at, _sign, next) => [line, line, next],
  (line, _at, _sign, next) => [line + next],
];

const trailingComma = inLine(line => `${line.replace(/ +#.*$/, '')},`);

/**
 * Correct texts with damage in one of the lines with content; `signs` are the punctuation marks of the language, of
 * which `loose` are inserted anywhere.
 */
export function damaged(correct: fc.Arbitrary<string>, signs: string, loose: string): fc.Arbitrary<Damaged> {
  const puts = [
    ...[...loose].map(sign => inLine((line, at) => put(line, at, sign))),
    ...(signs.includes(',') ? [trailingComma] : []),
  ];
  return fc
    .record({ whole: correct, slip: fc.constantFrom(...slips, ...puts), line: fc.nat(), at: fc.nat(200) })
    .map(({ whole, slip, line: nth, at }) => {
      const lines = whole.split('\n');
      const places = lines.flatMap((each, index) => (/^\s*[^#;\s]/.test(each) ? [index] : []));
      const line = places[nth % places.length]!;
      const old = lines[line]!;
      const found = [...old].flatMap((letter, index) => (signs.includes(letter) ? [index] : []));
      const sign = found.length === 0 ? -1 : found[at % found.length]!;
      const next = lines[line + 1];
      const fresh = slip(old, at, sign, next ?? '');
      const kept = next === undefined && fresh.length > 1 ? fresh.slice(0, -1) : fresh;
      const text = lines.toSpliced(line, 2, ...kept).join('\n');
      return { whole, text, line, isSign: slip === loseSign || slip === doubleSign || puts.includes(slip) };
    })
    .filter(({ whole, text }) => text !== whole);
}
