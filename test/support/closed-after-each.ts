import {afterEach} from 'vitest'

/**
 * Wraps a function so that everything it opens is closed after each test, in reverse order. Call it at the top of a file.
 * What a test has closed itself is closed again, which must do nothing.
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
