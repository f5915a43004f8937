// Runs everything: build, types, lint, node:test, and the suite in a real VS Code; ends with the test counts.
//   node scripts/test.mjs [--unit]      --unit leaves the editor out
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { elapsed } from './elapsed.mjs';
import { compileTests } from './unit-tests.mjs';
import { root } from './vscode/install.mjs';

const begin = Date.now();
const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

/** A step such as lint counts as one test. */
function step(title, command, args) {
  const end = announce(title);
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status === 0) total.passed++;
  else {
    total.failed++;
    failures.push(title);
  }
  end(status === 0 ? 'passed' : 'failed');
  return status === 0;
}

/** Prints that a part begins; the returned function prints its result and duration. */
function announce(title) {
  const start = Date.now();
  console.log(`\n— ${title}`);
  return outcome => console.log(`${title}: ${outcome} in ${elapsed(start)} (${elapsed(begin)} in all)`);
}

async function unitTests() {
  const end = announce('Tests');
  const before = total.failed;
  const folder = mkdtempSync(join(tmpdir(), 'flopline-tests-'));
  const file = join(folder, 'tally.json');
  try {
    const files = await compileTests();
    const reporter = name => `--test-reporter=${join(root, 'scripts', name)}`;
    const reporters = [reporter('progress.mjs'), '--test-reporter-destination=stdout'];
    const counted = [reporter('tally.mjs'), `--test-reporter-destination=${file}`];
    const seeded = process.env.CI ? ['--import', join(root, 'test/support/seeded.mjs')] : [];
    // By default, node:test reserves one processor for itself, which is nearly idle.
    const width = `--test-concurrency=${availableParallelism()}`;
    const args = ['--enable-source-maps', ...seeded, '--test', width, ...reporters, ...counted, ...files];
    const { status } = spawnSync(process.execPath, args, {
      cwd: root,
      env: { ...process.env, FLOPLINE_TEST_FILES: String(files.length) },
      stdio: 'inherit',
    });
    const { counts, failures: named } = JSON.parse(readFileSync(file, 'utf8'));
    failures.push(...named);
    // A file that cannot be loaded counts as a failure.
    if (status !== 0 && counts.failed === 0) counts.failed = 1;
    for (const key of Object.keys(total)) total[key] += counts[key];
  } catch (error) {
    console.error(error);
    total.failed++;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  end(total.failed === before ? 'passed' : 'failed');
}

const bin = name => join(root, 'node_modules/.bin', name);
if (step('Build', process.execPath, [join(root, 'scripts/build.mjs')])) {
  step('Types', bin('tsc'), ['-b']);
  step('Format and lint', bin('biome'), ['check', '--error-on-warnings', '.']);
  step('Dead code', bin('knip'), []);
  await unitTests();
  if (!process.argv.includes('--unit')) {
    const end = announce('VS Code');
    try {
      const { runEditorTests } = await import('./editor-tests.mjs');
      const { passed, failed, skipped, failures: named = [] } = await runEditorTests();
      failures.push(...named);
      total.passed += passed;
      total.failed += failed;
      total.skipped += skipped;
      end(failed > 0 ? 'failed' : passed > 0 ? 'passed' : 'skipped');
    } catch (error) {
      console.error(error);
      total.failed++;
      end('failed');
    }
  }
}
// Who sees only the end of a long log sees what failed.
for (const failure of failures) console.log(`\n✖ ${failure}`);
console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
process.exit(total.failed > 0 ? 1 : 0);
