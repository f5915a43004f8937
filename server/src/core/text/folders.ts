// Functions on the core's paths: absolute, with forward slashes.

export function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The last part of a path. */
export function nameIn(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A folder and up to `mostLevels` above it, nearest first; without the root and the folders directly in it. */
export function foldersAbove(folder: string, mostLevels: number): readonly string[] {
  const found: string[] = [];
  for (let at = folder; found.length < mostLevels; at = parentOf(at)) {
    if (found.length > 0 && at.split('/').filter(part => part !== '' && !part.endsWith(':')).length < 2) break;
    found.push(at);
    if (!at.includes('/')) break;
  }
  return found;
}

/** Resolves a path written in a file of a folder. */
export function joined(folder: string, written: string): string {
  const path = written.replaceAll('\\', '/');
  const isAbsolute = path.startsWith('/') || /^[A-Za-z]:\//.test(path);
  const parts: string[] = [];
  const root = isAbsolute ? path : `${folder}/${path}`;
  for (const part of root.split('/')) {
    if (part === '..') {
      if (parts.length > 1) parts.pop();
    } else if (part !== '.' && (part !== '' || parts.length === 0)) parts.push(part);
  }
  return parts.length === 1 && parts[0] === '' ? '/' : parts.join('/');
}
