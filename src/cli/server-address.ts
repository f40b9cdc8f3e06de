import {UsageError} from './usage-error.ts'

export interface ServerAddress {
  readonly host: string
  readonly port: number
  /** `PUBLIC_URL`. */
  readonly publicUrl?: string | null
}

/** Where the server of these settings is reached, without a slash at the end. */
export function serverUrlOf({host, port, publicUrl = null}: ServerAddress): string {
  if (publicUrl !== null) return publicUrl
  const name = host === '0.0.0.0' || host === '::' || host === '127.0.0.1' ? 'localhost' : host
  return `http://${name.includes(':') ? `[${name}]` : name}:${port}`
}

/** The address that `--url` gives, else another one; without a slash at the end. @throws UsageError */
export function baseUrlOf(url: string | undefined, otherwise: () => string): string {
  const base = url ?? otherwise()
  if (!/^https?:\/\//.test(base) || !URL.canParse(base)) {
    throw new UsageError('--url must be an address such as https://docs.example.com')
  }
  return base.replace(/\/+$/, '')
}
