export { fitInput, isImage, written } from './input.ts';
export { commentKeys, isChoice, isChoiceKey, type Misfit, type Origin, resolve, scaleMisfit } from './resolve.ts';
export type { Setting } from './setting.ts';
export { bytesOf, type ChoiceKey, choiceKeys, type Dtype, type FileChoices, type Settings } from './settings.ts';
export { clientSettings, languageSetting, settingSections, settingTable } from './table.ts';
export { defaultSettings, withValues } from './values.ts';
