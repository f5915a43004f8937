// Fixes the seed of property tests, as in CI, so that a change is not rejected because of an unrelated random case.
// Random cases run on developers' machines and in the fuzzer.
import fc from 'fast-check';

fc.configureGlobal({ seed: 20261128 });
