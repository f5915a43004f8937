// Turns drafts into definitions: alike drafts share one, which has a parameter for each value in which they differ.
import type { Graph, GraphNode } from '../graph/graph.ts';
import {
  type Argument,
  type Definition,
  type Draft,
  isDraft,
  type Language,
  type Literal,
  type Parameter,
  type Source,
  type Step,
  sameLiteral,
  tensorKey,
  type Written,
  type WrittenArgument,
  type WrittenStep,
} from './definition.ts';
import { draftOf, Kinds } from './draft.ts';

/** How a language spells names. The name must not be in `taken`. */
export interface Spelling {
  /** A name for a definition, from the name in the network. */
  readonly definition: (type: string, taken: ReadonlySet<string>) => string;
  /** A name for a parameter. */
  readonly parameter: (role: string, step: string | undefined, taken: ReadonlySet<string>) => string;
}

export type Defined =
  | { readonly network: Definition; readonly definitions: readonly Definition[] }
  | { readonly node: GraphNode; readonly label: string; readonly why: string };

/** The network and its definitions, each after those it uses. */
export function define(graph: Graph, language: Language, spelling: Spelling): Defined {
  const kinds = new Kinds();
  const inlined = new Set<number>();
  for (;;) {
    const drafted = draftOf(graph, language, kinds, inlined);
    if (!('network' in drafted)) return drafted;
    const groups = groupsOf(drafted.network, kinds);
    // A definition that is used too seldom is inlined; inner ones first.
    const seldom = groups.filter(({ draft, uses, isRepeated }) => uses.length < draft.least && !isRepeated);
    const inner = seldom.filter(({ draft }) => !holdsAny(draft, new Set(seldom.map(({ kind }) => kind)), kinds));
    if (inner.length > 0) {
      for (const { kind } of inner) inlined.add(kind);
      continue;
    }
    const defining = new Defining(spelling);
    const definitions = groups.map(group => defining.define(group));
    return { network: definitions.at(-1)!, definitions: definitions.slice(0, -1) };
  }
}

function holdsAny({ steps }: Draft, wanted: ReadonlySet<number>, kinds: Kinds): boolean {
  return steps.some(({ does }) => isDraft(does) && (wanted.has(kinds.of(does)) || holdsAny(does, wanted, kinds)));
}

/** Drafts that are alike. */
interface Group {
  readonly kind: number;
  readonly draft: Draft;
  readonly uses: Draft[];
  /** Whether one of them is repeated in sequence, which requires a definition. */
  isRepeated: boolean;
}

/** The drafts in a network, grouped, each after those inside it; the network itself is last. */
function groupsOf(network: Draft, kinds: Kinds): readonly Group[] {
  const groups = new Map<number, Group>();
  const visit = (draft: Draft, times: number): void => {
    for (const step of draft.steps) if (isDraft(step.does)) visit(step.does, step.times);
    const kind = kinds.of(draft);
    const group = groups.get(kind) ?? { kind, draft, uses: [], isRepeated: false };
    group.uses.push(draft);
    if (times > 1) group.isRepeated = true;
    groups.set(kind, group);
  };
  visit(network, 1);
  return [...groups.values()];
}

/** A place in a definition that holds a value. */
interface Slot {
  readonly role: string;
  readonly family: string;
  readonly default: Literal | undefined;
  readonly step: string | undefined;
  readonly values: readonly Literal[];
}

/** A parameter with its value in each use. */
interface Varied extends Parameter {
  readonly family: string;
  readonly values: readonly Literal[];
}

class Defining {
  readonly #spelling: Spelling;
  readonly #names = new Set<string>();
  readonly #definitions = new Map<Draft, { readonly definition: Definition; readonly values: readonly Literal[] }>();
  readonly #families = new Map<string, string>();

  constructor(spelling: Spelling) {
    this.#spelling = spelling;
  }

