// Budgets of the project file: their verdicts on open documents, and changes that bring a network back within budget.
import {
  type Analysed,
  type BudgetFix,
  type BudgetUse,
  budgetFix,
  budgetProblem,
  costliestText,
  documentBudgets,
  fixHelp,
  type Judged,
  judge,
  judgedBy,
  judgePreparation,
  notIgnored,
  type Problem,
  type Range,
  sentences,
  type Verdict,
  verdictMessage,
} from '../core/index.ts';
import type { BudgetState } from '../protocol/index.ts';
import type { Session, Token } from './session.ts';
import { turn } from './turn.ts';

/** The verdicts of a document's budgets on its newest text. */
interface State {
  readonly verdicts: readonly Verdict[];
  /** By verdict, the changes that bring the network back; a missing entry has not been searched yet. */
  readonly fixes: Map<Verdict, { readonly fix: BudgetFix | undefined }>;
}

/** A change of the text that brings a network back within its budget. */
export interface BudgetOffer {
  readonly problem: Problem;
  readonly fix: BudgetFix;
}

/** Milliseconds after the last edit before the search for changes starts, so it does not slow down typing. */
const pause = 600;

/** Milliseconds of work for a background search. A request for fixes lets it run to its end. */
const mostSearching = 3000;

/** Milliseconds a text may take to be read for its budgets before other requests are handled in between. */
const mostReading = 25;

/** A budget, with the document as the budget wants it read. */
interface ToJudge {
  readonly use: BudgetUse;
  readonly text: Judged;
}

function* preparations(judged: readonly ToJudge[]): Generator<void, void> {
  for (const { text } of judged) yield* judgePreparation(text) ?? [];
}

export class Budgets {
  readonly #session: Session;
  /** Publishes the problems of a document again. */
  readonly #changed: (uri: string) => void;
  readonly #states = new WeakMap<Analysed, State>();
  /** The last known state of each document, shown until a text that takes long has been read. */
  readonly #last = new Map<string, State>();
  readonly #reading = new Set<string>();
  readonly #searches = new Map<string, ReturnType<typeof setTimeout>>();

  constructor(session: Session, changed: (uri: string) => void) {
    this.#session = session;
    this.#changed = changed;
  }

  /** The problems of a document. Also starts the background work that may find more. */
  problems(uri: string, analysed: Analysed): readonly Problem[] {
    const state = this.#stateOf(uri, analysed);
    if (!state) return [];
    const isNow = this.#states.get(analysed) === state;
    if (isNow) this.#searchLater(uri, analysed, state);
    const { document } = analysed;
    const { lines } = document;
    const found = worthSaying(state, analysed).flatMap(verdict => {
      const problem = problemOf(verdict, state);
      if (!problem) return [];
      // These ranges belong to an older text.
      return isNow ? [problem] : [{ ...problem, range: { from: 0, to: lines.end(0) }, related: [] }];
    });
    return notIgnored(document, found);
  }

  /** For the status bar; null if no budget applies to the document. */
  state(uri: string, analysed: Analysed): BudgetState | null {
    const state = this.#stateOf(uri, analysed);
    const verdicts = state ? worthSaying(state, analysed) : [];
    const [first] = verdicts;
    if (!first) return null;
    const worst =
      verdicts.find(({ status }) => status === 'over') ?? verdicts.find(({ status }) => status === 'unknown') ?? first;
    return { status: worst.status, messages: verdicts.map(verdictMessage) };
  }

  /** Changes that bring the network back, for problems in a range; `mayTake` says whether to wait for a search. */
  async offers(
    uri: string,
    analysed: Analysed,
    within: Range,
    mayTake: boolean,
    token: Token,
  ): Promise<readonly BudgetOffer[]> {
    const state = this.#states.get(analysed);
    const found: BudgetOffer[] = [];
    for (const verdict of state?.verdicts ?? []) {
      const problem = problemOf(verdict, state!);
      if (verdict.status !== 'over' || !problem) continue;
      if (problem.range.from > within.to || within.from > problem.range.to) continue;
      if (!state!.fixes.has(verdict) && mayTake) await this.#search(uri, verdict, state!, token);
      const fix = state!.fixes.get(verdict)?.fix;
      if (fix) found.push({ problem, fix });
    }
    return found;
  }

