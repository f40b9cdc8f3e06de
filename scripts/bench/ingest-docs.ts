import {mkdirSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {seededRandom} from '../../src/lib/random.ts'

/** Number of passages that each page yields. */
export const passagesPerPage = 10

/** Writes pages of made-up words with the frequencies of a language (Zipf); the same seed makes the same pages. */
export function writeDocs(content: string, pages: number, seed: number): void {
  const random = seededRandom(seed)
  const syllables = [
    'ka',
    'to',
    'mi',
    'ra',
    'ne',
    'so',
    'lu',
    'pi',
    'do',
    'ze',
    'va',
    'qui',
    'ber',
    'stor',
    'net',
    'pod',
  ]
  const words = Array.from({length: 20_000}, (_, i) => {
    let word = ''
    for (let rest = i + 16; rest > 0; rest = Math.floor(rest / 16)) word += syllables[rest % 16]
    return word
  })
  const word = (): string => words[Math.floor(words.length ** random() - 1)] ?? 'the'
  const many = (count: number): string => Array.from({length: count}, word).join(' ')
  for (let i = 0; i < pages; i++) {
    const folder = join(content, `part-${Math.floor(i / 100)}`)
    if (i % 100 === 0) mkdirSync(folder, {recursive: true})
    const lines = [`# ${many(3)} ${i}`]
    for (let passage = 0; passage < passagesPerPage; passage++) {
      if (passage % 2 === 0) lines.push(`## ${many(2)}`)
      lines.push(`${many(50)}. **${many(2)}** \`--${word()}\` ${many(45)}.`)
    }
    writeFileSync(join(folder, `page-${i}.md`), `${lines.join('\n\n')}\n`)
  }
}
