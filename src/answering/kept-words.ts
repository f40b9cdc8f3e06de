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
 * A retriever that searches for a question without what is redacted in it: an address or a key is in no page, and would
 * only make the question look like one that the docs do not answer. For the reader it was searched as it was asked. None
 * of its parts is named as a word that the docs never use: an answer repeats these words, and is kept as it was shown.
 */
export function searchingKeptWords(retriever: Retriever, redactor: Redactor): Retriever {
  return {
    async retrieve(query, options): Promise<Retrieval> {
      const {text, replaced} = redactor.edit(query.question)
      if (replaced.length === 0) return retriever.retrieve(query, options)
      const question = withoutParts(query.question, replaced)
      const isSearched = /[\p{L}\p{N}]/u.test(question)
      const retrieval = await retriever.retrieve(isSearched ? {...query, question} : query, options)
      const unknownWords = retrieval.unknownWords?.filter((word) => text.includes(word))
      return {
        ...retrieval,
        query: retrieval.query === question ? query.question : retrieval.query,
        ...(unknownWords === undefined ? {} : {unknownWords}),
      }
    },
  }
}

function withoutParts(
  text: string,
  parts: readonly {readonly start: number; readonly end: number}[],
): string {
  let rest = ''
  let from = 0
  for (const {start, end} of parts) {
    rest += `${text.slice(from, start)} `
    from = end
  }
  return (rest + text.slice(from)).replace(/\s+/g, ' ').trim()
}
