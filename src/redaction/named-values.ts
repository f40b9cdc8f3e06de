import {isCall, isExpression, isPath, isPlaceholder, isStandIn, looksSecret} from './secret-values.ts'
import {type Span, wordUnit} from './spans.ts'

/** Longest value that is read, in UTF-16 units. */
const maxValueLength = 512

/** What a value is called, in the languages that Docent speaks. */
const passwordNames = [
  'pass(?:word(?!\\p{L})|wd|phrase|code)',
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
  '(?<!\\p{L})(?:sig|jwt)',
  '(?:php|j)sess(?:ion)?id|sessionid(?==)',
  'APIキー|トークン|令牌|密钥|密鑰|토큰|ключ|токен',
].join('|')
const name = new RegExp(`(?<password>${passwordNames})|(?<key>${keyNames})`, 'giu')
/** `tokenizer`, `passwords`, `secretName` are other names. */
const goesOn = new RegExp(wordUnit, 'v')

/** `:`, `=`, `=>`, `":`, `"] = `, and what is between two words of a sentence. */
const sign =
  /(?:["'`](?:\](?=\s{0,3}=))?)?\s{0,3}(?:=>|:=|[:=]{1,3})\s{0,3}[bfr]?(?=["'`])|(?:["'`](?:\](?=\s{0,3}=))?)?\s{0,3}(?:=>|:=|[:=]{1,3})\s{0,3}/uy
const blanks = / {1,3}/y
const verb =
  /\s{1,3}(?:is|was|to|ist|lautet|est|es|é|è|это)\s{1,3}|\s{0,2}(?:是|为|為|は|が|은|는|이)[、:\s]{0,2}/iuy
const quoted = new RegExp(`(["'\`])((?:(?!\\1)[^\\n]){1,${maxValueLength}})\\1`, 'y')
/** Ends where a sentence goes on that has no blanks. */
const bare = new RegExp(
  `[^\\s"'\`,;<>、。，；？！\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}]{1,${maxValueLength}}`,
  'uy',
)

/** How a value follows its name, the surest first. */
type Joint = 'assigned' | 'listed' | 'argument' | 'spoken'

interface Value extends Span {
  readonly text: string
  readonly joint: Joint
}

/** Values by their names: `password=…`, `"api_key": "…"`, `--token …`, `my password is …`. */
export function findNamedValues(text: string, kind: 'password' | 'key'): Span[] {
  const spans: Span[] = []
  for (const {0: found, index, groups} of text.matchAll(name)) {
    const end = index + found.length
    if (groups?.[kind] === undefined || goesOn.test(text[end] ?? '')) continue
    const value = valueAfter(text, {start: index, end})
    if (value !== null && (kind === 'password' ? isPassword(value) : isKey(value))) {
      spans.push({start: value.start, end: value.end})
    }
  }
  return spans
}

function valueAfter(text: string, named: Span): Value | null {
  const found = jointAfter(text, named)
  if (found === null) return null
  const {joint, end: start} = found
  quoted.lastIndex = start
  const value = quoted.exec(text)?.[2]
  if (value !== undefined) {
    const isSure = joint === 'assigned' || joint === 'listed'
    const end = start + 1 + value.length
    return {start: start + 1, end, text: value, joint: isSure ? 'assigned' : joint}
  }
  const run = inAddress(text, named.start)
    ? read(bare, text, start).split(/[&#]/)[0]!
    : read(bare, text, start)
  const own = run.replace(/[.:?)\]}]+$/, '')
  return own === '' || own.startsWith('[') ? null : {start, end: start + own.length, text: own, joint}
}

function jointAfter(text: string, {start, end}: Span): {readonly end: number; readonly joint: Joint} | null {
  const signed = read(sign, text, end)
  if (signed !== '') {
    return {end: end + signed.length, joint: /\s|:$/.test(signed) ? 'listed' : 'assigned'}
  }
  // In a sentence these are verbs or nothing.
  if (/^(?:pass|pw)$/i.test(text.slice(start, end)) && !isOption(text, start)) return null
  const blank = read(blanks, text, end)
  const isInQuotes = /["'`]/.test(text[end + blank.length] ?? '')
  if (blank !== '' && isInQuotes && /\sby$/i.test(text.slice(start, end))) {
    return {end: end + blank.length, joint: 'assigned'}
  }
  if (blank !== '' && (isInQuotes || isOption(text, start)))
    return {end: end + blank.length, joint: 'argument'}
  const said = read(verb, text, end)
  return said === '' ? null : {end: end + said.length, joint: 'spoken'}
}

/** Whether a name is a parameter in an address: the next parameter is not part of its value. */
function inAddress(text: string, start: number): boolean {
  return /[?&][\w.-]{0,60}$/.test(text.slice(Math.max(0, start - 61), start))
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
  if (isPlaceholder(text) || isStandIn(text) || isCall(text)) return false
  if (joint === 'assigned') return !isExpression(text)
  return looksSecret(text, joint === 'spoken' ? 6 : 4) && isSurely(joint, text)
}

function isKey({text, joint}: Value): boolean {
  if (/^\d{10,}$/.test(text)) return joint === 'assigned' || joint === 'listed'
  if (!/[\p{N}\p{Lu}+/=]/u.test(text) && text.length < 20) return false
  if (/\s|:\/\//.test(text) || isCall(text) || isPath(text)) return false
  return looksSecret(text, joint === 'assigned' ? 6 : 8) && isSurely(joint, text)
}

/** What follows a name in a sentence or on a command line is more often another word. */
function isSurely(joint: Joint, text: string): boolean {
  return joint === 'assigned' || joint === 'listed' || /\p{N}/u.test(text) || /[^\p{L}\p{N}_.-]/u.test(text)
}
