import type {ModelPrices} from '../../domain/index.ts'
import type {RedactorRecipe} from '../../redaction/index.ts'
import type {CommandLine} from '../staff/note-in-audit.ts'
import type {Stores} from '../stores.ts'
import type {Values} from './options.ts'
import type {TerminalView} from './terminal-view.ts'

export interface CommandEnvironment {
  /** The server's data folder, if the arguments do not name one. */
  readonly dataDir: () => string
  /** `DATABASE_URL`; default null: the transcripts are in the data folder. */
  readonly databaseUrl?: () => string | null
  /** `MODEL_PRICES`; default none. */
  readonly prices?: () => ModelPrices
  /** Where addresses of the docs lead to in a page of a replay: a URL that ends with a slash; default: those of a server on this machine. */
  readonly docsBase?: () => string
  /** By which `--redacted` finds what to replace; default: all kinds. */
  readonly redaction?: () => RedactorRecipe
  /** Whether the words of a search may be kept in the audit log; default true. */
  readonly keepsWords?: () => boolean
  /** Where the server is, for links; default: on this machine. */
  readonly serverUrl?: () => string
  /** The setting `TRANSCRIPTS`; default `full`. */
  readonly mode?: () => string
  /** Resolves when more can be written, so that memory use does not depend on the size of an export. */
  readonly print: (text: string) => Promise<void>
  readonly warn: (text: string) => void
  readonly view: TerminalView
}

/** One command with what it was called with. */
export interface Call extends Omit<CommandEnvironment, 'dataDir' | 'databaseUrl'> {
  readonly dataDir: string
  readonly stores: Stores
  /** The SQLite file of the transcripts; null where they are in a database. */
  readonly file: string | null
  readonly values: Values
  /** What the command is about, where it needs something: an answer, a link, a file; '' otherwise. */
  readonly id: string
  /** Writes a line to the audit log; where that is not possible, it warns and goes on. */
  readonly note: (line: CommandLine) => Promise<void>
}
