import {afterEach} from 'vitest'

/**
 * The same function, with everything it opens closed after each test, the last one first. Call it at the top of a
 * file. What a test has closed itself is closed once more, which must do nothing.
 */
export function closedAfterEach<Args extends readonly unknown[], T extends {close(): Promise<unknown>}>(
  open: (...args: Args) => Promise<T>,
): (...args: Args) => Promise<T> {
  const opened: T[] = []

  afterEach(async () => {
    for (const each of opened.splice(0).reverse()) await each.close()
  })

  return async (...args) => {
    const one = await open(...args)
    opened.push(one)
    return one
  }
}
