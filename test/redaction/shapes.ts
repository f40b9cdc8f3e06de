import {createHash} from 'node:crypto'

/** Characters that look random and are the same in each run: put together here, so that no text of the repository is a secret. */
export function noise(
  length: number,
  alphabet = 'ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789',
): string {
  let text = ''
  for (let block = 0; text.length < length; block++) {
    const bytes = createHash('sha256').update(`noise ${length} ${block}`).digest()
    text += [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('')
  }
  return text.slice(0, length)
}

export const hex = '0123456789abcdef'
export const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

const base64url = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

export const jsonWebToken = [
  base64url({alg: 'HS256', typ: 'JWT'}),
  base64url({sub: '17', name: 'J'}),
  noise(43),
].join('.')

/** A private key in PEM. @param lineEnd what is between its lines. */
export function pem(label: string, lineEnd = '\n'): string {
  const lines = [noise(64), noise(63), `${noise(30)}==`]
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`].join(lineEnd)
}

/** Keys of well-known issuers, by what they are. */
export const keys: Readonly<Record<string, string>> = {
  Anthropic: `sk-ant-api03-${noise(86)}-${noise(6)}AA`,
  'OpenAI, a project': `sk-proj-${noise(60)}_${noise(20)}`,
  'OpenAI, before projects': `sk-${noise(48)}`,
  'GitHub, classic': `ghp_${noise(36)}`,
  'GitHub, an app': `ghs_${noise(36)}`,
  'GitHub, fine-grained': `github_pat_${noise(22)}_${noise(59)}`,
  GitLab: `glpat-${noise(20)}`,
  'AWS access key': `AKIA${noise(16, upper)}`,
  'AWS, temporary': `ASIA${noise(16, upper)}`,
  'Slack, a bot': `xoxb-${noise(12, '0123456789')}-${noise(12, '123456789')}-${noise(24)}`,
  'Slack, a user': `xoxp-${noise(12, '0123456789')}-${noise(32, hex)}`,
  'a Slack webhook': `hooks.slack.com/services/T${noise(8, upper)}/B${noise(8, upper)}/${noise(24)}`,
  Google: `AIza${noise(35)}`,
  'Google OAuth': `ya29.${noise(60)}`,
  Stripe: `sk_${'live'}_${noise(24)}`,
  npm: `npm_${noise(36)}`,
  PyPI: `pypi-${noise(80)}`,
  'Hugging Face': `hf_${noise(34)}`,
  SendGrid: `SG.${noise(22)}.${noise(43)}`,
  DigitalOcean: `dop_v1_${noise(64, hex)}`,
  Vault: `hvs.${noise(40)}`,
  Databricks: `dapi${noise(32, hex)}`,
  Shopify: `shpat_${noise(32, hex)}`,
  Telegram: `${noise(9, '123456789')}:AA${noise(33)}`,
  'a JSON Web Token': jsonWebToken,
  'an RSA key': pem('RSA PRIVATE KEY'),
  'a key in PKCS #8': pem('PRIVATE KEY'),
  'an OpenSSH key': pem('OPENSSH PRIVATE KEY'),
  'an encrypted key on one line': pem('ENCRYPTED PRIVATE KEY', '\\n'),
  'a PGP key': pem('PGP PRIVATE KEY BLOCK'),
}

/** Digits with the check digit that makes them a card number. */
export function cardNumber(digits: string): string {
  const sum = [...digits].reverse().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? Number(digit) * 2 : Number(digit)
    return total + (doubled > 9 ? doubled - 9 : doubled)
  }, 0)
  return `${digits}${(10 - (sum % 10)) % 10}`
}

/** A text cut into groups. */
export function grouped(text: string, sizes: readonly number[], separator: string): string {
  let at = 0
  return sizes
    .map((size) => {
      at += size
      return text.slice(at - size, at)
    })
    .join(separator)
}

/** An account number (IBAN) with its check digits. @param blank between its groups of four */
export function account(country: string, number: string, blank = ''): string {
  const digits = [...`${number}${country}00`].map((sign) => Number.parseInt(sign, 36)).join('')
  const check = String(98n - (BigInt(digits) % 97n)).padStart(2, '0')
  return `${country}${check}${number}`.match(/.{1,4}/g)!.join(blank)
}
