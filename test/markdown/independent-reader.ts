import type {Nodes} from 'hast'
import {Marked} from 'marked'
import rehypeParse from 'rehype-parse'
import {unified} from 'unified'

/**
 * An independent way to find the words that a reader sees: parses the source with marked and an HTML parser, and removes
 * the dialects' marks with regular expressions. It shares no code with `src/markdown` and knows nothing about passages;
 * if the two disagree, one of them is wrong.
 */
export function independentWords(source: string, path: string): Map<string, number> {
  const isMdx =
    path.endsWith('.mdx') ||
    /^import .* from ['"]/m.test(withoutFences(source)) ||
    /^<[A-Z]\w*[ >]/m.test(withoutFences(source))
  let text = source
    .replace(/^\ufeff/, '')
    .replace(/\r\n?/g, '\n')
    .replace(invisible, '')
  text = text
    .replace(/^\s*---[ \t]*\n[\s\S]*?\n(?:---|\.\.\.)[ \t]*(?:\n|$)/, '')
    .replace(/^\s*\+\+\+[ \t]*\n[\s\S]*?\n\+\+\+[ \t]*\n/, '')
  // Never closed: the keys at the beginning.
  if (/^\s*---[ \t]*\n\w+:/.test(text))
    text = text.replace(/^\s*---[ \t]*\n(?:\w[\w-]*:.*\n|[ \t]+.*\n|- .*\n)+/, '')
  // These indent the content of their blocks, which marked would take for code.
  if (isMdx || /^(?:===[!+]? "|!!! |\?\?\?\+? )/m.test(text)) text = text.replace(/^[ \t]+/gm, '')
  text = betweenFences(text, (prose) => plainMarks(prose, isMdx), withoutMacros)
  const html = marked.parse(text, {async: false})
  const tree = unified().use(rehypeParse, {fragment: true}).parse(html)
  const words = new Map<string, number>()
  for (const word of wordsOf(visible(tree))) words.set(word, (words.get(word) ?? 0) + 1)
  return words
}

/** The words that are compared: letters and digits; in scripts without spaces, single characters. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[\p{L}\p{M}\p{N}]+/gu) ?? []
  )
}

/** How many of the words in `seen` are in `kept`, counted with repeats, and which are missing. */
export function shareKept(
  seen: ReadonlyMap<string, number>,
  kept: ReadonlyMap<string, number>,
): {readonly seen: number; readonly kept: number; readonly missing: readonly [string, number][]} {
  let all = 0
  let found = 0
  const missing: [string, number][] = []
  for (const [word, count] of seen) {
    const have = Math.min(count, kept.get(word) ?? 0)
    all += count
    found += have
    if (have < count) missing.push([word, count - have])
  }
  return {seen: all, kept: found, missing}
}

const invisible = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u061c]/g
const marked = new Marked({gfm: true})

function withoutFences(text: string): string {
  return betweenFences(
    text,
    (prose) => prose,
    () => '',
  )
}

/** Applies one function to the prose and another to the code blocks. */
function betweenFences(
  text: string,
  ofProse: (prose: string) => string,
  ofCode: (code: string) => string = (code) => code,
): string {
  const out: string[] = []
  let prose: string[] = []
  let code: string[] = []
  let fence: string | null = null
  for (const line of text.split('\n')) {
    const mark: string | undefined = /^[ \t>]*(?:[-*+] |\d+\. )?\s*(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence === null && mark !== undefined && !/`{3}.*`/.test(line)) {
      out.push(ofProse(prose.join('\n')))
      prose = []
      fence = mark
      // MyST writes directives as fences, whose content is text.
      code = [line]
    } else if (fence !== null) {
      code.push(line)
      if (
        mark !== undefined &&
        mark[0] === fence[0] &&
        mark.length >= fence.length &&
        /^[ \t>]*[`~]+\s*$/.test(line)
      ) {
        const shown = code
          .join('\n')
          .replace(/^\s*(`{3,}|~{3,})\s*\{raw\} html[^\n]*\n([\s\S]*?)\n\s*\1\s*$/, (_, _m, html: string) =>
            html
              .replace(/<(script|style|svg)\b[^>]*>[\s\S]*?<\/\1>/gi, '')
              .replace(/^\s+/gm, '')
              .replace(/\n\n+/g, '\n'),
          )
        out.push(
          /^\s*`{3,}\{(?:eval-rst|toctree|literalinclude|include)/.test(shown)
            ? ''
            : ofCode(withoutMacros(shown)),
        )
        fence = null
      }
    } else prose.push(line)
  }
  out.push(fence === null ? ofProse(prose.join('\n')) : ofCode(withoutMacros(code.join('\n'))))
  return out.join('\n')
}

/** Removes macros that generators run even in code; what they print is not in the file. */
function withoutMacros(code: string): string {
  return code
    .replace(/\{\{([<%])\s*\/\*([\s\S]*?)\*\/\s*[%>]\}\}/g, '{{ $2 }}')
    .replace(/\{\{[<%](?:(?!\}\})[\s\S])*?[>%]\}\}/g, '')
    .replace(/^\s*\{\{#(?:rustdoc_)?include .*\}\}$/gm, '')
    .replace(/^\s*--8<-- ".*"$/gm, '')
}

function plainMarks(prose: string, isMdx: boolean): string {
  let text = prose
  text = text.replace(/^[ \t]*<!--[\s\S]*?-->[ \t]*\n/gm, '').replace(/<!--[\s\S]*?-->/g, '')
  text = text.replace(/^[ \t]+(?=<\/?[A-Za-z])/gm, '')
  text = text.replace(/<(script|style|svg)\b[^>]*>[\s\S]*?<\/\1>/gi, '')
  text = text.replace(/\{\{([<%])\s*\/\*([\s\S]*?)\*\/\s*[%>]\}\}/g, (_, _mark, inside: string) =>
    inside.replace(/[*_<>]/g, ' '),
  )
  text = text.replace(/\{\{<\s*comment\s*>\}\}[\s\S]*?\{\{<\s*\/comment\s*>\}\}/g, '')
  text = text.replace(/\{\{[<%]\s*(\/?[\w./-]+)([\s\S]*?)[>%]\}\}/g, (_, name: string, args: string) => {
    if (name === 'glossary_tooltip') return /text="([^"]*)"/.exec(args)?.[1] ?? ''
    if (name === 'tab' || name === 'table' || name === 'figure')
      return [...args.matchAll(/(?:name|caption|title|alt)="([^"]*)"/g)].map((match) => match[1]).join(' ')
    return ''
  })
  text = text.replace(/\{%[\s\S]*?%\}/g, '')
  text = text.replace(/\{\{\s*(\w+)(?:\(([^{}]*)\))?\s*\}\}/g, (_, name: string, args?: string) => {
    if (!/xref|element|glossary|httpheader|svgattr/i.test(name)) return ''
    const strings = [...(args ?? '').matchAll(/["']([^"']*)["']/g)].map((match) => match[1]!)
    return ` ${strings[1] ?? strings[0] ?? ''} `
  })
  text = text.replace(/\{\*.*?\*\}/g, '').replace(/\{\{#.*?\}\}/g, '')
  // Containers and tabs: their labels are text.
  text = text.replace(
    /^([ \t>]*):{3,}[ \t]*\w*(?:\[([^\]]*)\])?(.*)$/gm,
    (_, lead: string, label?: string, rest?: string) =>
      `${lead}${label ?? ''} ${(rest ?? '').replace(/\{[^}]*\}/g, '')}\n`,
  )
  text = text.replace(/^([ \t]*)(?:!!!|\?\?\?\+?) [^"\n]*(?:"(.*)")?$/gm, '$1$2\n')
  text = text.replace(/^([ \t]*)===[!+]? "(.*)"$/gm, '$1$2\n')
  text = text.replace(/^\/{3,}[ \t]*[\w-]*[ \t]*\|?/gm, '')
  text = text.replace(/^([ \t]*>[ \t]*)\[![\w-]+[^\]\n]*\][ \t]*$/gm, '$1\n')
  text = text.replace(/\[!(?:INCLUDE|code)[^\n]*\]/gi, '')
  text = text.replace(/^([ \t]*)(?:<<<|--8<--).*$/gm, '')
  text = text.replace(/\{[a-z][\w:-]*\}(`+)(.*?)\1/g, (_, _ticks, inside: string) =>
    inside.replace(/\s*<[^>]*>$/, ''),
  )
  text = text.replace(/^\([\w-]+\)=$/gm, '')
  text = text.replace(/^(#+ .*?)[ \t]*\\?\{[ \t]*(?:\/\*)?#?[^{}\n]*\}[ \t]*$/gm, '$1')
  text = text.replace(/:(?:material|octicons|fontawesome|simple)-[\w-]+:(?:\{[^{}\n]*\})?/g, '')
  text = text
    .replace(/(?<=[)\]`*])\{[^{}\n]*\}/g, '')
    .replace(/^\s*\{[ \t]*[.#:][^{}\n]*\}$/gm, '')
    .replace(/[ \t]\{[ \t]*\.annotate[ \t]*\}/g, '')
  text = text.replace(/^[ \t]*:([\w-]+):.*$/gm, '')
  if (isMdx) {
    text = text.replace(/^import\s[^\n]*(?:\n(?!\n)[^\n]*)*?from ['"].*$|^import ['"].*$/gm, '')
    text = text.replace(/^export (?:const|default|function|let)[\s\S]*?(?=\n\n|$(?![\s\S]))/gm, '')
    text = text.replace(/\{\/\*[\s\S]*?\*\/\}/g, '')
    text = text.replace(/(\w+)=\{\s*(["'`])((?:(?!\2)[^{}])*)\2\s*\}/g, '$1="$3"')
    text = text.replace(/(\w+)=\{(?:[^{}]|\{[^{}]*\})*\}/g, '')
    text = text.replace(/\{\s*(["'`])((?:(?!\1)[^{}\n])*)\1\s*\}/g, '$2')
    // Content between tags is Markdown, with or without blank lines.
    text = text.replace(/^[ \t]*(<\/?[A-Za-z][^>]*>)[ \t]*$/gm, '\n$1\n')
  }
  return text
}

const hiddenTags = new Set([
  'script',
  'style',
  'svg',
  'noscript',
  'iframe',
  'video',
  'audio',
  'object',
  'canvas',
  'title',
])
const textAttributes = ['title', 'label', 'heading', 'description', 'summary', 'caption']

function visible(node: Nodes): string {
  if (node.type === 'text') return node.value
  if (node.type === 'element') {
    if (hiddenTags.has(node.tagName)) return ''
    if (node.tagName === 'img') return ` ${String(node.properties['alt'] ?? '')} `
    let text = ' '
    // Unknown elements are components.
    if (!htmlTags.has(node.tagName)) {
      for (const name of textAttributes) {
        const value = node.properties[name]
        if (typeof value === 'string' && !/[{}]/.test(value)) text += `${value} `
      }
    }
    const inline = /^(?:a|b|i|em|strong|code|span|sup|sub|u|del|mark|kbd|small|abbr)$/.test(node.tagName)
    return (
      (inline ? text.trimStart() : text) +
      node.children.map((child) => visible(child as Nodes)).join('') +
      (inline ? '' : ' ')
    )
  }
  if (node.type === 'root') return node.children.map((child) => visible(child as Nodes)).join('')
  return ''
}

const htmlTags = new Set(
  'a abbr address article aside b bdi blockquote br button caption cite code col colgroup dd del details dfn div dl dt em figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr i img input ins kbd label legend li main mark menu nav ol option p picture pre q s samp section select small span strong sub summary sup table tbody td tfoot th thead time tr u ul var wbr font center tt'.split(
    ' ',
  ),
)
