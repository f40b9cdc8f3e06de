import type {Turn} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {type AnswerState, isEnded} from './answer-state.ts'
import type {Conversation} from './conversation-store.ts'

/** Maximum number of turns sent to a server that does not know them, and the length each is cut to, in UTF-16 units. */
const maxHistoryAnswers = 3
const maxHistoryChars = 1_500

/** The conversation that is open in a tab: its ids, and its answers in the order they were asked. */
export class OpenConversation {
  readonly key: string
  /** Its id on the server; null until the server has assigned one. */
  conversationId: string | null
  answers: readonly AnswerState[]

  /** @param kept the stored conversation; null for a new one. */
  constructor(key: string, kept: Conversation | null) {
    this.key = key
    this.conversationId = kept?.conversationId ?? null
    this.answers = kept?.answers ?? []
  }

  /** The answer that is being written, or null. */
  get running(): AnswerState | null {
    return this.answers.find((answer) => !isEnded(answer)) ?? null
  }

  find(answerKey: string): AnswerState | undefined {
    return this.answers.find(({key}) => key === answerKey)
  }

  /** Replaces the answer with the same key, or appends it. */
  upsert(answer: AnswerState): void {
    const known = this.find(answer.key)
    this.answers =
      known === undefined
        ? [...this.answers, answer]
        : this.answers.map((each) => (each === known ? answer : each))
  }

  /** Replaces the answer with the same key and moves it to the end. */
  moveToEnd(answer: AnswerState): void {
    this.answers = [...this.answers.filter(({key}) => key !== answer.key), answer]
  }

  /** The other turns, for a server that cannot know them because it never assigned an id. */
  historyFor(answerKey: string | null): readonly Turn[] {
    if (this.conversationId !== null) return []
    return this.answers
      .filter(({key, text}) => key !== answerKey && text !== '')
      .slice(-maxHistoryAnswers)
      .flatMap(({question, text}): Turn[] => [
        {role: 'user', content: headOf(question, maxHistoryChars)},
        {role: 'assistant', content: headOf(text, maxHistoryChars)},
      ])
  }
}
