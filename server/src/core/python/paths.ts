// Paths as text, as `posixpath` computes them; those of Windows are known by their drive.

export function isAbsolute(path: string): boolean {
  return path.startsWith('/') || /^[A-Za-z]:\//.test(path);
}

export function join(first: string, ...rest: readonly string[]): string {
  let path = first;
  for (const part of rest) {
    if (isAbsolute(part)) path = part;
    else path += path === '' || path.endsWith('/') ? part : `/${part}`;
  }
  return path;
}

/** Without `.`, `..` and doubled slashes. */
export function normalized(path: string): string {
  if (path === '') return '.';
  const slashes = path.startsWith('//') && !path.startsWith('///') ? '//' : path.startsWith('/') ? '/' : '';
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..' || (slashes === '' && parts.length === 0) || parts.at(-1) === '..') parts.push(part);
    else if (parts.length > 0) parts.pop();
  }
  return slashes + parts.join('/') || '.';
}

/** Head and tail of a path. */
export function splitPath(path: string): readonly [string, string] {
  const at = path.lastIndexOf('/') + 1;
  const head = path.slice(0, at);
  return [/^\/+$/.test(head) ? head : head.replace(/\/+$/, ''), path.slice(at)];
}

/** The path without its extension, and the extension. */
export function splitExtension(path: string): readonly [string, string] {
  const name = path.slice(path.lastIndexOf('/') + 1);
  const match = /^(\.*[^.].*?)(\.[^.]*)$/.exec(name);
  if (match === null) return [path, ''];
  return [path.slice(0, path.length - match[2]!.length), match[2]!];
}

/** How one absolute path is reached from another. */
export function relative(path: string, start: string): string {
  const [to, from] = [path, start].map(each => normalized(each).split('/').filter(Boolean)) as [string[], string[]];
  let same = 0;
  while (same < to.length && same < from.length && to[same] === from[same]) same++;
  return [...from.slice(same).map(() => '..'), ...to.slice(same)].join('/') || '.';
}
