import {stemmer} from 'stemmer'
import {wellFormed} from '../../lib/well-formed.ts'
import {indexedText, searchedPhrases} from '../catalog/search-words.ts'

// As the full-text index of SQLite splits text, see `catalog-schema.ts`: what is not assigned yet is a letter there.
const wordPattern = /[\p{L}\p{M}\p{N}\p{Co}\p{So}\p{Cn}]+/gu

/** Longer words are not stemmed, as in SQLite. In bytes of UTF-8. */
const maxStemmedBytes = 64
/** PostgreSQL has a limit of 2,046 bytes. Words of a search are never as long. */
const maxWordBytes = 2_000
/** Greater positions are all taken for this one. */
const maxPosition = 16_383
/** Further places of a word are not kept. */
const maxPlaces = 255
/** PostgreSQL has a limit of 1 MiB for all words with their positions. */
const maxBytes = 1_000_000
/** What a word takes besides its letters, and each of its positions. */
const bytesPerWord = 4
const bytesPerPosition = 2

/**
 * What can be found of an answer: the text form of a `tsvector`, with words as `wordSearchOf` has them. It cannot fail: what
 * is beyond the limits of PostgreSQL is left out. Words after the first 16,000 are found alone, and not in phrases; those
 * after a megabyte of different ones not at all.
 */
export function tsvectorOf(question: string, text: string): string {
  const places = new Map<string, number[]>()
  let bytes = 0
  let position = 0
  const add = (part: string) => {
    for (const word of foldedWords(indexedText(part))) {
      position += 1
      let known = places.get(word)
      if (known === undefined) {
        bytes += Buffer.byteLength(word) + bytesPerWord
        if (bytes > maxBytes) return
        known = []
        places.set(word, known)
      }
      if (position >= maxPosition || known.length >= maxPlaces) continue
      bytes += bytesPerPosition
      if (bytes <= maxBytes) known.push(position)
    }
  }
  add(question)
  // No phrase goes from one into the other.
  position += 1
  add(text)
  return Array.from(places, ([word, at]) => `${quoted(word)}${at.length > 0 ? `:${at.join(',')}` : ''}`).join(
    ' ',
  )
}

/**
 * What is searched for, as the text form of a `tsquery`: the same words as `wordSearchOf`, all of which must match. Null for
 * text without a letter, digit or sign.
 */
export function tsqueryOf(q: string): string | null {
  const phrases = searchedPhrases(q).flatMap(({words, isOpen}) => {
    const found = words.flatMap(foldedWords)
    return found.length === 0 ? [] : [`(${found.map(quoted).join(' <-> ')}${isOpen ? ':*' : ''})`]
  })
  return phrases.length === 0 ? null : phrases.join(' & ')
}

function foldedWords(text: string): string[] {
  return (wellFormed(text).match(wordPattern) ?? []).map((word) => cut(stemmed(folded(word) || word)))
}

/** In lower case, and Latin letters without diacritics: not the marks of other scripts, which tell words apart. */
function folded(word: string): string {
  return word
    .toLowerCase()
    .replaceAll('ς', 'σ')
    .replace(/[^\0-\x7f]/gu, (letter) => {
      if (/[\u0300-\u0331]/.test(letter)) return ''
      const [base = '', ...marks] = letter.normalize('NFD')
      return marks.length > 0 && /[a-z]/.test(base) ? base : letter
    })
}

function stemmed(word: string): string {
  return Buffer.byteLength(word) > maxStemmedBytes ? word : stemmer(word)
}

function cut(word: string): string {
  if (word.length * 3 <= maxWordBytes || Buffer.byteLength(word) <= maxWordBytes) return word
  let bytes = 0
  let end = 0
  for (const letter of word) {
    bytes += Buffer.byteLength(letter)
    if (bytes > maxWordBytes) break
    end += letter.length
  }
  return word.slice(0, end)
}

function quoted(word: string): string {
  return `'${word.replace(/['\\]/g, '$&$&')}'`
}
