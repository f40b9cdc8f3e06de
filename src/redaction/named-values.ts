import {
  isCall,
  isExpression,
  isPassphrase,
  isPath,
  isPlaceholder,
  isStandIn,
  looksRandom,
  looksSecret,
} from './secret-values.ts'
import {type Span, wordUnit} from './spans.ts'
import {findInColumns} from './tables.ts'

/** Longest value that is read, in UTF-16 units. */
const maxValueLength = 512

/** What a value is called, in the languages that Docent speaks. */
const passwordNames = [
  'pass(?:word|wd|phrase|code)',
  'identified by',
  'passwort|kennwort|mot ?de ?passe|contraseña|contrasena|senha|wachtwoord|lösenord|hasło|parola|şifre',
  'пароль|密码|密碼|口令|パスワード|비밀번호|كلمة المرور|पासवर्ड',
  'pwd|(?<!\\p{L})(?:pass|pw)(?!\\p{L})',
].join('|')
const keyNames = [
  '(?:api|access|private|account|auth|signing|encryption|master|license|subscription)[ _.-]?key',
  'secret(?:[ _.-]?(?:access[ _.-]?)?key)?',
  // That of an assembly of .NET is public.
  '(?<!public ?key)token',
  'credential',
  'signature',
  '(?<![\\p{L}\\p{N}])_auth',
  '(?<!\\p{L})(?:sig|jwt)',
  '(?:php|j)sess(?:ion)?id|sessionid(?==)',
  'APIキー|トークン|令牌|密钥|密鑰|토큰|ключ|токен',
].join('|')
const name = new RegExp(`(?<password>${passwordNames})|(?<key>${keyNames})`, 'giu')
/** The heading of a column that has such values. */
const wholeName = new RegExp(`^(?:(?<password>${passwordNames})|(?<key>${keyNames}))$`, 'iu')
/** What may be added to a name: `SECRET_KEY_BASE`, `password2`, `API_KEY_PROD`, `passwordConfirmation`. */
const suffix =
  /[_-]?(?:base|value|string|text|plain|raw|confirm(?:ation)?|repeat|prod(?:uction)?|stag(?:e|ing)|dev(?:elopment)?|test(?:ing)?|live|old|new|current|primary|secondary|backup)(?![\p{L}\p{N}_])|[_-]?\d{1,3}(?![\p{L}\p{N}_])/iuy
/** `tokenizer`, `passwords`, `secretName` are other names. */
const goesOn = new RegExp(wordUnit, 'v')

/** A quotation mark as it is, escaped in JSON, in an address or in HTML. */
const quote = '(?:\\\\{0,3}["\'`]|%2[27]|&quot;|&#3[49];)'
/** What a name ends with before the sign: quotation marks, marks of Markdown, a tag. */
const nameEnd = `(?:${quote}(?:\\](?=\\s{0,3}=))?|[*_]{1,3}|</\\w{1,10}>)?`
/** `:`, `=`, `=>`, `":`, `"] = `, `:**`, `\":\"`, and `", "value": ` where name and value are listed apart. */
const sign = new RegExp(
  `${nameEnd}\\s{0,3}(?:=>|:=|[:=]{1,3}|%3[AD])(?:\\*{1,3}|__|</\\w{1,10}>)?\\s{0,3}(?:[bfr]?(?=${quote})|(?:\\*\\*|__)(?=\\S))?` +
    `|${quote}?(?:,\\s{0,20}|\\s{1,20})${quote}?value${quote}?\\s{0,3}[:=]\\s{0,3}`,
  'iuy',
)
/** The next cell of a table in HTML, or the description of a term. */
const cell = '(?:</\\w{1,10}>)?(?:</t[hd]>\\s{0,20}<td[^<>]{0,60}>|</dt>\\s{0,20}<dd[^<>]{0,60}>)'
/** A blank, an arrow, a dash, or the next cell of a table in Markdown. */
const across = '[ \\t]{1,3}(?:(?:->|→|[-,|])[ \\t]{1,20})?'
/** The next line or the one after an empty line: indented, quoted, in a list or a block of code. */
const down = '[:=]?[ \\t]{0,3}(?:\\r?\\n[ \\t>]{0,16}){1,2}(?:[-*][ \\t]{1,3}|```\\w{0,10}\\r?\\n)?'
/** What is between a name and a value that nothing but their places joins. */
const gap = new RegExp(`(?:${cell}|${nameEnd}(?:${across}|${down}))(?:${quote}|\\*\\*)?`, 'iuy')
/** The rest of an opening tag, and what is in the element. */
const element = /((?:\s[^<>]{0,80})?>\s{0,20}(?:<!\[CDATA\[)?)([^<>\n]{1,512}?)(?=\s{0,20}(?:\]\]>|<\/))/y
const blanks = / {1,3}/y
const verb =
  /\s{1,3}(?:is|was|to|ist|war|lautet|est|es|é|è|är|هي|هو|это)(?:\s(?:now|still|(?:re)?set to|changed to|jetzt))?(?:\s{0,2}[:=]{1,2}\s{0,3}|\s{1,3})|\s{0,2}(?:是|为|為|は|が|은|는|이)[、:\s]{0,2}/iuy
