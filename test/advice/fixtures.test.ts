import { join } from 'node:path';
import { before, describe } from 'node:test';
import { startPython } from '../../server/src/core/index.ts';
import { checkFixes } from '../support/fixes.ts';

describe('fixes', () => {
  before(startPython);
  checkFixes(join(import.meta.dirname, 'fixtures'));
});
