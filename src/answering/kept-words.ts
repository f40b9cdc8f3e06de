import type {Turn} from '../domain/index.ts'
import type {Redactor} from '../redaction/index.ts'
import type {Retrieval, Retriever} from '../retrieval/index.ts'

/** Whether two questions are the same as they are kept; either may be so already. */
export function isSameKept(one: string, other: string, redactor: Redactor): boolean {
  return one === other || redactor.redact(one).text === redactor.redact(other).text
}

/** Turns that a client sends along, as those of a conversation are kept: their questions redacted. */
export function keptTurns(turns: readonly Turn[], redactor: Redactor): readonly Turn[] {
  return turns.map((turn) =>
    turn.role === 'user' ? {...turn, content: redactor.redact(turn.content).text} : turn,
  )
}

/**
 * A retriever that names no part of what is redacted in a question as a word that the docs never use: an answer repeats
 * these words, and is kept as it was shown.
 */
export function namingKeptWords(retriever: Retriever, redactor: Redactor): Retriever {
  return {
    async retrieve(query, options): Promise<Retrieval> {
      const retrieval = await retriever.retrieve(query, options)
      const {unknownWords = []} = retrieval
      if (unknownWords.length === 0) return retrieval
      const {text} = redactor.redact(query.question)
      return text === query.question
        ? retrieval
        : {...retrieval, unknownWords: unknownWords.filter((word) => text.includes(word))}
    },
  }
}
