import type {Span} from './spans.ts'

const maxLocalLength = 255
/** A letter of a script with spaces between words; of the others, only a domain may have them. */
const spaced =
  '\\p{sc=Latn}\\p{sc=Cyrl}\\p{sc=Grek}\\p{sc=Arab}\\p{sc=Hebr}\\p{sc=Deva}\\p{sc=Armn}\\p{sc=Geor}'
/** What has no spaces between words: nobody can tell where an address begins in it. */
const unspacedUnit = /[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{N}]/u
const maxQuotedLength = 64
const localUnit = new RegExp(`[${spaced}\\p{Mn}\\p{N}._%+'-]`, 'u')
const domain = new RegExp(`[${spaced}\\p{Mn}\\p{N}.-]{1,255}`, 'uy')
const unspacedDomain = /(?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}])[\p{L}\p{N}.-]{1,255}/uy
const topLevel = /^(?:xn--[a-z0-9-]{2,59}|\p{L}[\p{L}\p{Mn}]{1,62})(?=$|-)/iu

/** Ends of file and unit names, which are no top-level domains: `icon@2x.png`, `getty@tty1.service`. */
const fileEndings = new Set(
  `png jpg jpeg gif svg webp ico html htm css js mjs cjs ts tsx jsx json yaml yml xml toml ini conf cfg txt log lock tgz
  gz tar jar war exe dll service socket target timer mount slice scope path`.split(/\s+/),
)
/** Logins that belong to a machine and nobody: `git@github.com`. */
const logins = new Set(
  `git hg svn root ubuntu debian centos fedora ec2-user azureuser opc core vagrant pi postgres mysql`.split(
    ' ',
  ),
)
/** Labels of loops and receivers in Kotlin: `this@Main.finish`. */
const labels = new Set(['this', 'super', 'return', 'break', 'continue', 'self'])
const sampleNames =
  /^(?:user(?:name)?\d?|you|your[.\w-]*|me|name|foo|bar|baz|someone|somebody|e?-?mail|admin|test|info|noreply|no-reply|support|hello)$/i
const sampleDomain = /(?:^|\.)(?:example(?:\.(?:com|org|net|edu))?|test|invalid|localhost)$/i

/** E-mail addresses of persons and offices; not those that stand for any, such as `you@example.com`. */
export function findEmails(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  for (let at = text.indexOf('@'); at !== -1; at = text.indexOf('@', at + 1)) {
    const start = localStart(text, at, from)
    const end = domainEnd(text, at + 1)
    if (start === at || end === null || isPassword(text, start)) continue
    const local = text.slice(start, at)
    if (isAddress(local, text.slice(at + 1, end))) {
      spans.push({start, end})
      from = end
    }
  }
  return spans
}

/** Whether what stands before the `@` is a password or a variable in an address: `https://user:password@host`, `https://$TOKEN@host`. */
function isPassword(text: string, start: number): boolean {
  return (
    /[:$]/.test(text[start - 1] ?? '') &&
    /:\/\/[^\s/@]{0,128}[:$]$/.test(text.slice(Math.max(0, start - 132), start))
  )
}

function localStart(text: string, at: number, from: number): number {
  let start = at
  const min = Math.max(from, at - maxLocalLength)
  if (text[at - 1] === '"') return quotedStart(text, at, from)
  while (start > min && localUnit.test(text[start - 1]!)) start -= 1
  if (start === at) while (start > min && unspacedUnit.test(text[start - 1]!)) start -= 1
  // An address does not begin with these; `'` and `-` are the marks of a quotation or a list.
  while (start < at && /[.'%-]/.test(text[start]!)) start += 1
  return start
}

/** Where `"jane doe"@…` begins; `at` where no quotation ends there. */
function quotedStart(text: string, at: number, from: number): number {
  const opening = text.lastIndexOf('"', at - 2)
  const isQuoted = opening >= Math.max(from, at - maxQuotedLength) && !/[\n@]/.test(text.slice(opening, at))
  return isQuoted ? opening : at
}

/** The end of the domain that begins here; null if none does. */
function domainEnd(text: string, start: number): number | null {
  domain.lastIndex = start
  unspacedDomain.lastIndex = start
  const run = (unspacedDomain.exec(text) ?? domain.exec(text))?.[0]
  if (run === undefined) return null
  const parts = run.split('.')
  let end: number | null = null
  let at = start
  for (const [index, part] of parts.entries()) {
    const top = index === 0 ? null : topLevel.exec(part)
    if (top !== null) end = at + top[0].length
    if (part === '' || part.startsWith('-') || part.endsWith('-')) break
    at += part.length + 1
  }
  return end
}

function isAddress(local: string, host: string): boolean {
  const parts = host.toLowerCase().split('.')
  if (logins.has(local.toLowerCase()) || labels.has(local)) return false
  if (fileEndings.has(parts.at(-1)!)) return false
  // `package@1.2.x`
  if (/^v?\d+$/.test(parts[0]!) && (/^\d/.test(parts[1]!) || parts[0]!.startsWith('v'))) return false
  return !(sampleDomain.test(host) && sampleNames.test(local))
}
