// bytes: as far as model files use them, for names and constants.
import { type Native, PyBytes } from '../objects.ts';
import { textOf } from './conversions.ts';
import { unsupported } from './limits.ts';
import { methodsOf } from './methods.ts';
import { bytesText, isAscii } from './text.ts';

const { strict } = methodsOf('bytes', value => (value instanceof PyBytes ? value : undefined));

export const bytesMethods: readonly Native[] = [
  strict('decode', "encoding='utf-8', errors='strict'", ({ text }, [encoding], machine) => {
    if (isAscii(text) && /^(utf-?8|ascii|latin-?1)$/i.test(textOf(encoding!) ?? '')) return text;
    return unsupported(machine, 'bytes.decode()');
  }),
  strict('hex', '', ({ text }) =>
    [...text].map(character => character.charCodeAt(0).toString(16).padStart(2, '0')).join(''),
  ),
  strict('__repr__', '', ({ text }) => bytesText(text)),
];

/** A text as UTF-8, a character for a byte. */
export function utf8(text: string): string {
  let bytes = '';
  for (const character of text) {
    const point = character.codePointAt(0)!;
    if (point < 0x80) bytes += character;
    else if (point < 0x800) bytes += String.fromCharCode(0xc0 | (point >> 6), 0x80 | (point & 63));
    else if (point < 0x10000) {
      bytes += String.fromCharCode(0xe0 | (point >> 12), 0x80 | ((point >> 6) & 63), 0x80 | (point & 63));
    } else {
      bytes += String.fromCharCode(
        0xf0 | (point >> 18),
        0x80 | ((point >> 12) & 63),
        0x80 | ((point >> 6) & 63),
        0x80 | (point & 63),
      );
    }
  }
  return bytes;
}