/** Of which password or token the sentence tells: `my password for the test server is …`. */
const detail =
  /(?:\s(?!(?:is|was|ist|war|est|es)\s)[\p{L}'-]{1,20}){1,5}(?=\s{1,3}(?:is|was|ist|war|est|es)[\s:])/iuy
const quoted = new RegExp(`(${quote})((?:(?!\\1)[^\\n]){1,${maxValueLength}})\\1`, 'iy')
/** Ends where a sentence goes on that has no blanks. */
const bare = new RegExp(
  `[^\\s"'\`,;<>、。，；？！\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}]{1,${maxValueLength}}`,
  'uy',
)

/** How a value follows its name, the surest first. */
type Joint = 'assigned' | 'listed' | 'argument' | 'spoken' | 'near'

interface Value extends Span {
  readonly text: string
  readonly joint: Joint
}

/** Values by their names: `password=…`, `"api_key": "…"`, `--token …`, `my password is …`. */
export function findNamedValues(text: string, kind: 'password' | 'key'): Span[] {
  const isWanted = kind === 'password' ? isPassword : isKey
  const values = [...text.matchAll(name)].flatMap(({0: found, index, groups}) => {
    if (groups?.[kind] === undefined) return []
    const named = {start: index, end: index + found.length}
    const value = [inElement, afterSign, inSentence, near]
      .map((read) => read(text, named))
      .find((value) => value !== null && isWanted(value))
    return value === undefined || value === null ? [] : [{start: value.start, end: value.end}]
  })
  return [...values, ...findInColumns(text, (cell) => wholeName.exec(cell)?.groups?.[kind] !== undefined)]
}

/** `<password>…</password>` */
function inElement(text: string, {start, end}: Span): Value | null {
  if (!/<[\w.:-]{0,40}$/.test(text.slice(Math.max(0, start - 41), start))) return null
  element.lastIndex = end
  const [, tag = '', value = ''] = element.exec(text) ?? []
  const from = end + tag.length
  return value === '' ? null : valueAt(from, value, /\s/.test(value) ? 'near' : 'assigned')
}

function afterSign(text: string, {start, end}: Span): Value | null {
  const last = end + read(suffix, text, end).length
  const signed = read(sign, text, last)
  if (signed === '' || (last === end && goesOn.test(text[end]!) && !/^_/.test(signed))) return null
  const joint = /\s|:$/.test(signed) ? 'listed' : 'assigned'
  const value = valueAfter(text, {start, end: last + signed.length}, joint)
  // `<input type="password" value="any text">` has no value of its own.
  return /value/i.test(signed) && /\s/.test(value?.text ?? '') ? null : value
}

function inSentence(text: string, {start, end}: Span): Value | null {
  if (goesOn.test(text[end] ?? '')) return null
  // In a sentence these are verbs or nothing.
  if (/^(?:pass|pw)$/i.test(text.slice(start, end)) && !isOption(text, start)) return null
  const blank = read(blanks, text, end)
  const next = end + blank.length
  const isInQuotes = /["'`]/.test(text[next] ?? '')
  if (blank !== '' && isInQuotes && /\sby$/i.test(text.slice(start, end))) {
    return valueAfter(text, {start, end: next}, 'assigned')
  }
  if (blank !== '' && (isInQuotes || isOption(text, start))) {
    return valueAfter(text, {start, end: next}, 'argument')
  }
  const more = read(detail, text, end).length
  const said = read(verb, text, end + more)
  return said === ''
    ? null
    : valueAfter(text, {start, end: end + more + said.length}, more > 0 ? 'near' : 'spoken')
}

/** What stands right after the name, on the next line, or in the next cell. */
function near(text: string, {start, end}: Span): Value | null {
  // `parseSignature` is a name in code.
  const isPart = /[\p{L}\p{N}]/u.test(text[start - 1] ?? '') || goesOn.test(text[end] ?? '')
  if (isPart || /^(?:pass|pw)$/i.test(text.slice(start, end))) return null
  const between = read(gap, text, end)
  return between === '' ? null : valueAfter(text, {start, end: end + between.length}, 'near')
}

/** The value that begins where a name and what joins it end. */
function valueAfter(text: string, named: Span, joint: Joint): Value | null {
  const start = named.end
  quoted.lastIndex = start
  const [, mark = '', value] = quoted.exec(text) ?? []
  if (value !== undefined) {
    return valueAt(start + mark.length, value, joint === 'listed' ? 'assigned' : joint)
  }
  const run = read(bare, text, start)
  const own = withoutEnd(inAddress(text, named.start) ? run.split(/[&#]|%26/)[0]! : run)
  return own === '' || own.startsWith('[') ? null : valueAt(start, own, joint)
}

function valueAt(start: number, text: string, joint: Joint): Value {
  return {start, end: start + text.length, text, joint}
}

/** Without the full stop of the sentence, bold type, and brackets that were opened before the value. */
function withoutEnd(run: string): string {
  const signs = `.:?*\\${run.includes('(') ? '' : ')'}${run.includes('[') ? '' : ']'}${run.includes('{') ? '' : '}'}`
  let {length} = run
  while (length > 0 && signs.includes(run[length - 1]!)) length -= 1
  return run.slice(0, length)
}

/** Whether a name is a parameter in an address: the next parameter is not part of its value. */
function inAddress(text: string, start: number): boolean {
  return /(?:[?&]|%3F|%26)[\w.-]{0,60}$/i.test(text.slice(Math.max(0, start - 61), start))
}

/** Whether a name is that of an option, as `--db-password`. */
function isOption(text: string, start: number): boolean {
  return /(?:^|[\s"'`])--?[\w-]{0,40}$/.test(text.slice(Math.max(0, start - 42), start))
}

function read(sticky: RegExp, text: string, index: number): string {
  sticky.lastIndex = index
  return sticky.exec(text)?.[0] ?? ''
}

function isPassword({text, joint}: Value): boolean {
  if (joint === 'near') return looksRandom(text, 6)
  if (isPlaceholder(text) || isStandIn(text) || isCall(text)) return false
  if (joint === 'assigned') return !isExpression(text)
  if (isPassphrase(text) && !isExpression(text)) return true
  // `my password is wrong!`
  const said = joint === 'spoken' ? text.replace(/!$/, '') : text
  return looksSecret(said, joint === 'spoken' ? 6 : 4) && isSurely(joint, said)
}

function isKey({text, joint}: Value): boolean {
  if (joint === 'near') return looksRandom(text, 12)
  if (/^\d{10,}$/.test(text)) return joint === 'assigned' || joint === 'listed'
  if (!/[\p{N}\p{Lu}+/=]/u.test(text) && text.length < 20) return false
  if (/\s|:\/\//.test(text) || isCall(text) || isPath(text)) return false
  return looksSecret(text, joint === 'assigned' ? 6 : 8) && isSurely(joint, text)
}

/** What follows a name in a sentence or on a command line is more often another word. */
function isSurely(joint: Joint, text: string): boolean {
  return joint === 'assigned' || joint === 'listed' || /\p{N}/u.test(text) || /[^\p{L}\p{N}_.-]/u.test(text)
}
