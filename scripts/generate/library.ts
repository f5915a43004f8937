// Generates a module with the Python libraries that are bundled as source: core reads no files.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = new URL('../../server/src/core/torch/python/library/sources/', import.meta.url);

export function librarySources(): string {
  const files = readdirSync(folder, { recursive: true })
    .map(name => String(name).replaceAll('\\', '/'))
    .filter(name => name.endsWith('.py'))
    .sort();
  const entries = files.map(name => {
    const text = readFileSync(fileURLToPath(new URL(name, folder)), 'utf8');
    return `  [${JSON.stringify(name)}, ${JSON.stringify(text)}],`;
  });
  return [
    '// Generated from the files beside it by npm run generate.',
    'export const sources: ReadonlyMap<string, string> = new Map([',
    ...entries,
    ']);',
    '',
  ].join('\n');
}
