import { describe } from 'node:test';
import { checkFixtures } from '../../support/fixtures.ts';

describe('Flopline YAML, fixtures', () => checkFixtures(new URL('./fixtures/', import.meta.url)));
