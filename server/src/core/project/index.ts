// What others need of the project file.
export type { Budget, ChannelsRule, Device, Limits, Project, Rule, RuleParameter } from './project.ts';
export { missingFolders, Projects, projectFile, readProject } from './read.ts';
export type { Field, Shape } from './shape.ts';
export { top as projectShape } from './table.ts';
