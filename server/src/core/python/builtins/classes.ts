// The classes of the built-in types, and which values belong to which. They are the same for all machines: a program
// cannot change them. What their methods are stands in the file of each type; `types.ts` puts them together.
import {
  Native,
  PyBoundMethod,
  PyBoxed,
  PyClass,
  PyInstance,
  PyList,
  PyDict,
  PyObject,
  PySet,
  PyTuple,
  Unknown,
  type Value,
} from '../objects.ts';

export const objectClass = new PyClass('object', 'builtins', [], []);

function builtin(name: string, base: PyClass = objectClass, module = 'builtins'): PyClass {
  return new PyClass(name, module, [base], base.mro);
}

export const typeClass = builtin('type');
export const noneClass = builtin('NoneType');
export const intClass = builtin('int');
export const boolClass = builtin('bool', intClass);
export const floatClass = builtin('float');
export const complexClass = builtin('complex');
export const strClass = builtin('str');
export const bytesClass = builtin('bytes');
export const listClass = builtin('list');
export const tupleClass = builtin('tuple');
export const dictClass = builtin('dict');
export const setClass = builtin('set');
export const frozensetClass = builtin('frozenset');
export const rangeClass = builtin('range');
export const sliceClass = builtin('slice');
export const ellipsisClass = builtin('ellipsis');
export const notImplementedClass = builtin('NotImplementedType');
export const dictKeysClass = builtin('dict_keys');
export const dictValuesClass = builtin('dict_values');
export const dictItemsClass = builtin('dict_items');
export const functionClass = builtin('function');
export const nativeFunctionClass = builtin('builtin_function_or_method');
export const methodClass = builtin('method');
export const generatorClass = builtin('generator');
export const iteratorClass = builtin('iterator');
export const moduleClass = builtin('module');
export const propertyClass = builtin('property');
export const staticMethodClass = builtin('staticmethod');
export const classMethodClass = builtin('classmethod');
export const superClass = builtin('super');
export const aliasClass = builtin('GenericAlias', objectClass, 'types');

const byKind: ReadonlyMap<string, PyClass> = new Map([
  ['float', floatClass],
  ['complex', complexClass],
  ['bytes', bytesClass],
  ['ellipsis', ellipsisClass],
  ['NotImplementedType', notImplementedClass],
  ['list', listClass],
  ['tuple', tupleClass],
  ['dict', dictClass],
  ['set', setClass],
  ['frozenset', frozensetClass],
  ['range', rangeClass],
  ['slice', sliceClass],
  ['dict_keys', dictKeysClass],
  ['dict_values', dictValuesClass],
  ['dict_items', dictItemsClass],
  ['function', functionClass],
  ['builtin_function_or_method', nativeFunctionClass],
  ['method', methodClass],
  ['generator', generatorClass],
  ['iterator', iteratorClass],
  ['module', moduleClass],
  ['property', propertyClass],
  ['staticmethod', staticMethodClass],
  ['classmethod', classMethodClass],
  ['super', superClass],
  ['alias', aliasClass],
]);

/** The class of a value; undefined for what is unknown. */
export function typeOf(value: Value): PyClass | undefined {
  switch (typeof value) {
    case 'number':
    case 'bigint':
      return intClass;
    case 'string':
      return strClass;
    case 'boolean':
      return boolClass;
  }
  if (value === null) return noneClass;
  if (value instanceof PyInstance) return value.cls;
  if (value instanceof PyList || value instanceof PyTuple || value instanceof PyDict || value instanceof PySet) {
    return value.own?.cls ?? byKind.get(value.kind);
  }
  if (value instanceof PyClass) return value.metaclass ?? typeClass;
  if (value instanceof PyBoundMethod && value.callee instanceof Native) return nativeFunctionClass;
  if (value instanceof Unknown) return undefined;
  return byKind.get(value.kind) ?? objectClass;
}

/** The name of a value's class, for messages. */
export function typeName(value: Value): string {
  return typeOf(value)?.name ?? 'unknown';
}

export function isSubclass(cls: PyClass, of: PyClass): boolean {
  return cls === of || cls.mro.includes(of) || of.subclassCheck?.(cls) === true;
}

/** Whether a value is of a class. False for what is unknown: ask for that first. */
export function isInstance(value: Value, cls: PyClass): boolean {
  const type = typeOf(value);
  return type !== undefined && isSubclass(type, cls);
}

/** What the class of a value, or one that it is derived from, has by a name: the operators look nowhere else. */
export function special(value: Value, name: string): Value | undefined {
  const type = typeOf(value);
  if (type === undefined) return undefined;
  return ofClass(type, name);
}

/** What a class or one that it is derived from has by a name. */
export function ofClass(type: PyClass, name: string): Value | undefined {
  for (const cls of type.mro) {
    const found = cls.dict.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * Whether a value of a built-in type is of a class of the program that defines a special method anew: then the type's own
 * way does not hold.
 */
export function overrides(value: PyObject, name: string): boolean {
  const own = (value as { own?: PyInstance | undefined }).own;
  const cls = own !== undefined ? own.cls : value instanceof PyBoxed ? value.cls : undefined;
  if (cls === undefined) return false;
  const found = ofClass(cls, name);
  return found !== undefined && !(found instanceof Native);
}

/** A boxed value as the plain one where its class is derived from that of the value; any other as it is. */
export function plain(value: Value): Value {
  if (value instanceof PyBoxed) {
    const type = typeOf(value.value)!;
    if (value.cls.mro.includes(type)) return value.value;
  }
  return value;
}
