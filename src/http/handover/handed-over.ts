import {type AnswerState, answerStateOf} from '../../answers/index.ts'
import {
  type Ending,
  type FinishReason,
  isTerminal,
  type PageLink,
  type SequencedEvent,
  type Source,
} from '../../domain/index.ts'
import type {Handover} from '../../staff/index.ts'
import type {Transcript, TranscriptStore} from '../../transcripts/index.ts'

/** One answer, redacted, as its visitor saw it: nothing in it gives access to anything. */
export interface HandedAnswer {
  readonly question: string
  /** Milliseconds since the epoch. */
  readonly askedAt: number
  readonly text: string
  /** When its words were removed with a page, in milliseconds since the epoch; null where they were not. */
  readonly emptiedAt: number | null
  readonly citations: readonly {readonly n: number; readonly end: number}[]
  readonly sources: readonly Source[]
  /** Hosts that its links may lead to; null for any. */
  readonly linkHosts: readonly string[] | null
  readonly ending: Ending | null
  readonly finishReason: FinishReason | null
  /** What its visitor was told where it failed; null where it did not. */
  readonly failure: string | null
  /** Pages that were named where the docs had no answer. */
  readonly nearest: readonly PageLink[]
}

export interface HandedConversation {
  /** Oldest first. */
  readonly answers: readonly HandedAnswer[]
  /** Whether more was asked before these, or after these until the link was made. */
  readonly hasEarlier: boolean
  readonly hasLater: boolean
}

/** Answers on one page: the one that the link was made for, and those nearest to it. */
const maxBefore = 40
const maxAfter = 10
/** Text and sources of a page in UTF-16 units; what does not fit is left out. */
const maxChars = 1_000_000

/**
 * What a link shows: the conversation of its answer up to when it was made, redacted. Null when that answer was removed.
 * @throws DocentError `storage`, `rate_limited`, `too_large` from the store.
 */
export async function handedOver(
  {ref, madeAt}: Pick<Handover, 'ref' | 'madeAt'>,
  transcripts: Pick<TranscriptStore, 'get' | 'list'>,
): Promise<HandedConversation | null> {
  const chosen = await transcripts.get(ref, {redacted: true})
  if (chosen === null) return null
  const {conversation, startedAt} = chosen
  const [before, after] = await Promise.all([
    transcripts.list({conversation, to: startedAt + 1}, {sort: 'newest', limit: maxBefore + 1}),
    transcripts.list({conversation, from: startedAt + 1, to: madeAt + 1}, {sort: 'oldest', limit: maxAfter}),
  ])
  const earlier = before.items.filter((item) => item.ref !== ref).slice(0, maxBefore)
  const read = reading(transcripts, madeAt)
  // From the answer that it is about on, so that this one is there whatever fits.
  const shown = [read.take(chosen)]
  let hasLater = after.nextCursor !== null
  for (const item of after.items) hasLater = !(await read.add(item.ref, shown, 'after')) || hasLater
  let hasEarlier = before.nextCursor !== null
  for (const item of earlier) hasEarlier = !(await read.add(item.ref, shown, 'before')) || hasEarlier
  return {answers: shown.flatMap((answer) => answer ?? []), hasEarlier, hasLater}
}

function reading(transcripts: Pick<TranscriptStore, 'get'>, madeAt: number) {
  let chars = 0

  function take(transcript: Transcript): HandedAnswer | null {
    const end = transcript.events.findLast(({event}) => isTerminal(event))
    if (end === undefined || end.at > madeAt) return null
    const answer = handedAnswer(transcript)
    chars += answer.question.length + answer.text.length + charsOf(answer.sources)
    return answer
  }

  return {
    take,
    /** @returns false where it does not fit. One that was removed, or ended later, is left out. */
    async add(ref: string, to: (HandedAnswer | null)[], where: 'before' | 'after'): Promise<boolean> {
      if (chars >= maxChars) return false
      const transcript = await transcripts.get(ref, {redacted: true})
      const answer = transcript === null ? null : take(transcript)
      if (where === 'before') to.unshift(answer)
      else to.push(answer)
      return true
    },
  }
}

function handedAnswer({question, startedAt, events, finishReason, emptiedAt}: Transcript): HandedAnswer {
  const state: AnswerState = answerStateOf(events, startedAt)
  return {
    ...{question, askedAt: startedAt, finishReason, text: state.text, sources: state.sources},
    emptiedAt: emptiedAt ?? null,
    citations: state.citations.map(({n, end}) => ({n, end})),
    linkHosts: linkHostsOf(events),
    ending: state.ending,
    failure: state.error?.message ?? null,
    nearest: state.nearest,
  }
}

function linkHostsOf(events: readonly SequencedEvent[]): readonly string[] | null {
  const lists = events.flatMap(({event}) => (event.type === 'sources' ? [event.linkHosts ?? null] : []))
  return lists.length === 0 || lists.includes(null) ? null : lists.flatMap((hosts) => hosts ?? [])
}

function charsOf(sources: readonly Source[]): number {
  return sources.reduce((sum, {title, snippet, url}) => sum + title.length + snippet.length + url.length, 0)
}
