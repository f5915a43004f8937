import { describe } from 'node:test';
import { checkFixtures } from '../../support/fixtures.ts';

describe('Caffe prototxt, fixtures', () => checkFixtures(new URL('./fixtures/', import.meta.url)));
