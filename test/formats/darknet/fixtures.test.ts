import { describe } from 'node:test';
import { defaultSettings } from '../../../server/src/core/index.ts';
import { checkFixtures } from '../../support/fixtures.ts';

// What features find beyond the text is tested with them.
const { diagnostics } = defaultSettings;
const off = { enabled: false } as const;

describe('Darknet cfg, fixtures', () => {
  checkFixtures(new URL('./fixtures/', import.meta.url), {
    ...defaultSettings,
    diagnostics: { ...diagnostics, unusedOutput: off },
  });
});
