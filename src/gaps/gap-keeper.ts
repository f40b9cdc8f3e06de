import {refOf} from '../answers/index.ts'
import type {SiteUrl} from '../domain/index.ts'
import type {TranscriptStore} from '../transcripts/index.ts'
import type {ForgottenQuestions, Gaps} from './gaps.ts'
import type {GapsSetup} from './grouping/gaps-child.ts'
import {openGapsProcess} from './grouping/gaps-process.ts'
import {type Grouping, keepGrouping} from './grouping/keep-grouping.ts'

export interface GapKeeperOptions {
  readonly store: Gaps
  /** The files of `store` and of the transcripts; null where both are in the database of `model.databaseUrl`. */
  readonly files: {readonly gaps: string; readonly transcripts: string} | null
  readonly model: GapsSetup
  readonly siteUrl: SiteUrl
  /** Folder of the current build; null without one. */
  readonly build: () => Promise<string | null>
  readonly onProblem: (error: unknown) => void
  /** Called each time that questions were grouped. */
  readonly onGrouped?: () => Promise<void>
  readonly startPauseMs?: number
}

/** Keeps the gaps of a server up to date. Close it once. */
export interface GapKeeper {
  readonly isPending: boolean
  group(): void
  /** Resolves when nothing runs that was asked for until now, or after so many milliseconds. */
  settled(withinMs: number): Promise<void>
  forget(whose: ForgottenQuestions): Promise<void>
  /** Ends what runs. Resolves when no process is left. */
  close(): Promise<void>
}

export function openGapKeeper(options: GapKeeperOptions): GapKeeper {
  const {store, files, siteUrl, onProblem, startPauseMs} = options
  const groups = openGapsProcess(options.model)
  const grouping: Grouping = keepGrouping({
    async group() {
      const done = await groups.group({...files, siteUrl, build: await options.build()})
      await options.onGrouped?.().catch(onProblem)
      return done
    },
    asOf: () => store.asOf(),
    onProblem,
    isShared: files === null,
    ...(startPauseMs === undefined ? {} : {startPauseMs}),
  })
  return {
    get isPending() {
      return grouping.isPending
    },
    group: () => void grouping.request(),
    async settled(withinMs) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<void>((resolve) => {
        timer = setTimeout(resolve, withinMs)
      })
      await Promise.race([grouping.settled(), late])
      clearTimeout(timer)
    },
    async forget(whose) {
      try {
        await store.forget(whose)
      } catch (error) {
        // The next grouping finds that they are gone.
        onProblem(error)
      }
      // What runs now may have read them before.
      if (grouping.isPending) void grouping.request()
    },
    async close() {
      grouping.close()
      await groups.close()
    },
  }
}

/** The transcripts, from which gaps forget what is deleted. */
export function withGapsForgotten(
  transcripts: TranscriptStore,
  keeper: Pick<GapKeeper, 'forget'>,
): TranscriptStore {
  const forgetting: Pick<TranscriptStore, 'delete' | 'deleteConversation' | 'deleteVisitor' | 'purge'> = {
    async delete(answerId) {
      const isDeleted = await transcripts.delete(answerId)
      await keeper.forget({ref: refOf(answerId)})
      return isDeleted
    },
    async deleteConversation(conversation) {
      const count = await transcripts.deleteConversation(conversation)
      await keeper.forget({conversation})
      return count
    },
    deleteVisitor: (visitor, onRemoved) =>
      transcripts.deleteVisitor(visitor, async (refs) => {
        await keeper.forget({refs})
        await onRemoved?.(refs)
      }),
    async purge(before) {
      const count = await transcripts.purge(before)
      await keeper.forget({askedBefore: before})
      return count
    },
  }
  // Its other methods and getters stay its own.
  return Object.assign(Object.create(transcripts) as TranscriptStore, forgetting)
}
