// In CI, properties try the same cases each time, so that a change is not refused for what chance has found elsewhere:
// that is what runs on a developer's machine, and the fuzzer, are for.
import fc from 'fast-check';

if (process.env.CI) fc.configureGlobal({ seed: 20261128 });
