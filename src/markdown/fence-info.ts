/** The info string of a code fence, parsed. */
export interface FenceInfo {
  readonly language: string
  /** The file name or label that the site shows above the code. */
  readonly title: string | null
  /** The name of a MyST directive: ```` ```{note} ````. */
  readonly directive: string | null
  /** What follows the directive's name. */
  readonly argument: string
}

/** Parses an info string in any of the notations that generators use. */
export function fenceInfoOf(info: string): FenceInfo {
  const text = info.trim()
  const directive = /^\{([A-Za-z][\w:.+-]*)\}\s*(.*)$/.exec(text)
  if (directive) return {language: '', title: null, directive: directive[1]!, argument: directive[2]!.trim()}
  const braces = /^\{\s*\.([\w+#-]+)([^}]*)\}(.*)$/.exec(text)
  const plain = braces ? `${braces[1]} ${braces[2]} ${braces[3]}` : text.replace(/^\{\s*(?=[\w-]+=)/, ' {')
  const head = /^[\w+#./@-]*/.exec(plain)![0]
  let rest = plain.slice(head.length)
  let language = head
  let title =
    /(?:^|[\s{,(])(?:title|filename|fileName|file|name|label|caption)\s*[=:]\s*(?:"([^"]*)"|'([^']*)'|\{"([^"]*)"\}|([^\s,"'}]+))/
      .exec(rest)
      ?.slice(1)
      .find((value) => value !== undefined)
  if (title === undefined && rest.startsWith(':')) {
    // ```js:src/app.js
    const path = /^:([^\s{,[]*)/.exec(rest)![1]!
    if (/[./]/.test(path)) title = path
    rest = rest.slice(1 + path.length)
  }
  title ??= /(?:^|\s)\[([^[\]]+)\](?:\s|$)/.exec(rest)?.[1]
  title ??= /^\s+([\w@./()[\]-]*[\w)\]]\.[A-Za-z]\w{0,9}|[\w@.-]+\/[\w@./-]+)(?=\s|$)/.exec(rest)?.[1]
  if (
    /[./]/.test(head) &&
    !/^(?:objective-c|asp\.net|vb\.net)$/i.test(head) &&
    title === undefined &&
    /\.\w+$/.test(head)
  ) {
    // ```app.js
    title = head
    language = head.slice(head.lastIndexOf('.') + 1)
  }
  return {language: language.replace(/^\./, ''), title: title?.trim() || null, directive: null, argument: ''}
}

/** The words after the language that are no option, as a title; null without any. */
export function wordsOfInfo(info: string): string | null {
  const words = info
    .trim()
    .replace(/^\S+/, '')
    .replace(/[\w-]+\s*[=:]\s*(?:"[^"]*"|'[^']*'|\{[^}]*\}|[^\s"'{]+)|\{[^}]*\}/g, ' ')
    .replace(/(?<=\s)(?:lines|wrap|expandable|twoslash|showLineNumbers)(?=\s|$)/g, ' ')
    .replace(/\s+/g, ' ')
    .trim()
  return words.replace(/^(["'])(.*)\1$/, '$2') || null
}

/** The info string in plain Markdown. */
export function plainInfo(language: string, title: string | null): string {
  const tidy = language.replace(/[`\s]/g, '')
  if (title === null) return tidy
  return `${tidy || 'text'} title="${title.replace(/["\\]/g, '\\$&').replace(/[`\n]/g, ' ')}"`
}
