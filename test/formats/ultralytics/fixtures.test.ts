import { describe } from 'node:test';
import { defaultSettings } from '../../../server/src/core/index.ts';
import { checkFixtures } from '../../support/fixtures.ts';

// What features find beyond the text is tested with them.
const { diagnostics } = defaultSettings;
const off = { enabled: false } as const;

describe('YOLO dialects, fixtures: every module of each builds', () => {
  checkFixtures(new URL('./fixtures/', import.meta.url), {
    ...defaultSettings,
    input: [{ sizes: [3, 64, 64] }],
    diagnostics: { ...diagnostics, unusedOutput: off },
  });
});
