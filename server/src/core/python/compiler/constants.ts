// Numbers, strings and the like.
import type { Expression } from '../../syntax/python/ast.ts';
import { ellipsis, PyBytes, PyComplex, PyFloat, type Value } from '../objects.ts';

export function constantOf(node: Expression & { readonly kind: 'Constant' }): Value {
  switch (node.type) {
    case 'int':
      return typeof node.value === 'bigint' && node.value <= 9007199254740991n && node.value >= -9007199254740991n
        ? Number(node.value)
        : node.value;
    case 'float':
      return new PyFloat(node.value);
    case 'complex':
      return new PyComplex(0, node.value);
    case 'str':
      return node.value;
    case 'bytes':
      return new PyBytes(node.value);
    case 'bool':
      return node.value;
    case 'None':
      return null;
    case 'Ellipsis':
      return ellipsis;
  }
}
