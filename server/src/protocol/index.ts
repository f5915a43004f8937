// What Flopline's server and an editor say to each other beside the language server protocol. Types only: the client
// imports nothing else of the server.
import type {
  AdviceTotals,
  BudgetStatus,
  Choice,
  ChoiceKey,
  ConversionTarget,
  Converted,
  FileChoices,
  Memory,
  MemoryCurve,
  MemoryKind,
  MemoryMode,
  MemoryMoment,
  MemoryStretch,
  NetworkTotals,
  Outcome,
  OverviewChange,
  OverviewCosts,
  Refused,
  RowCommand,
  SlimChoice,
  Summary,
  Sweep,
  SweepKey,
  SweepPoint,
  Time,
  TimeRow,
} from '../core/index.ts';

/** A place in a document as the language server protocol counts it: 0-based, UTF-16. */
export interface ProtocolRange {
  readonly start: { readonly line: number; readonly character: number };
  readonly end: { readonly line: number; readonly character: number };
}

export interface DocumentParams {
  readonly textDocument: { readonly uri: string };
}

/** What can be chosen for a file, what is in effect, and who that is from. */
export interface DocumentChoice extends Omit<Choice, 'range'> {
  /** The place in the comment that it is from. */
  readonly range?: ProtocolRange;
}

/**
 * What a person chose for files, by address; keys and values are those of a comment (`scale`: `s`), and an empty string
 * is the file's own value.
 */
export type ChosenByUri = Readonly<Record<string, FileChoices>>;

/** A text that a document is compared with. */
export interface ComparisonBase {
  readonly kind: 'revision' | 'save' | 'file';
  /** The revision or the file, as a person calls it: `HEAD`. */
  readonly label: string;
  /** The file's name, by which a spec is recognised. */
  readonly name: string;
  readonly text: string;
  readonly languageId?: string;
  /** Where it is, for what it imports. */
  readonly uri?: string;
  /** Of a revision: its commit. */
  readonly revision?: string;
}

/** What the budgets of a document say of it, in words: the worst of them, and each. */
export interface BudgetState {
  readonly status: BudgetStatus;
  readonly messages: readonly string[];
}

/** A budget of a network, as a test of an editor. */
export interface BudgetTest {
  /** The network's file. */
  readonly uri: string;
  /** The same, relative to the folder of the project file. */
  readonly path: string;
  readonly project: string;
  /** The place of the budget among those of the project. */
  readonly index: number;
  /** Which network of a Python file; null is the file's own. */
  readonly entry: string | null;
  /** `scale n, ≤ 5.00G MACs`. */
  readonly limits: string;
  /** In the project file, where the network is named. */
  readonly range: ProtocolRange;
}

/** What a budget says of a network. */
export interface BudgetResult {
  readonly status: BudgetStatus;
  /** `4.37G MACs (limit 5.00G)`. */
  readonly figure: string;
  readonly message: string;
  /** The head of the network. */
  readonly range: ProtocolRange;
  /** The budget and the costliest layers; null is the network's own file. */
  readonly related: readonly { readonly uri: string | null; readonly range: ProtocolRange; readonly message: string }[];
}

/** For a status bar and its menu. */
export interface DocumentSummary extends Summary {
  /** What pointing at the totals shows. */
  readonly markdown: string;
  /** Where comments of the file set something (`input=3,320,320`), by key; they take precedence over the editor's settings. */
  readonly inFile: Readonly<Record<string, ProtocolRange>>;
  readonly choices: readonly DocumentChoice[];
  /** Null where no budget is for the document. */
  readonly budget: BudgetState | null;
}

/** A file of the workspace that is a network. */
export interface NetworkFile {
  readonly uri: string;
  /** Within its workspace folder. */
  readonly path: string;
  /** Whether it is one for certain: of a program that is known when it was read. */
  readonly isCertain: boolean;
}

export interface NetworkList {
  readonly networks: readonly NetworkFile[];
  /** Whether the workspace has more files than are looked at. */
  readonly isCut: boolean;
}

/** A sequence of changes that reaches a budget, or comes as near as can be. */
export interface SlimAnswer {
  /** Of the text that it is about. */
  readonly version: number;
  /** `1.11G MACs (−30 %)`. */
  readonly budget: string;
  readonly reached: boolean;
  readonly before: AdviceTotals;
  readonly steps: readonly SlimItem[];
}

