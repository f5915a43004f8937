// What a format is. A format is a folder beside this file; formats never import each other.
import type { GraphEdit } from '../graph/edit.ts';
import type { Doubts, Graph, GraphNode, Note } from '../graph/graph.ts';
import type { Shown } from '../graph/segment.ts';
import type { Tunable } from '../graph/tunable.ts';
import type { ShapeOrder } from '../ops/rules/shape.ts';
import type { Imports, InputSize, ModuleRow, Roots } from '../program/program.ts';
import type { BuildBody, CostRules, Project } from '../project/index.ts';
import type { Files } from '../python/files.ts';
import type { TextEdit } from '../text/edit.ts';
import type { Fix, Problem } from '../text/problem.ts';
import type { Range } from '../text/range.ts';
import type { Span } from '../text/span.ts';
import type { Definitions, Item, Numbered, Reference } from './reference.ts';
import type { Rows } from './rows.ts';
import type { Call, Slot } from './slot.ts';

export type { Imports, InputSize, ModuleRow, Roots } from '../program/program.ts';

/** A text that may be a spec. */
export interface Source {
  /** The file's name without folders. */
  readonly name: string;
  readonly text: string;
  /** The editor's language for it, where there is an editor. */
  readonly languageId?: string | undefined;
  /** Whether somebody named a network of this very file: a Python file is a program then, whatever it has in it. */
  readonly hasEntry?: boolean | undefined;
  /** Where it lies, absolute and with forward slashes; undefined for a text that is in no file. */
  readonly path?: string | undefined;
  /** The files around it, for formats whose texts import others; without it, nothing is imported. */
  readonly files?: Files | undefined;
  /** Where imports are looked for, as a person has set it. */
  readonly roots?: Roots | undefined;
  /** What the nearest `flopline.yaml` says. */
  readonly project?: Project | undefined;
  /** Its cost rules, and who builds their bodies: made by the pipeline. */
  readonly rules?: CostRules | undefined;
  readonly buildBody?: BuildBody | undefined;
  /** Whose network is shown in a text that has none of its own. */
  readonly host?: Host | undefined;
}

/** A program that imports a text: its network says what the lines of the text cost. */
export interface Host {
  /** Where it lies. */
  readonly path: string;
  /** The expression that builds its network. */
  readonly entry: string;
  /** What it is called with, which its format alone understands; undefined is guessed. */
  readonly given: unknown;
  readonly roots: Roots | undefined;
}

export interface ReadOptions {
  readonly input?: readonly InputSize[] | undefined;
  /** The scale of a family (`n`); undefined is the file's own choice. */
  readonly scale?: string | undefined;
  /** One of the format's `choices.dialect`; undefined is by content. */
  readonly dialect?: string | undefined;
  /** One of the format's `choices.phase`; undefined is the file's own choice, else TEST. */
  readonly phase?: string | undefined;
  /** Whether the network is read as it runs in training; undefined is evaluation. */
  readonly training?: boolean | undefined;
  /** Whether it is followed how long tensors are there, where a program runs. */
  readonly lifetimes?: boolean | undefined;
  /** What is built, in a format whose texts hold several networks: `resnet50()`. Undefined is the text's first choice. */
  readonly entry?: string | undefined;
  /** What the network is called with, as expressions of the text's language, where sizes do not say it. */
  readonly inputs?: string | undefined;
  /** The order in which problems word the sizes of images; undefined is that of the format. */
  readonly shapeOrder?: ShapeOrder | undefined;
  /** Items that begin after this offset are left out: a question about one item needs none of those below it. */
  readonly until?: number | undefined;
  /** Where the places of frames are shown, where a person sees another text than the one that is read. */
  readonly places?: Shown | undefined;
}

/** A network that is to be written in a language. */
export interface Writing {
  readonly graph: Graph;
  /** What the network is called. */
  readonly title: string;
  /** Lines for the head of the text, without the language's sign for comments. */
  readonly comments: readonly string[];
}

/** The text of a network; or which node the language cannot say, and why. */
export type NetworkText =
  | { readonly text: string }
  | { readonly node: GraphNode; readonly label: string | undefined; readonly why: string };

/** How a format writes networks. */
export interface Writer {
  /** What files of the language end in. */
  readonly ending: string;
  /** The editor's language. */
  readonly languageId: string;
  readonly write: (writing: Writing) => NetworkText;
}

/** One member of a family that the text defines, such as a row of `scales:`. */
export interface Variant {
  readonly name: string;
  readonly range: Range;
}

/** The figure that the framework itself prints: a convention's total at an input of its own. */
export interface Native {
  /** The preset that comes nearest. */
  readonly convention: string;
  /** As the framework prints it: `GFLOPs`. */
  readonly label: string;
  readonly unit: number;
  /** Digits behind the point that it prints; 1 where not given. */
  readonly digits?: number;
  /** Who prints it: “Ultralytics”. */
  readonly by: string;
  /** `single` where it adds up its rows in floats of 32 bits: the last digit that it prints may be another one then. */
  readonly precision?: 'single';
  /** In words, where the figure misleads. */
  readonly caveat?: string;
  /** What its releases print, the newest first, without those that refuse the text or read another network. */
  readonly releases: () => readonly Release[];
}

