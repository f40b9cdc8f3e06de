/** What stands for a value: `<KEY>`, `$TOKEN`, `{{ token }}`, `%PASS%`, `sk-…`, `***`, `xxxx`, `your-key`, `os.environ[…]`. */
export function isPlaceholder(value: string): boolean {
  return (
    /^[<>{}$%[\]()&!|\\]/.test(value) ||
    /\.\.\.|\*{3}|\$\{|\{\{|[•●…]/.test(value) ||
    /^[xX0*#_.-]+$/.test(value) ||
    /x{8}/i.test(value) ||
    /(?:^|[-_.])(?:your|example|placeholder|changeme|replace|insert|redacted|dummy)(?:[-_.]|$)/i.test(
      value,
    ) ||
    /^your(?![a-z]*\d)/i.test(value) ||
    /^(?:process\.env|os\.|import\.meta|env\b|secrets\.|vars\.|config\.|settings\.|self\.|this\.|vault:|file:|ssm:|arn:|op:\/\/)/i.test(
      value,
    )
  )
}

/** Words that are written where a value is meant, in code and in prose. */
const standIns = new Set(
  `string str text true false yes no on off null none nil undefined void required optional empty missing wrong invalid
  password passwd pass pwd passphrase secret token key value hidden input env file auto default prompt ask plain any
  number int bool boolean object varchar bytes char`.split(/\s+/),
)

/** Names of algorithms and formats, which have digits in them as a secret has. */
const techniques =
  /^(?:sha|md|base|utf|aes|rsa|des|hs|rs|es|ps|ed|x|pbkdf|argon|oauth|http|pkcs|scram|tls|ssl|v|ipv|ripemd|blake|curve|secp|ecdsa|hmac|ntlmv?|saml|crc)[-_]?\d[\w.-]*$/i

/** A word that a person would write: one case, or capitals inside only where another word begins. */
const word = /^(?:\p{Ll}{1,14}|\p{Lu}{1,14}|\p{Lu}?\p{Ll}{1,14}(?:\p{Lu}\p{Ll}{2,13}){0,5}|\p{Lo}{1,14})$/u

/** Whether a value is a name, a path or a version: words and short numbers, joined by signs. */
export function isName(value: string): boolean {
  return value
    .split(/[-_.:/@+~,=\\]/)
    .every((part) => part === '' || /^v?\d{1,6}$/.test(part) || word.test(part))
}

export function isStandIn(value: string): boolean {
  return standIns.has(value.toLowerCase()) || techniques.test(value)
}

/** Whether a value is no word, name or placeholder, and long enough. */
export function looksSecret(value: string, minLength: number): boolean {
  return value.length >= minLength && !isPlaceholder(value) && !isStandIn(value) && !isName(value)
}

/** `getPassword()`, `Optional[str]` */
export function isCall(value: string): boolean {
  return /^[\p{L}_][\p{L}_.]*[([]/u.test(value)
}

/** A path to where a secret is kept. */
export function isPath(value: string): boolean {
  return /^[/~.]*\/(?:var|etc|usr|home|run|opt|tmp|mnt|data|app|root|srv|dev|secrets?|path)\b/i.test(value)
}

/** `user.password`, `db_password`: code that reads a secret from elsewhere, or a name that stands for one. */
export function isExpression(value: string): boolean {
  return isName(value) && /[.]|pass|pwd|secret|token/i.test(value)
}
