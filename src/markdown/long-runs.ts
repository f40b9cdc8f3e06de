/** A text without its long runs, and where they were. */
export interface WithoutLongRuns {
  readonly text: string
  /** Number of runs that were cut out, and the one-based line of the first; null where there were none. */
  readonly cut: {readonly count: number; readonly line: number} | null
}

/** What stands where a run was cut out. */
const ellipsis = '…'

/** Shorter ones are samples for people: a key, a token, a checksum. */
const minRun = 1_000
const minData = 256
/** Addresses may hold what a page shows, as those of playgrounds do. */
const maxAddress = 20_000

/**
 * The content of a data URI, and any other run of the letters of Base64 and of percent-encoding. Each is looked for at
 * its beginning only, so that the time stays linear.
 */
const longRun = new RegExp(
  [
    `(?<=\\bdata:[\\w.+/-]{0,100}(?:;[\\w.=-]{1,60}){0,4},)[\\w+/=%.~!*;:@&$,-]{${minData},}`,
    `(?<![\\w+/=%-])[\\w+/=%-]{${minRun},}`,
  ].join('|'),
  'g',
)

/** A rule, or the line under a heading or between the rows of a table. */
const ruled = /^[-=_]+$/

/**
 * Cuts out encoded data, such as a picture in a data URI, and leaves an ellipsis: nobody reads it, it has thousands of
 * words for a machine, and it makes lines too long for any parser. The number of lines does not change.
 */
export function withoutLongRuns(source: string): WithoutLongRuns {
  let count = 0
  let first = 0
  const isOfAddress = (run: string, at: number): boolean =>
    run.length <= maxAddress && /\bhttps?:\/\/[^\s()"'<>]*$/.test(source.slice(Math.max(0, at - 2_000), at))
  const text = source.replace(longRun, (run, at: number) => {
    if (ruled.test(run) || isOfAddress(run, at)) return run
    if (count++ === 0) first = at
    return ellipsis
  })
  return {text, cut: count === 0 ? null : {count, line: source.slice(0, first).split('\n').length}}
}