export interface SlimItem {
  readonly choice: SlimChoice;
  /** What it is about, as a person knows it: `model.4 (C2f)`. */
  readonly layer: string;
  /** “Insert a 1×1 bottleneck (64 channels)”, and “347M → 99.5M MACs here”. */
  readonly change: string;
  readonly price: string;
  /** 0-based, of the text as it stands. */
  readonly line: number;
  /** With this change and all before it. */
  readonly after: AdviceTotals;
  /** `1.11G MACs (−30 %)`: what the budget limits of them, in words. */
  readonly running: string;
}

/** Some of the steps, tried anew on the text. */
export interface SlimPicked {
  /** The totals with them, in words. */
  readonly totals: string;
  readonly reached: boolean;
  readonly steps: readonly SlimItem[];
  /** All of them as one change. */
  readonly edits: readonly { readonly range: ProtocolRange; readonly newText: string }[];
}

/** What a command on a row makes of the text, or why it does nothing. */
export type RowAnswer =
  | {
      /** Of the text that the changes are for. */
      readonly version: number;
      /** All of them as one change. */
      readonly edits: readonly { readonly range: ProtocolRange; readonly newText: string }[];
      /** What else a person has to know of it. */
      readonly message?: string;
      /** Where the cursor is then, in the changed text. */
      readonly selection: ProtocolRange;
    }
  | { readonly refused: string };

/** A row of an overview. What is the default is left out: thousands of them are sent. */
export interface OverviewRow {
  readonly name: string;
  readonly type?: string;
  readonly shape?: string;
  readonly stage?: string;
  readonly costs: OverviewCosts;
  readonly signs?: readonly [string, string, string];
  readonly why?: string;
  /** For each of its places the number of its file among `OverviewContent.files`. */
  readonly places?: readonly number[];
  readonly change?: OverviewChange;
  /**
   * What its own work reads. Left out: of a row without rows, the row without rows in front of it, or the network's first
   * input where there is none; of another one, that it has no work of its own.
   */
  readonly from?: readonly OverviewSource[];
  /** The shapes of what the network returns of its own work. */
  readonly returns?: readonly string[];
  readonly rows?: readonly OverviewRow[];
}

/**
 * A tensor that a row reads: by how many rows the one whose work it is comes earlier, counting each row in front of those
 * inside it and removed ones not at all; 0 is the network's first input, −1 its second. With its shape where that is not
 * the row's or the input's.
 */
export type OverviewSource = number | readonly [number, string];

/** Rows that stay as they were, from a number up to another one of those sent before, or others. */
export type OverviewPart<T = OverviewRow> =
  | { readonly from: number; readonly to: number }
  | { readonly rows: readonly T[] };

/** Numbers that replace others of a list, from one up to another; `to` is null for a list that is all new. */
export interface Spliced {
  readonly from: number;
  readonly to: number | null;
  readonly values: readonly number[];
}

/** Where rows are: files by address, the document first (empty), and lines as an overview has them, if they changed. */
export interface WithPlaces {
  readonly files: readonly string[];
  readonly lines?: readonly number[];
}

export interface MemoryContent extends Omit<Memory, 'operators' | 'stretches' | 'curves'>, WithPlaces {
  readonly id: number;
  readonly operators: Spliced;
  readonly curves: readonly (Omit<MemoryCurve, 'bytes'> & { readonly bytes: Spliced })[];
  readonly stretches: readonly OverviewPart<Placed<MemoryStretch>>[];
}

export interface TimeContent extends Omit<Time, 'rows'>, WithPlaces {
  readonly id: number;
  readonly rows: readonly OverviewPart<Placed<TimeRow>>[];
}

/** With the number of the file of each of its places. */
export type Placed<T> = Omit<T, 'sites'> & { readonly places: readonly number[] };

/** What an overview shows; of what was sent before, what is the same is not sent again. */
export interface OverviewContent {
  readonly title: string;
  readonly head: string;
  readonly unit: string;
  readonly elementBytes: number;
  readonly totals: Pick<OverviewRow, 'costs' | 'signs' | 'why'>;
  readonly since?: { readonly text: string; readonly by: OverviewCosts };
  /** What the network is given. */
  readonly inputs: readonly { readonly name: string; readonly shape: string }[];
  /** The outermost rows, in order. */
  readonly rows: readonly OverviewPart[];
  /** The files of places, by address: the document first. */
  readonly files: readonly string[];
  /**
   * The 0-based first and last line of each place, rows in order and each in front of those inside it; a first line as
   * what it is more than the one before, a last line as what it is more than its first. Left out where all are the same.
   */
  readonly lines?: readonly number[];
}

