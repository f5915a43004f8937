// Sets up the browser build of Mocha before any suite is defined.
import 'mocha/mocha.js';

/** The browser's reporter draws into a page, which a worker does not have. */
class Silent {}

mocha.setup({ ui: 'tdd', timeout: 30_000, reporter: Silent as unknown as Mocha.ReporterConstructor });
/** Set to run only some of the tests. */
declare const wanted: string;
if (wanted !== '') mocha.grep(new RegExp(wanted));
