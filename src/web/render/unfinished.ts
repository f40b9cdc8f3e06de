/**
 * Makes Markdown that is still being written presentable: holds back what cannot be shown yet and closes what is open.
 * Only the end changes: the result is a prefix of the text followed by closing marks, so offsets into the text stay
 * valid.
 * @param isGrowing false where no more will come, as when a limit cut it
 */
export function closeUnfinished(text: string, isGrowing = true): string {
  const fence = openFence(text)
  if (fence !== null) return closeFence(text, fence)

  let end = text.length
  const lineStart = text.lastIndexOf('\n') + 1
  // A line that is only a mark may become a heading, a rule, a list item or a fence: wait for what follows.
  if (
    /^[ \t>]*(?:[-=+*_#>|~` ]*|\d{1,9}[.)]?[ \t]*|[-+*][ \t]+\[[ xX]?\]?[ \t]*)$/.test(text.slice(lineStart))
  ) {
    end = lineStart
  }
  const table = isGrowing ? holdTable(text.slice(0, end)) : closeTable(text.slice(0, end))
  if (table !== null) return table
  return closeInline(text.slice(0, end))
}

interface Fence {
  readonly start: number
  readonly mark: string
}

/** The code fence that is open at the end of the text. */
function openFence(text: string): Fence | null {
  let open: Fence | null = null
  for (let start = 0; start < text.length; ) {
    let end = text.indexOf('\n', start)
    if (end < 0) end = text.length
    const mark = /^[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})(.*)$/.exec(text.slice(start, end))
    if (mark !== null) {
      if (open === null) {
        if (!(mark[1]!.startsWith('`') && mark[2]!.includes('`'))) open = {start, mark: mark[1]!}
      } else if (mark[1]!.startsWith(open.mark) && mark[2]!.trim() === '') open = null
    }
    start = end + 1
  }
  return open
}

function closeFence(text: string, fence: Fence): string {
  const firstBreak = text.indexOf('\n', fence.start)
  // The language is shown once it is complete.
  if (firstBreak < 0) return `${text.slice(0, text.indexOf(fence.mark, fence.start))}${fence.mark}\n`
  const lineStart = text.lastIndexOf('\n') + 1
  return /^[ \t>]*[`~]+[ \t]*$/.test(text.slice(lineStart)) ? text.slice(0, lineStart) : text
}

/** Holds back a table until its first row is whole, which says how wide its columns are. Null for anything else. */
function holdTable(text: string): string | null {
  const blockStart = text.lastIndexOf('\n\n') + 1 && text.lastIndexOf('\n\n') + 2
  const [head = '', delimiters = '', ...rows] = text.slice(blockStart).split('\n')
  const isTable = /^ {0,3}\|/.test(head) && /^[ \t|:-]*$/.test(delimiters)
  return isTable && rows.length < 2 ? text.slice(0, blockStart) : null
}

/** Adds the delimiter row to a table that ended in it or before. Null for anything else. */
function closeTable(text: string): string | null {
  const blockStart = text.lastIndexOf('\n\n') + 1 && text.lastIndexOf('\n\n') + 2
  const [head = '', delimiters = '', ...rows] = text.slice(blockStart).split('\n')
  if (!/^ {0,3}\|/.test(head) || !/^[ \t|:-]*$/.test(delimiters) || rows.length > 0) return null
  const cells = head
    .trim()
    .replace(/^\||\|$/g, '')
    .replace(/\\\|/g, '')
    .split('|')
  return `${text.slice(0, blockStart)}${head}\n|${'---|'.repeat(cells.length)}`
}

/** Offset at which the paragraph, item, heading or row that is being written begins. */
function inlineStart(text: string): number {
  let start = text.length
  while (start > 0) {
    const lineStart = text.lastIndexOf('\n', start - 1) + 1
    const line = text.slice(lineStart, start)
    if (line.trim() === '' && start < text.length) return start
    if (/^[ \t]*(?:[-+*][ \t]|\d{1,9}[.)][ \t]|#{1,6}[ \t]|\||>)/.test(line)) return lineStart
    if (lineStart === 0) return 0
    start = lineStart - 1
  }
  return 0
}

const maxLinkTextChars = 120

interface OpenMark {
  readonly mark: string
  readonly at: number
}

const isSpace = (char: string | undefined): boolean => char === undefined || /\s/.test(char)
const isWord = (char: string | undefined): boolean => char !== undefined && /[\p{L}\p{N}]/u.test(char)

function closeInline(text: string): string {
  const open: OpenMark[] = []
  let cut = text.length
  let i = inlineStart(text)
  // A list marker is not emphasis.
  i += /^[ \t]*(?:[-+*]|\d{1,9}[.)])[ \t]/.exec(text.slice(i))?.[0].length ?? 0

  scan: while (i < text.length) {
    const char = text[i]!
    switch (char) {
      case '\\':
        if (i + 1 >= text.length) cut = i
        i += 2
        continue
      case '`': {
        const run = /^`+/.exec(text.slice(i))![0]
        let from = i + run.length
        let close = -1
        for (;;) {
          const at = text.indexOf(run, from)
          if (at < 0) break
          const found = /^`+/.exec(text.slice(at))![0]
          if (found.length === run.length) {
            close = at
            break
          }
          from = at + found.length
        }
        if (close < 0) {
          const body = text.slice(i + run.length).replace(/`+$/, '')
          if (body.trim() === '') cut = i
          else return withClosers(text.slice(0, i) + run + body + run, open)
          break scan
        }
        i = close + run.length
        continue
      }
      case '<':
        if (/^<(?:[a-zA-Z/!?][^>]*)?$/.test(text.slice(i))) {
          cut = i
          break scan
        }
        break
      case '&':
        if (/^&[a-zA-Z#0-9]{0,10}$/.test(text.slice(i))) {
          cut = i
          break scan
        }
        break
      case '[':
        open.push({mark: text[i - 1] === '!' ? '![' : '[', at: text[i - 1] === '!' ? i - 1 : i})
        break
      case '!':
        if (i + 1 === text.length) cut = i
        break
      case ']': {
        const index = open.findLastIndex(({mark}) => mark.endsWith('['))
        if (index < 0) break
        const bracket = open[index]!
        open.splice(index)
        const isLast = i + 1 >= text.length
        if (!isLast && text[i + 1] !== '(') break
        const close = isLast ? -1 : closingParenthesis(text, i + 2)
        if (close < 0) {
          if (bracket.mark === '![') return withClosers(text.slice(0, bracket.at), open)
          return withClosers(`${text.slice(0, i)}](${pendingHref})`, open)
        }
        i = close + 1
        continue
      }
      case '*':
      case '_':
      case '~': {
        const run = new RegExp(`^\\${char}+`).exec(text.slice(i))![0]
        const before = text[i - 1]
        const after = text[i + run.length]
        const top = open.at(-1)
        if (after === undefined) {
          // At the end of the text: an opening mark with nothing in it, or a closing mark that may be incomplete.
          cut = i
          if (top?.mark[0] === char && !isSpace(before) && run.length >= top.mark.length) {
            open.pop()
            cut = text.length
          }
          break scan
        }
        if (top?.mark[0] === char && top.mark.length <= run.length && !isSpace(before)) open.pop()
        else if (!isSpace(after) && !(char === '_' && isWord(before)) && !(char === '~' && run.length < 2)) {
          open.push({mark: run.slice(0, 3), at: i})
        }
        i += run.length
        continue
      }
    }
    i++
  }

  return withClosers(text.slice(0, cut), open)
}

/** The shown text with everything closed that is open in it. */
function withClosers(shown: string, opened: readonly OpenMark[]): string {
  // A bracket far back is just a bracket: a link's text is rarely long.
  const open = opened.filter(({mark, at}) => !(mark === '[' && shown.length - at > maxLinkTextChars))
  // An image is shown complete or not at all.
  const image = open.findIndex(({mark}) => mark === '![')
  if (image >= 0) return withClosers(shown.slice(0, open[image]!.at), open.slice(0, image))
  const last = open.at(-1)
  if (last === undefined) return shown
  // A mark with nothing behind it yet.
  if (shown.slice(last.at + last.mark.length).trim() === '')
    return withClosers(shown.slice(0, last.at).trimEnd(), open.slice(0, -1))
  return shown.trimEnd() + closingMarks(open)
}

/** Address of a link whose own is still being written: it looks like a link but leads nowhere. */
export const pendingHref = 'docent:pending'

function closingMarks(open: readonly OpenMark[]): string {
  return open
    .map(({mark}) => (mark === '[' ? `](${pendingHref})` : mark))
    .reverse()
    .join('')
}

function closingParenthesis(text: string, from: number): number {
  let depth = 1
  for (let i = from; i < text.length; i++) {
    const char = text[i]
    if (char === '\\') i++
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return i
    else if (char === '\n' && text[i + 1] === '\n') return -1
  }
  return -1
}
