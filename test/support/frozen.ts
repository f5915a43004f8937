/** Deeply freezes a value, so that later changes throw. Private fields, which are caches, stay writable. */
export function frozen<T>(value: T): T {
  const seen = new Set<unknown>();
  const left: unknown[] = [value];
  while (left.length > 0) {
    const at = left.pop();
    if (at === null || (typeof at !== 'object' && typeof at !== 'function') || seen.has(at)) continue;
    seen.add(at);
    // Typed arrays cannot be frozen; all of them are in private fields.
    if (!ArrayBuffer.isView(at)) Object.freeze(at);
    if (at instanceof Map) for (const [key, each] of at) left.push(key, each);
    else if (at instanceof Set) left.push(...at);
    for (const { value: each } of Object.values(Object.getOwnPropertyDescriptors(at))) left.push(each);
  }
  return value;
}
