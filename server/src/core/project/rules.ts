// Cost rules (`modules` in the project file): what a module costs whose source cannot be read.
import * as l10n from '@vscode/l10n';
import { Builder } from '../graph/builder.ts';
import { channels, type Note, type Site, type Tensor } from '../graph/graph.ts';
import { type PyValue, show } from '../python/value.ts';
import { resolved, type YamlNode } from '../syntax/tree.ts';
import type { Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { ChannelsRule, Project, Rule } from './project.ts';

/** Builds rows of Flopline YAML; reported ranges refer to the file that contains the rows. */
export type BuildBody = (builder: Builder, body: BodyUse) => readonly Tensor[];

export interface BodyUse {
  readonly rows: readonly YamlNode[];
  readonly inputs: readonly Tensor[];
  /** The values the rows may use: `out` for `$out`. */
  readonly values: ReadonlyMap<string, PyValue>;
}

/** The rules of a project. */
export interface CostRules {
  /** The same object as long as the rules are the same. */
  readonly identity: object;
  readonly names: readonly string[];
  of(module: string): CostRule | undefined;
}

export interface CostRule {
  /** The place of the rule. */
  readonly site: Site;
  /** A sentence which says that the rule counts the module. */
  readonly summary: string;
  /** Its parameters (`kernel` for `$kernel`) and their defaults. */
  readonly parameters: readonly { readonly name: string; readonly default: string | undefined }[];
  /** Builds the content of a row in the current frame. */
  apply(builder: Builder, use: RuleUse): RuleOutcome;
}

/** A row that a rule is applied to. */
export interface RuleUse {
  /** As written in the row; NaN for a number that is unknown. */
  readonly args: readonly PyValue[];
  readonly inputs: readonly Tensor[];
  /** The channels of each input as the format tracks them; default: those of the tensors. */
  readonly inputChannels?: readonly number[] | undefined;
  /** The number of output channels, if the format determines it. */
  readonly channels?: number | undefined;
  /** How many copies of the module follow each other; default: 1. */
  readonly repeats?: number | undefined;
  /** Multiplies channels by the scale's width. */
  readonly scaled?: ((channels: number) => number) | undefined;
}

export interface RuleOutcome {
  readonly outputs: readonly Tensor[];
  /** NaN if unknown. */
  readonly channels: number;
  /** Why the row is not counted; empty if it is. */
  readonly problems: readonly RuleProblem[];
}

/** A problem of a row with its rule. */
export interface RuleProblem extends Omit<Problem, 'range' | 'severity' | 'fixes'> {
  /** The index of the argument it is about; undefined for the module. */
  readonly arg?: number | undefined;
}

/** The rules of a project; undefined if it has none. */
export function rulesOf(project: Project | undefined, build: BuildBody): CostRules | undefined {
  if (!project || project.modules.size === 0) return undefined;
  return {
    identity: project,
    names: [...project.modules.keys()],
    of: module => {
      const found = project.modules.get(module);
      return found && ruleOf(module, found.value, found.range, project, build);
    },
  };
}

function ruleOf(name: string, rule: Rule, range: Range, project: Project, build: BuildBody): CostRule {
  return {
    site: { range, role: 'definition', file: project.path },
    summary: l10n.t('Counted by the rule in `flopline.yaml`.'),
    parameters: (rule.arguments ?? []).map(({ name: own, default: value }) => ({
      name: own,
      default: value === undefined ? undefined : show(value),
    })),
    apply: (builder, use) => new Application(name, rule, range, project, build, builder, use).outcome(),
  };
}

/** Problems that rule bodies have with any use, found by building them over an unknown input. */
export function bodyProblems(project: Project, build: BuildBody, builder: Builder): readonly Problem[] {
  return [...project.modules.values()].flatMap(({ value: rule }) => {
    const { body } = rule;
    if (!body || rule.fault) return [];
    const input = builder.input('input', [1, Number.NaN, Number.NaN, Number.NaN], l10n.t('a size is not known'));
    const values = new Map<string, PyValue>([
      ['in', Number.NaN],
      ['repeats', Number.NaN],
      ...(rule.channels ? [['out', Number.NaN] as const] : []),
      // A row may have any number of arguments, so define many.
      ...Array.from({ length: mostArguments }, (_, at) => [String(at + 1), Number.NaN] as const),
      ...(rule.arguments ?? []).map(each => [each.name, each.default ?? Number.NaN] as const),
    ]);
    const { problems } = builder.elsewhere(body, () => build(builder, { rows: rowsOf(body), inputs: [input], values }));
    // Values of arguments are unknown here.
    return problems.filter(({ range: { from, to }, code }) => {
      const depends = project.text.slice(from, to).includes('$');
      return !depends || code === 'unknown-parameter' || code === 'expression-syntax' || code === 'unknown-function';
    });
  });
}

const mostArguments = 30;

function rowsOf(body: YamlNode): readonly YamlNode[] {
  const target = resolved(body);
  return target?.kind === 'sequence' ? target.items : [];
}

/** The application of a rule to a row. */
class Application {
  readonly #name: string;
  readonly #rule: Rule;
  readonly #range: Range;
  readonly #project: Project;
  readonly #build: BuildBody;
  readonly #builder: Builder;
  readonly #use: RuleUse;
  readonly #problems: RuleProblem[] = [];

  constructor(
    name: string,
    rule: Rule,
    range: Range,
    project: Project,
    build: BuildBody,
    builder: Builder,
    use: RuleUse,
  ) {
    this.#name = name;
    this.#rule = rule;
    this.#range = range;
    this.#project = project;
    this.#build = build;
    this.#builder = builder;
    this.#use = use;
  }

  outcome(): RuleOutcome {
    const { fault, body } = this.#rule;
    if (fault) {
      const message = l10n.t('The rule for {0} in `flopline.yaml` has an error, so its cost is unknown.', this.#name);
      this.#refuse({ code: 'wrong-cost-rule', message }, fault.range, fault.message);
      return this.#unknown(Number.NaN);
    }
    const args = this.#arguments();
    const out = args && this.#channels(args);
    if (!args || this.#problems.length > 0) return this.#unknown(out ?? Number.NaN);
    if (!body) {
      const message = l10n.t('the rule for {0} has no body', this.#name);
      return { outputs: [this.#opaque(message, out ?? Number.NaN)], channels: out ?? Number.NaN, problems: [] };
    }
    return this.#built(body, args, out);
  }

  /** The values of `$1` and `$kernel`; undefined if one is missing. */
  #arguments(): ReadonlyMap<string, PyValue> | undefined {
    const { args } = this.#use;
    const values = new Map<string, PyValue>(args.map((value, at) => [String(at + 1), value]));
    for (const [at, { name, default: value }] of (this.#rule.arguments ?? []).entries()) {
      const given = args[at] ?? value;
      if (given === undefined) {
        this.#missing(at, name);
        return undefined;
      }
      values.set(name, args[at] === undefined ? given : args[at]);
      values.set(String(at + 1), values.get(name)!);
    }
    return values;
  }

  #missing(at: number, name: string): void {
    const message = l10n.t('{0} needs `{1}` as argument {2}.', this.#name, name, at + 1);
    this.#refuse({ code: 'missing-argument', message }, this.#range, l10n.t('The rule for {0}', this.#name));
  }

  /** The number of output channels; undefined if the body determines it. */
  #channels(args: ReadonlyMap<string, PyValue>): number | undefined {
    const { channels: given, scaled } = this.#use;
    const { channels: rule } = this.#rule;
    if (given !== undefined) return given;
    if (!rule) return undefined;
    if (rule.kind !== 'argument') return this.#incoming(rule);
    const value = args.get(String(rule.index + 1));
    const name = this.#rule.arguments?.[rule.index]?.name ?? 'channels';
    if (value === undefined) this.#missing(rule.index, name);
    else if (typeof value !== 'number' || !(Number.isNaN(value) || (Number.isSafeInteger(value) && value >= 1))) {
      const message = l10n.t('`{0}` of {1} must be a whole number ≥ 1, not {2}.', name, this.#name, show(value));
      const arg = this.#use.args[rule.index] === undefined ? undefined : rule.index;
      this.#refuse({ code: 'wrong-rule-channels', message, arg }, this.#range, l10n.t('The rule for {0}', this.#name));
    } else return rule.isScaled && scaled ? scaled(value) : value;
    return Number.NaN;
  }

  #incoming({ kind }: ChannelsRule): number {
    const all = this.#use.inputChannels ?? this.#use.inputs.map(channels);
    return kind === 'sum' ? all.reduce((sum, each) => sum + each, 0) : (all[0] ?? Number.NaN);
  }

  #built(body: YamlNode, args: ReadonlyMap<string, PyValue>, out: number | undefined): RuleOutcome {
    const { inputs, inputChannels = inputs.map(channels), repeats = 1 } = this.#use;
    const isInside = usesRepeats(this.#project.text.slice(body.from, body.to));
    const copies = isInside ? 1 : repeats;
    const into = inputChannels.reduce((sum, each) => sum + each, 0);
    const values = new Map<string, PyValue>([...args, ['in', into], ['repeats', repeats]]);
    if (out !== undefined) values.set('out', out);
    const rows = rowsOf(body);
    const buildIn = (builder: Builder, given: readonly Tensor[]) =>
      builder.elsewhere(body, () => {
        if (copies === 1) return this.#build(builder, { rows, inputs: given, values });
        let outputs = given;
        builder.times(copies, index => {
          builder.within({ label: String(index), type: this.#name }, () => {
            outputs = this.#build(builder, { rows, inputs: outputs, values });
            return outputs;
          });
        });
        return outputs;
      });
    // Try it in a separate builder first: a body that does not fit must not add costs.
    const apart = new Builder();
    const trial = buildIn(
      apart,
      inputs.map(({ shape, why }, at) => apart.input(`input${at}`, shape, why)),
    );
    const errors = trial.problems.filter(({ severity }) => severity === 'error');
    const [first] = errors;
    const made = trial.value.length === 1 ? channels(trial.value[0]!) : Number.NaN;
    if (first) {
      const message = l10n.t('The body of the rule for {0} does not fit this row: {1}', this.#name, first.message);
      this.#refuseAll({ code: 'wrong-rule-body', message, short: first.short }, errors);
    } else if (copies > 1 && inputs.length > 1) {
      const message = l10n.t(
        '{0} takes a list of inputs, but only the first of its {1} copies in sequence gets one.',
        this.#name,
        copies,
      );
      this.#refuse({ code: 'repeated-list-module', message, help: repeatsHelp() }, this.#range, this.#of());
    } else if (copies > 1 && made !== into && !Number.isNaN(made) && !Number.isNaN(into)) {
      const message = l10n.t(
        'Each of the {0} copies of {1} in sequence expects {2} input channels, but the first outputs {3}.',
        copies,
        this.#name,
        into,
        made,
      );
      this.#refuse({ code: 'repeats-channel-mismatch', message, help: repeatsHelp() }, this.#range, this.#of());
    } else if (out !== undefined && made !== out && !Number.isNaN(made) && !Number.isNaN(out)) {
      const message = l10n.t(
        'The rule for {0} says that {1} channels come out, but its body outputs {2}.',
        this.#name,
        out,
        made,
      );
      this.#refuse({ code: 'wrong-rule-channels', message }, this.#range, this.#of());
    }
    if (this.#problems.length > 0) return this.#unknown(out ?? Number.NaN);
    const { value: outputs } = buildIn(this.#builder, inputs);
    return { outputs, channels: out ?? made, problems: [] };
  }

  #of(): string {
    return l10n.t('The rule for {0}', this.#name);
  }

  #unknown(out: number): RuleOutcome {
    const [problem] = this.#problems;
    return {
      outputs: [this.#opaque(problem?.message ?? '', out, problem?.short)],
      channels: out,
      problems: this.#problems,
    };
  }

  #opaque(message: string, out: number, short?: string): Tensor {
    const why = short === undefined ? { message } : { message, short };
    return this.#builder.unknown(why, this.#use.inputs, [1, out, Number.NaN, Number.NaN]);
  }

  #refuse(problem: Omit<RuleProblem, 'related'>, range: Range, message: string): void {
    this.#refuseAll(problem, [{ range, message }]);
  }

  #refuseAll(problem: Omit<RuleProblem, 'related'>, places: readonly Pick<Problem, 'range' | 'message'>[]): void {
    const file = this.#project.path;
    const related = places
      .slice(0, 3)
      .map(({ range: { from, to }, message }) => ({ file, range: { from, to }, message }));
    this.#problems.push({ ...problem, related });
  }
}

const repeatsHelp = (): string =>
  l10n.t('Set the number of repeats to 1, use one row per copy, or use `$repeats` in the body of the rule.');

/** Whether a body handles repeats itself. */
function usesRepeats(body: string): boolean {
  return /\$(?:repeats\b|\((?:[^()\n]|\([^()\n]*\))*?\brepeats\b)/.test(body);
}

/** Hover notes on the rule's name and the arguments of a row. */
export function ruleNotes(
  module: string,
  rule: CostRule,
  name: Range,
  args: readonly (Range | undefined)[],
): readonly Note[] {
  const place = ({ from, to }: Range): Range => ({ from, to });
  return [
    { range: place(name), text: `**${module}**: ${rule.summary}`, isName: true },
    ...args.flatMap((range, at): Note[] => {
      const parameter = rule.parameters[at]?.name ?? String(at + 1);
      return range
        ? [{ range: place(range), text: l10n.t('**{0}** ({1}): `${2}` in the rule.', parameter, module, parameter) }]
        : [];
    }),
  ];
}
