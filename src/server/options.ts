import type {AnsweringOptions} from '../answering/index.ts'
import type {Log} from '../http/index.ts'
import type {Redacted} from '../redaction/index.ts'
import type {Settings} from '../settings/index.ts'
import type {RecoveredAnswer} from '../transcripts/index.ts'
import type {Database} from './database.ts'
import type {Parts} from './parts.ts'

export interface ServerOptions {
  readonly settings: Settings
  readonly log: Log
  /** Folder of the built page and widget; null to serve none. */
  readonly webDir: string | null
  /** Adds metrics of the process to `/metrics`; only for one server in a process. Default false. */
  readonly withProcessMetrics?: boolean
  /** Pause between two pieces of an extractive answer, in milliseconds. Default: that of the generator. */
  readonly extractPaceMs?: number
  /** Default: none, all parts are created from the settings. */
  readonly parts?: Parts
}

export interface AssistantOptions extends Omit<ServerOptions, 'webDir' | 'withProcessMetrics'> {
  readonly onEnd?: AnsweringOptions['onEnd']
  /** Called when a reader takes an answer up again. */
  readonly onResumed?: () => void
  /** Called with what was replaced in the words of a visitor, by kind. */
  readonly onRedacted?: (found: Redacted['found']) => void
  /** Shared by several servers; default: none, everything is in the data folder. The caller closes it. */
  readonly database?: Database | null
  /** Called with answers of other servers that died, which this one has ended. */
  readonly onRecovered?: (answers: readonly RecoveredAnswer[]) => void
  /** Default `transcripts.sqlite` in the data folder. Only one process at a time may have a file open for writing. */
  readonly transcriptsFile?: string
}
