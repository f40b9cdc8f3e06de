import {describe, expect, it} from 'vitest'
import {WordTable} from '../../src/text/word-table.ts'

function countingTable(maxLength = 64) {
  const made: string[] = []
  const table = new WordTable({
    maxLength,
    make: (spelling) => {
      made.push(spelling)
      return {spelling}
    },
  })
  return {table, made}
}

describe('WordTable', () => {
  it('returns one object for a spelling, wherever it stands', () => {
    const {table, made} = countingTable()
    const text = 'port Port port'
    const first = table.at(text, 0, 4)
    expect(table.at(text, 10, 14)).toBe(first)
    expect(table.at('a port', 2, 6)).toBe(first)
    expect(table.at(text, 5, 9).spelling).toBe('Port')
    expect(made).toEqual(['port', 'Port'])
  })

  it('tells words of one hash apart', () => {
    // 120,000 words share 32 bits of FNV-1a more than once; beyond its size the table begins again.
    const {table} = countingTable()
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 120_000; i++) {
        const word = `w${i.toString(36)}`
        if (table.at(word, 0, word.length).spelling !== word) expect.fail(`${word} is taken for another`)
      }
    }
  })

  it('does not keep long words', () => {
    const {table, made} = countingTable(4)
    table.at('longer', 0, 6)
    table.at('longer', 0, 6)
    expect(made).toEqual(['longer', 'longer'])
  })
})
