// Mocha as it is for browsers, before any suite is defined.
import 'mocha/mocha.js';

/** The one for browsers draws into a page, and a worker has none. */
class Silent {}

mocha.setup({ ui: 'tdd', timeout: 30_000, reporter: Silent as unknown as Mocha.ReporterConstructor });
/** Set where only some of the tests are to be run. */
declare const wanted: string;
if (wanted !== '') mocha.grep(new RegExp(wanted));
