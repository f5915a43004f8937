import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOf, languageOfEnvironment } from '../../server/src/core/index.ts';

test('A tag means one of our languages, or none', () => {
  for (const tag of ['zh', 'zh-cn', 'zh-CN', 'zh_CN.UTF-8', 'zh-Hans', 'zh-hans-sg', 'zh_SG', 'zh-Hans-TW'])
    assert.equal(languageOf(tag), 'zh-cn', tag);
  for (const tag of ['en', 'en-US', 'en_GB.UTF-8', 'C', 'C.UTF-8', 'POSIX']) assert.equal(languageOf(tag), 'en', tag);
  for (const tag of ['', 'zh-TW', 'zh_HK.UTF-8', 'zh-Hant', 'fr', 'ja_JP.UTF-8', 'zhx', 'auto'])
    assert.equal(languageOf(tag), undefined, tag);
});

test('LC_ALL wins over LC_MESSAGES, and that over LANG', () => {
  const zh = 'zh_CN.UTF-8';
  assert.equal(languageOfEnvironment({}), 'en');
  assert.equal(languageOfEnvironment({ LANG: zh }), 'zh-cn');
  assert.equal(languageOfEnvironment({ LANG: zh, LC_MESSAGES: 'en_US.UTF-8' }), 'en');
  assert.equal(languageOfEnvironment({ LANG: 'en_US.UTF-8', LC_MESSAGES: zh }), 'zh-cn');
  assert.equal(languageOfEnvironment({ LANG: zh, LC_MESSAGES: zh, LC_ALL: 'C' }), 'en');
  // An empty one is not set.
  assert.equal(languageOfEnvironment({ LANG: zh, LC_ALL: '' }), 'zh-cn');
  assert.equal(languageOfEnvironment({ LANG: 'fr_FR.UTF-8' }), 'en');
});

test('A terminal of another encoding gets English, which it can show', () => {
  assert.equal(languageOfEnvironment({ LANG: 'zh_CN.GBK' }), 'en');
  assert.equal(languageOfEnvironment({ LANG: 'zh_CN.gb18030@radical' }), 'en');
  assert.equal(languageOfEnvironment({ LANG: 'zh_CN.utf8' }), 'zh-cn');
  assert.equal(languageOfEnvironment({ LANG: 'zh_CN' }), 'zh-cn');
});
