export interface SparingOptions {
  /** Milliseconds until the same key is told again; default never. */
  readonly everyMs?: number
  /** How many keys are remembered, and told; default 50. */
  readonly maxKeys?: number
  /** A monotonic clock in milliseconds; default `performance.now`. */
  readonly now?: () => number
}

/** Wraps what tells of something, so that the same thing is not told over and over. */
export function sparing<Args extends readonly unknown[]>(
  tell: (...args: Args) => void,
  {everyMs = Number.POSITIVE_INFINITY, maxKeys = 50, now = () => performance.now()}: SparingOptions = {},
): (key: string, ...args: Args) => void {
  const toldAt = new Map<string, number>()
  return (key, ...args) => {
    const last = toldAt.get(key)
    if (last === undefined ? toldAt.size >= maxKeys : now() - last < everyMs) return
    toldAt.set(key, now())
    tell(...args)
  }
}
