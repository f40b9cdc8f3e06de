/**
 * Words of others (visitors, models, pages, file names) on their way to a terminal, a log or a spreadsheet. What would
 * drive what they are shown on is taken out: escape sequences, control characters, and the controls that turn the
 * direction of the rest of a line. Everything that is read stays: letters of any script, emoji, joiners, and the
 * marks of direction (U+200E, U+200F, U+061C), which reach no further than a letter does.
 */

/** The longest operating system command (OSC) and its like that is taken for one, in UTF-16 units. */
const longestCommand = 512

/** Whole sequences of ECMA-48, with ESC or with its one-character forms: CSI; OSC, DCS, SOS, PM and APC; all others. */
const escapeSequences = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)[\\x30-\\x3f]*[\\x20-\\x2f]*[\\x40-\\x7e]',
    `(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]{0,${longestCommand}}(?:\\x07|\\x1b\\\\|\\x9c)`,
    '\\x1b[\\x20-\\x2f]*[\\x30-\\x4f\\x51-\\x57\\x59\\x5a\\x5c\\x60-\\x7e]',
  ].join('|'),
  'g',
)

/** The beginning of one, at the end of a text. */
const unfinishedSequence = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)[\\x30-\\x3f]*[\\x20-\\x2f]*$',
    `(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]{0,${longestCommand}}\\x1b?$`,
    '\\x1b[\\x20-\\x2f]*$',
  ].join('|'),
)

/** All but the tab and the line feed. */
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g
const directionControls = /[\u202a-\u202e\u2066-\u2069]/g
const lineBreaks = /\r\n?|[\n\v\f\x85\u2028\u2029]/g

/** Text that may have several lines. Tabs and line feeds stay. */
export function cleanText(text: string): string {
  return text.replace(escapeSequences, '').replace(controls, '').replace(directionControls, '')
}

/** Text for one line: every line break and tab becomes a blank. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(escapeSequences, '').replace(lineBreaks, ' ')).replaceAll('\t', ' ')
}

export interface CleanStream {
  /** What may be shown by now. The beginning of an escape sequence waits for its rest, within bounds. */
  next(piece: string): string
  /** What waited in vain. */
  end(): string
}

/** `cleanText` for a text that comes in pieces, wherever it is cut. */
export function cleanStream(): CleanStream {
  let waiting = ''
  return {
    next(piece) {
      const text = (waiting + piece).replace(escapeSequences, '')
      const from = text.search(unfinishedSequence)
      waiting = from < 0 || text.length - from > longestCommand ? '' : text.slice(from)
      return cleanText(text.slice(0, text.length - waiting.length))
    },
    end() {
      const rest = cleanText(waiting)
      waiting = ''
      return rest
    },
  }
}

/**
 * JSON in which nothing invisible drives a terminal or turns a line: the controls that JSON lets pass are written as
 * `\u…`. Whoever parses it gets the same data.
 */
export function escapedJson(json: string): string {
  return json.replace(
    // With the last sign of `##[`, which is a command in the log of a CI job.
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=\[)/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A line of a JSON log for a reader's eyes, line break included: its words cleaned. */
export function cleanJson(line: string): string {
  const clean = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? cleanText(value) : value
  return `${JSON.stringify(JSON.parse(line, clean))}\n`
}

/**
 * Text in which no line is a command to the runner of a GitHub Actions job, as `::error::…` and `##[error]…` are.
 * @see https://docs.github.com/actions/reference/workflow-commands
 */
export function withoutJobCommands(text: string): string {
  return jobCommandFilter()(text)
}

/** `withoutJobCommands` for a text that comes in pieces, wherever it is cut. */
export function jobCommandFilter(): (piece: string) => string {
  // What the line so far is, as far as a command could begin in it; and how many # stand at the end.
  let line: 'blank' | 'colon' | 'other' = 'blank'
  let hashes = 0
  return (piece) => {
    let safe = ''
    for (const character of piece) {
      const isCommand = (line === 'colon' && character === ':') || (hashes >= 2 && character === '[')
      safe += isCommand ? ` ${character}` : character
      hashes = character === '#' ? hashes + 1 : 0
      if (character === '\n') line = 'blank'
      else if (line === 'blank' && character === ':') line = 'colon'
      else if (line !== 'blank' || character.trim() !== '') line = 'other'
    }
    return safe
  }
}
