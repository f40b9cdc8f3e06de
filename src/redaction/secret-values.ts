/** What stands for a value: `<KEY>`, `$TOKEN`, `{{ token }}`, `%PASS%`, `sk-...`, `***`, `xxxx`, `your-key`, `os.environ[...]`. */
export function isPlaceholder(value: string): boolean {
  return (
    isReference(value) ||
    /\*{3}|[•●]/.test(value) ||
    isShortened(value) ||
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

/** Signs that a template, a tag or code begins with, and that a password may begin with. */
const leadingSigns = /^[<>{}$%[\]()&!|]+/
/** A whole template: `${NAME}`, `$(command)`, `{{ token }}`, `<KEY>`, `%{name}`. */
const template = /[$%#@]\{[^{}]{1,200}\}|\$\([^()]{1,200}\)|\{\{[^{}]{0,200}\}\}|<[\p{L}_][^<>]{0,80}>/u
/** A variable or a property of one: `$TOKEN`, `$db_pass2`, `$this->token`, `%TOKEN%`, `{DB_PASS2}`. */
const variable =
  /^(?:\$+(?:[A-Z_][A-Z\d_]*|[\p{L}_]+\d?|\d|\w{1,40}(?:->|::|\[).*)|%[\w.-]+%|[{(<[](?:[A-Z_][A-Z\d_]*|[\p{L}_.-]+\d?)[})>\]])$/u
/** A regular expression, or a hash with the name of its technique before it. */
const pattern = /\\[dwsS]|\(\[|\[\^|\(\.[*+]|^\$(?:2[abxy]?|[156y]|apr1|scrypt|argon2\w{1,2}|pbkdf2[\w-]*)\$/

/** Whether a value is a template, a variable or code. One that only begins with such a sign may be a password: `!Hunter2`. */
function isReference(value: string): boolean {
  if (value.startsWith('\\') || template.test(value) || variable.test(value)) return true
  if (pattern.test(value) || /^[^\p{L}\p{N}]{1,5}$/u.test(value)) return true
  const signs = leadingSigns.exec(value)?.[0].length ?? 0
  return signs > 0 && isName(value.slice(signs).replace(/[<>{}$%[\]()?;]/g, ''))
}

/** Whether a value is cut at an end, or is a key in the form of an issuer with its middle left out: `sk-ant-...`, `ghp_...3f9c`. */
function isShortened(value: string): boolean {
  return /^\.{3}\w{0,6}$|\.{3}$|^(?:[A-Za-z]{2,10}[-_][\w-]{0,40}|eyJ\w{0,40}|A[KS]IA\w{0,8}|AIza\w{0,8}|0x\w{0,40})\.{3}|^[\da-f]{2,12}\.{3}[\da-f]{2,12}$/.test(
    value,
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
  /^(?:sha|md|base|utf|aes|rsa|des|hs|rs|es|ps|ed|pbkdf|argon|oauth|http|pkcs|scram|tls|ssl|ipv|ripemd|blake|curve|secp|ecdsa|hmac|ntlmv?|saml|crc)[-_]?\d[\w.-]*$|^x(?:\.?5\d\d|25519|448)$|^v\d[\d.]*(?:[-.]?(?:alpha|beta|rc)[\w.-]*)?$/i

/** A word that a person would write: one case, or capitals inside only where another word begins. */
const word = /^(?:\p{Ll}{1,14}|\p{Lu}{1,14}|\p{Lu}?\p{Ll}{1,14}(?:\p{Lu}\p{Ll}{2,13}){0,5}|\p{Lo}{1,14})$/u

/** Whether a value is a name, a path or a version: words and short numbers, joined by signs. */
export function isName(value: string): boolean {
  return value
    .split(/[-_.:/@+~,=\\]/)
    .every((part) => part === '' || /^v?\d{1,6}$/.test(part) || word.test(part))
}

/** Words with capitals, or words and a number, joined as people join them for a password: `Green-Quokka-Lamp`, `green-quokka-9917`. */
const passphrase =
  /^(?:\p{Lu}\p{Ll}{2,14}(?:[-_.]\p{Lu}\p{Ll}{2,14}){2,6}|\p{Lu}?\p{Ll}{2,14}(?:[-_.]\p{Lu}?\p{Ll}{2,14}){1,6}[-_.]?\d{3,8})$/u

export function isPassphrase(value: string): boolean {
  return passphrase.test(value)
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
  return /^(?:[!&*@%]\w[\w.]*|[\p{L}_][\p{L}_.]*)[([]/u.test(value)
}

/**
 * Whether a value is one that no sentence or command has by chance: long enough, with a digit, and with small letters,
 * capitals and signs mixed.
 */
export function looksRandom(value: string, minLength: number): boolean {
  if (!looksSecret(value, minLength) || !/\p{N}/u.test(value) || /[/()[\]{}=<>:@]/.test(value)) return false
  const hasSign = /\p{L}/u.test(value) && /[!$%^&]/.test(value)
  // Not `S3Bucket` or `ERC721Enumerable`, which are names.
  const isMixed =
    /\p{Ll}/u.test(value) && /\p{Lu}/u.test(value) && !/^\p{Lu}+\d{1,4}\p{Lu}?\p{Ll}+$/u.test(value)
  return hasSign || (isMixed && value.length >= 8)
}

/** A path to where a secret is kept. */
export function isPath(value: string): boolean {
  return /^[/~.]*\/(?:var|etc|usr|home|run|opt|tmp|mnt|data|app|root|srv|dev|secrets?|path)\b/i.test(value)
}

/** `user.password`, `db_password`: code that reads a secret from elsewhere, or a name that stands for one. */
export function isExpression(value: string): boolean {
  return isName(value) && /[.]|pass|pwd|secret|token/i.test(value)
}
