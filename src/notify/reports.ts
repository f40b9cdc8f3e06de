import {refOf} from '../answers/index.ts'
import type {Ending, ErrorCode} from '../domain/index.ts'
import type {Gaps} from '../gaps/index.ts'
import {TwoGenerationCache} from '../lib/two-generation-cache.ts'
import type {RecoveredAnswer, TranscriptStore} from '../transcripts/index.ts'
import type {Notifier, NotifyData} from './notifier.ts'

/** What is reported to other programs. */
export interface Reports {
  /** An `AnswerSummary` is assignable. */
  answerEnded(summary: EndedAnswer): void
  /** Answers that were open when the server was last cut off: those that it had not ended are reported. */
  crashCutOff(answers: readonly RecoveredAnswer[]): void
  /** The transcripts, which report dislikes. */
  ofDislikes(transcripts: TranscriptStore): TranscriptStore
  /** Call it when questions were grouped. Never fails. */
  gapsGrouped(gaps: Pick<Gaps, 'list'>): Promise<void>
  close(): Promise<void>
}

interface EndedAnswer {
  readonly answerId: string
  readonly channel: string
  readonly build: string
  readonly ending: Ending
  readonly code: ErrorCode | null
}

const failures: ReadonlySet<Ending> = new Set<Ending>(['error', 'timeout', 'interrupted'])
/** Reasons that the assistant offers: a client may send any words, which stay here. */
const knownReasons: ReadonlySet<string> = new Set(['wrong', 'incomplete', 'outdated', 'sources', 'unclear'])
/** Answers whose dislike was reported, so that a second thought about its reasons is no second message. */
const maxRemembered = 2_000
/** After one crash. More answers than a server writes at once are not left open. */
const maxCutOff = 500
const gapsOnPage = 200

/** @param publicUrl where the server is reached; null: messages have no links */
export function createReports(notifier: Notifier, publicUrl: string | null): Reports {
  const disliked = new TwoGenerationCache<string, true>(maxRemembered)
  const consoleLink = (path: string): NotifyData =>
    publicUrl === null ? {} : {console: `${publicUrl}/console/${path}`}
  const ofAnswer = (ref: string): NotifyData => ({ref, ...consoleLink(`transcripts/${ref}`)})

  function answerEnded({answerId, channel, build, ending, code}: EndedAnswer): void {
    if (!failures.has(ending)) return
    const ref = refOf(answerId)
    // A server that was taken for dead may end an answer that another has ended and reported.
    notifier.notify('answer.failed', {...ofAnswer(ref), ...{ending, errorCode: code, channel, build}}, ref)
  }

  return {
    answerEnded,
    crashCutOff(answers) {
      for (const answer of answers.slice(0, maxCutOff)) if (answer.code !== null) answerEnded(answer)
    },
    ofDislikes(transcripts) {
      const setFeedback: TranscriptStore['setFeedback'] = async (answerId, change) => {
        const kept = await transcripts.setFeedback(answerId, change)
        const ref = refOf(answerId)
        if (change.rating === 'down' && disliked.get(ref) === undefined) {
          disliked.set(ref, true)
          const reasons = change.reasons.filter((reason) => knownReasons.has(reason))
          const data = {...ofAnswer(ref), rating: 'down', reasons, build: kept.build}
          notifier.notify('answer.disliked', data, ref)
        }
        return kept
      }
      // Its other methods and getters stay its own.
      return Object.assign(Object.create(transcripts) as TranscriptStore, {setFeedback})
    },
    async gapsGrouped(gaps) {
      await notifier.gapsAreOpen(async () => {
        const open = new Map<string, NotifyData>()
        let cursor: string | null = null
        do {
          const page: Awaited<ReturnType<Gaps['list']>> = await gaps.list(
            {state: 'open', scope: 'here'},
            {sort: 'severity', cursor, limit: gapsOnPage},
          )
          for (const {id, severity, size} of page.items)
            open.set(id, {gap: id, severity, questions: size, ...consoleLink(`gaps/${id}`)})
          cursor = page.nextCursor
        } while (cursor !== null)
        return open
      })
    },
    close: () => notifier.close(),
  }
}
