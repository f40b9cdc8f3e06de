import type {RootContent} from 'mdast'
import {joinedBlocks, type Passage} from '../domain/index.ts'
import {countWords} from '../text/words.ts'
import type {FlatSource} from './flat-source.ts'
import {withLeadIns} from './quoting/lead-ins.ts'
import {type Piece, passageBudget, SectionPieces} from './section-pieces.ts'

/**
 * Windows of a section's blocks, in order, split between blocks; between items, rows, lines or sentences only where a
 * block alone exceeds the budget. The texts, joined by line breaks, are the section's text, each part once.
 */
export function passagesOf(nodes: readonly RootContent[], source: FlatSource): Passage[] {
  const passages: Passage[] = []
  let current: Piece[] = []
  let words = 0
  const close = (): void => {
    if (current.length > 0) passages.push(passageOf(current))
    current = []
    words = 0
  }
  for (const piece of withMarkedLeadIns(new SectionPieces(source).of(nodes))) {
    const fits =
      words + piece.words <= passageBudget.target + 20 ||
      (words + piece.words <= passageBudget.max &&
        (words < 40 || piece.words < 15 || current.at(-1)?.isLeadIn))
    if (current.length > 0 && !fits) {
      // What announces or names the piece stays with it.
      const leads = takeLeads(current)
      close()
      current = leads
      words = leads.reduce((sum, lead) => sum + lead.words, 0)
    }
    current.push(piece)
    words += piece.words
  }
  close()
  return passages
}

/** The most words that move to the next passage with what they announce. */
const maxLead = 40

/** Takes the pieces at the end that announce or name what follows; none if nothing else would be left. */
function takeLeads(pieces: Piece[]): Piece[] {
  let first = pieces.length
  let words = 0
  while (first > 0) {
    const {isLeadIn, isLabel, words: more} = pieces[first - 1]!
    if ((!isLeadIn && !isLabel) || words + more > maxLead) break
    words += more
    first--
  }
  return first === 0 ? [] : pieces.splice(first)
}

function passageOf(pieces: readonly Piece[]): Passage {
  const text = pieces.map((piece) => piece.text).join('\n')
  return {
    text,
    words: countWords(text),
    // A footnote is written elsewhere than where it is read.
    startLine: Math.min(...pieces.map(({startLine}) => startLine)),
    endLine: Math.max(...pieces.map(({endLine}) => endLine)),
    blocks: joinedBlocks(pieces.flatMap(({blocks}) => blocks)),
  }
}

function withMarkedLeadIns(pieces: readonly Piece[]): Piece[] {
  const blocks = withLeadIns(pieces.flatMap((piece) => piece.blocks))
  let at = 0
  return pieces.map((piece) => {
    const from = at
    at += piece.blocks.length
    return {...piece, blocks: blocks.slice(from, at)}
  })
}
