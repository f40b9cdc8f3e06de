import {
  callOf,
  type Dialect,
  destinationOf,
  includeCandidates,
  type Reading,
  splitFrontMatter,
} from '../../markdown/dialect-kit.ts'

/** GitBook: references to pages show their titles, layout tags show nothing, hidden columns of cards neither. */
export const gitbookSyntax: Dialect = {
  name: 'gitbook',
  text: [
    {starts: '{', read: readReference},
    {starts: '{', read: readTag},
    {starts: '<', read: readCards},
  ],
}

function readReference(reading: Reading): boolean {
  const {at, write, context} = reading
  const found =
    /^\{%[ \t]*content-ref[ \t]+([^%\n]{1,500})%\}([\s\S]{0,1000}?)\{%[ \t]*endcontent-ref[ \t]*%\}/.exec(
      at.text.slice(at.p, at.p + 1700),
    )
  if (!found) return false
  const url = callOf(`content-ref ${found[1]!}`).named['url'] ?? ''
  const written = /\[([^\]]*)\]\(/.exec(found[2]!)?.[1] ?? ''
  at.advance(at.p + found[0].length)
  reading.note('liquid:content-ref', 'flattened')
  const file = url.replace(/[#?].*$/, '')
  const path = /\.md$/.test(file) ? file : `${file.replace(/\/$/, '')}/README.md`
  const title = /^[a-z][a-z0-9+.-]*:/i.test(url)
    ? null
    : includeCandidates(path, reading.path).reduce<string | null>((known, candidate) => {
        if (known !== null) return known
        context.includes.add(candidate)
        const text = context.readInclude(candidate)
        return text === null ? null : titleOf(text, candidate)
      }, null)
  write.block(`[${(title ?? written).replace(/[[\]]/g, '\\$&')}](${destinationOf(url)})`)
  return true
}

function titleOf(text: string, path: string): string | null {
  const {frontMatter, body} = splitFrontMatter(text, path)
  return frontMatter.title ?? /^#[ \t]+(.+?)[ \t]*#*$/m.exec(body)?.[1] ?? null
}

/** Tags around blocks that show nothing themselves, but for a description or a date. */
const layout =
  /^(?:tabs|columns|column|stepper|updates|update|prompt|if|else|endif|carousel|embed|file|openapi[\w-]*|swagger[\w-]*)$/

function readTag(reading: Reading): boolean {
  const {at, write} = reading
  const found = /^\{%[ \t]*((?:[^%\n]|%(?!\})){1,1000}?)[ \t]*%\}/.exec(at.text.slice(at.p, at.p + 1100))
  if (!found) return false
  const {name, named} = callOf(found[1]!)
  const bare = name.replace(/^end(?=\w)/, '')
  if (!layout.test(bare)) return false
  at.advance(at.p + found[0].length)
  reading.note(`liquid:${bare}`, 'dropped')
  write.break()
  const shown = named['description'] ?? named['date'] ?? named['summary'] ?? null
  if (shown && bare === name) write.block(reading.inline(shown))
  at.skipSpace()
  return true
}

const maxCards = 200_000

/** A table of cards without the columns that only name its links and pictures. */
function readCards(reading: Reading): boolean {
  const {at} = reading
  if (!/^<table\b[^>]{0,300}\bdata-view="cards"/.test(at.text.slice(at.p, at.p + 400))) return false
  const end = at.ahead.closingTag('table', at.p + 6)
  if (!end || end.end - at.p > maxCards) return false
  const html = at.text.slice(at.p, end.end)
  const hidden = [...html.matchAll(/<th\b([^>]*)>/g)].map((match) => match[1]!.includes('data-hidden'))
  if (!hidden.includes(true)) return false
  reading.note('gitbook:cards', 'dropped')
  at.advance(end.end)
  const rows = html.split(/(?=<tr\b)/).map((row) => {
    let column = -1
    return row.replace(/<t([hd])\b[^>]*>[\s\S]*?<\/t\1>/g, (cell) => {
      column++
      return hidden[column] ? '' : cell
    })
  })
  reading.nested(rows.join(''))
  return true
}
