// f-strings.
import type { FormattedValue } from '../../syntax/python/ast.ts';
import { type FormatDetail, op } from '../code.ts';
import type { Unit } from './unit.ts';

export function joined(unit: Unit, parts: readonly (string | FormattedValue)[]): void {
  for (const part of parts) {
    if (typeof part === 'string') {
      unit.constant(part);
      continue;
    }
    unit.expression(part.value);
    const hasFormat = part.format.length > 0;
    if (hasFormat) joined(unit, part.format);
    const detail: FormatDetail = { conversion: part.conversion, hasFormat };
    unit.emit(op.format, unit.detail(detail), hasFormat ? -1 : 0);
  }
  unit.emit(op.join, parts.length, 1 - parts.length);
}
