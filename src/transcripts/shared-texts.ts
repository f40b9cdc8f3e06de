import {createHash} from 'node:crypto'
import type {SqliteDatabase} from '../native/index.ts'

/** Shorter texts are kept where they are: naming them would save little. */
const minSharedLength = 200

/** Keeps texts once by their content, each for as long as an answer uses it. */
export interface SharedTexts {
  /** @returns the number of the text. */
  use(answer: number, text: string): number
  /** See `packed`. */
  pack(answer: number, value: unknown): string
}

export function createSharedTexts(db: SqliteDatabase): SharedTexts {
  const find = db.prepare<[Buffer], number>('SELECT id FROM shared_texts WHERE hash = ?').pluck()
  const insert = db.prepare('INSERT INTO shared_texts (hash, text) VALUES (?, ?)')
  const insertUse = db.prepare('INSERT OR IGNORE INTO text_uses (answer, text) VALUES (?, ?)')

  function use(answer: number, text: string): number {
    const hash = createHash('sha256').update(text).digest()
    const id = find.get(hash) ?? Number(insert.run(hash, text).lastInsertRowid)
    insertUse.run(answer, id)
    return id
  }

  return {use, pack: (answer, value) => packed(value, (text) => use(answer, text))}
}

/**
 * A JSON value with numbers in place of its long texts and of its search results. A text that is kept begins with `@t`, a
 * search result with `@j`, and a short text that begins with `@` has another one. See `unpacked`.
 * @param use gives the number of a text
 */
export function packed(value: unknown, use: (text: string) => number): string {
  const pack = (value: unknown): unknown => {
    if (typeof value === 'string') {
      if (value.length >= minSharedLength) return `@t${use(value)}`
      return value.startsWith('@') ? `@${value}` : value
    }
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(pack)
    if ('type' in value && value.type === 'search_result') return `@j${use(JSON.stringify(value))}`
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, pack(item)]))
  }
  return JSON.stringify(pack(value))
}

/** The value that `packed` was given. @param textOf the text with this number. */
export function unpacked(json: string, textOf: (id: number) => string): unknown {
  return JSON.parse(json, (_name, value: unknown) => {
    if (typeof value !== 'string' || !value.startsWith('@')) return value
    if (value.startsWith('@@')) return value.slice(1)
    const text = textOf(Number(value.slice(2)))
    return value.startsWith('@j') ? (JSON.parse(text) as unknown) : text
  })
}

/** Numbers of the texts that `unpacked` asks for. */
export function textsIn(json: string): number[] {
  const ids = new Set<number>()
  unpacked(json, (id) => {
    ids.add(id)
    return 'null'
  })
  return [...ids]
}
