import type {ReactiveControllerHost} from 'lit'
import {type AnswerState, declinedToGoOn, isEnded} from '../client/answer-state.ts'
import {waitMsOf} from '../client/waiting.ts'
import type {Say, StringKey} from '../locales/strings.ts'
import {reasonWords, refusalWords} from './refusal.ts'

export interface AnnouncementsOptions {
  readonly say: () => Say
  readonly lang: () => string
  /** Fires an event of the element; `text` goes with it only where that is allowed. */
  readonly tell: (name: string, detail: Record<string, unknown>, text?: Record<string, unknown>) => void
  readonly onFirstUseful: (answerId: string, firstUsefulMs: number) => void
}

/** A clock that was set meanwhile, or an answer that is read again after a night, measures nothing. */
const longestUsefulMs = 120_000

const endings = {
  complete: 'announceDone',
  quoted: 'announceDone',
  declined: 'declined',
  cut: 'cutShort',
  abstained: 'notInDocsText',
  stopped: 'announceStopped',
  'broke-off': 'announceBroke',
} as const

/** Tells the page and screen readers where an answer stands: its boundaries, and never each word. */
export class Announcements {
  readonly #host: ReactiveControllerHost
  readonly #options: AnnouncementsOptions
  #said = ''
  /** Why the last question was refused, and until when. */
  #refusal = {reason: '', until: 0}

  constructor(host: ReactiveControllerHost, options: AnnouncementsOptions) {
    this.#host = host
    this.#options = options
  }

  /** What a screen reader is to say. */
  get said(): string {
    return this.#said
  }

  announce(words: string): void {
    this.#said = words
    this.#host.requestUpdate()
  }

  answerChanged(answer: AnswerState, before: AnswerState): void {
    const {say, tell} = this.#options
    const {phase} = answer
    const ref = answer.ref ?? null
    if (before.sources.length === 0 && answer.sources.length > 0) {
      this.announce(say()('announceSources', {n: answer.sources.length}))
      void this.#host.updateComplete.then(() => {
        // Painted with the next frame: that is when the reader has something useful.
        requestAnimationFrame(() => this.#firstUseful(answer))
      })
    }
    if (before.phase !== 'writing' && phase === 'writing') tell('answered', {ref})
    if (isEnded(before) || !isEnded(answer)) return
    tell('ended', {ref, ending: phase, timings: answer.timings}, {text: answer.text})
    if (phase !== 'refused') this.announce(say()(endingOf(answer)))
    else this.#refused(answer)
  }

  /** Said once for a reason, however often something is tried before its time. */
  #refused(answer: AnswerState): void {
    const {say, lang} = this.#options
    const now = Date.now()
    const reason = reasonWords(answer, say())
    const isKnown = reason === this.#refusal.reason && now < this.#refusal.until
    if (!isKnown) this.announce(refusalWords(answer, say(), lang(), now))
    const until = now + waitMsOf(answer, now)
    this.#refusal = {reason, until: isKnown ? Math.max(this.#refusal.until, until) : until}
  }

  #firstUseful({answerId, ref = null, askedAt, sources}: AnswerState): void {
    const firstUsefulMs = Math.max(0, Date.now() - askedAt)
    performance.mark('docs-assistant:first-useful', {detail: {ref, firstUsefulMs}})
    this.#options.tell('sources', {ref, count: sources.length, firstUsefulMs})
    if (answerId !== null && firstUsefulMs < longestUsefulMs)
      this.#options.onFirstUseful(answerId, firstUsefulMs)
  }
}

function endingOf(answer: AnswerState): StringKey {
  const {phase, finishReason} = answer
  if (phase === 'declined' && declinedToGoOn(answer)) return 'declinedToGoOn'
  if (phase === 'cut' && finishReason === 'context_exceeded') return 'contextFull'
  return endings[phase as keyof typeof endings]
}
