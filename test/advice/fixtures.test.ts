import { join } from 'node:path';
import { describe } from 'node:test';
import { checkFixes } from '../support/fixes.ts';

describe('fixes', () => {
  checkFixes(join(import.meta.dirname, 'fixtures'));
});
