import assert from 'node:assert/strict';
import { test } from 'node:test';
import { budgetFor, budgetText, parseBudget, shareChange } from '../../server/src/core/features/budget.ts';

/** What a text means for a network of 1.2 G MACs and 10 M parameters. */
function checkBudget(text: string, expected: ReturnType<typeof budgetFor> | RegExp, metric?: 'macs' | 'params'): void {
  const wishes = parseBudget(text, metric);
  const budget = typeof wishes === 'string' ? wishes : budgetFor(wishes, { macs: 1.2e9, params: 10e6 });
  if (expected instanceof RegExp) assert.match(String(budget), expected, text);
  else assert.deepEqual(budget, expected, text);
}

test('limits', () => {
  for (const text of ['300M', '≤ 300 MMACs', '<=300M', '0.3G', '300 M MACs', '300,000,000', '300000000 macs', '0.3b']) {
    checkBudget(text, { macs: 300e6 });
  }
  checkBudget('2M params', { params: 2e6 });
  checkBudget('2 mparameters', { params: 2e6 });
  checkBudget('2M', { params: 2e6 }, 'params');
  checkBudget('900k weights', { params: 900e3 });
  for (const text of ['≤ 50 %', '<=50%', '0.5x', '.5 x', '≤ 0.5×', '0.50x MACs']) checkBudget(text, { macs: 600e6 });
  checkBudget('0.8x params', { params: 8e6 });
});

test('reductions', () => {
  for (const text of ['−30 % MACs', '-30%', '– 30 %', '-30 % macs', '-360M']) checkBudget(text, { macs: 840e6 });
  checkBudget('-25 % params', { params: 7.5e6 });
  checkBudget('−.5%', { macs: 1.194e9 });
});

test('several at once', () => {
  checkBudget('-30 % MACs, 2M params', { macs: 840e6, params: 2e6 });
  checkBudget('300M; 2M params', { macs: 300e6, params: 2e6 });
  checkBudget('300M and -50 % params', { macs: 300e6, params: 5e6 });
});

test('what is none is told in words', () => {
  checkBudget('', /^The budget is missing\. Give a limit such as 300M/);
  checkBudget('few', /^“few” is not a budget/);
  checkBudget('300 apples', /^“apples” is neither MACs nor params/);
  checkBudget('600 MFLOPs', /in MACs, not FLOPs/);
  checkBudget('50%', /^“50%” could mean 50 % less, or 50 % of the cost now\. Write −50% or ≤50%\.$/);
  checkBudget('30 % params', /could mean 30 % less, or 30 % of the cost now/);
  checkBudget('-0.5x', /without a sign/);
  checkBudget('2x', /not less than the whole/);
  checkBudget('0', /would leave nothing/);
  checkBudget('-0%', /changes nothing/);
  checkBudget('-100%', /not less than the whole/);
  checkBudget('30 M%', /is not a budget/);
  checkBudget('30 %M', /neither/);
  checkBudget('300M, 200M', /two budgets for MACs/);
  checkBudget('-2G', /has only 1\.20G MACs, so nothing would be left/);
  checkBudget('1e999', /is not a budget|neither/);
});

test('a budget is said with its share', () => {
  assert.equal(
    budgetText({ macs: 840e6, params: 5e6 }, { macs: 1.2e9, params: 10e6 }),
    '840M MACs (−30 %) and 5.00M params (−50 %)',
  );
  assert.equal(shareChange(10, 0), '±0 %');
  assert.equal(shareChange(10, 10), '±0 %');
  assert.equal(shareChange(11, 10), '+10 %');
});
