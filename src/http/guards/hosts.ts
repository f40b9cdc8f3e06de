import type {IncomingMessage} from 'node:http'
import {isIP} from 'node:net'
import {DocentError, type SiteUrl} from '../../domain/index.ts'
import {hostOf, isForwarded, isLoopbackAddress, isLoopbackName} from './this-machine.ts'

export interface HostOptions {
  /** The address the server listens on. */
  readonly host: string
  /** Host names it answers for, `*` for any. Empty: it depends on where a request comes from. */
  readonly allowedHosts?: readonly string[]
  readonly siteUrl?: SiteUrl
  /** Where it is reached. */
  readonly publicUrl?: string | null
}

/**
 * Refuses requests for host names that are not this server's. With DNS rebinding, an attacker points a name at this
 * machine, and a page of that name counts as same-origin: only the name in `Host` reveals it.
 *
 * Without a list, a server that listens only on this machine accepts names that nobody else can register: those of this
 * machine, IP addresses, and names without a dot.
 * Behind a proxy every name is accepted that browsers can use to reach the proxy: a browser that connects directly sends
 * the server's own port, whatever headers its page adds.
 * @throws DocentError `host_not_allowed`.
 */
export function hostGuard({host, allowedHosts = [], siteUrl = null, publicUrl = null}: HostOptions) {
  const own = [
    host.includes(':') ? `[${host.toLowerCase()}]` : host.toLowerCase(),
    ...(typeof siteUrl === 'string' ? [siteUrl] : Object.values(siteUrl ?? {})).map(
      (url) => new URL(url).hostname,
    ),
    ...(publicUrl === null ? [] : [new URL(publicUrl).hostname]),
  ]
  const isLocalServer = isLoopbackName(host)

  return (request: IncomingMessage): void => {
    const asked = hostOf(request)
    if (asked !== null && (isLoopbackName(asked.name) || own.includes(asked.name))) return
    const isAllowed =
      allowedHosts.length > 0
        ? allowedHosts.includes('*') ||
          (asked !== null &&
            (allowedHosts.includes(asked.name) || allowedHosts.includes(`${asked.name}:${asked.port}`)))
        : !isLocalServer ||
          !isLoopbackAddress(request.socket.remoteAddress) ||
          request.headers.host === undefined ||
          (asked !== null && isUnregistrable(asked.name)) ||
          isBehindProxy()
    if (isAllowed) return
    throw new DocentError(
      'host_not_allowed',
      'This server does not answer for this host name. ALLOWED_HOSTS lists the names it answers for.',
    )

    function isBehindProxy(): boolean {
      return isForwarded(request) && Number(asked?.port ?? 80) !== request.socket.localPort
    }
  }
}

/** Whether nobody can register the name: an IP address, or a name that only a local network or a hosts file resolves. */
function isUnregistrable(name: string): boolean {
  return name.startsWith('[') || isIP(name) !== 0 || !name.replace(/\.$/, '').includes('.')
}