/** A network in another language, or why it is not written; lines are 0-based. */
export type ConversionAnswer = Converted | Refused;

/** Requests from the editor, by method. A document that is no spec is answered with null. */
export interface Requests {
  'flopline/summary': { readonly params: DocumentParams; readonly result: DocumentSummary | null };
  /** The report of `flopline report --format markdown`, of the text as it stands in the editor. */
  'flopline/report': { readonly params: DocumentParams; readonly result: string | null };
  /** How a network in Python was read, as markdown: from where, with which files, what was not found. */
  'flopline/diagnosis': { readonly params: DocumentParams; readonly result: string | null };
  /** The network in another language, or why it cannot be said. */
  'flopline/convert': {
    readonly params: DocumentParams & { readonly target: ConversionTarget };
    readonly result: ConversionAnswer | null;
  };
  /** What is wrong with a budget (`-30%`, `300M`) for a network; null when nothing is. */
  'flopline/checkBudget': {
    readonly params: DocumentParams & { readonly budget: string };
    readonly result: string | null;
  };
  /**
   * Searches changes that reach a budget; null where the search is cancelled or the text replaced meanwhile. Progress is
   * reported under the token (`$/progress`), where there is one.
   */
  'flopline/slim': {
    readonly params: DocumentParams & { readonly budget: string; readonly workDoneToken?: string | number };
    readonly result: SlimAnswer | null;
  };
  /** What some of the steps make of the text, in their order; null where it is not that version any more. */
  'flopline/slimmed': {
    readonly params: DocumentParams & {
      readonly version: number;
      readonly budget: string;
      readonly choices: readonly SlimChoice[];
    };
    readonly result: SlimPicked | null;
  };
  /** The budgets of a project file with the networks that they are for; null where it cannot be read. */
  'flopline/budgets': { readonly params: DocumentParams; readonly result: readonly BudgetTest[] | null };
  /** Holds one of them against its network, open or not; null where one of both is gone. */
  'flopline/judge': {
    readonly params: DocumentParams & Pick<BudgetTest, 'project' | 'index' | 'entry'>;
    readonly result: BudgetResult | null;
  };
  /** Inserts a row below the one at a position, duplicates, moves or deletes it; references follow. */
  'flopline/rowEdits': {
    readonly params: DocumentParams & {
      readonly position: ProtocolRange['start'];
      readonly command: RowCommand;
    };
    readonly result: RowAnswer | null;
  };
  /** The networks in the folders of the workspace, by the names and contents of files. */
  'flopline/networks': { readonly params: object; readonly result: NetworkList };
  /**
   * What one of them costs, open or not; null where it is none. A file that is in no folder of the workspace comes with
   * its text.
   */
  'flopline/networkTotals': {
    readonly params: DocumentParams & { readonly text?: string };
    readonly result: NetworkTotals | null;
  };
  /** What can be varied of a network. */
  'flopline/sweeps': { readonly params: DocumentParams; readonly result: readonly Sweep[] | null };
  /** The totals with one of the values; null where it is none of the newest text. */
  'flopline/sweepPoint': {
    readonly params: DocumentParams & { readonly key: SweepKey; readonly value: string };
    readonly result: SweepPoint | null;
  };
  /**
   * The memory that a network takes, operator by operator; of what was answered under the number `known`, if that was the
   * last answer, what has changed.
   */
  'flopline/memory': {
    readonly params: DocumentParams & { readonly mode: MemoryMode; readonly known?: number };
    readonly result: MemoryContent | null;
  };
  /** What is there while an operator of the newest text runs; null where it has no such operator. */
  'flopline/memoryAt': {
    readonly params: DocumentParams & { readonly mode: MemoryMode; readonly kind: MemoryKind; readonly step: number };
    readonly result: MemoryMoment | null;
  };
  /** How long each layer takes on a device at least; the same of what was answered last. */
  'flopline/time': {
    readonly params: DocumentParams & { readonly device?: string; readonly known?: number };
    readonly result: TimeContent | null;
  };
  /** What another value of a choice would give, or why it is refused; null is the default. */
  'flopline/outcome': {
    readonly params: DocumentParams & { readonly key: ChoiceKey; readonly value: string | null };
    readonly result: Outcome | null;
  };
  /** The changes that make a comment of the file set a choice; null removes it from them. */
  'flopline/choiceEdits': {
    readonly params: DocumentParams & { readonly key: ChoiceKey; readonly value: string | null };
    readonly result: {
      readonly version: number;
      readonly edits: readonly { readonly range: ProtocolRange; readonly newText: string }[];
    } | null;
  };
}

