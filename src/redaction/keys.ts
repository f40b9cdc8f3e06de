import {isName, isPlaceholder} from './secret-values.ts'
import type {Span} from './spans.ts'

/**
 * Keys and tokens that are known by how they begin, as their issuers document it. Each begins with fixed text and has one
 * run of characters behind it, so no input makes the search slow.
 */
const shapes = [
  // Anthropic, OpenAI and those that follow them
  'sk-ant-[\\w-]{8,}',
  'sk-(?:proj|svcacct|admin|or-v1|lf)-[\\w-]{20,}',
  'sk-[A-Za-z0-9]{16,}',
  '(?:gsk|r8|hf|nvapi|xai|pplx|fw|tgp_v1|lin_api|lin_oauth|ntn|sbp|nfp|vercel|rnd)[-_][A-Za-z0-9_-]{24,}',
  // GitHub and GitLab
  'gh[pousr]_[A-Za-z0-9]{16,}',
  'github_pat_[A-Za-z0-9_]{22,}',
  'gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|soat|oas)-[\\w-]{20,}',
  // AWS, Google, Azure
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])',
  'AIza[\\w-]{35}',
  'ya29\\.[\\w.-]{20,}',
  'GOCSPX-[\\w-]{20,}',
  // Slack, Discord, Telegram, Twilio, SendGrid, Mailgun
  'xox[abeoprs]-[A-Za-z0-9-]{10,}',
  'xapp-[A-Za-z0-9-]{20,}',
  'hooks\\.slack\\.com/(?:services|workflows|triggers)/[A-Za-z0-9/_-]{20,}',
  'discord(?:app)?\\.com/api/webhooks/\\d{5,25}/[\\w-]{30,}',
  '[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,}',
  '\\d{8,10}:AA[A-Za-z0-9_-]{33}',
  'SK[a-f0-9]{32}(?![A-Za-z0-9])',
  'SG\\.[\\w-]{16,32}\\.[\\w-]{16,}',
  'key-[a-f0-9]{32}(?![A-Za-z0-9])',
  // Payments and shops
  '(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}',
  'whsec_[A-Za-z0-9+/=]{16,}',
  'shp(?:at|ca|pa|ss)_[a-fA-F0-9]{32}',
  'sq0(?:atp|csp|idp)-[\\w-]{22,}',
  // Registries
  'npm_[A-Za-z0-9]{30,}',
  'pypi-[\\w-]{50,}',
  'rubygems_[a-f0-9]{40,}',
  'dckr_(?:pat|oat)_[\\w-]{20,}',
  'cio[A-Za-z0-9]{32}(?![A-Za-z0-9])',
  // Platforms
  'do[oprt]_v1_[a-f0-9]{40,}',
  'dapi[a-f0-9]{32}',
  'hv[sbr]\\.[\\w-]{20,}',
  'dp\\.(?:pt|st|ct|sa|scim|audit)\\.[A-Za-z0-9._-]{20,}',
  'gl(?:sa|c)_[\\w+/=-]{20,}',
  'sntry[su]_[\\w+/=-]{20,}',
  'PMAK-[a-f0-9-]{40,}',
  'pscale_(?:tkn|pw|oauth)_[\\w.-]{20,}',
  'NRAK-[A-Z0-9]{20,}',
  'figd_[\\w-]{20,}',
  'ATATT3[\\w=-]{20,}',
  'AGE-SECRET-KEY-1[A-Z0-9]{40,}',
].join('|')

/** A signed or encrypted JSON Web Token, or its first two parts. */
const jsonWebToken = 'eyJ[\\w-]{8,}\\.(?:eyJ[\\w-]{8,}|[\\w-]{8,}\\.)[\\w.-]*'

const known = new RegExp(`(?<![A-Za-z0-9])(?:${shapes})|(?<![\\w-])${jsonWebToken}`, 'g')
const prefix = /^(?:sk-ant-(?:api|admin)\d\d-|sk-[a-z]{4,8}-|[a-z]+(?:_[a-z\d]+)*_|[a-z]+-)/

/** Keys and tokens by their shapes, and private keys in PEM. */
export function findKeys(text: string): Span[] {
  const spans: Span[] = []
  for (const {0: found, index} of text.matchAll(known)) {
    const own = found.replace(prefix, '')
    if (!isPlaceholder(own) && !isName(own)) spans.push({start: index, end: endOf(found, index)})
  }
  return [...spans, ...privateKeys(text)]
}

/** Without the full stop of the sentence. */
function endOf(found: string, index: number): number {
  let {length} = found
  while (length > 0 && /[.-]/.test(found[length - 1]!)) length -= 1
  return index + length
}

const pemHead = /-----BEGIN (?:[A-Z0-9]{1,20} ){0,4}PRIVATE KEY(?: BLOCK)?-----/g
const pemEnd = /-----END [A-Z0-9 ]{0,60}-----/y
/** Lines of Base64, with line ends as they are or written as `\n`. */
const pemBody = /(?:(?:\s|\\[nr]){0,4}[A-Za-z0-9+/=]{16,})+(?:(?:\s|\\[nr]){0,4}[A-Za-z0-9+/]{0,15}={1,2})?/y
const base64 = /[A-Za-z0-9+/]{16}/
const maxPemLength = 20_000

/** From the first line to the last, or as far as the body goes where the last is missing. A head alone is no key. */
function privateKeys(text: string): Span[] {
  const spans: Span[] = []
  let from = 0
  let last = 0
  for (const {0: head, index: start} of text.matchAll(pemHead)) {
    if (start < from) continue
    const body = start + head.length
    if (last !== -1 && last < body) last = text.indexOf('-----END ', body)
    pemBody.lastIndex = body
    pemEnd.lastIndex = last
    const isClosed = last !== -1 && last - body <= maxPemLength && base64.test(text.slice(body, last))
    const end = isClosed
      ? last + (pemEnd.exec(text)?.[0].length ?? 0)
      : body + (pemBody.exec(text)?.[0].length ?? 0)
    from = end
    if (end > body) spans.push({start, end})
  }
  return spans
}
