export { commentKeys, isChoice, resolve, scaleMisfit } from './resolve.ts';
export type { Setting } from './setting.ts';
export { bytesOf, type Dtype, type Settings } from './settings.ts';
export { clientSettings, settingTable } from './table.ts';
export { defaultSettings, withValues } from './values.ts';
