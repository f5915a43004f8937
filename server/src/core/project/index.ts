// The public interface of this folder.
export { type BudgetUse, budgetsOf } from './budgets.ts';
export { type BuiltInDevice, builtInDevice, builtInDevices } from './devices.ts';
export { type BudgetedFile, budgetedFiles, missingNetworks, type Places } from './networks.ts';
export type { Budget, ChannelsRule, Device, Limits, Project, Rule, RuleParameter } from './project.ts';
export { missingFolders, Projects, projectFile, readProject } from './read.ts';
export {
  type BodyUse,
  type BuildBody,
  bodyProblems,
  type CostRule,
  type CostRules,
  type RuleOutcome,
  type RuleProblem,
  type RuleUse,
  ruleNotes,
  rulesOf,
} from './rules.ts';
export type { Field, Shape } from './shape.ts';
export { top as projectShape } from './table.ts';
