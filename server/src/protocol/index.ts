// Flopline's own extensions of the language server protocol. Types only: the client imports nothing else from the
// server.
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

/** What can be chosen for a file, the value in effect, and where it comes from. */
export interface DocumentChoice extends Omit<Choice, 'range'> {
  /** The range in the comment that sets it. */
  readonly range?: ProtocolRange;
}

/**
 * The user's choices for files, by URI. Keys and values are those of a comment (`scale`: `s`); an empty string selects
 * the file's own value.
 */
export type ChosenByUri = Readonly<Record<string, FileChoices>>;

/** A text that a document is compared with. */
export interface ComparisonBase {
  readonly kind: 'revision' | 'save' | 'file';
  /** The name of the revision or file for display: `HEAD`. */
  readonly label: string;
  /** The file name, which is needed to recognize the format. */
  readonly name: string;
  readonly text: string;
  readonly languageId?: string;
  /** Its location, for resolving imports. */
  readonly uri?: string;
  /** The commit, if it is from a revision. */
  readonly revision?: string;
}

/** The worst verdict of a document's budgets, and a message for each. */
export interface BudgetState {
  readonly status: BudgetStatus;
  readonly messages: readonly string[];
}

/** A budget of a network, as a test in the editor. */
export interface BudgetTest {
  /** The network's file. */
  readonly uri: string;
  /** The same file, relative to the folder of the project file. */
  readonly path: string;
  readonly project: string;
  /** The index of the budget in the project file. */
  readonly index: number;
  /** Which network of a Python file; null for the default one. */
  readonly entry: string | null;
  /** `scale n, ≤ 5.00G MACs`. */
  readonly limits: string;
  /** Where the project file names the network. */
  readonly range: ProtocolRange;
}

/** The verdict of a budget on a network. */
export interface BudgetResult {
  readonly status: BudgetStatus;
  /** `4.37G MACs (limit 5.00G)`. */
  readonly figure: string;
  readonly message: string;
  /** The head of the network. */
  readonly range: ProtocolRange;
  /** Places of the budget and the costliest layers; a null URI is the network's own file. */
  readonly related: readonly { readonly uri: string | null; readonly range: ProtocolRange; readonly message: string }[];
}

/** For the status bar and its menu. */
export interface DocumentSummary extends Summary {
  /** The tooltip. */
  readonly markdown: string;
  /** The ranges of comments that set something (`input=3,320,320`), by key; they override the client's settings. */
  readonly inFile: Readonly<Record<string, ProtocolRange>>;
  readonly choices: readonly DocumentChoice[];
  /** Null if no budget applies to the document. */
  readonly budget: BudgetState | null;
}

/** A file of the workspace that is a network. */
export interface NetworkFile {
  readonly uri: string;
  /** Relative to its workspace folder. */
  readonly path: string;
  /** Whether it is known to be a network; whether a program is one is known only once it has been read. */
  readonly isCertain: boolean;
}

export interface NetworkList {
  readonly networks: readonly NetworkFile[];
  /** Whether some files were left out because there are too many. */
  readonly isCut: boolean;
}

/** A sequence of changes that reaches a budget, or gets as close as possible. */
export interface SlimAnswer {
  /** The version of the text. */
  readonly version: number;
  /** `1.11G MACs (−30 %)`. */
  readonly budget: string;
  readonly reached: boolean;
  readonly before: AdviceTotals;
  readonly steps: readonly SlimItem[];
}

export interface SlimItem {
  readonly choice: SlimChoice;
  /** The layer's name for display: `model.4 (C2f)`. */
  readonly layer: string;
  /** “Insert a 1×1 bottleneck (64 channels)”, and “347M → 99.5M MACs here”. */
  readonly change: string;
  readonly price: string;
  /** 0-based, in the unchanged text. */
  readonly line: number;
  /** After this change and all previous ones. */
  readonly after: AdviceTotals;
  /** `1.11G MACs (−30 %)`: the totals that the budget limits. */
  readonly running: string;
}

/** The result of applying some of the steps. */
export interface SlimPicked {
  /** The totals as text. */
  readonly totals: string;
  readonly reached: boolean;
  readonly steps: readonly SlimItem[];
  /** All steps as one change. */
  readonly edits: readonly { readonly range: ProtocolRange; readonly newText: string }[];
}

/** The edits of a command on a row, or why it does nothing. */
export type RowAnswer =
  | {
      /** The version of the text that the edits are for. */
      readonly version: number;
      /** All edits as one change. */
      readonly edits: readonly { readonly range: ProtocolRange; readonly newText: string }[];
      /** Something else the user should know. */
      readonly message?: string;
      /** The new selection, in the changed text. */
      readonly selection: ProtocolRange;
    }
  | { readonly refused: string };

