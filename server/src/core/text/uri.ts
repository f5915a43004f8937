// Addresses of files, and paths as the core has them: absolute, with forward slashes. Files that are not on a disk
// (`vscode-vfs://github/owner/repository/model.py`) have a path too, which no disk has: `/@vscode-vfs/github/owner/…`.

/** Where the file at an address is; undefined of an address that is not that of a file. */
export function pathOfUri(uri: string): string | undefined {
  const [, scheme = '', hasAuthority, authority = '', path = '', rest = ''] =
    /^([A-Za-z][\w+.-]*):(?:(\/\/)([^/?#]*))?([^?#]*)(.*)$/s.exec(uri) ?? [];
  const decoded = decode(path);
  if (decoded === undefined || !decoded.startsWith('/')) return undefined;
  if (scheme.toLowerCase() === 'file') {
    if (hasAuthority === undefined) return undefined;
    if (authority !== '' && authority !== 'localhost') return `//${authority}${decoded}`;
    return /^\/[A-Za-z]:(?:\/|$)/.test(decoded) ? decoded.slice(1) : decoded;
  }
  // What is asked for besides a file (`git:/model.py?HEAD`) is another text than the file's.
  if (rest !== '') return undefined;
  return `/@${scheme}/${authority === '' ? '@' : authority}${decoded}`.replace(/\/$/, '');
}

/** The address of the file at a path. */
export function uriOfPath(path: string): string {
  const [, scheme, authority = '', rest = ''] = /^\/@([^/]+)\/([^/]*)(.*)$/s.exec(path) ?? [];
  if (scheme !== undefined) return `${scheme}:${authority === '@' ? '' : `//${authority}`}${encode(rest || '/')}`;
  if (path.startsWith('//')) return `file:${encode(path)}`;
  return `file://${path.startsWith('/') ? '' : '/'}${encode(path)}`;
}

/** Whether a path is that of a file that is not on a disk. */
export const isVirtual = (path: string): boolean => path.startsWith('/@');

function decode(path: string): string | undefined {
  // A slash within a name is none of a path.
  if (/%2f/i.test(path)) return undefined;
  try {
    return decodeURIComponent(path).replaceAll('\\', '/');
  } catch {
    return undefined;
  }
}

/** As Node writes them. */
function encode(path: string): string {
  const whole = path.replace(/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g, '\uFFFD');
  return encodeURI(whole).replace(/[?#~]/g, sign => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