/** How a release of a framework arrives at the figure that it prints. */
export interface Release {
  /** As in `8.4.117`; none where all releases print the same. */
  readonly version?: string;
  /** The convention that it counts by. */
  readonly counter: string;
  /** Made in order; the first that is complete counts. */
  readonly attempts: () => readonly Attempt[];
  /** The same for the network as fused for inference, where the framework fuses. */
  readonly fused?: { readonly fuse: (graph: Graph) => Fusion; readonly attempts: () => readonly Attempt[] };
}

/** A sum: the network's total at some inputs, each times a factor. No input is the text's own. */
export type Attempt = readonly { readonly input: readonly InputSize[]; readonly factor: number }[];

/** What fusing changes of a network: nodes that are gone, and biases that others have from then on. */
export interface Fusion {
  readonly gone: ReadonlySet<GraphNode>;
  readonly biases: ReadonlyMap<GraphNode, number>;
}

/** Figures of the network that a comment states, as they stood when it was written. */
export interface Claim {
  /** The comment. */
  readonly range: Range;
  readonly params: Figure;
  readonly gradients: Figure | undefined;
  /** What the framework prints, in the unit of `native`. */
  readonly printed: (Figure & { readonly digits: number }) | undefined;
  /** The words on what is not counted here (`225 layers, `), which go when they no longer hold. */
  readonly others: Range | undefined;
}

export interface Figure {
  readonly range: Range;
  readonly value: number;
  /** Written with thousands separators. */
  readonly separated: boolean;
}

/** What a text says: its network and everything around it that features need. */
export interface Spec {
  readonly model: string;
  readonly dialect?: string | undefined;
  /** Why the text is read in this dialect, as the end of a sentence. */
  readonly dialectBecause?: string | undefined;
  /** Whose modules they are, where our own tables say what the rows mean: `YOLOv5`. */
  readonly tables?: string | undefined;
  readonly graph: Graph;
  readonly problems: readonly Problem[];
  /** Where the totals stand: the line that names the network, or the first one. */
  readonly head: Range;
  readonly variants: readonly Variant[];
  /** The variant that was read. */
  readonly variant?: string | undefined;
  /** The phase that was read, where layers are there in one phase or the other (Caffe). */
  readonly phase?: 'TRAIN' | 'TEST' | undefined;
  readonly native?: Native | undefined;
  /** What a comment says of the network as it was read. */
  readonly claim?: Claim | undefined;
  /** Rows whose numbers hold on a condition alone. */
  readonly doubts?: Doubts | undefined;
  /** The batch that the text writes, where it is not 1: costs are for one sample all the same. */
  readonly batch?: number | undefined;
  /** What a text that is a program says besides. */
  readonly program?: Program | undefined;
  /** The other files that it was read with; undefined where it was read by itself. */
  readonly imports?: Imports | undefined;
  /** The Python that says what its items mean, from its repository on: `models/yolo.py`; undefined for our own tables. */
  readonly reader?: string | undefined;
  /** The release that this Python is by content, where our own tables for that release were used: “YOLOv5 v7.0”. */
  readonly mirrors?: string | undefined;
  /** What places of a text without a network mean. */
  readonly notes?: (() => readonly Note[]) | undefined;
}

/** A program that was read: which of its networks, and what it is made of. */
export interface Program {
  /** The networks that it holds, the one that is read by itself first. */
  readonly entries: readonly ProgramEntry[];
  /** The one that was read; undefined where there is none. */
  readonly entry: ProgramEntry | undefined;
  /** Classes of modules of the text that no entry builds, because it is not known what they take. */
  readonly unbuilt: readonly UnbuiltClass[];
  /** The same for the files that it imports; undefined where it has no network, or is in no file. */
  readonly host: Host | undefined;
  /** The modules of the network in the order of its tree, itself first, under an empty name. */
  readonly modules: readonly ModuleRow[];
}

/** A class that is built only with arguments that nothing in its text gives. */
export interface UnbuiltClass {
  readonly name: string;
  /** The head of its definition. */
  readonly head: Range;
  /** The arguments that it needs. */
  readonly needs: readonly string[];
}

/** A network that a program holds. */
export interface ProgramEntry {
  /** The expression that builds it: `resnet50()`. */
  readonly expression: string;
  /** Where it is in the text: the head of the function or class, the call, the comment; undefined for one from outside. */
  readonly range: Range | undefined;
  /** Why it is one. */
  readonly from: 'comment' | 'use' | 'function' | 'class' | 'value' | 'outside' | 'host';
  /** What it is called with, as far as the text says it: sizes as in `--input`, or expressions. */
  readonly inputs: string | undefined;
  /** The file that holds it, where that is another one that imports this one. */
  readonly host?: string | undefined;
  /** Whether what it was called with was guessed; undefined where it was not read. */
  readonly guessed?: boolean | undefined;
  /** The sizes that it was called with, one for each tensor; undefined where it was not read. */
  readonly shapes?: readonly (readonly number[])[] | undefined;
}