/** A row of an overview. Default values are left out, because thousands of rows are sent. */
export interface OverviewRow {
  readonly name: string;
  readonly type?: string;
  readonly shape?: string;
  readonly stage?: string;
  readonly costs: OverviewCosts;
  readonly signs?: readonly [string, string, string];
  readonly why?: string;
  /** For each place, the index of its file in `OverviewContent.files`. */
  readonly places?: readonly number[];
  readonly change?: OverviewChange;
  /**
   * What the row's own work reads. Omitted: for a row without rows inside, the previous such row, or the network's
   * first input if there is none; for other rows, that they have no work of their own.
   */
  readonly from?: readonly OverviewSource[];
  /** The shapes of the network outputs that the row's own work produces. */
  readonly returns?: readonly string[];
  readonly rows?: readonly OverviewRow[];
}

/**
 * A tensor that a row reads. The number says how many rows earlier the row that produces it is, where each row precedes
 * those inside it and removed rows do not count; 0 is the network's first input, −1 its second. The shape is given if
 * it is not that of the row or input.
 */
export type OverviewSource = number | readonly [number, string];

/** A range of the rows sent before (`to` is exclusive) that is unchanged, or new rows. */
export type OverviewPart<T = OverviewRow> =
  | { readonly from: number; readonly to: number }
  | { readonly rows: readonly T[] };

/** Numbers that replace a range of a list; `to` is null if the whole list is new. */
export interface Spliced {
  readonly from: number;
  readonly to: number | null;
  readonly values: readonly number[];
}

/** Places of rows: file URIs, the document (empty) first; and lines encoded as in an overview, if they changed. */
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

/** With the file index of each of its places. */
export type Placed<T> = Omit<T, 'sites'> & { readonly places: readonly number[] };

/** The content of an overview; what is unchanged since the last message is not sent again. */
export interface OverviewContent {
  readonly title: string;
  readonly head: string;
  readonly unit: string;
  readonly elementBytes: number;
  readonly totals: Pick<OverviewRow, 'costs' | 'signs' | 'why'>;
  readonly since?: { readonly text: string; readonly by: OverviewCosts };
  /** The network's inputs. */
  readonly inputs: readonly { readonly name: string; readonly shape: string }[];
  /** The outermost rows, in order. */
  readonly rows: readonly OverviewPart[];
  /** The files of places by URI, the document first. */
  readonly files: readonly string[];
  /**
   * The 0-based first and last line of each place, in row order, each row preceding those inside it. First lines are
   * relative to the previous first line, last lines to their own first line. Omitted if nothing changed.
   */
  readonly lines?: readonly number[];
}

/** A network in another language, or why it cannot be written; lines are 0-based. */
export type ConversionAnswer = Converted | Refused;

/** Requests from the client, by method. The result is null for a document that is not a spec. */
export interface Requests {
  'flopline/summary': { readonly params: DocumentParams; readonly result: DocumentSummary | null };
  /** The output of `flopline report --format markdown` for the text in the editor. */
  'flopline/report': { readonly params: DocumentParams; readonly result: string | null };
  /** How a Python network was read, as Markdown: entry, files, and imports that were not found. */
  'flopline/diagnosis': { readonly params: DocumentParams; readonly result: string | null };
  /** The network in another language, or why it cannot be written. */
  'flopline/convert': {
    readonly params: DocumentParams & { readonly target: ConversionTarget };
    readonly result: ConversionAnswer | null;
  };
  /** What is wrong with a budget (`-30%`, `300M`) for a network; null if it is valid. */
  'flopline/checkBudget': {
    readonly params: DocumentParams & { readonly budget: string };
    readonly result: string | null;
  };
  /**
   * Searches for changes that reach a budget; null if the search is canceled or the text replaced in the meantime.
   * Progress is reported under the token (`$/progress`), if there is one.
   */
  'flopline/slim': {
    readonly params: DocumentParams & { readonly budget: string; readonly workDoneToken?: string | number };
    readonly result: SlimAnswer | null;
  };
  /** Applies some of the steps in their order; null if the text has another version now. */
  'flopline/slimmed': {
    readonly params: DocumentParams & {
      readonly version: number;
      readonly budget: string;
      readonly choices: readonly SlimChoice[];
    };
    readonly result: SlimPicked | null;
  };
  /** The budgets of a project file with the networks they apply to; null if it cannot be read. */
  'flopline/budgets': { readonly params: DocumentParams; readonly result: readonly BudgetTest[] | null };
  /** Checks one of these networks against its budget, open or not; null if either no longer exists. */
  'flopline/judge': {
    readonly params: DocumentParams & Pick<BudgetTest, 'project' | 'index' | 'entry'>;
    readonly result: BudgetResult | null;
  };
  /** Inserts a row below the one at a position, or duplicates, moves or deletes it; references follow. */
  'flopline/rowEdits': {
    readonly params: DocumentParams & {
      readonly position: ProtocolRange['start'];
      readonly command: RowCommand;
    };
    readonly result: RowAnswer | null;
  };
  /** The networks in the workspace folders, found by names and contents of files. */
  'flopline/networks': { readonly params: object; readonly result: NetworkList };
  /** The totals of a network, open or not; null if the file has none. A file outside the workspace comes with its text. */
  'flopline/networkTotals': {
    readonly params: DocumentParams & { readonly text?: string };
    readonly result: NetworkTotals | null;
  };
  /** The values of a network that can be swept over a range. */
  'flopline/sweeps': { readonly params: DocumentParams; readonly result: readonly Sweep[] | null };
  /** The totals with one of the values; null if the newest text has no such value. */
  'flopline/sweepPoint': {
    readonly params: DocumentParams & { readonly key: SweepKey; readonly value: string };
    readonly result: SweepPoint | null;
  };
  /**
   * The memory that a network takes, operator by operator. If `known` is the number of the last answer, only what has
   * changed since.
   */
  'flopline/memory': {
    readonly params: DocumentParams & { readonly mode: MemoryMode; readonly known?: number };
    readonly result: MemoryContent | null;
  };
  /** The buffers in memory while an operator of the newest text runs; null if it has no such operator. */
  'flopline/memoryAt': {
    readonly params: DocumentParams & { readonly mode: MemoryMode; readonly kind: MemoryKind; readonly step: number };
    readonly result: MemoryMoment | null;
  };
  /** Lower bounds of each layer's time on a device; `known` as above. */
  'flopline/time': {
    readonly params: DocumentParams & { readonly device?: string; readonly known?: number };
    readonly result: TimeContent | null;
  };
  /** The totals with another value of a choice, or why it is refused; null is the default. */
  'flopline/outcome': {
    readonly params: DocumentParams & { readonly key: ChoiceKey; readonly value: string | null };
    readonly result: Outcome | null;
  };
  /** The edits that make a comment of the file set a choice; null removes it from the comments. */
  'flopline/choiceEdits': {
    readonly params: DocumentParams & { readonly key: ChoiceKey; readonly value: string | null };
    readonly result: {
      readonly version: number;
      readonly edits: readonly { readonly range: ProtocolRange; readonly newText: string }[];
    } | null;
  };
}

