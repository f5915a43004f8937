// npm run generate: writes the docs and schemas that are generated from the sources. test/generated.test.ts checks
// them.
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { documents, pathOf, stored } from './generate/documents.ts';

for (const document of documents) {
  const before = stored(document);
  const after = document.content(before);
  if (after === before) continue;
  const path = pathOf(document);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, after);
  console.log(`Wrote ${document.path}`);
}
