// The façade: all that the server and the CLI see of the core.
export { type Convention, type ConventionName, conventionOf, conventions } from './analysis/conventions.ts';
export type { Amount, Cost } from './analysis/model.ts';
export type { Work } from './analysis/work.ts';
export {
  type Advice,
  type AdviceTotals,
  adviceCandidates,
  type Candidate,
  candidateKey,
  priceAdvice,
  priceReported,
} from './features/advice.ts';
export {
  type Budget,
  type BudgetWish,
  budgetFor,
  budgetText,
  limitedText,
  parseBudget,
  shareChange,
  totalsText,
} from './features/budget.ts';
export { type Call, fedBy, feeding, layerAt } from './features/calls.ts';
export { type Base, type Removal, removals, totalsChange } from './features/changes.ts';
export {
  type BudgetFix,
  type BudgetStatus,
  budgetFix,
  budgetProblem,
  type CostlyLayer,
  conditionsText,
  costliestText,
  documentBudgets,
  fixHelp,
  type Judged,
  judge,
  judgedBy,
  judgePreparation,
  type LimitCheck,
  type LimitKey,
  limitCell,
  limitKeys,
  limitsText,
  limitText,
  notIgnored,
  type Verdict,
  verdictMessage,
  verdictText,
} from './features/check.ts';
export { type CheckReport, checkReport } from './features/checkReport.ts';
export { commentEdits } from './features/choiceComment.ts';
export { type Choice, type ChoiceValue, choices, type Outcome, outcome } from './features/choices.ts';
export { type Comparison, compare, type Layer, type LayerPair, type Status } from './features/comparison.ts';
export { type Completion, completions, type SignatureHelp, signatureHelp } from './features/completion.ts';
export {
  type ConversionTarget,
  type Converted,
  conversionParser,
  conversionTargets,
  convert,
  type Refused,
  targetLabel,
} from './features/convert.ts';
export {
  type DiffCells,
  type DiffFile,
  type DiffReport,
  type DiffRow,
  diffCells,
  diffCounts,
  diffHead,
  diffReport,
  diffTitle,
  diffTotals,
  markdownDiff,
} from './features/diff.ts';
export { type Diagnosis, diagnosis, diagnosisLines } from './features/doctor.ts';
export { documentProblems, findings, problems, problemsWithHints } from './features/findings.ts';
export { commentFixes, type FixOffer, fixes } from './features/fixes.ts';
export { type Folding, foldings } from './features/folding.ts';
export { type Hint, hints, maxLabel } from './features/hints.ts';
export { type Hover, hintDetail, hover } from './features/hover.ts';
export { type IgnoreOffer, ignores } from './features/ignores.ts';
export { type Lens, lenses } from './features/lens.ts';
export { type Link, links } from './features/links.ts';
export {
  type Memory,
  type MemoryCurve,
  type MemoryKind,
  type MemoryMode,
  type MemoryMoment,
  type MemoryPiece,
  type MemoryReport,
  type MemoryStretch,
  memory,
  memoryAt,
  memoryLines,
  memoryPreparation,
  memoryReport,
} from './features/memory.ts';
export { type Definition, definitionOf, type Highlight, highlights, referencesTo } from './features/navigation.ts';
export {
  type OtherNetwork,
  otherDetail,
  otherHints,
  otherHover,
  otherLenses,
  otherNetworks,
  otherOutcome,
  otherProblems,
  othersMarkdown,
  othersText,
} from './features/networks.ts';
export { textOfFile } from './features/otherFiles.ts';
export {
  type Overview,
  type OverviewChange,
  type OverviewCosts,
  type OverviewRow,
  type OverviewSite,
  overview,
  overviewMetrics,
} from './features/overview.ts';
export { lookThroughFiles } from './features/refusedFiles.ts';
export { prepareRename, type Renaming, rename } from './features/rename.ts';
export {
  documentReport,
  type FileReport,
  type LayerReport,
  markdownCell,
  markdownReport,
  type ProblemReport,
  pricedEntries,
  type ReportOptions,
  type ReportShape,
  type ReportWords,
  type RowReport,
  reasonLines,
  report,
  reportSign,
  shapeCell,
  type TotalsReport,
} from './features/report.ts';
export { type RowCommand, type RowEdits, rowCommands, rowEdits } from './features/rowEdits.ts';
export { type RowNumber, rowNumbers } from './features/rowNumbers.ts';
export { selectionsAt } from './features/selections.ts';
export {
  isWithin,
  type SlimChoice,
  type Slimmed,
  type SlimProgress,
  type SlimStep,
  slim,
  slimmed,
} from './features/slim.ts';
export { type Summary, summary, summaryMarkdown } from './features/summary.ts';
export {
  type Sweep,
  type SweepFigure,
  type SweepKey,
  type SweepPoint,
  type SweepValue,
  sweepPoint,
  sweeps,
} from './features/sweep.ts';
export { type SymbolNode, symbols } from './features/symbols.ts';
export { type Time, type TimeDevice, type TimeRow, time } from './features/time.ts';
export { orderOf } from './features/wording.ts';
export { type NetworkTotals, networkPlace, networkTotals } from './features/workspace.ts';
export {
  type Format,
  formats,
  type Host,
  type InputSize,
  type Program,
  type ProgramEntry,
  type Roots,
  type Source,
  startPython,
} from './formats/index.ts';
export { type History, noHistory } from './history.ts';
export {
  type Analysed,
  accept,
  advance,
  countedLike,
  type Document,
  formatOf,
  type NativeFigure,
  nativeFigure,
  open,
  preparation,
  preparationWith,
  price,
  repriced,
  withChoice,
} from './pipeline.ts';
export {
  type BudgetedFile,
  type BudgetUse,
  budgetedFiles,
  budgetsOf,
  missingFolders,
  type Places,
  type Project,
  Projects,
  projectFile,
} from './project/index.ts';
export type { Files } from './python/files.ts';
export {
  bytesOf,
  type ChoiceKey,
  choiceKeys,
  clientSettings,
  commentKeys,
  type Dtype,
  defaultSettings,
  type FileChoices,
  isChoice,
  isChoiceKey,
  languageSetting,
  type Origin,
  type Setting,
  type Settings,
  settingSections,
  settingTable,
  withValues,
} from './settings/index.ts';
export { clipColumns, linesOf, padEnd, padStart, width } from './text/columns.ts';
export { applyEdits, type TextEdit } from './text/edit.ts';
export { joined, nameIn, parentOf } from './text/folders.ts';
export { type Language, languageOf, languageOfEnvironment, languages } from './text/language.ts';
export { Lines, type Position } from './text/lines.ts';
export { type Fix, type Problem, type Severity, textOf } from './text/problem.ts';
export { bytes, exact, percent, si } from './text/quantity.ts';
export type { Range } from './text/range.ts';
export { sentences } from './text/sentences.ts';
export { suggestion } from './text/spelling.ts';
export { unifiedDiff } from './text/unifiedDiff.ts';
export { isVirtual, pathOfUri, uriOfPath } from './text/uri.ts';
