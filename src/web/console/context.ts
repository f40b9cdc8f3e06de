import type {Api} from './api.ts'
import type {TranscriptLists} from './list/transcript-lists.ts'
import type {Router} from './router.ts'
import type {Drafts} from './storage.ts'

export interface Confirmation {
  readonly title: string
  readonly text: string
  /** Words of the button that does it. */
  readonly action: string
  /** Words of the button that does not. Default `Cancel`. */
  readonly otherwise?: string
  /** Ends the question, with no, once there is nothing to answer any more. */
  readonly signal?: AbortSignal
}

/** What every view of the console works with. */
export interface ConsoleContext {
  readonly api: Api
  readonly router: Router
  readonly lists: TranscriptLists
  /** Of whoever is signed in. */
  readonly drafts: Drafts
  /** Hosts whose images answers may show. */
  readonly imageHosts: readonly string[]
  /** Whether keys without Ctrl or Alt do something. */
  readonly hasKeys: boolean
  may(permission: string): boolean
  /** Shows a short message, and has screen readers read it. */
  announce(words: string): void
  /** Asks before something that cannot be undone. */
  confirm(question: Confirmation): Promise<boolean>
  /** Call it once what a view is for is shown. */
  settled(): void
  /** Sets the title of the page. */
  title(words: string): void
}