  forget(uri: string): void {
    this.#last.delete(uri);
    clearTimeout(this.#searches.get(uri));
    this.#searches.delete(uri);
  }

  /** The state for this text if it is known or quick to compute; else the last known one while this text is read. */
  #stateOf(uri: string, analysed: Analysed): State | undefined {
    const known = this.#states.get(analysed);
    if (known) return known;
    const { document } = analysed;
    const settings = this.#session.workspace.settings.of(uri);
    const uses = documentBudgets(document);
    if (uses.length === 0) {
      this.#last.delete(uri);
      return undefined;
    }
    const judged = uses.map(use => ({ use, text: judgedBy(use, document, settings) }));
    const steps = preparations(judged);
    const end = performance.now() + mostReading;
    // A text that is quick to read is read at once: problems that flicker at every key are annoying.
    for (let next = steps.next(); !next.done; next = steps.next()) {
      if (performance.now() < end) continue;
      this.#read(uri, analysed, judged).catch(error => this.#session.complain('budgets', error));
      return this.#last.get(uri);
    }
    return this.#remember(uri, analysed, judged);
  }

  #remember(uri: string, analysed: Analysed, judged: readonly ToJudge[]): State {
    const verdicts = judged.map(({ use, text }) => judge(use, text, analysed));
    const state: State = { verdicts, fixes: new Map() };
    this.#states.set(analysed, state);
    this.#last.set(uri, state);
    return state;
  }

  /** Reads a text in steps with other requests in between; stops if the text is replaced. */
  async #read(uri: string, analysed: Analysed, judged: readonly ToJudge[]): Promise<void> {
    if (this.#reading.has(uri)) return;
    this.#reading.add(uri);
    try {
      const { workspace } = this.#session;
      const version = workspace.version(uri);
      for (const _ of preparations(judged)) {
        await turn();
        if (version !== workspace.version(uri)) return;
      }
      await turn();
      if (workspace.analysed(uri) !== analysed) return;
      this.#remember(uri, analysed, judged);
    } finally {
      this.#reading.delete(uri);
    }
    this.#changed(uri);
  }

  /** Searches for changes once the text has not been edited for a moment. */
  #searchLater(uri: string, analysed: Analysed, state: State): void {
    clearTimeout(this.#searches.get(uri));
    this.#searches.delete(uri);
    // Each trial would read the other files again, so wait for a request.
    if (analysed.spec.reader !== undefined) return;
    const open = state.verdicts.filter(verdict => verdict.status === 'over' && !state.fixes.has(verdict));
    if (open.length === 0) return;
    const { workspace } = this.#session;
    const version = workspace.version(uri);
    const search = async (): Promise<void> => {
      this.#searches.delete(uri);
      for (const verdict of open) {
        if (workspace.analysed(uri) !== analysed) break;
        await this.#search(uri, verdict, state, { isCancellationRequested: false }, mostSearching);
      }
      // If the same text was read again in the meantime (files have arrived from the client), this starts the search
      // again. A newer text is published anyway.
      if (version === workspace.version(uri)) this.#changed(uri);
    };
    const timer = setTimeout(() => {
      search().catch(error => this.#session.complain('changes for a budget', error));
    }, pause);
    this.#searches.set(uri, timer);
  }

  async #search(uri: string, verdict: Verdict, state: State, token: Token, most?: number): Promise<void> {
    const result = await this.#session.paced(uri, token, searched(verdict, most));
    if (result) state.fixes.set(verdict, result);
  }
}

/** While the user types a row that was valid before, an unknown verdict is not worth reporting. */
function worthSaying({ verdicts }: State, { standIns }: Analysed): readonly Verdict[] {
  return standIns ? verdicts.filter(({ status }) => status !== 'unknown') : verdicts;
}

/** Wraps a result, to tell “found nothing” from “gave up after `most` milliseconds of work”. */
function* searched(
  verdict: Verdict,
  most = Number.POSITIVE_INFINITY,
): Generator<unknown, { readonly fix: BudgetFix | undefined } | undefined> {
  const search = budgetFix(verdict);
  let spent = 0;
  for (;;) {
    const begin = performance.now();
    const next = search.next();
    if (next.done) return { fix: next.value };
    spent += performance.now() - begin;
    if (spent > most) return undefined;
    yield;
  }
}

function problemOf(verdict: Verdict, { fixes }: State): Problem | undefined {
  const found = fixes.get(verdict);
  const help = [costliestText(verdict), ...(found ? [fixHelp(found.fix)] : [])].filter(part => part !== undefined);
  return budgetProblem(verdict, sentences(...help));
}
