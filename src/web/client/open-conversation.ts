import type {Turn} from '../../domain/index.ts'
import {headOf} from '../../lib/cut.ts'
import {type AnswerState, isEnded} from './answer-state.ts'
import type {Conversation} from './conversation-store.ts'

/** How many questions and answers are sent to a server that does not know them, each cut to this length. */
const maxHistoryAnswers = 3
const maxHistoryChars = 1_500

/** The conversation that is open in a tab: what it is called, and its answers in the order they were asked. */
export class OpenConversation {
  readonly key: string
  /** The server's name for it; null until it has given one. */
  conversationId: string | null
  answers: readonly AnswerState[]

  /** @param kept what the browser has of it; null for a new one. */
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

  /** In the place of the answer with its key, or at the end. */
  put(answer: AnswerState): void {
    const known = this.find(answer.key)
    this.answers =
      known === undefined
        ? [...this.answers, answer]
        : this.answers.map((each) => (each === known ? answer : each))
  }

  /** At the end, as what was asked last. */
  putLast(answer: AnswerState): void {
    this.answers = [...this.answers.filter(({key}) => key !== answer.key), answer]
  }

  /** What was said beside this answer, for a server that cannot know it: the name of the conversation never came. */
  historyFor(answerKey: string): readonly Turn[] {
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
