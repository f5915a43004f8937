// The list of everything that is generated.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { advicePage } from './advice.ts';
import { toolList } from './agents.ts';
import { conventionTables } from './conventions.ts';
import { deviceTable } from './devices.ts';
import { librarySources } from './library.ts';
import { filled } from './markdown.ts';
import { modulesPage } from './modules.ts';
import { operatorsPage } from './operators.ts';
import { problemsPage } from './problems.ts';
import { projectKeys, projectSchema } from './project.ts';
import { pythonNames } from './python.ts';
import { savings } from './savings.ts';
import { schema } from './schema.ts';
import { manifestWithSettings, manifestWords, settingsPage } from './settings.ts';
import { speaking } from './speaking.ts';
import { exitCodeTable, terminal } from './terminal.ts';
import { trainingTable } from './training.ts';

export interface Generated {
  /** Relative to the repository's root. */
  readonly path: string;
  /** The generated content; `before` is the current one, for pages that are only partly generated. */
  readonly content: (before: string) => string;
}

export const documents: readonly Generated[] = [
  { path: 'docs/operators.md', content: operatorsPage },
  { path: 'docs/modules.md', content: modulesPage },
  { path: 'docs/problems.md', content: problemsPage },
  { path: 'docs/settings.md', content: settingsPage },
  { path: 'docs/advice.md', content: advicePage },
  { path: 'docs/conventions.md', content: before => filled(before, conventionTables()) },
  { path: 'docs/training.md', content: before => filled(before, trainingTable()) },
  { path: 'docs/overview.md', content: before => filled(before, deviceTable()) },
  { path: 'docs/theory.md', content: before => filled(before, { savings: savings() }) },
  {
    path: 'docs/theory.zh-CN.md',
    content: before => filled(before, { savings: speaking('zh-cn', savings) }),
  },
  { path: 'docs/python.md', content: before => filled(before, pythonNames()) },
  { path: 'docs/agents.md', content: before => filled(before, { tools: toolList() }) },
  { path: 'docs/project.md', content: before => filled(before, { keys: projectKeys() }) },
  { path: 'README.md', content: before => filled(before, { cli: terminal(), 'exit codes': exitCodeTable() }) },
  {
    path: 'README.zh-CN.md',
    content: before =>
      filled(before, { cli: speaking('zh-cn', terminal), 'exit codes': speaking('zh-cn', exitCodeTable) }),
  },
  { path: 'package.json', content: manifestWithSettings },
  { path: 'package.nls.json', content: () => manifestWords() },
  { path: 'package.nls.zh-cn.json', content: () => manifestWords('zh-cn') },
  { path: 'server/src/core/torch/python/library/sources.ts', content: librarySources },
  { path: 'schemas/flopline.schema.json', content: () => `${JSON.stringify(schema(), null, 2)}\n` },
  { path: 'schemas/project.schema.json', content: () => `${JSON.stringify(projectSchema(), null, 2)}\n` },
];

export function pathOf({ path }: Generated): string {
  return join(fileURLToPath(new URL('../..', import.meta.url)), path);
}

/** The current content; empty if the file does not exist. */
export function stored(document: Generated): string {
  const path = pathOf(document);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
