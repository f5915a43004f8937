// Properties that try the same cases each time, as in CI, so that a change is not refused for what chance has found
// elsewhere: that is what runs on a developer's machine, and the fuzzer, are for.
import fc from 'fast-check';

fc.configureGlobal({ seed: 20261128 });