/** A text that is parsed once and read as often as sizes and scales ask for it. */
export interface Reader {
  readonly problems: readonly Problem[];
  /** What the reader of another text may take over to save work; understood only by the format that made it. */
  readonly cache?: unknown;
  read(options: ReadOptions): Spec;
  /**
   * Reads in steps what takes long, for whoever has others to answer in between. Once it has ended, `read` with the same
   * options has the result at once; nothing is lost where it is given up.
   */
  prepare?(options: ReadOptions): Generator<void, void>;
  /** The items of the text's top-level list, in source order, with what they say of each other. */
  items?(): readonly Item[];
  /** Every reference of the text, where others than its items have some: rows of blocks, what the network outputs. */
  references?(): readonly Reference[];
  /** The same items as objects that are equal where what they are read from is; cheap, unlike `items`. */
  chunks?(): readonly object[];
  /** The text of one of them, and the numbers by which it refers to others. */
  chunkAt?(index: number): { readonly text: string; readonly written: readonly number[] };
  /** What it defines beside its items, and what names them outside of lists. */
  definitions?(): Definitions;
  /** The items that begin in a range, if others name them by their numbers; asked for at every keystroke. */
  numbered?(within: Range): readonly Numbered[];
  /** The text as parts within parts, in source order. */
  spans?(): readonly Span[];
  /**
   * The smallest changes of the text that change the network like this: comments, quoting and order stay, references to
   * what moves are renumbered, new names are unique. Undefined where the dialect cannot say one of the edits, or the
   * item is written in a way that cannot be changed alone. What comes of it is checked by analysing the changed text.
   */
  rewrite?(edits: readonly GraphEdit[], options: ReadOptions): readonly TextEdit[] | undefined;
  /** What its items write that can be made smaller, in source order. Nothing where a part of the text is damaged. */
  tunables?(options: ReadOptions): readonly Tunable[];
  /** The items as a person moves them; undefined where a part of the text is not read as it is written. */
  rows?(options: ReadOptions): Rows | undefined;
  /** What may stand at an offset, whether the text around it can be read or not; undefined where nothing is known. */
  slot?(offset: number, spec: Spec): Slot | undefined;
  /** The list of arguments around an offset. */
  call?(offset: number, spec: Spec): Call | undefined;
  /** Ways that may mend a problem, the likeliest first; each is tried on the text before it is offered. */
  fixes?(problem: Problem, spec: Spec): readonly Fix[];
}

/** Settings that mean something in some formats only. A format has those that mean something in it. */
export interface Choices {
  /** Its files may define a family of scales (`Spec.variants`). */
  readonly scale?: true;
  /** Whose modules or sections its files use. */
  readonly dialect?: readonly string[];
  readonly phase?: readonly string[];
  /** Its texts are programs that hold several networks, called with anything (`Spec.program`). */
  readonly entry?: true;
}

export interface Format {
  /** As in a report: `ultralytics`. */
  readonly id: string;
  readonly label: string;
  readonly choices: Choices;
  /** Its texts hold no network: they have problems, hovers and completion, and no costs. */
  readonly hasNoNetwork?: true;
  /** The editor's languages whose every file is of this format. */
  readonly languages: readonly string[];
  /** What its texts call an item by number, counted from 0: “row 12”. */
  readonly itemName: (index: number) => string;
  /** What people call the items of its texts. */
  readonly items: 'rows' | 'layers';
  /** Whether they name each other by number; elsewhere they have names. */
  readonly numbersItems?: true;
  /** The order in which a text of this format writes the sizes of its input: shapes are shown in it. */
  readonly shapeOrder: ShapeOrder;
  /** Whether its texts name their inputs; the others have one, which takes a size under any name. */
  readonly namedInputs: boolean;
  /** What begins a comment line; `#` where not given. */
  readonly comments?: RegExp;
  /** Writes networks of any format in this one. */
  readonly writer?: Writer;
  /** A cheap look at name and content. */
  recognises(source: Source): boolean;
  /** What has to be loaded before a text can be opened, where the text needs it. */
  readonly parser?: { isNeeded(source: Source): boolean; isReady(): boolean; load(): Promise<void> };
  /** Whether a text is certainly none of this format's, though its language says so: others have files of that name. */
  isForeign?(source: Source): boolean;
  /**
   * Parses a text. `earlier` is the reader of another one, such as the text before an edit: what both have in common need
   * not be read again. What is read depends on the text alone, and what `earlier` has read stays as it is.
   */
  open(source: Source, earlier?: Reader): Reader;
}
