import type {Fate} from '../fidelity.ts'
import type {Container, Opening} from './container.ts'
import type {FlattenContext} from './flatten-context.ts'
import type {Lookahead} from './lookahead.ts'

/** All that a construct has: where it reads, where it writes, what is open around it, and what the page knows. */
export interface Reading {
  readonly at: Cursor
  readonly write: Writer
  readonly containers: Containers
  readonly context: FlattenContext
  /** The file that the text is from. */
  readonly path: string
  /** Whether the text becomes a single line: a heading, a cell, a label. */
  readonly isInline: boolean
  /** Counts a construct for the fidelity report. `lost` is text of the source that readers see and that is not written. */
  note(construct: string, fate: Fate, detail?: string, lost?: string): void
  /** Flattens a text to a single line, in a pass of its own. In `raw` text, by default as here, Markdown has no meaning. */
  inline(text: string, raw?: boolean): string
  /** Flattens a text with its own lines and writes it here. `path` is the file that it is from, by default this one. */
  nested(text: string, path?: string): void
}

/** The position in a text. Offsets count from its beginning. */
export interface Cursor {
  readonly text: string
  readonly p: number
  /** Line of the source, one-based. */
  readonly line: number
  /** Where constructs end. */
  readonly ahead: Lookahead
  /** Moves forward to an offset. */
  advance(to: number): void
  /** Moves forward within the line. */
  skip(length: number): void
  /** Moves over spaces and tabs. */
  skipSpace(): void
  /** Moves to the line after the one that ends at `end`. Returns true, as a line construct does when it has read all. */
  nextLine(end: number): true
  /** Moves to an offset in the line that a line construct has begun to read: its rest is read as text. Returns true. */
  enterLine(to: number): true
  /** Offset of the line break at or after `from`, or of the end of the text. */
  lineEnd(from?: number): number
  /** The line after the one that ends at `end`, indentation included. */
  lineAfter(end: number): string
  measure(from: number): MeasuredLine
  /** Source line of the line `count` below this one. */
  lineBelow(count: number): number
}

/** A line without the indentation of the containers around it. */
export interface MeasuredLine {
  /** Offset after the containers' indentation. */
  readonly start: number
  readonly rest: string
  /** Columns of its own indentation. */
  readonly indent: number
  /** Offset of its line break. */
  readonly end: number
}

/** Lines to write as they are. */
export interface WholeLine {
  readonly text: string
  /** Source line; by default the cursor's. */
  readonly line?: number
}

/**
 * Writes plain Markdown. It keeps list items and quotes together: a new line begins with `lead`. Where a line cannot be
 * broken (`isOneLine`), blocks become words of the line.
 */
export interface Writer {
  /** Whether the current line has text. */
  readonly hasContent: boolean
  /** The character before the end of the current line; empty if there is none. */
  readonly lastCharacter: string
  /** Number of complete lines. */
  readonly lineCount: number
  /** The last complete line; empty if there is none. */
  readonly lastLine: string
  /** The last line with text, if at most two blank lines follow it. */
  readonly lastText: string | null
  /** What new lines begin with to stay in the same list item or quote. */
  readonly lead: string
  readonly isOneLine: boolean
  /** Whether pipes have to be escaped. */
  readonly isCell: boolean
  /** Inside an HTML block, where Markdown has no meaning. */
  readonly isRaw: boolean
  /** Whether the lines above are rows of a table that may go on. */
  readonly isInTable: boolean
  /** Adds to the current line. */
  put(text: string): void
  /** Ends the current line if it has text; its paragraph goes on. */
  newLine(): void
  /** Ends the current block, so that what follows is another one. */
  break(): void
  /** Leaves one blank line after what is written. */
  blank(): void
  /** A separate paragraph. */
  block(text: string): void
  /** A separate line in bold that names what follows. */
  label(text: string): void
  heading(level: number, text: string, options?: HeadingOptions): void
  /** A code block; `lead`, by default the beginning of the current line, precedes its first line. */
  code(block: CodeLines, lead?: string): void
  /** Lines as they are: the first after the beginning of the current line, the others after `lead`. */
  lines(lines: readonly WholeLine[]): void
  /** A line as it is, with nothing before it. */
  line(text: string): void
  /** Leaves a blank line at which a table ends. */
  endTable(): void
  /** Leaves no line for what wrote nothing. */
  leaveNoLine(): void
  /** Removes the list marker of an item that turned out to be empty. */
  dropMarker(): void
  /** An id that belongs to the heading around it or directly below. */
  anchor(id: string): void
  /** Removes and returns the last anchor if nothing was written since. */
  takeAnchor(): string | null
  /** Writes the last line of text in bold if it has no marks: it is the term of a definition. Returns its index. */
  markTerm(): number
  openList(ordered: boolean): void
  closeList(): void
  openItem(): void
  closeItem(): void
  /** Ends the current line and its block; what follows begins with `lead`. */
  leaveBlock(lead: string): void
}

/** An id that the author of a heading set. */
export interface HeadingId {
  readonly id: string
  readonly keepsSlug: boolean
}

export interface HeadingOptions {
  /** The id that its author set. */
  readonly id?: string | null
  /** Whether the id that is made of its text leads to it as well: the author's stands in an element beside it. Default: false. */
  readonly keepsSlug?: boolean
  /** The Markdown that its id is made of, if it shows more than that: properties of components are no part of an id. */
  readonly slugText?: string | null
  /** What precedes it; by default the current line's quote marks and list markers. */
  readonly lead?: string
}

export interface CodeLines {
  /** The run of backticks or tildes; it becomes longer if the code contains such a run. */
  readonly fence: string
  readonly info: string
  readonly body: readonly {readonly text: string; readonly line: number}[]
  /** Source line of the closing fence. */
  readonly lastLine: number
}

/** The constructs that are open around the lines that follow. */
export interface Containers {
  readonly innermost: Container | undefined
  /** Whether Markdown's rule for indented code does not apply. */
  readonly isInComponent: boolean
  /** Content column of the innermost open list item. */
  readonly listOffset: number
  /** Whether the line before ended a definition that another one may follow. */
  readonly hasLeftDefinition: boolean
  open(container: Opening): void
  /** The innermost of its kind. */
  find(test: (container: Container) => boolean): Container | undefined
  count(test: (container: Container) => boolean): number
  /** Closes a container and everything that is still open in it. One that is not closed `properly` becomes no quote. */
  close(container: Container, properly?: boolean): void
  /** The next of the labels that the innermost container gives its members. */
  nextLabel(): string | null
}