/** An entry of a folder; without a kind if it is neither a file nor a folder. */
export interface FolderEntry {
  readonly name: string;
  readonly kind?: 'file' | 'folder';
  readonly isLink?: boolean;
}

/**
 * Requests from the server to a client that reads files for it (`InitializationOptions.readsFiles`), for files that the
 * server cannot read itself. One answer per URI, in order; null if there is no such file or it may not be read.
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
  /** The costs of a document have changed or are gone: the client should request its summary. */
  'flopline/changed': {
    readonly uri: string;
    readonly isSpec: boolean;
    /** The client's language id for files of this format, if it has its own. */
    readonly language?: string;
  };
  /** An update of the overview shown; null if the document no longer has a network. */
  'flopline/overview': OverviewMessage;
}

export interface OverviewMessage {
  readonly uri: string;
  /** Starts at 0 for a complete message; each later one is relative to the previous one. */
  readonly serial: number;
  readonly content: OverviewContent | null;
}

/** Notifications from the editor, by method. */
export interface ClientNotifications {
  /**
   * The document that an overview shows from now on, or null: its `flopline/overview` follow, first a complete one. If
   * the document has no network, the previous one stays.
   */
  'flopline/didShowOverview': { readonly uri: string | null };
  /** All choices for some files, replacing their earlier ones; other files keep theirs. */
  'flopline/didChangeChoices': { readonly choices: ChosenByUri };
  /** What a document is compared with from now on; null for nothing. */
  'flopline/didChangeBase': { readonly uri: string; readonly base: ComparisonBase | null };
  /** Whether files outside of the workspace may be read, and the Python environment selected in the editor. */
  'flopline/didChangePython': { readonly isTrusted?: boolean; readonly python?: string };
}

/**
 * The document, the network, and the edit that inserts a comment, whose last nonempty line the user completes.
 */
export type InputLensArguments = readonly [uri: string, network: string, range: ProtocolRange, text: string];

/** Optional parameters from the client when it starts the server. */
export interface InitializationOptions {
  /** The client's command that a code lens runs; without it, the lens is plain text. */
  readonly lensCommand?: string;
  /** The command with which the user chooses a network; without it, no lens offers that. */
  readonly entryCommand?: string;
  /** The command with which the user sets how a network is called; it gets `InputLensArguments`. */
  readonly inputCommand?: string;
  /** The command that shows a document beside what it is compared with; without it, no lens offers that. */
  readonly compareCommand?: string;
  /** Whether the client wants `flopline/changed`; others would warn about an unknown notification. */
  readonly tellChanges?: boolean;
  /** The URL of a problem's explanation, with `{code}` in place of its code. */
  readonly problemLink?: string;
  /** The section `flopline` of settings, for a client without configuration requests. */
  readonly settings?: unknown;
  /** Whether files outside of the workspace may be read; default: true. */
  readonly isTrusted?: boolean;
  /** The Python environment selected in the editor (a folder or an interpreter), for files whose settings name none. */
  readonly python?: string;
  /** Whether the editor answers `ServerRequests`. */
  readonly readsFiles?: boolean;
  /** The user's choices for files; changes follow as `flopline/didChangeChoices`. */
  readonly choices?: ChosenByUri;
  /** `push` has problems sent as soon as they are known, even to a client that supports pulling them. */
  readonly diagnostics?: 'push';
  /** Translations by language and English text, for a server that ships without them, as in a browser. */
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