/** What a folder holds: the kind is left out of what is neither a file nor a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind?: 'file' | 'folder';
  readonly isLink?: boolean;
}

/**
 * Requests from the server to an editor that says that it reads files (`InitializationOptions.readsFiles`): for those that
 * the server itself cannot read. An answer for each address, in order; null where there is nothing, or nothing that may be
 * read.
 */
export interface ServerRequests {
  'flopline/listFolders': {
    readonly params: { readonly uris: readonly string[] };
    readonly result: readonly (readonly FolderEntry[] | null)[];
  };
  'flopline/readFiles': {
    readonly params: { readonly uris: readonly string[] };
    readonly result: readonly (string | null)[];
  };
}

/** Notifications from the server, by method. */
export interface Notifications {
  /** A document has new costs, or has none any more: time to ask for its summary. */
  'flopline/changed': {
    readonly uri: string;
    readonly isSpec: boolean;
    /** The editor's language for files of this format, where it has one of its own. */
    readonly language?: string;
  };
  /** What the overview of a document shows now; null where it has no network any more. */
  'flopline/overview': OverviewMessage;
}

export interface OverviewMessage {
  readonly uri: string;
  /** Counted from 0, which is all of it: each one is about what the one before it left. */
  readonly serial: number;
  readonly content: OverviewContent | null;
}

/** Notifications from the editor, by method. */
export interface ClientNotifications {
  /**
   * An overview shows a document from now on, or nothing (null): it gets `flopline/overview` whenever something has
   * changed, the first time all of it. A document without a network is passed over: the one before is shown on.
   */
  'flopline/didShowOverview': { readonly uri: string | null };
  /** What is chosen for some files now, in place of all that was chosen for them before; others keep theirs. */
  'flopline/didChangeChoices': { readonly choices: ChosenByUri };
  /** What a document is compared with from now on; null is nothing. */
  'flopline/didChangeBase': { readonly uri: string; readonly base: ComparisonBase | null };
  /** Whether files outside of the workspace may be read now, and the environment of Python that the editor uses. */
  'flopline/didChangePython': { readonly isTrusted?: boolean; readonly python?: string };
}

/**
 * Which network of which document, and the change that writes a comment: its last line that is not empty is for a person
 * to complete.
 */
export type InputLensArguments = readonly [uri: string, network: string, range: ProtocolRange, text: string];

/** What an editor may hand over when it starts the server; every part may be left out. */
export interface InitializationOptions {
  /** Command of the editor that a code lens runs; without one it is plain text. */
  readonly lensCommand?: string;
  /** Command that lets a person choose a network; without one, no lens offers it. */
  readonly entryCommand?: string;
  /** Command that lets a person say how a network is called; it gets `InputLensArguments`. */
  readonly inputCommand?: string;
  /** Command that shows a document beside what it is compared with; without one, no lens offers it. */
  readonly compareCommand?: string;
  /** Whether the editor wants `flopline/changed`; others would warn of a notification that they do not know. */
  readonly tellChanges?: boolean;
  /** The address at which the editor explains a problem; `{code}` stands for its code. */
  readonly problemLink?: string;
  /** Settings of an editor that cannot be asked for its configuration, as under `flopline`. */
  readonly settings?: unknown;
  /** Whether files outside of the workspace may be read; true where it is not given. */
  readonly isTrusted?: boolean;
  /** The environment of Python that the editor uses, by its folder or its interpreter: for files whose settings name none. */
  readonly python?: string;
  /** Whether the editor answers `ServerRequests`. */
  readonly readsFiles?: boolean;
  /** What was chosen for files; changes come as `flopline/didChangeChoices`. */
  readonly choices?: ChosenByUri;
  /** `push` has problems sent as soon as they are known, even to an editor that could ask for them. */
  readonly diagnostics?: 'push';
  /** For a server that has none, as in a browser: translations by language and by their English. */
  readonly translations?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export type {
  BudgetStatus,
  ChoiceKey,
  ConversionTarget,
  FileChoices,
  MemoryKind,
  MemoryMode,
  MemoryMoment,
  MemoryPiece,
  MemoryStretch,
  NetworkTotals,
  Outcome,
  OverviewChange,
  OverviewCosts,
  RowCommand,
  Sweep,
  SweepKey,
  SweepPoint,
  TimeRow,
} from '../core/index.ts';
