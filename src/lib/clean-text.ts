/**
 * Cleans untrusted text (of visitors, models, pages, file names) for a terminal, a log or a spreadsheet. Removes whatever
 * could control the program that displays it: escape sequences, control characters, and the characters that change the
 * direction of the rest of a line. Everything people read stays: letters of any script, emoji, joiners, and the
 * direction marks (U+200E, U+200F, U+061C), which affect no more than a letter does.
 */

/** Maximum length of an operating system command (OSC) or a similar sequence, in UTF-16 units; longer ones are text. */
const maxCommandLength = 512

/** Complete ECMA-48 sequences, with ESC or in their one-character forms: CSI; OSC, DCS, SOS, PM and APC; all others. */
const escapeSequences = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)[\\x30-\\x3f]*[\\x20-\\x2f]*[\\x40-\\x7e]',
    `(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]{0,${maxCommandLength}}(?:\\x07|\\x1b\\\\|\\x9c)`,
    '\\x1b[\\x20-\\x2f]*[\\x30-\\x4f\\x51-\\x57\\x59\\x5a\\x5c\\x60-\\x7e]',
  ].join('|'),
  'g',
)

/** The beginning of a sequence at the end of a text. */
const unfinishedSequence = new RegExp(
  [
    '(?:\\x1b\\[|\\x9b)[\\x30-\\x3f]*[\\x20-\\x2f]*$',
    `(?:\\x1b[\\]PX^_]|[\\x90\\x98\\x9d-\\x9f])[^\\x00-\\x08\\x0a-\\x1f\\x7f-\\x9f]{0,${maxCommandLength}}\\x1b?$`,
    '\\x1b[\\x20-\\x2f]*$',
  ].join('|'),
)

/** All control characters except tab and line feed. */
const controls = /[\x00-\x08\x0b-\x1f\x7f-\x9f]/g
const directionControls = /[\u202a-\u202e\u2066-\u2069]/g
const lineBreaks = /\r\n?|[\n\v\f\x85\u2028\u2029]/g

/** Cleans text of several lines. Tabs and line feeds stay. */
export function cleanText(text: string): string {
  return text.replace(escapeSequences, '').replace(controls, '').replace(directionControls, '')
}

/** Cleans text for a single line: every line break and tab becomes a space. */
export function cleanLine(text: string): string {
  return cleanText(text.replace(escapeSequences, '').replace(lineBreaks, ' ')).replaceAll('\t', ' ')
}

export interface CleanStream {
  /** Returns what can be shown so far. The beginning of an escape sequence is held back until it is complete or too long. */
  next(piece: string): string
  /** Returns what is still held back, cleaned. */
  end(): string
}

/** `cleanText` for a text that arrives in pieces, however it is split. */
export function cleanStream(): CleanStream {
  let pending = ''
  return {
    next(piece) {
      const text = (pending + piece).replace(escapeSequences, '')
      const from = text.search(unfinishedSequence)
      pending = from < 0 || text.length - from > maxCommandLength ? '' : text.slice(from)
      return cleanText(text.slice(0, text.length - pending.length))
    },
    end() {
      const rest = cleanText(pending)
      pending = ''
      return rest
    },
  }
}

/**
 * JSON that is safe to print: the control characters that JSON allows unescaped are written as `\u…`, so nothing
 * invisible controls a terminal or changes the direction of a line. It parses to the same data.
 */
export function escapedJson(json: string): string {
  return json.replace(
    // The second # of `##[` as well, which begins a command in the log of a CI job.
    /[\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]|(?<=#)#(?=\[)/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A line of a JSON log for people to read, line break included: every string in it is cleaned. */
export function cleanJson(line: string): string {
  const clean = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? cleanText(value) : value
  return `${JSON.stringify(JSON.parse(line, clean))}\n`
}

/**
 * Text in which no line is a workflow command of GitHub Actions, such as `::error::…` or `##[error]…`.
 * @see https://docs.github.com/actions/reference/workflow-commands
 */
export function withoutJobCommands(text: string): string {
  return jobCommandFilter()(text)
}

/** `withoutJobCommands` for a text that arrives in pieces, however it is split. */
export function jobCommandFilter(): (piece: string) => string {
  // The part of the current line where a command could still begin, and the number of # just before this character.
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