  define({ draft, uses }: Group): Definition {
    const slots: Slot[] = [];
    const steps = draft.steps.map((step, index) => {
      const all = uses.map(use => use.steps[index]!);
      const begin = slots.length;
      slots.push(...this.#slots(all));
      const count = slots.length - begin;
      const repeated: Slot = {
        role: 'repeats',
        family: 'repeats',
        default: 1,
        step: step.label,
        values: all.map(({ times }) => times),
      };
      slots.push(repeated);
      return { step, all, begin, count };
    });
    const { parameters, written } = this.#parameters(slots);
    const name = this.#spelling.definition(draft.type, this.#names);
    this.#names.add(name);
    for (const parameter of parameters) this.#families.set(`${name} ${parameter.name}`, parameter.family);
    const places = new Map<string, Source>(
      draft.inputs.map((tensor, index) => [tensorKey(tensor), { kind: 'input', index }]),
    );
    const definition: Definition = {
      name,
      parameters: parameters.map(({ name: parameter, default: value }) => ({ name: parameter, default: value })),
      inputs: draft.inputs.length,
      uses: uses.length,
      steps: steps.map(({ step, all, begin, count }, index): WrittenStep => {
        const inputs = step.inputs.map(tensor => places.get(tensorKey(tensor))!);
        step.outputs.forEach((tensor, port) => {
          places.set(tensorKey(tensor), { kind: 'step', step: index, port });
        });
        const uses = isDraft(step.does) ? this.#definitions.get(step.does)!.definition : undefined;
        const keys: readonly Pick<Argument, 'key' | 'role' | 'default'>[] = isDraft(step.does)
          ? uses!.parameters.map(({ name, default: value }) => ({ key: name, role: name, default: value }))
          : step.does.args;
        const args = keys.map(
          ({ key, role, default: value }, at): WrittenArgument => ({
            key,
            role,
            default: value,
            written: written[begin + at]!,
          }),
        );
        const shapes = step.outputs.map(({ shape }) => shape ?? []);
        const isSame = all.every(each =>
          each.outputs.every((tensor, port) => String(tensor.shape) === String(shapes[port])),
        );
        return {
          label: step.label,
          path: step.path,
          unit: step.unit,
          operation: isDraft(step.does) ? undefined : step.does,
          uses,
          args,
          times: written[begin + count]!,
          inputs,
          outputs: step.outputs.length,
          shapes: isSame ? shapes : undefined,
        };
      }),
      outputs: draft.outputs.map(tensor => places.get(tensorKey(tensor))!),
    };
    uses.forEach((use, index) => {
      this.#definitions.set(use, { definition, values: parameters.map(({ values }) => values[index]!) });
    });
    return definition;
  }

  /** The values written for a step, in all uses. */
  #slots(steps: readonly Step[]): readonly Slot[] {
    const [first] = steps;
    const { does, label } = first!;
    if (!isDraft(does)) {
      return does.args.map((argument, at) => ({
        role: argument.role,
        family: argument.family,
        default: argument.default,
        step: label,
        values: steps.map(step => (step.does as typeof does).args[at]!.value),
      }));
    }
    const { definition } = this.#definitions.get(does)!;
    return definition.parameters.map(({ name, default: value }, at) => ({
      role: name,
      family: this.#families.get(`${definition.name} ${name}`)!,
      default: value,
      step: label,
      values: steps.map(step => this.#definitions.get(step.does as Draft)!.values[at]!),
    }));
  }

  /** The parameters of a definition, and what each slot refers to. */
  #parameters(slots: readonly Slot[]): {
    readonly parameters: readonly Varied[];
    readonly written: readonly Written[];
  } {
    const taken = new Set<string>();
    const byValues = new Map<string, Varied>();
    const written = slots.map(({ role, family, step, values, default: value }): Written => {
      const [first] = values;
      if (values.every(other => sameLiteral(other, first!))) return { literal: first! };
      const key = `${family} ${JSON.stringify(values)}`;
      const known = byValues.get(key);
      if (known) {
        const isSame = known.default !== undefined && value !== undefined && sameLiteral(known.default, value);
        if (!isSame) byValues.set(key, { ...known, default: undefined });
        return { parameter: known.name };
      }
      const name = this.#spelling.parameter(role, step, taken);
      taken.add(name);
      const isUsed = value !== undefined && values.some(other => sameLiteral(other, value));
      byValues.set(key, { name, family, default: isUsed ? value : undefined, values });
      return { parameter: name };
    });
    // Required parameters come first.
    const parameters = [...byValues.values()];
    return {
      parameters: [
        ...parameters.filter(({ default: value }) => value === undefined),
        ...parameters.filter(({ default: value }) => value !== undefined),
      ],
      written,
    };
  }
}
