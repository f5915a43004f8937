// A reporter for node:test that counts tests (not the suites around them), and names those that failed, in the file it is given.
export default async function* tally(source) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  const failures = [];
  for await (const { type, data } of source) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite') continue;
    if (data.skip !== undefined && data.skip !== false) counts.skipped++;
    else if (type === 'test:pass') counts.passed++;
    else {
      counts.failed++;
      const error = data.details?.error?.cause ?? data.details?.error;
      failures.push(`${data.name} (${data.file ?? ''})\n${error?.message ?? error ?? ''}`);
    }
  }
  yield JSON.stringify({ counts, failures });
}
