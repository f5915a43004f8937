// One line of a correct YAML text, damaged as hands and input methods do.
import fc from 'fast-check';

export interface Damaged {
  readonly text: string;
  /** 0-based. */
  readonly line: number;
}

const wide: Readonly<Record<string, string>> = {
  ',': '，',
  ':': '：',
  '[': '［',
  ']': '］',
  '{': '｛',
  '}': '｝',
  '"': '“',
  '-': '－',
  ' ': '\u3000',
};

type Slip = (line: string, at: number) => string;

/** Changes the character at the place nearest after `at` that a pattern finds. */
const found = (line: string, pattern: RegExp, at: number): number => {
  const places = [...line.matchAll(pattern)].map(({ index }) => index);
  return places.length === 0 ? -1 : places[at % places.length]!;
};

const without: Slip = (line, at) => (at < 0 ? line : line.slice(0, at) + line.slice(at + 1));

const slips: readonly Slip[] = [
  (line, at) => ' '.repeat(1 + (at % 3)) + line,
  (line, at) => line.replace(/^ +/, margin => margin.slice(1 + (at % 2))),
  line => line.replace('- ', ''),
  line => line.replace('- ', '-'),
  (line, at) => without(line, found(line, /[[\]{}]/g, at)),
  (line, at) => {
    const place = found(line, /[[\]{}]/g, at);
    return place < 0 ? line : line.slice(0, place) + line.slice(place, place + 1) + line.slice(place);
  },
  line => line.replace(':', ''),
  (line, at) => line.slice(0, at % (line.length + 1)) + line.slice((at % (line.length + 1)) + 1 + (at % 3)),
  line => `${line.replace(/ +#.*$/, '')},`,
  (line, at) => {
    const place = found(line, /[,:[\]{}" -]/g, at);
    return place < 0 ? line : line.slice(0, place) + wide[line[place]!]! + line.slice(place + 1);
  },
  (line, at) => line.slice(0, at % (line.length + 1)),
  line => line.replace(/^ +/, '\t'),
  (line, at) => without(line, found(line, /["']/g, at)),
];

/** A text with one of its lines that say something damaged. */
export function damaged(texts: readonly string[]): fc.Arbitrary<Damaged> {
  return fc
    .record({ text: fc.constantFrom(...texts), slip: fc.constantFrom(...slips), line: fc.nat(), at: fc.nat(200) })
    .map(({ text, slip, line, at }) => {
      const lines = text.split('\n');
      const places = lines.flatMap((each, index) => (/^\s*[^#\s]/.test(each) ? [index] : []));
      const place = places[line % places.length]!;
      return { text: lines.with(place, slip(lines[place]!, at)).join('\n'), line: place };
    })
    .filter(({ text }) => !texts.includes(text));
}
