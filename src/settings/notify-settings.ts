import {isHttp, token, urlOf} from './setting-values.ts'

export const notifyEventNames = ['answer.disliked', 'answer.failed', 'gap.opened'] as const
export type NotifyEvent = (typeof notifyEventNames)[number]

const maxUrls = 5

/** Addresses of http or https. Their host may be private: whoever sets them chose it. */
export const notifyUrls = (value: string): readonly string[] => {
  const urls = value.split(/[,\s]+/).filter(Boolean)
  if (urls.length > maxUrls) throw new Error(`must have at most ${maxUrls} addresses`)
  const seen = new Set<string>()
  for (const item of urls) {
    const url = urlOf(item)
    // An address may have a secret in its path: it is not shown.
    if (url === null || !isHttp(url))
      throw new Error('must be addresses that begin with http:// or https://, separated by commas')
    if (url.username !== '' || url.password !== '')
      throw new Error('must not contain a user name or password: receivers check the signature')
    if (item.includes('#')) throw new Error('must have no # in an address: what follows it is never sent')
    if (seen.has(url.href)) throw new Error('must not have the same address twice: it would be told twice')
    seen.add(url.href)
  }
  return urls
}

/** As the Standard Webhooks specification has it, or any text of 16 characters or more. */
export const notifySecret = (value: string): string | null => {
  const secret = token(value)
  if (
    secret?.startsWith('whsec_') &&
    !/^whsec_(?:[A-Za-z0-9+/]{4}){6,}(?:[A-Za-z0-9+/]{2,3})?={0,2}$/.test(secret)
  )
    throw new Error('must have base64 of at least 24 bytes behind whsec_')
  return secret
}

export const notifyEvents = (value: string): readonly NotifyEvent[] => {
  const names = value.split(/[,\s]+/).filter(Boolean)
  const wrong = names.find((name) => !notifyEventNames.some((known) => known === name))
  if (wrong !== undefined || names.length === 0)
    throw new Error(`must be some of ${notifyEventNames.join(', ')}, separated by commas`)
  return notifyEventNames.filter((name) => names.includes(name))
}
